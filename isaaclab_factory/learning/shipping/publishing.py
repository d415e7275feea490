# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Makes a policy that is shipped with the package, of a run folder and an evaluation."""

import json
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isaaclab_factory.learning import arguments
from isaaclab_factory.learning.arguments.words import without_options
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder.provenance import read_record
from isaaclab_factory.learning.run_folder.runs import LAYOUTS, run_folder_of, validate_policy
from isaaclab_factory.learning.run_folder.trust import read_checkpoint
from isaaclab_factory.learning.shipping import pretrained

MAX_BYTES = 2_000_000
"""Size of the largest checkpoint that is shipped."""

_FIGURES = ("command", "task", "episodes", "num_envs", "seed", "success_rate", "success_interval", "mean_reward")
"""What an evaluation must tell."""


def publish(checkpoint: Path, evaluation_file: Path, also: list[str], replace: bool = False) -> Path:
    """Makes the folder of a shipped policy, named after the task that it was measured on.

    The folder holds ``policy.pt``, the checkpoint without what only a training needs; ``agent.yaml``, the agent's
    configuration; and ``policy.json`` with the ``tasks`` it is for, ``library`` and ``agent`` (the entry point), the
    ``trainings`` that made it, first to last, the ``env_steps`` after the last, their ``minutes`` in sum, and the
    ``evaluation``.

    Args:
        checkpoint: A checkpoint in a run folder.
        evaluation_file: What ``scripts/evaluate.py --json`` wrote about it.
        also: Further tasks that the policy is for, besides the one it was trained in, the one it was measured on and
            their -Play variants.
        replace: Whether a folder that is there may be replaced.

    Returns:
        The folder.

    Raises:
        UserError: Something is missing or does not belong together, the package was changed when it ran or took a
            plugin, the checkpoint is too large, or there is such a folder.
    """
    record = policy_record(checkpoint, evaluation_file, also)
    folder = pretrained.FOLDER / arguments.base_task(record["evaluation"]["task"])
    if folder.exists() and not replace:
        raise UserError(f"{folder} is there already; --replace makes it anew")
    _write_folder(folder, record, checkpoint, run_folder_of(checkpoint) / "params" / "agent.yaml")
    return folder


def policy_record(checkpoint: Path, evaluation_file: Path, also: list[str]) -> dict[str, Any]:
    """Returns what made a policy and how good it is, fit for JSON.

    Args:
        checkpoint: A checkpoint in a run folder.
        evaluation_file: What ``scripts/evaluate.py --json`` wrote about it.
        also: See :func:`publish`.

    Returns:
        What :func:`publish` writes into ``policy.json``.

    Raises:
        UserError: Something is missing or does not belong together, or the package was changed when it ran or took a
            plugin.
    """
    if not checkpoint.is_file():
        raise UserError(f"checkpoint {checkpoint} does not exist")
    run = run_folder_of(checkpoint)
    trainings = list(_trainings(run))
    evaluation = _read_evaluation(evaluation_file, checkpoint, trainings[-1]["library"])
    tasks = _with_variants([evaluation["task"], trainings[-1]["task"], *also])
    return {
        "tasks": tasks,
        "library": trainings[-1]["library"],
        "agent": trainings[-1]["agent"],
        "checkpoint": checkpoint.name,
        "env_steps": trainings[-1]["env_steps"],  # of all: a training that goes on counts on
        "minutes": round(sum(training["seconds"] for training in trainings) / 60.0, 1),
        "trainings": trainings,
        "evaluation": evaluation,
    }


def _trainings(run: Path | None) -> Iterator[dict[str, Any]]:
    """Yields what the records of a run and of those that it went on from tell of how they were made."""
    record = read_record(run) if run else None
    if record is None:
        raise UserError("the checkpoint lies in no run folder with a run.json")
    chain = [record]
    while chain[-1].get("started_from"):
        chain.append(chain[-1]["started_from"]["run"])
        if chain[-1] is None:
            raise UserError(f"{run}: the training went on from a checkpoint of which nothing is known")
    for record in reversed(chain):
        what = f"the training {record['command']!r}"
        if "env_steps" not in record:
            raise UserError(f"{what} has not ended")
        _check_clean(record, what)
        if any(word.partition("=")[0] == "--plugin" for word in shlex.split(record["command"])):
            raise UserError(f"{what} took a plugin, which no commit of the repository has")
        kept = ("command", "task", "library", "agent", "seed", "num_envs", "simulator", "versions", "started")
        figures = {key: record[key] for key in ("env_steps", "seconds")}
        command = without_values(record["command"], "--log_root")
        yield {key: record[key] for key in kept} | {"command": command, "commit": record["git"]["commit"]} | figures


