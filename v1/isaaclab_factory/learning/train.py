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
from isaaclab_factory.learning.cli.flags import MEASURED_ENVS
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.tasks import check_agent
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.agents import num_iterations, settle_agent
from isaaclab_factory.learning.config.keys import get_setting
from isaaclab_factory.learning.config.load import load_configs, save_configs
from isaaclab_factory.learning.errors import UserError, agent_must_work
from isaaclab_factory.learning.interrupts import INTERRUPTS, StopAfterIteration
from isaaclab_factory.learning.runs.checkpoints import find_checkpoint, validate_checkpoint
from isaaclab_factory.learning.runs.files import display_path, full_disk_reported
from isaaclab_factory.learning.runs.folder import create_run_folder, removed_on_failure
from isaaclab_factory.learning.runs.record import RunRecord, started_from
from isaaclab_factory.learning.runs.trust import weights_only

if TYPE_CHECKING:
    from isaaclab_factory.learning.libraries.base import LibraryTrainer
    from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
    from isaaclab_factory.learning.runs.log import TrainingLog


@dataclass
class Run:
    """A training that was settled: what learns what, from where, and where it writes."""

    library: str
    args: argparse.Namespace
    words: list[str]
    """Presets and overrides."""
    agent_key: str
    env_cfg: Any
    agent_cfg: Any
    checkpoint: Path | None
    """What the training goes on from."""
    folder: Path
    record: RunRecord

    @property
    def num_iterations(self) -> int:
        """Policy updates to do."""
        return num_iterations(self.agent_cfg, self.library)


def train(library: str, argv: list[str]) -> None:
    """Trains a task with one library, measures the policy and prints the next commands.

    Args:
        library: One of :data:`~isaaclab_factory.learning.cli.tasks.LIBRARIES`.
        argv: Arguments after the script's name.

    Raises:
        UserError: The command line, a configuration key or the checkpoint is wrong.
    """
    args, words = split_overrides(training_parser(library), argv)
    session.find_task(args)
    agent_key = check_agent(args.task, library, args.agent)
    checkpoint = find_checkpoint(args.checkpoint, library) if args.checkpoint else None
    words = session.choose_engine(args, words)
    if checkpoint:
        validate_checkpoint(checkpoint, library, args.trust_checkpoint)
    run = _settle(library, argv, args, words, agent_key, checkpoint)
    print(f"Training {args.task} with {library} on {args.device} in {display_path(run.folder)}", flush=True)
    with run.record.failures(), full_disk_reported(run.folder), INTERRUPTS:
        saved = _carry_out(run)
    print(f"Run folder:  {display_path(run.folder)}")
    print(f"Checkpoint:  {display_path(saved) if saved else 'none, as the training ended before the first'}")
    print(f"Curves:      tensorboard --logdir {shlex.quote(display_path(run.folder))}")
    if saved:
        for name, command in _next_commands(run, saved).items():
            print(f"{name + ':':<12} {command}", flush=True)


def _settle(
    library: str, argv: list[str], args: argparse.Namespace, words: list[str], agent_key: str, checkpoint: Path | None
) -> Run:
    """Loads the configurations, creates the run folder and writes into it what is known of the run."""
    env_cfg, agent_cfg = load_configs(args.task, agent_key, words)
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
    run_name = get_setting(agent_cfg, library, "run_name") or ""
    folder = create_run_folder(args.log_root, library, experiment, run_name)
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
    return Run(library, args, words, agent_key, env_cfg, agent_cfg, checkpoint, folder, record)


def _carry_out(run: Run) -> Path | None:
    """Builds environment and learner, trains and evaluates; returns the last checkpoint.

    What Isaac Lab and the library print meanwhile goes to ``console.log`` in the run folder.
    """
    from isaaclab_factory.learning.evaluation.measure import evaluate
    from isaaclab_factory.learning.libraries import trainer_class
    from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
    from isaaclab_factory.learning.runs.log import TrainingLog, clock

    start = time.monotonic()
    run.env_cfg.log_dir = str(run.folder)  # where Isaac Lab writes
    with (
        open(run.folder / "console.log", "w", buffering=1, encoding="utf-8") as console,
        session.simulation(run.env_cfg, run.args),
    ):
        with removed_on_failure(run.folder), session.quiet(console):
            recorder = EpisodeRecorder(session.make_environment(run.args.task, run.env_cfg))
            trainer = build_trainer(trainer_class(run.library), recorder, run)
        print(f"{recorder.num_envs} environments ready after {time.monotonic() - start:.1f} s", flush=True)
        if run.checkpoint:
            print(_where_it_goes_on(trainer), flush=True)
        with (
            TrainingLog(run.folder, recorder, run.num_iterations, trainer.iterations_done) as log,
            session.quiet(console),
            session.warnings_shown(),
        ):
            completed, saved = train_and_save(trainer, log)
            INTERRUPTS.release()
        seconds = time.monotonic() - start
        figures = {"env_steps": recorder.env_steps, "seconds": round(seconds, 1)}
        run.record.finish(completed, **figures)
        ending = "Trained" if completed else "Interrupted"
        print(f"{ending}: {recorder.env_steps:,} environment steps in {clock(seconds)} min")
        if completed:
            print(f"Measuring the final policy on {recorder.num_envs} new episodes ...", flush=True)
            with session.quiet(console), session.warnings_shown():
                result = evaluate(recorder.env, trainer.policy())
            (run.folder / "evaluation.txt").write_text(f"{result}\n", encoding="utf-8")
            run.record.finish(completed, **figures, success=result.success_rate, episodes=result.episodes)
            print(f"Success:     {result}")
        with session.quiet(console):
            recorder.close()
    return saved


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


def _where_it_goes_on(trainer: "LibraryTrainer") -> str:
    """Returns a line about where a training goes on from its checkpoint."""
    return f"Going on after {trainer.iterations_done} iterations and {trainer.recorder.env_steps:,} environment steps"


def train_and_save(trainer: "LibraryTrainer", log: "TrainingLog") -> tuple[bool, Path | None]:
    """Trains, and saves what was learned unless the training ended in the middle of an iteration.

    Signals are held from then on.

    Args:
        trainer: What trains.
        log: What it reports to.

    Returns:
        Whether it ran to its end, and the newest checkpoint, None if there is none.
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
        return interrupt is None, trainer.save()
    try:  # what is half learned is no state to go on from
        return False, find_checkpoint(trainer.folder, trainer.library)
    except UserError:
        return False, None


def _next_commands(run: Run, checkpoint: Path) -> dict[str, str]:
    """Returns the commands that a user may want next, by what they do."""
    path = display_path(checkpoint)

    def command(script: str, *more: str) -> str:
        words = [*session.launcher(), session.script(script), "--lib", run.library, "--task", run.args.task]
        words += [word for module in run.args.plugin for word in ("--plugin", module)]
        words += ["--agent", run.args.agent] if run.args.agent else []
        return shlex.join([*words, "--checkpoint", path, *more, *run.words])

    return {
        "Train on": command("train"),
        "Measure it": command("evaluate", "--num_envs", str(MEASURED_ENVS)),
        "Play it": command("play"),
    }
