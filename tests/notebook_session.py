# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What somebody types into a notebook, cell by cell, with what has to hold after each.

``test_as_library.py`` runs it after the notebook of the tutorial, in the same process.
"""

import copy
import gc
import math
import os
import pickle
import signal
import sys
import threading
import warnings
from pathlib import Path

import gymnasium as gym
import torch
from isaaclab_rl.rl_games import RlGamesVecEnvWrapper
from isaaclab_rl.rsl_rl import RslRlVecEnvWrapper
from isaaclab_rl.skrl import SkrlVecEnvWrapper
from isaaclab_tasks.utils import resolve_presets

from isaaclab_factory.learning.evaluation.measure import evaluate
from isaaclab_factory.learning.libraries.policy import Policy
from isaaclab_factory.tasks.examples.square_peg_insert_env_cfg import SquarePegInsertEnvCfg
from isaaclab_factory.tasks.peg_insert_env_cfg import PegInsertEnvCfg

PEG, SQUARE_PEG = "Isaac-Factory-PegInsert", "Isaac-Factory-SquarePegInsert"
STILL = torch.zeros(2, 6)


def small(cfg):
    """The configuration of two environments on the CPU engine."""
    cfg = resolve_presets(cfg, ("newton_mujoco",))
    cfg.scene.num_envs, cfg.sim.device, cfg.seed = 2, "cpu", 1
    return cfg


def message(function, *args, **kwargs) -> str:
    """What the exception says that a call raises."""
    try:
        function(*args, **kwargs)
    except Exception as error:
        return str(error)
    raise AssertionError("no exception")


def left_over() -> dict:
    """What an environment could leave behind in this process: threads, children, open files, and settings."""
    gc.collect()
    tasks = list(Path("/proc/self/task").iterdir())
    return {
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "native threads": len(tasks),
        "children": [child for task in tasks for child in (task / "children").read_text().split()],
        "files": sorted(os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()),
        "folder": os.getcwd(),
        "threads of PyTorch": torch.get_num_threads(),
        "gradients": torch.is_grad_enabled(),
        "type of numbers": torch.get_default_dtype(),
        "handlers": (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), sys.excepthook),
    }


# The tutorial's notebook has closed its environment. What is left now may stay, but nothing may be added.
assert torch.get_num_threads() == 3, "as the user has set it"
before = left_over()
assert before["threads"] == ["MainThread"]
assert before["children"] == []

# configurations are values
cfg = small(PegInsertEnvCfg())
for same in (copy.deepcopy(cfg), pickle.loads(pickle.dumps(cfg)), cfg.copy()):
    assert same.to_dict() == cfg.to_dict()
same.scene.held_asset.spawn.part.length = -0.05
assert cfg.scene.held_asset.spawn.part == small(PegInsertEnvCfg()).scene.held_asset.spawn.part

# one mistake after another, each said in a line, then the right call
said = message(gym.make, PEG, cfg=same)
assert said == "Peg: length must be a positive number of SI units, got -0.05."
same = pickle.loads(pickle.dumps(cfg))
same.scene.fixed_asset.spawn.part.height = 0.02
env = gym.make(PEG, cfg=same)
assert env.unwrapped.scene["fixed_asset"].cfg.spawn.part.height == 0.02

# a seed settles an episode
starts = [env.reset(seed=seed)[0]["policy"].clone() for seed in (3, 4, 3)]
assert torch.equal(starts[0], starts[2])
assert not torch.equal(starts[0], starts[1])
steps = [env.step(STILL)[0]["policy"].clone() for _ in range(3)]
env.reset(seed=3)
assert all(torch.equal(env.step(STILL)[0]["policy"], step) for step in steps)
# a reset of one environment leaves the other, whatever the index is given as
for env_ids in ([0], torch.tensor([0])):
    (first, other), (new, same_other) = steps[-1], env.unwrapped.reset(env_ids=env_ids)[0]["policy"]
    assert not torch.equal(new[:7], first[:7])
    torch.testing.assert_close(same_other[:7], other[:7], atol=1e-5, rtol=0.0)

# the next environment only when this one is closed
said = message(gym.make, SQUARE_PEG, cfg=small(SquarePegInsertEnvCfg()))
assert said == "An environment is still open in this process: close() it before you make the next one."
env.step(STILL)

# wrappers of gymnasium and of Isaac Lab
ordered = gym.wrappers.OrderEnforcing(env)
assert "before calling env.reset()" in message(ordered.step, STILL)
ordered.reset()
assert ordered.step(STILL)[1].shape == (2,)
assert RslRlVecEnvWrapper(env).step(STILL)[0]["policy"].shape == (2, 19)
assert RlGamesVecEnvWrapper(env, "cpu", math.inf, 1.0).step(STILL)[0]["obs"].shape == (2, 19)
assert SkrlVecEnvWrapper(env, ml_framework="torch").step(STILL)[0].shape == (2, 19)

result = evaluate(env, Policy(act=lambda obs: STILL), episodes=2, seed=0)
assert result.episodes == 2
for _ in range(2):
    env.close()
del env, ordered
assert left_over() == before

# another task, and the wrapper for videos, which Isaac Lab's environments no longer serve
env = gym.make(SQUARE_PEG, cfg=small(SquarePegInsertEnvCfg()), render_mode="rgb_array")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    env = gym.wrappers.RecordVideo(env, os.environ["TMPDIR"], step_trigger=lambda step: step == 0, video_length=2)
    env.reset()
    assert env.step(STILL)[1].shape == (2,)
assert any("Use VideoRecorderCfg on env_cfg.video_recorders" in str(warning.message) for warning in caught)
env.close()
del env
assert left_over() == before
