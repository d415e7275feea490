# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Variants of the tasks that depart from the reference, chosen by ``presets=NAME``: what they observe, do and end with.

``aided`` adds the last millimetres, magnified, to the observations and rewards sideways alignment. ``no_noise`` is
``aided`` without start noise. ``search`` also feels what the hand touches and rewards a search. ``search_motion`` moves
the hand along a search path by itself, which the policy corrects. In all of them the arm's torques act at the fingertip
(``jacobian`` in :data:`~isaaclab_factory.tasks.assembly_env_cfg.ARM_ACTION`). Success is defined alike in all of them.
The rewards of each variant stand with the rewards of the task.
"""

from __future__ import annotations

import math

from isaaclab.managers import ObservationTermCfg as ObsTerm
from isaaclab.managers import RewardTermCfg as RewTerm
from isaaclab.managers import SceneEntityCfg
from isaaclab.managers import TerminationTermCfg as DoneTerm
from isaaclab.utils import configclass
from isaaclab.utils.modifiers import ModifierCfg
from isaaclab_tasks.utils import PresetCfg

from isaaclab_factory import mdp

from .assembly_env_cfg import PER_STEP, ObservationsCfg, TerminationsCfg

HELD_POS_REL_TIP_NEAR = ObsTerm(
    func=mdp.part_pos_rel_tip,
    params={"asset_cfg": SceneEntityCfg("held_asset")},
    modifiers=[ModifierCfg(func=mdp.saturate, params={"distance": 0.001})],
)
"""What the critic sees of the last millimetres."""


@configclass
class AidedObservationsCfg(ObservationsCfg):
    """The distances of the last millimetres once more, magnified.

    A running normaliser scales positions by their spread over an episode, some centimetres. A fit of a tenth of a
    millimetre is lost in that.
    """

    @configclass
    class PolicyCfg(ObservationsCfg.PolicyCfg):
        """What a robot could know: 22 numbers."""

        fingertip_pos_rel_tip_near = ObsTerm(
            func=mdp.fingertip_pos_rel_noisy_tip,
            modifiers=[ModifierCfg(func=mdp.saturate, params={"distance": 0.002})],
        )

    @configclass
    class CriticCfg(ObservationsCfg.CriticCfg):
        """The exact state: 46 numbers."""

        held_pos_rel_tip_near = HELD_POS_REL_TIP_NEAR

    policy: PolicyCfg = PolicyCfg()
    critic: CriticCfg = CriticCfg()


@configclass
class TouchObservationsCfg(AidedObservationsCfg):
    """The aided observations, and what the hand feels: the force it exerts, and where."""

    @configclass
    class PolicyCfg(AidedObservationsCfg.PolicyCfg):
        """What a robot could know: 29 numbers."""

        exerted_force = ObsTerm(func=mdp.exerted_force)
        contact_point = ObsTerm(func=mdp.contact_point_w)
        contact_point_in_hand = ObsTerm(func=mdp.contact_point_b)

    @configclass
    class CriticCfg(AidedObservationsCfg.CriticCfg):
        """The exact state: 51 numbers."""

        exerted_force = ObsTerm(func=mdp.exerted_force)
        contact_point = ObsTerm(func=mdp.contact_point_w)

    policy: PolicyCfg = PolicyCfg()
    critic: CriticCfg = CriticCfg()


@configclass
class TimedObservationsCfg(TouchObservationsCfg):
    """Touch, the time, and where the hand is in the area to search, over a distance that resolves the whole area."""

    @configclass
    class PolicyCfg(TouchObservationsCfg.PolicyCfg):
        """What a robot could know: 32 numbers."""

        search_place = ObsTerm(
            func=mdp.fingertip_pos_rel_noisy_tip_b,
            modifiers=[ModifierCfg(func=mdp.saturate, params={"distance": 0.005})],
        )
        episode_time = ObsTerm(func=mdp.episode_time)

    @configclass
    class CriticCfg(TouchObservationsCfg.CriticCfg):
        """The exact state: 52 numbers."""

        episode_time = ObsTerm(func=mdp.episode_time)

    policy: PolicyCfg = PolicyCfg()
    critic: CriticCfg = CriticCfg()


@configclass
class MotionObservationsCfg(TouchObservationsCfg):
    """Touch, the time, and what the search motion does."""

    @configclass
    class PolicyCfg(TouchObservationsCfg.PolicyCfg):
        """What a robot could know: 34 numbers."""

        search_delta = ObsTerm(func=mdp.search_delta)
        search_followed = ObsTerm(func=mdp.search_followed)
        episode_time = ObsTerm(func=mdp.episode_time)

    @configclass
    class CriticCfg(TouchObservationsCfg.CriticCfg):
        """The exact state: 56 numbers."""

        search_delta = ObsTerm(func=mdp.search_delta)
        search_followed = ObsTerm(func=mdp.search_followed)
        episode_time = ObsTerm(func=mdp.episode_time)

    policy: PolicyCfg = PolicyCfg()
    critic: CriticCfg = CriticCfg()


@configclass
class ObservationPresetsCfg(PresetCfg):
    """Observations of each variant."""

    default: ObservationsCfg = ObservationsCfg()
    aided: ObservationsCfg = AidedObservationsCfg()
    no_noise: ObservationsCfg = AidedObservationsCfg()
    search: ObservationsCfg = TimedObservationsCfg()
    search_motion: ObservationsCfg = MotionObservationsCfg()


@configclass
class EarlyEndTerminationsCfg(TerminationsCfg):
    """An episode can also end with its success. That is off, because evaluations look at whole episodes.

    To train so: ``env.terminations.success_held.params.duration_s=0.25``.
    """

    success_held = DoneTerm(func=mdp.success_held, params={"duration_s": math.inf, "share": 1.0})


@configclass
class TerminationPresetsCfg(PresetCfg):
    """Terminations of each variant, of tasks without a search motion."""

    default: TerminationsCfg = TerminationsCfg()
    aided: TerminationsCfg = EarlyEndTerminationsCfg()
    no_noise: TerminationsCfg = EarlyEndTerminationsCfg()
    search: TerminationsCfg = EarlyEndTerminationsCfg()


@configclass
class MotionTerminationPresetsCfg(TerminationPresetsCfg):
    """Terminations of each variant, of tasks with a search motion."""

    search_motion: TerminationsCfg = EarlyEndTerminationsCfg()


LATERAL_ALIGNMENT = RewTerm(
    func=mdp.lateral_alignment,
    weight=1.0 * PER_STEP,
    params={"coarse_distance": 0.003, "fine_distance": 0.0006},
)
"""Reward for sideways alignment. On top of the fixed part the reference's keypoint rewards hardly change sideways: 2 mm
of offset alter the keypoint distance by 0.1 mm."""

EARLY_END = RewTerm(func=mdp.is_terminated_term, weight=380.0 * PER_STEP, params={"term_keys": "success_held"})
"""What an episode that ended early misses: the rewards of staying assembled for good, about 3.9 a step, discounted by
0.99 a step, 3.9 * 0.99 / (1 - 0.99)."""


def search_reward(held_noise: tuple[float, float], underside: float = 0.0, **params: float | bool) -> RewTerm:
    """Reward for searching where the fixed part may be: up to 100 in an episode, more with ``remaining``.

    Args:
        held_noise: See :class:`~isaaclab_factory.mdp.search_coverage`, in m.
        underside: See there, in m.
        **params: Its other parameters.
    """
    params = {"held_noise": held_noise, "underside": underside, "remaining": False, **params}
    return RewTerm(func=mdp.search_coverage, weight=100.0 * PER_STEP, params=params)
