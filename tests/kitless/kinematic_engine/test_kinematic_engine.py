# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The kinematic engine against finite differences, MuJoCo and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from isaaclab_factory.kitless.engine import ARTICULATION_FIELDS, RIGID_BODY_FIELDS
from isaaclab_factory.kitless.kinematic_engine import KinematicEngine
from isaaclab_factory.kitless.mujoco_engine import MujocoEngine

ENVS = [f"/World/envs/env_{i}" for i in range(3)]
ALL = torch.arange(3)


def robots(engine):
    return engine.articulation_group([f"{env}/robot" for env in ENVS])


def bodies(engine, name):
    return engine.rigid_body_group([f"{env}/{name}" for env in ENVS])


def read(group, field, dtype=torch.float32):
    """A field as the views read it."""
    table = ARTICULATION_FIELDS if hasattr(group, "link_names") else RIGID_BODY_FIELDS
    sizes = {"shapes": group.max_shapes}
    if hasattr(group, "link_names"):
        num_links, num_dofs = len(group.link_names), len(group.dof_names)
        rows = num_links - 1 if group.fixed_base else num_links
        columns = num_dofs if group.fixed_base else num_dofs + 6
        sizes |= {"links": num_links, "dofs": num_dofs, "jacobian_links": rows, "generalized_dofs": columns}
    out = torch.full((group.count, *(sizes.get(size, size) for size in table[field].shape)), torch.nan, dtype=dtype)
    group.read(field, out)
    return out


def put_into_random_state(*groups):
    rng = torch.Generator().manual_seed(3)
    num_dofs = len(groups[0].dof_names)
    values = {
        "dof_positions": torch.randn(3, num_dofs, generator=rng) * 0.5,
        "dof_velocities": torch.randn(3, num_dofs, generator=rng),
    }
    if not groups[0].fixed_base:
        turns = torch.tensor(Rotation.random(3, rng=np.random.default_rng(5)).as_quat(), dtype=torch.float32)
        values["root_transforms"] = torch.cat((torch.randn(3, 3, generator=rng), turns), dim=1)
        values["root_velocities"] = torch.randn(3, 6, generator=rng)
    for group in groups:
        for field, value in values.items():
            group.write(field, value, ALL)


@pytest.mark.parametrize(
    "field",
    [
        "root_transforms",
        "root_velocities",
        "link_transforms",
        "link_velocities",
        "jacobians",
        "generalized_mass_matrices",
        "gravity_compensation_forces",
        "masses",
        "inertias",
        "inv_masses",
        "dof_armatures",
        "dof_limits",
        "material_properties",
    ],
)
def test_articulations_answer_as_mujoco_does(scene, field):
    engine, mujoco = KinematicEngine(scene), MujocoEngine(scene, 1 / 120)
    ours, theirs = robots(engine), robots(mujoco)
    put_into_random_state(ours, theirs)

    found, expected = read(ours, field), read(theirs, field)

    if field.endswith("transforms"):  # a quaternion and its negative are the same rotation
        found[..., 3:] *= torch.sign((found[..., 3:] * expected[..., 3:]).sum(-1, keepdim=True))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=2e-5)


def test_groups_have_the_structure_of_those_of_mujoco(scene):
    ours, theirs = robots(KinematicEngine(scene)), robots(MujocoEngine(scene, 1 / 120))

    for name in ("count", "max_shapes", "fixed_base", "dof_names", "link_names", "dof_paths", "link_paths"):
        assert getattr(ours, name) == getattr(theirs, name), name


def test_engines_list_the_same_paths(scene):
    ours, theirs = KinematicEngine(scene), MujocoEngine(scene, 1 / 120)

    for name in ("articulation_paths", "rigid_body_paths", "static_collider_paths", "world_of_path", "gravity"):
        assert getattr(ours, name) == getattr(theirs, name), name


