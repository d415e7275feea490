# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Keeps how a trained policy was made and measured: shipped with the package, with its networks, or in a table.

The table is that of the documentation, from one JSON file per policy.
"""

import itertools
import json
import math
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.config.overrides import selected
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.policies import pretrained
from isaaclab_factory.learning.runs.checkpoints import LAYOUTS, TRAINING, validate_policy
from isaaclab_factory.learning.runs.files import (
    atomic_binary,
    display_path,
    read_rows,
    run_folder_of,
    write_json,
    write_text,
)
from isaaclab_factory.learning.runs.record import read_record
from isaaclab_factory.learning.runs.trust import read_checkpoint

MAX_BYTES = 2_000_000
"""Size of the largest checkpoint that is shipped."""

_OF_TRAINING = (
    *("task", "agent", "seed", "num_envs", "physics", "device", "versions", "started"),
    *("env_steps", "seconds"),
)
_OF_EVALUATION = ("task", "library", "overrides", "episodes", "num_envs", "seed", "success_rate", "success_interval")

_CURVE_POINTS = 60
"""Points of a training's curve that are kept."""

BEGIN, END = "<!-- results: begin -->\n", "<!-- results: end -->"
"""The lines around the table."""

NONE_YET = "No policy of this version has been measured yet.\n"

_HEADER = (
    *("task", "library", "seed", "env steps", "minutes", "success at the last step", "episodes"),
    *("at any step", "median time"),
)
_OF_MEMORY = re.compile(r"_(gru|lstm)_cfg_entry_point$")


def publish_policy(argv: list[str]) -> None:
    """Ships the policy of a command line and prints its folder.

    Raises:
        UserError: See :func:`publish`.
    """
    parser = OneLineParser(description="Ship a policy with the package, as isaaclab_factory/pretrained/<variant>/.")
    add_policy_files(parser, required=True)
    parser.add_argument("--replace", action="store_true", help="replace the policy that is shipped for this variant")
    args = parser.parse_args(argv)
    print(f"Published in {display_path(publish(args.checkpoint, args.evaluation, args.replace))}")


def add_policy_files(parser: OneLineParser, required: bool) -> None:
    """Adds ``--checkpoint`` and ``--evaluation``."""
    parser.add_argument("--checkpoint", required=required, type=Path, help="checkpoint file in a run folder")
    parser.add_argument(
        "--evaluation", required=required, type=Path, metavar="JSON", help="what evaluate.py --json wrote about it"
    )


def publish(checkpoint: Path, evaluation_file: Path, replace: bool = False) -> Path:
    """Writes the folder of a shipped policy, see :class:`~isaaclab_factory.learning.policies.pretrained.ShippedPolicy`.

    Args:
        checkpoint: A checkpoint in a run folder.
        evaluation_file: What ``scripts/evaluate.py --json`` wrote about it.

    Raises:
        UserError: See :func:`policy_record`; or the checkpoint is too large, or the folder exists.
    """
    record = policy_record(checkpoint, evaluation_file)
    folder = pretrained.FOLDER / "_".join((record["task"], *record["presets"], record["library"]))
    if folder.exists() and not replace:
        raise UserError(f"{folder} exists; --replace replaces it")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as temporary:
        new = Path(temporary) / folder.name
        new.mkdir()
        slim_checkpoint(checkpoint, record["library"], new / "policy.pt")
        shutil.copyfile(run_folder_of(checkpoint) / "params" / "agent.yaml", new / "agent.yaml")
        write_json(new / "policy.json", record)
        if folder.exists():
            folder.rename(Path(temporary) / "old")
        new.rename(folder)
    return folder


def policy_record(checkpoint: Path, evaluation_file: Path) -> dict[str, Any]:
    """Returns how a policy was made and how good it is, fit for JSON.

    Args:
        checkpoint: A checkpoint in a run folder.
        evaluation_file: What ``scripts/evaluate.py --json`` wrote about it.

    Returns:
        ``task``, ``presets`` and ``library`` that were measured; ``agent``, the entry point of the hyperparameters;
        ``trainings``, from the first to the last, with the ``curve`` of those whose run folder is still there;
        ``env_steps`` and ``minutes`` of all of them; and ``evaluation``.

    Raises:
        UserError: A file is missing, the two do not belong together, or the figures cannot be repeated: the package
            differed from its commit when it ran, or a plugin was used.
    """
    if not checkpoint.is_file():
        raise UserError(f"checkpoint {checkpoint} does not exist")
    trainings = list(_trainings(run_folder_of(checkpoint)))
    evaluation = _read_evaluation(evaluation_file, checkpoint)
    return {
        "task": evaluation["task"],
        "presets": selected(evaluation["overrides"], "presets"),
        "library": evaluation["library"],
        "agent": trainings[-1]["agent"],
        "env_steps": trainings[-1]["env_steps"],  # a training that goes on counts on
        "minutes": round(sum(training["seconds"] for training in trainings) / 60.0, 1),
        "trainings": trainings,
        "evaluation": evaluation,
    }


