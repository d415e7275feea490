# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A training from the command line to the measured success rate."""

import argparse
import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import MEASURED_ENVS, add_library_flag
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides
from isaaclab_factory.learning.cli.tasks import check_agent
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.agents import num_iterations, settle_agent
from isaaclab_factory.learning.config.experiment import (
    ENTRY_POINT,
    expand_experiment,
    given_arguments,
    given_words,
    write_experiment,
)
from isaaclab_factory.learning.config.keys import get_setting
from isaaclab_factory.learning.config.load import load_configs, save_configs
from isaaclab_factory.learning.errors import UserError, agent_must_work
from isaaclab_factory.learning.evaluation.periodic import Command, PeriodicEvaluation, evaluation_command
from isaaclab_factory.learning.interrupts import INTERRUPTS, StopAfterIteration
from isaaclab_factory.learning.policies.choice import BEST, LATEST, Search, checkpoint_at, newest_checkpoint
from isaaclab_factory.learning.runs.checkpoints import TRAINING, find_checkpoint, validate_checkpoint
from isaaclab_factory.learning.runs.files import display_path, full_disk_reported
from isaaclab_factory.learning.runs.folder import create_run_folder, removed_on_failure
from isaaclab_factory.learning.runs.record import RunRecord, started_from
from isaaclab_factory.learning.runs.trust import read_checkpoint, weights_only

if TYPE_CHECKING:
    from isaaclab_factory.learning.libraries.base import LibraryTrainer
    from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
    from isaaclab_factory.learning.runs.log import TrainingLog

_BEGINNING = ("task", "plugin", ENTRY_POINT, "checkpoint", "load_run", "sigma")
"""Arguments that the command which trains on names itself, or that concern the beginning of this training only."""


@dataclass
class Run:
    """A training with everything about it settled: what learns what, from where, and where it writes."""

    library: str
    parser: argparse.ArgumentParser
    args: argparse.Namespace
    given: dict[str, Any]
    """The arguments that were given, by their keys in an experiment file."""
    words: list[str]
    """Presets and overrides."""
    agent_key: str
    checkpoint: Path | None
    """What the training goes on from."""
    env_cfg: Any
    agent_cfg: Any
    folder: Path
    record: RunRecord
    evaluation: Command | None = None
    """Returns the command that measures a checkpoint during the training, None for no such evaluations."""

    @property
    def num_iterations(self) -> int:
        """Policy updates to do."""
        return num_iterations(self.agent_cfg, self.library)

    def setting(self, name: str) -> Any:
        """Returns a setting of the agent by its name in :mod:`~isaaclab_factory.learning.config.keys`."""
        return get_setting(self.agent_cfg, self.library, name)


@dataclass
class Outcome:
    """How a training ended."""

    completed: bool
    """Whether it ran to its end, rather than being interrupted."""
    checkpoint: Path | None
    """The newest checkpoint, None if there is none."""
    remaining: int
    """Iterations left to do from that checkpoint."""


def train(library: str, argv: list[str]) -> None:
    """Trains a task with one library, measures the policy and prints the next commands.

    Args:
        library: One of :data:`~isaaclab_factory.learning.cli.tasks.LIBRARIES`.
        argv: Arguments after the script's name.

    Raises:
        UserError: The command line, a configuration key or the checkpoint is wrong.
    """
    run = prepare(library, argv)
    print(f"Training {run.args.task} with {library} on {run.args.device} in {display_path(run.folder)}", flush=True)
    with INTERRUPTS, run.record.failures(), full_disk_reported(run.folder):
        outcome = _carry_out(run)
    saved = outcome.checkpoint
    print(f"Run folder:  {display_path(run.folder)}")
    print(f"Checkpoint:  {display_path(saved) if saved else 'none, as the training ended before the first'}")
    print(f"Curves:      tensorboard --logdir {shlex.quote(display_path(run.folder))}")
    if saved:
        for name, command in _next_commands(run, saved, outcome.remaining).items():
            print(f"{name + ':':<12} {command}", flush=True)


def train_with_chosen_library(argv: list[str]) -> None:
    """Trains with the library that ``--lib`` names, on the command line or in its experiment file.

    Args:
        argv: Arguments after the script's name.

    Raises:
        UserError: See :func:`train`.
    """
    parser = training_parser()
    argv = expand_experiment(parser, argv)
    library = parser.parse_known_args(argv)[0].lib
    finder = OneLineParser(add_help=False)
    add_library_flag(finder)
    train(library, finder.parse_known_args(argv)[1])


