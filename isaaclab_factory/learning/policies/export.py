# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Exports a trained policy as TorchScript, as ONNX, and as a description of what a robot needs to run it.

Isaac Lab's exporters do not do this: that of rsl_rl leaves the clipping of actions out and fixes the batch size, and
``isaaclab export`` for the other libraries needs the package LEAPP, which Isaac Lab does not install by itself.
"""

import argparse
import json
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_launcher_flags, add_plugin_flag, add_task_flag
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides, task_parser
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.policies.source import OpenPolicy, add_policy_flags, find_source, open_policy
from isaaclab_factory.learning.runs.files import atomic_write, display_path, run_folder_of
from isaaclab_factory.learning.runs.record import record_of, versions

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from isaaclab_factory.learning.libraries.policy import ExportablePolicy

FILES = ("policy.pt", "policy.onnx", "policy.json")
"""The files of an export: TorchScript, ONNX, and the description of both."""

OPSET = 18
"""Version of the ONNX operators, the same as that of Isaac Lab's exporter."""

_BATCH = 2
"""Batch of the example that is traced: a batch of one could be mistaken for a dimension to broadcast."""


def export_parser() -> OneLineParser:
    """Returns the parser of ``scripts/export.py``."""
    parser = task_parser(f"Export a trained policy: write {', '.join(FILES)}.")
    parser.add_argument(
        "--output",
        type=output_folder,
        metavar="FOLDER",
        help="folder to write to (default: exported/ in the checkpoint's run folder)",
    )
    add_policy_flags(parser, "export")
    group = parser.add_argument_group("task")
    add_task_flag(group)
    add_plugin_flag(group)
    add_launcher_flags(parser)
    parser.set_defaults(num_envs=1)  # which the terms and the robot of the description are read from
    return parser


def export(argv: list[str]) -> None:
    """Exports the policy of a command line.

    Raises:
        UserError: The command line, a configuration key, the checkpoint or the folder is wrong.
    """
    args, words = split_overrides(export_parser(), argv)
    session.find_task(args)
    source = find_source(args, words)
    folder = export_folder(args.output, source.checkpoint)
    with open_policy(source, args, source.words(words), play_mode=True) as opened:
        export_opened(opened, args.task, folder)


def output_folder(text: str) -> Path:
    """Converts the argument that names the folder. An override in its place is a mistake."""
    if "=" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is an override and no folder: overrides come before the flag")
    return Path(text).expanduser()


def export_folder(folder: Path | None, checkpoint: Path) -> Path:
    """Returns the folder to export to, checked before anything heavy is imported.

    An export in a run's own folder is replaced, as it is of the same run. Elsewhere nothing is overwritten.

    Args:
        folder: The folder asked for, None for ``exported/`` in the checkpoint's run folder.

    Raises:
        UserError: The folder is a file or holds an export, or the checkpoint lies in no run folder.
    """
    if folder is None:
        run = run_folder_of(checkpoint)
        if run is None:
            raise UserError(f"{display_path(checkpoint)} lies in no run folder: name the folder to export to")
        return run / "exported"
    if folder.exists() and not folder.is_dir():
        raise UserError(f"cannot export to {folder}: it is a file")
    found = [name for name in FILES if (folder / name).exists()]
    if found:
        raise UserError(f"{folder} already holds {', '.join(found)}: choose another folder, or remove them")
    return folder


def export_opened(opened: OpenPolicy, task: str, folder: Path) -> None:
    """Exports an opened policy of a task and says so.

    Raises:
        UserError: The files cannot be written.
    """
    source = opened.source
    record = record_of(source.checkpoint)
    origin = {
        "task": task,
        "overrides": opened.words,
        "library": source.library,
        "agent": source.agent_key,
        "checkpoint": display_path(source.checkpoint),
        "training": {key: record[key] for key in ("command", "seed", "started", "git") if key in record} or None,
        "versions": versions(source.library),
    }
    export_policy(opened.trainer.exportable(), opened.env.unwrapped, folder, origin)
    print(f"Exported {', '.join(FILES)} to {display_path(folder)}", flush=True)


def export_policy(
    policy: "ExportablePolicy", env: "ManagerBasedRLEnv", folder: Path, origin: dict[str, Any] | None = None
) -> None:
    """Writes the files of an export: all of them or, if something fails, none.

    Args:
        env: The task's environment, which the description is read from. It is reset.
        folder: Folder of the files; created if it does not exist.
        origin: What the description says in addition, such as task, checkpoint and versions. Must be fit for JSON.

    Raises:
        UserError: The files cannot be written.
    """
    from isaaclab_factory.learning.policies.description import describe

    description = (origin or {}) | {"onnx_opset": OPSET} | describe(policy, env)
    with ExitStack() as stack:
        torchscript, onnx, text = (stack.enter_context(atomic_write(folder / name)) for name in FILES)
        write_torchscript(policy, torchscript)
        write_onnx(policy, onnx)
        text.write_text(json.dumps(description, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def write_torchscript(policy: "ExportablePolicy", path: Path) -> None:
    """Writes a policy as TorchScript, on the CPU."""
    import torch

    policy = policy.cpu().eval()
    # a tensor that was made in inference mode cannot be traced, so this leaves the mode if the caller is in it
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of every shape that Python sees
        torch.jit.trace(policy, policy.example_inputs(_BATCH)).save(str(path))


def write_onnx(policy: "ExportablePolicy", path: Path) -> None:
    """Writes a policy as ONNX with any batch size.

    PyTorch's older exporter, by TorchScript, is used. The newer one gives the same numbers, but takes seconds instead
    of tenths of one, and takes a GRU or LSTM apart, which the older one leaves as one operator.
    """
    import torch

    policy = policy.cpu().eval()
    batch = {name: {0: "batch"} for name in ("obs", "actions")}
    batch |= {name: {1: "batch"} for name in (*policy.input_names[1:], *policy.output_names[1:])}
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the exporter is the older one
        torch.onnx.export(
            policy,
            policy.example_inputs(_BATCH),
            str(path),
            input_names=policy.input_names,
            output_names=policy.output_names,
            dynamic_axes=batch,
            opset_version=OPSET,
            dynamo=False,
        )
