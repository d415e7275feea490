# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Observation terms. Positions are in m and orientations (w, x, y, z) quaternions whose sign is the simulator's."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import torch
from isaaclab.envs.utils.io_descriptors import generic_io_descriptor, record_dtype, record_shape
from isaaclab.managers import SceneEntityCfg

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .actions import OperationalSpaceTorqueAction
    from .commands import AssemblyGoal
    from .fingertip import FingertipState

_describe = functools.partial(generic_io_descriptor, on_inspect=[record_shape, record_dtype])
"""Records units and axes of a term for the description that Isaac Lab exports with a policy."""


@_describe(units="m", axes=["X", "Y", "Z"], observation_type="BodyState")
def fingertip_pos(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Position of the fingertip in the environment frame. Shape is (num_envs, 3)."""
    return _fingertip(env, action_name).pos_w - env.scene.env_origins


@_describe(units="m", axes=["X", "Y", "Z"], observation_type="BodyState")
def fingertip_pos_rel_noisy_tip(
    env: ManagerBasedRLEnv, action_name: str = "arm", command_name: str = "assembly_goal"
) -> torch.Tensor:
    """Position of the fingertip relative to the fixed part's tip, as wrongly as the policy knows the tip.

    Shape is (num_envs, 3).
    """
    return _fingertip(env, action_name).pos_w - _goal(env, command_name).noisy_tip_pos_w


@_describe(units="unit", axes=["W", "X", "Y", "Z"], observation_type="BodyState")
def fingertip_quat(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Orientation of the fingertip in the world frame. Shape is (num_envs, 4)."""
    return _fingertip(env, action_name).quat_w


@_describe(units="m/s", axes=["X", "Y", "Z"], observation_type="BodyState")
def measured_fingertip_lin_vel(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Linear velocity of the fingertip in m/s by finite differences over a physics step. Shape is (num_envs, 3)."""
    return _fingertip(env, action_name).measured_lin_vel_w


@_describe(units="rad/s", axes=["X", "Y", "Z"], observation_type="BodyState")
def measured_fingertip_ang_vel(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Angular velocity of the fingertip in rad/s by finite differences over a physics step. Shape is (num_envs, 3)."""
    return _fingertip(env, action_name).measured_ang_vel_w


@_describe(units="m/s", axes=["X", "Y", "Z"], observation_type="BodyState")
def fingertip_lin_vel(env: ManagerBasedRLEnv, asset_cfg: SceneEntityCfg) -> torch.Tensor:
    """Linear velocity of the robot's one selected body in m/s, from the simulator. Shape is (num_envs, 3)."""
    return env.scene[asset_cfg.name].data.body_lin_vel_w[:, asset_cfg.body_ids].squeeze(1)


@_describe(units="rad/s", axes=["X", "Y", "Z"], observation_type="BodyState")
def fingertip_ang_vel(env: ManagerBasedRLEnv, asset_cfg: SceneEntityCfg) -> torch.Tensor:
    """Angular velocity of the robot's one selected body in rad/s, from the simulator. Shape is (num_envs, 3)."""
    return env.scene[asset_cfg.name].data.body_ang_vel_w[:, asset_cfg.body_ids].squeeze(1)


@_describe(units="m", axes=["X", "Y", "Z"], observation_type="RootState")
def part_pos_rel_tip(
    env: ManagerBasedRLEnv, asset_cfg: SceneEntityCfg, command_name: str = "assembly_goal"
) -> torch.Tensor:
    """Position of a part relative to the exact tip of the fixed part. Shape is (num_envs, 3)."""
    return env.scene[asset_cfg.name].data.root_pos_w - _goal(env, command_name).tip_pos_w


@_describe(observation_type="Action")
def smoothed_actions(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """The action that is at work: the moving average, not the last one given. Shape is (num_envs, 6)."""
    return env.action_manager.get_term(action_name).processed_actions


def _fingertip(env: ManagerBasedRLEnv, action_name: str) -> FingertipState:
    term: OperationalSpaceTorqueAction = env.action_manager.get_term(action_name)
    return term.fingertip


def _goal(env: ManagerBasedRLEnv, command_name: str) -> AssemblyGoal:
    return env.command_manager.get_term(command_name)