def _trainings(run: Path | None) -> Iterator[dict[str, Any]]:
    """Yields how a run was made, after the runs that it went on from."""
    record = read_record(run) if run else None
    if record is None:
        raise UserError("the checkpoint lies in no run folder with a run.json")
    chain = [record]
    while chain[-1].get("started_from"):
        chain.append(chain[-1]["started_from"]["run"])
        if chain[-1] is None:
            raise UserError(f"{run}: the training went on from a checkpoint without a record")
    for record in reversed(chain):
        what = f"the training {record['command']!r}"
        if "env_steps" not in record:
            raise UserError(f"{what} has not ended")
        words = _public(shlex.split(record["command"]))
        if any(word.partition("=")[0] == "--plugin" for word in words):
            raise UserError(f"{what} used a plugin, which is not in the repository")
        commit = _commit(record, what)
        about = {"command": shlex.join(words), "commit": commit} | {key: record[key] for key in _OF_TRAINING}
        folder = _folder_of(record, run.parent)
        yield about | ({"curve": success_curve(read_rows(folder / "progress.csv"))} if folder else {})


def _folder_of(record: dict[str, Any], runs: Path) -> Path | None:
    """Returns the folder of a run, None if it is not among these runs."""
    folders = (file.parent for file in runs.glob("*/run.json"))
    return next((folder for folder in folders if (read_record(folder) or {}).get("started") == record["started"]), None)


def success_curve(progress: list[dict[str, str]]) -> list[tuple[int, float]]:
    """Returns how the success rose in a training: environment steps, and success rate of the episodes before them.

    Args:
        progress: Rows of ``progress.csv``. Iterations are taken together, so that few points remain.
    """
    rows = [row for row in progress if row["success"] and int(row["episodes"])]
    points = []
    for part in itertools.batched(rows, max(1, math.ceil(len(rows) / _CURVE_POINTS))):
        episodes = sum(int(row["episodes"]) for row in part)
        successes = sum(float(row["success"]) * int(row["episodes"]) for row in part)
        points.append((int(part[-1]["env_steps"]), round(successes / episodes, 3)))
    return points


def _public(words: list[str]) -> list[str]:
    """Returns the words of a training's command as another user would type them, without paths of this machine."""
    words = words[words.index("--lib") :]
    while "--log_root" in words:
        start = words.index("--log_root")
        del words[start : start + 2]
    return ["scripts/train.py", *(word for word in words if not word.startswith("--log_root="))]


def _read_evaluation(file: Path, checkpoint: Path) -> dict[str, Any]:
    """Reads and checks an evaluation. Its command becomes the one that measures the shipped policy."""
    try:
        evaluation = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {file}: {error}") from error
    missing = [key for key in _OF_EVALUATION if not isinstance(evaluation, dict) or evaluation.get(key) is None]
    if missing:
        raise UserError(f"{file} does not have {', '.join(missing)}")
    measured = Path(evaluation.pop("checkpoint", ""))
    if measured.resolve() != checkpoint.resolve():
        raise UserError(f"{file} is about {measured}, not about {checkpoint}")
    commit = _commit(evaluation, "the evaluation")
    del evaluation["git"]
    flags = {name: str(evaluation[name]) for name in ("task", "num_envs", "episodes", "seed")}
    words = ["scripts/evaluate.py", "--lib", evaluation["library"], "--checkpoint", "pretrained"]
    words += [word for name, value in flags.items() for word in (f"--{name}", value)]
    words += ["--stochastic"] if evaluation.get("stochastic") else []
    return evaluation | {"command": shlex.join([*words, *evaluation["overrides"]]), "commit": commit}


def _commit(record: dict[str, Any], what: str) -> str:
    """Returns the commit of a record; raises UserError unless the package was unchanged."""
    git = record.get("git")
    if not git:
        raise UserError(f"{what} did not run from a commit of the repository")
    if git["changed"]:
        raise UserError(f"{what} ran with changes that are in no commit: {', '.join(git['changed'])}")
    return git["commit"]


