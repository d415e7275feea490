# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Lets a user watch a running task in the browser."""

import argparse
from typing import TYPE_CHECKING

from isaaclab_factory.learning.errors import UserError

if TYPE_CHECKING:
    import gymnasium

DEFAULT_PORT = 8080


def add_viewer_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds ``--viewer`` and ``--viewer_port``."""
    parser.add_argument("--viewer", action="store_true", help="show the task in the browser, until Ctrl-C")
    parser.add_argument(
        "--viewer_port",
        type=port_number,
        default=DEFAULT_PORT,
        metavar="N",
        help="port of that page (default: %(default)s)",
    )


def port_number(text: str) -> int:
    """Converts the number of a port."""
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 65535")
    return int(text)


def check_viewer(args: argparse.Namespace) -> None:
    """Sees before anything slow happens whether there can be a view.

    Args:
        args: What :func:`add_viewer_arguments` parsed.

    Raises:
        UserError: The port cannot be had.
    """
    if args.viewer:
        from isaaclab_factory.viewing.browser.server import PortTakenError, check_port

        try:
            check_port(args.viewer_port)
        except PortTakenError as error:
            raise _choose_another(error) from error


def open_viewer(env: "gymnasium.Env", args: argparse.Namespace) -> "gymnasium.Env":
    """Wraps an environment into a view, if one is asked for, and tells its address.

    Args:
        env: An Isaac Lab manager-based environment, bare or wrapped.
        args: What :func:`add_viewer_arguments` parsed.

    Raises:
        UserError: The port cannot be had.
    """
    if not args.viewer:
        return env
    from isaaclab_factory.viewing.browser.server import PortTakenError
    from isaaclab_factory.viewing.viewer import BrowserViewer

    try:
        viewer = BrowserViewer(env, args.viewer_port)
    except PortTakenError as error:
        raise _choose_another(error) from error
    print(f"Open {viewer.url} in a browser; Ctrl-C ends it", flush=True)
    return viewer


def _choose_another(error: Exception) -> UserError:
    return UserError(f"--viewer_port: {error}; choose another")
