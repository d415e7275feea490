# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs an Isaac Lab script or module without Isaac Sim.

Usage:
    python -m isaaclab_factory.kitless [--engine NAME] SCRIPT [ARGS ...]
    python -m isaaclab_factory.kitless [--engine NAME] -m MODULE [ARGS ...]

With a real Isaac Sim importable it steps aside and runs the script with that.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from isaaclab_factory import kitless


def _fail(message: str) -> int:
    print(f"isaaclab_factory.kitless: {message}", file=sys.stderr)
    return 2


def main(arguments: list[str]) -> int:
    """Run what the arguments name.

    Returns:
        Exit status; 2 for a wrong call.
    """
    if arguments[:1] == ["--engine"]:
        if len(arguments) < 2:
            return _fail("--engine needs a name")
        try:
            kitless.set_engine(arguments[1])
        except ValueError as error:
            return _fail(str(error))
        arguments = arguments[2:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if arguments else 2
    try:
        if kitless.has_isaac_sim():
            print("[isaaclab_factory.kitless] Isaac Sim is installed: running with it.", file=sys.stderr)
        else:
            kitless.prepare()
    except kitless.SetupError as error:
        return _fail(str(error))
    return _run_module(arguments[1:]) if arguments[0] == "-m" else _run_script(arguments)


def _run_module(arguments: list[str]) -> int:
    if not arguments:
        return _fail("-m needs the name of a module")
    module = arguments[0]
    if module == "pytest" and kitless.is_prepared():
        arguments[1:1] = ["-p", "isaaclab_factory.kitless.pytest_plugin"]
    sys.argv[:] = arguments
    sys.path.insert(0, "")
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0


def _run_script(arguments: list[str]) -> int:
    script = Path(arguments[0])
    if not script.is_file():
        return _fail(f"there is no script '{script}'")
    sys.argv[:] = arguments
    sys.path.insert(0, str(script.resolve().parent))
    runpy.run_path(str(script), run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
