# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How deep colliders are in one another."""

import numpy as np
import torch

CUBE = "/World/envs/env_0/Cube"


def cubes(make, heights):
    """A cube of 0.2 m in each world, its centre at some height above the floor that all worlds share."""
    cube = make.body("Cube", pos=(1.0, 2.0, 0.5))
    cube.colliders.append(make.box(f"{CUBE}/geom", (0.1, 0.1, 0.1)))
    scene = make.scene(len(heights), bodies=[cube], static_colliders=[make.ground()])
    return scene, torch.tensor([[float(height)] for height in heights])


def test_depth_pair_and_world_of_every_contact_are_told(make, run):
    scene, heights = cubes(make, (0.5, 0.099, 0.097))
    rig = run(scene)
    view = rig.view.create_rigid_body_view("/World/envs/env_*/Cube")
    transforms = view.get_transforms().clone()
    transforms[:, 2:3] = heights
    view.set_transforms(transforms, torch.arange(3))
    found = rig.engine.penetrations()
    assert found.worlds.tolist() == [1] * 4 + [2] * 4
    np.testing.assert_allclose(found.depths, [0.001] * 4 + [0.003] * 4, atol=1e-7)
    assert {found.names[body] for body in found.bodies.flatten()} == {CUBE, "/World/ground"}


def test_asking_changes_nothing(make, run):
    scene, _ = cubes(make, (0.5, 0.5))
    asked, left_alone = run(scene), run(scene)
    for _ in range(60):
        asked.engine.penetrations()
        asked.step()
        left_alone.step()
    assert len(asked.engine.penetrations().depths) > 0
    assert torch.equal(asked.engine.sim.state, left_alone.engine.sim.state)


def test_contacts_are_told_after_sensors_were_added(make, run):
    scene, _ = cubes(make, (0.5, 0.5))
    rig = run(scene)
    rig.view.create_rigid_contact_view("/World/envs/env_*/Cube", [["/World/ground"]] * 2, max_contact_data_count=16)
    rig.step(60)
    assert set(rig.engine.penetrations().worlds) == {0, 1}
