# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The trained policy that a command line means: finding it, and opening it in its task."""

import argparse
import shlex
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import (
    add_agent_flag,
    add_library_flag,
    add_run_choice_flags,
    add_trust_flag,
)
from isaaclab_factory.learning.cli.tasks import LIBRARIES, agents_of, check_agent, entry_point
from isaaclab_factory.learning.cli.values import path_text
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.config.overrides import selected
from isaaclab_factory.learning.config.settings import get_setting, settle_agent
from isaaclab_factory.learning.errors import agent_must_work
from isaaclab_factory.learning.policies import pretrained
from isaaclab_factory.learning.runs.checkpoints import (
    BEST,
    LATEST,
    PRETRAINED,
    agent_of,
    chosen_checkpoint,
    validate_policy,
)
from isaaclab_factory.learning.runs.files import run_folder_of
from isaaclab_factory.learning.runs.record import record_of
from isaaclab_factory.learning.runs.trust import checkpoint_must_fit

if TYPE_CHECKING:
    import gymnasium

    from isaaclab_factory.learning.libraries.base import LibraryTrainer

SEED = 42
"""Seed of the scripts that run a policy: the same for all policies, whatever seed they were trained with."""


@dataclass(frozen=True)
class Source:
    """A checkpoint and how to read it."""

    library: str
    agent_key: str
    """Entry point of the hyperparameters in the task's gym kwargs."""
    checkpoint: Path
    agent_file: Path | None = None
    """The agent's configuration as the checkpoint was trained with it; None for the task's own."""
    presets: tuple[str, ...] = ()
    """Presets that the checkpoint was trained with, as far as known. None in another task, where they may not exist."""
    trusted: bool = False
    """Whether code that is in either file may be executed."""
    task: str | None = None
    """Task that the checkpoint was trained in, None if that is not known."""

    def words(self, words: list[str]) -> list[str]:
        """Returns the words of a command line, with the presets of the training if it chooses none."""
        if not self.presets or selected(words, "presets"):
            return words
        return [f"presets={','.join(self.presets)}", *words]


def add_policy_flags(parser: argparse.ArgumentParser, action: str, scripted: bool = False) -> None:
    """Adds the flags that say which trained policy a script takes.

    Args:
        action: What the script does with the policy.
        scripted: Whether the script takes the task's scripted agent instead, too.
    """
    group = parser.add_argument_group(
        "policy", "By default it is the best checkpoint of the task's newest run, or its latest without evaluations."
    )
    which = group.add_mutually_exclusive_group()
    which.add_argument(
        "--checkpoint",
        type=path_text,
        default=BEST,
        metavar=f"{LATEST}|{BEST}|{PRETRAINED}|PATH",
        help=f"{action} this checkpoint: the latest or the best of the task's newest run, the one shipped with the"
        " package, a file, or the newest in a folder of one run or of several",
    )
    which.add_argument(
        "--use_last_checkpoint", dest="checkpoint", action="store_const", const=LATEST, help=argparse.SUPPRESS
    )
    which.add_argument(
        "--use_pretrained_checkpoint",
        dest="checkpoint",
        action="store_const",
        const=PRETRAINED,
        help=f"the same as --checkpoint {PRETRAINED}",
    )
    if scripted:
        which.add_argument(
            "--scripted",
            action="store_true",
            help=f"{action} the task's scripted agent instead, which sees the true poses",
        )
    add_run_choice_flags(group)
    add_library_flag(group, None, "that of the checkpoint")
    add_agent_flag(group, "that of the checkpoint's run, with its values")
    add_trust_flag(group)
    parser.set_defaults(seed=SEED)


def find_source(args: argparse.Namespace, words: list[str]) -> Source:
    """Finds the checkpoint of a command line, before anything heavy is imported.

    Args:
        args: What :func:`add_policy_flags` and :func:`~isaaclab_factory.learning.cli.flags.add_environment_flags`
            parsed, after :func:`~isaaclab_factory.learning.session.find_task`.
        words: Presets and overrides of the command line.

    Raises:
        UserError: There is no such checkpoint, or the task has no such hyperparameters.
    """
    if args.checkpoint == PRETRAINED:
        policy = pretrained.find_policy(args.task, selected(words, "presets"), args.lib)
        agent_key, agent_file = _agent(args, policy.library, policy.agent, policy.agent_file)
        return Source(policy.library, agent_key, policy.checkpoint, agent_file, tuple(policy.presets), task=policy.task)
    libraries = (args.lib,) if args.lib else LIBRARIES
    if args.agent:
        known = (library for library in libraries if entry_point(library, args.agent) in agents_of(args.task, library))
        libraries = tuple(known) or libraries
    library, checkpoint = chosen_checkpoint(args, libraries, args.lib)
    folder, record = run_folder_of(checkpoint), record_of(checkpoint)
    file = folder / "params" / "agent.yaml" if folder else None
    agent_key, agent_file = _agent(args, library, agent_of(record), file)
    task = record.get("task")
    presets = _presets(record) if task in (None, args.task) else ()
    return Source(library, agent_key, checkpoint, agent_file, presets, args.trust_checkpoint, task)


def _agent(args: argparse.Namespace, library: str, trained: str | None, file: Path | None) -> tuple[str, Path | None]:
    """Returns the entry point of the hyperparameters, and the file with the values of the training, if there is one.

    They are those of the training, unless the command line asks for others.
    """
    known = trained in agents_of(args.task, library)
    agent_key = check_agent(args.task, library, args.agent or (trained if known else None))
    if file is None or not file.is_file() or (args.agent and agent_key != trained):
        file = None
    return agent_key, file


def _presets(record: dict[str, Any]) -> tuple[str, ...]:
    """Returns the presets on the command line that started a run."""
    return tuple(selected(shlex.split(record.get("command", "")), "presets"))


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
    source: Source
    words: list[str]
    """Presets and overrides, with the physics engine that was chosen."""


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
        words: Presets and overrides. They override the values that the checkpoint was trained with.
        play_mode: Whether the environment's ``play_mode()`` changes it before the overrides do.
        adapt: Changes the environment's configuration after everything else, for instance adds a sensor.

    Raises:
        UserError: The checkpoint is damaged or does not fit, or no environment can be made of the configuration.
    """
    words = session.choose_engine(args, words)
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
        yield OpenPolicy(env, trainer, seed, env_cfg, source, words)


def _load(source: Source, env: "gymnasium.Env", agent_cfg: Any, folder: Path, device: str) -> "LibraryTrainer":
    """Builds the library's networks and loads the checkpoint into them."""
    from isaaclab_factory.learning.libraries import trainer_class
    from isaaclab_factory.learning.runs.episodes import EpisodeRecorder

    trainer_type = trainer_class(source.library)
    with agent_must_work():
        trainer_type.configure_acting(agent_cfg)
        trainer = trainer_type(EpisodeRecorder(env, spread=False), agent_cfg, folder, device)
    presets = f" presets={','.join(source.presets)}" if source.presets else ""
    trained = f" (it was trained in {source.task}{presets})" if source.task else ""
    with checkpoint_must_fit(source.checkpoint, source.trusted, trained):
        trainer.load_policy(source.checkpoint)
    return trainer