def slim_checkpoint(checkpoint: Path, library: str, output: Path) -> None:
    """Writes the part of a checkpoint that acts: no optimiser, and no critic where the library can do without.

    Args:
        library: The library that wrote it.
        output: The file to write. ``torch.load(..., weights_only=True)`` can load it.

    Raises:
        UserError: The checkpoint is damaged or of another library, or the part is larger than :data:`MAX_BYTES`.
    """
    import torch

    validate_policy(checkpoint, library)
    content = read_checkpoint(checkpoint)
    if isinstance(content.get("infos"), dict):  # rsl_rl keeps there what a training goes on from
        content["infos"].pop(TRAINING, None)
    with atomic_binary(output) as file:
        torch.save({key: _compact(content[key]) for key in LAYOUTS[library].acting if key in content}, file)
    size = output.stat().st_size
    if size > MAX_BYTES:
        raise UserError(f"{checkpoint} has {size / 1e6:.1f} MB that act; at most {MAX_BYTES / 1e6:.1f} MB are shipped")


def _compact(content: Any) -> Any:
    """Returns the content with tensors that own their memory: PyTorch saves all of the memory behind a view."""
    import torch

    if isinstance(content, torch.Tensor):
        return content.detach().clone()
    return {key: _compact(value) for key, value in content.items()} if isinstance(content, dict) else content


def record_result(argv: list[str], docs: Path) -> None:
    """Keeps the result of a command line, if it has one, and writes the table of all results.

    Args:
        docs: The folder with ``results/`` and ``training.md``.

    Raises:
        UserError: See :func:`add_result` and :func:`write_table`.
    """
    parser = OneLineParser(
        description="Keep the result of a policy in docs/results/, and write the table of all results in"
        " docs/training.md. Without arguments only the table is written."
    )
    add_policy_files(parser, required=False)
    args = parser.parse_args(argv)
    if (args.checkpoint is None) != (args.evaluation is None):
        raise UserError("--checkpoint and --evaluation are needed together")
    if args.checkpoint:
        print(f"Kept in {display_path(add_result(docs / 'results', args.checkpoint, args.evaluation))}")
    write_table(docs / "training.md", results_table(read_results(docs / "results")))


def add_result(folder: Path, checkpoint: Path, evaluation_file: Path) -> Path:
    """Keeps how a policy was made and how good it is.

    Args:
        folder: Folder of the results. A file of the same task, presets and agent is replaced.
        checkpoint: A checkpoint in a run folder.
        evaluation_file: What ``scripts/evaluate.py --json`` wrote about it.

    Raises:
        UserError: See :func:`policy_record`.
    """
    record = policy_record(checkpoint, evaluation_file)
    agent = record["agent"].removesuffix("_cfg_entry_point")
    file = folder / f"{'_'.join((record['task'], *record['presets'], agent))}.json"
    write_json(file, record)
    return file


def read_results(folder: Path) -> list[dict[str, Any]]:
    """Returns all records of a folder, by the names of their files."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]


def results_table(records: list[dict[str, Any]]) -> str:
    """Returns a table of records in Markdown.

    Args:
        records: Of each policy, what :func:`policy_record` returns.
    """
    if not records:
        return NONE_YET
    rows = [_HEADER, tuple("---" for _ in _HEADER), *(_row(record) for record in records)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    evaluation = record["evaluation"]
    presets = f" `presets={','.join(record['presets'])}`" if record["presets"] else ""
    memory = _OF_MEMORY.search(record["agent"])
    low, high = evaluation["success_interval"]
    median = (evaluation.get("time_to_success_s") or {}).get("median")
    return (
        f"`{record['task']}`{presets}",
        record["library"] + (f", {memory[1].upper()}" if memory else ""),
        str(record["trainings"][-1]["seed"]),
        f"{record['env_steps'] / 1e6:.2f} M",
        f"{record['minutes']:.0f}",
        f"{100.0 * evaluation['success_rate']:.1f} % ({100.0 * low:.1f} to {100.0 * high:.1f} %)",
        f"{evaluation['episodes']:,}",
        f"{100.0 * evaluation['ever_success_rate']:.1f} %",
        "" if median is None else f"{median:.1f} s",
    )


def write_table(document: Path, table: str) -> None:
    """Replaces the table in a document.

    Args:
        document: A file with the lines :data:`BEGIN` and :data:`END`.

    Raises:
        UserError: The file has no such lines, or cannot be read or written.
    """
    try:
        text = document.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot read {document}: {error.strerror}") from error
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise UserError(f"{document} has no lines {BEGIN.strip()} and {END}")
    write_text(document, before + BEGIN + table + END + after)
