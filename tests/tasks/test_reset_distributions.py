# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Episodes start as in the reference: samples of our resets against samples of NVIDIA's own ``FactoryEnv``.

Two tests compare each quantity: that of Kolmogorov and Smirnov, which is sensitive to shifts, and that of Epps and
Singleton, which is also sensitive to ranges. The reference steps the simulator to start an episode, so its sample is
the smaller one.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from tests.tasks.reference_factory import open_factory_env
from tests.tasks.start_sample import Sample, about, circular_mean, gripper_opening, sample_ours, sample_reference
from tests.tasks.task_env import FACTORY, first_and_others, open_env, rest

pytestmark = pytest.mark.slow

NUM_ENVS = 256
REFERENCE_RESETS, OUR_RESETS = 2, 16

SIGNIFICANCE = 0.01 / (len(FACTORY) * 15 * 2)
"""15 quantities vary in each task, with two tests each: that any of them fails by chance has a probability of 1 %."""
NORMAL = ("tip noise x", "tip noise y", "tip noise z")
COLUMNS = "mean, deviation, smallest, largest in mm and degrees; reference | here | p of KS and ES"


@dataclass
class Starts:
    """The samples of one task.

    Attributes:
        task: Name of the task.
        drawn: The reference's starts before the hand closes.
        grasped: The same starts after the hand has closed.
        ours: Our starts.
        opening_later: Opening of our grippers after a quarter of a second of rest.
    """

    task: str
    drawn: Sample
    grasped: Sample
    ours: Sample
    opening_later: np.ndarray

    @property
    def varying(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Values in the reference and here of what is drawn, angles about the reference's mean."""
        names = [name for name in self.drawn if name[-1] in "xyz" or name.endswith("yaw")]
        pairs = {name: self.pair(name) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0].std() > 1e-4}

    @property
    def fixed(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Values in the reference and here of what is the same in every episode."""
        others = set(self.drawn) - set(self.varying) - {"gripper opening", "arm joint position", "arm joint speed"}
        return {name: self.pair(name) for name in sorted(others)}

    def pair(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        reference, ours = self.drawn[name], self.ours[name]
        if not name.endswith("yaw"):
            return reference, ours
        centre = circular_mean(reference)
        return about(reference, centre), about(ours, centre)


@pytest.fixture(
    scope="module",
    params=first_and_others(pytest.mark.long),
)
def starts(request, tmp_path_factory) -> Starts:
    """Starts of one task."""
    task, seed = request.param, 1000 * FACTORY.index(request.param)
    with open_factory_env(task, NUM_ENVS, tmp_path_factory.mktemp(task)) as reference:
        drawn, grasped = sample_reference(reference, range(seed, seed + REFERENCE_RESETS))
    with open_env(task, NUM_ENVS) as env:
        ours = sample_ours(env, range(seed + 500, seed + 500 + OUR_RESETS))
        for _ in range(4):
            env.step(rest(env))
        opening_later = gripper_opening(env)
    return Starts(task, drawn, grasped, ours, opening_later)


def p_values(reference: np.ndarray, ours: np.ndarray) -> tuple[float, float]:
    """Probabilities of samples this different from one distribution, by Kolmogorov-Smirnov and Epps-Singleton."""
    smirnov = stats.ks_2samp(reference, ours, method="asymp").pvalue
    return float(smirnov), float(stats.epps_singleton_2samp(reference, ours).pvalue)


def describe(name: str, values: np.ndarray) -> str:
    """Mean, standard deviation, smallest and largest in mm or degrees."""
    unit = np.degrees(1.0) if name.endswith("yaw") else 1e3
    return " ".join(f"{unit * number:8.2f}" for number in (values.mean(), values.std(), values.min(), values.max()))


def test_what_is_drawn_is_distributed_as_in_the_reference(starts, figures):
    assert len(starts.varying) == 15
    title = f"Start of {starts.task}: {COLUMNS}"
    unlikely = {}
    for name, (reference, ours) in starts.varying.items():
        smirnov, singleton = p_values(reference, ours)
        numbers = f"{describe(name, reference)} | {describe(name, ours)} | {smirnov:.3f} {singleton:.3f}"
        figures(title, f"{name:17s} {numbers}")
        if min(smirnov, singleton) < SIGNIFICANCE:
            unlikely[name] = (smirnov, singleton)
    assert not unlikely


def test_what_is_drawn_depends_on_one_another_as_in_the_reference(starts):
    reference, ours = zip(*starts.varying.values(), strict=True)
    correlations = [stats.spearmanr(np.stack(sample, axis=-1)).statistic for sample in (reference, ours)]
    # the same offset in the frame of the hand and in that of the part
    pairs = np.abs(correlations[0]) < 0.99
    transformed = [np.arctanh(correlation[pairs]) for correlation in correlations]
    deviation = np.sqrt(1.06 / len(reference[0]) + 1.06 / len(ours[0]))
    assert np.abs(transformed[0] - transformed[1]).max() < deviation * stats.norm.isf(0.01 / pairs.sum())


def test_what_is_not_drawn_is_as_in_the_reference(starts, figures):
    assert len(starts.fixed) >= 6
    title = f"What is not drawn for {starts.task}: largest deviation from the reference's median, there and here"
    for name, (reference, ours) in starts.fixed.items():
        # the reference's inverse kinematics may miss the upright by this much
        tolerance = 1e-3 if name == "hand tilt" else 1e-4
        deviations = [np.abs(values - np.median(reference)).max() for values in (reference, ours)]
        figures(title, f"{name:17s} {deviations[0]:.1e} {deviations[1]:.1e}")
        assert max(deviations) < tolerance, name


@pytest.mark.parametrize("change", ["wider", "narrower", "shifted"])
def test_another_distribution_would_be_noticed(starts, change):
    """By 15 % of the range of a uniform distribution, or a third of the deviation of a normal one."""
    for name, (reference, ours) in starts.varying.items():
        if np.ptp(ours) > np.radians(359.0) and change != "narrower":
            continue  # a full turn cannot be wider, and is the same wherever it begins
        share, spread = (1.0 / 3.0, ours.std()) if name in NORMAL else (0.15, np.ptp(ours) / 2.0)
        factor = {"wider": 1.0 + share, "narrower": 1.0 - share, "shifted": 1.0}[change]
        shift = share * spread if change == "shifted" else 0.0
        changed = ours.mean() + factor * (ours - ours.mean()) + shift
        assert min(p_values(reference, changed)) < SIGNIFICANCE, name


def test_closing_the_hand_moves_little_in_the_reference(starts, figures):
    """Here the hand starts closed, so this is how far the start of an episode differs from the reference's."""
    before, after = starts.drawn, starts.grasped
    for name in (*NORMAL, "fixed part x", "fixed part y", "fixed part z", "fixed part yaw"):
        assert np.array_equal(before[name], after[name])

    def distance(name: str) -> np.ndarray:
        return np.linalg.norm([after[f"{name} {axis}"] - before[f"{name} {axis}"] for axis in "xyz"], axis=0)

    def turn(name: str) -> np.ndarray:
        return np.degrees(np.abs(about(after[name] - before[name], 0.0)))

    joints = np.abs(after["arm joint position"] - before["arm joint position"]).max(axis=-1)
    # the arm swings into its posture meanwhile, at up to 120 degrees/s, and a nut slides along the pads
    nut = starts.task == "NutThread"
    moved = {
        "part in hand, mm": (1e3 * distance("part in hand"), 2.0 if nut else 0.6),
        "part in hand, yaw, degrees": (turn("hand in part yaw"), 0.1),
        "part in hand, tilt, degrees": (np.degrees(after["part tilt"]), 0.6 if nut else 0.3),
        "hand, mm": (1e3 * distance("hand above tip"), 2.0),
        "hand, yaw, degrees": (turn("hand yaw"), 0.01),
        "hand, tilt, degrees": (np.degrees(after["hand tilt"]), 0.1),
        "arm, joint that moved most, degrees": (np.degrees(joints), 25.0),
        "arm, fastest joint, degrees/s": (np.degrees(after["arm joint speed"]), 120.0),
    }
    title = f"What closing the hand moves in the reference, {starts.task}: median, 99 %, largest"
    for name, (values, limit) in moved.items():
        numbers = " ".join(f"{number:8.3f}" for number in (*np.quantile(values, (0.5, 0.99)), values.max()))
        figures(title, f"{name:36s} {numbers}")
        assert values.max() < limit, name


def test_gripper_is_open_as_far_as_in_the_closed_hand_of_the_reference(starts, figures):
    reference, ours = starts.grasped["gripper opening"], starts.ours["gripper opening"]
    figures(
        "Opening of the gripper: reference, here at the start, here a quarter of a second later",
        f"{starts.task:10s} {1e3 * reference.mean():.3f} {1e3 * ours.mean():.3f}"
        f" {1e3 * starts.opening_later.mean():.3f} mm",
    )
    # here a start leaves it to the contact to yield
    assert np.abs(ours - reference.mean()).max() < 0.3e-3
    assert np.abs(starts.opening_later - reference.mean()).max() < 0.03e-3
