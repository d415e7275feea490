# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command line of the view in the browser."""

import argparse
import socket

import pytest

from isaaclab_factory.learning.arguments import OneLineParser
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.watching import add_viewer_arguments, check_viewer, open_viewer


def parse(*argv: str) -> argparse.Namespace:
    parser = OneLineParser()
    add_viewer_arguments(parser)
    return parser.parse_args(argv)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "8080.0", ""])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(UserError, match="is not a whole number from 1 to 65535"):
        parse("--viewer", f"--viewer_port={text}")


def test_a_port_in_use_is_told_before_anything_slow_happens():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with pytest.raises(UserError, match=f"port {port} is taken.*choose another"):
            check_viewer(parse("--viewer", "--viewer_port", port))
        check_viewer(parse("--viewer_port", port))  # nobody asks for a view


def test_without_a_view_the_environment_stays_as_it_is():
    env = object()
    assert open_viewer(env, parse()) is env
