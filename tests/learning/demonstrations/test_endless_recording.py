# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A recording of a task whose episodes never end."""

from pathlib import Path

import pytest
import torch
from isaaclab.envs import ManagerBasedRLEnvCfg

from isaaclab_factory.learning.demonstrations.recording import Quota, record
from isaaclab_factory.learning.libraries.policy import Policy
from tests.learning.demonstrations.demos import STEPS, change, load, recorder
from tests.tasks.task_env import open_env


@pytest.mark.slow
def test_it_ends_where_no_episode_does(tmp_path: Path) -> None:
    """As with ``env.terminations.time_out=null``."""

    def endless(cfg: ManagerBasedRLEnvCfg) -> None:
        change(cfg)
        cfg.terminations.time_out = None

    steps = []
    with open_env("PegInsert", 2, seed=0, change=endless) as env:
        recording = recorder(env, tmp_path / "demos.hdf5", Quota(1, 3))
        record(env, Policy(lambda obs: torch.zeros(2, 6)), recording, seed=1, progress=lambda: steps.append(1))
    assert len(steps) == 2 * STEPS
    assert (recording.episodes, load(tmp_path / "demos.hdf5")) == (0, [])
