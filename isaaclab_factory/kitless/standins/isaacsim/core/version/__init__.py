# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Version of Isaac Sim."""


def get_version() -> tuple[str, str, str, str, str, str, str, str]:
    """The version stood in for: core, prerelease, major, minor, patch, pretag, prebuild, buildtag."""
    return "5.1.0", "", "5", "1", "0", "", "", ""