def test_link_velocities_are_the_rate_of_the_link_poses(scene):
    """Finite differences of the centres of mass and orientations along a step."""
    engine = KinematicEngine(scene)
    group = robots(engine)
    put_into_random_state(group)
    velocity = read(group, "link_velocities", torch.float64)
    coms = read(group, "coms", torch.float64)[..., :3].reshape(-1, 3)

    def frames():
        pose = read(group, "link_transforms", torch.float64).reshape(-1, 7)
        turn = Rotation.from_quat(pose[:, 3:])
        return pose[:, :3].numpy() + turn.apply(coms), turn

    step = 1e-6
    before, turn_before = frames()
    engine.step(step)
    after, turn_after = frames()

    np.testing.assert_allclose((after - before) / step, velocity[..., :3].reshape(-1, 3), atol=1e-4)
    rate = (turn_after * turn_before.inv()).as_rotvec() / step
    np.testing.assert_allclose(rate, velocity[..., 3:].reshape(-1, 3), atol=1e-4)


def test_the_mass_matrix_gives_the_kinetic_energy(scene):
    group = robots(KinematicEngine(scene))
    put_into_random_state(group)
    speeds = read(group, "dof_velocities", torch.float64)
    armature = 0.5 * (0.1 * speeds**2).sum(dim=1)
    if not group.fixed_base:
        speeds = torch.cat((read(group, "root_velocities", torch.float64), speeds), dim=1)
    velocity = read(group, "link_velocities", torch.float64)
    turn = Rotation.from_quat(read(group, "link_transforms", torch.float64)[..., 3:].reshape(-1, 4)).as_matrix()
    inertia = turn @ read(group, "inertias", torch.float64).reshape(-1, 3, 3).numpy() @ turn.transpose(0, 2, 1)
    angular = velocity[..., 3:].reshape(-1, 3).numpy()
    turning = 0.5 * np.einsum("bi,bij,bj->b", angular, inertia, angular).reshape(3, -1).sum(axis=1)
    moving = 0.5 * (read(group, "masses", torch.float64) * velocity[..., :3].square().sum(-1)).sum(dim=1)

    mass = read(group, "generalized_mass_matrices", torch.float64)

    energy = 0.5 * torch.einsum("ni,nij,nj->n", speeds, mass, speeds)
    torch.testing.assert_close(energy, moving + torch.from_numpy(turning) + armature)


def test_writing_some_elements_leaves_the_others_bit_identical(scene):
    engine = KinematicEngine(scene)
    group = robots(engine)
    put_into_random_state(group)
    engine.step(0.01)
    before = {field: read(group, field) for field in ("link_transforms", "link_velocities", "dof_positions")}

    group.write("dof_positions", torch.full_like(before["dof_positions"], 0.3), torch.tensor([1]))

    assert not torch.equal(read(group, "link_transforms")[1], before["link_transforms"][1])
    for field, values in before.items():
        assert torch.equal(read(group, field)[[0, 2]], values[[0, 2]])


def test_a_free_body_keeps_its_velocity(scene):
    engine = KinematicEngine(scene)
    group = bodies(engine, "box")
    com = torch.as_tensor(scene.bodies[6].com)
    velocity = torch.tensor([[1.0, 2.0, 3.0, 0.0, 0.0, 0.7]]).repeat(3, 1)
    group.write("velocities", velocity, ALL)
    start = read(group, "transforms", torch.float64)

    for _ in range(50):
        engine.step(0.01)

    end = read(group, "transforms", torch.float64)
    turns = [Rotation.from_quat(pose[:, 3:]) for pose in (start, end)]
    centres = [pose[:, :3].numpy() + turn.apply(com) for pose, turn in zip((start, end), turns, strict=True)]
    np.testing.assert_allclose(centres[1] - centres[0], [[0.5, 1.0, 1.5]] * 3, atol=1e-6)
    np.testing.assert_allclose((turns[1] * turns[0].inv()).as_rotvec(), [[0, 0, 0.35]] * 3, atol=1e-6)
    torch.testing.assert_close(read(group, "velocities"), velocity)
    assert not read(group, "accelerations").abs().gt(1e-5).any()


def test_a_kinematic_body_goes_where_it_is_put_and_stays(scene):
    engine = KinematicEngine(scene)
    group = bodies(engine, "shelf")
    pose = torch.tensor([[1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 1.0]]).repeat(3, 1)
    group.write("transforms", pose, ALL)
    group.write("velocities", torch.ones(3, 6), ALL)

    engine.step(0.01)

    assert torch.equal(read(group, "transforms"), pose)


def test_bodies_start_at_their_place_in_every_world(scene):
    pose = read(bodies(KinematicEngine(scene), "box"), "transforms", torch.float64)

    np.testing.assert_allclose(pose[:, :3], scene.bodies[6].pose.pos + scene.world_origins)


