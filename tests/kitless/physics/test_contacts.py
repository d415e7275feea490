# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Contacts against statics: weight, friction, restitution, and who may touch whom."""

import numpy as np
import pytest
import torch

from isaaclab_factory.kitless.scene.description import Articulation, Joint, JointType, Pose

CUBE = "/World/envs/env_*/Cube"
GROUND = "/World/ground"


def cube(make, name="Cube", pos=(1.0, 2.0, 0.1), mass=2.0, friction=0.5, kinematic=False, **options):
    thing = make.body(name, pos=pos, mass=mass, inertia=np.eye(3) * mass * 0.2**2 / 6, kinematic=kinematic)
    thing.colliders.append(make.box(f"{thing.path}/geom", (0.1, 0.1, 0.1), friction=friction, **options))
    return thing


def slab(make, friction=0.5, **options):
    """A flat box that does not tip over."""
    thing = make.body("Cube", pos=(1.0, 2.0, 0.01), mass=2.0, inertia=np.diag([0.01, 0.01, 0.02]))
    thing.colliders.append(make.box(f"{thing.path}/geom", (0.1, 0.1, 0.01), friction=friction, **options))
    return thing


def sliding_friction(rig, make, angle: float) -> np.ndarray:
    """Friction coefficient of the cubes: impulse along the ground over impulse normal to it, while they slide."""
    view = rig.view.create_rigid_body_view(CUBE)
    rig.step(10)
    before = view.get_velocities()[:, :3].clone()
    rig.step(40)
    change = (view.get_velocities()[:, :3] - before).numpy() / (40 * make.DT)
    normal = make.GRAVITY * np.cos(angle) + change[:, 2]
    return (make.GRAVITY * np.sin(angle) - change[:, 0]) / normal


def tilt(rig, make, angle: float) -> None:
    """Turn gravity instead of the ground."""
    rig.view.set_gravity((make.GRAVITY * np.sin(angle), 0.0, -make.GRAVITY * np.cos(angle)))


def test_contact_force_is_the_weight(make, run):
    rig = run(make.scene(3, bodies=[cube(make)], static_colliders=[make.ground()]))
    view = rig.view.create_rigid_contact_view(CUBE, [GROUND], max_contact_data_count=3 * 8)
    rig.step(120)
    weight = np.array([0.0, 0.0, 2.0 * make.GRAVITY])
    np.testing.assert_allclose(view.get_net_contact_forces(make.DT), [weight] * 3, atol=1e-3)
    np.testing.assert_allclose(view.get_contact_force_matrix(make.DT), [[weight]] * 3, atol=1e-3)


def test_forces_of_an_impact_add_up_to_the_change_of_momentum(make, run):
    """The force of a step is its impulse over its length, however it varies within the step."""
    rig = run(make.scene(2, bodies=[cube(make, pos=(1.0, 2.0, 0.12))], static_colliders=[make.ground()]))
    body = rig.view.create_rigid_body_view(CUBE)
    view = rig.view.create_rigid_contact_view(CUBE, [GROUND])
    impulse, largest, steps = np.zeros(2), 0.0, 20
    for _ in range(steps):
        rig.step()
        force = view.get_contact_force_matrix(make.DT)[:, 0, 2].numpy()
        impulse += force * make.DT
        largest = max(largest, force.max())
    assert largest > 5.0 * 2.0 * make.GRAVITY
    momentum = 2.0 * body.get_velocities()[:, 2].numpy()
    np.testing.assert_allclose(impulse, momentum + 2.0 * make.GRAVITY * steps * make.DT, rtol=1e-4)


def test_contact_points_carry_the_weight(make, run):
    rig = run(make.scene(2, bodies=[cube(make)], static_colliders=[make.ground()]))
    view = rig.view.create_rigid_contact_view(CUBE, [GROUND], max_contact_data_count=2 * 8)
    rig.step(120)
    forces, points, normals, separations, counts, starts = view.get_contact_data(make.DT)
    assert counts.tolist() == [[4], [4]]
    assert starts.tolist() == [[0], [4]]
    np.testing.assert_allclose(forces[:4].sum(), 2.0 * make.GRAVITY, rtol=1e-3)
    np.testing.assert_allclose(normals, [[0.0, 0.0, 1.0]] * 8, atol=1e-5)
    np.testing.assert_allclose(points[4:].mean(0), [4.0, 2.0, 0.0], atol=1e-3)
    assert float(separations.abs().max()) < 1e-4


