# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""From play to stop, with Isaac Lab's simulation context on top of the stand-in."""

import logging

import omni.usd
import pytest
from isaaclab.envs import ManagerBasedEnv  # noqa: F401  (isaaclab.envs must come before isaaclab.managers)
from isaaclab.sim import CuboidCfg, PhysxCfg, SimulationCfg, SimulationContext
from isaaclab.sim.schemas import CollisionPropertiesCfg, MassPropertiesCfg, RigidBodyPropertiesCfg
from isaacsim.core.simulation_manager import SimulationManager

CUBE = CuboidCfg(
    size=(0.1, 0.1, 0.1),
    rigid_props=RigidBodyPropertiesCfg(disable_gravity=False, linear_damping=0.5),
    mass_props=MassPropertiesCfg(mass=2.0),
    collision_props=CollisionPropertiesCfg(contact_offset=0.01),
)


@pytest.fixture
def sim():
    omni.usd.get_context().new_stage()
    sim = SimulationContext(SimulationCfg(dt=0.01, render_interval=4))
    yield sim
    sim.clear_instance()


def test_device_is_the_cpu_unless_named(sim):
    assert SimulationCfg().device == "cpu"
    assert SimulationCfg(device="cuda:1").device == "cuda:1"
    assert SimulationCfg("/scene", "cuda:0").device == "cuda:0"
    assert sim.device == "cpu"


def test_physics_scene_carries_the_parameters():
    omni.usd.get_context().new_stage()
    physx = PhysxCfg(bounce_threshold_velocity=0.7, solver_type=0, enable_ccd=True)
    sim = SimulationContext(SimulationCfg(dt=1 / 120, gravity=(0.0, 0.0, -3.0), physx=physx))
    prim = sim.stage.GetPrimAtPath("/physicsScene")
    values = {
        "physxScene:bounceThreshold": 0.7,
        "physxScene:solverType": "PGS",
        "physxScene:enableCCD": True,
        "physxScene:timeStepsPerSecond": 120,
        "physics:gravityMagnitude": 3.0,
    }
    for name, value in values.items():
        assert prim.GetAttribute(name).Get() == pytest.approx(value) if value is not True else True
    sim.clear_instance()


def test_spawned_cube_has_the_physx_attributes(sim):
    prim = CUBE.func("/World/cube", CUBE)
    geometry = sim.stage.GetPrimAtPath("/World/cube/geometry/mesh")
    assert "PhysxRigidBodyAPI" in prim.GetAppliedSchemas() and "PhysxCollisionAPI" in geometry.GetAppliedSchemas()
    assert prim.GetAttribute("physxRigidBody:linearDamping").Get() == 0.5
    assert geometry.GetAttribute("physxCollision:contactOffset").Get() == pytest.approx(0.01)


def test_views_exist_from_play_to_stop(sim):
    CUBE.func("/World/cube", CUBE)
    assert sim.physics_sim_view is None
    sim.reset()
    view = sim.physics_sim_view.create_rigid_body_view("/World/cube")
    assert view.get_masses().item() == pytest.approx(2.0)
    sim.stop()
    assert sim.physics_sim_view is None and sim.is_stopped()


def test_step_without_rendering_is_one_and_with_rendering_as_many_as_fit(sim):
    CUBE.func("/World/cube", CUBE)
    sim.reset()
    steps = []
    sim.add_physics_callback("count", steps.append)
    sim.step(render=False)
    assert steps == [0.01] and sim.current_time == pytest.approx(0.01)
    sim.step(render=True)
    assert len(steps) == 5


def test_stopped_simulation_neither_steps_nor_waits(sim):
    CUBE.func("/World/cube", CUBE)
    sim.reset()
    sim.stop()
    sim.step()
    assert sim.current_time_step_index == 0
    with pytest.raises(RuntimeError, match="play the timeline first"):
        SimulationManager.step()


def test_reset_starts_again_from_the_stage(sim):
    CUBE.func("/World/cube", CUBE, translation=(0.0, 0.0, 5.0))
    heights = []
    for _ in range(2):
        sim.reset()
        view = sim.physics_sim_view.create_rigid_body_view("/World/cube")
        heights.append(view.get_transforms()[0, 2].item())
        for _ in range(20):
            sim.step(render=False)
        assert view.get_transforms()[0, 2].item() < 4.9
    assert heights == pytest.approx([5.0, 5.0])


def test_new_stage_ends_the_context(sim):
    sim.reset()
    omni.usd.get_context().new_stage()
    assert SimulationContext.instance() is None
    assert SimulationManager.get_physics_sim_view() is None


def test_warnings_and_errors_of_the_engine_reach_the_user(sim, monkeypatch, caplog):
    class SickEngine:
        device = "cpu"

        def step(self, dt):
            logging.getLogger("engine").warning("world 3: the solver did not converge")
            raise FloatingPointError("world 3: NaN")

        def close(self):
            pass

    sim.reset()
    monkeypatch.setattr(SimulationManager, "_engine", SickEngine())
    with caplog.at_level(logging.WARNING), pytest.raises(FloatingPointError, match="world 3: NaN"):
        sim.step(render=False)
    assert "world 3: the solver did not converge" in caplog.text
