# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Many worlds: where they stand, how prims are found, that they do not know each other, that runs repeat."""

import numpy as np
import pytest
import torch

from isaaclab_factory.kitless.scene.description import Drive
from isaaclab_factory.kitless.views.patterns import match_paths

NAME = "/World/envs/env_*/Robot"
CUBE = "/World/envs/env_*/Cube"


def busy_scene(make, num_worlds=6):
    """An arm with drives, a cube on the ground and a kinematic block."""
    bodies, joints, tree = make.arm()
    for joint in joints[1:]:
        joint.drive = Drive(stiffness=60.0, damping=6.0, max_force=80.0)
    cube, block = make.body("Cube", pos=(1.6, 2.0, 0.3)), make.body("Block", pos=(1.6, 2.3, 0.1), kinematic=True)
    for thing in (cube, block):
        thing.colliders.append(make.box(f"{thing.path}/geom", (0.1, 0.1, 0.1)))
    return make.scene(
        num_worlds,
        bodies=[*bodies, cube, block],
        joints=joints,
        articulations=[tree],
        static_colliders=[make.ground()],
    )


def excite(rig, seed: int, steps: int = 30) -> None:
    """Drive the arm and hit the cube with noise."""
    generator = torch.Generator().manual_seed(seed)
    robot, cube = rig.view.create_articulation_view(NAME), rig.view.create_rigid_body_view(CUBE)
    everyone = torch.arange(robot.count)
    for _ in range(steps):
        robot.set_dof_position_targets(torch.randn(robot.count, 4, generator=generator), everyone)
        robot.set_dof_actuation_forces(torch.randn(robot.count, 4, generator=generator), everyone)
        force = torch.randn(cube.count, 3, generator=generator) * 5
        cube.apply_forces_and_torques_at_position(force, None, None, everyone, True)
        rig.step()


def test_same_inputs_give_the_same_rollout_bit_for_bit(make, run):
    first, second = run(busy_scene(make)), run(busy_scene(make), num_threads=1)
    excite(first, seed=1)
    excite(second, seed=1)
    assert first.engine.sim.state.abs().sum() > 0
    assert torch.equal(first.engine.sim.state, second.engine.sim.state)


def reset(rig, rows: torch.Tensor) -> None:
    """What an environment reset does: poses, velocities, joints, targets, gains, materials; then read everything."""
    robot, cube = rig.view.create_articulation_view(NAME), rig.view.create_rigid_body_view(CUBE)
    block = rig.view.create_rigid_body_view("/World/envs/env_*/Block")
    shift = torch.tensor([0.1, -0.2, 0.3, 0.0, 0.0, 0.0, 0.0])
    robot.set_root_transforms(robot.get_root_transforms() + shift, rows)
    robot.set_root_velocities(robot.get_root_velocities(), rows)
    robot.set_dof_positions(torch.full((robot.count, 4), 0.1), rows)
    robot.set_dof_velocities(torch.zeros(robot.count, 4), rows)
    robot.set_dof_position_targets(torch.full((robot.count, 4), 0.1), rows)
    robot.set_dof_actuation_forces(torch.zeros(robot.count, 4), rows)
    robot.set_dof_stiffnesses(torch.full((robot.count, 4), 70.0), rows)
    robot.set_masses(robot.get_masses() * 1.2, rows)
    cube.set_transforms(cube.get_transforms() + shift, rows)
    cube.set_velocities(torch.zeros(cube.count, 6), rows)
    cube.set_material_properties(cube.get_material_properties() * 1.5, rows)
    block.set_transforms(block.get_transforms() + shift, rows)
    rig.view.update_articulations_kinematic()
    robot.get_link_transforms(), robot.get_link_velocities(), robot.get_jacobians()


def test_resetting_some_environments_leaves_the_others_bit_identical(make, run):
    touched, untouched = run(busy_scene(make)), run(busy_scene(make))
    for rig in (touched, untouched):
        excite(rig, seed=2)
    rows = torch.tensor([1, 4])
    before = touched.engine.sim.state.clone()
    reset(touched, rows)
    others = torch.tensor([0, 2, 3, 5])
    assert torch.equal(touched.engine.sim.state[others], before[others])
    assert (touched.engine.sim.state[rows] != before[rows]).any(dim=1).all()
    for rig in (touched, untouched):
        excite(rig, seed=3)
    assert torch.equal(touched.engine.sim.state[others], untouched.engine.sim.state[others])


def put_back(rig) -> None:
    """Write the state of the start again."""
    robot, cube = rig.view.create_articulation_view(NAME), rig.view.create_rigid_body_view(CUBE)
    rows = torch.arange(robot.count)
    for name in ("positions", "velocities", "position_targets"):
        getattr(robot, f"set_dof_{name}")(torch.zeros(robot.count, 4), rows)
    pose = torch.tensor([1.6, 2.0, 0.099, 0.0, 0.0, 0.0, 1.0]).repeat(cube.count, 1)
    cube.set_transforms(pose, rows)
    cube.set_velocities(torch.zeros(cube.count, 6), rows)


def test_worlds_that_are_put_back_go_on_as_they_did_the_first_time(make, run):
    rig = run(busy_scene(make))
    poses = rig.engine.sim.bind("qpos")

    def rollout() -> torch.Tensor:
        put_back(rig)
        excite(rig, seed=6)
        return poses.clone()

    first, second = rollout(), rollout()
    assert torch.equal(first, second)


