# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
# ruff: noqa: F401, F403 - a namespace of terms
"""Terms of the Factory assembly MDPs, on top of Isaac Lab's own."""

from isaaclab.envs.mdp import *

from .actions import OperationalSpaceTorqueAction
from .actions_cfg import OperationalSpaceTorqueActionCfg
from .commands import AssemblyGoal
from .commands_cfg import AssemblyGoalCfg
from .curriculums import start_noise_curriculum
from .events import (
    add_link_inertia,
    reset_fixed_part,
    reset_hand_above_fixed_part,
    reset_part_in_grasp,
    reset_part_on_fixed_part,
    sample_start_noise_scale,
    set_friction,
)
from .modifiers import saturate
from .observations import (
    episode_time,
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
from .rewards import (
    engaged,
    keypoint_squash,
    lateral_alignment,
    smoothed_action_norm,
    smoothed_action_rate_norm,
    success,
)
from .search import search_coverage
from .search_motion import SearchMotionTorqueAction
from .search_motion_cfg import SearchMotionTorqueActionCfg
from .terminations import success_held
from .thread_goal import ThreadGoal
from .thread_goal_cfg import ThreadGoalCfg
from .touch import contact_point_b, contact_point_w, exerted_force