def _read_evaluation(file: Path, checkpoint: Path, library: str) -> dict[str, Any]:
    """Reads and checks the evaluation; its command becomes that which measures the shipped policy."""
    try:
        evaluation = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {file}: {error}") from error
    missing = [key for key in _FIGURES if not isinstance(evaluation, dict) or evaluation.get(key) is None]
    if missing:
        raise UserError(f"{file} does not tell {', '.join(missing)}")
    measured = Path(evaluation.pop("checkpoint", ""))
    if measured.resolve() != checkpoint.resolve() or evaluation.pop("library", library) != library:
        raise UserError(f"{file} is about {measured}, not about {checkpoint}")
    _check_clean(evaluation, "the evaluation")
    command = without_values(evaluation["command"], "--checkpoint", "--lib", "--agent", "--json")
    commit = evaluation.pop("git")["commit"]
    return evaluation | {"command": f"{command} --use_pretrained_checkpoint", "commit": commit}


def _check_clean(record: dict[str, Any], what: str) -> None:
    """Raises UserError unless a record tells of which commit the package was, and that it was unchanged."""
    git = record.get("git")
    if not git:
        raise UserError(f"{what} was not of a commit of the repository")
    if git["changed"]:
        raise UserError(f"{what} was not of the commit as it is: {', '.join(git['changed'])} differed")


def without_values(command: str, *names: str) -> str:
    """Returns a command without some options that have one value, such as ``--json``."""
    return shlex.join(without_options(shlex.split(command), dict.fromkeys(names, 1)))


def _with_variants(tasks: list[str]) -> list[str]:
    """Returns each task's base and its -Play variant where there is one, each once."""
    bases = [arguments.base_task(task) for task in tasks]
    return list(dict.fromkeys(name for base in bases for name in (base, arguments.play_task(base))))


def _write_folder(folder: Path, record: dict[str, Any], checkpoint: Path, agent_file: Path) -> None:
    """Writes the folder beside its place, and moves it there when it is complete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as temporary:
        new = Path(temporary) / folder.name
        new.mkdir()
        slim_checkpoint(checkpoint, record["library"], new / "policy.pt")
        shutil.copyfile(agent_file, new / "agent.yaml")
        (new / "policy.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        if folder.exists():
            folder.rename(Path(temporary) / "old")
        new.rename(folder)


def slim_checkpoint(checkpoint: Path, library: str, output: Path) -> None:
    """Writes of a checkpoint what the library needs to act: no optimiser, and no critic if it can do without.

    Args:
        checkpoint: The checkpoint.
        library: The library that wrote it.
        output: The file to write. It can be loaded with ``torch.load(..., weights_only=True)``.

    Raises:
        UserError: The checkpoint is damaged or of another library, or what acts is larger than :data:`MAX_BYTES`.
    """
    import torch

    validate_policy(checkpoint, library)
    content = read_checkpoint(checkpoint)
    (content.get("infos") or {}).pop("training", None)  # rsl_rl has there what a training goes on from
    torch.save({key: _compact(content[key]) for key in LAYOUTS[library].acting if key in content}, output)
    torch.load(output, weights_only=True)
    size = output.stat().st_size
    if size > MAX_BYTES:
        raise UserError(f"{checkpoint} has {size / 1e6:.1f} MB to act with; {MAX_BYTES / 1e6:.1f} MB may be shipped")


def _compact(content: Any) -> Any:
    """Returns the content with its tensors alone: of one that is a view, PyTorch saves all that lies behind it."""
    import torch

    if isinstance(content, torch.Tensor):
        return content.detach().clone()
    if isinstance(content, dict):
        return {key: _compact(value) for key, value in content.items()}
    return content
