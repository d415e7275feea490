# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What all tests share, and the figures that they measured, printed at the end."""

import gc
from collections.abc import Callable

import pytest
import torch

# Searching what the tests import for garbage takes a third of the time that pytest needs to collect them.
gc.disable()

# The tests step small tensors beside the engine's threads: more threads of PyTorch would only wait in loops.
torch.set_num_threads(1)

_FIGURES = pytest.StashKey[dict[str, list[str]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Lets pytest-xdist hand out the files in the order of :func:`pytest_collection_modifyitems`."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Lets several processes begin with the files that take long, so that none of them works alone in the end."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Collects garbage again, but not among what was imported. A process that only hands out tests never does."""
    gc.freeze()
    gc.enable()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips the tests that need a GPU where there is none; skipped here, they share one line of the summary."""
    if item.get_closest_marker("gpu") and not torch.cuda.is_available():
        pytest.skip("needs an NVIDIA GPU")


@pytest.fixture(scope="module", autouse=True)
def _freeze() -> None:
    """Takes what is loaded by now out of garbage collection, which Isaac Lab runs when an environment is closed."""
    gc.collect()  # what a closed environment leaves is not to stay for ever
    gc.freeze()


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Notes a line of measured figures under a title, to be printed after the tests, passed or not."""
    noted = request.config.stash.setdefault(_FIGURES, {})

    def note(title: str, line: str) -> None:
        noted.setdefault(title, []).append(line)

    return note


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hands the figures of one of several processes (pytest-xdist) to the one that prints."""
    gc.freeze()  # Python searches for garbage when it ends
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = session.config.stash.get(_FIGURES, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """Takes the figures of a process that has finished."""
    noted = node.config.stash.setdefault(_FIGURES, {})
    for title, lines in getattr(node, "workeroutput", {}).get("figures", {}).items():
        noted.setdefault(title, []).extend(lines)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the figures."""
    for title, lines in config.stash.get(_FIGURES, {}).items():
        terminalreporter.section(title, sep="-")
        for line in lines:
            terminalreporter.write_line(line)
