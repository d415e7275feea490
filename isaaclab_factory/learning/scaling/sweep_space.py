# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a sweep varies: Hydra's syntax for it, as Optuna's distributions."""

import itertools
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning.config.overrides import is_selector
from isaaclab_factory.learning.errors import UserError

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution


def search_space(overrides: list[str]) -> tuple[dict[str, "BaseDistribution"], list[str]]:
    """Splits overrides into those that vary and those that do not.

    Lists (``agent.seed=1,2``, ``choice(1,2)``, ``range(1,5)``) are tried value by value. Intervals are drawn from:
    ``interval(0.9,0.99)`` evenly, ``tag(log,interval(1e-5,1e-3))`` evenly in the logarithm, ``int(interval(2,8))``
    whole numbers, both ends included.

    Returns:
        Optuna's distributions by the keys of overrides, and what is the same in all trials. The values of a list are
        the texts of overrides.

    Raises:
        UserError: An override is not Hydra's syntax, or varies in a way that is not for numbers and names.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    parser = OverridesParser.create()
    space, fixed = {}, []
    for text in overrides:
        try:
            override = None if is_selector(text) else parser.parse_override(text)
        except HydraException as error:
            raise UserError(f"cannot read {text!r}: {str(error).splitlines()[0]}") from error
        if override is not None and override.is_sweep_override():
            space[override.get_key_element()] = _distribution(text, override.value())
        else:
            fixed.append(text)
    return space, fixed


def combinations(space: dict[str, "BaseDistribution"]) -> list[dict[str, Any]] | None:
    """Returns every combination of the lists, None if the space has intervals."""
    from optuna.distributions import CategoricalDistribution

    lists = [distribution for distribution in space.values() if isinstance(distribution, CategoricalDistribution)]
    if len(lists) < len(space):
        return None
    return [dict(zip(space, values, strict=True)) for values in itertools.product(*(part.choices for part in lists))]


def _distribution(text: str, sweep: Any) -> "BaseDistribution":
    """Returns what Optuna draws from for one of Hydra's sweeps."""
    from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, RangeSweep
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(sweep, ChoiceSweep):
        return CategoricalDistribution([override_value(value) for value in sweep.list])
    if isinstance(sweep, RangeSweep):
        return CategoricalDistribution([override_value(value) for value in sweep.range()])
    if not isinstance(sweep, IntervalSweep):
        raise UserError(f"cannot sweep over {text!r}; there are lists, choice(...), range(...) and interval(...)")
    start, end, log = sweep.start, sweep.end, "log" in sweep.tags
    if not start < end or (log and start <= 0):
        raise UserError(f"the interval of {text!r} must go up{', from above zero' if log else ''}")
    kind = IntDistribution if isinstance(start, int) and isinstance(end, int) else FloatDistribution
    return kind(start, end, log=log)


def override_value(value: Any) -> str:
    """Returns the text of an override's value.

    Args:
        value: A number, a text, a truth value, None, or a list of such.
    """
    if isinstance(value, list):
        return f"[{','.join(override_value(entry) for entry in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(getattr(value, "text", value))
