# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Stages that Isaac Lab's own spawners and cloner author."""

from __future__ import annotations

import numpy as np
import pytest

from isaaclab_factory.app import launch

launch(headless=True)

import isaaclab.sim as sim_utils  # noqa: E402
import omni.usd  # noqa: E402
from isaaclab.assets import RigidObjectCfg  # noqa: E402
from isaaclab.scene import InteractiveScene, InteractiveSceneCfg  # noqa: E402
from isaaclab.utils import configclass  # noqa: E402

from isaaclab_factory.kitless.scene import Shape, read_stage  # noqa: E402

RIGID = {
    "rigid_props": sim_utils.RigidBodyPropertiesCfg(disable_gravity=True, linear_damping=0.5, angular_damping=0.25),
    "collision_props": sim_utils.CollisionPropertiesCfg(contact_offset=0.01, rest_offset=0.0),
    "physics_material": sim_utils.RigidBodyMaterialCfg(static_friction=0.75, dynamic_friction=0.5, restitution=0.25),
}


@pytest.fixture
def simulation():
    """A simulation context on a new stage."""
    omni.usd.get_context().new_stage()
    context = sim_utils.SimulationContext(sim_utils.SimulationCfg(device="cpu", gravity=(0.0, 0.0, -3.0)))
    yield context
    context.clear_all_callbacks()
    context.clear_instance()


SPAWNERS = {
    "cuboid": (sim_utils.CuboidCfg(size=(0.1, 0.2, 0.3), **RIGID), Shape.BOX, (0.05, 0.1, 0.15), 0.006),
    "sphere": (sim_utils.SphereCfg(radius=0.1, **RIGID), Shape.SPHERE, (0.1,), 4 / 3 * np.pi * 0.001),
    "cylinder": (
        sim_utils.CylinderCfg(radius=0.1, height=0.4, axis="X", **RIGID),
        Shape.CYLINDER,
        (0.1, 0.2),
        np.pi * 0.01 * 0.4,
    ),
    "capsule": (
        sim_utils.CapsuleCfg(radius=0.1, height=0.4, axis="Y", **RIGID),
        Shape.CAPSULE,
        (0.1, 0.2),
        np.pi * 0.01 * (0.4 + 4 / 3 * 0.1),
    ),
    "cone": (sim_utils.ConeCfg(radius=0.1, height=0.3, **RIGID), Shape.HULL, (), np.pi * 0.01 * 0.1),
    "mesh cuboid": (sim_utils.MeshCuboidCfg(size=(0.1, 0.2, 0.3), **RIGID), Shape.BOX, (0.05, 0.1, 0.15), 0.006),
    "mesh cylinder": (sim_utils.MeshCylinderCfg(radius=0.1, height=0.4, **RIGID), Shape.HULL, (), np.pi * 0.004),
}


@pytest.mark.parametrize("name", SPAWNERS)
def test_spawned_shapes(simulation, name):
    cfg, shape, size, volume = SPAWNERS[name]
    cfg.func("/World/object", cfg, translation=(1.0, 2.0, 3.0), orientation=(0.0, 1.0, 0.0, 0.0))

    scene = read_stage(simulation.stage)

    (body,) = scene.bodies
    np.testing.assert_allclose(scene.gravity, [0, 0, -3.0])
    np.testing.assert_allclose(body.pose.pos, [1, 2, 3])
    np.testing.assert_allclose(body.pose.quat, [0, 1, 0, 0], atol=1e-12)
    assert body.mass == pytest.approx(1000 * volume, rel=0.02)
    assert not body.gravity
    assert (body.linear_damping, body.angular_damping) == (0.5, 0.25)
    (collider,) = body.colliders
    assert collider.shape is shape
    assert collider.size == pytest.approx(size)
    assert (collider.contact_offset, collider.rest_offset) == pytest.approx((0.01, 0.0))
    material = collider.material
    assert (material.static_friction, material.dynamic_friction, material.restitution) == (0.75, 0.5, 0.25)


def test_an_authored_mass_is_kept(simulation):
    cfg = sim_utils.CuboidCfg(size=(0.1, 0.1, 0.1), mass_props=sim_utils.MassPropertiesCfg(mass=2.0), **RIGID)
    cfg.func("/World/object", cfg)

    (body,) = read_stage(simulation.stage).bodies

    assert body.mass == 2.0
    np.testing.assert_allclose(body.inertia, np.eye(3) * 2.0 * 0.1**2 / 6, rtol=1e-6)


def test_colliders_without_a_material_have_the_one_of_the_simulation(simulation):
    cfg = sim_utils.CuboidCfg(size=(1, 1, 1), collision_props=sim_utils.CollisionPropertiesCfg())
    cfg.func("/World/block", cfg)
    material = sim_utils.RigidBodyMaterialCfg(static_friction=0.125, friction_combine_mode="multiply")
    material.func("/World/default", material)
    sim_utils.bind_physics_material(simulation.cfg.physics_prim_path, "/World/default")

    (collider,) = read_stage(simulation.stage).static_colliders

    assert (collider.material.static_friction, collider.material.friction_combine_mode) == (0.125, "multiply")


@configclass
class BoxSceneCfg(InteractiveSceneCfg):
    """A box in every environment."""

    box = RigidObjectCfg(
        prim_path="{ENV_REGEX_NS}/Box",
        spawn=sim_utils.CuboidCfg(size=(0.1, 0.1, 0.1), **RIGID),
        init_state=RigidObjectCfg.InitialStateCfg(pos=(0.0, 0.0, 0.5)),
    )


@pytest.mark.parametrize("replicate_physics", [True, False])
def test_cloned_environments_are_worlds(simulation, replicate_physics):
    InteractiveScene(BoxSceneCfg(num_envs=4, env_spacing=2.0, replicate_physics=replicate_physics))

    scene = read_stage(simulation.stage)

    assert scene.world_paths == [f"/World/envs/env_{i}" for i in range(4)]
    assert [body.path for body in scene.bodies] == ["/World/envs/env_0/Box"]
    np.testing.assert_allclose(scene.bodies[0].pose.pos, scene.world_origins[0] + [0, 0, 0.5])
    gaps = np.linalg.norm(scene.world_origins[1:] - scene.world_origins[0], axis=1)
    assert gaps.min() == pytest.approx(2.0)
