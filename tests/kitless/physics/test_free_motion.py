# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Free bodies against closed forms: falling, spinning, slowing down."""

import numpy as np
import torch

THING = "/World/envs/env_*/Thing"


def test_free_fall(make, run):
    rig = run(make.scene(2, bodies=[make.body("Thing", pos=(1.0, 2.0, 10.0), com=(0.1, 0.0, 0.0))]))
    view = rig.view.create_rigid_body_view(THING)
    rig.step(60)
    time, h = 60 * make.DT, make.DT / 4
    # semi-implicit Euler falls g h t / 2 further than the parabola
    fallen = 0.5 * make.GRAVITY * time * (time + h)
    np.testing.assert_allclose(view.get_transforms()[:, 2], 10.0 - fallen, atol=1e-5)
    np.testing.assert_allclose(view.get_velocities()[:, 2], -make.GRAVITY * time, atol=1e-5)


def test_gravity_can_be_switched_off_per_body_and_world(make, run):
    heavy, light = make.body("Thing", pos=(1, 2, 5)), make.body("Other", pos=(2, 2, 5), gravity=False)
    rig = run(make.scene(2, bodies=[heavy, light]))
    view = rig.view.create_rigid_body_view(["/World/envs/env_*/Thing", "/World/envs/env_*/Other"])
    rig.step(12)
    fall = -make.GRAVITY * 12 * make.DT
    np.testing.assert_allclose(view.get_velocities()[:, 2], [fall, fall, 0, 0], atol=1e-5)
    view.set_disable_gravities(torch.tensor([[1], [0], [0], [0]], dtype=torch.uint8), torch.tensor([0, 3]))
    rig.step(12)
    np.testing.assert_allclose(view.get_velocities()[:, 2], [fall, 2 * fall, 0, fall], atol=1e-5)


def test_gravity_can_be_switched_off_where_it_acted_everywhere(make, run):
    rig = run(make.scene(2, bodies=[make.body("Thing", pos=(1, 2, 5))]))
    view = rig.view.create_rigid_body_view(THING)
    view.set_disable_gravities(torch.tensor([[1], [0]], dtype=torch.uint8), torch.tensor([0]))
    rig.step(12)
    np.testing.assert_allclose(view.get_velocities()[:, 2], [0.0, -make.GRAVITY * 12 * make.DT], atol=1e-5)


def test_gravity_can_be_switched_on_where_it_acted_nowhere(make, run):
    rig = run(make.scene(2, bodies=[make.body("Thing", pos=(1, 2, 5), gravity=False)]))
    view = rig.view.create_rigid_body_view(THING)
    view.set_disable_gravities(torch.zeros(2, 1, dtype=torch.uint8), torch.tensor([1]))
    rig.step(12)
    np.testing.assert_allclose(view.get_velocities()[:, 2], [0.0, -make.GRAVITY * 12 * make.DT], atol=1e-5)


def test_scene_gravity_can_be_changed(make, run):
    rig = run(make.scene(2, bodies=[make.body("Thing", pos=(1, 2, 5))]))
    view = rig.view.create_rigid_body_view(THING)
    rig.view.set_gravity((1.0, 0.0, 2.0))
    assert rig.view.get_gravity() == (1.0, 0.0, 2.0)
    rig.step(12)
    expected = np.tile([12 * make.DT, 0.0, 24 * make.DT], (2, 1))
    np.testing.assert_allclose(view.get_velocities()[:, :3], expected, atol=1e-5)


def test_spinning_body_keeps_its_angular_momentum(make, run):
    inertia = np.diag([0.01, 0.02, 0.025])
    rig = run(make.scene(1, gravity=0.0, bodies=[make.body("Thing", pos=(1, 2, 5), com=(0.1, 0.2, 0.3))]))
    view = rig.view.create_rigid_body_view(THING)
    view.set_velocities(torch.tensor([[0.3, 0.2, 0.1, 4.0, 0.5, -3.0]]), torch.arange(1))

    def momentum():
        from scipy.spatial.transform import Rotation

        axes = Rotation.from_quat(view.get_transforms()[0, 3:].double().numpy()).as_matrix()
        return axes @ inertia @ axes.T @ view.get_velocities()[0, 3:].double().numpy()

    first = momentum()
    rig.step(60)
    np.testing.assert_allclose(momentum(), first, atol=0.02 * np.linalg.norm(first))
    np.testing.assert_allclose(view.get_velocities()[0, :3], [0.3, 0.2, 0.1], atol=1e-3)


def test_damping_slows_exponentially(make, run):
    thing = make.body("Thing", pos=(1, 2, 5), inertia=np.eye(3) * 0.01, linear_damping=0.8, angular_damping=2.0)
    rig = run(make.scene(1, gravity=0.0, bodies=[thing]))
    view = rig.view.create_rigid_body_view(THING)
    view.set_velocities(torch.tensor([[2.0, 0.0, 0.0, 0.0, 0.0, 3.0]]), torch.arange(1))
    rig.step(60)
    velocity = view.get_velocities()[0]
    np.testing.assert_allclose(velocity[0], 2.0 * np.exp(-0.8 * 0.5), rtol=2e-3)
    np.testing.assert_allclose(velocity[5], 3.0 * np.exp(-2.0 * 0.5), rtol=5e-3)


def test_speed_limits_of_a_body_hold(make, run):
    thing = make.body("Thing", pos=(1, 2, 50), max_linear_velocity=1.5, max_angular_velocity=2.0)
    rig = run(make.scene(2, bodies=[thing]))
    view = rig.view.create_rigid_body_view(THING)
    view.set_velocities(torch.tensor([[0.0, 0, 0, 0, 0, 9.0]] * 2), torch.tensor([1]))
    rig.step(60)
    velocity = view.get_velocities()
    np.testing.assert_allclose(velocity[:, :3].norm(dim=1), 1.5, rtol=1e-5)
    np.testing.assert_allclose(velocity[:, 3:].norm(dim=1), [0.0, 2.0], atol=1e-5)


def test_start_velocity_of_the_stage_is_kept(make, run):
    start = {"linear_velocity": np.array([1.0, 2.0, 3.0]), "angular_velocity": np.array([0.1, 0.2, 0.3])}
    rig = run(make.scene(2, bodies=[make.body("Thing", com=(0.3, 0, 0), **start)]))
    velocity = rig.view.create_rigid_body_view(THING).get_velocities()
    np.testing.assert_allclose(velocity, [[1.0, 2.0, 3.0, 0.1, 0.2, 0.3]] * 2, atol=1e-6)


def test_kinematic_body_stays_where_it_is_put(make, run):
    fixed = make.body("Thing", pos=(1.2, 2.1, 0.5), kinematic=True)
    rig = run(make.scene(3, bodies=[fixed]))
    view = rig.view.create_rigid_body_view(THING)
    pose = view.get_transforms().clone()
    np.testing.assert_allclose(pose[:, 0], [1.2, 4.2, 7.2], atol=1e-6)
    pose[1, :3] += torch.tensor([0.1, -0.2, 0.3])
    view.set_transforms(pose, torch.tensor([1]))
    rig.step(10)
    torch.testing.assert_close(view.get_transforms(), pose)
    assert not view.get_velocities().any()
