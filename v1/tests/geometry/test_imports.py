# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The geometry stands on NumPy and SciPy alone."""

import subprocess
import sys


def test_geometry_imports_neither_isaaclab_nor_usd():
    code = (
        "import sys, isaaclab_factory.geometry;"
        "print([name for name in ('isaaclab', 'pxr', 'torch', 'trimesh') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
