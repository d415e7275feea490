# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training aids, none of them in the reference: what they add to Factory's observations and rewards.

They change neither what a success is nor how an episode starts, but for the curriculum, which says so.
"""

from __future__ import annotations

import math
from dataclasses import MISSING

from isaaclab.managers import CurriculumTermCfg as CurrTerm
from isaaclab.managers import ObservationTermCfg as ObsTerm
from isaaclab.managers import RewardTermCfg as RewTerm
from isaaclab.managers import SceneEntityCfg
from isaaclab.managers import TerminationTermCfg as DoneTerm
from isaaclab.utils import configclass
from isaaclab.utils.modifiers import ModifierCfg

from isaaclab_factory import mdp

from .assembly_env_cfg import ARM, REWARD_WEIGHT, ActionsCfg, ObservationsCfg, RewardsCfg, TerminationsCfg


@configclass
class AidedObservationsCfg(ObservationsCfg):
    """The distances of the last millimetres once more, magnified.

    A running normaliser scales positions by their spread over an episode, some centimetres; a fit of a tenth of a
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

        held_pos_rel_tip_near = ObsTerm(
            func=mdp.part_pos_rel_tip,
            params={"asset_cfg": SceneEntityCfg("held_asset")},
            modifiers=[ModifierCfg(func=mdp.saturate, params={"distance": 0.001})],
        )

    policy: PolicyCfg = PolicyCfg()
    critic: CriticCfg = CriticCfg()


@configclass
class TouchObservationsCfg(AidedObservationsCfg):
    """What the hand feels besides: the force it exerts, and where.

    A policy at full start noise has to find the place by touch.
    """

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
    """Touch, the time, and where the hand is in the area that is to be searched.

    Tangents as in :class:`AidedObservationsCfg`, over a distance that tells the whole area apart.
    """

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
class SearchMotionActionsCfg(ActionsCfg):
    """The hand moves over the places to search by itself; the policy's pose deltas come on top of that."""

    arm = mdp.SearchMotionTorqueActionCfg(**ARM)


@configclass
class AidedRewardsCfg(RewardsCfg):
    """Sideways alignment counts beside the keypoints."""

    lateral_alignment = RewardsCfg().lateral_alignment.replace(weight=REWARD_WEIGHT)


@configclass
class SearchRewardsCfg(AidedRewardsCfg):
    """Searching where the fixed part may be counts besides, up to 100 in an episode unless by what remains."""

    search = RewTerm(
        func=mdp.search_coverage,
        weight=100.0 * REWARD_WEIGHT,
        params={"held_noise": MISSING, "underside": MISSING, "remaining": False},
    )

    early_end = RewTerm(func=mdp.is_terminated_term, weight=380.0 * REWARD_WEIGHT, params={"term_keys": "success_held"})
    """What an episode that ended early misses: of rewards that are discounted by 0.99 a step, the sum over the parts
    staying assembled for good, 0.99 / (1 - 0.99) times about 3.9."""


@configclass
class SearchMotionRewardsCfg(SearchRewardsCfg):
    """The motion searches, so that is not rewarded: the policy would hurry along the path and past the place."""

    search = None


@configclass
class SearchTerminationsCfg(TerminationsCfg):
    """An episode can also end with its success, which is switched off: evaluations look at whole episodes.

    To train so, override ``env.terminations.success_held.params.duration_s``.
    """

    success_held = DoneTerm(func=mdp.success_held, params={"duration_s": math.inf})


@configclass
class StartNoiseCurriculumCfg:
    """The start noise of the reduced episodes grows as they succeed."""

    start_noise = CurrTerm(
        func=mdp.start_noise_curriculum,
        params={"step": 0.05, "raise_above": 0.7, "lower_below": 0.4, "num_episodes": 128},
    )
