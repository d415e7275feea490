# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The web server of the view."""

import io
import socket
from contextlib import redirect_stdout

import viser

HOST = "127.0.0.1"
"""Only this machine: whoever sees the view can also pause and reset the simulation."""


class PortTakenError(OSError):
    """The port asked for cannot be had."""


def check_port(port: int) -> None:
    """Raises :class:`PortTakenError` if a server could not listen on a port now."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        raise PortTakenError(f"port {port} is taken, or not allowed for you") from error


def open_server(port: int, title: str) -> viser.ViserServer:
    """Starts the web server, which brings along all that the page is made of.

    Args:
        port: The port, 0 for any free one.
        title: What stands above the controls.

    Raises:
        PortTakenError: Another program listens on the port, or this user may not.
    """
    # It announces itself in a box, and tries the ports that follow where this one is taken.
    with redirect_stdout(io.StringIO()):
        server = viser.ViserServer(host=HOST, port=port, label=title, verbose=False)
    if port and server.get_port() != port:
        stop_server(server)
        raise PortTakenError(f"port {port} is taken, or not allowed for you")
    server.gui.configure_theme(show_logo=False, show_share_button=False)
    server.gui.main_panel.dock_right()
    return server


def stop_server(server: viser.ViserServer) -> None:
    """Stops the web server; the pages that show it keep their last picture."""
    with redirect_stdout(io.StringIO()):
        server.stop()
