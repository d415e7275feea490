# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Pytest plugin of ``isaaclab_tests.py``: runs Isaac Lab's tests without Isaac Sim, on the CPU and on a chosen engine.

It starts no Kit application, makes Newton the default physics and puts the chosen engine in the place of MuJoCo Warp.
Each test that ends is written as a line of JSON, so nothing is lost if the process is stopped.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import re
import sys
import types
from pathlib import Path

import pytest

GPU = "GPU"
ISAAC_SIM = "Isaac Sim"
SERVER_FILE = "file of NVIDIA's asset server"
OTHER_SOLVER = "another solver of Newton"
PHYSX_CLONES = "scene copied in USD only, for PhysX"
NEWTON_CONTACTS = "Newton's collision pipeline"
PACKAGE = "package that is not installed"
UPSTREAM = "skipped by the test"

_KIT_MODULES = ("carb", "omni", "isaacsim", "usdrt", "pxr.PhysxSchema", "ovphysx")

_created: list[str] = []
"""Names of the managers that have created a solver in this process, in order."""

_runtime = contextlib.ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that ``isaaclab_tests.py`` passes."""
    parser.addoption("--engine", default="newton_mujoco", choices=("newton_mujoco", "newton_mjwarp"))
    parser.addoption("--isaaclab-report", required=True, type=Path, help="file of JSON lines to write")
    parser.addoption("--isaaclab-assets", required=True, help="folder in the place of NVIDIA's asset server")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare Isaac Lab before the tests import it."""
    _use_cpu_for_gpu()
    _replace_flaky()
    _serve_kit_stage()
    if config.getoption("--engine") == "newton_mujoco":
        _replace_mjwarp()
    _start_without_kit()
    _default_to_newton()
    _record_solvers()
    config.pluginmanager.register(_Recorder(config), "isaaclab-recorder")


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a test that is written for the first GPU only run on the CPU."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if mark.args[0] == "device" and mark.args[1] == ["cuda:0"]:
            mark.args[1][:] = ["cpu"]


def _use_cpu_for_gpu() -> None:
    """Let the CPU stand in where a test knows the GPU only; a variant for the GPU beside one for the CPU stays."""
    import isaaclab.test.utils as utils
    from isaaclab.sim import SimulationCfg, SimulationContext

    test_devices = utils.test_devices

    def devices_here(*args, **kwargs) -> list:
        return test_devices(*args, **kwargs) or ["cpu"]

    devices_here.__test__ = False
    utils.test_devices = utils.devices.test_devices = devices_here
    initialize = SimulationContext.__init__

    def initialize_on_cpu(self, cfg: SimulationCfg | None = None) -> None:
        cfg = SimulationCfg() if cfg is None else cfg
        cfg.device = "cpu"
        initialize(self, cfg)

    SimulationContext.__init__ = initialize_on_cpu


def _replace_flaky() -> None:
    """Let a test that may be repeated after a failure have one try only; its package need not be installed."""
    module = types.ModuleType("flaky")
    module.flaky = lambda *args, **kwargs: lambda function: function
    sys.modules["flaky"] = module


def _serve_kit_stage() -> None:
    """Serve the stage where a helper of the articulation tests asks Kit for it."""
    import omni  # a namespace package of omniverseclient, which Isaac Lab needs
    from isaaclab.sim.utils import get_current_stage

    omni.usd = sys.modules["omni.usd"] = types.ModuleType("omni.usd")
    omni.usd.get_context = lambda: types.SimpleNamespace(get_stage=get_current_stage)


def _replace_mjwarp() -> None:
    """Let the names of MuJoCo Warp's manager and solver cfg mean this project's, wherever tests import them from."""
    import isaaclab_newton.physics as physics
    from isaaclab_newton.physics import mjwarp_manager, mjwarp_manager_cfg

    from isaaclab_factory.newton_mujoco import MuJoCoSolverCfg
    from isaaclab_factory.newton_mujoco.manager import NewtonMuJoCoManager

    for module in (physics, mjwarp_manager_cfg):
        module.MJWarpSolverCfg = MuJoCoSolverCfg
    for module in (physics, mjwarp_manager):
        module.NewtonMJWarpManager = NewtonMuJoCoManager


def _start_without_kit() -> None:
    """Let ``launch_test_simulation`` start Newton on the CPU instead of Isaac Sim."""
    import isaaclab.test.utils as utils
    from isaaclab_newton.physics import NewtonCfg

    def launch_test_simulation(cfg=None, **launcher_args) -> None:
        from isaaclab.app import launch_simulation
        from isaaclab.sim import SimulationCfg

        cfg = SimulationCfg(physics=NewtonCfg()) if cfg is None else cfg
        _runtime.enter_context(launch_simulation(cfg, {"headless": True, **launcher_args, "device": "cpu"}))

    utils.launch_test_simulation = utils.simulation.launch_test_simulation = launch_test_simulation


def _default_to_newton() -> None:
    """Make Newton the physics of a simulation that names none, and PhysX a reason not to run."""
    from isaaclab.sim import simulation_context
    from isaaclab_newton.physics import NewtonCfg

    resolve = simulation_context._resolve_physics_cfg

    def resolve_physics_cfg(physics_cfg, use_isaac_sim):
        physics_cfg = resolve(NewtonCfg() if physics_cfg is None else physics_cfg, use_isaac_sim)
        if not isinstance(physics_cfg, NewtonCfg):
            pytest.skip(ISAAC_SIM)
        return physics_cfg

    simulation_context._resolve_physics_cfg = resolve_physics_cfg


