# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Faults that strike a training at any moment: nothing that was saved is lost, and the training can go on."""

import csv
import errno
import itertools
import json
import os
import random
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.runs.checkpoints import validate_checkpoint
from tests.scripts.forks import PATIENCE_S, Fork, ForkServer

pytestmark = [pytest.mark.slow, pytest.mark.long]

PROMPT_S = 120.0
"""Patience with the end that a signal asks for. On a machine of its own it is a second or two."""
AT_A_TIME = 4
"""Trainings that run at the same time."""
EVALUATED = ("--eval_interval", "4", "--eval_episodes", "4")
ITERATIONS = 6
ARGUMENTS = (
    *("--lib", "rsl_rl", "--task", "Isaac-Factory-PegInsert", "--num_envs", "4", "--max_iterations", str(ITERATIONS)),
    *("presets=no_noise", "env.episode_length_s=0.5", "agent.num_steps_per_env=8", "agent.save_interval=1"),
    "agent.algorithm.num_learning_epochs=1",
)
"""Trains for seconds and saves a checkpoint after every iteration."""

STAGES = {"start": "Training", "training": "environments ready", "evaluation": "Waiting for", "measuring": "Measuring"}
"""What a training is doing, and the line on the terminal with which it begins."""


class Training(Fork):
    """A training in a folder of its own."""

    def __init__(self, server: ForkServer, folder: Path, *words: str, **env: str) -> None:
        folder.mkdir()
        self.folder, self.words = folder, words
        settings = {"folder": folder, "outputs": folder, "env": env, "background": True}
        super().__init__(server.start("train.py", *ARGUMENTS, *words, **settings).pid, folder)

    def cpu_s(self) -> float:
        """Returns how much time of a core it has taken, infinity when it has ended."""
        try:
            values = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return float("inf")
        return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")

    def run_folders(self) -> list[Path]:
        return list((self.folder / "logs" / "rsl_rl" / "peg_insert").glob("*"))

    def processes(self) -> list[str]:
        """Returns the command lines of this machine that name the folder, such as an evaluation."""
        lines = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue
        return [line for line in lines if f"{self.folder}/" in line]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Training]]:
    """Starts a training with more arguments than those of all, and variables of the environment.

    Its server has not imported the engine, so that a fault can strike that too.
    """
    server, folder, number = ForkServer(), tmp_path_factory.mktemp("faults"), itertools.count()
    yield lambda *words, **env: Training(server, folder / str(next(number)), *words, **env)
    server.close()


def rows(run: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((run / "progress.csv").open()))


def iterations_of(checkpoint: Path) -> int:
    """Returns after how many iterations an intact checkpoint was saved."""
    validate_checkpoint(checkpoint, "rsl_rl")
    return torch.load(checkpoint, weights_only=True)["infos"]["training"]["iterations"]


def saved(run: Path) -> list[int]:
    """Returns after which iterations there are checkpoints, all of them intact."""
    return sorted(map(iterations_of, run.glob("model_*.pt")))


def status(run: Path) -> str:
    return json.loads((run / "run.json").read_text())["status"]