def test_friction_data_balances_a_pull(make, run):
    rig = run(make.scene(1, bodies=[cube(make)], static_colliders=[make.ground()]))
    view = rig.view.create_rigid_contact_view(CUBE, [GROUND], max_contact_data_count=8)
    tilt(rig, make, 0.2)
    rig.step(120)
    friction, _, counts, _ = view.get_friction_data(make.DT)
    assert int(counts) == 4
    expected = [-2.0 * make.GRAVITY * np.sin(0.2), 0.0, 0.0]
    np.testing.assert_allclose(friction.sum(0), expected, atol=0.05)
    np.testing.assert_allclose(view.get_net_contact_forces(make.DT)[0, 0], expected[0], atol=0.05)


def test_pair_forces_are_told_apart(make, run):
    """A cube on a cube on the ground: the lower one feels both, with opposite signs."""
    lower, upper = cube(make), cube(make, "Upper", pos=(1.0, 2.0, 0.3), mass=1.0)
    rig = run(make.scene(2, bodies=[lower, upper], static_colliders=[make.ground()]))
    view = rig.view.create_rigid_contact_view(CUBE, ["/World/envs/env_*/Upper", GROUND])
    rig.step(120)
    g = make.GRAVITY
    np.testing.assert_allclose(view.get_contact_force_matrix(make.DT)[1, :, 2], [-g, 3 * g], atol=1e-2)
    np.testing.assert_allclose(view.get_net_contact_forces(make.DT)[1], [0, 0, 2 * g], atol=1e-2)


def test_contact_forces_on_several_bodies_of_each_environment(make, run):
    first, second = cube(make, "Part_a"), cube(make, "Part_b", pos=(2.0, 2.0, 0.1), mass=4.0)
    rig = run(make.scene(2, bodies=[first, second], static_colliders=[make.ground()]))
    view = rig.view.create_rigid_contact_view("/World/envs/env_*/(Part_a|Part_b)")
    assert view.sensor_paths[1] == "/World/envs/env_0/Part_b"
    rig.step(120)
    forces = view.get_net_contact_forces(make.DT).view(2, 2, 3)[..., 2]
    np.testing.assert_allclose(forces, [[2 * make.GRAVITY, 4 * make.GRAVITY]] * 2, atol=1e-2)


@pytest.mark.parametrize("friction", [0.3, 0.8])
def test_friction_cone_angle(make, run, friction):
    rig = run(make.scene(1, bodies=[slab(make, friction)], static_colliders=[make.ground(friction)]))
    tilt(rig, make, np.arctan(friction) - 0.05)
    rig.step(60)
    assert float(rig.view.create_rigid_body_view(CUBE).get_velocities().abs().max()) < 5e-3
    angle = np.arctan(friction) + 0.1
    tilt(rig, make, angle)
    np.testing.assert_allclose(sliding_friction(rig, make, angle), friction, rtol=0.02)


@pytest.mark.parametrize(("mode", "combined"), [("average", 0.4), ("min", 0.2), ("multiply", 0.12), ("max", 0.6)])
def test_friction_of_two_materials_is_combined_as_physx_does(make, run, mode, combined):
    thing = slab(make, friction=0.6, friction_combine_mode=mode)
    ground = make.ground(0.2, friction_combine_mode="average")
    rig = run(make.scene(1, bodies=[thing], static_colliders=[ground]))
    tilt(rig, make, np.pi / 4)
    np.testing.assert_allclose(sliding_friction(rig, make, np.pi / 4), combined, rtol=0.02)


def test_only_frictions_that_differ_from_partner_to_partner_need_explicit_pairs(make, run):
    """MuJoCo tests every explicit pair at every step, which is slow for parts of many pieces."""
    ground = make.ground(0.2, friction_combine_mode="average")
    alone = run(make.scene(1, bodies=[slab(make, friction=0.6)], static_colliders=[ground]))
    assert alone.engine.sim.model.npair == 0
    other = cube(make, "Other", pos=(3.0, 2.0, 0.1), friction=1.0)
    several = run(make.scene(1, bodies=[slab(make, friction=0.6), other], static_colliders=[ground]))
    assert several.engine.sim.model.npair == 3
    for rig in (alone, several):
        tilt(rig, make, np.pi / 4)
        np.testing.assert_allclose(sliding_friction(rig, make, np.pi / 4), 0.4, rtol=0.02)


def test_friction_written_for_one_environment_takes_back_priority(make, run):
    ground, other = make.ground(0.2), cube(make, "Other", pos=(3.0, 2.0, 0.1), friction=0.6)
    rig = run(make.scene(2, bodies=[slab(make, friction=0.6), other], static_colliders=[ground]))
    view = rig.view.create_rigid_body_view("/World/envs/env_*/Other")
    materials = view.get_material_properties()
    materials[1, 0, :2] = 1.0
    view.set_material_properties(materials, torch.tensor([1]))
    tilt(rig, make, np.pi / 4)
    np.testing.assert_allclose(sliding_friction(rig, make, np.pi / 4), [0.4, 0.4], rtol=0.02)


