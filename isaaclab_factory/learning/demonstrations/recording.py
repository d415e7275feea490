# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Records episodes of a policy until enough of them are a success."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium
import torch
from isaaclab.managers import DatasetExportMode, RecorderManager

from isaaclab_factory.learning.interrupts import INTERRUPTS
from isaaclab_factory.learning.libraries.policy import Policy

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv
    from isaaclab.managers import RecorderManagerBaseCfg

SUCCESS = "success"
"""Key of what the recorders write after each step: whether the episode would be a success if it ended there."""


def share_one_place(env_cfg: Any) -> None:
    """Puts all environments at the same place of the world, where they are worlds of their own that do not meet.

    Isaac Lab records positions relative to the environments' origins. A replay adds the origin again, and both times
    the sum is rounded to float32: some 0.1 um, which contacts make larger. With all origins at zero nothing is rounded.

    Args:
        env_cfg: The environment's configuration. Nothing is changed for PhysX, where all environments are in one world.
    """
    from isaaclab_newton.physics import NewtonCfg

    if isinstance(env_cfg.sim.physics, NewtonCfg):
        env_cfg.scene.env_spacing = 0.0


@dataclass(frozen=True)
class Quota:
    """When enough is recorded."""

    successes: int
    """Ends when so many episodes have been a success ..."""
    episodes: int
    """... or when so many have been played."""


class DemonstrationRecorder(RecorderManager):
    """Isaac Lab's manager, with the goal's measure of a success and an end.

    Isaac Lab calls an episode a success if a termination term named ``success`` ends it. Here it is one if it is a
    success at its last step, as in an evaluation.
    """

    def __init__(
        self,
        cfg: RecorderManagerBaseCfg,
        env: ManagerBasedRLEnv,
        file: Path,
        quota: Quota,
        keep_failures: bool = False,
        about: dict[str, Any] | None = None,
    ) -> None:
        """Create the file.

        Args:
            cfg: What to record; one term must write :data:`SUCCESS`. File and mode of export are set here.
            file: File to write, which is overwritten. Its name must end with ``.hdf5``.
            quota: When enough is recorded.
            keep_failures: Whether episodes without success are written too.
            about: What the file's ``env_args`` say in addition to Isaac Lab's entries. Must be fit for JSON.

        Raises:
            OSError: The file cannot be written.
        """
        cfg.dataset_export_dir_path, cfg.dataset_filename = str(file.parent), file.name
        kept = DatasetExportMode.EXPORT_ALL if keep_failures else DatasetExportMode.EXPORT_SUCCEEDED_ONLY
        cfg.dataset_export_mode = kept
        super().__init__(cfg, env)
        self.file = file
        self.quota = quota
        self.keep_failures = keep_failures
        self._about = about or {}

    @property
    def successes(self) -> int:
        """Number of episodes that were a success. All of them are in the file."""
        return self.exported_successful_episode_count

    @property
    def failures(self) -> int:
        """Number of episodes that were none."""
        return self.exported_failed_episode_count

    @property
    def episodes(self) -> int:
        """Number of episodes that were played to their end."""
        return self.successes + self.failures

    @property
    def is_full(self) -> bool:
        """Whether the quota is met. Episodes that end later, also in the same step, are neither written nor counted."""
        return self.successes >= self.quota.successes or self.episodes >= self.quota.episodes

    def get_ep_meta(self) -> dict[str, Any]:
        """Returns Isaac Lab's entries of ``env_args`` and those of the recording."""
        return super().get_ep_meta() | self._about

    def set_success_to_episodes(self, env_ids: Sequence[int], success_values: torch.Tensor) -> None:
        """Marks the episodes that were a success at their last step.

        Args:
            env_ids: Indices of the environments whose episodes end.
            success_values: Isaac Lab's own values, which are not used. Shape is (len(env_ids),).
        """
        for env_id in env_ids:
            episode = self.get_episode(env_id)
            episode.success = bool(episode.data[SUCCESS][-1]) if SUCCESS in episode.data else None

    def export_episodes(self, env_ids: Sequence[int], demo_ids: Sequence[int] | None = None) -> None:
        """Writes episodes one after the other until the quota is met. Ctrl-C waits for that.

        Args:
            env_ids: Indices of the environments whose episodes end.
            demo_ids: Numbers of the episodes in the file. Defaults to None, the next ones.
        """
        INTERRUPTS.hold()
        for number, env_id in enumerate(env_ids):
            if not self.is_full:
                super().export_episodes([env_id], demo_ids and demo_ids[number : number + 1])
        INTERRUPTS.release()


def record(
    env: gymnasium.Env,
    policy: Policy,
    recorder: DemonstrationRecorder,
    seed: int | None = None,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """Runs episodes from a fresh reset until the quota is met, and closes the file, also after Ctrl-C.

    It always ends: not later than the quota's number of episodes would if none lasted longer than
    ``max_episode_length``. The environment can only be stepped in PyTorch's inference mode afterwards.

    Args:
        env: The environment of the recorder, bare or wrapped, whose reset starts all episodes at age zero.
        policy: What acts.
        recorder: Replaces the environment's own one.
        seed: Seed of the reset. Defaults to None, to go on with the random numbers as they are.
        progress: Called after every step.

    Raises:
        KeyboardInterrupt: Ctrl-C. The episodes that had ended are in the file.
    """
    bare = env.unwrapped
    bare.recorder_manager = recorder
    steps = math.ceil(recorder.quota.episodes / bare.num_envs) * int(bare.max_episode_length)
    try:
        # rsl_rl collects experience in inference mode, and PyTorch forbids changing its tensors outside of it
        with torch.inference_mode():
            obs, _ = env.reset(seed=seed)
            policy.reset(torch.ones(bare.num_envs, dtype=torch.bool, device=bare.device))
            for _ in range(steps):
                obs, _, terminated, truncated, _ = env.step(policy.act(obs))
                policy.reset(terminated | truncated)
                progress()
                if recorder.is_full:
                    break
                if INTERRUPTS.requested:  # while an episode was written
                    raise KeyboardInterrupt
    except KeyboardInterrupt:
        INTERRUPTS.hold()
        raise
    finally:
        recorder.close()
