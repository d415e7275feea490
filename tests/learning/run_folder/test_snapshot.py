# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What has changed in an environment since it was made."""

import io
import re
import weakref
from collections import deque
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from isaaclab_factory.learning.run_folder.snapshot import Snapshot


class Term(SimpleNamespace):
    """Something that an environment has, with attributes of its own."""


def world(gain: float = 1.0, **extra: Any) -> Term:
    """An environment with what real ones have: tensors, numbers, containers, a way back to itself, other people's."""
    made = Term(
        pos=torch.zeros(2, 3),
        step=0,
        gain=gain,
        history=deque([torch.zeros(2), torch.zeros(2)], maxlen=2),
        terms=[Term(name="a", count=np.zeros(2, dtype=np.int64)), Term(name="b", buffer=None)],
        limits=(torch.ones(2), 3.0),
        generator=torch.Generator().manual_seed(1),
        stage=object(),
        log=print,
        extras={},
        **extra,
    )
    made.alias = made.pos
    made.terms[0].env = made
    made.terms[1].env = weakref.proxy(made)
    return made


def live(made: Term) -> None:
    """Lets everything change that does in a running environment."""
    made.pos += torch.arange(6.0).view(2, 3)
    made.step = 7
    made.history.append(torch.full((2,), 5.0))
    made.terms[0].count[:] = [3, 4]
    made.terms[1].buffer = torch.ones(2, 4)
    made.limits[0].mul_(2.0)
    made.extras["log"] = {"reward": 0.5, "length": torch.tensor(3.0)}
    torch.rand(5, generator=made.generator)


def moved(source: Term, target: Term) -> None:
    """Applies the life of one to another that was made like it, through a file."""
    kept = Snapshot({"task": source})
    live(source)
    file = io.BytesIO()
    torch.save(kept.changes(), file)
    file.seek(0)
    Snapshot({"task": target}).apply(torch.load(file, weights_only=True))


def test_another_environment_becomes_the_same() -> None:
    first, second = world(), world()
    moved(first, second)
    assert torch.equal(second.pos, first.pos)
    assert second.step == 7
    assert [entry.tolist() for entry in second.history] == [[0.0, 0.0], [5.0, 5.0]]
    assert second.terms[0].count.tolist() == [3, 4]
    assert second.terms[1].buffer.tolist() == torch.ones(2, 4).tolist()
    assert second.limits[0].tolist() == [2.0, 2.0]
    assert second.extras["log"] == first.extras["log"]
    assert torch.equal(torch.rand(3, generator=second.generator), torch.rand(3, generator=first.generator))


def test_who_holds_the_same_tensor_still_does() -> None:
    first, second = world(), world()
    moved(first, second)
    assert second.alias is second.pos
    assert second.terms[1].buffer is not first.terms[1].buffer


def test_what_never_changed_is_not_taken_over() -> None:
    first, second = world(gain=1.0), world(gain=2.0)
    moved(first, second)
    assert second.gain == 2.0
    assert second.step == 7


def test_what_had_not_changed_yet_returns_to_its_start() -> None:
    first, second = world(), world()
    start = Snapshot({"task": second})
    live(second)
    start.apply(Snapshot({"task": first}).changes())
    assert second.step == 0
    assert torch.equal(second.pos, torch.zeros(2, 3))


def test_an_environment_of_other_parts_is_refused() -> None:
    first = world(arm=Term(speed=0.0))
    kept = Snapshot({"task": first})
    first.arm.speed = 1.0
    second = world()
    with pytest.raises(ValueError, match=r"there is no task\.arm\.speed"):
        Snapshot({"task": second}).apply(kept.changes())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"task\npath": "theirs.usd"}, "a text for task.path"),
        ({"task\nstep": "os:system"}, "a text for task.step"),
        ({"task\nextras\nnew": "x"}, "a text for task.extras.new"),
        ({"task\nextras\nlog": {"x": [1, ("y",)]}}, "a text for task.extras.log"),
        ({"task\npath": 1}, "task.path is no number"),
        ({"task\nlog": 1}, "task.log is no number"),
        ({"task\nextras": {"x": 1}}, "task.extras is no number"),
        ({"task\n__init__": None}, "task.__init__ is no number"),
    ],
)
def test_a_checkpoint_chooses_no_text_and_replaces_no_function(changes: dict[str, Any], told: str) -> None:
    made = world(path="ours.usd")
    start = Snapshot({"task": made})
    before = dict(vars(made))
    with pytest.raises(ValueError, match=re.escape(told)):
        start.apply({"task\npos": torch.ones(2, 3)} | changes)
    assert vars(made) == before
    assert made.pos.sum() == 0.0
    start.apply_numbers(changes, ("task",))
    assert vars(made) == before


def test_what_both_have_made_since_the_start_is_taken_over() -> None:
    first, second = world(), world()
    kept, start = Snapshot({"task": first}), Snapshot({"task": second})
    live(first)
    second.extras["log"] = {"other": 1.0}
    start.apply(kept.changes())
    assert second.extras["log"] == first.extras["log"]


def test_single_numbers_of_some_names_can_be_taken_over_alone() -> None:
    first, second = world(curriculum=Term(level=0.1)), world(curriculum=Term(level=0.1))
    kept = Snapshot({"task": first})
    live(first)
    first.curriculum.level = 0.6
    Snapshot({"task": second}).apply_numbers(kept.changes(), ("curriculum",))
    assert second.curriculum.level == 0.6
    assert second.step == 0


def test_a_changed_size_is_taken_over() -> None:
    first, second = world(), world()
    kept = Snapshot({"task": first})
    first.pos = torch.ones(5)
    Snapshot({"task": second}).apply(kept.changes())
    assert second.pos.tolist() == [1.0] * 5
