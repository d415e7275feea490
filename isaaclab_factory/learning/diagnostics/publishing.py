# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Ships a trained policy with the package: its networks, how it was made, and how good it is."""

import json
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
from isaaclab_factory.learning.runs.files import atomic_binary, display_path, run_folder_of, write_json
from isaaclab_factory.learning.runs.record import read_record
from isaaclab_factory.learning.runs.trust import read_checkpoint

MAX_BYTES = 2_000_000
"""Size of the largest checkpoint that is shipped."""

_OF_TRAINING = (
    *("task", "agent", "seed", "num_envs", "physics", "device", "versions", "started"),
    *("env_steps", "seconds"),
)
_OF_EVALUATION = ("task", "library", "overrides", "episodes", "num_envs", "seed", "success_rate", "success_interval")


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
    record = policy_record(checkpoint, evaluation_file, "pretrained")
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


def policy_record(checkpoint: Path, evaluation_file: Path, name: str | None = None) -> dict[str, Any]:
    """Returns how a policy was made and how good it is, fit for JSON.

    Args:
        checkpoint: A checkpoint in a run folder.
        evaluation_file: What ``scripts/evaluate.py --json`` wrote about it.
        name: What the command that measures it has after ``--checkpoint``. Defaults to its path in a clone.

    Returns:
        ``task``, ``presets`` and ``library`` that were measured; ``agent``, the entry point of the hyperparameters;
        ``trainings``, from the first to the last; ``env_steps`` and ``minutes`` of all of them; and ``evaluation``.

    Raises:
        UserError: A file is missing, the two do not belong together, or the figures cannot be repeated: the package
            differed from its commit when it ran, or a plugin was used.
    """
    if not checkpoint.is_file():
        raise UserError(f"checkpoint {checkpoint} does not exist")
    trainings = list(_trainings(run_folder_of(checkpoint)))
    evaluation = _read_evaluation(evaluation_file, checkpoint, name or _public_path(str(checkpoint.resolve())))
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
        yield {"command": shlex.join(words), "commit": commit} | {key: record[key] for key in _OF_TRAINING}


def _public(words: list[str]) -> list[str]:
    """Returns the words of a training's command as another user would type them, without paths of this machine."""
    words = words[words.index("--lib") :]
    while "--log_root" in words:
        start = words.index("--log_root")
        del words[start : start + 2]
    words = [word for word in words if not word.startswith("--log_root=")]
    for place, word in enumerate(words[1:], start=1):
        if words[place - 1] == "--checkpoint":
            words[place] = _public_path(word)
        elif word.startswith("--checkpoint="):
            words[place] = f"--checkpoint={_public_path(word.partition('=')[2])}"
    return ["scripts/train.py", *words]


def _public_path(checkpoint: str) -> str:
    """Returns the path of a checkpoint as it would be in a clone, where that differs from this machine's."""
    path = Path(checkpoint)
    if not path.is_absolute():
        return checkpoint
    run = run_folder_of(path)
    return str(Path("logs", path.relative_to(run.parents[2])) if run else path.name)


def _read_evaluation(file: Path, checkpoint: Path, name: str) -> dict[str, Any]:
    """Reads and checks an evaluation. Its command becomes one that anybody can type."""
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
    words = ["scripts/evaluate.py", "--lib", evaluation["library"], "--checkpoint", name]
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
