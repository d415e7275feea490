# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Opens a trained policy: which checkpoint a command line means, and the task and the networks it acts in."""

import argparse
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.configs import load_configs
from isaaclab_factory.learning.errors import agent_must_work
from isaaclab_factory.learning.measuring.finite import add_finite_argument, with_finite_watch
from isaaclab_factory.learning.run_folder.earlier_runs import newest_checkpoint
from isaaclab_factory.learning.run_folder.provenance import read_record
from isaaclab_factory.learning.run_folder.runs import find_checkpoint, run_folder_of, validate_policy
from isaaclab_factory.learning.run_folder.trust import add_trust_argument
from isaaclab_factory.learning.shipping import pretrained

if TYPE_CHECKING:
    import gymnasium

    from isaaclab_factory.learning.libraries.base import LibraryTrainer


SEED = 42
"""Seed of what looks at policies, the same for all of them whatever seed they were trained with."""


@dataclass(frozen=True)
class Source:
    """A checkpoint and how to read it."""

    library: str
    agent_key: str
    """Entry point of the hyperparameters in the task's gym kwargs."""
    checkpoint: Path
    agent_file: Path | None
    """The agent's configuration as the checkpoint was trained with it; None for the task's own."""
    trusted: bool = False
    """Whether code that is in either may be executed."""


@dataclass(frozen=True)
class OpenPolicy:
    """A policy and the task it acts in."""

    env: "gymnasium.Env"
    """The task's bare environment: what looks on is wrapped around it."""
    trainer: "LibraryTrainer"
    """The library with the checkpoint in it; :meth:`LibraryTrainer.policy` acts."""
    seed: int
    """Seed of the environment."""


def add_policy_arguments(parser: argparse.ArgumentParser, action: str) -> None:
    """Adds which trained policy a script takes.

    Args:
        parser: The script's parser.
        action: What the script does with it.
    """
    group = parser.add_argument_group(
        "policy", "Without any of these it is that of the task's newest run, its best where it was evaluated."
    )
    which = group.add_mutually_exclusive_group()
    arguments.add_checkpoint_argument(which, action)
    which.add_argument(
        "--use_last_checkpoint", action="store_true", help=f"{action} the last checkpoint of the task's newest run"
    )
    which.add_argument("--use_pretrained_checkpoint", action="store_true", help=f"{action} the task's shipped policy")
    arguments.add_load_run_argument(group)
    group.add_argument(
        "--experiment_name", type=arguments.folder_name, metavar="NAME", help="folder of the runs (default: any)"
    )
    group.add_argument(
        "--log_root",
        default=arguments.DEFAULT_LOG_ROOT,
        metavar="FOLDER",
        help="where runs are kept (default: %(default)s)",
    )
    arguments.add_library_argument(group, None, "that of the run, else rsl_rl")
    arguments.add_agent_arguments(group, "that of the checkpoint's run, with its values")
    arguments.add_algorithm_arguments(group)
    # Isaac Lab's script for rsl_rl takes it too, and it does nothing there either.
    group.add_argument("--resume", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(seed=SEED)
    add_trust_argument(group)
    add_finite_argument(parser)


def find_source(args: argparse.Namespace) -> Source:
    """Finds the checkpoint of a command line, before anything heavy is imported.

    Args:
        args: What :func:`add_policy_arguments` and :func:`arguments.add_environment_arguments` parsed, after
            :func:`session.find_task`.

    Raises:
        UserError: There is no such checkpoint, or the task knows no such hyperparameters.
    """
    if args.use_pretrained_checkpoint:
        policy = pretrained.find_policy(args.task, args.lib)
        return _source(args, policy.library, policy.checkpoint, policy.agent_file, policy.agent)
    library = args.lib or _library_of(args.checkpoint) or arguments.LIBRARIES[0]
    arguments.check_agent(args.task, library, args.agent)
    if args.checkpoint and (Path(args.checkpoint).exists() or not args.load_run):
        checkpoint = find_checkpoint(args.checkpoint, library)
    else:
        checkpoint = newest_checkpoint(args, library, args.checkpoint, best=not args.use_last_checkpoint)
    folder = run_folder_of(checkpoint)
    if folder is None:
        return _source(args, library, checkpoint, None, None)
    record = read_record(folder) or {}
    return _source(args, library, checkpoint, folder / "params" / "agent.yaml", record.get("agent"))


def _source(
    args: argparse.Namespace, library: str, checkpoint: Path, agent_file: Path | None, trained_agent: str | None
) -> Source:
    """Returns the source, with the hyperparameters it was trained with unless the command line asks for others."""
    known = trained_agent in arguments.agents_of(args.task, library)
    agent_key = arguments.check_agent(args.task, library, args.agent or (trained_agent if known else None))
    if agent_file is None or not agent_file.is_file() or (args.agent and args.agent != trained_agent):
        agent_file = None
    return Source(library, agent_key, checkpoint, agent_file, args.trust_checkpoint)


def _library_of(checkpoint: str | None) -> str | None:
    """Returns the library of the run that a checkpoint, or a folder given for it, is of; None if that is not known."""
    if checkpoint is None or not Path(checkpoint).exists():
        return None
    path = Path(checkpoint)
    folder = run_folder_of(path / "any" if path.is_dir() else path)
    library = (read_record(folder) or {}).get("library") if folder else None
    return library if library in arguments.LIBRARIES else None


@contextmanager
def open_policy(
    source: Source,
    args: argparse.Namespace,
    overrides: list[str],
    adapt: Callable[[Any], None] = lambda env_cfg: None,
) -> Iterator[OpenPolicy]:
    """Makes the task and loads the policy; closes the task at the end.

    Args:
        source: What :func:`find_source` found.
        args: The command line, after :func:`session.start_app`.
        overrides: Its Hydra overrides. They go before the values that the checkpoint was trained with.
        adapt: Changes the environment's configuration after all else did, to add a sensor for instance.

    Raises:
        UserError: The checkpoint is damaged or does not fit, or no environment can be made of the configuration.
    """
    validate_policy(source.checkpoint, source.library, source.trusted)
    env_cfg, agent_cfg = load_configs(args.task, source.agent_key, overrides, source.agent_file, source.trusted)

    from isaaclab_factory.learning.episodes import EpisodeRecorder
    from isaaclab_factory.learning.libraries import trainer_class
    from isaaclab_factory.learning.training import build_trainer

    trainer_type = trainer_class(source.library)
    with agent_must_work():
        trainer_type.configure(agent_cfg, args.device, args.seed, None)
        trainer_type.check(agent_cfg)
        trainer_type.configure_acting(agent_cfg)
        seed = trainer_type.seed(agent_cfg)
    session.configure_environment(env_cfg, args, seed)
    adapt(env_cfg)
    # The libraries make their folders whatever they are asked to do.
    with tempfile.TemporaryDirectory() as folder:
        with redirect_stdout(io.StringIO()):
            env = with_finite_watch(
                session.make_environment(args.task, env_cfg), args, run_folder_of(source.checkpoint)
            )
            recorder = EpisodeRecorder(env, spread=False)
            run = Path(folder) / "run"
            trainer = build_trainer(
                trainer_type, recorder, agent_cfg, run, args.device, source.checkpoint, True, source.trusted
            )
        try:
            yield OpenPolicy(env, trainer, seed)
        finally:
            env.close()
