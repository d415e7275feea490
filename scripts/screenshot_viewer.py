# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Takes a screenshot of the view in the browser while a policy plays: the picture in docs/viewer.md."""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from isaaclab_factory.learning.arguments import OneLineParser
from isaaclab_factory.learning.errors import UserError, run_script

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
"""The browser that is installed, None if there is none."""

FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",  # draws in three dimensions without a graphics card
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

START_TIMEOUT_S = 300.0


@contextmanager
def open_page(url: str, width: int, height: int) -> Iterator[Page]:
    """Opens a page in a browser without a window and with a profile of its own.

    Args:
        url: Address of the page.
        width: Width of the page in pixels.
        height: Its height.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.addresses = []
        page.on("request", lambda request: page.addresses.append(request.url))
        page.goto(url)
        yield page
        browser.close()


def main() -> None:
    """Plays a policy, looks at it for a while and saves what is to be seen."""
    parser = OneLineParser(
        description=__doc__, epilog="Further arguments are those of play.py, which says which policy plays."
    )
    parser.add_argument("--output", type=Path, required=True, help="PNG file to write")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to look on (default: %(default)s)")
    parser.add_argument("--size", type=int, nargs=2, default=(1400, 900), help="pixels (default: 1400 900)")
    parser.add_argument("--press", action="append", default=[], help="button or box to press first; may be repeated")
    args, rest = parser.parse_known_args()
    if CHROMIUM is None:
        raise UserError("there is no browser; Debian has it in the package chromium")
    if importlib.util.find_spec("playwright") is None:
        raise UserError("playwright is missing; it comes with the tools for development: pip install -e .[dev]")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    play = Path(__file__).with_name("play.py")
    command = [sys.executable, str(play), *rest, "--viewer", "--viewer_port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until_served(f"http://127.0.0.1:{port}", process)
            save(args, f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
    print(f"Wrote {args.output}")


def wait_until_served(url: str, process: subprocess.Popen) -> None:
    """Waits until there is a page.

    Raises:
        UserError: The process ended, and has told why, or takes too long.
    """
    end = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(url).close()
            return
        except urllib.error.URLError:
            time.sleep(0.5)
    raise UserError("play.py shows nothing, see above")


def save(args: argparse.Namespace, url: str) -> None:
    """Presses what is to be pressed, waits and saves the page."""
    width, height = args.size
    with open_page(url, width, height) as page:
        page.set_default_timeout(120_000)  # without a graphics card it draws a few pictures per second
        for name in args.press:
            page.get_by_role("button", name=name, exact=True).or_(page.get_by_label(name)).click()
        page.wait_for_timeout(1000.0 * args.seconds)
        page.get_by_role("button", name="Pause", exact=True).click()
        page.get_by_role("button", name="Continue", exact=True).wait_for()
        for notice in page.locator(".mantine-Notification-closeButton").all():
            notice.click()
        page.wait_for_timeout(3000.0)
        args.output.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=args.output)


if __name__ == "__main__":
    sys.exit(run_script(main))