def _record_solvers() -> None:
    """Note which managers create solvers: a test is *on the engine* if the chosen one does."""
    from isaaclab_newton.physics import NewtonManager

    initialize_solver = NewtonManager.initialize_solver.__func__

    def record(cls) -> None:
        _created.append(cls.__name__)
        initialize_solver(cls)

    NewtonManager.initialize_solver = classmethod(record)


class _Recorder:
    """Decides what became of each test and writes it down."""

    def __init__(self, config: pytest.Config):
        self._assets = config.getoption("--isaaclab-assets")
        newton_mujoco = config.getoption("--engine") == "newton_mujoco"
        self._manager = "NewtonMuJoCoManager" if newton_mujoco else "NewtonMJWarpManager"
        self._report = config.getoption("--isaaclab-report").open("w")
        self._solvers_before = 0
        self._result: dict | None = None

    def _write(self, **line) -> None:
        self._report.write(json.dumps(line) + "\n")
        self._report.flush()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Mark what needs a GPU, and write the names of all tests."""
        for item in items:
            parameters = getattr(item, "callspec", None)
            if parameters and any("cuda" in str(value) for value in parameters.params.values()):
                item.add_marker(pytest.mark.skip(reason=GPU))
            elif _is_for_other_solvers(item):
                item.add_marker(pytest.mark.skip(reason=OTHER_SOLVER))
        self._write(collected=[_name(item.nodeid) for item in items])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item):
        """Write the result of a test when its last phase is over."""
        self._solvers_before = len(_created)
        self._result = {"outcome": "passed", "seconds": 0.0}
        self._write(started=_name(item.nodeid))
        outcome = yield
        managers = self._managers()
        result = self._result
        if managers and self._manager not in managers and result["outcome"] != "not applicable":
            result = {**result, "outcome": "not applicable", "reason": OTHER_SOLVER, "detail": ", ".join(managers)}
        self._write(test=_name(item.nodeid), **result, on_engine=self._manager in managers)
        return outcome

    def _managers(self) -> list[str]:
        """Managers whose solvers the present test has used: its own, or one that a fixture has kept from before."""
        from isaaclab_newton.physics import NewtonManager

        kept = _created[-1:] if NewtonManager._solver is not None else []
        return sorted(set(_created[self._solvers_before :] + kept))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo):
        """Note the first phase (setup, call, teardown) that does not pass."""
        report = yield
        self._result["seconds"] = round(self._result["seconds"] + report.duration, 2)
        if report.outcome != "passed" and self._result["outcome"] == "passed":
            self._result.update(self._judge(report, call.excinfo))
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Write a file that cannot be imported or is skipped as a whole."""
        if report.outcome != "passed":
            excinfo = getattr(report, "isaaclab_excinfo", None)
            self._write(test=_name(report.nodeid), seconds=0.0, on_engine=False, **self._judge(report, excinfo))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector):
        """Keep the exception of a failed import: the report holds only its text."""
        report = yield
        call = getattr(report, "call", None)
        report.isaaclab_excinfo = call.excinfo if call else None
        return report

    def _judge(self, report: pytest.TestReport | pytest.CollectReport, excinfo) -> dict:
        """Outcome, reason and detail of a phase that did not pass."""
        error = excinfo.value if excinfo else None
        detail = f"{type(error).__name__}: {error}" if error is not None else str(report.longrepr)
        lines = detail.strip().splitlines()
        detail = " ".join(line.strip() for line in lines[:3])[:300]
        if report.outcome == "skipped":
            text = str(error) if error is not None else str(report.longrepr)
            reason = next((known for known in (GPU, ISAAC_SIM, OTHER_SOLVER) if text == known), None)
            reason = reason or (GPU if "cuda" in text.lower() else UPSTREAM)
            return {"outcome": "not applicable", "reason": reason, "detail": text[:300]}
        reason = self._reason(error)
        if reason is not None:
            return {"outcome": "not applicable", "reason": reason, "detail": detail}
        return {"outcome": "failed", "detail": detail}

    def _reason(self, error: BaseException | None) -> str | None:
        """Reason why a test that ended with an error does not apply here; None if it has failed."""
        if isinstance(error, (AssertionError, pytest.fail.Exception)):
            return None
        while error is not None:
            text = str(error)
            if isinstance(error, ModuleNotFoundError) and not error.name.startswith("isaaclab"):
                return ISAAC_SIM if error.name.startswith(_KIT_MODULES) else PACKAGE
            if isinstance(error, (RuntimeError, ValueError)) and ("cuda" in text.lower() or "NVIDIA driver" in text):
                return GPU
            if isinstance(error, (FileNotFoundError, RuntimeError)) and self._assets in text:
                return SERVER_FILE
            if isinstance(error, ValueError) and "use_mujoco_contacts=True" in text:
                return NEWTON_CONTACTS
            if isinstance(error, KeyError) and "matching pattern" in text:
                return PHYSX_CLONES
            error = error.__cause__ or error.__context__
        return None


def _is_for_other_solvers(item: pytest.Item) -> bool:
    """Whether a test names another solver of Newton, or its module never names MuJoCo Warp's."""
    return bool(re.search(r"xpbd|vbd|mpm|kamino|featherstone", item.name.lower())) or _uses_other_solvers(item.module)


@functools.cache
def _uses_other_solvers(module: types.ModuleType) -> bool:
    source = inspect.getsource(module)
    others = re.search(r"(VBD|XPBD|MPM|Kamino\w*|Featherstone)(SolverCfg|Manager)", source)
    return "MJWarp" not in source and others is not None


def _name(nodeid: str) -> str:
    """Node id without the file."""
    return nodeid.partition("::")[2] or nodeid
