# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Whether two measured policies differ."""

import json
from pathlib import Path

import numpy as np
import pytest

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation.command import evaluate_policy
from isaaclab_factory.learning.evaluation.comparison import difference
from isaaclab_factory.learning.evaluation.result import wilson_interval


def test_the_interval_is_that_of_the_published_example() -> None:
    """Newcombe 1998, table II, method 10, for 56/70 - 48/80 and 9/10 - 3/10."""
    result = difference((48, 56), (80, 70))
    assert result.rate == pytest.approx(0.2)
    assert result.interval == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert difference((3, 9), (10, 10)).interval == pytest.approx((0.1705, 0.8090), abs=5e-5)


def test_equal_policies_are_rarely_said_to_differ_and_different_ones_often() -> None:
    random = np.random.default_rng(0)

    def share_said_to_differ(first: float, second: float) -> float:
        draws = [random.binomial(1000, (first, second)) for _ in range(300)]
        return float(np.mean([difference(tuple(map(int, draw)), (1000, 1000)).p_value < 0.05 for draw in draws]))

    assert share_said_to_differ(0.977, 0.977) < 0.07
    assert share_said_to_differ(0.96, 0.99) > 0.95


def write(folder: Path, name: str, successes: int, **changes: object) -> str:
    """Writes a file as ``evaluate.py --json`` does, with what the comparison reads."""
    content = {
        "task": "Isaac-Factory-PegInsert",
        "overrides": ["presets=aided"],
        "library": "rsl_rl",
        "episodes": 1000,
        "successes": successes,
        "success_rate": successes / 1000,
        "success_interval": wilson_interval(successes, 1000),
    }
    file = folder / name
    file.write_text(json.dumps(content | changes), encoding="utf-8")
    return str(file)


def test_the_command_says_whether_they_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    worse, better = write(tmp_path, "a.json", 960), write(tmp_path, "b.json", 990)
    evaluate_policy(["--compare", worse, better])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("Isaac-Factory-PegInsert presets=aided, rsl_rl: 96.0 % of 1000 episodes, 94.6 to 97.0 %")
    assert lines[-1].startswith("difference: +3.0 points, 95 % interval +1.7 to +4.5, p = ")
    assert lines[-1].endswith(": they differ")
    evaluate_policy(["--compare", better, better])
    assert capsys.readouterr().out.endswith("p = 1: that they differ is not shown\n")


def test_a_recorded_result_and_another_environment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = write(tmp_path, "a.json", 960, overrides=[])
    recorded = tmp_path / "result.json"
    recorded.write_text(json.dumps({"evaluation": json.loads(Path(plain).read_text())}), encoding="utf-8")
    evaluate_policy(["--compare", plain, str(recorded)])
    assert "different environments" not in capsys.readouterr().out
    evaluate_policy(["--compare", plain, write(tmp_path, "b.json", 960)])
    assert "different environments" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot read"), ("{", "is no JSON file"), ("[1]", "holds no successes"), ("{}", "holds no successes")],
)
def test_a_file_that_is_none_is_named(content: str | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=f"--compare: .*{said}"):
        evaluate_policy(["--compare", str(file), str(file)])