def prepare(library: str, argv: list[str]) -> Run:
    """Checks a command line, loads the configurations, and creates the run folder with what is known of the run.

    Args:
        library: The library.
        argv: Arguments after the script's name.

    Raises:
        UserError: The command line, a configuration key or the checkpoint is wrong.
    """
    parser = training_parser(library)
    args, words = split_overrides(parser, expand_experiment(parser, argv, library))
    session.find_task(args)
    given = given_arguments(parser, args)
    agent_key = check_agent(args.task, library, args.agent)
    checkpoint = find_start(args, library)
    if args.logger:
        _check_logger(args.logger)
    engine_words = session.choose_engine(args, words)
    evaluation = evaluation_command(library, args, engine_words)
    if checkpoint:
        validate_checkpoint(checkpoint, library, args.trust_checkpoint)
    env_cfg, agent_cfg = load_configs(args.task, agent_key, engine_words)
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
        seed, experiment = (get_setting(agent_cfg, library, name) for name in ("seed", "experiment_name"))
    session.configure_environment(env_cfg, args, seed)
    folder = create_run_folder(args.log_root, library, experiment, get_setting(agent_cfg, library, "run_name") or "")
    with full_disk_reported(folder), removed_on_failure(folder):
        save_configs(folder, env_cfg, agent_cfg)
        record = RunRecord(
            folder,
            library,
            [*session.launcher(), session.script("train"), "--lib", library, *argv],
            task=args.task,
            agent=agent_key,
            seed=seed,
            num_envs=env_cfg.scene.num_envs,
            physics=session.engine_name(env_cfg),
            device=args.device,
            started_from=started_from(checkpoint),
        )
        write_experiment(
            folder,
            parser,
            args,
            engine_words,
            lib=library,
            task=args.task,
            entry_point=agent_key,
            seed=seed,
            num_envs=env_cfg.scene.num_envs,
            max_iterations=num_iterations(agent_cfg, library),
            checkpoint=checkpoint and str(checkpoint),
            load_run=None,
            device=args.device,
        )
    return Run(
        library, parser, args, given, words, agent_key, checkpoint, env_cfg, agent_cfg, folder, record, evaluation
    )


def _check_logger(logger: str) -> None:
    from isaaclab_factory.learning.runs.curves import check_logger

    check_logger(logger)


def find_start(args: argparse.Namespace, library: str) -> Path | None:
    """Returns the checkpoint that a training goes on from, None for a training from the start.

    Args:
        args: What :func:`~isaaclab_factory.learning.cli.training.training_parser` parsed, after
            :func:`~isaaclab_factory.learning.session.find_task`.
        library: The RL library.

    Raises:
        UserError: There is no such checkpoint.
    """
    if args.checkpoint is None and args.load_run is None:
        return None
    if args.checkpoint in (None, LATEST, BEST):
        search = Search(Path(args.log_root), args.task, (library,), args.experiment_name, args.load_run, args.agent)
        return newest_checkpoint(search, best=args.checkpoint == BEST)[1]
    return checkpoint_at(Path(args.checkpoint), library)[1]


def _carry_out(run: Run) -> Outcome:
    """Builds environment and learner, trains and evaluates.

    What Isaac Lab and the library print meanwhile goes to ``console.log`` in the run folder.
    """
    from isaaclab_factory.learning.libraries import trainer_class
    from isaaclab_factory.learning.runs.curves import open_curves
    from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
    from isaaclab_factory.learning.runs.log import TrainingLog, clock

    start = time.monotonic()
    session.record_videos(run.env_cfg, run.args, run.folder)
    with (
        open(run.folder / "console.log", "w", buffering=1, encoding="utf-8") as console,
        session.simulation(run.env_cfg, run.args),
    ):
        with removed_on_failure(run.folder), session.quiet(console):
            env = session.make_environment(run.args.task, run.env_cfg)
            recorder = EpisodeRecorder(session.guarded(env, run.args, run.folder))
            trainer = build_trainer(trainer_class(run.library), recorder, run)
            project = run.setting("project") or run.setting("experiment_name")
            logger = run.args.logger or run.setting("logger") or "tensorboard"
            curves = open_curves(run.folder, logger, run.args.log_project_name or project, run.env_cfg, run.agent_cfg)
        print(f"{recorder.num_envs} environments ready after {time.monotonic() - start:.1f} s", flush=True)
        if run.checkpoint:
            counts = f"{trainer.iterations_done} iterations and {recorder.env_steps:,} environment steps"
            print(f"Going on after {counts}, with new episodes", flush=True)
        with (
            TrainingLog(run.folder, recorder, run.num_iterations, trainer.iterations_done, curves) as log,
            session.quiet(console),
            session.warnings_shown(),
            PeriodicEvaluation(trainer, log, run.args.eval_interval, run.evaluation) as evaluations,
        ):
            outcome = train_and_save(trainer, log, run.args.trust_checkpoint)
            INTERRUPTS.release()
            if outcome.completed:
                evaluations.finish()
        seconds = time.monotonic() - start
        figures = {"env_steps": recorder.env_steps, "seconds": round(seconds, 1)}
        run.record.finish(outcome.completed, **figures)
        ending = "Trained" if outcome.completed else "Interrupted"
        print(f"{ending}: {recorder.env_steps:,} environment steps in {clock(seconds)} min")
        if evaluations.best_figures:
            print(f"Best:        {display_path(evaluations.best)} ({evaluations.best_figures})")
        if outcome.completed:
            print(f"Measuring the final policy on {recorder.num_envs} new episodes ...", flush=True)
            with session.quiet(console), session.warnings_shown():
                result = _measure(run, recorder, trainer, figures)
            print(f"Success:     {result}")
        with session.quiet(console):
            recorder.close()
    return outcome


