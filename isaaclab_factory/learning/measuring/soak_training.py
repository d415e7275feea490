# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A soak in which a policy is trained, with all that a training does."""

import argparse
import tempfile
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

import gymnasium
import torch

from isaaclab_factory import app
from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.configs import load_configs
from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.measuring.soak import Soak, SoakReport
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from isaaclab_factory.learning.training import build_trainer


class EnoughSteps(Exception):
    """Ends a training from within, after an iteration."""


class SoakedEnv(gymnasium.Wrapper):
    """An environment that a soak looks at in every step, whoever steps it."""

    def __init__(self, env: gymnasium.Env, soak: Soak) -> None:
        """Args:
        env: The environment of the soak.
        soak: What looks.
        """
        super().__init__(env)
        self._soak = soak

    def reset(self, **kwargs: Any) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """Resets all environments."""
        obs, extras = self.env.reset(**kwargs)
        self._soak.mark_grasps()
        return obs, extras

    def step(self, action: torch.Tensor) -> tuple:
        """Steps all environments and looks.

        Args:
            action: Actions, shape (num_envs, action_dim).
        """
        return self._soak.step(action)


def soak_training(args: argparse.Namespace) -> SoakReport:
    """Trains a task for so many steps and looks for what must not happen.

    Args:
        args: What ``scripts/soak.py`` parsed, after :func:`session.start_app`. ``train`` is the library, and ``steps``
            those of every environment, at least: the last iteration is completed.

    Raises:
        UserError: The task cannot be trained with the library.
    """
    env_cfg, agent_cfg = load_configs(args.task, arguments.check_agent(args.task, args.train, None), [])
    trainer_type = trainer_class(args.train)
    trainer_type.configure(agent_cfg, args.device, args.seed, args.steps)  # an iteration has at least one step
    trainer_type.check(agent_cfg)
    session.configure_environment(env_cfg, args, trainer_type.seed(agent_cfg))
    with tempfile.TemporaryDirectory() as root, open(Path(root) / "console.log", "w", encoding="utf-8") as console:
        folder = Path(root) / "run"
        with redirect_stdout(console):
            env = session.make_environment(args.task, env_cfg)
            soak = Soak(env, app.running_engine(), args.steps, trained_with=args.train)
            recorder = EpisodeRecorder(SoakedEnv(env, soak))
            trainer = build_trainer(trainer_type, recorder, agent_cfg, folder, args.device, None)

        def end_in_time() -> None:
            if soak.steps >= args.steps:
                raise EnoughSteps

        with TrainingLog(folder, recorder, args.steps) as log, redirect_stdout(console):
            log.after_iteration.append(end_in_time)
            with suppress(EnoughSteps):
                trainer.train(log)
        report = soak.report()
        env.close()
    return report
