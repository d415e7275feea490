# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command that exports a policy and does nothing else."""

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_launcher_flags, add_plugin_flag, add_task_flag
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides, task_parser
from isaaclab_factory.learning.policies.export import FILES, export_folder, export_opened, output_folder
from isaaclab_factory.learning.policies.opening import open_policy
from isaaclab_factory.learning.policies.source import add_policy_flags, find_source


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

    Args:
        argv: Arguments after the script's name.

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
