# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The web server of the view."""

import socket
import urllib.request

import pytest

from isaaclab_factory.viewing.browser.server import PortTakenError, check_port, open_server, stop_server


def test_a_port_that_another_program_has_is_refused_and_given_free_is_taken(capfd):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"port {port} is taken"):
            open_server(port, "a title")
        with pytest.raises(PortTakenError, match=f"port {port} is taken"):
            check_port(port)
    check_port(port)
    server = open_server(port, "a title")
    try:
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}").read()
    finally:
        stop_server(server)
    assert b"<html" in page
    assert capfd.readouterr().out == ""


def test_only_this_machine_is_served():
    server = open_server(0, "a title")
    try:
        assert server.get_host() == "127.0.0.1"
    finally:
        stop_server(server)
