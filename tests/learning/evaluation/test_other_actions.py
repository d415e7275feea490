# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measuring and describing ask the robot, whatever moves it, and end, whatever ends an episode."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from isaaclab.controllers import DifferentialIKControllerCfg, OperationalSpaceControllerCfg
from isaaclab.envs import ManagerBasedRLEnv, ManagerBasedRLEnvCfg
from isaaclab.envs.mdp import (
    DifferentialInverseKinematicsActionCfg,
    JointPositionActionCfg,
    OperationalSpaceControllerActionCfg,
    RelativeJointPositionActionCfg,
    joint_pos,
)
from isaaclab.managers import ActionTermCfg, ObservationGroupCfg, ObservationTermCfg, SceneEntityCfg
from isaaclab.utils import configclass

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation.grasp_command import measure
from isaaclab_factory.learning.evaluation.measure import evaluate
from isaaclab_factory.learning.libraries.policy import ExportablePolicy, Policy
from isaaclab_factory.learning.policies.description import describe
from tests.tasks.task_env import open_env

pytestmark = pytest.mark.slow


@configclass
class JointsCfg(ObservationGroupCfg):
    """What is known without a torque action: the joints."""

    joint_pos = ObservationTermCfg(func=joint_pos, params={"asset_cfg": SceneEntityCfg("robot")})


@contextmanager
def moved_by(
    action: ActionTermCfg | None, stiffness: float = 2000.0, damping: float = 100.0
) -> Iterator[ManagerBasedRLEnv]:
    """PegInsert with another action in place of the torque action, arm joints with gains, and no time limit.

    Args:
        action: The action, which gets the name ``other``. None for the torque action under this name.
        stiffness: Of the drives of the arm's joints, in N m/rad.
        damping: Of the same, in N m s/rad.
    """

    def change(cfg: ManagerBasedRLEnvCfg) -> None:
        cfg.episode_length_s = 1.2
        cfg.actions.other, cfg.actions.arm = action or cfg.actions.arm, None
        cfg.observations.policy, cfg.observations.critic = JointsCfg(), JointsCfg()
        cfg.rewards.action_penalty = cfg.rewards.action_rate_penalty = None
        cfg.terminations.time_out = None
        for name in ("panda_arm1", "panda_arm2"):
            cfg.scene.robot.actuators[name].stiffness = stiffness
            cfg.scene.robot.actuators[name].damping = damping

    with open_env("PegInsert", 2, seed=0, change=change) as env:
        yield env


def described_action(env: ManagerBasedRLEnv) -> tuple[str, str, list[int]]:
    """Name, class and slice of the action in the description of a policy, as a reader of the JSON finds them."""
    policy = ExportablePolicy(torch.nn.Identity(), env.observation_manager.group_obs_dim["policy"][0])
    with torch.inference_mode():  # as all that was measured before
        description = json.loads(json.dumps(describe(policy, env), allow_nan=False))
    (term,) = description["outputs"][0]["terms"]
    return term["name"], term["class"], term["slice"]


JOINTS = {"asset_name": "robot", "joint_names": ["panda_joint[1-7]"]}


def test_the_arm_may_be_moved_by_another_action_term_and_episodes_ended_by_none() -> None:
    with moved_by(RelativeJointPositionActionCfg(**JOINTS, scale=0.05)) as env:
        result = evaluate(env, Policy(lambda obs: torch.zeros(2, 7)), episodes=6)
        assert (result.episodes, result.mean_length_s) == (2, pytest.approx(1.2))
        assert result.dropped_rate == 0.0
        assert "hand_distance_mm" in result.bins
        slip, _, moved = measure(env, resets=1)
        assert (len(slip), moved.max() < 0.02) == (2, True)
        assert described_action(env) == ("other", "RelativeJointPositionAction", [0, 7])


def test_the_torque_action_may_have_another_name() -> None:
    with moved_by(None, 0.0, 0.0) as env:
        result = evaluate(env, Policy(lambda obs: torch.zeros(2, 6)), episodes=2)
        assert (result.episodes, result.dropped_rate) == (2, 0.0)
        slip, _, moved = measure(env, resets=2)
        assert (len(slip), moved.max() < 0.02) == (2, True)
        assert described_action(env) == ("other", "OperationalSpaceTorqueAction", [0, 6])


HAND = "panda_fingertip_centered"
DIFFERENTIAL_IK = DifferentialInverseKinematicsActionCfg(
    **JOINTS,
    body_name=HAND,
    controller=DifferentialIKControllerCfg(command_type="pose", use_relative_mode=True, ik_method="dls"),
    scale=0.002,
)
OPERATIONAL_SPACE = OperationalSpaceControllerActionCfg(
    **JOINTS,
    body_name=HAND,
    controller_cfg=OperationalSpaceControllerCfg(
        target_types=["pose_rel"], motion_stiffness_task=500.0, inertial_dynamics_decoupling=True
    ),
    position_scale=0.02,
    orientation_scale=0.02,
)


@pytest.mark.parametrize(
    ("action", "gains"), [(DIFFERENTIAL_IK, (2000.0, 100.0)), (OPERATIONAL_SPACE, (0.0, 0.0))], ids=["IK", "OSC"]
)
def test_task_space_actions_of_isaac_lab_move_the_hand_and_are_measured(
    action: ActionTermCfg, gains: tuple[float, float]
) -> None:
    with moved_by(action, *gains) as env:
        env.reset(seed=0)
        robot = env.scene["robot"]
        hand = robot.find_bodies(HAND)[0][0]
        start = robot.data.body_link_pos_w.torch[:, hand].clone()
        for _ in range(10):
            env.step(torch.tensor([[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]]).repeat(2, 1))
        moved = robot.data.body_link_pos_w.torch[:, hand] - start
        assert (moved[:, 0] > 0.01).all()
        assert (moved[:, 1:].abs() < 0.3 * moved[:, :1]).all()
        result = evaluate(env, Policy(lambda obs: torch.zeros(2, 6)), episodes=2)
        assert (result.episodes, result.dropped_rate) == (2, 0.0)
        _, _, moved = measure(env, resets=1)
        assert moved.max() < 0.02
        assert described_action(env) == ("other", action.class_type.__name__, [0, 6])


def test_a_hand_that_does_not_hold_still_is_reported() -> None:
    """Zero joint positions are the default posture, far from where an episode starts."""
    with (
        moved_by(JointPositionActionCfg(**JOINTS)) as env,
        pytest.raises(UserError, match=r"the hand moved by \d+ mm in 1 s of zero actions: .*\(JointPositionAction\)"),
    ):
        measure(env, resets=1)
