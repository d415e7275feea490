# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
# ruff: noqa: F403 - the names that Isaac Lab's own terms have

__all__ = [
    "AssemblyGoal",
    "AssemblyGoalCfg",
    "AssemblyRecorderManagerCfg",
    "DemonstrationRecorderManagerCfg",
    "ForceLimit",
    "ForceLimitCfg",
    "InitialGoalRecorder",
    "InitialGoalRecorderCfg",
    "ObservationsRecorder",
    "ObservationsRecorderCfg",
    "OperationalSpaceTorqueAction",
    "OperationalSpaceTorqueActionCfg",
    "PoseTargetTorqueAction",
    "PoseTargetTorqueActionCfg",
    "RewardsRecorder",
    "RewardsRecorderCfg",
    "SearchMotionTorqueAction",
    "SearchMotionTorqueActionCfg",
    "SmoothedJointWrenchSensorCfg",
    "SuccessRecorder",
    "SuccessRecorderCfg",
    "ThreadGoal",
    "ThreadGoalCfg",
    "TorqueAction",
    "TorqueActionCfg",
    "contact_point_b",
    "contact_point_w",
    "dead_zone",
    "ema_factor",
    "engaged",
    "episode_time",
    "excess_force",
    "exerted_force",
    "fingertip_ang_vel",
    "fingertip_lin_vel",
    "fingertip_pos",
    "fingertip_pos_rel_noisy_tip",
    "fingertip_pos_rel_noisy_tip_b",
    "fingertip_quat",
    "get_state",
    "goal_distance",
    "keypoint_reward",
    "lateral_alignment",
    "magnified_sensed_fingertip",
    "measured_fingertip_ang_vel",
    "measured_fingertip_lin_vel",
    "part_pos_rel_tip",
    "position_limit",
    "randomize_dead_zone",
    "randomize_ema_factor",
    "randomize_stiffness",
    "randomize_target_limits",
    "reset_fixed_part",
    "reset_hand_above_fixed_part",
    "reset_part_in_grasp",
    "reset_part_on_fixed_part",
    "reset_to",
    "rotation_limit",
    "sample_start_noise_scale",
    "saturate",
    "search_coverage",
    "search_delta",
    "search_followed",
    "sensed_fingertip",
    "smoothed_action_norm",
    "smoothed_action_rate_norm",
    "smoothed_actions",
    "smoothed_pose_actions",
    "start_noise_curriculum",
    "stiffness",
    "success",
    "success_held",
    "success_prediction_error",
    "wrist_force",
]

from isaaclab.envs.mdp import *

from .actions import OperationalSpaceTorqueAction, TorqueAction
from .actions_cfg import OperationalSpaceTorqueActionCfg, TorqueActionCfg
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
from .events_control import (
    randomize_dead_zone,
    randomize_ema_factor,
    randomize_stiffness,
    randomize_target_limits,
)
from .force_limit import ForceLimit
from .force_limit_cfg import ForceLimitCfg
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
from .observations_control import (
    dead_zone,
    ema_factor,
    position_limit,
    rotation_limit,
    smoothed_pose_actions,
    stiffness,
)
from .observations_sensed import magnified_sensed_fingertip, sensed_fingertip, wrist_force
from .pose_target_action import PoseTargetTorqueAction
from .pose_target_action_cfg import PoseTargetTorqueActionCfg
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
from .rewards_forge import excess_force, goal_distance, success_prediction_error
from .search_motion import SearchMotionTorqueAction
from .search_motion_cfg import SearchMotionTorqueActionCfg
from .sensors_cfg import SmoothedJointWrenchSensorCfg
from .state import get_state, reset_to
from .terminations import success_held
