# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a sweep varies: Hydra's own words for it, as Ray Tune takes them."""

from typing import Any

from isaaclab_factory.learning.errors import UserError


def search_space(overrides: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Splits Hydra overrides into those that vary and those that do not.

    Lists (``agent.seed=1,2``, ``choice(1,2)``, ``range(1,5)``) are tried value by value. Intervals are drawn from:
    ``interval(0.9,0.99)`` evenly, ``tag(log,interval(1e-5,1e-3))`` evenly in the logarithm, ``int(interval(2,8))``
    whole numbers, both ends included.

    Args:
        overrides: Overrides in Hydra's syntax.

    Returns:
        Ray Tune's search space by the key of the override, and the overrides that are the same in all trials.

    Raises:
        UserError: An override is not Hydra's syntax, or varies in a way that is not for numbers and names.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    parser = OverridesParser.create()
    space, fixed = {}, []
    for text in overrides:
        try:
            override = parser.parse_override(text)
        except HydraException as error:
            raise UserError(f"cannot read {text!r}: {str(error).splitlines()[0]}") from error
        if override.is_sweep_override():
            space[override.get_key_element()] = _domain(text, override.value())
        else:
            fixed.append(text)
    return space, fixed


def _domain(text: str, sweep: Any) -> Any:
    """Returns what Ray Tune tries for one of Hydra's sweeps."""
    from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, RangeSweep
    from ray import tune

    if isinstance(sweep, ChoiceSweep):
        return tune.grid_search(list(sweep.list))
    if isinstance(sweep, RangeSweep):
        return tune.grid_search(list(sweep.range()))
    if not isinstance(sweep, IntervalSweep):
        raise UserError(f"cannot sweep over {text!r}; there are lists, choice(…), range(…) and interval(…)")
    start, end, log = sweep.start, sweep.end, "log" in sweep.tags
    if not start < end or (log and start <= 0):
        raise UserError(f"the interval of {text!r} must go up{', from above zero' if log else ''}")
    if isinstance(start, int) and isinstance(end, int):
        return tune.lograndint(start, end + 1) if log else tune.randint(start, end + 1)
    return tune.loguniform(start, end) if log else tune.uniform(start, end)


def override_text(key: str, value: Any) -> str:
    """Returns the override that gives a key a value.

    Args:
        key: Such as ``agent.gamma``.
        value: A number, a text, a truth value, None, or a list of such.
    """
    return f"{key}={_text(value)}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(_text(entry) for entry in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(getattr(value, "text", value))
