# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The reference page of the MDP terms says what the docstrings say, and the docstrings say all of it."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

from isaaclab_factory import mdp

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that prints the page."""
    path = ROOT / "scripts" / "document_terms.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def term(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable], None]:
    """Puts a term into ``mdp``, in the module of the rewards if it is not told otherwise."""

    def add(function: Callable, module: str = "rewards") -> None:
        function.__module__ = f"isaaclab_factory.mdp.{module}"
        monkeypatch.setattr(mdp, function.__name__, function, raising=False)
        monkeypatch.setattr(mdp, "__all__", [*mdp.__all__, function.__name__])

    return add


def test_the_page_is_what_the_script_prints(script: ModuleType) -> None:
    page = (ROOT / "docs" / "terms.md").read_text(encoding="utf-8")
    assert page == f"{script.page()}\n", "run: python scripts/document_terms.py > docs/terms.md"


def test_every_term_has_an_entry_with_its_parameters_defaults_and_shape(script: ModuleType) -> None:
    entries = dict(block.split("\n", 1) for block in script.page().split("\n### ")[1:])
    configurations = {name for name in mdp.__all__ if name.endswith("Cfg") and hasattr(mdp, name.removesuffix("Cfg"))}
    assert set(entries) == set(mdp.__all__) - configurations
    reward = entries["keypoint_reward"]
    assert "`1 / (exp(sharpness d) + offset + exp(-sharpness d))`" in reward
    assert "| `offset` | required | Lowers and widens the maximum, without unit. |" in reward
    assert "| `command_name` | `'assembly_goal'` | Name of the assembly goal. |" in reward
    assert "**Returns** Rewards without unit. Shape is (num_envs,)." in reward
    assert "`env`" not in reward
    action = entries["OperationalSpaceTorqueAction"]
    assert "| `raw_actions` | Actions as given by the policy. Shape is (num_envs, 6). |" in action
    assert "Configuration: `OperationalSpaceTorqueActionCfg`, in addition to the fields of `ActionTermCfg`:" in action
    assert "| `ema_factor` | `0.2` | Share of the new action" in action
    assert "| `body_name` | required | Name of the tool's body" in action
    assert all(name in script.page() for name in configurations)


def test_a_kind_begins_with_what_its_terms_are(script: ModuleType) -> None:
    rewards = script.page().split("\n## Rewards\n")[1].split("\n### ")[0]
    assert "Isaac Lab's reward manager multiplies each weight by the environment's step time." in rewards
    assert "| [`success`](#success) | One where the parts are assembled now, zero elsewhere. |" in rewards


def closeness(env, scale: float, sharpness: float) -> "torch.Tensor":
    """How close.

    Args:
        env: The environment.
        scale: Scale in m.

    Returns:
        Rewards. Shape is (num_envs,).
    """


def nearness(env) -> "torch.Tensor":
    """How near.

    Args:
        env: The environment.

    Returns:
        Rewards.
    """


def test_a_parameter_without_a_docstring_is_reported(script: ModuleType, term) -> None:
    term(closeness)
    with pytest.raises(ValueError, match="closeness: docstring and parameters differ in sharpness"):
        script.page()


def test_a_tensor_without_a_shape_is_reported(script: ModuleType, term) -> None:
    term(nearness)
    with pytest.raises(ValueError, match="nearness: the docstring does not give the shape"):
        script.page()


def test_a_term_of_a_new_module_needs_a_kind(script: ModuleType, term) -> None:
    term(nearness, "novelties")
    with pytest.raises(ValueError, match="KINDS does not have the modules of nearness"):
        script.page()
