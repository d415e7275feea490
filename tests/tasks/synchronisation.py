# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Finds calls with which the CPU would wait for a GPU. They are found on a CPU too, where they cost nothing."""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import torch
import warp as wp
from torch.overrides import TorchFunctionMode

import isaaclab_factory

PACKAGE = Path(isaaclab_factory.__file__).parent
CPU_ENGINE = PACKAGE / "newton_mujoco"
"""It computes in NumPy arrays by design, and never on a GPU."""

READS = {"item", "cpu", "numpy", "tolist", "__bool__", "__int__", "__float__", "__index__", "__contains__"}
"""Methods of a tensor that read its numbers on the CPU.

``__array__`` is not one of them: with it Warp's launches take a tensor on the CPU. They take one on a GPU by its
address, and there ``__array__`` raises an error.
"""
SHAPED_BY_NUMBERS = {"nonzero", "argwhere", "masked_select", "unique", "unique_consecutive", "bincount"}
"""Functions whose result has a shape that depends on the numbers, so that PyTorch reads them."""
UPLOADS = {"tensor", "as_tensor", "asarray", "new_tensor", "from_numpy"}
"""Functions that copy numbers of Python to the device, and wait for it."""
INDEXING = {"__getitem__", "__setitem__"}


class HostSynchronisations(TorchFunctionMode):
    """Notes where code of the package, the CPU engine excepted, would make the CPU wait for a GPU, while it is entered.

    A call counts for the package if a function of the package made it, or called what made it: a manager of Isaac Lab
    that calls a term of the package does not count for it, a helper of Isaac Lab that a term calls does.

    Args:
        folder: Folder of the code that is watched.

    Attributes:
        found: One line per call, with its place in the watched code.
    """

    def __init__(self, folder: Path = PACKAGE) -> None:
        super().__init__()
        self.found: list[str] = []
        self._folder = folder
        self._patches = [
            patch.object(owner, name, self._noting(getattr(owner, name), f"warp {name}"))
            for owner, name in (
                (wp.array, "numpy"),
                (wp.array, "list"),
                (wp, "synchronize"),
                (wp, "synchronize_device"),
            )
        ]

    def __enter__(self) -> HostSynchronisations:
        for one in self._patches:
            one.start()
        return super().__enter__()

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        for one in self._patches:
            one.stop()

    def __torch_function__(self, func: Callable, types: Any, args: Sequence = (), kwargs: dict | None = None) -> Any:
        name = getattr(func, "__name__", "")
        if waits(name, args, kwargs or {}):
            self._note(name)
        return func(*args, **(kwargs or {}))

    def _noting(self, function: Callable, name: str) -> Callable:
        @functools.wraps(function)
        def noted(*args: Any, **kwargs: Any) -> Any:
            self._note(name)
            return function(*args, **kwargs)

        return noted

    def _note(self, name: str) -> None:
        """Note a call if it comes from the watched code."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            file = Path(frame.f_code.co_filename)
            if file.is_relative_to(self._folder) and not file.is_relative_to(CPU_ENGINE):
                place = traceback.FrameSummary(str(file), frame.f_lineno, frame.f_code.co_name)
                self.found.append(f"{name}: {file.relative_to(self._folder)}:{frame.f_lineno}: {place.line}")
                return
            frame = frame.f_back


def waits(name: str, args: Sequence, kwargs: dict[str, Any]) -> bool:
    """Whether a function of PyTorch reads numbers of a GPU, or copies numbers to it and waits.

    Args:
        name: Name of the function.
        args: Its arguments.
        kwargs: Its keyword arguments.
    """
    if name in READS | SHAPED_BY_NUMBERS:
        return True
    if name in UPLOADS:
        return not any(isinstance(arg, torch.Tensor) for arg in (*args[name == "new_tensor" :], *kwargs.values()))
    if name == "to":
        return "cpu" in {str(value) for value in (*args[1:], *kwargs.values()) if isinstance(value, str | torch.device)}
    if name == "where":
        return len(args) + len(kwargs) == 1
    return name in INDEXING and needs_numbers(args[1]) | (name == "__setitem__" and writes_scalar(*args[1:3]))


def needs_numbers(index: Any) -> bool:
    """Whether an index is a list of numbers, which is copied to the device, or a mask, whose size is read."""
    if isinstance(index, tuple):
        return any(needs_numbers(part) for part in index)
    if isinstance(index, torch.Tensor):
        return index.dtype in (torch.bool, torch.uint8)
    return isinstance(index, list)


def writes_scalar(index: Any, value: Any) -> bool:
    """Whether a number of Python is written to places that a tensor names: it is copied to the device first."""
    parts = index if isinstance(index, tuple) else (index,)
    return not isinstance(value, torch.Tensor) and any(isinstance(part, torch.Tensor) for part in parts)
