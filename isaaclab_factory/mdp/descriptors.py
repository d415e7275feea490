# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is exported of an observation term along with a policy."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from isaaclab.envs.utils.io_descriptors import generic_io_descriptor, record_dtype, record_shape


def describe(**fields: Any) -> Callable[[Callable], Callable]:
    """Describes a term for what Isaac Lab exports with a policy: units, axes and the docstring's first paragraph.

    Args:
        fields: What else Isaac Lab's ``generic_io_descriptor`` takes, such as ``units``, ``axes`` and ``frame``.

    Returns:
        A decorator of observation terms.
    """

    def decorate(term: Callable) -> Callable:
        description = " ".join(inspect.getdoc(term).partition("\n\n")[0].split())
        return generic_io_descriptor(description=description, on_inspect=[record_shape, record_dtype], **fields)(term)

    return decorate
