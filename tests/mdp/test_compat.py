# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The torque law in the physics manager's loop, and where it has to stay outside."""

from collections.abc import Callable
from types import SimpleNamespace

import isaaclab.envs.mdp as isaaclab_mdp
import pytest
import torch
from isaaclab.actuators import IdealPDActuatorCfg
from isaaclab.envs import ManagerBasedRLEnv
from isaaclab.sensors import ContactSensorCfg
from isaaclab_newton.physics import MJWarpSolverCfg, NewtonCfg

from tests.mdp.peg_env import FINGER_JOINTS, PegEnvCfg

STEPS = 6


def control_by_hand(cfg: PegEnvCfg) -> None:
    """Asks for the law in the environment's loop."""
    cfg.actions.arm.in_physics_loop = False


def add_sensor(cfg: PegEnvCfg) -> None:
    """Adds a sensor, which is to be read after every physics step."""
    cfg.scene.held_asset.spawn.activate_contact_sensors = True
    cfg.scene.touch = ContactSensorCfg(prim_path=cfg.scene.held_asset.prim_path)


def add_action(cfg: PegEnvCfg) -> None:
    """Adds another action term, which is to be applied before every physics step."""
    cfg.actions.fingers = isaaclab_mdp.JointPositionActionCfg(asset_name="robot", joint_names=[FINGER_JOINTS])


def use_python_actuators(cfg: PegEnvCfg) -> None:
    """Drives the fingers by an actuator model that Isaac Lab computes with PyTorch."""
    cfg.sim.use_newton_actuators = False
    hand = cfg.scene.robot.actuators["panda_hand"]
    names, gains = hand.joint_names_expr, {"stiffness": hand.stiffness, "damping": hand.damping}
    cfg.scene.robot.actuators["panda_hand"] = IdealPDActuatorCfg(joint_names_expr=names, effort_limit=40.0, **gains)


def use_mujoco_warp(cfg: PegEnvCfg) -> None:
    """Takes the GPU engine, on Warp's CPU device."""
    ours = cfg.sim.physics
    settings = {name: getattr(ours.solver_cfg, name) for name in ("integrator", "cone", "impratio", "njmax", "nconmax")}
    solver_cfg = MJWarpSolverCfg(**settings)
    cfg.sim.physics = NewtonCfg(solver_cfg=solver_cfg, num_substeps=4, default_shape_cfg=ours.default_shape_cfg)


def rollout(*changes: Callable[[PegEnvCfg], None], steps: int = STEPS) -> tuple[int, int, dict[str, torch.Tensor]]:
    """Steps an environment with random actions.

    Returns:
        Calls of the physics manager in an environment step, how often the engine's threads set to work in the last
        one, and what the robot and the action term show after each. The first dimension is time.
    """
    cfg = PegEnvCfg(seed=0)
    cfg.scene.num_envs = 2
    for change in changes:
        change(cfg)
    env = ManagerBasedRLEnv(cfg)
    try:
        env.reset(seed=1)
        calls, step = [], env.sim.step
        env.sim.step = lambda render=True: (calls.append(render), step(render))
        worlds, runs = getattr(env.sim.physics_manager, "worlds", SimpleNamespace)(), []
        run = getattr(worlds, "run", None)
        worlds.run = lambda *jobs: (runs.append(jobs), run(*jobs))
        generator = torch.Generator().manual_seed(2)
        shown = []
        for _ in range(steps):
            runs.clear()
            actions = 2.0 * torch.rand(2, env.action_manager.total_action_dim, generator=generator) - 1.0
            env.step(actions)
            arm, robot = env.action_manager.get_term("arm"), env.scene["robot"].data
            shown.append({
                "joint_pos": robot.joint_pos.torch.clone(),
                "applied_torque / 100": robot.applied_torque.torch[:, :7] / 100.0,
                "measured velocity": arm.fingertip.measured_lin_vel_w.clone(),
                "felt wrench": arm.felt_wrench_w.clone(),
            })  # fmt: skip
        frames = {name: torch.stack([frame[name] for frame in shown]) for name in shown[0]}
        return len(calls) // steps, len(runs), frames
    finally:
        env.close()


@pytest.mark.slow
def test_an_environment_step_is_one_call_of_the_physics_manager_and_gives_the_same() -> None:
    calls, runs, inside = rollout()
    assert (calls, runs) == (1, 1)
    calls, runs, outside = rollout(control_by_hand)
    assert calls == 8
    assert runs >= 8
    for name, values in inside.items():
        # the positions before and after a physics step are MuJoCo's and Newton's, each to less than 1e-6 m
        atol = 2e-6 / (1 / 120) if name == "measured velocity" else 1e-5
        torch.testing.assert_close(values, outside[name], atol=atol, rtol=0, msg=lambda text, n=name: f"{n}: {text}")
    assert inside["felt wrench"].abs().max() > 0.1


@pytest.mark.slow  # Warp compiles MuJoCo Warp for minutes when that is not in its cache
def test_it_is_one_call_on_mujoco_warp_too_and_gives_the_same() -> None:
    (calls, _, inside), (other_calls, _, outside) = (
        rollout(use_mujoco_warp, *more, steps=2) for more in ((), (control_by_hand,))
    )
    assert (calls, other_calls) == (1, 8)
    for name, values in inside.items():
        torch.testing.assert_close(values, outside[name], atol=1e-5, rtol=0, msg=lambda text, n=name: f"{n}: {text}")


@pytest.mark.slow
@pytest.mark.parametrize("change", [add_sensor, add_action, use_python_actuators])
def test_the_environment_keeps_its_loop_for_what_happens_at_every_physics_step(change) -> None:
    calls, _, shown = rollout(change, steps=1)
    assert calls == 8
    assert shown["felt wrench"].abs().max() > 0.0
