# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""No term without a test of its own, and no import of a simulator for a configuration."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from isaaclab_factory import mdp

TERMS = sorted(name for name in mdp.__all__ if not name.endswith("Cfg"))


@pytest.fixture(scope="module")
def called() -> set[str]:
    """The names that the tests of this folder call on ``mdp``, or hand to a manager's configuration."""
    nodes = [
        node for file in Path(__file__).parent.glob("*.py") for node in ast.walk(ast.parse(file.read_text("utf-8")))
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


def test_names_of_isaac_lab_are_there_too():
    from isaaclab.envs import mdp as upstream

    assert mdp.time_out is upstream.time_out
    assert mdp.root_pos_w is upstream.root_pos_w


@pytest.mark.slow
def test_configurations_import_neither_terms_nor_a_simulator():
    code = (
        "import sys\n"
        "from isaaclab_factory import mdp\n"
        "mdp.OperationalSpaceTorqueActionCfg(), mdp.SearchMotionTorqueActionCfg()\n"
        "mdp.AssemblyGoalCfg(), mdp.ThreadGoalCfg(), mdp.AssemblyRecorderManagerCfg()\n"
        "names = ('newton', 'mujoco', 'isaacsim', 'omni', 'isaaclab_factory.mdp.actions')\n"
        "print([name for name in names if name in sys.modules])\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"
