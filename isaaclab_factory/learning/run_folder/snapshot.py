# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What has changed in an environment since it was made: all of it, whoever keeps it, to be put back elsewhere.

Isaac Lab's managers, assets, sensors and a user's own terms keep what an episode depends on as attributes, and have no
interface to save them. So all attributes are followed from the environment on, and every number and tensor that differs
from that of the new environment is kept by its path. What never changed, such as a configuration, is not kept: an
environment that was made with other settings has its own.
"""

import enum
from collections import deque
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

PACKAGES = ("isaaclab", "isaaclab_factory", "isaaclab_tasks")
"""Objects of their classes, and of classes derived from these, are looked into."""

SEPARATOR = "\n"
"""Between the names of a path. Names of prims and of regular expressions may have everything else."""

_PLAIN = (bool, int, float, type(None))
_SEQUENCES = (list, tuple, deque)

Values = dict[str, Any]
"""Numbers, tensors and dictionaries of them by path: what PyTorch loads without executing code.

Texts are not among them: they name files, classes and functions, which a checkpoint shall not choose.
"""


@dataclass(frozen=True)
class _Place:
    """Where a value is kept."""

    owner: Any
    key: Any

    def set(self, value: Any) -> None:
        holder = self.owner if isinstance(self.owner, dict | list | deque) else vars(self.owner)
        holder[self.key] = value


class Snapshot:
    """The values reachable from some objects, as they were when this was made."""

    def __init__(self, roots: Mapping[str, Any], numbers_only: bool = False) -> None:
        """Args:
        roots: The objects by name. What several of them reach belongs to the first.
        numbers_only: Whether tensors and all else but single numbers are left out.
        """
        self._roots = dict(roots)
        self._numbers_only = numbers_only
        self._start_branches = frozenset(self._branches())
        self._start = {path: copied(value) for path, value, _ in self._leaves()}

    def changes(self) -> Values:
        """Returns the values that differ now from those at the start, and dictionaries that were not there."""
        branches = self._branches()
        new = [path for path in branches if path not in self._start_branches and _parent(path) in self._start_branches]
        changes: Values = {
            path: copied({key: value for key, value in _members(branches[path]) if _is_leaf(value)})
            for path in new
            if isinstance(branches[path], dict) and not self._numbers_only
        }
        for path, value, _ in self._leaves():
            known = path in self._start and _same(value, self._start[path])
            if not known and _parent(path) in self._start_branches:
                changes[path] = copied(value)
        return changes

    def apply(self, changes: Values) -> None:
        """Puts everything back to the start, but for what had changed elsewhere.

        Args:
            changes: What :meth:`changes` returned there.

        Raises:
            ValueError: There is no place for one of them: the objects are others; or one is a text.
        """
        found = {path: (value, place) for path, value, place in self._leaves()}
        branches = self._branches()
        lost = [path for path in changes if _parent(path) not in branches]
        if lost:
            raise ValueError(f"there is no {lost[0].replace(SEPARATOR, '.')}")
        for path, wanted in changes.items():
            if _has_text(wanted):
                raise ValueError(f"there is a text for {path.replace(SEPARATOR, '.')}")
            if path not in found and self._is_taken(path, branches, wanted):
                raise ValueError(f"{path.replace(SEPARATOR, '.')} is no number")
        for path, wanted in (self._start | changes).items():
            if path in found:
                _put(*found[path], wanted)
            elif not isinstance(branches.get(_parent(path), ()), _SEQUENCES):
                _Place(branches[_parent(path)], path.rpartition(SEPARATOR)[2]).set(copied(wanted))

    def apply_numbers(self, changes: Values, parts: tuple[str, ...]) -> None:
        """Takes over single numbers only, where there is a place for them.

        Args:
            changes: What :meth:`changes` returned elsewhere.
            parts: A path is heeded if one of its names contains one of these.
        """
        for path, value, place in self._leaves():
            if isinstance(value, int | float) and any(part in path for part in parts):
                wanted = changes.get(path, value)
                _put(value, place, wanted if isinstance(wanted, int | float) else value)

    def _is_taken(self, path: str, branches: dict[str, Any], wanted: Any) -> bool:
        """Whether something that is no value, such as a function, is where one is to be put."""
        owner, key = branches[_parent(path)], path.rpartition(SEPARATOR)[2]
        if isinstance(owner, _SEQUENCES):
            return False  # they take nothing new
        if isinstance(wanted, dict) and path not in self._start_branches and isinstance(branches.get(path), dict):
            return False  # both have come to it since the start
        entries = owner if isinstance(owner, dict) else vars(owner)
        return key in entries or (entries is not owner and callable(getattr(type(owner), key, None)))

    def _leaves(self) -> Iterator[tuple[str, Any, _Place]]:
        modules: set[int] = set()
        for path, owner in self._branches().items():
            for key, value in _members(owner):
                if not _is_leaf(value) or id(value) in modules or (self._numbers_only and type(value) not in _PLAIN):
                    continue
                if _has_state(value):
                    modules.add(id(value))
                yield f"{path}{SEPARATOR}{key}", value, _Place(owner, key)

    def _branches(self) -> dict[str, Any]:
        """Returns the objects and containers by path, each once, the roots first."""
        found: dict[str, Any] = {}
        seen: set[int] = set()
        waiting = list(self._roots.items())[::-1]
        while waiting:
            path, owner = waiting.pop()
            if id(owner) in seen:
                continue
            seen.add(id(owner))
            found[path] = owner
            inside = [(key, value) for key, value in _members(owner) if not _is_leaf(value) and _is_branch(value)]
            waiting += [(f"{path}{SEPARATOR}{key}", value) for key, value in reversed(inside)]
        return found


def _parent(path: str) -> str:
    return path.rpartition(SEPARATOR)[0]


def _has_text(value: Any) -> bool:
    """Whether a value is a text, or holds one; the keys of a dictionary are names."""
    if isinstance(value, dict):
        return any(map(_has_text, value.values()))
    return any(map(_has_text, value)) if isinstance(value, list | tuple | set) else isinstance(value, str | bytes)


def _members(owner: Any) -> Iterator[tuple[Any, Any]]:
    """Returns keys and values of a container, names and values of an object's attributes."""
    if isinstance(owner, _SEQUENCES):
        return enumerate(owner)
    entries = owner if isinstance(owner, dict) else vars(owner)
    return ((key, value) for key, value in list(entries.items()) if isinstance(key, str))


