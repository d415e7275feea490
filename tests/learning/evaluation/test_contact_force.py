# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The force at the wrist by its limit, and where there is none to report."""

from types import SimpleNamespace

import pytest
import torch

from isaaclab_factory.learning.evaluation.contact_force import LimitedForces


def limit(force_range=(4.0, 10.0), limits=(4.5, 7.0, 9.5, 7.5)):
    return SimpleNamespace(
        force=torch.zeros(4),
        command=torch.tensor(limits).unsqueeze(-1),
        cfg=SimpleNamespace(force_range=force_range),
    )


def test_figures_are_of_all_steps_and_by_the_limit():
    term = limit()
    forces = LimitedForces(term)
    counted = torch.tensor([True, True, True, False])
    for size in (2.0, 6.0, 8.0, 12.0):
        term.force = torch.full((4,), size)
        forces.add(counted)
    every, low, middle, high = forces.result()
    assert (every.low, every.high) == (4.0, 10.0)
    assert (low.low, low.high, middle.high, high.high) == (4.0, 6.0, 8.0, 10.0)
    assert [part.mean for part in (every, low, middle, high)] == [7.0] * 4
    assert [part.share_above for part in (every, low, middle, high)] == pytest.approx([0.5, 0.75, 0.5, 0.25])
    assert every.p99 == pytest.approx(12.0, abs=0.1)


def test_one_limit_for_all_is_one_row():
    term = limit((5.0, 5.0), (5.0,) * 4)
    forces = LimitedForces(term)
    forces.add(torch.ones(4, dtype=torch.bool))
    (every,) = forces.result()
    assert (every.mean, every.share_above) == (0.0, 0.0)


def test_steps_that_are_not_counted_have_no_figures():
    forces = LimitedForces(limit())
    forces.add(torch.zeros(4, dtype=torch.bool))
    assert forces.result() == []


@pytest.mark.parametrize("terms", [{}, {"force_limit": SimpleNamespace()}])
def test_a_task_without_such_a_limit_has_no_figures(terms):
    manager = SimpleNamespace(active_terms=list(terms), get_term=terms.get)
    assert LimitedForces.of(SimpleNamespace(command_manager=manager)) is None


def test_a_task_with_one_has_them():
    term = limit()
    manager = SimpleNamespace(active_terms=["force_limit"], get_term={"force_limit": term}.get)
    assert LimitedForces.of(SimpleNamespace(command_manager=manager)) is not None
