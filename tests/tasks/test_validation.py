# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What Isaac Lab checks before it makes an environment. ``tests/notebook_session.py`` leaves one open."""

import builtins

import pytest
from isaaclab.sim import SimulationContext
from isaaclab_tasks.utils import load_cfg_from_registry, resolve_presets

from tests.tasks.task_env import EXAMPLES, FACTORY


@pytest.mark.parametrize("task", [*FACTORY, *EXAMPLES])
def test_presets_have_to_be_resolved(task):
    cfg = load_cfg_from_registry(f"Isaac-Factory-{task}", "env_cfg_entry_point")
    with pytest.raises(ValueError, match=r"presets .* not resolved: use isaaclab_tasks\.utils\.resolve_presets\(cfg\)"):
        cfg.validate()
    assert resolve_presets(cfg).validate() == []


@pytest.mark.parametrize("in_extension", [False, True])
def test_a_simulation_that_runs_already_is_refused_but_in_an_extension_of_isaac_sim(in_extension, monkeypatch):
    cfg = resolve_presets(load_cfg_from_registry("Isaac-Factory-PegInsert", "env_cfg_entry_point"))
    monkeypatch.setattr(SimulationContext, "instance", classmethod(lambda cls: object()))
    monkeypatch.setattr(builtins, "ISAAC_LAUNCHED_FROM_TERMINAL", in_extension, raising=False)
    if in_extension:
        assert cfg.validate() == []
    else:
        with pytest.raises(RuntimeError, match="still open in this process"):
            cfg.validate()


def test_single_events_may_be_missing_but_not_all():
    cfg = resolve_presets(load_cfg_from_registry("Isaac-Factory-PegInsert", "env_cfg_entry_point"))
    cfg.events.start_noise = None
    assert cfg.validate() == []
    cfg.events = None
    with pytest.raises(ValueError, match="events cannot be None"):
        cfg.validate()