def _measure(run: Run, recorder: "EpisodeRecorder", trainer: "LibraryTrainer", figures: dict[str, Any]) -> Any:
    """Measures the final policy and records the result."""
    from isaaclab_factory.learning.evaluation.measure import evaluate

    result = evaluate(recorder.env, trainer.policy())
    (run.folder / "evaluation.txt").write_text(f"{result}\n", encoding="utf-8")
    run.record.finish(True, **figures, success=result.success_rate, episodes=result.episodes)
    return result


def build_trainer(trainer_type: "type[LibraryTrainer]", recorder: "EpisodeRecorder", run: Run) -> "LibraryTrainer":
    """Builds the learner and loads the checkpoint.

    Args:
        trainer_type: The library's trainer.
        recorder: The environment.
        run: The training.

    Raises:
        UserError: The library rejects the configuration or the checkpoint.
    """
    with agent_must_work():
        trainer = trainer_type(recorder, run.agent_cfg, run.folder, run.args.device)
    if run.checkpoint:
        try:
            with weights_only(run.args.trust_checkpoint):
                trainer.load(run.checkpoint)
        except (RuntimeError, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
            first = " ".join(str(error).splitlines()[:2])  # PyTorch lists every tensor that does not fit
            raise UserError(f"checkpoint {run.checkpoint} does not fit this task and agent: {first}") from error
    if run.args.sigma:
        trainer.set_std(run.args.sigma)
    return trainer


def train_and_save(trainer: "LibraryTrainer", log: "TrainingLog", trusted: bool = False) -> Outcome:
    """Trains, and saves what was learned unless the training ended in the middle of an iteration.

    Signals are held from then on.

    Args:
        trainer: What trains.
        log: What it reports to.
        trusted: Whether code in the run's own checkpoints may be executed.
    """
    INTERRUPTS.wait_for_iteration()
    log.stop_requested = lambda: INTERRUPTS.requested
    interrupt: KeyboardInterrupt | None = None
    try:
        trainer.train(log)
    except KeyboardInterrupt as error:
        interrupt = error
    finally:
        INTERRUPTS.hold()
    if interrupt is None or isinstance(interrupt, StopAfterIteration):
        return Outcome(interrupt is None, trainer.save(), log.remaining)
    try:  # networks in the middle of an update are no state to go on from
        newest = find_checkpoint(trainer.folder, trainer.library)
    except UserError:
        return Outcome(False, None, log.remaining)
    content = read_checkpoint(newest, trusted)
    done = (content.get("infos") or content)[TRAINING]["iterations"]
    return Outcome(False, newest, log.remaining + log.iteration - done)


def _next_commands(run: Run, checkpoint: Path, remaining: int) -> dict[str, str]:
    """Returns the commands that a user may want next, by what they do."""
    args = run.args
    on = given_words(run.parser, run.given | ({"max_iterations": remaining} if remaining else {}), _BEGINNING)

    def command(script: str, *more: str) -> str:
        words = [*session.launcher(), session.script(script), "--lib", run.library, "--task", args.task]
        words += [word for module in args.plugin for word in ("--plugin", module)]
        words += ["--agent", args.agent] if args.agent else []
        return shlex.join([*words, "--checkpoint", display_path(checkpoint), *more, *run.words])

    return {
        "Train on": command("train", *on),
        "Measure it": command("evaluate", "--num_envs", str(MEASURED_ENVS)),
        "Play it": command("play"),
    }
