# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""For running Isaac Lab's own tests: tests that cannot apply here are skipped with the reason instead of failing.

A test does not apply if it needs a GPU that is not there, a file of NVIDIA's asset server, a package that is not
installed, or a feature of Isaac Sim that the stand-ins refuse. Every other failure stays a failure.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import Any

import pytest
import torch

from isaaclab_factory.kitless.unsupported import ModuleNeedsIsaacSim, NotSupportedWithoutIsaacSim

_NO_CUDA = ("Torch not compiled with CUDA", "No CUDA GPUs are available", "arguments from the 'CUDA' backend")
"""What PyTorch says where there is no GPU."""

_OURS = {"carb", "isaaclab", "isaacsim", "omni", "pxr", "usdrt"}
"""What is never a missing package: it has to be there, or to be refused by name."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests with a CUDA device among their parameters where there is none."""
    if torch.cuda.is_available():
        return
    needs_gpu = pytest.mark.skip(reason="GPU")
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if any(isinstance(value, str) and value.startswith("cuda") for value in parameters.values()):
            item.add_marker(needs_gpu)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Generator[None, Any, None]:
    """Turn a failure for want of Isaac Sim into a skip."""
    outcome = yield
    report = outcome.get_result()
    reason = None if call.excinfo is None else _reason(call.excinfo.value)
    if report.failed and reason is not None:
        path, line, _ = item.location
        report.outcome, report.longrepr = "skipped", (path, (line or 0) + 1, f"Skipped: {reason}")
        _clean_up()


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, None]:
    """Turn a file that cannot be imported for want of something into a skip."""
    outcome = yield
    report = outcome.get_result()
    reason = _import_reason(str(report.longrepr)) if report.failed else None
    if reason is not None:
        report.outcome, report.longrepr = "skipped", (str(collector.path), 1, f"Skipped: {reason}")


def _import_reason(text: str) -> str | None:
    """Why a file could not be imported, None for an error of its own or of the stand-ins."""
    refused = re.search(rf"{ModuleNeedsIsaacSim.__name__}: (.*): not supported", text)
    if refused is not None:
        return f"Isaac Sim: {refused[1]}"
    missing = re.search(r"ModuleNotFoundError: No module named '(\w+)'", text)
    return f"package {missing[1]}" if missing is not None and missing[1] not in _OURS else None


def _clean_up() -> None:
    """End a simulation that a test began and could not end."""
    import omni.usd
    from isaacsim.core.api import SimulationContext

    SimulationContext.clear_instance()
    omni.usd.get_context().new_stage()


def _reason(error: BaseException) -> str | None:
    """Why a test does not apply, None if it does."""
    import carb

    assets = carb.settings.get_settings().get("/persistent/isaac/asset_root/cloud")
    for cause in _chain(error):
        if isinstance(cause, NotSupportedWithoutIsaacSim):
            return f"Isaac Sim: {cause.feature}"
        if any(message in str(cause) for message in _NO_CUDA):
            return "GPU"
        if assets in str(cause) or "omniverse-content-production" in str(cause):
            return "NVIDIA asset"
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
