# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""FORGE's environment of the reference in Isaac Lab, on the scene of ours."""

from __future__ import annotations

import torch
import warp as wp
from isaaclab.envs import ManagerBasedRLEnv
from isaaclab_tasks.contrib.forge import forge_env_cfg
from isaaclab_tasks.contrib.forge.forge_env import ForgeEnv

from tests.tasks.reference_env import ReferenceEnv


class ReferenceForgeEnv(ReferenceEnv, ForgeEnv):
    """The reference's FORGE, which works with the scene and the simulator of ours instead of its own.

    What it draws at random for an episode it takes from ours (:meth:`begin_episode`). Its observations have no noise.
    It reads the wrench at the wrist from our sensor, because it knows PhysX only.
    """

    def __init__(self, env: ManagerBasedRLEnv, task: str):
        """Take the scene of our environment instead of building one.

        Args:
            env: Our environment.
            task: Name of the task: "PegInsert", "GearMesh" or "NutThread".
        """
        super().__init__(env, task)
        num_envs, device = self.num_envs, self.device
        self.cfg.obs_rand.fingertip_pos = self.cfg.obs_rand.fingertip_rot_deg = self.cfg.obs_rand.ft_force = 0.0
        self.success_pred_scale = 0.0
        thresholds = (0.5, 0.6, 0.7, 0.8, 0.9)
        self.first_pred_success_tx = {threshold: torch.zeros(num_envs, dtype=torch.long) for threshold in thresholds}
        self.ep_success_times = torch.zeros(num_envs, dtype=torch.long, device=device)
        self.flip_quats = torch.ones(num_envs, device=device)
        self.force_sensor_body_idx = 0
        self.force_sensor_smooth, self.force_sensor_world_smooth = (
            torch.zeros(num_envs, 6, device=device) for _ in range(2)
        )
        self._wrist = env.scene["wrist"]
        self._robot.root_view.get_link_incoming_joint_force = lambda: wp.from_torch(self._wrench())

    def _wrench(self) -> torch.Tensor:
        """The wrench of the last physics step. Shape is (num_envs, 1, 6)."""
        index = self._wrist.body_names.index("force_sensor")
        wrench = torch.cat([part.torch[:, index] for part in (self._wrist.data.force, self._wrist.data.torque)], dim=-1)
        return (wrench + self._wrist._weight.wrench_b).unsqueeze(1)

    @staticmethod
    def make_cfg(task: str) -> forge_env_cfg.ForgeEnvCfg:
        """The reference's configuration of a task."""
        return getattr(forge_env_cfg, f"ForgeTask{task}Cfg")()

    def begin_episode(self, env: ManagerBasedRLEnv) -> None:
        """Begin the episodes that our environment has begun: with its goal, action, gains and limits."""
        super().begin_episode(env)
        arm, limit = env.action_manager.get_term("arm"), env.command_manager.get_term("force_limit")
        self.actions[:] = self.prev_actions[:] = arm.processed_actions
        self.ema_factor = arm.ema_factor.clone()
        self.task_prop_gains, self.task_deriv_gains = arm.stiffness.clone(), 2.0 * arm.stiffness.sqrt()
        self.pos_threshold, self.rot_threshold = arm.position_limit.clone(), arm.rotation_limit.clone()
        self.dead_zone_thresholds = arm.dead_zone.clone()
        self.contact_penalty_thresholds = limit.command.squeeze(-1).clone()
        self.force_sensor_world_smooth.zero_()

    def _log_forge_metrics(self, rew_dict, policy_success_pred) -> None:
        """Note the rewards of FORGE. What the reference logs of them needs episodes of its own."""
        self.reward_terms |= rew_dict