def test_friction_can_differ_per_environment(make, run):
    rig = run(make.scene(3, bodies=[slab(make)], static_colliders=[make.ground(0.5)]))
    view = rig.view.create_rigid_body_view(CUBE)
    materials = view.get_material_properties()
    assert materials.shape == (3, 1, 3)
    materials[:, 0, :2] = torch.tensor([[9.0], [0.1], [0.9]])
    view.set_material_properties(materials, torch.tensor([1, 2]))
    np.testing.assert_allclose(view.get_material_properties()[:, 0, 1], [0.5, 0.1, 0.9], rtol=1e-6)
    tilt(rig, make, np.pi / 4)
    np.testing.assert_allclose(sliding_friction(rig, make, np.pi / 4), [0.5, 0.3, 0.7], rtol=0.02)


@pytest.mark.parametrize("restitution", [0.0, 0.5, 0.8])
def test_ball_rebounds_with_its_restitution(make, run, restitution):
    ball = make.body("Cube", pos=(1.0, 2.0, 0.6), mass=1.0, inertia=np.eye(3) * 0.004)
    collider = make.box(f"{ball.path}/geom", (0.1, 0.1, 0.1), restitution=restitution)
    collider.shape, collider.size = type(collider.shape).SPHERE, (0.1,)
    ball.colliders.append(collider)
    rig = run(make.scene(1, bodies=[ball], static_colliders=[make.ground(restitution=restitution)]))
    view = rig.view.create_rigid_body_view(CUBE)
    highest = []
    for _ in range(90):
        rig.step()
        highest.append(float(view.get_velocities()[0, 2]))
    impact = np.sqrt(2 * make.GRAVITY * 0.5)
    assert max(highest) == pytest.approx(restitution * impact, abs=0.06 * impact)


def test_shared_ground_is_where_it_is_in_every_world(make, run):
    """A slab that all environments share ends at x = 3: the cube of the second world falls past it."""
    slab = make.box(GROUND, (1.5, 5.0, 0.5), pos=(1.5, 2.0, -0.5))
    rig = run(make.scene(2, bodies=[cube(make)], static_colliders=[slab]))
    rig.step(60)
    height = rig.view.create_rigid_body_view(CUBE).get_transforms()[:, 2]
    assert float(height[0]) == pytest.approx(0.1, abs=1e-3)
    assert float(height[1]) < -0.5


def test_static_collider_of_an_environment_is_copied_with_it(make, run):
    table = make.box(f"{make.ENV}/Table", (0.5, 0.5, 0.5), pos=(1.0, 2.0, 0.0))
    rig = run(make.scene(2, bodies=[cube(make, pos=(1.0, 2.0, 0.7))], static_colliders=[table]))
    rig.step(120)
    height = rig.view.create_rigid_body_view(CUBE).get_transforms()[:, 2]
    np.testing.assert_allclose(height, [0.6, 0.6], atol=1e-3)


def test_kinematic_body_carries_and_can_be_moved_per_environment(make, run):
    carrier, rider = cube(make, "Carrier", kinematic=True), cube(make, pos=(1.0, 2.0, 0.3))
    rig = run(make.scene(2, bodies=[carrier, rider]))
    view = rig.view.create_rigid_body_view("/World/envs/env_*/Carrier")
    rig.step(30)
    pose = view.get_transforms().clone()
    pose[1, 0] += 1.0
    view.set_transforms(pose, torch.tensor([1]))
    rig.step(60)
    height = rig.view.create_rigid_body_view(CUBE).get_transforms()[:, 2]
    assert float(height[0]) == pytest.approx(0.3, abs=1e-3)
    assert float(height[1]) < -0.3


def stacked_links(make, self_collisions: bool, collision_enabled: bool):
    """A base and two links above it, each on a vertical slide joint of the base."""
    bodies, joints, incoming = [cube(make, "Robot/base", pos=(1.0, 2.0, 1.0))], [], [None]
    for index in (1, 2):
        link = cube(make, f"Robot/link{index}")
        joint = Joint(
            f"{make.ENV}/Robot/joint{index}",
            JointType.PRISMATIC,
            bodies[0].path,
            link.path,
            Pose(np.array([0.0, 0.0, 0.2 * index])),
            axis=np.array([0.0, 0.0, 1.0]),
            collision_enabled=collision_enabled,
        )
        bodies.append(link)
        joints.append(joint)
        incoming.append(joint.path)
    links, moving = [body.path for body in bodies], [joint.path for joint in joints]
    tree = Articulation(f"{make.ENV}/Robot", links, moving, incoming, False, self_collisions)
    return make.scene(1, gravity=0.0, bodies=bodies, joints=joints, articulations=[tree])


