# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Importing a user's modules that register tasks."""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import gymnasium
import pytest

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.tasks import own_tasks
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config import plugins
from isaaclab_factory.learning.errors import UserError

REGISTER = """
import gymnasium

gymnasium.register("Plug-{name}-v0", entry_point="plug:Env", kwargs={{"env_cfg_entry_point": "plug:Cfg"}})
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Writes a file into the working folder; what is imported from it and registered is forgotten after the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    modules, tasks = set(sys.modules), set(gymnasium.registry)

    def write_file(name: str, content: str) -> None:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)

    yield write_file
    for name in set(sys.modules) - modules:
        if name.startswith("plug"):
            del sys.modules[name]
    for name in set(gymnasium.registry) - tasks:
        if name.startswith("Plug-"):
            del gymnasium.registry[name]


def parse(*argv: str) -> argparse.Namespace:
    return split_overrides(training_parser("rsl_rl"), list(argv))[0]


def test_a_task_of_a_plugin_is_found(write) -> None:
    write("plug_one.py", REGISTER.format(name="One"))
    session.find_task(parse("--plugin", "plug_one", "--task", "Plug-One-v0"))
    assert "Plug-One-v0" in own_tasks()


def test_several_plugins_and_modules_in_packages_are_imported(write) -> None:
    write("plug_one.py", REGISTER.format(name="One"))
    write("plugs/two.py", REGISTER.format(name="Two"))
    session.find_task(parse("--plugin", "plug_one", "--plugin", "plugs.two", "--task", "Plug-Two-v0"))
    assert {"Plug-One-v0", "Plug-Two-v0"} <= set(own_tasks())


def test_an_unknown_task_is_reported_with_the_close_ones_of_a_plugin(write) -> None:
    write("plug_one.py", REGISTER.format(name="One"))
    with pytest.raises(UserError, match="unknown task 'Plug-On-v0'; did you mean Plug-One-v0"):
        session.find_task(parse("--plugin", "plug_one", "--task", "Plug-On-v0"))


def test_a_plugin_may_import_isaac_lab(write) -> None:
    write("plug_lab.py", "from isaaclab.utils import configclass" + REGISTER.format(name="Lab"))
    plugins.import_plugin("plug_lab")
    assert "Plug-Lab-v0" in own_tasks()


def test_tasks_of_isaac_lab_are_not_offered_though_a_plugin_imports_them(write) -> None:
    write("plug_lab.py", "import isaaclab_tasks" + REGISTER.format(name="Lab"))
    plugins.import_plugin("plug_lab")
    assert "Isaac-Cartpole" in gymnasium.registry
    tasks = own_tasks()
    assert "Plug-Lab-v0" in tasks
    assert all(task.startswith(("Plug-", "Isaac-Factory-", "Isaac-Forge-")) for task in tasks)


def test_a_task_registered_with_its_class_is_offered(write) -> None:
    register = "gymnasium.register('Plug-Class-v0', entry_point='a:b', kwargs={'env_cfg_entry_point': Cfg})"
    write("plug_class.py", f"import gymnasium\nclass Cfg: pass\n{register}\n")
    plugins.import_plugin("plug_class")
    assert "Plug-Class-v0" in own_tasks()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module' (plug_bad.py, line 1)"),
        ("\nx = 1 +", "SyntaxError: invalid syntax (plug_bad.py, line 2)"),
        ("def f():\n    return 1 / 0\nf()", "ZeroDivisionError: division by zero (plug_bad.py, line 2)"),
        ("import logging\nlogging.Handler(level='loud')", "ValueError: Unknown level: 'loud' (plug_bad.py, line 2)"),
        ("raise SystemExit(3)", "SystemExit: 3 (plug_bad.py, line 1)"),
        (r"raise ValueError('first\nsecond')", "ValueError: first (plug_bad.py, line 1)"),
    ],
)
def test_a_plugin_that_fails_is_reported_with_its_own_line(write, content: str, said: str) -> None:
    write("plug_bad.py", content)
    with pytest.raises(UserError) as caught:
        plugins.import_plugin("plug_bad")
    assert str(caught.value) == f"cannot import the plugin 'plug_bad': {said}"


@pytest.mark.parametrize("name", ["plug_none", "plug_none.task", "plugs.none"])
def test_a_plugin_that_is_not_there_is_reported_with_where_it_was_looked_for(write, tmp_path: Path, name: str) -> None:
    write("plugs/one.py", "")
    with pytest.raises(UserError) as caught:
        plugins.import_plugin(name)
    assert str(caught.value) == f"no module '{name}' for --plugin, in {tmp_path} or among the installed packages"


@pytest.mark.parametrize("name", ["plug.py", "plugs/one", "./plug", "plug-one", ".plug", ""])
def test_a_file_for_a_module_is_reported(name: str) -> None:
    with pytest.raises(UserError, match=r"is no module's name such as my_task or my_package\.my_task"):
        parse("--plugin", name)


def test_without_plugins_the_working_folder_stays_off_the_path(write, tmp_path: Path) -> None:
    session.find_task(parse())
    assert str(tmp_path) not in sys.path
