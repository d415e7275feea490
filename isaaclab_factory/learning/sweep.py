# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Many trainings that differ in some values: Optuna chooses the values and stops trials that are behind."""

import argparse
import csv
import importlib.util
import itertools
import shlex
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_count
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides
from isaaclab_factory.learning.cli.tasks import check_agent
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.experiment import expand_experiment
from isaaclab_factory.learning.config.overrides import is_selector
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.interrupts import INTERRUPTS
from isaaclab_factory.learning.runs.files import atomic_write, create_run_folder, display_path
from isaaclab_factory.learning.scaling.sweep_trial import TrainingProcess

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

TABLE, STORAGE, PLAN = "sweep.csv", "optuna.log", "plan"

FIGURES = ("success", "reward", "iteration", "env_steps")

SHOWN = 5
"""Trials that are printed at the end, the best first."""

POLL_S = 0.5
"""How often a training is looked at, in s."""


@dataclass(frozen=True)
class Plan:
    """What all trials of a sweep have in common, wherever they run."""

    command: list[str]
    """Arguments of the training, without what varies."""
    varied: list[str]
    """The overrides that vary."""
    metric: str
    """What is best when it is highest: ``success`` or ``reward``."""
    early_stop: int | None
    """Iteration from which trials that are behind are stopped, None for never."""


def sweep_parser() -> OneLineParser:
    """Returns the parser of the sweep's own flags; the rest of its command line is that of a training."""
    parser = OneLineParser(
        description="Train many times, with other values each time, and list which were best.",
        usage="%(prog)s [sweep flags] [flags of train.py] KEY=VALUES [KEY=VALUES ...]",
        epilog="Values vary in Hydra's syntax: lists (agent.seed=1,2) are tried value by value, intervals"
        " (agent.algorithm.gamma=interval(0.97,0.995), or tag(log,interval(1e-4,1e-2))) are drawn from.",
    )
    add_count(parser, "--trials", help="number of trainings (default: every combination of the lists)")
    add_count(parser, "--jobs", default=1, help="trainings at a time")
    parser.add_argument(
        "--metric", choices=("success", "reward"), default="success", help="what to maximise (default: %(default)s)"
    )
    add_count(
        parser,
        "--early_stop",
        help="from the Nth iteration on, stop trials that are behind the others (asynchronous successive halving)",
    )
    parser.add_argument(
        "--join", type=Path, metavar="FOLDER", help="run trials of the sweep in this folder that nobody has begun yet"
    )
    return parser


def sweep(argv: list[str]) -> None:
    """Runs a sweep and prints its best trials.

    Raises:
        UserError: The command line is wrong, Optuna is not installed, or every trial failed.
    """
    options, rest = sweep_parser().parse_known_args(argv)
    if importlib.util.find_spec("optuna") is None:
        raise UserError("sweeps need Optuna: pip install -e '.[sweep]'")
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    if options.join:
        if rest:
            raise UserError(f"--join takes its trainings from the folder; leave out {rest[0]!r}")
        folder, plan = options.join.resolve(), None
    else:
        folder, plan = _begin(options, rest)
    study, plan = _open_study(folder, plan, options.trials)
    print(f"Sweeping in {display_path(folder)}", flush=True)
    try:
        _run_all(study, plan, folder, options.jobs)
    finally:
        _write_table(folder, study, plan)
    _print_best(folder, study, plan)


def _begin(options: argparse.Namespace, rest: list[str]) -> tuple[Path, Plan]:
    """Checks the command line of a training whose values vary, and creates the folder of the sweep."""
    training = training_parser()
    rest = expand_experiment(training, rest)
    args, words = split_overrides(training, rest)
    session.find_task(args)
    check_agent(args.task, args.lib, args.agent)
    if args.distributed:
        raise UserError("--distributed: the trials of a sweep train in one process each")
    space, fixed = search_space(words)
    if not space:
        raise UserError("nothing varies; a sweep takes for instance agent.seed=1,2,3")
    if options.trials is None and combinations(space) is None:
        raise UserError("--trials says how many values are drawn from the intervals")
    varied = [text for text in words if text not in fixed]
    command = [word for word in rest if word not in varied]
    folder = create_run_folder(args.log_root, "sweeps", args.lib)
    return folder, Plan(command, varied, options.metric, options.early_stop)


