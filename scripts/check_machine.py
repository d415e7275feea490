# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Says in one line why this machine cannot install the project; silent when it can.

Runs before anything is installed and on whatever Python the user has, so it needs the standard library only.
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


def problem() -> "str | None":
    """Returns one line that names what is wrong and what is needed, or None."""
    needed = ".".join(map(str, PYTHON))
    if sys.version_info[:2] != PYTHON:
        return (
            f"Python {needed} is needed, this is {platform.python_version()}; try: make PYTHON=/path/to/python{needed}"
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        return f"this Python has no venv module; on Debian and Ubuntu: apt install python{needed}-venv"
    if sys.platform.startswith("linux"):
        name, version = platform.libc_ver()
        if name == "glibc" and tuple(int(part) for part in version.split(".")[:2]) < GLIBC:
            return f"glibc {GLIBC[0]}.{GLIBC[1]} or newer is needed, this machine has {version}"
    free_gb = shutil.disk_usage(".").free / 1e9
    if free_gb < FREE_GB:
        return f"{FREE_GB} GB of free disk are needed to install, only {free_gb:.1f} GB are left here"
    return None


if __name__ == "__main__":
    reason = problem()
    if reason:
        print(f"error: {reason}", file=sys.stderr)
        sys.exit(2)
