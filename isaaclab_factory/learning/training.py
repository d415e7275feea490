# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A training from the command line to the measured success rate."""

import argparse
import shlex
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory import app
from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.configs import load_configs, save_configs
from isaaclab_factory.learning.errors import UserError, agent_must_work
from isaaclab_factory.learning.experiments.experiment import ENTRY_POINT, expand_experiment
from isaaclab_factory.learning.experiments.experiment_record import given_arguments, given_words, write_experiment
from isaaclab_factory.learning.measuring.finite import with_finite_watch
from isaaclab_factory.learning.run_folder.earlier_runs import find_start
from isaaclab_factory.learning.run_folder.interrupts import Interrupts, StopAfterIteration
from isaaclab_factory.learning.run_folder.provenance import RunRecord, started_from
from isaaclab_factory.learning.run_folder.runs import (
    create_run_folder,
    find_checkpoint,
    full_disk_told,
    removed_on_failure,
    validate_checkpoint,
)
from isaaclab_factory.learning.run_folder.trackers import TrackedRun, chosen_logger, open_tracker, tracked_run
from isaaclab_factory.learning.run_folder.trust import read_checkpoint, weights_only
from isaaclab_factory.learning.scaling import distributed
from isaaclab_factory.learning.scaling.population import begin_anew, prepare_population
from isaaclab_factory.learning.videos import VIDEOS, check_video, with_video

if TYPE_CHECKING:
    from isaaclab_factory.learning.episodes import EpisodeRecorder
    from isaaclab_factory.learning.libraries.base import LibraryTrainer
    from isaaclab_factory.learning.measuring.periodic_evaluation import Command
    from isaaclab_factory.learning.run_folder.progress import TrainingLog

_BEGINNING = ("task", "plugin", ENTRY_POINT, "checkpoint", "resume", "load_run", "trust_checkpoint", "sigma")
"""Arguments that a command which trains on names itself, or that are about what this training began with."""


def train(library: str, argv: list[str]) -> None:
    """Trains a task with one library, measures the policy and says what to do next.

    Args:
        library: One of :data:`arguments.LIBRARIES`.
        argv: Arguments after the script's name.

    Raises:
        UserError: The command line, a configuration key or the checkpoint is wrong.
    """
    parser = arguments.training_parser(library)
    argv = expand_experiment(parser, argv, library)
    args, overrides = arguments.split_overrides(parser, argv)
    distributed.take_place(args)
    session.find_task(args)
    given = given_arguments(parser, args)
    agent_key = arguments.check_agent(args.task, library, args.agent)
    checkpoint = find_start(args, library)
    chosen_logger(args)
    evaluation_task = arguments.check_evaluation(args, library)
    session.start_app(args)
    check_video(args)
    group = distributed.join(args)
    if checkpoint:
        validate_checkpoint(checkpoint, library, args.trust_checkpoint)
    env_cfg, agent_cfg = load_configs(args.task, agent_key, overrides)

    from isaaclab_factory.learning.libraries import trainer_class
    from isaaclab_factory.learning.measuring.periodic_evaluation import evaluation_command

    evaluation = evaluation_command(library, args, evaluation_task, overrides) if args.eval_interval else None
    trainer_type = trainer_class(library)
    with agent_must_work():
        trainer_type.configure(agent_cfg, args.device, args.seed, args.max_iterations)
        if group:  # each process has starts and noise of its own
            trainer_type.configure(agent_cfg, args.device, group.agree(trainer_type.seed(agent_cfg)) + group.rank, None)
        trainer_type.set_names(agent_cfg, args.experiment_name, args.run_name)
        trainer_type.check(agent_cfg)
    log_root = prepare_population(agent_cfg, args)
    session.configure_environment(env_cfg, args, trainer_type.seed(agent_cfg))
    session.describe_io(env_cfg, args)
    tracked = tracked_run(args, *trainer_type.tracking(agent_cfg), env_cfg, agent_cfg)
    experiment, run_name = trainer_type.experiment_name(agent_cfg), trainer_type.run_name(agent_cfg)
    folder = create_run_folder(log_root, library, experiment, run_name)
    with full_disk_told(folder), removed_on_failure(folder):
        save_configs(folder, env_cfg, agent_cfg)
        record = RunRecord(
            folder,
            library,
            argv,
            task=args.task,
            agent=agent_key,
            seed=trainer_type.seed(agent_cfg),
            num_envs=env_cfg.scene.num_envs,
            simulator=app.prepare_runtime(args.sim),
            device=args.device,
            processes=group.size if group else 1,
            started_from=started_from(checkpoint),
        )
        write_experiment(
            folder,
            parser,
            args,
            overrides,
            lib=library,
            task=args.task,
            entry_point=agent_key,
            seed=trainer_type.seed(agent_cfg),
            num_envs=env_cfg.scene.num_envs,
            max_iterations=trainer_type.num_iterations(agent_cfg),
            checkpoint=checkpoint and str(checkpoint),
            resume=None,
            load_run=None,
            sim=app.prepare_runtime(args.sim),
            device=args.device,
        )
    print(f"Training {args.task} with {library} in {session.display_path(folder)}", flush=True)
    with record.failures(), full_disk_told(folder), Interrupts() as interrupts:
        saved, remaining = _run(
            library, trainer_type, args, env_cfg, agent_cfg, folder, checkpoint, record, evaluation, tracked, interrupts
        )
    print(f"Run folder:  {session.display_path(folder)}")
    print(f"Checkpoint:  {session.display_path(saved) if saved else 'none, as it ended before the first was saved'}")
    print(f"Curves:      .venv/bin/tensorboard --logdir {shlex.quote(session.display_path(folder))}")
    if args.video:
        print(f"Videos:      {session.display_path(folder / VIDEOS)}")
    if saved is None:
        begin_anew(argv)
        return
    on = given_words(parser, given | ({"max_iterations": remaining} if remaining else {}), leave_out=_BEGINNING)
    print(f"Train on:    {shlex.join([*_train_words(library, args, saved), *on, *overrides])}")
    print(f"Measure it:  {_evaluate_command(library, args, saved)}")
    print(f"Play it:     {_play_command(library, args, saved)}", flush=True)
    begin_anew(argv)


