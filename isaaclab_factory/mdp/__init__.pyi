# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
# ruff: noqa: F403 - the names that Isaac Lab's own terms have

__all__ = [
    "AssemblyGoal",
    "AssemblyGoalCfg",
    "AssemblyRecorderManagerCfg",
    "DemonstrationRecorderManagerCfg",
    "InitialGoalRecorder",
    "InitialGoalRecorderCfg",
    "ObservationsRecorder",
    "ObservationsRecorderCfg",
    "OperationalSpaceTorqueAction",
    "OperationalSpaceTorqueActionCfg",
    "RewardsRecorder",
    "RewardsRecorderCfg",
    "SearchMotionTorqueAction",
    "SearchMotionTorqueActionCfg",
    "SuccessRecorder",
    "SuccessRecorderCfg",
    "ThreadGoal",
    "ThreadGoalCfg",
    "contact_point_b",
    "contact_point_w",
    "engaged",
    "episode_time",
    "exerted_force",
    "fingertip_ang_vel",
    "fingertip_lin_vel",
    "fingertip_pos",
    "fingertip_pos_rel_noisy_tip",
    "fingertip_pos_rel_noisy_tip_b",
    "fingertip_quat",
    "get_state",
    "keypoint_reward",
    "lateral_alignment",
    "measured_fingertip_ang_vel",
    "measured_fingertip_lin_vel",
    "part_pos_rel_tip",
    "reset_fixed_part",
    "reset_hand_above_fixed_part",
    "reset_part_in_grasp",
    "reset_part_on_fixed_part",
    "reset_to",
    "sample_start_noise_scale",
    "saturate",
    "search_coverage",
    "search_delta",
    "search_followed",
    "smoothed_action_norm",
    "smoothed_action_rate_norm",
    "smoothed_actions",
    "start_noise_curriculum",
    "success",
    "success_held",
]

from isaaclab.envs.mdp import *

from .actions import OperationalSpaceTorqueAction
from .actions_cfg import OperationalSpaceTorqueActionCfg
from .commands import AssemblyGoal
from .commands_cfg import AssemblyGoalCfg, ThreadGoalCfg
from .commands_thread import ThreadGoal
from .curriculums import start_noise_curriculum
from .events import (
    reset_fixed_part,
    reset_hand_above_fixed_part,
    reset_part_in_grasp,
    reset_part_on_fixed_part,
    sample_start_noise_scale,
)
from .modifiers import saturate
from .observations import (
    contact_point_b,
    contact_point_w,
    episode_time,
    exerted_force,
    fingertip_ang_vel,
    fingertip_lin_vel,
    fingertip_pos,
    fingertip_pos_rel_noisy_tip,
    fingertip_pos_rel_noisy_tip_b,
    fingertip_quat,
    measured_fingertip_ang_vel,
    measured_fingertip_lin_vel,
    part_pos_rel_tip,
    search_delta,
    search_followed,
    smoothed_actions,
)
from .recorders import InitialGoalRecorder, ObservationsRecorder, RewardsRecorder, SuccessRecorder
from .recorders_cfg import (
    AssemblyRecorderManagerCfg,
    DemonstrationRecorderManagerCfg,
    InitialGoalRecorderCfg,
    ObservationsRecorderCfg,
    RewardsRecorderCfg,
    SuccessRecorderCfg,
)
from .rewards import (
    engaged,
    keypoint_reward,
    lateral_alignment,
    search_coverage,
    smoothed_action_norm,
    smoothed_action_rate_norm,
    success,
)
from .search_motion import SearchMotionTorqueAction
from .search_motion_cfg import SearchMotionTorqueActionCfg
from .state import get_state, reset_to
from .terminations import success_held
