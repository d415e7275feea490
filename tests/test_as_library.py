# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The package as a library: a notebook's worth of work in one process, which leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from tests.docs.blocks import read_blocks

ROOT = Path(__file__).parents[1]
NOWHERE = "/proc"
"""A working folder in which nobody can create a file, not even root."""


def tutorial_notebook() -> str:
    """The notebook of the tutorial."""
    (notebook,) = (block for block in read_blocks(ROOT / "docs" / "tutorial.md") if block.file == "notebook.py")
    return notebook.content


@pytest.mark.slow
def test_a_notebook_works_and_leaves_nothing_behind(tmp_path: Path) -> None:
    given = {name: tmp_path / name for name in ("HOME", "TMPDIR")}
    for folder in given.values():
        folder.mkdir()
    script = tmp_path / "session.py"
    user = "import torch\ntorch.set_num_threads(3)\n"
    script.write_text(user + tutorial_notebook() + (Path(__file__).parent / "notebook_session.py").read_text())
    # what is in the user's caches already need not be made again
    environment = {"XDG_CACHE_HOME": str(platformdirs.user_cache_path())} | os.environ | given
    process = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=NOWHERE,
        env={name: str(value) for name, value in environment.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=600)
    finally:
        process.kill()
    assert process.returncode == 0, out[-2000:] + err[-4000:]
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [script]
