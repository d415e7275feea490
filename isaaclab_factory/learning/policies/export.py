# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command that exports a policy: where the files go, and what they say about where the policy comes from."""

import argparse
from pathlib import Path

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_launcher_flags, add_plugin_flag, add_task_flag
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides, task_parser
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.policies.source import OpenPolicy, Source, add_policy_flags, find_source, open_policy
from isaaclab_factory.learning.runs.files import display_path, run_folder_of
from isaaclab_factory.learning.runs.record import read_record, versions

FILES = ("policy.pt", "policy.onnx", "policy.json")
"""The files of an export: TorchScript, ONNX, and the description of both."""


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
    words = session.choose_engine(args, source.words(words))
    with open_policy(source, args, words, play_mode=True) as opened:
        export_opened(opened, source, args, words, folder)


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
        checkpoint: The checkpoint.

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


def export_opened(opened: OpenPolicy, source: Source, args: argparse.Namespace, words: list[str], folder: Path) -> None:
    """Exports an opened policy and says so.

    Args:
        opened: The task and the policy.
        source: The policy's checkpoint.
        args: The command line.
        words: Its presets and overrides.
        folder: What :func:`export_folder` returned.

    Raises:
        UserError: The files cannot be written.
    """
    from isaaclab_factory.learning.policies.export_files import export_policy

    run = run_folder_of(source.checkpoint)
    record = (read_record(run) if run else None) or {}
    origin = {
        "task": args.task,
        "overrides": words,
        "library": source.library,
        "agent": source.agent_key,
        "checkpoint": display_path(source.checkpoint),
        "training": {key: record[key] for key in ("command", "seed", "started", "git") if key in record} or None,
        "versions": versions(source.library),
    }
    export_policy(opened.trainer.exportable(), opened.env.unwrapped, folder, origin)
    print(f"Exported {', '.join(FILES)} to {display_path(folder)}", flush=True)