@pytest.mark.parametrize(
    ("self_collisions", "jointed_may_touch", "touching"),
    [(False, False, []), (False, True, []), (True, False, [1, 2]), (True, True, [0, 1, 2])],
)
def test_links_touch_only_where_articulation_and_joints_allow_it(
    make, run, self_collisions, jointed_may_touch, touching
):
    rig = run(stacked_links(make, self_collisions, jointed_may_touch))
    robot = rig.view.create_articulation_view("/World/envs/env_*/Robot")
    contacts = rig.view.create_rigid_contact_view("/World/envs/env_*/Robot/*")
    robot.set_dof_actuation_forces(torch.tensor([[2.0, -5.0]]), torch.arange(1))
    rig.step(20)
    forces = contacts.get_net_contact_forces(make.DT)
    assert (forces.norm(dim=1) > 0.1).nonzero().flatten().tolist() == touching


def test_filtered_pairs_do_not_touch(make, run):
    first, second = cube(make), cube(make, "Other", pos=(1.05, 2.0, 0.1))
    first.filtered_paths = (second.path,)
    rig = run(make.scene(1, gravity=0.0, bodies=[first, second]))
    rig.step(10)
    assert not rig.view.create_rigid_body_view(CUBE).get_velocities().any()


def test_collision_groups_filter_in_both_directions(make, run):
    first, second = cube(make), cube(make, "Other", pos=(1.05, 2.0, 0.1))
    first.colliders[0].collision_group, second.colliders[0].collision_group = "/a", "/b"
    description = make.scene(1, gravity=0.0, bodies=[first, second])
    description.collision_group_filters = {"/b": {"/a"}}
    rig = run(description)
    rig.step(10)
    assert not rig.view.create_rigid_body_view(CUBE).get_velocities().any()


def test_overlapping_cubes_push_each_other_away_without_a_filter(make, run):
    rig = run(make.scene(1, gravity=0.0, bodies=[cube(make), cube(make, "Other", pos=(1.05, 2.0, 0.1))]))
    rig.step(10)
    assert float(rig.view.create_rigid_body_view(CUBE).get_velocities()[0, 0]) < -0.01


def test_many_robots_in_one_world_keep_their_contacts(make, run):
    """More robots than contact classes: their own links do not touch, those of others and the ground do."""
    bodies, joints, trees = [], [], []
    for index in range(40):
        part = stacked_links(make, False, False)
        for thing in part.bodies:
            thing.path = thing.path.replace("/Robot/", f"/Robot{index}/")
            thing.pose.pos += [0.25 * index, 0.0, -0.9]
            thing.colliders[0].path = f"{thing.path}/geom"
        for joint in part.joints:
            joint.path = joint.path.replace("/Robot/", f"/Robot{index}/")
            joint.parent = joint.parent.replace("/Robot/", f"/Robot{index}/")
            joint.child = joint.child.replace("/Robot/", f"/Robot{index}/")
        tree = part.articulations[0]
        tree.root_path = f"{make.ENV}/Robot{index}"
        for field in ("links", "joints", "incoming_joints"):
            names = getattr(tree, field)
            setattr(tree, field, [name and name.replace("/Robot/", f"/Robot{index}/") for name in names])
        bodies, joints, trees = bodies + part.bodies, joints + part.joints, [*trees, tree]
    block = cube(make, pos=(1.0, 2.0, 2.0), mass=3.0)
    rig = run(
        make.scene(1, bodies=[*bodies, block], joints=joints, articulations=trees, static_colliders=[make.ground()])
    )
    robots = rig.view.create_articulation_view("/World/envs/env_0/Robot*")
    robots.set_dof_limits(torch.tensor([[[-9.0, 0.0], [-9.0, 0.0]]]).repeat(40, 1, 1), torch.arange(40))
    feet = rig.view.create_rigid_contact_view("/World/envs/env_0/Robot*/base", ["/World/ground"])
    heads = rig.view.create_rigid_contact_view("/World/envs/env_0/Robot*/link2")
    rig.step(60)
    # the links have fallen through each other on to the ground, next to their base
    assert float(rig.view.create_rigid_body_view("/World/envs/env_0/Robot*/link2").get_transforms()[:, 2].max()) < 0.15
    np.testing.assert_allclose(feet.get_net_contact_forces(make.DT)[:, 2], 2.0 * make.GRAVITY, rtol=0.05)
    np.testing.assert_allclose(heads.get_net_contact_forces(make.DT)[1:, 2], 2.0 * make.GRAVITY, rtol=0.05)
