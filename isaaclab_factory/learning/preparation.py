# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Prepares a training: everything that is settled before an environment is made."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides
from isaaclab_factory.learning.cli.tasks import check_agent
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.experiment import expand_experiment, given_arguments, write_experiment
from isaaclab_factory.learning.config.load import load_configs, save_configs
from isaaclab_factory.learning.config.settings import get_setting, num_iterations, set_setting, settle_agent
from isaaclab_factory.learning.errors import agent_must_work
from isaaclab_factory.learning.evaluation.periodic import Command, evaluation_command
from isaaclab_factory.learning.runs.checkpoints import chosen_checkpoint, validate_checkpoint
from isaaclab_factory.learning.runs.files import create_run_folder, full_disk_reported, removed_on_failure
from isaaclab_factory.learning.runs.record import RunRecord, started_from
from isaaclab_factory.learning.scaling.distributed import ProcessGroup, join_group, torchrun_command
from isaaclab_factory.learning.scaling.population import population_root


@dataclass(frozen=True)
class Order:
    """What a command line asks for."""

    library: str
    argv: list[str]
    """Its words, with those that an experiment file stands for."""
    parser: OneLineParser
    args: argparse.Namespace
    given: dict[str, Any]
    """The arguments that were given, by their keys in an experiment file."""
    words: list[str]
    """Presets and overrides."""
    engine_words: list[str]
    """The same, with the physics engine that was chosen."""
    agent_key: str
    """Entry point of the hyperparameters."""
    checkpoint: Path | None
    """What the training goes on from."""
    evaluation: Command | None
    """Returns the command that measures a checkpoint during the training, None for no such evaluations."""


@dataclass
class Run:
    """A training that can begin: its order, configurations and folder."""

    order: Order
    env_cfg: Any
    agent_cfg: Any
    folder: Path
    record: RunRecord
    group: ProcessGroup | None = None
    """The processes that train together, None for a training in one process."""

    @property
    def library(self) -> str:
        """The RL library."""
        return self.order.library

    @property
    def args(self) -> argparse.Namespace:
        """The arguments."""
        return self.order.args

    @property
    def num_iterations(self) -> int:
        """Policy updates to do."""
        return num_iterations(self.agent_cfg, self.library)

    def setting(self, name: str) -> Any:
        """Returns a setting of the agent by its name in :mod:`~isaaclab_factory.learning.config.settings`."""
        return get_setting(self.agent_cfg, self.library, name)


def prepare(library: str, argv: list[str]) -> Run:
    """Checks a command line, loads the configurations, and creates the run folder with what is known of the run.

    Raises:
        UserError: The command line, a configuration key or the checkpoint is wrong.
    """
    order = read_order(library, argv)
    args = order.args
    group = join_group(args, library)
    env_cfg, agent_cfg = load_configs(args.task, order.agent_key, order.engine_words)
    with agent_must_work():
        settle_agent(
            agent_cfg,
            library,
            device=args.device,
            seed=args.seed,
            max_iterations=args.max_iterations,
            experiment_name=args.experiment_name,
            run_name=args.run_name,
        )
        if group:  # each process has its own starts and noise
            with group.losses_reported():
                seed = group.agree(get_setting(agent_cfg, library, "seed")) + group.rank
            set_setting(agent_cfg, library, "seed", seed)
        names = [get_setting(agent_cfg, library, name) for name in ("experiment_name", "run_name")]
    session.configure_environment(env_cfg, args, get_setting(agent_cfg, library, "seed"))
    processes = group.size if group else 1
    log_root = population_root(agent_cfg, args.log_root, processes)
    folder = create_run_folder(log_root, library, names[0], names[1] or "")
    with full_disk_reported(folder), removed_on_failure(folder):
        save_configs(folder, env_cfg, agent_cfg)
        record = _record(order, env_cfg, agent_cfg, folder, processes)
        return Run(order, env_cfg, agent_cfg, folder, record, group)


def read_order(library: str, argv: list[str]) -> Order:
    """Checks a command line.

    Raises:
        UserError: Something in it is wrong.
    """
    parser = training_parser(library)
    argv = expand_experiment(parser, argv, library)  # the record names the presets, also those of a file
    args, words = split_overrides(parser, argv)
    session.find_task(args)
    given = given_arguments(parser, args)
    agent_key = check_agent(args.task, library, args.agent)
    checkpoint = find_start(args, library)
    engine_words = session.choose_engine(args, words)
    if args.logger:
        from isaaclab_factory.learning.runs.log import check_logger

        check_logger(args.logger)
    evaluation = evaluation_command(library, args, engine_words)
    if checkpoint:
        validate_checkpoint(checkpoint, library, args.trust_checkpoint)
    return Order(library, argv, parser, args, given, words, engine_words, agent_key, checkpoint, evaluation)


def find_start(args: argparse.Namespace, library: str) -> Path | None:
    """Returns the checkpoint that a training goes on from, None for a training from the start.

    Args:
        args: What :func:`~isaaclab_factory.learning.cli.training.training_parser` parsed, after
            :func:`~isaaclab_factory.learning.session.find_task`.

    Raises:
        UserError: There is no such checkpoint.
    """
    if args.checkpoint is None and args.load_run is None:
        return None
    return chosen_checkpoint(args, (library,), library)[1]


def training_launcher(args: argparse.Namespace) -> list[str]:
    """Returns the first words of a training's command: the launcher, with ``torchrun`` for several processes."""
    return torchrun_command(session.launcher()) if args.distributed else session.launcher()


def _record(order: Order, env_cfg: Any, agent_cfg: Any, folder: Path, processes: int) -> RunRecord:
    """Writes the run's record and the experiment file that repeats it."""
    args, library = order.args, order.library
    facts = {
        "task": args.task,
        "seed": get_setting(agent_cfg, library, "seed"),
        "num_envs": env_cfg.scene.num_envs,
        "device": args.device,
    }
    record = RunRecord(
        folder,
        library,
        [*training_launcher(args), session.script("train"), "--lib", library, *order.argv],
        agent=order.agent_key,
        physics=session.engine_name(env_cfg),
        processes=processes,
        started_from=started_from(order.checkpoint),
        **facts,
    )
    write_experiment(
        folder,
        order.parser,
        args,
        order.engine_words,
        lib=library,
        entry_point=order.agent_key,
        max_iterations=num_iterations(agent_cfg, library),
        checkpoint=order.checkpoint and str(order.checkpoint),
        load_run=None,
        **facts,
    )
    return record