def search_space(overrides: list[str]) -> tuple[dict[str, "BaseDistribution"], list[str]]:
    """Splits overrides into those that vary and those that do not.

    Lists (``agent.seed=1,2``, ``choice(1,2)``, ``range(1,5)``) are tried value by value. Intervals are drawn from:
    ``interval(0.9,0.99)`` evenly, ``tag(log,interval(1e-5,1e-3))`` evenly in the logarithm, ``int(interval(2,8))``
    whole numbers, both ends included.

    Returns:
        Optuna's distributions by the keys of overrides, and what is the same in all trials. The values of a list are
        the texts of overrides.

    Raises:
        UserError: An override is not Hydra's syntax, or varies in a way that is not for numbers and names.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    parser = OverridesParser.create()
    space, fixed = {}, []
    for text in overrides:
        try:
            override = None if is_selector(text) else parser.parse_override(text)
        except HydraException as error:
            raise UserError(f"cannot read {text!r}: {str(error).splitlines()[0]}") from error
        if override is not None and override.is_sweep_override():
            space[override.get_key_element()] = _distribution(text, override.value())
        else:
            fixed.append(text)
    return space, fixed


def combinations(space: dict[str, "BaseDistribution"]) -> list[dict[str, Any]] | None:
    """Returns every combination of the lists, None if the space has intervals."""
    from optuna.distributions import CategoricalDistribution

    lists = [distribution for distribution in space.values() if isinstance(distribution, CategoricalDistribution)]
    if len(lists) < len(space):
        return None
    return [dict(zip(space, values, strict=True)) for values in itertools.product(*(part.choices for part in lists))]


def _distribution(text: str, sweep: Any) -> "BaseDistribution":
    """Returns what Optuna draws from for one of Hydra's sweeps."""
    from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, RangeSweep
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(sweep, ChoiceSweep):
        return CategoricalDistribution([override_value(value) for value in sweep.list])
    if isinstance(sweep, RangeSweep):
        return CategoricalDistribution([override_value(value) for value in sweep.range()])
    if not isinstance(sweep, IntervalSweep):
        raise UserError(f"cannot sweep over {text!r}; there are lists, choice(...), range(...) and interval(...)")
    start, end, log = sweep.start, sweep.end, "log" in sweep.tags
    if not start < end or (log and start <= 0):
        raise UserError(f"the interval of {text!r} must go up{', from above zero' if log else ''}")
    kind = IntDistribution if isinstance(start, int) and isinstance(end, int) else FloatDistribution
    return kind(start, end, log=log)


def override_value(value: Any) -> str:
    """Returns the text of an override's value.

    Args:
        value: A number, a text, a truth value, None, or a list of such.
    """
    if isinstance(value, list):
        return f"[{','.join(override_value(entry) for entry in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(getattr(value, "text", value))


def _open_study(folder: Path, plan: Plan | None, trials: int | None) -> tuple["Study", Plan]:
    """Opens the study in a sweep's folder; for a new plan it is created, with all its trials waiting."""
    import optuna
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    path = folder / STORAGE
    if plan is None and not path.exists():
        raise UserError(f"--join {display_path(folder)}: there is no sweep in this folder")
    storage = JournalStorage(JournalFileBackend(str(path)))
    if plan is not None:
        study = optuna.create_study(storage=storage, study_name="sweep", direction="maximize")
        study.set_user_attr(PLAN, asdict(plan))
        listed = combinations(search_space(plan.varied)[0]) if trials is None else None
        for values in listed or [{}] * (trials or 0):
            study.enqueue_trial(values)
    plan = Plan(**optuna.load_study(study_name="sweep", storage=storage).user_attrs[PLAN])
    early = plan.early_stop
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=early) if early else optuna.pruners.NopPruner()
    sampler = optuna.samplers.TPESampler(multivariate=True, constant_liar=True)
    return optuna.load_study(study_name="sweep", storage=storage, sampler=sampler, pruner=pruner), plan


