# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What goes wrong in one environment is told and stays there."""

import logging

import numpy as np
import pytest
import torch

from isaaclab_factory.kitless.scene.description import Collider, Joint, JointType, Shape

CUBE = "/World/envs/env_*/Cube"


def cubes(make, num_worlds=4):
    cube = make.body("Cube", pos=(1.0, 2.0, 0.5))
    cube.colliders.append(make.box(f"{cube.path}/geom", (0.1, 0.1, 0.1)))
    return make.scene(num_worlds, bodies=[cube], static_colliders=[make.ground()])


@pytest.mark.parametrize("sensed", [False, True])
def test_nan_in_one_environment_is_reported_and_does_not_spread(make, run, caplog, sensed):
    rig, healthy = run(cubes(make)), run(cubes(make))
    view = rig.view.create_rigid_body_view(CUBE)
    if sensed:  # contact sensors have a state of their own
        for each in (rig, healthy):
            each.view.create_rigid_contact_view(CUBE)
    rig.step(5)
    healthy.step(5)
    velocity = view.get_velocities().clone()
    velocity[2] = torch.nan
    view.set_velocities(velocity, torch.tensor([2]))
    with caplog.at_level(logging.WARNING, logger="isaaclab_factory.kitless"):
        rig.step()
    healthy.step()
    assert "environment 2: NaN or huge velocity" in caplog.text
    assert rig.engine.watch.counts["NaN or huge velocity"] == 1
    assert torch.isfinite(rig.engine.sim.state).all()
    others = torch.tensor([0, 1, 3])
    assert torch.equal(rig.engine.sim.state[others], healthy.engine.sim.state[others])
    # the broken environment is back at its start, at its own place
    np.testing.assert_allclose(view.get_transforms()[2, :3], [7.0, 2.0, 0.5], atol=1e-6)
    caplog.clear()
    rig.step(3)
    assert not caplog.text


def test_exploding_speed_is_reported_with_its_environment(make, run, caplog):
    rig = run(cubes(make))
    view = rig.view.create_rigid_body_view(CUBE)
    velocity = torch.zeros(4, 6)
    velocity[1, 2] = 5.0e4
    view.set_velocities(velocity, torch.tensor([1]))
    with caplog.at_level(logging.WARNING, logger="isaaclab_factory.kitless"):
        rig.step()
    assert "environment 1: unphysical speed" in caplog.text
    assert "environment 0" not in caplog.text


def test_reports_of_one_kind_become_rare(make, run, caplog):
    rig = run(cubes(make, 1))
    view = rig.view.create_rigid_body_view(CUBE)
    with caplog.at_level(logging.WARNING, logger="isaaclab_factory.kitless"):
        for _ in range(30):
            view.set_velocities(torch.full((1, 6), torch.nan), torch.tensor([0]))
            rig.step()
    assert rig.engine.watch.counts["NaN or huge velocity"] == 30
    assert len(caplog.records) == 12


def test_joint_outside_an_articulation_is_refused_with_its_path(make, run):
    first, second = make.body("A"), make.body("B", pos=(0.5, 0, 0))
    hinge = Joint(f"{make.ENV}/hinge", JointType.REVOLUTE, first.path, second.path)
    with pytest.raises(ValueError, match="/World/envs/env_0/hinge"):
        run(make.scene(1, bodies=[first, second], joints=[hinge]))


def test_fixed_joint_outside_an_articulation_holds(make, run):
    first, second = make.body("A", pos=(1, 2, 3), com=(0.1, 0, 0)), make.body("B", pos=(1.5, 2, 3))
    weld = Joint(f"{make.ENV}/weld", JointType.FIXED, first.path, second.path)
    weld.parent_frame.pos[0], weld.child_frame.pos[0] = 0.3, -0.2
    rig = run(make.scene(1, gravity=0.0, bodies=[first, second], joints=[weld]))
    view = rig.view.create_rigid_body_view(["/World/envs/env_*/A", "/World/envs/env_*/B"])
    force = torch.tensor([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    for _ in range(30):
        view.apply_forces_and_torques_at_position(force, None, None, torch.arange(2), True)
        rig.step()
    poses = view.get_transforms()
    distance = float((poses[1, :3] - poses[0, :3]).norm())
    assert distance == pytest.approx(0.5, abs=2e-3)
    assert float(view.get_velocities()[0, :3].norm()) > 0.01


def test_triangle_mesh_is_used_as_its_hull_with_a_warning(make, run, caplog):
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 0)], dtype=float)
    floor = Collider("/World/mesh", Shape.TRIANGLES, vertices=corners, faces=np.array([[0, 1, 2]]))
    cube = make.body("Cube", pos=(0.0, 0.0, 0.2))
    cube.colliders.append(make.box(f"{cube.path}/geom", (0.1, 0.1, 0.1)))
    with caplog.at_level(logging.WARNING, logger="isaaclab_factory.kitless"):
        rig = run(make.scene(1, bodies=[cube], static_colliders=[floor]))
    assert "/World/mesh" in caplog.text
    rig.step(60)
    assert float(rig.view.create_rigid_body_view(CUBE).get_transforms()[0, 2]) == pytest.approx(0.1, abs=1e-3)


def test_flat_mesh_carries(make, run):
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], dtype=float)
    floor = Collider("/World/sheet", Shape.TRIANGLES, vertices=corners, faces=np.array([[0, 1, 2], [0, 2, 3]]))
    cube = make.body("Cube", pos=(0.0, 0.0, 0.2))
    cube.colliders.append(make.box(f"{cube.path}/geom", (0.1, 0.1, 0.1)))
    rig = run(make.scene(1, bodies=[cube], static_colliders=[floor]))
    rig.step(60)
    assert float(rig.view.create_rigid_body_view(CUBE).get_transforms()[0, 2]) == pytest.approx(0.1, abs=1e-3)


def test_unknown_quantities_are_refused_by_name(make, run):
    bodies, joints, tree = make.arm()
    rig = run(make.scene(1, bodies=bodies, joints=joints, articulations=[tree]))
    robot = rig.view.create_articulation_view("/World/envs/env_*/Robot")
    with pytest.raises(NotImplementedError, match="dof_projected_joint_forces"):
        robot.get_dof_projected_joint_forces()
