# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The docstrings of the MDP terms, which the site shows, leave nothing out, and the page of terms has all modules."""

import ast
import inspect
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from isaaclab_factory import mdp

PAGE = Path(__file__).parents[2] / "docs" / "terms.md"
OWN = [getattr(mdp, name) for name in mdp.__all__]
FUNCTIONS = [term for term in OWN if not inspect.isclass(term) or "__call__" in vars(term)]
CONFIGURATIONS = [term for term in OWN if inspect.isclass(term) and term.__name__.endswith("Cfg")]


def name(term: Callable) -> str:
    return term.__name__


def items(section: str) -> set[str]:
    """The names of the entries ``name: text`` of a docstring's section; further lines of a text are indented."""
    return set(re.findall(r"^(\w+): ", section, flags=re.MULTILINE))


def faults(term: Callable) -> list[str]:
    """What the docstring of a function, or of the call of a class, leaves out."""
    function = term.__call__ if inspect.isclass(term) else term
    parts = re.split(r"^(Args|Returns|Raises):\n", inspect.getdoc(function) or "", flags=re.MULTILINE)
    sections = {title: inspect.cleandoc(body) for title, body in zip(parts[1::2], parts[2::2], strict=True)}
    signature = inspect.signature(function)
    difference = items(sections.get("Args", "")) ^ (set(signature.parameters) - {"self"})
    found = [f"docstring and parameters differ in {', '.join(sorted(difference))}"] if difference else []
    tensor = signature.return_annotation in (torch.Tensor, "torch.Tensor")  # a name under postponed evaluation
    if tensor and "Shape is" not in " ".join(sections.get("Returns", "").split()):
        found.append("the docstring does not give the shape of the returned tensor")
    return found


def undocumented_fields(cfg: type) -> set[str]:
    """The fields that a configuration class adds to its base, without a docstring below them."""
    body = ast.parse(inspect.getsource(cfg)).body[0].body
    described = {
        statement.target.id
        for statement, following in pairwise([*body, ast.Pass()])
        if isinstance(statement, ast.AnnAssign)
        and isinstance(following, ast.Expr)
        and isinstance(following.value, ast.Constant)
    }
    written = {statement.target.id for statement in body if isinstance(statement, ast.AnnAssign)}
    inherited = {field for base in cfg.__mro__[1:] for field in inspect.get_annotations(base)}
    return written - described - inherited


@pytest.mark.parametrize("term", FUNCTIONS, ids=name)
def test_a_docstring_describes_all_parameters_and_the_shape(term: Callable) -> None:
    assert faults(term) == []


@pytest.mark.parametrize("cfg", CONFIGURATIONS, ids=name)
def test_every_field_of_a_configuration_has_a_docstring(cfg: type) -> None:
    assert undocumented_fields(cfg) == set()


def test_the_page_has_every_module_with_a_term() -> None:
    modules = set(" ".join(re.findall(r"^\.\. mdp-terms:: (.*)$", PAGE.read_text("utf-8"), re.MULTILINE)).split())
    assert modules == {term.__module__.rpartition(".")[2] for term in OWN}


def closeness(env, scale: float, sharpness: float) -> torch.Tensor:
    """How close.

    Args:
        env: The environment.
        scale: Scale in m.

    Returns:
        Rewards.
    """


def test_a_docstring_that_leaves_something_out_is_noticed() -> None:
    assert faults(closeness) == [
        "docstring and parameters differ in sharpness",
        "the docstring does not give the shape of the returned tensor",
    ]


class SilentCfg:
    described: float = 1.0
    """A docstring."""
    silent: float = 2.0


def test_a_field_without_a_docstring_is_noticed() -> None:
    assert undocumented_fields(SilentCfg) == {"silent"}