def _run(
    library: str,
    trainer_type: "type[LibraryTrainer]",
    args: argparse.Namespace,
    env_cfg: Any,
    agent_cfg: Any,
    folder: Path,
    checkpoint: Path | None,
    record: RunRecord,
    evaluation: "Command | None",
    tracked: TrackedRun | None,
    interrupts: Interrupts,
) -> tuple[Path | None, int]:
    """Builds environment and learner, trains, evaluates; returns the last checkpoint and the iterations left to do.

    What Isaac Lab and the library print meanwhile goes to ``console.log`` in the run folder.
    """
    from isaaclab_factory.learning.episodes import EpisodeRecorder
    from isaaclab_factory.learning.measuring.evaluation import evaluate
    from isaaclab_factory.learning.measuring.periodic_evaluation import PeriodicEvaluation
    from isaaclab_factory.learning.run_folder.progress import TrainingLog, clock

    start = time.monotonic()
    env_cfg.log_dir = str(folder)  # where Isaac Lab writes
    with open(folder / "console.log", "w", buffering=1, encoding="utf-8") as console:
        with removed_on_failure(folder), redirect_stdout(console):
            env = with_finite_watch(session.make_environment(args.task, env_cfg), args, folder)
            filmed = with_video(env, args, folder / VIDEOS)
            recorder = EpisodeRecorder(filmed)
            trainer = build_trainer(
                trainer_type, recorder, agent_cfg, folder, args.device, checkpoint, trusted=args.trust_checkpoint
            )
            if args.sigma:
                trainer.set_std(args.sigma)
            group = distributed.current_group()
            if group:
                trainer.join(group)
            tracker = open_tracker(tracked, folder)
        processes = f"{group.size} processes of " if group else ""
        print(f"{processes}{recorder.num_envs} environments ready after {time.monotonic() - start:.1f} s", flush=True)
        if checkpoint:
            print(_where_it_goes_on(trainer), flush=True)
        with (
            TrainingLog(
                folder, recorder, trainer_type.num_iterations(agent_cfg), trainer.iterations_done, tracker=tracker
            ) as log,
            redirect_stdout(console),
            session.warnings_shown(),
            PeriodicEvaluation(trainer, log, args.eval_interval, evaluation) as evaluations,
        ):
            completed, saved, remaining = train_and_save(trainer, log, interrupts, library, args.trust_checkpoint)
            interrupts.release()
            seconds = time.monotonic() - start
            if completed:
                evaluations.finish()
        figures = {"env_steps": recorder.env_steps, "seconds": round(seconds, 1)}
        record.finish(completed, **figures)
        ending = "Trained" if completed else "Interrupted"
        print(f"{ending}: {recorder.env_steps:,} environment steps in {clock(seconds)} min")
        if evaluations.best_figures:
            print(f"Best:        {session.display_path(evaluations.best)} ({evaluations.best_figures})")
        if completed and (group is None or group.leads):
            print(f"Measuring the final policy on {recorder.num_envs} new episodes …", flush=True)
            with redirect_stdout(console), session.warnings_shown():
                result = evaluate(env, trainer.policy())
            (folder / "evaluation.txt").write_text(f"{result}\n", encoding="utf-8")
            success = None if result.successes is None else result.successes / result.episodes
            record.finish(completed, **figures, success=success, episodes=result.episodes)
            print(f"Success:     {result}")
        with session.warnings_shown():
            filmed.close()
    return saved, remaining


