# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Says in one line why this machine cannot install the project; silent when it can.

Runs before anything is installed and on whatever Python the user has, so it uses the standard library and old syntax only.
"""

import importlib.util
import platform
import shutil
import sys

PYTHON = (3, 11)
"""The only Python the isaaclab 2.3.2 wheel supports."""
GLIBC = (2, 35)
"""The oldest C library its binary dependencies run on."""
FREE_GB = 6
"""Room for the environment (about 3 GB) and pip's temporary copies of the packages."""


def problem():
    """Returns one line that names what is wrong and what is needed, or None."""
    if sys.version_info[:2] != PYTHON:
        return "Python %d.%d is needed, this is %s (%s); try: make PYTHON=python%d.%d" % (
            PYTHON + (platform.python_version(), sys.executable) + PYTHON
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        return "this Python has no venv module; on Debian and Ubuntu: apt install python%d.%d-venv" % PYTHON
    if sys.platform.startswith("linux"):
        name, version = platform.libc_ver()
        if name == "glibc" and tuple(int(part) for part in version.split(".")[:2]) < GLIBC:
            return "glibc %d.%d or newer is needed, this machine has %s" % (GLIBC + (version,))
    free_gb = shutil.disk_usage(".").free / 1e9
    if free_gb < FREE_GB:
        return "%d GB of free disk are needed to install, only %.1f GB are left here" % (FREE_GB, free_gb)
    return None


if __name__ == "__main__":
    reason = problem()
    if reason:
        sys.stderr.write("error: %s\n" % reason)
        sys.exit(2)
