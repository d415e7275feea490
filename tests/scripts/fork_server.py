# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs scripts many times and imports their libraries once: each run is a fork of one process.

It imports what a training imports before it makes the engine, and the modules that its arguments name. Then it reads a
line of JSON for each run: the ``script``, the ``words`` after its name, the ``folder`` to work in, all variables of the
environment (``env``), and the files ``out`` and ``err`` for what it prints. It answers with the process id. At its end
the exit code is written to ``code``. ``background`` starts it as a shell starts its background jobs, which do not heed
Ctrl-C by themselves; ``file_size`` is the most bytes that it may write to a file, null for no limit.
"""

import atexit
import importlib
import json
import os
import resource
import runpy
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, NoReturn

SCRIPTS = Path(__file__).parents[2] / "scripts"


def import_everything() -> None:
    """Imports what a training of PegInsert with rsl_rl imports, without starting an engine."""
    import gymnasium

    from isaaclab_factory.learning.cli.tasks import check_task
    from isaaclab_factory.learning.config.load import load_configs

    for module in ("train", "evaluation.measure", "libraries.rsl_rl"):
        importlib.import_module(f"isaaclab_factory.learning.{module}")
    check_task("Isaac-Factory-PegInsert")
    load_configs("Isaac-Factory-PegInsert", "rsl_rl_cfg_entry_point", ["physics=newton_mujoco"])
    entry_point = gymnasium.spec("Isaac-Factory-PegInsert").entry_point
    if isinstance(entry_point, str):
        gymnasium.envs.registration.load_env_creator(entry_point)


def become_script(order: dict[str, Any]) -> None:
    """Turns this process, a fork, into the script as a shell starts it."""
    atexit._clear()  # what the libraries registered waits for threads that a fork does not have
    if order["background"]:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.setsid()
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv = [str(SCRIPTS / order["script"]), *order["words"]]
    sys.path[0] = str(SCRIPTS)
    sys.path[1:1] = filter(None, order["env"].get("PYTHONPATH", "").split(os.pathsep))
    for number, path in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644), number)
    if order["file_size"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_size"], order["file_size"]))


def run_and_exit() -> NoReturn:
    """Runs the script. Libraries in C would wait at the end for threads that a fork does not have."""
    code = 0
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as error:
        code = error.code or 0
        if isinstance(code, str):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(code)


def note_end(pid: int, file: str) -> None:
    """Waits for a run and writes its exit code."""
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    unfinished = Path(f"{file}.tmp")
    unfinished.write_text(str(code))
    unfinished.rename(file)


def main() -> None:
    """Serves until the input ends."""
    import_everything()
    for module in sys.argv[1:]:
        importlib.import_module(module)
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            become_script(order)
            run_and_exit()
        print(pid, flush=True)
        threading.Thread(target=note_end, args=(pid, order["code"])).start()
    os._exit(0)  # the libraries would take seconds to end


if __name__ == "__main__":
    main()
