# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Many trainings that differ in some values, on one machine or on the machines of a Ray cluster."""

import argparse
import csv
import importlib.util
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.experiments.experiment import expand_experiment
from isaaclab_factory.learning.run_folder.runs import create_run_folder
from isaaclab_factory.learning.scaling.sweep_space import override_text, search_space

if TYPE_CHECKING:
    from ray import tune

TABLE = "sweep.csv"
SHOWN = 5
"""Trials that are shown on the terminal, the best first."""

RAY_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # it would tell its makers of every use
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",  # every run has its own curves
    "RAY_enable_metrics_collection": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # it complains that it cannot tell the metrics
    "RAY_AIR_NEW_OUTPUT": "0",  # boxes of many lines
    "RAY_worker_niceness": "0",  # otherwise trials wait for all else that runs on the machine
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # without GPUs of their own, trials leave the settings alone
    "RAY_TRAIN_ENABLE_V2_MIGRATION_WARNINGS": "0",
}


def sweep_parser() -> arguments.OneLineParser:
    """Returns the parser of what is the sweep's own; the rest of its command line is that of a training."""
    parser = arguments.OneLineParser(
        description="Train many times, with other values each time, and tell which were best.",
        usage="%(prog)s [sweep flags] [flags of train.py] KEY=VALUES [KEY=VALUES ...]",
        epilog="All flags of train.py are taken too. Values vary in Hydra's syntax: lists (agent.gamma=0.98,0.99) are"
        " tried value by value, intervals (agent.gamma=interval(0.97,0.995), or tag(log,interval(1e-4,1e-2))) are"
        " drawn from. See docs/distributed.md.",
    )
    parser.add_argument(
        "--samples",
        type=arguments.positive_int,
        default=1,
        metavar="N",
        help="draws from the intervals, each with every combination of the lists (default: %(default)s)",
    )
    parser.add_argument(
        "--metric", choices=("success", "reward"), default="success", help="what to have much of (default: %(default)s)"
    )
    parser.add_argument(
        "--early_stop",
        type=arguments.positive_int,
        metavar="N",
        help="from the Nth iteration on, stop trials that are behind the others (asynchronous successive halving)",
    )
    parser.add_argument(
        "--cpus", type=arguments.positive_int, default=1, metavar="N", help="cores per trial (default: %(default)s)"
    )
    parser.add_argument("--gpus", type=float, default=0.0, metavar="N", help="GPUs per trial, 0.5 for half of one")
    parser.add_argument(
        "--address",
        metavar="ADDRESS",
        help="Ray cluster to use, auto for the one this machine belongs to (default: this machine alone)",
    )
    return parser


def sweep(argv: list[str]) -> None:
    """Runs a sweep and prints its best trials.

    Args:
        argv: Arguments after the script's name.

    Raises:
        UserError: The command line is wrong, Ray is not installed or not there, or every trial failed.
    """
    options, rest = sweep_parser().parse_known_args(argv)
    if importlib.util.find_spec("ray") is None:
        raise UserError("sweeps need Ray: .venv/bin/pip install -e '.[ray]'")
    training = arguments.training_parser()
    rest = expand_experiment(training, rest)
    args, overrides = arguments.split_overrides(training, rest)
    session.find_task(args)
    arguments.check_agent(args.task, args.lib, args.agent)
    if args.distributed:
        raise UserError("--distributed: the trials of a sweep train in one process each")
    space, fixed = search_space(overrides)
    if not space:
        raise UserError("nothing varies; a sweep takes for instance agent.algorithm.gamma=0.98,0.99")
    swept = {text for text in overrides if text not in fixed}
    command = [word for word in rest if word not in swept]
    folder = create_run_folder(args.log_root, "sweeps", args.lib)
    results = _run(options, space, command, folder)
    rows = _rows(results, space, options.metric)
    _write_table(folder, rows)
    _print_best(folder, rows, options.metric, list(space))


def _run(options: argparse.Namespace, space: dict[str, Any], command: list[str], folder: Path) -> "tune.ResultGrid":
    """Lets Ray run the trials."""
    os.environ.update(RAY_SETTINGS)
    import ray
    from ray import tune
    from ray.tune.schedulers import ASHAScheduler

    from isaaclab_factory.learning.scaling.sweep_progress import Progress
    from isaaclab_factory.learning.scaling.sweep_trial import Trial

    try:
        alone = {} if options.address else {"include_dashboard": False}
        ray.init(address=options.address or "local", log_to_driver=False, logging_level="ERROR", **alone)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise UserError(f"--address {options.address}: there is no Ray cluster: {error}") from error
    scheduler = None
    if options.early_stop:
        scheduler = ASHAScheduler(time_attr="iteration", grace_period=options.early_stop, max_t=10**9)
    trial = tune.with_parameters(Trial, command=command, root=str(folder), place=os.getcwd(), cpus=options.cpus)
    tuner = tune.Tuner(
        tune.with_resources(trial, {"cpu": options.cpus, "gpu": options.gpus}),
        param_space=space,
        tune_config=tune.TuneConfig(
            metric=options.metric,
            mode="max",
            num_samples=options.samples,
            scheduler=scheduler,
            trial_dirname_creator=lambda trial: f"trial_{trial.trial_id}",
        ),
        run_config=tune.RunConfig(
            name=folder.name,
            storage_path=str(folder.parent),
            verbose=0,
            callbacks=[Progress(options.metric)],
            checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False),  # the trainings save their own
        ),
    )
    try:
        return tuner.fit()
    finally:
        ray.shutdown()


def _rows(results: "tune.ResultGrid", space: dict[str, Any], metric: str) -> list[dict[str, Any]]:
    """Returns what came of the trials, the best first and the failed last.

    Raises:
        UserError: All failed.
    """
    rows = []
    for result in results:
        figures = result.metrics or {}
        row = {key: figures.get(key) for key in ("success", "reward", "iteration", "env_steps", "run")}
        row |= {key: override_text(key, (result.config or {}).get(key)).partition("=")[2] for key in space}
        error = result.error or ("" if figures.get("run") else "it was interrupted before its first iteration")
        row["error"] = str(error).strip().rpartition("\n")[2]
        rows.append(row)
    if all(row["error"] for row in rows):
        raise UserError(f"every trial failed; the first said: {rows[0]['error']}")
    return sorted(rows, key=lambda row: (not row["error"], row[metric] or 0.0), reverse=True)


def _write_table(folder: Path, rows: list[dict[str, Any]]) -> None:
    with (folder / TABLE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _print_best(folder: Path, rows: list[dict[str, Any]], metric: str, keys: list[str]) -> None:
    failed = sum(bool(row["error"]) for row in rows)
    print(f"{len(rows)} trials, {failed} without a result; by {metric}:")
    for row in [row for row in rows if not row["error"]][:SHOWN]:
        values = "  ".join(f"{key}={row[key]}" for key in keys)
        print(f"  success {100 * row['success']:5.1f} %  reward {row['reward']:8.2f}  {values}")
    print(f"Table:       {session.display_path(folder / TABLE)}")
    print(f"Best run:    {session.display_path(Path(rows[0]['run']))}")
    repeated = ["--config", session.display_path(Path(rows[0]["run"]) / "experiment.yaml")]
    print(f"Repeat it:   {shlex.join(['.venv/bin/python', 'scripts/train.py', *repeated])}")
