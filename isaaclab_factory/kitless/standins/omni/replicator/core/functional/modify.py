# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Changes of prims."""

from __future__ import annotations

from collections.abc import Sequence

from pxr import Usd, UsdSemantics

_MODES = ("add", "replace")


def semantics(prims: Usd.Prim | Sequence[Usd.Prim], semantics: dict[str, str | list[str]], mode: str = "add") -> None:
    """Label prims (``UsdSemantics.LabelsAPI``).

    Args:
        prims: The prims.
        semantics: Labels by taxonomy, e.g. {"class": ["table"]}.
        mode: "add" keeps the labels that a prim has, "replace" does not.

    Raises:
        ValueError: For another mode.
    """
    if mode not in _MODES:
        raise ValueError(f"unknown mode '{mode}'; choose from {', '.join(_MODES)}")
    for prim in [prims] if isinstance(prims, Usd.Prim) else prims:
        for taxonomy, labels in semantics.items():
            attribute = UsdSemantics.LabelsAPI.Apply(prim, taxonomy).CreateLabelsAttr()
            old = list(attribute.Get() or []) if mode == "add" else []
            new = [labels] if isinstance(labels, str) else list(labels)
            attribute.Set(old + [label for label in new if label not in old])
