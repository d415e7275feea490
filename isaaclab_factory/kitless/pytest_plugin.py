# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""For running Isaac Lab's own tests: tests that cannot apply here are skipped with the reason instead of failing.

A test does not apply if it needs a GPU that is not there, a file of NVIDIA's asset server, or a feature of Isaac Sim
that the stand-ins refuse. Every other failure stays a failure.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import Any

import pytest
import torch

from isaaclab_factory.kitless.unsupported import ModuleNeedsIsaacSim, NotSupportedWithoutIsaacSim


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
    """Turn a file that cannot be imported for want of Isaac Sim into a skip."""
    outcome = yield
    report = outcome.get_result()
    refused = re.search(rf"{ModuleNeedsIsaacSim.__name__}: (.*): not supported", str(report.longrepr))
    if report.failed and refused is not None:
        report.outcome, report.longrepr = "skipped", (str(collector.path), 1, f"Skipped: Isaac Sim: {refused[1]}")


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
        if "Torch not compiled with CUDA" in str(cause) or "No CUDA GPUs are available" in str(cause):
            return "GPU"
        if assets in str(cause) or "omniverse-content-production" in str(cause):
            return "NVIDIA asset"
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