def test_a_driven_joint_goes_to_its_target_within_its_limits_and_speed(gripper):
    engine = KinematicEngine(gripper)
    group = engine.articulation_group(["/hand"])
    group.write("dof_position_targets", torch.tensor([[0.03, 0.0]]), torch.tensor([0]))

    engine.step(0.1)
    halfway = read(group, "dof_positions", torch.float64), read(group, "dof_velocities", torch.float64)
    for _ in range(4):
        engine.step(0.1)

    # the second finger follows the first; nothing is faster than 0.1 m/s
    np.testing.assert_allclose(halfway[0], [[0.01, 0.01]])
    np.testing.assert_allclose(halfway[1], [[0.1, 0.1]])
    np.testing.assert_allclose(read(group, "dof_positions", torch.float64), [[0.03, 0.03]])
    np.testing.assert_allclose(read(group, "dof_velocities"), [[0.0, 0.0]], atol=1e-12)

    group.write("dof_position_targets", torch.tensor([[1.0, 0.0]]), torch.tensor([0]))
    for _ in range(10):
        engine.step(0.1)
    np.testing.assert_allclose(read(group, "dof_positions", torch.float64), [[0.04, 0.04]])


def test_joints_without_a_drive_keep_their_velocity(scene):
    engine = KinematicEngine(scene)
    group = robots(engine)
    group.write("dof_velocities", torch.full((3, 4), 0.5), ALL)

    for _ in range(10):
        engine.step(0.01)

    torch.testing.assert_close(read(group, "dof_positions"), torch.full((3, 4), 0.05))


def test_links_can_be_read_as_bodies_but_not_moved(scene):
    engine = KinematicEngine(scene)
    put_into_random_state(robots(engine))
    group = bodies(engine, "robot/hand")
    hand = robots(engine).link_names.index("hand")

    assert torch.equal(read(group, "transforms"), read(robots(engine), "link_transforms")[:, hand])
    assert torch.equal(read(group, "masses")[:, 0], read(robots(engine), "masses")[:, hand])
    with pytest.raises(NotImplementedError, match="cannot be moved as a rigid body"):
        group.write("transforms", torch.zeros(3, 7), ALL)


def test_properties_of_a_link_are_written_for_that_link_alone(scene):
    engine = KinematicEngine(scene)
    before = read(robots(engine), "masses")
    hand = robots(engine).link_names.index("hand")

    bodies(engine, "robot/hand").write("masses", torch.tensor([[5.0], [6.0], [7.0]]), torch.tensor([0, 2]))

    after = read(robots(engine), "masses")
    assert after[:, hand].tolist() == [5.0, before[1, hand], 7.0]
    others = [link for link in range(6) if link != hand]
    assert torch.equal(after[:, others], before[:, others])


def test_contact_sensors_feel_nothing(scene):
    engine = KinematicEngine(scene)
    group = engine.contact_group([f"{env}/box" for env in ENVS], [[f"{env}/shelf"] for env in ENVS], 8)
    forces, matrix = torch.ones(3, 3), torch.ones(3, 1, 3)

    group.read_net_forces(forces)
    group.read_force_matrix(matrix)

    assert (group.sensor_count, group.filter_count) == (3, 1)
    assert not forces.any() and not matrix.any()
    assert group.contact_points().counts.shape == (3, 1)


@pytest.mark.parametrize("field", ["dof_projected_joint_forces", "link_incoming_joint_force"])
def test_what_needs_dynamics_is_not_made_up(scene, field):
    with pytest.raises(NotImplementedError, match=field):
        read(robots(KinematicEngine(scene)), field)


def test_an_unknown_prim_is_named(scene):
    with pytest.raises(KeyError, match="/World/envs/env_0/nothing"):
        KinematicEngine(scene).rigid_body_group(["/World/envs/env_0/nothing"])


def test_articulations_of_another_structure_do_not_share_a_view(gripper, scene):
    both = gripper
    both.bodies += scene.bodies
    both.joints += scene.joints
    both.articulations += scene.articulations

    with pytest.raises(ValueError, match="/World/envs/env_0/robot: its links or joints differ"):
        KinematicEngine(both).articulation_group(["/hand", "/World/envs/env_0/robot"])
