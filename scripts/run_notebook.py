# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Executes the notebook from top to bottom in a temporary folder, and prints what its cells print."""

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "quickstart.ipynb"
PARAMETERS = "parameters"
"""Tag of the cell with the number of iterations."""


def set_iterations(notebook: nbformat.NotebookNode, iterations: int) -> None:
    """Changes how long the notebook trains.

    Args:
        notebook: The notebook.
        iterations: Policy updates.
    """
    (cell,) = (cell for cell in notebook.cells if PARAMETERS in cell.metadata.get("tags", ()))
    cell.source = re.sub(r"(?m)^iterations = \d+$", f"iterations = {iterations}", cell.source)


def text_of(cell: nbformat.NotebookNode) -> str:
    """Returns what a cell printed."""
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def main() -> int:
    """Runs the notebook.

    Returns:
        The exit code: 1 if a cell failed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, metavar="N", help="policy updates (default: the notebook's)")
    args = parser.parse_args()
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    if args.iterations is not None:
        set_iterations(notebook, args.iterations)
    start = time.monotonic()

    def show(cell: nbformat.NotebookNode, **_: object) -> None:
        if cell.cell_type == "code":
            print(f"[{time.monotonic() - start:.0f} s] {cell.id}\n{text_of(cell)}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, resources={"metadata": {"path": folder}}, on_cell_executed=show)
        try:
            client.execute()
        except CellExecutionError as error:
            print(f"{error}\nerror: a cell failed: {error.ename}: {error.evalue}", file=sys.stderr)
            return 1
    print(f"{NOTEBOOK.name}: {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