@pytest.fixture(scope="module")
def stage_s(start: Callable[..., Training], tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Time of a core that each stage takes in a training that nothing disturbs, while its folder is copied."""
    training = start()
    copies = tmp_path_factory.mktemp("copies")
    begun: dict[str, float] = {}
    copied: set[str] = set()

    def watch() -> bool:
        now = training.cpu_s()
        for stage, text in STAGES.items():
            if stage not in begun and text in training.out:
                begun[stage] = now
        for run in training.run_folders():
            names = ",".join(sorted(os.listdir(run)))
            if names not in copied:  # a file has come, perhaps one that is not complete
                subprocess.run(["cp", "-r", run, copies / str(len(copied))], stderr=subprocess.DEVNULL, check=False)
                copied.add(names)
        if now < float("inf"):
            begun["end"] = now
        return False

    training.wait(watch)
    assert (training.code, training.err) == (0, "")
    (run,) = training.run_folders()
    assert (status(run), saved(run)) == ("completed", list(range(1, ITERATIONS + 1)))
    found = [saved(copy) for copy in copies.iterdir()]
    assert len(found) > ITERATIONS
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in found)
    return {
        "start": begun["training"] - begun["start"],
        "training": begun["measuring"] - begun["training"],
        "measuring": begun["end"] - begun["measuring"],
    }


@dataclass
class Struck:
    """A training that a fault has struck."""

    training: Training
    moment: str
    seconds: float
    """From the fault to the end."""
    cpu_s: float
    """How much time of a core that took."""

    def __str__(self) -> str:
        end = f"exit {self.training.code} after {self.seconds:.1f} s ({self.cpu_s:.1f} s of a core)"
        return f"{self.moment}: {end}"


PLAN = [
    *[("signal", "start")] * 5,
    *[("signal", "training")] * 8,
    *[("signal", "evaluation")] * 4,
    *[("signal", "measuring")] * 3,
    *[("kill", "training")] * 4,
    *[("full disk", "training")] * 3,
]
"""What strikes, and in which stage; the moment in it is drawn."""


def numbers(fault: str) -> list[int]:
    """Returns the places of a fault in the plan."""
    return [number for number, (name, _) in enumerate(PLAN) if name == fault]


def strike(start: Callable[..., Training], stage_s: dict[str, float], number: int) -> Struck:
    """Starts a training, lets a fault strike it, and waits for its end."""
    (fault, stage), draw = PLAN[number], random.Random(number)
    share, kind = draw.random(), draw.choice([signal.SIGINT, signal.SIGTERM])
    training = start(*(EVALUATED if stage == "evaluation" else ()))
    training.wait(lambda: STAGES[stage] in training.out)
    if stage == "evaluation":  # for which the training only waits
        time.sleep(10.0 * share)
    else:
        moment = training.cpu_s() + share * stage_s[stage] * (0.7 if fault == "full disk" else 1.0)
        training.wait(lambda: training.cpu_s() >= moment)
    used, sent = [training.cpu_s()], time.monotonic()
    if fault == "full disk":
        resource.prlimit(training.pid, resource.RLIMIT_FSIZE, (100_000, 100_000))
    else:
        training.send(signal.SIGKILL if fault == "kill" else kind)
    while training.code is None:
        assert time.monotonic() - sent < (PATIENCE_S if fault == "full disk" else PROMPT_S), training.out
        used.append(training.cpu_s())
        time.sleep(0.05)
    name = {"signal": kind.name, "kill": "SIGKILL"}.get(fault, fault)
    cpu_s = max((value for value in used if value < float("inf")), default=used[0]) - used[0]
    return Struck(training, f"{name} at {share:.0%} of {stage}", time.monotonic() - sent, cpu_s)


@pytest.fixture(scope="module")
def struck(
    request: pytest.FixtureRequest, start: Callable[..., Training], stage_s: dict[str, float]
) -> Iterator[dict[int, Future[Struck]]]:
    """The trainings of the plan by their numbers, those that the selected tests need, some at a time."""
    needed = {item.callspec.params["number"] for item in request.session.items if "struck" in item.fixturenames}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {number: pool.submit(strike, start, stage_s, number) for number in sorted(needed)}


@pytest.mark.parametrize("number", numbers("signal"))
def test_a_signal_at_any_moment(struck: dict[int, Future[Struck]], figures, number: int) -> None:
    end = struck[number].result()
    training = end.training
    assert "Traceback" not in training.out + training.err
    assert not training.processes()
    said = {130: {"interrupted"}, 0: {"ending after this iteration; once more ends at once", ""}}
    assert training.err.strip() in said[training.code]
    if STAGES["training"] not in training.out:
        assert (training.code, training.run_folders()) == (130, [])
        figures("Signals", f"{end}; no run folder")
        return
    (run,) = training.run_folders()
    assert not [path.name for path in run.iterdir() if path.name.startswith((".", "evaluated."))]
    done = len(rows(run))
    assert saved(run) == list(range(1, done + 1))
    assert status(run) in (("interrupted",) if done < ITERATIONS else ("interrupted", "completed"))
    assert training.code == 130 or "Train on:" in training.out
    figures("Signals", f"{end}; {status(run)}, {done} iterations, all saved")


@pytest.mark.parametrize("number", numbers("kill"))
def test_a_kill_loses_no_more_than_the_present_interval(
    struck: dict[int, Future[Struck]], figures, number: int
) -> None:
    end = struck[number].result()
    (run,) = end.training.run_folders()
    done, checkpoints = len(rows(run)), saved(run)
    assert end.training.code == -signal.SIGKILL
    assert status(run) in (("running",) if done < ITERATIONS else ("running", "completed"))
    assert checkpoints == list(range(1, len(checkpoints) + 1))
    assert done - len(checkpoints) in (0, 1)
    figures("Kill", f"{end}; {done} iterations, {len(checkpoints)} saved")


@pytest.mark.parametrize("number", numbers("full disk"))
def test_a_disk_that_fills_up(struck: dict[int, Future[Struck]], figures, number: int) -> None:
    end = struck[number].result()
    training = end.training
    (run,) = training.run_folders()
    done, checkpoints = len(rows(run)), saved(run)
    file = run.relative_to(training.folder) / f"model_{len(checkpoints)}.pt"
    assert (training.code, training.err.count("\n")) == (2, 1)
    assert training.err.startswith("error: cannot write ")
    assert training.err.strip().endswith(f"{file}: {os.strerror(errno.EFBIG)}")
    assert (status(run), checkpoints) == ("failed", list(range(1, done)))
    assert not list(run.glob(".*"))
    figures("Full disk", f"{end}; {done} iterations, {len(checkpoints)} saved")


@pytest.mark.parametrize("number", [numbers("signal")[8], numbers("kill")[0], numbers("full disk")[0]])
def test_the_training_goes_on_from_what_was_saved(struck: dict[int, Future[Struck]], start, number: int) -> None:
    first = struck[number].result().training
    (run,) = first.run_folders()
    done = saved(run)
    words = ("--checkpoint", "latest", "--log_root", str(first.folder / "logs"), "--max_iterations", "1")
    second = start(*words)
    second.wait()
    if not done:
        assert (second.code, second.err.count("\n")) == (2, 1)
        return
    assert (second.code, second.err) == (0, "")
    assert f"Going on after {done[-1]} iterations" in second.out
    assert "Train on:" in second.out


def start_two(start: Callable[..., Training], *words: str) -> list[Training]:
    """Starts the processes of a training as torchrun does, which would also end one when the other has ended."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    both = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "GROUP_WORLD_SIZE": "1"}
    both |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    return [start("--distributed", *words, **both, RANK=str(rank), LOCAL_RANK=str(rank)) for rank in range(2)]


@pytest.mark.parametrize("stage", ["start", "training"])
@pytest.mark.parametrize("killed", [0, 1])
def test_a_process_of_several_is_killed(start, figures, killed: int, stage: str) -> None:
    ranks = start_two(start, "--max_iterations", "500")
    lines = "Training" if stage == "start" else "iteration "
    ranks[0].wait(lambda: lines in ranks[0].out)
    ranks[killed].send(signal.SIGKILL)
    ranks[killed].wait()
    sent, other = time.monotonic(), ranks[1 - killed]
    other.wait(limit_s=PROMPT_S)
    took = time.monotonic() - sent
    assert (ranks[killed].code, other.code) == (-signal.SIGKILL, 2)
    assert other.err == ("error: another of the 2 processes has ended, so that all end\n" if killed else "")
    runs = ranks[0].run_folders()
    if stage == "training" or not killed:
        assert status(runs[0]) == ("failed" if killed else "running")
        done, checkpoints = len(rows(runs[0])) if stage == "training" else 0, saved(runs[0])
        assert checkpoints == list(range(1, len(checkpoints) + 1))
        assert done - len(checkpoints) in (0, 1)
        left = f"{done} iterations, {len(checkpoints)} saved"
    else:
        assert runs == []
        left = "no run folder"
    figures("Processes", f"process {killed} of 2 killed in {stage}: the other ended after {took:.1f} s; {left}")


def test_two_trainings_of_the_same_second_and_name(start, tmp_path: Path) -> None:
    (tmp_path / "stopped_clock.py").write_text(
        "import datetime, isaaclab_factory.learning.runs.files as files\n"
        "class Clock(datetime.datetime):\n"
        "    now = classmethod(lambda cls: cls(2026, 1, 2))\n"
        "files.datetime = Clock\n"
    )
    words = ("--plugin", "stopped_clock", "--log_root", str(tmp_path / "logs"), "--max_iterations", "2")
    both = [start(*words, PYTHONPATH=str(tmp_path)) for _ in range(2)]
    for training in both:
        training.wait()
        assert (training.code, training.err) == (0, "")
    runs = sorted((tmp_path / "logs" / "rsl_rl" / "peg_insert").iterdir())
    assert [run.name for run in runs] == ["2026-01-02_00-00-00", "2026-01-02_00-00-00_1"]
    for run in runs:
        assert (status(run), saved(run), len(rows(run))) == ("completed", [1, 2], 2)
    assert all(any(str(run) in training.out for training in both) for run in runs)
