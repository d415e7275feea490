# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The program on the page about robots computes what the environment does, step by step."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from isaaclab_factory.learning.libraries.policy import ExportablePolicy
from isaaclab_factory.learning.policies.description import describe
from isaaclab_factory.learning.policies.export import export
from tests.docs.blocks import read_blocks
from tests.tasks.task_env import open_env

PAGE = Path(__file__).parents[2] / "docs" / "deploy.md"
ARM = slice(0, 7)
LIMIT = 7.5


def without_noise(cfg) -> None:
    """One robot as the description has it, measured exactly."""
    for name in ("stiffness", "target_limits", "ema_factor", "dead_zone", "changing_dead_zone"):
        setattr(cfg.events, name, None)
    cfg.actions.arm.dead_zone = (1.0, 1.0, 1.0, 0.2, 0.2, 0.2)
    cfg.observations.policy.fingertip.params |= {"position_noise": 0.0, "rotation_noise": 0.0}
    cfg.observations.policy.enable_corruption = False
    cfg.commands.force_limit.force_range = (LIMIT, LIMIT)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> dict:
    """The names that the program defines."""
    (block,) = (block for block in read_blocks(PAGE) if block.file == "forge_robot.py")
    names: dict = {}
    exec(compile(block.content, "forge_robot.py", "exec"), names)
    return names


def measured(env) -> dict[str, np.ndarray]:
    """What the loop around the program reads of the one robot, with the Jacobian that the task uses."""
    data, names = env.scene["robot"].data, env.scene["robot"].body_names
    tip, left, right = (
        names.index(name) for name in ("panda_fingertip_centered", "panda_leftfinger", "panda_rightfinger")
    )
    jacobians = data.body_link_jacobian_w.torch[0].double().numpy()
    points = [left, right] if env.cfg.actions.arm.jacobian == "finger_mean" else [tip]
    return {
        "pose": data.body_link_pose_w.torch[0, tip].double().numpy().copy(),
        "velocity": data.body_link_vel_w.torch[0, tip].double().numpy().copy(),
        "force": np.zeros(3),
        "joint_pos": data.joint_pos.torch[0, ARM].double().numpy().copy(),
        "joint_vel": data.joint_vel.torch[0, ARM].double().numpy().copy(),
        "jacobian": np.mean([jacobians[body - 1] for body in points], axis=0)[:, ARM],
        "mass": data.mass_matrix.torch[0, ARM, ARM].double().numpy().copy(),
    }


def let_feel(robot, env, monkeypatch) -> list[float]:
    """Lets the program feel every physics step. Returns a list that the sizes of the forces are added to."""
    wrist, forces = env.scene["wrist"], []
    update = wrist.update

    def update_both(dt, force_recompute=False) -> None:
        before = wrist.smoothed_wrench_b[0, :3].clone()
        update(dt, force_recompute)
        force = before + (wrist.smoothed_wrench_b[0, :3] - before) / wrist.cfg.smoothing
        forces.append(float(force.norm()))
        now = measured(env)
        robot.feel(now["pose"], force.double().numpy())
        robot.torques(**now)  # as at 1 kHz, where torques go out more often than the force is felt

    monkeypatch.setattr(wrist, "update", update_both)
    return forces


@pytest.mark.slow
@pytest.mark.parametrize(("presets", "size"), [(None, 24), ("aided", 27)])
def test_observations_and_torques_are_those_of_the_environment(
    program, tmp_path, monkeypatch, presets: str | None, size: int
) -> None:
    with (
        open_env("Isaac-Forge-PegInsert", 1, seed=2, presets=presets, change=without_noise) as env,
        torch.inference_mode(),
    ):
        about = describe(ExportablePolicy(torch.nn.Identity(), size, clip_actions=1.0), env)
        obs, _ = env.reset()
        (tmp_path / "policy.json").write_text(json.dumps(about, allow_nan=False), encoding="utf-8")
        actions = iter(np.clip(np.random.default_rng(0).normal([0, 0, -0.6, 0, 0, 0, 0], 0.5, (12, 1, 7)), -1, 1))
        asked = []

        def run(_, inputs):
            asked.append(inputs["obs"])
            return (next(actions),)

        monkeypatch.setattr(program["onnxruntime"], "InferenceSession", lambda path: SimpleNamespace(run=run))
        robot = program["ForgeRobot"](tmp_path, LIMIT)
        goal, arm = env.command_manager.get_term("assembly_goal"), env.action_manager.get_term("arm")
        robot.start(goal.noisy_tip_pos_w[0].double().numpy(), measured(env)["pose"])
        apply, torques = env.action_manager.apply_action, []

        def apply_both() -> None:
            expected = robot.torques(**measured(env))
            apply()
            effort = env.scene["robot"].actuators.target_command.effort.torch[0, ARM].numpy().copy()
            torques.append((effort, expected))

        monkeypatch.setattr(env.action_manager, "apply_action", apply_both)
        forces = let_feel(robot, env, monkeypatch)
        for step in range(12):
            sign = np.sign(obs["policy"][0, 3].item() * robot.observe()[0, 3])
            robot.act()
            expected = asked[-1].copy()
            expected[0, 3:5] *= sign  # the sign of a quaternion means nothing, and is drawn for each episode
            np.testing.assert_allclose(obs["policy"].numpy(), expected, rtol=1e-3, atol=1e-3, err_msg=f"step {step}")
            action = (robot.smoothed - arm.processed_actions[0].numpy() * (1 - arm.cfg.ema_factor)) / arm.cfg.ema_factor
            obs, *_ = env.step(torch.tensor(action, dtype=torch.float32).unsqueeze(0))
        assert max(forces) > 2.0  # the hand touched something
        actual, expected = (np.stack(part) for part in zip(*torques, strict=True))
        assert len(actual) == 96
        assert np.abs(actual).max() > 1.0
        np.testing.assert_allclose(actual, expected, rtol=1e-3, atol=5e-3)


@pytest.mark.slow
def test_the_program_alone_inserts_the_peg_with_the_shipped_policy(program, tmp_path, monkeypatch) -> None:
    task = "Isaac-Forge-PegInsert"
    export(["--task", task, "--checkpoint", "pretrained", "--output", str(tmp_path / "policy")])
    with open_env(task, 1, seed=2, presets="no_noise", change=without_noise) as env, torch.inference_mode():
        env.reset()
        goal, actuators = env.command_manager.get_term("assembly_goal"), env.scene["robot"].actuators
        joints, no_actions = torch.arange(7, dtype=torch.int32), torch.zeros(1, 7)
        robot = program["ForgeRobot"](tmp_path / "policy", LIMIT)
        robot.start(goal.noisy_tip_pos_w[0].double().numpy(), measured(env)["pose"])
        apply = env.action_manager.apply_action

        def apply_programs_torques() -> None:
            apply()
            torques = torch.tensor(robot.torques(**measured(env)), dtype=torch.float32)
            actuators.target_command.set_effort_index(value=torques.unsqueeze(0), joint_ids=joints)

        monkeypatch.setattr(env.action_manager, "apply_action", apply_programs_torques)
        let_feel(robot, env, monkeypatch)
        predictions = []
        for _ in range(int(env.max_episode_length) - 1):
            predictions.append(robot.act())
            env.step(no_actions)
        assert goal.success.item()
        assert predictions[0] < 0.5 < predictions[-1]
