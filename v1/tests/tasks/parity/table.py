# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The largest deviations from the reference, quantity by quantity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch


@dataclass
class Row:
    """One quantity."""

    shape: tuple[int, ...]
    unit: str
    states: int = 0
    deviation: float = 0.0
    allowed: float = 0.0


class Table:
    """Compares quantities, and remembers the largest deviation of each over all comparisons."""

    def __init__(self):
        """Start empty."""
        self.rows: dict[str, Row] = {}

    def compare(
        self, quantity: str, ours: torch.Tensor, theirs: torch.Tensor, allowed: float = 0.0, unit: str = ""
    ) -> None:
        """Require that a quantity agrees in every state.

        Args:
            quantity: Name of the quantity, after that of its group and a slash.
            ours: Our values. Shape is (num_states, ...).
            theirs: The reference's, of the same shape.
            allowed: Largest absolute deviation that float32 explains; zero where both do the same arithmetic.
            unit: Unit of the quantity.
        """
        assert ours.shape == theirs.shape, quantity
        deviation = (ours.double() - theirs.double()).abs().max().item()
        assert deviation <= allowed, f"{quantity}: deviates by {deviation:.3g} {unit}, {allowed:.3g} allowed"
        row = self.rows.setdefault(quantity, Row(tuple(ours.shape[1:]), unit))
        row.states += len(ours)
        row.deviation, row.allowed = max(row.deviation, deviation), max(row.allowed, allowed)

    def cell(self, quantity: str) -> str:
        """The largest deviation of a quantity, and what is allowed unless nothing is."""
        if quantity not in self.rows:
            return "-"
        row = self.rows[quantity]
        deviation = f"{row.deviation:.1e}" if row.deviation else "0"
        return f"{deviation} / {row.allowed:.1e}" if row.allowed else deviation


def markdown(tables: dict[str, Table]) -> Iterator[str]:
    """One table of all tasks, line by line, with the quantities in groups.

    Args:
        tables: The deviations by task.
    """
    rows = {quantity: row for table in tables.values() for quantity, row in table.rows.items()}
    yield f"| quantity | shape | states | {' | '.join(tables)} | unit |"
    yield "|---" * (4 + len(tables)) + "|"
    for quantity in sorted(rows, key=lambda quantity: quantity.split("/")[0]):
        row = rows[quantity]
        shape = " x ".join(map(str, row.shape)) or "1"
        cells = " | ".join(table.cell(quantity) for table in tables.values())
        yield f"| {quantity} | {shape} | {row.states} | {cells} | {row.unit} |"
