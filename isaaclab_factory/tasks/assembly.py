# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What an assembly task is about: two parts, where the one goes on the other, how it is held, what is drawn at random.

An :class:`AssemblyCfg` is what :class:`~isaaclab_factory.tasks.assembly_env_cfg.AssemblyEnvCfg` makes a task of. The
functions below compute one from the dimensions of two parts. Numbers without a source are those of ``FactoryTask``,
``PegInsert``, ``GearMesh`` and ``NutThread`` in Isaac Lab's ``isaaclab_tasks.direct.factory.factory_tasks_cfg`` ("the
reference").
"""

from __future__ import annotations

import math
import re
from dataclasses import MISSING

from isaaclab.assets import RigidObjectCfg
from isaaclab.utils import configclass

from isaaclab_factory import mdp
from isaaclab_factory.assets import (
    FINGERPAD_LENGTH,
    bolt_cfg,
    gear_base_cfg,
    gear_cfg,
    hole_cfg,
    nut_cfg,
    part_of,
    peg_cfg,
)
from isaaclab_factory.geometry import Gear, GearBase, Hole, MetricBolt, MetricNut, Peg, require_fit

FINGERTIP = "panda_fingertip_centered"
"""Name of the robot's body between the lower ends of the finger pads."""

GRIPPER_OPENING = 0.08
"""Largest distance in m between the finger pads: each finger of the Franka moves 0.04 m."""


@configclass
class HandCfg:
    """Where the hand starts, before the noise."""

    position: tuple[float, float, float] = MISSING
    """Position of the fingertip above the fixed part's tip in m, along the axes of the world."""

    yaw: float = 0.0
    """Yaw of the fingertip in rad."""


@configclass
class GraspCfg:
    """How the gripper holds the part, before the noise."""

    offset: tuple[float, float, float] = MISSING
    """Position of the fingertip in the frame of the held part in m."""

    yaw: float = 0.0
    """Yaw in rad of the grasp in the frame of the held part. At zero the fingers close along its y axis."""

    width: float = MISSING
    """Width in m of the part between the finger pads."""


@configclass
class NoiseCfg:
    """What is drawn anew for every episode, evenly between minus and plus each number."""

    fixed_position: tuple[float, float, float] = (0.05, 0.05, 0.05)
    """Largest offset in m of the fixed part from its default position."""

    fixed_yaw_range: tuple[float, float] = (0.0, 2.0 * math.pi)
    """Least and largest yaw in rad of the fixed part."""

    hand_position: tuple[float, float, float] = (0.02, 0.02, 0.01)
    """Largest offset in m of the fingertip from where the hand starts."""

    hand_yaw: float = 0.785
    """Largest offset in rad of the fingertip's yaw from where the hand starts."""

    held_position: tuple[float, float, float] = (0.003, 0.0, 0.003)
    """Largest offset in m of the held part in the hand, along the axes of its frame. Along y are the fingers."""


@configclass
class AssemblyCfg:
    """Two parts and how the one gets onto the other."""

    held_asset: RigidObjectCfg = MISSING
    """The part in the hand. Its spawner has to tell its dimensions; see :func:`~isaaclab_factory.assets.part_of`."""

    fixed_asset: RigidObjectCfg = MISSING
    """The part that stands in front of the robot. Its spawner has to tell its dimensions too."""

    goal: mdp.AssemblyGoalCfg = MISSING
    """Where the held part goes on the fixed part, and what counts as a success."""

    hand: HandCfg = MISSING
    """Where the hand starts."""

    grasp: GraspCfg = MISSING
    """How the gripper holds the part."""

    noise: NoiseCfg = NoiseCfg()
    """What is drawn anew for every episode."""

    underside: float = 0.0
    """Height in m of the held part's underside above its base."""

    @property
    def held_noise_in_hand(self) -> tuple[float, float]:
        """Largest offset in m of the held part along the hand's x and y axes."""
        x, y, _ = self.noise.held_position
        cos, sin = abs(math.cos(self.grasp.yaw)), abs(math.sin(self.grasp.yaw))
        return cos * x + sin * y, sin * x + cos * y

    def check(self) -> None:
        """Check what can be known without a simulator.

        Raises:
            ValueError: If a field is missing, or the part is wider than the gripper opens.
        """
        try:
            self.validate()
        except TypeError as error:
            # Isaac Lab lists the fields on lines of their own, each after a dash
            missing = ", ".join(re.findall(r"^\s*- (\S+)$", str(error), re.MULTILINE))
            raise ValueError(f"The assembly lacks {missing}.") from error
        if not 0.0 < self.grasp.width <= GRIPPER_OPENING:
            raise ValueError(
                f"The gripper holds parts of more than 0 and up to {GRIPPER_OPENING} m between its pads, got a grasp"
                f" {self.grasp.width} m wide."
            )


