# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Recordings of short episodes."""

from pathlib import Path

from isaaclab.envs import ManagerBasedRLEnv, ManagerBasedRLEnvCfg
from isaaclab.utils.datasets import EpisodeData, HDF5DatasetFileHandler

from isaaclab_factory.learning.demonstrations.recording import DemonstrationRecorder, Quota, share_one_place

NUM_ENVS, STEPS = 3, 8
"""Environments, and steps of an episode."""


def change(cfg: ManagerBasedRLEnvCfg) -> None:
    """Makes episodes short, and lets all environments share one place."""
    cfg.episode_length_s = STEPS / 15.0
    share_one_place(cfg)


def recorder(env: ManagerBasedRLEnv, file: Path, quota: Quota, **kwargs) -> DemonstrationRecorder:
    """Returns what records what the task says, see :class:`DemonstrationRecorder`."""
    return DemonstrationRecorder(env.cfg.demonstration_recorders(), env, file, quota, **kwargs)


def load(file: Path) -> list[EpisodeData]:
    """Returns the episodes of a file, in order."""
    handler = HDF5DatasetFileHandler()
    handler.open(str(file))
    episodes = [handler.load_episode(f"demo_{number}", "cpu") for number in range(handler.get_num_episodes())]
    handler.close()
    return episodes
