# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The notebook is a valid file without outputs, its cells compile, its commands exist, and it runs."""

import re
import shlex
import sys
from pathlib import Path

import nbformat
import pytest
import run_notebook
from IPython.core.inputtransformer2 import TransformerManager

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.tasks import check_agent
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.policies.export import export_parser

FILE = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"
NOTEBOOK = nbformat.read(FILE, as_version=4)
CODE = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
PARSERS = {"train": training_parser, "export": export_parser}


def commands() -> list[str]:
    """Returns the command lines of ``isaaclab-factory``, with numbers in place of the notebook's variables."""
    lines = [line for cell in CODE for line in cell.source.replace("\\\n", " ").splitlines() if line.startswith("!")]
    return [re.sub(r"\{\w+\}", "1", line.removeprefix("!")) for line in lines]


def test_it_is_valid_and_has_no_outputs() -> None:
    nbformat.validate(NOTEBOOK)
    assert (NOTEBOOK.nbformat, NOTEBOOK.nbformat_minor) == (4, 5)
    assert all(not cell.outputs and cell.execution_count is None for cell in CODE)


def test_its_cells_have_names_that_stay() -> None:
    names = [cell.id for cell in NOTEBOOK.cells]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(-text)?", name) for name in names)


def test_every_code_cell_compiles_and_follows_a_text() -> None:
    for before, cell in zip(NOTEBOOK.cells, NOTEBOOK.cells[1:], strict=False):
        if cell.cell_type == "code":
            compile(TransformerManager().transform_cell(cell.source), cell.id, "exec")
            assert before.cell_type == "markdown", cell.id


def test_it_names_no_path_of_a_machine() -> None:
    assert not re.search(r"""["'](/|~/|\.venv)""", "\n".join(cell.source for cell in CODE))


@pytest.mark.parametrize("command", commands())
def test_its_commands_parse_and_their_presets_fit(command: str) -> None:
    program, name, *words = shlex.split(command)
    assert program == "isaaclab-factory"
    args, overrides = split_overrides(PARSERS[name](), words)
    session.find_task(args)
    if name == "train":
        load_configs(args.task, check_agent(args.task, args.lib, args.agent), overrides)


def test_both_commands_are_found() -> None:
    assert [shlex.split(command)[1] for command in commands()] == ["train", "export"]


def test_the_iterations_can_be_changed() -> None:
    notebook = nbformat.read(FILE, as_version=4)
    run_notebook.set_iterations(notebook, 3)
    changed = [cell.id for cell, old in zip(notebook.cells, NOTEBOOK.cells, strict=True) if cell.source != old.source]
    assert changed == ["parameters"]
    assert notebook.cells[[cell.id for cell in notebook.cells].index("parameters")].source == "iterations = 3"


@pytest.mark.slow
def test_a_cell_that_fails_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in ("print('first')", "1 / 0", "print('third')")]
    file = tmp_path / "failing.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
    monkeypatch.setattr(run_notebook, "NOTEBOOK", file)
    monkeypatch.setattr(sys, "argv", ["run_notebook.py"])
    assert run_notebook.main() == 1
    out, err = capsys.readouterr()
    assert "first" in out
    assert "third" not in out
    assert err.splitlines()[-1] == "error: a cell failed: ZeroDivisionError: division by zero"