def _run_all(study: "Study", plan: Plan, folder: Path, jobs: int) -> None:
    """Runs all trials that wait, several at a time; after Ctrl-C the trainings save their checkpoints."""
    space, asking, stop = search_space(plan.varied)[0], threading.Lock(), threading.Event()

    def work(index: int) -> None:
        while not stop.is_set():
            with asking:
                if not _in_state(study, "WAITING"):
                    return
                trial = study.ask(space)
            words = [f"{key}={override_value(value)}" for key, value in trial.params.items()]
            command = [*session.launcher(), session.script("train"), *plan.command, *words]
            process = TrainingProcess(command, folder / f"trial_{trial.number:03d}", index, jobs)
            follow(study, trial, process, plan.metric, stop)
            with asking:
                _write_table(folder, study, plan)

    with ThreadPoolExecutor(jobs) as pool:
        workers = [pool.submit(work, index) for index in range(jobs)]
        try:
            for worker in workers:
                worker.result()
        except BaseException:
            INTERRUPTS.hold()
            stop.set()
            raise


def follow(study: "Study", trial: "Trial", process: TrainingProcess, metric: str, stop: threading.Event) -> None:
    """Reports a training to Optuna until it ends, and ends it where Optuna or the user wants so."""
    from optuna.trial import TrialState

    iteration, state, error = 0, TrialState.COMPLETE, ""
    while (code := process.wait(POLL_S)) is None:
        figures = process.figures()
        if figures["iteration"] > iteration:
            iteration = figures["iteration"]
            trial.report(figures[metric], iteration)
        if stop.is_set() or trial.should_prune():
            process.stop()
            state, error = (TrialState.FAIL, "interrupted") if stop.is_set() else (TrialState.PRUNED, "")
            break
    if error:
        study.enqueue_trial(trial.params)  # for whoever joins the sweep later
    if code:
        state, error = TrialState.FAIL, process.last_line()
    figures = process.figures()
    for name, value in (figures | {"error": error}).items():
        trial.set_user_attr(name, value)
    study.tell(trial, figures[metric] if state is TrialState.COMPLETE else None, state)
    values = " ".join(f"{key}={override_value(value)}" for key, value in trial.params.items())
    ending = f"failed: {error}" if error else f"{metric} {figures[metric]:.3f} after {figures['iteration']} iterations"
    print(f"trial {trial.number}: {values}: {ending}", flush=True)


def _in_state(study: "Study", *names: str) -> "list[FrozenTrial]":
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=tuple(TrialState[name] for name in names))


def _rows(study: "Study", plan: Plan) -> list[dict[str, Any]]:
    """Returns the trials that have ended: the best first, the failed last."""
    rows = []
    for trial in _in_state(study, "COMPLETE", "PRUNED", "FAIL"):
        values = {key: override_value(value) for key, value in trial.params.items()}
        figures = {key: trial.user_attrs.get(key) for key in (*FIGURES, "run", "error")}
        rows.append({"trial": trial.number, "state": trial.state.name.lower()} | values | figures)
    return sorted(rows, key=lambda row: (not row["error"], row[plan.metric] or 0.0), reverse=True)


def _write_table(folder: Path, study: "Study", plan: Plan) -> None:
    rows = _rows(study, plan)
    if not rows:
        return
    with atomic_write(folder / TABLE) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _print_best(folder: Path, study: "Study", plan: Plan) -> None:
    """Prints the best trials and how to repeat the first of them; raises UserError if all failed."""
    rows = _rows(study, plan)
    good = [row for row in rows if not row["error"]]
    if not good:
        raise UserError(f"every trial failed; the first said: {rows[0]['error']}" if rows else "no trial was left")
    print(f"{len(rows)} trials, {len(rows) - len(good)} failed; by {plan.metric}:")
    keys = list(search_space(plan.varied)[0])
    for row in good[:SHOWN]:
        values = "  ".join(f"{key}={row[key]}" for key in keys)
        print(f"  success {100 * row['success']:5.1f} %  reward {row['reward']:8.2f}  {values}")
    best = Path(good[0]["run"])
    repeated = [*session.launcher(), session.script("train"), "--config", display_path(best / "experiment.yaml")]
    print(f"Table:       {display_path(folder / TABLE)}")
    print(f"Best run:    {display_path(best)}")
    print(f"Repeat it:   {shlex.join(repeated)}")
