# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The reference page of the MDP terms says what the docstrings say, and the docstrings say all of it."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import torch

from isaaclab_factory import mdp
from isaaclab_factory.learning.errors import UserError, run_script


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "document_terms.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def term(monkeypatch: pytest.MonkeyPatch):
    """Puts a reward term into ``mdp``."""

    def add(function) -> None:
        function.__module__ = "isaaclab_factory.mdp.rewards"
        monkeypatch.setattr(mdp, function.__name__, function, raising=False)

    return add


def test_the_page_is_up_to_date(script: ModuleType) -> None:
    assert script.PAGE.read_text(encoding="utf-8") == script.page()


def test_a_page_that_is_not_up_to_date_is_told(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    page = tmp_path / "terms.md"

    def run(*args: str) -> int:
        monkeypatch.setattr("sys.argv", ["document_terms.py", "--output", str(page), *args])
        return run_script(script.main)

    assert run("--check") == 2  # there is none
    assert run() == 0
    assert run("--check") == 0
    page.write_text(page.read_text(encoding="utf-8").replace("`0.2`", "`0.3`"), encoding="utf-8")
    capsys.readouterr()
    assert run("--check") == 2
    assert capsys.readouterr().err == f"error: {page} is not up to date: run scripts/document_terms.py\n"
    assert "`0.3`" in page.read_text(encoding="utf-8")


def test_every_term_has_an_entry_with_its_parameters_defaults_and_shape(script: ModuleType) -> None:
    entries = dict(block.split("\n", 1) for block in script.page().split("\n### ")[1:])
    own = {name for name, value in vars(mdp).items() if getattr(value, "__module__", "").startswith(mdp.__name__)}
    assert set(entries) == {name for name in own if not name.endswith("Cfg")}
    assert {f"#### {name}" in script.page() for name in own if name.endswith("Cfg")} == {True}
    squash = entries["keypoint_squash"]
    assert "`1 / (exp(a x) + b + exp(-a x))`" in squash
    assert "| `a` | required | Slope in 1/m. |" in squash
    assert "| `command_name` | `'assembly_goal'` |" in squash
    assert "**Returns** Rewards without unit. Shape is (num_envs,)." in squash
    assert "| `ema_factor` | `0.2` | Share of the new action" in entries["OperationalSpaceTorqueAction"]


def test_a_parameter_without_a_docstring_is_told(script: ModuleType, term) -> None:
    def closeness(env, scale: float, sharpness: float) -> "torch.Tensor":
        """How close.

        Args:
            env: The environment.
            scale: Scale in m.

        Returns:
            Rewards. Shape is (num_envs,).
        """

    term(closeness)
    with pytest.raises(UserError, match="closeness: docstring and parameters differ in sharpness"):
        script.page()


def test_a_term_that_does_not_tell_its_shape_is_told(script: ModuleType, term) -> None:
    def closeness(env) -> "torch.Tensor":
        """How close.

        Args:
            env: The environment.

        Returns:
            Rewards.
        """

    term(closeness)
    with pytest.raises(UserError, match="closeness: the docstring does not tell the shape"):
        script.page()


def test_a_term_of_a_new_module_needs_a_kind(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def recorded(env) -> torch.Tensor:
        """A record."""

    recorded.__module__ = "isaaclab_factory.mdp.recorders"
    monkeypatch.setattr(mdp, "recorded", recorded, raising=False)
    with pytest.raises(UserError, match="no kind of terms in KINDS has the modules of recorded"):
        script.page()
