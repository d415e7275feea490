# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""No term without a test of its own."""

import ast
from pathlib import Path

import pytest

from isaaclab_factory import mdp

TERMS = sorted(
    name
    for name, value in vars(mdp).items()
    if getattr(value, "__module__", "").startswith("isaaclab_factory.mdp.") and not name.endswith("Cfg")
)


@pytest.fixture(scope="module")
def called() -> set[str]:
    """The names that the tests of this folder call on ``mdp``, or hand to a manager's configuration."""
    nodes = [
        node
        for file in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
    ]
    functions = [node.func for node in nodes if isinstance(node, ast.Call)]
    keywords = [node.value for node in nodes if isinstance(node, ast.keyword) and node.arg == "func"]
    return {
        node.attr
        for node in functions + keywords
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "mdp"
    }


def test_there_are_terms_to_look_for():
    assert {"success", "reset_fixed_part", "AssemblyGoal", "saturate", "start_noise_curriculum"} <= set(TERMS)


@pytest.mark.parametrize("term", TERMS)
def test_a_test_calls_the_term(called, term):
    assert term in called
