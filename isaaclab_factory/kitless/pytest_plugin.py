# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""For running Isaac Lab's own tests: says which of them need a GPU instead of letting them fail."""

from __future__ import annotations

import pytest
import torch


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests with a CUDA device among their parameters where there is none."""
    if torch.cuda.is_available():
        return
    needs_gpu = pytest.mark.skip(reason="needs a GPU")
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if any(isinstance(value, str) and value.startswith("cuda") for value in parameters.values()):
            item.add_marker(needs_gpu)