def peg_in_hole(peg: Peg | None = None, hole: Hole | None = None) -> AssemblyCfg:
    """A peg that goes down to the bottom of a hole.

    Args:
        peg: The peg, which the fingers hold by its upper end. Defaults to None, Factory's 8 mm peg.
        hole: The hole. Defaults to None, Factory's 8 mm hole.

    Raises:
        ValueError: If the peg does not fit into the hole.
    """
    held_asset, fixed_asset = peg_cfg(peg), hole_cfg(hole)
    peg, hole = part_of(held_asset), part_of(fixed_asset)
    require_fit(hole, peg)
    return AssemblyCfg(
        held_asset=held_asset,
        fixed_asset=fixed_asset,
        goal=mdp.AssemblyGoalCfg(
            tip_offset=(0.0, 0.0, hole.height),
            success_height=0.04 * hole.height,
            engaged_height=0.9 * hole.height,
        ),
        hand=HandCfg(position=(0.0, 0.0, 0.047)),
        grasp=GraspCfg(offset=(0.0, 0.0, peg.length - FINGERPAD_LENGTH), width=peg.diameter),
    )


def gear_on_shaft(gear: Gear | None = None, base: GearBase | None = None, shaft: int = 1) -> AssemblyCfg:
    """A gear that goes down a shaft until it lies on the base.

    Args:
        gear: The gear, which the fingers hold by its hub. Defaults to None, Factory's medium gear.
        base: The base with its shafts. Defaults to None, Factory's gear base.
        shaft: Index of the shaft in ``base.shaft_x``. Defaults to 1, the middle one of Factory's.

    Raises:
        ValueError: If there is no such shaft, the gear does not fit onto it, or has no hub to hold it by.
    """
    held_asset, fixed_asset = gear_cfg(gear), gear_base_cfg(base)
    gear, base = part_of(held_asset), part_of(fixed_asset)
    require_fit(base, gear)
    if not 0 <= shaft < len(base.shaft_x):
        raise ValueError(f"The base has {len(base.shaft_x)} shafts, of index 0 on; there is none of index {shaft}.")
    if gear.hub_height == 0.0:
        raise ValueError("The gear has no hub for the gripper to hold it by.")
    shaft_x = base.shaft_x[shaft]
    # The reference moves the gear in the hand by 0 to 3 mm, downwards only, from 1.5 mm above its teeth.
    grasp_height = gear.base_z + gear.face_width + 0.0015 + 0.0015
    return AssemblyCfg(
        held_asset=held_asset,
        fixed_asset=fixed_asset,
        goal=mdp.AssemblyGoalCfg(
            tip_offset=(shaft_x, 0.0, base.base_height + base.shaft_height),
            target_offset=(shaft_x, 0.0, base.base_height - gear.base_z),
            held_base_offset=(gear.axis_x, 0.0, 0.0),
            success_height=0.05 * base.shaft_height,
            engaged_height=0.9 * base.shaft_height,
        ),
        hand=HandCfg(position=(0.0, 0.0, 0.035)),
        grasp=GraspCfg(offset=(gear.axis_x, 0.0, grasp_height), width=gear.hub_diameter),
        noise=NoiseCfg(fixed_yaw_range=(0.0, math.radians(15.0)), held_position=(0.003, 0.0, 0.0015)),
        underside=gear.base_z,
    )


def nut_on_bolt(nut: MetricNut | None = None, bolt: MetricBolt | None = None) -> AssemblyCfg:
    """A nut that is turned one and a half pitches down a bolt, by the hand and from a given yaw on.

    The bolt is turned so that its thread ends at the tip where that of the reference's bolt does, whatever its length:
    it takes the same turn of the hand to reach the same depth in pitches.

    Args:
        nut: The nut, which the fingers hold by two flats. Defaults to None, Factory's M16 nut.
        bolt: The bolt. Defaults to None, Factory's M16 bolt.

    Raises:
        ValueError: If the nut does not fit onto the bolt.
    """
    held_asset, fixed_asset = nut_cfg(nut), bolt_cfg(bolt)
    nut, bolt = part_of(held_asset), part_of(fixed_asset)
    require_fit(nut, bolt)
    pitch = bolt.pitch
    # A ridge begins half a pitch above the head at the +x axis; on the M16 bolt it also ends there, after whole turns.
    end_of_thread = 2.0 * math.pi * ((bolt.length / pitch - 0.5) % 1.0)
    return AssemblyCfg(
        held_asset=held_asset,
        fixed_asset=fixed_asset,
        goal=mdp.ThreadGoalCfg(
            tip_offset=(0.0, 0.0, bolt.tip_height),
            target_offset=(0.0, 0.0, bolt.tip_height - 1.5 * pitch),
            held_base_offset=(0.0, 0.0, nut.base_height),
            keypoint_length=0.05,
            success_height=0.375 * pitch,
            engaged_height=0.5 * pitch,
            robot_name="robot",
            body_name=FINGERTIP,
            thread_pitch=pitch,
            # not in the reference: a tenth and a quarter of the pitch
            seated_play=0.1 * pitch,
            seated_offset=0.25 * pitch,
        ),
        hand=HandCfg(position=(0.0, 0.0, 0.015), yaw=1.83),
        grasp=GraspCfg(offset=(0.0, 0.0, nut.base_height), yaw=math.radians(-90.0), width=nut.sizes.width_across_flats),
        noise=NoiseCfg(
            fixed_yaw_range=(math.radians(120.0) - end_of_thread, math.radians(150.0) - end_of_thread),
            hand_yaw=0.26,
            held_position=(0.0, 0.003, 0.003),
        ),
    )
