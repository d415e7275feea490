# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""``--export`` of a command line: where the files go, and what they tell of where the policy comes from."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder.provenance import read_record, versions
from isaaclab_factory.learning.run_folder.runs import run_folder_of
from isaaclab_factory.learning.session import display_path

if TYPE_CHECKING:
    from isaaclab_factory.learning.run_folder.checkpoints import OpenPolicy, Source

FILES = ("policy.pt", "policy.onnx", "policy.json")
"""What an export writes: TorchScript, ONNX, and the description of both."""


def add_export_argument(parser: argparse.ArgumentParser) -> None:
    """Adds ``--export``."""
    parser.add_argument(
        "--export",
        type=_folder,
        nargs="?",
        const=True,
        metavar="FOLDER",
        help=f"first write {', '.join(FILES)} to this folder (default: exported/ in the checkpoint's run folder)",
    )


def _folder(text: str) -> Path:
    """Converts the folder's name; an override that follows --export is not meant as one."""
    if text.startswith(("env.", "agent.", "+")) and "=" in text:
        raise argparse.ArgumentTypeError(f"{text!r} looks like an override, which belongs before --export")
    return Path(text).expanduser()


def export_folder(args: argparse.Namespace, source: "Source") -> Path | None:
    """Returns the folder that a command line asks to export to, None for none; checked before anything is built.

    What is in a run's own folder is replaced, as it is of the same run. Elsewhere nothing is.

    Args:
        args: What :func:`add_export_argument` parsed.
        source: The checkpoint.

    Raises:
        UserError: The folder is no folder or has files of an export, or the checkpoint lies in no run folder.
    """
    if args.export is None:
        return None
    if args.export is not True:
        check_folder(args.export)
        return args.export
    run = run_folder_of(source.checkpoint)
    if run is None:
        raise UserError(
            f"{display_path(source.checkpoint)} lies in no run folder: tell --export the folder to write to"
        )
    return run / "exported"


def check_folder(folder: Path) -> None:
    """Checks that a folder is none yet, or has no files of an export.

    Raises:
        UserError: It is a file, or it has such files.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f"cannot export to {folder}: it is no folder")
    found = [name for name in FILES if (folder / name).exists()]
    if found:
        raise UserError(f"{folder} already has {', '.join(found)}: name another folder, or remove what is there")


def export_opened(opened: "OpenPolicy", source: "Source", args: argparse.Namespace, folder: Path) -> None:
    """Exports the policy of a command line and says so.

    Args:
        opened: The task and the policy.
        source: The policy's checkpoint.
        args: The command line.
        folder: What :func:`export_folder` returned.

    Raises:
        UserError: The files cannot be written.
    """
    from isaaclab_factory.learning.export.files import export_policy

    export_policy(opened.trainer, opened.env, folder, _origin(source, args))
    print(f"Exported {', '.join(FILES)} to {display_path(folder)}", flush=True)


def _origin(source: "Source", args: argparse.Namespace) -> dict[str, Any]:
    """Returns where a policy comes from, as its description tells it."""
    run = run_folder_of(source.checkpoint)
    record = (read_record(run) if run else None) or {}
    return {
        "task": args.task,
        "library": source.library,
        "checkpoint": display_path(source.checkpoint),
        "training": {key: record[key] for key in ("command", "seed", "git") if key in record} or None,
        "versions": versions(source.library),
    }
