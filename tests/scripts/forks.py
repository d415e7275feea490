# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Scripts that run in forks of a process which has imported their libraries."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.scripts import fork_server

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"COLUMNS": "160", "OMP_NUM_THREADS": "1"}
"""Variables of every script, where the user's environment has none of that name."""
PATIENCE_S = 1200.0
"""How long a script may take, also where other programs take most of the machine."""


class Fork:
    """A script in a process of its own.

    Args:
        pid: Its process id.
        outputs: Folder with the files ``out``, ``err`` and, in the end, ``code``.
    """

    def __init__(self, pid: int, outputs: Path) -> None:
        self.pid = pid
        self._outputs = outputs

    @property
    def out(self) -> str:
        """What it has printed."""
        file = self._outputs / "out"
        return file.read_text() if file.exists() else ""

    @property
    def err(self) -> str:
        """What it has printed to the standard error."""
        return (self._outputs / "err").read_text()

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs."""
        file = self._outputs / "code"
        return int(file.read_text()) if file.exists() else None

    def wait(self, condition: Callable[[], bool] = lambda: False, limit_s: float = PATIENCE_S) -> None:
        """Waits for something, or for the end."""
        deadline = time.monotonic() + limit_s
        while self.code is None and not condition():
            assert time.monotonic() < deadline, f"still running\n{self.out}\n{self.err}"
            time.sleep(0.05)

    def send(self, number: int) -> None:
        """Sends a signal, unless it has ended."""
        if self.code is None:
            with contextlib.suppress(ProcessLookupError):  # it ends just now
                os.kill(self.pid, number)


class ForkServer:
    """The process that the scripts are forks of, see :mod:`tests.scripts.fork_server`.

    Args:
        modules: What it imports beside what a training imports before it makes the engine.
    """

    def __init__(self, *modules: str) -> None:
        quiet = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}  # as a script sets them
        self._process = subprocess.Popen(
            [sys.executable, "-m", fork_server.__name__, *modules],
            cwd=ROOT,
            env=ENVIRONMENT | os.environ | quiet,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._one_at_a_time = threading.Lock()
        self._started: list[Fork] = []
        while self._process.stdout.readline() != "ready\n":
            assert self._process.poll() is None

    def start(
        self,
        script: str,
        *words: str,
        folder: Path,
        outputs: Path,
        env: dict[str, str] | None = None,
        background: bool = False,
        file_size: int | None = None,
    ) -> Fork:
        """Starts a script.

        Args:
            script: Its file in ``scripts``.
            *words: Its arguments.
            folder: Folder that it works in.
            outputs: Folder for what it prints.
            env: Variables of the environment, beside those of this process. Defaults to none.
            background: Whether it ignores Ctrl-C by itself.
            file_size: The most bytes of a file. Defaults to no limit.
        """
        order = {"script": script, "words": words, "folder": str(folder), "env": ENVIRONMENT | os.environ | (env or {})}
        order |= {"background": background, "file_size": file_size}
        order |= {name: str(outputs / name) for name in ("out", "err", "code")}
        with self._one_at_a_time:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            fork = Fork(int(self._process.stdout.readline()), outputs)
            self._started.append(fork)
        return fork

    def close(self) -> None:
        """Kills what still runs, and ends."""
        for fork in self._started:
            fork.send(signal.SIGKILL)
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
