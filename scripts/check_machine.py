# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Says in one line why this machine cannot install the project, or that disk may run short; else silent.

Runs before anything is installed and on whatever Python the user has, so it needs the standard library only.
"""

import importlib.util
import platform
import shutil
import sys

PYTHON = (3, 12)
"""The only Python that isaaclab 3.0.0 supports."""
GLIBC = (2, 35)
"""The oldest C library its binary dependencies run on."""
FREE_GB = 6
"""Room for the environment with PyTorch's CPU build (about 3 GB) and pip's copies of the packages."""
FREE_GB_CUDA = 14
"""The same with PyTorch's default build and its CUDA libraries (about 7 GB)."""


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
    if free_gb() < FREE_GB:
        return f"{FREE_GB} GB of free disk are needed to install, only {free_gb():.1f} GB are left here"
    return None


def free_gb() -> float:
    """Returns the free disk space of the working folder in GB."""
    return shutil.disk_usage(".").free / 1e9


def warning() -> "str | None":
    """Returns one line if the disk has room for PyTorch's CPU build only, or None."""
    if free_gb() >= FREE_GB_CUDA:
        return None
    return (
        f"PyTorch's default build needs up to {FREE_GB_CUDA} GB of free disk to install, {free_gb():.1f} GB are left"
        f" here; its CPU build needs {FREE_GB} GB (see PIP_ARGS in README.md)"
    )


if __name__ == "__main__":
    reason = problem()
    if reason:
        print(f"error: {reason}", file=sys.stderr)
        sys.exit(2)
    if warning():
        print(f"warning: {warning()}", file=sys.stderr)