def test_reading_does_not_change_the_simulation(make, run):
    read, unread = run(busy_scene(make)), run(busy_scene(make))
    for rig in (read, unread):
        excite(rig, seed=4, steps=5)
    robot = read.view.create_articulation_view(NAME)
    contacts = read.view.create_rigid_contact_view(CUBE, ["/World/ground"], 16)
    for name in ("link_transforms", "link_velocities", "link_accelerations", "jacobians",
                 "generalized_mass_matrices", "gravity_compensation_forces", "coms", "inertias"):  # fmt: skip
        getattr(robot, f"get_{name}")()
    contacts.get_net_contact_forces(make.DT)
    for rig in (read, unread):
        excite(rig, seed=5, steps=5)
    # but for the history that the contact sensors of the one keep
    state, other = (sim.state[:, sim.columns] for sim in (read.engine.sim, unread.engine.sim))
    assert torch.equal(state, other)


def test_link_poses_follow_a_reset_at_once(make, run):
    rig = run(busy_scene(make, 2))
    robot = rig.view.create_articulation_view(NAME)
    rig.step(3)
    before = robot.get_link_transforms().clone()
    pose = robot.get_root_transforms().clone()
    pose[:, 2] += 0.5
    robot.set_root_transforms(pose, torch.tensor([1]))
    moved = robot.get_link_transforms() - before
    np.testing.assert_allclose(moved[0], 0.0)
    np.testing.assert_allclose(moved[1, :, 2], 0.5, atol=1e-6)


def test_environments_stand_at_their_origins(make, run):
    rig = run(busy_scene(make, 3))
    poses = rig.view.create_rigid_body_view(CUBE).get_transforms()
    np.testing.assert_allclose(poses[:, :3], [[1.6, 2.0, 0.3], [4.6, 2.0, 0.3], [7.6, 2.0, 0.3]], atol=1e-6)
    links = rig.view.create_articulation_view(NAME).get_link_transforms()
    np.testing.assert_allclose(links[:, 0, :3], [[0.2, -0.1, 0.4], [3.2, -0.1, 0.4], [6.2, -0.1, 0.4]], atol=1e-6)


def test_patterns_list_one_after_the_other_and_world_by_world(make, run):
    rig = run(busy_scene(make, 2))
    view = rig.view.create_rigid_body_view([CUBE, f"{NAME}/link[12]"])
    assert view.prim_paths == [
        "/World/envs/env_0/Cube",
        "/World/envs/env_1/Cube",
        "/World/envs/env_0/Robot/link1",
        "/World/envs/env_0/Robot/link2",
        "/World/envs/env_1/Robot/link1",
        "/World/envs/env_1/Robot/link2",
    ]
    links = rig.view.create_articulation_view(NAME).get_link_transforms()
    torch.testing.assert_close(view.get_transforms()[2:], links[:, 1:3].flatten(0, 1))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/a/*", ["/a/b", "/a/bc"]),
        ("/a/b?", ["/a/bc"]),
        ("/a/(b|x)", ["/a/b"]),
        ("/*/b", ["/a/b"]),
        ("/a/b.c", []),
    ],
)
def test_wildcards_stay_within_a_path_component(pattern, expected):
    assert match_paths(pattern, ["/a/b", "/a/bc", "/a/b/c"]) == expected


def test_a_pattern_without_match_is_named(make, run):
    rig = run(busy_scene(make, 1))
    with pytest.raises(ValueError, match="Nothing"):
        rig.view.create_rigid_body_view("/World/envs/env_*/Nothing")
    with pytest.raises(ValueError, match="Nothing"):
        rig.view.create_rigid_contact_view(CUBE, ["/World/Nothing"])


def test_several_robots_of_one_world_answer_as_one_view(make, run):
    """A stage without environments: one world with two robots."""
    parts = [make.arm(name=name) for name in ("Robot_a", "Robot_b")]
    parts[1][0][0].pose.pos[0] += 1.0
    parts[1][1][0].parent_frame.pos[0] = parts[1][0][0].pose.pos[0]
    description = make.scene(
        1,
        bodies=parts[0][0] + parts[1][0],
        joints=parts[0][1] + parts[1][1],
        articulations=[parts[0][2], parts[1][2]],
    )
    description.world_paths = [""]
    rig = run(description)
    robots = rig.view.create_articulation_view("/World/envs/env_0/Robot_*")
    assert robots.count == 2
    q = torch.tensor([[0.1, 0.2, 0.0, -0.3], [0.1, 0.2, 0.0, -0.3]])
    robots.set_dof_positions(q, torch.arange(2))
    links = robots.get_link_transforms()
    np.testing.assert_allclose(links[1, :, :3] - links[0, :, :3], [[1.0, 0.0, 0.0]] * 5, atol=1e-6)
    torch.testing.assert_close(robots.get_jacobians()[0], robots.get_jacobians()[1], atol=1e-6, rtol=1e-5)
    robots.set_dof_positions(torch.zeros(2, 4), torch.tensor([1]))
    torch.testing.assert_close(robots.get_dof_positions(), torch.stack((q[0], torch.zeros(4))))


def test_physics_step_of_another_length_is_refused(make, run):
    rig = run(busy_scene(make, 1))
    with pytest.raises(ValueError, match="physics steps of"):
        rig.engine.step(0.05)
