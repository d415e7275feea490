# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A training from the command line to the measured success rate."""

import os
import shlex
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import MEASURED_ENVS, add_library_flag
from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.experiment import ENTRY_POINT, expand_experiment, given_words
from isaaclab_factory.learning.errors import UserError, agent_must_work
from isaaclab_factory.learning.evaluation.periodic import PeriodicEvaluation
from isaaclab_factory.learning.interrupts import INTERRUPTS, StopAfterIteration
from isaaclab_factory.learning.preparation import Run, prepare, training_launcher
from isaaclab_factory.learning.runs.checkpoints import TRAINING, find_checkpoint
from isaaclab_factory.learning.runs.files import display_path, full_disk_reported, removed_on_failure
from isaaclab_factory.learning.runs.trust import checkpoint_must_fit, read_checkpoint
from isaaclab_factory.learning.scaling.distributed import ProcessGroup
from isaaclab_factory.learning.scaling.population import Replaced, Successor

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

    from isaaclab_factory.learning.libraries.base import LibraryTrainer
    from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
    from isaaclab_factory.learning.runs.log import TrainingLog

_BEGINNING = ("task", "plugin", ENTRY_POINT, "checkpoint", "load_run", "sigma")
"""Arguments that the command which trains on names itself, or that concern the beginning of this training only."""


@dataclass
class Outcome:
    """How a training ended."""

    completed: bool
    """Whether it ran to its end, rather than being interrupted."""
    checkpoint: Path | None
    """The newest checkpoint, None if there is none."""
    remaining: int
    """Iterations left to do from that checkpoint."""
    successor: Successor | None = None
    """The training that replaces this one in its population, None for none."""


