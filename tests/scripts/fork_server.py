# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs ``scripts/train.py`` many times and imports its libraries once: each training is a fork of one process.

It reads a line of JSON for each training: ``folder`` to work in, ``words`` after the script's name, variables of the
environment (``env``), and the files ``out`` and ``err`` for what it prints. It answers with the process id. At its end
the exit code is written to ``code``.
"""

import atexit
import importlib
import json
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, NoReturn

SCRIPT = Path(__file__).parents[2] / "scripts" / "train.py"


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


def become_training(order: dict[str, Any]) -> None:
    """Turns this process, a fork, into the script as a shell starts it in the background."""
    atexit._clear()  # what the libraries registered waits for threads that a fork does not have
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.setsid()
    os.chdir(order["folder"])
    os.environ.update(order["env"])
    sys.path[:0] = filter(None, order["env"].get("PYTHONPATH", "").split(os.pathsep))
    for number, path in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644), number)
    sys.argv = [str(SCRIPT), *order["words"]]


def train_and_exit() -> NoReturn:
    """Runs the script. Libraries in C would wait at the end for threads that a fork does not have."""
    from isaaclab_factory.learning.cli.script import run_script

    try:
        code = run_script("isaaclab_factory.learning.train:train_with_chosen_library")
    except SystemExit as error:
        code = error.code
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(code)


def note_end(pid: int, file: str) -> None:
    """Waits for a training and writes its exit code."""
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    unfinished = Path(f"{file}.tmp")
    unfinished.write_text(str(code))
    unfinished.rename(file)


def main() -> None:
    """Serves until the input ends."""
    import_everything()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            become_training(order)
            train_and_exit()
        print(pid, flush=True)
        threading.Thread(target=note_end, args=(pid, order["code"])).start()


if __name__ == "__main__":
    main()
