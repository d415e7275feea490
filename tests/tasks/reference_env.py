# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The code of the reference's environment in Isaac Lab, to be run on the state of ours."""

from types import SimpleNamespace

import torch


def reference_self(env, task: str) -> SimpleNamespace:
    """The attributes that the methods of the reference's environment read, from our environment.

    Args:
        env: Our environment.
        task: Name of the reference's task, such as "PegInsert".
    """
    from isaaclab_tasks.direct.factory import factory_env_cfg
    from isaaclab_tasks.direct.factory.factory_env import FactoryEnv

    cfg = getattr(factory_env_cfg, f"FactoryTask{task}Cfg")()
    robot, held, fixed = (env.scene[name].data for name in ("robot", "held_asset", "fixed_asset"))
    tip = env.scene["robot"].find_bodies("panda_fingertip_centered")[0][0]
    goal = env.command_manager.get_term("assembly_goal")
    action = env.action_manager.get_term("arm")
    origins = env.scene.env_origins
    self = SimpleNamespace(
        cfg=cfg,
        cfg_task=cfg.task,
        device=env.device,
        num_envs=env.num_envs,
        held_pos=held.root_pos_w - origins,
        held_quat=held.root_quat_w,
        fixed_pos=fixed.root_pos_w - origins,
        fixed_quat=fixed.root_quat_w,
        fixed_pos_obs_frame=goal.tip_pos_w - origins,
        init_fixed_pos_obs_noise=goal.noisy_tip_pos_w - goal.tip_pos_w,
        fingertip_midpoint_pos=robot.body_pos_w[:, tip] - origins,
        fingertip_midpoint_quat=robot.body_quat_w[:, tip],
        fingertip_midpoint_linvel=robot.body_lin_vel_w[:, tip],
        fingertip_midpoint_angvel=robot.body_ang_vel_w[:, tip],
        ee_linvel_fd=action.fingertip.measured_lin_vel_w,
        ee_angvel_fd=action.fingertip.measured_ang_vel_w,
        joint_pos=robot.joint_pos,
        actions=action.processed_actions,
        prev_actions=action.previous_processed_actions,
        task_prop_gains=torch.zeros(env.num_envs, 6),
        pos_threshold=torch.zeros(env.num_envs, 3),
        rot_threshold=torch.zeros(env.num_envs, 3),
    )
    for name in ("_get_curr_successes", "_get_factory_rew_dict", "_get_factory_obs_state_dict"):
        setattr(self, name, getattr(FactoryEnv, name).__get__(self))
    self._get_observations = FactoryEnv._get_observations.__get__(self)
    return self
