# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a still world says when it is asked for something that it does not have."""

from __future__ import annotations

from typing import Any


class Still:
    """Base of all objects of a still world: names what it lacks and what it has, and never makes anything up."""

    def __getattr__(self, name: str) -> Any:
        known = (known for known in dir(self) if not known.startswith(("_", "set_", "write_")))
        raise AttributeError(
            f"{type(self).__name__}, a test double without a simulator, has no '{name}'; it has {', '.join(known)}."
        )