def _is_branch(value: Any) -> bool:
    """Whether to look into a value. Its own type counts: a proxy pretends to have that of another object."""
    kind = type(value)
    if issubclass(kind, dict | list | tuple | deque | SimpleNamespace):
        return True
    if issubclass(kind, type | enum.Enum):
        return False
    known = any(base.__module__.partition(".")[0] in PACKAGES for base in kind.__mro__)
    return known and hasattr(value, "__dict__")


def _is_leaf(value: Any) -> bool:
    kind = type(value)
    if issubclass(kind, np.ndarray):
        return value.dtype.kind in "biuf"
    return issubclass(kind, (*_PLAIN, torch.Tensor, torch.Generator)) or _has_state(value)


def _has_state(value: Any) -> bool:
    """Whether a value is an object with an interface of its own for this, as PyTorch's modules have it."""
    return hasattr(type(value), "state_dict") and hasattr(type(value), "load_state_dict")


def copied(value: Any) -> Any:
    """Returns a value as it can be kept, apart from what it becomes later."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value.copy())
    if isinstance(value, torch.Generator):
        return value.get_state()
    if isinstance(value, dict):
        return {key: copied(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [copied(entry) for entry in value]
    return copied(dict(value.state_dict())) if _has_state(value) else deepcopy(value)


def _same(value: Any, kept: Any) -> bool:
    """Whether a value is still what was kept of it. NaN is never the same."""
    if isinstance(value, torch.Tensor):
        alike = isinstance(kept, torch.Tensor) and value.dtype == kept.dtype
        return alike and torch.equal(value, kept.to(value.device))
    if isinstance(value, np.ndarray | torch.Generator):
        return isinstance(kept, torch.Tensor) and torch.equal(copied(value), kept)
    return False if _has_state(value) else type(value) is type(kept) and value == kept


def _put(value: Any, place: _Place, wanted: Any) -> None:
    """Makes a value what was kept: in place where others may hold the same tensor, else anew."""
    if _same(value, wanted):
        return
    if _has_state(value):
        value.load_state_dict(wanted)
    elif isinstance(value, torch.Generator):
        value.set_state(wanted)
    elif isinstance(value, np.ndarray) and value.shape == tuple(wanted.shape):
        value[...] = wanted.numpy()
    elif isinstance(value, torch.Tensor) and isinstance(wanted, torch.Tensor) and value.shape == wanted.shape:
        value.copy_(wanted)
    elif not isinstance(place.owner, tuple):
        place.set(copied(wanted))