def train(library: str, argv: list[str]) -> None:
    """Trains a task with one library, measures the policy and prints the next commands.

    Args:
        library: One of :data:`~isaaclab_factory.learning.cli.tasks.LIBRARIES`.

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
    if outcome.successor:
        _start(_successor_command(run, outcome.successor))
    if saved:
        for name, command in _next_commands(run, saved, outcome.remaining).items():
            print(f"{name + ':':<12} {command}", flush=True)


def train_with_chosen_library(argv: list[str]) -> None:
    """Trains with the library that ``--lib`` names, on the command line or in its experiment file.

    Raises:
        UserError: See :func:`train`.
    """
    parser = training_parser()
    argv = expand_experiment(parser, argv)
    library = parser.parse_known_args(argv)[0].lib
    finder = OneLineParser(add_help=False)
    add_library_flag(finder)
    train(library, finder.parse_known_args(argv)[1])


def _carry_out(run: Run) -> Outcome:
    """Builds environment and learner, trains and evaluates.

    What Isaac Lab and the library print meanwhile goes to ``console.log`` in the run folder.
    """
    start = time.monotonic()
    with ExitStack() as stack:
        with removed_on_failure(run.folder):
            # these take seconds, in which Ctrl-C may come
            from isaaclab_factory.learning.libraries import trainer_class
            from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
            from isaaclab_factory.learning.runs.log import TrainingLog, clock

            session.record_videos(run.env_cfg, run.args, run.folder)
            console = stack.enter_context(open(run.folder / "console.log", "w", buffering=1, encoding="utf-8"))
            stack.enter_context(session.simulation(run.env_cfg, run.args))
            with session.quiet(console):
                env = session.make_environment(run.args.task, run.env_cfg)
                recorder = EpisodeRecorder(session.guarded(env, run.args, run.folder))
                trainer = build_trainer(trainer_class(run.library), recorder, run)
                curves = _open_curves(run)
        processes = f"{run.group.size} processes of " if run.group else ""
        print(f"{processes}{recorder.num_envs} environments ready after {time.monotonic() - start:.1f} s", flush=True)
        if run.order.checkpoint:
            counts = f"{trainer.iterations_done} iterations and {recorder.env_steps:,} environment steps"
            print(f"Going on after {counts}, with new episodes", flush=True)
        with (
            TrainingLog(run.folder, recorder, run.num_iterations, trainer.iterations_done, curves) as log,
            session.quiet(console),
            session.warnings_shown(),
            PeriodicEvaluation(trainer, log, run.args.eval_interval, run.order.evaluation) as evaluations,
        ):
            outcome = train_and_save(trainer, log, run.args.trust_checkpoint, run.group)
            if outcome.completed:
                evaluations.finish()
            measured = outcome.completed and not INTERRUPTS.requested
            INTERRUPTS.release()
        seconds = time.monotonic() - start
        figures = {"env_steps": recorder.env_steps, "seconds": round(seconds, 1)}
        run.record.finish(outcome.completed, **figures)
        ending = "Trained" if outcome.completed else "Interrupted"
        share = f"{log.env_seconds / log.seconds:.0%} of the training in the environments"
        print(f"{ending}: {recorder.env_steps:,} environment steps in {clock(seconds)} min, {share}")
        if evaluations.best_figures:
            print(f"Best:        {display_path(evaluations.best)} ({evaluations.best_figures})")
        if measured and (run.group is None or run.group.is_first):
            print(f"Measuring the final policy on {recorder.num_envs} new episodes ...", flush=True)
            with session.quiet(console), session.warnings_shown():
                result = _measure(run, recorder, trainer, figures)
            print(f"Success:     {result}")
        INTERRUPTS.hold()  # all is done, and the engine would ignore an exception while it closes
        with session.quiet(console):
            recorder.close()
    return outcome


def _open_curves(run: Run) -> "SummaryWriter":
    """Returns what writes the curves that the command line or the agent asks for."""
    from isaaclab_factory.learning.runs.log import open_curves

    logger = run.args.logger or run.setting("logger") or "tensorboard"
    project = run.args.log_project_name or run.setting("project") or run.setting("experiment_name")
    return open_curves(run.folder, logger, project, run.env_cfg, run.agent_cfg)


def _measure(run: Run, recorder: "EpisodeRecorder", trainer: "LibraryTrainer", figures: dict[str, Any]) -> Any:
    """Measures the final policy and records the result."""
    from isaaclab_factory.learning.evaluation.measure import evaluate

    result = evaluate(recorder.env, trainer.policy())
    (run.folder / "evaluation.txt").write_text(f"{result}\n", encoding="utf-8")
    run.record.finish(True, **figures, success=result.success_rate, episodes=result.episodes)
    return result


def build_trainer(trainer_type: "type[LibraryTrainer]", recorder: "EpisodeRecorder", run: Run) -> "LibraryTrainer":
    """Builds the learner and loads the checkpoint.

    Raises:
        UserError: The library rejects the configuration or the checkpoint.
    """
    with agent_must_work():
        trainer = trainer_type(recorder, run.agent_cfg, run.folder, run.args.device)
    if run.order.checkpoint:
        with checkpoint_must_fit(run.order.checkpoint, run.args.trust_checkpoint):
            trainer.load(run.order.checkpoint)
    trainer.linear_lr = run.args.linear_lr
    if run.args.sigma:
        trainer.set_std(run.args.sigma)
    if run.group:
        with run.group.losses_reported():
            trainer.join(run.group)
    return trainer


def train_and_save(
    trainer: "LibraryTrainer", log: "TrainingLog", trusted: bool = False, group: ProcessGroup | None = None
) -> Outcome:
    """Trains, and saves what was learned unless the training ended in the middle of an iteration.

    Signals are held from then on.

    Args:
        trainer: What trains.
        log: What it reports to.
        trusted: Whether code in the run's own checkpoints may be executed.
        group: The processes that train together; they end after the same iteration.
    """
    if group:  # torchrun passes on signals that the processes have received already
        INTERRUPTS.hold()
        log.stop_requested = lambda: group.any(INTERRUPTS.requested)
    else:
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
    successor = interrupt.successor if isinstance(interrupt, Replaced) else None
    try:  # networks in the middle of an update are no state to go on from
        newest = find_checkpoint(trainer.folder, trainer.library)
    except UserError:
        return Outcome(False, None, log.remaining, successor)
    content = read_checkpoint(newest, trusted)
    done = (content.get("infos") or content)[TRAINING]["iterations"]
    return Outcome(False, newest, log.remaining + log.iteration - done, successor)


def _next_commands(run: Run, checkpoint: Path, remaining: int) -> dict[str, str]:
    """Returns the commands that a user may want next, by what they do."""
    order = run.order
    on = given_words(order.parser, order.given | ({"max_iterations": remaining} if remaining else {}), _BEGINNING)

    def command(script: str, *flags: str) -> str:
        return shlex.join(_command(run, script, checkpoint, [*flags, *order.words]))

    return {
        "Train on": command("train", *on),
        "Measure it": command("evaluate", "--num_envs", str(MEASURED_ENVS)),
        "Play it": command("play"),
    }


def _successor_command(run: Run, successor: Successor) -> list[str]:
    """Returns the words of the command that replaces this training in its population."""
    order = run.order
    given = order.given | {"max_iterations": successor.max_iterations, "seed": successor.seed}
    kept = [word for word in order.words if word.partition("=")[0] not in successor.values]
    new = [f"{key}={value}" for key, value in successor.values.items()]
    words = [*given_words(order.parser, given, _BEGINNING), *kept, *new]
    return _command(run, "train", successor.checkpoint, words)


def _command(run: Run, script: str, checkpoint: Path, more: list[str]) -> list[str]:
    """Returns the words of a command for the task and agent of this training and a checkpoint."""
    args = run.args
    launcher = training_launcher(args) if script == "train" else session.launcher()
    words = [*launcher, session.script(script), "--lib", run.library, "--task", args.task]
    words += [word for module in args.plugin for word in ("--plugin", module)]
    words += ["--agent", args.agent] if args.agent else []
    return [*words, "--checkpoint", display_path(checkpoint), *more]


def _start(command: list[str]) -> None:
    """Replaces this process by a command."""
    print(f"Replaced by: {shlex.join(command)}", flush=True)
    sys.stderr.flush()
    os.execvp(command[0], command)
