# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Four rows with FORGE's action, sensor and force limit."""

from __future__ import annotations

from isaaclab_factory import mdp
from isaaclab_factory.assets import PEG_8MM_CFG
from isaaclab_factory.testing import TermEnv, term_env
from tests.mdp.peg_env import ARM_JOINTS, FINGER_JOINTS, FINGERTIP

ARM = {
    "asset_name": "robot",
    "arm_joint_names": [ARM_JOINTS],
    "gripper_joint_names": [FINGER_JOINTS],
    "body_name": FINGERTIP,
    "command_name": "assembly_goal",
    "stiffness": (565.0, 565.0, 565.0, 28.0, 28.0, 28.0),
}
WRIST = mdp.SmoothedJointWrenchSensorCfg(prim_path="{ENV_REGEX_NS}/Robot", body_name="force_sensor")


def forge_env(num_envs: int = 4, **changes) -> TermEnv:
    """An environment in which nothing moves, with FORGE's terms.

    Args:
        num_envs: Number of rows.
        **changes: Fields of the action's configuration.
    """
    return term_env(
        num_envs=num_envs,
        parts={"held_asset": PEG_8MM_CFG},
        actions={"arm": mdp.PoseTargetTorqueActionCfg(**ARM | changes)},
        commands={"force_limit": mdp.ForceLimitCfg()},
        sensors={"wrist": WRIST},
    )
