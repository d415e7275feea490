# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Opens a trained policy: its networks, and the task that it acts in."""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.config.agents import get_setting, settle_agent
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.errors import agent_must_work
from isaaclab_factory.learning.policies.source import Source
from isaaclab_factory.learning.runs.checkpoints import validate_policy
from isaaclab_factory.learning.runs.trust import checkpoint_must_fit

if TYPE_CHECKING:
    import gymnasium

    from isaaclab_factory.learning.libraries.base import LibraryTrainer


@dataclass(frozen=True)
class OpenPolicy:
    """A policy and the task it acts in."""

    env: "gymnasium.Env"
    """The task's environment."""
    trainer: "LibraryTrainer"
    """The library with the checkpoint in it; its ``policy()`` acts."""
    seed: int
    """Seed of the environment."""
    env_cfg: Any
    """Configuration of the environment."""


@contextmanager
def open_policy(
    source: Source,
    args: argparse.Namespace,
    words: list[str],
    play_mode: bool = False,
    adapt: Callable[[Any], None] = lambda env_cfg: None,
) -> Iterator[OpenPolicy]:
    """Makes the task and loads the policy; closes the task at the end.

    Args:
        source: Which policy.
        args: The command line, after :func:`~isaaclab_factory.learning.session.choose_engine`.
        words: Presets and overrides. They override the values that the checkpoint was trained with.
        play_mode: Whether the environment's ``play_mode()`` changes it before the overrides do.
        adapt: Changes the environment's configuration after everything else, for instance adds a sensor.

    Raises:
        UserError: The checkpoint is damaged or does not fit, or no environment can be made of the configuration.
    """
    validate_policy(source.checkpoint, source.library, source.trusted)
    env_cfg, agent_cfg = load_configs(args.task, source.agent_key, words, play_mode, source.agent_file, source.trusted)
    with agent_must_work():
        settle_agent(agent_cfg, source.library, device=args.device, seed=args.seed)
        seed = get_setting(agent_cfg, source.library, "seed")
    session.configure_environment(env_cfg, args, seed)
    adapt(env_cfg)
    # the libraries create their folders whatever they are asked to do
    with session.running(env_cfg, args) as env, tempfile.TemporaryDirectory() as folder:
        with session.quiet():
            trainer = _load(source, env, agent_cfg, Path(folder) / "run", args.device)
        yield OpenPolicy(env, trainer, seed, env_cfg)


def _load(source: Source, env: "gymnasium.Env", agent_cfg: Any, folder: Path, device: str) -> "LibraryTrainer":
    """Builds the library's networks and loads the checkpoint into them."""
    from isaaclab_factory.learning.libraries import trainer_class
    from isaaclab_factory.learning.runs.episodes import EpisodeRecorder

    trainer_type = trainer_class(source.library)
    with agent_must_work():
        trainer_type.configure_acting(agent_cfg)
        trainer = trainer_type(EpisodeRecorder(env, spread=False), agent_cfg, folder, device)
    trained = f" (it was trained with presets={','.join(source.presets)})" if source.presets else ""
    with checkpoint_must_fit(source.checkpoint, source.trusted, trained):
        trainer.load_policy(source.checkpoint)
    return trainer