def build_trainer(
    trainer_type: "type[LibraryTrainer]",
    recorder: "EpisodeRecorder",
    agent_cfg: Any,
    folder: Path,
    device: str,
    checkpoint: Path | None,
    acting: bool = False,
    trusted: bool = False,
) -> "LibraryTrainer":
    """Builds the learner and loads the checkpoint.

    Args:
        trainer_type: The library's adapter.
        recorder: The environment.
        agent_cfg: The agent's configuration.
        folder: Where the library writes.
        device: Device of the learning.
        checkpoint: What to load, None for nothing.
        acting: Whether only the policy is to be loaded, to act and not to learn.
        trusted: Whether code in the checkpoint may be executed.

    Raises:
        UserError: The library complains of the configuration or the checkpoint.
    """
    with agent_must_work():
        trainer = trainer_type(recorder, agent_cfg, folder, device)
    if checkpoint:
        try:
            with weights_only(trusted):
                trainer.load_policy(checkpoint) if acting else trainer.load(checkpoint)
        except (RuntimeError, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
            raise UserError(
                f"checkpoint {checkpoint} does not fit this task and agent: {_first_lines(error)}"
            ) from error
    return trainer


def _first_lines(error: Exception) -> str:
    """Returns the beginning of a message: PyTorch lists every tensor that does not fit."""
    return " ".join(str(error).splitlines()[:2])


def _where_it_goes_on(trainer: "LibraryTrainer") -> str:
    """Returns a line that tells where a training goes on from its checkpoint."""
    counts = f"{trainer.iterations_done} iterations and {trainer.recorder.env_steps:,} environment steps"
    begins = f"; new episodes begin, as {trainer.new_episodes}" if trainer.new_episodes else ", in the same episodes"
    return f"Going on after {counts}{begins}"


def train_and_save(
    trainer: "LibraryTrainer", log: "TrainingLog", interrupts: Interrupts, library: str, trusted: bool = False
) -> tuple[bool, Path | None, int]:
    """Trains, and saves what was learned unless that ended in the middle of an iteration.

    Signals are held from then on.

    Args:
        trainer: What trains.
        log: What it reports to.
        interrupts: What may ask for the end.
        library: The RL library.
        trusted: Whether code in the run's own checkpoints may be executed.

    Returns:
        Whether it ran to its end, the newest checkpoint, None if there is none, and the iterations left to do from it.
    """
    group = distributed.current_group()
    if group:  # ends after the same iteration in all processes; torchrun sends them what they have had already
        interrupts.hold()
        log.stop_asked = lambda: group.any(interrupts.requested)
    else:
        interrupts.wait_for_iteration()
        log.stop_asked = lambda: interrupts.requested
    interrupt: KeyboardInterrupt | None = None
    try:
        trainer.train(log)
    except KeyboardInterrupt as error:
        interrupt = error
    finally:
        interrupts.hold()
    if interrupt is None or isinstance(interrupt, StopAfterIteration):
        return interrupt is None, trainer.save(), log.remaining
    try:  # what is half learned is no state to go on from
        newest = find_checkpoint(trainer.folder, library)
    except UserError:
        return False, None, log.remaining
    from isaaclab_factory.learning.libraries.base import TRAINING

    content = read_checkpoint(newest, trusted)
    done = (content.get("infos") or content)[TRAINING]["iterations"]
    return False, newest, log.remaining + log.iteration - done


def _train_words(library: str, args: argparse.Namespace, checkpoint: Path) -> list[str]:
    """Returns the words with which the command begins that trains on from a checkpoint, in as many processes."""
    return [*distributed.launcher(), *_command("train", library, args.task, args, checkpoint)[1:]]


def _evaluate_command(library: str, args: argparse.Namespace, checkpoint: Path) -> str:
    """Returns the command that measures a checkpoint, on the task's variant for it."""
    words = _command("evaluate", library, arguments.play_task(args.task), args, checkpoint)
    return shlex.join([*words, "--num_envs", str(arguments.MEASURED_ENVS)])


def _play_command(library: str, args: argparse.Namespace, checkpoint: Path) -> str:
    """Returns the command that plays a checkpoint, in the task's variant for it."""
    return shlex.join(_command("play", library, arguments.play_task(args.task), args, checkpoint))


def _command(script: str, library: str, task: str, args: argparse.Namespace, checkpoint: Path) -> list[str]:
    words = [".venv/bin/python", f"scripts/{script}.py", "--lib", library, "--task", task]
    for module in args.plugin:
        words += ["--plugin", module]
    if args.agent:
        words += ["--agent", args.agent]
    return [*words, "--checkpoint", session.display_path(checkpoint)]
