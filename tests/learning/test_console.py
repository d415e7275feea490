# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What reaches the terminal while libraries print."""

import io
import logging
import os
import sys

import pytest

from isaaclab_factory.learning.console import quiet, warnings_shown


def test_what_libraries_print_goes_where_it_is_sent(capfd: pytest.CaptureFixture[str]) -> None:
    console = io.StringIO()
    with quiet(console):
        print("out")
        print("err", file=sys.stderr)
    assert console.getvalue() == "out\nerr\n"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("native", [True, False])
def test_what_libraries_in_c_write_is_kept_back_if_asked(native: bool, capfd: pytest.CaptureFixture[str]) -> None:
    with quiet(native=native):
        os.write(2, b"from C")
    os.write(2, b", and after")
    assert capfd.readouterr().err == ("" if native else "from C") + ", and after"


def test_only_warnings_of_this_package_are_shown_and_only_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(sys, "__stderr__", terminal)
    own = logging.getLogger("isaaclab_factory.newton_mujoco")
    with quiet(), warnings_shown():
        own.warning("environment 3 was reset")
        own.info("no need to know")
        logging.getLogger("another_library").warning("nor this")
    own.warning("after")
    assert terminal.getvalue() == "warning: environment 3 was reset\n"
