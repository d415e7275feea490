# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The Franka Emika Panda with its two-finger hand, in published numbers.

Kinematics, limits and collision shapes: ``franka_description`` of https://github.com/frankaemika/franka_ros
(``robots/common/franka_arm.xacro`` and ``franka_hand.xacro``, ``robots/panda/joint_limits.yaml``; Apache-2.0).

Masses, centres of mass and inertias: C. Gaz, M. Cognetti, A. Oliva, P. Robuffo Giordano, A. De Luca, "Dynamic
Identification of the Franka Emika Panda Robot With Retrieval of Feasible Parameters Using Penalty-Based Optimization",
IEEE Robotics and Automation Letters 4(4), 2019; as listed in ``robots/common/inertial.yaml`` of the same package.

``panda_fingertip_centered`` and the pad length are those of Isaac Lab's Factory (``contrib/factory``): the frame lies
between the pads' lower ends, 0.112071 m from the hand, and the pads reach 17.608 mm up from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import pi

FINGER_OFFSET = 0.0584
"""Distance of the finger joints from the hand frame along z (m)."""
FINGER_LENGTH = 0.053671
"""Distance from a finger's frame to the lower end of its pad (m)."""
FINGERPAD_LENGTH = 0.017608
"""Height of the flat pad (m); ``RobotCfg.franka_fingerpad_length`` of the reference."""
FINGER_WIDTH = 0.0175
"""Width of the pad along x (m)."""

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Inertial:
    """Mass (kg), centre of mass (m) and inertia about it as (xx, yy, zz, xy, xz, yz) (kg m2), in the link's frame."""

    mass: float
    com: Triple
    inertia: tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Capsule:
    """A capsule collider: centre (m), axis ("X", "Y" or "Z"), radius and length of the cylindrical part (m)."""

    center: Triple
    axis: str
    radius: float
    length: float


@dataclass(frozen=True)
class Box:
    """A box collider: centre (m) and full size (m)."""

    center: Triple
    size: Triple


@dataclass(frozen=True)
class LinkJoint:
    """The joint that carries a link.

    Attributes:
        name: Name of the joint.
        type: "revolute", "prismatic" or "fixed".
        parent: Name of the parent link.
        xyz: Position of the link's frame in the parent's frame at zero (m).
        rpy: Fixed-axis roll, pitch, yaw of the link's frame in the parent's frame at zero (rad).
        axis: "Z", "Y" or "-Y", in the link's frame.
        lower: Lower limit (rad or m).
        upper: Upper limit (rad or m).
        effort: Largest torque or force (N m or N).
        velocity: Largest speed (rad/s or m/s).
        stiffness: Gain of the drive (N m/rad or N/m).
        damping: Damping of the drive (N m s/rad or N s/m).
        mimics: Name of the joint that it follows one to one, "" for none.
    """

    name: str
    type: str
    parent: str
    xyz: Triple
    rpy: Triple = (0.0, 0.0, 0.0)
    axis: str = "Z"
    lower: float = 0.0
    upper: float = 0.0
    effort: float = 0.0
    velocity: float = 0.0
    stiffness: float = 0.0
    damping: float = 0.0
    mimics: str = ""


@dataclass(frozen=True)
class Link:
    """A link with its inertia, its colliders and the joint that carries it (None for the base)."""

    name: str
    inertial: Inertial
    joint: LinkJoint | None = None
    colliders: tuple[Capsule | Box, ...] = field(default=())


def _arm_joint(number: int, xyz: Triple, roll: float, lower: float, upper: float) -> LinkJoint:
    effort, velocity = (87.0, 2.1750) if number <= 4 else (12.0, 2.6100)
    return LinkJoint(
        name=f"panda_joint{number}",
        type="revolute",
        parent=f"panda_link{number - 1}",
        xyz=xyz,
        rpy=(roll, 0.0, 0.0),
        lower=lower,
        upper=upper,
        effort=effort,
        velocity=velocity,
    )


def _finger(side: str, number: int, sign: int) -> Link:
    """One finger. Its pad's face is the plane y = 0 of its frame, so that the fingers touch at joint position 0."""
    pad_thickness = 0.0152
    pad = Box(
        (0.0, sign * pad_thickness / 2.0, FINGER_LENGTH - FINGERPAD_LENGTH / 2.0),
        (FINGER_WIDTH, pad_thickness, FINGERPAD_LENGTH),
    )
    # The mount and the slanting part above the pad in one box that stays behind the pad's face.
    body = Box((0.0, sign * 0.017, 0.018), (0.022, 0.018, 0.036))
    joint = LinkJoint(
        name=f"panda_finger_joint{number}",
        type="prismatic",
        parent="panda_hand",
        xyz=(0.0, 0.0, FINGER_OFFSET),
        axis="Y" if sign > 0 else "-Y",
        lower=0.0,
        upper=0.04,
        effort=40.0,
        velocity=0.2,
        stiffness=7500.0,
        damping=173.0,
        mimics="" if number == 1 else "panda_finger_joint1",
    )
    inertial = Inertial(0.015, (0.0, 0.0, 0.0), (2.375e-6, 2.375e-6, 7.5e-7, 0.0, 0.0, 0.0))
    return Link(f"panda_{side}finger", inertial, joint, (pad, body))


LINKS: tuple[Link, ...] = (
    Link(
        "panda_link0",
        Inertial(
            0.629769, (-0.041018, -0.00014, 0.049974), (0.00315, 0.00388, 0.004285, 8.2904e-07, 0.00015, 8.2299e-06)
        ),
        colliders=(Capsule((-0.075, 0.0, 0.06), "X", 0.06, 0.03),),
    ),
    Link(
        "panda_link1",
        Inertial(
            4.970684, (0.003875, 0.002081, -0.04762), (0.70337, 0.70661, 0.0091170, -0.00013900, 0.0067720, 0.019169)
        ),
        _arm_joint(1, (0.0, 0.0, 0.333), 0.0, -2.8973, 2.8973),
        # The published capsule is 0.283 m long, for checks against the robot itself; it would reach through the table.
        (Capsule((0.0, 0.0, -0.1315), "Z", 0.06, 0.163),),
    ),
    Link(
        "panda_link2",
        Inertial(
            0.646926, (-0.003141, -0.02872, 0.003495), (0.0079620, 0.028110, 0.025995, -0.003925, 0.010254, 0.000704)
        ),
        _arm_joint(2, (0.0, 0.0, 0.0), -pi / 2, -1.7628, 1.7628),
        (Capsule((0.0, 0.0, 0.0), "Z", 0.06, 0.12),),
    ),
    Link(
        "panda_link3",
        Inertial(
            3.228604, (0.027518, 0.039252, -0.066502), (0.037242, 0.036155, 0.010830, -0.004761, -0.011396, -0.012805)
        ),
        _arm_joint(3, (0.0, -0.316, 0.0), pi / 2, -2.8973, 2.8973),
        (Capsule((0.0, 0.0, -0.145), "Z", 0.06, 0.15),),
    ),
    Link(
        "panda_link4",
        Inertial(
            3.587895, (-0.05317, 0.104419, 0.027454), (0.025853, 0.019552, 0.028323, 0.007796, -0.001332, 0.008641)
        ),
        _arm_joint(4, (0.0825, 0.0, 0.0), pi / 2, -3.0718, -0.0698),
        (Capsule((0.0, 0.0, 0.0), "Z", 0.06, 0.12),),
    ),
    Link(
        "panda_link5",
        Inertial(
            1.225946, (-0.011953, 0.041065, -0.038437), (0.035549, 0.029474, 0.008627, -0.002117, -0.004037, 0.000229)
        ),
        _arm_joint(5, (-0.0825, 0.384, 0.0), -pi / 2, -2.8973, 2.8973),
        (Capsule((0.0, 0.0, -0.26), "Z", 0.06, 0.10), Capsule((0.0, 0.08, -0.13), "Z", 0.025, 0.14)),
    ),
    Link(
        "panda_link6",
        Inertial(
            1.666555, (0.060149, -0.014117, -0.010517), (0.001964, 0.004354, 0.005433, 0.000109, -0.001158, 0.000341)
        ),
        _arm_joint(6, (0.0, 0.0, 0.0), pi / 2, -0.0175, 3.7525),
        (Capsule((0.0, 0.0, -0.03), "Z", 0.05, 0.08),),
    ),
    Link(
        "panda_link7",
        Inertial(
            0.735522, (0.010517, -0.004252, 0.061597), (0.012516, 0.010027, 0.004815, -0.000428, -0.001196, -0.000741)
        ),
        _arm_joint(7, (0.088, 0.0, 0.0), pi / 2, -2.8973, 2.8973),
        (Capsule((0.0, 0.0, 0.01), "Z", 0.04, 0.14),),
    ),
    Link(
        "panda_hand",
        Inertial(0.73, (-0.01, 0.0, 0.03), (0.001, 0.0025, 0.0017, 0.0, 0.0, 0.0)),
        LinkJoint("panda_hand_joint", "fixed", "panda_link7", (0.0, 0.0, 0.107), (0.0, 0.0, -pi / 4)),
        (Box((0.0, 0.0, 0.033), (0.063, 0.204, 0.066)),),
    ),
    _finger("left", 1, 1),
    _finger("right", 2, -1),
    Link(
        "panda_fingertip_centered",
        # A frame, not a thing: one gram, so that it weighs nothing next to the hand and PhysX, which gives a body
        # without mass one kilogram, does not.
        Inertial(0.001, (0.0, 0.0, 0.0), (1e-7, 1e-7, 1e-7, 0.0, 0.0, 0.0)),
        LinkJoint("panda_fingertip_centered_joint", "fixed", "panda_hand", (0.0, 0.0, FINGER_OFFSET + FINGER_LENGTH)),
    ),
)
"""All links, each after its parent."""

FORCE_SENSOR = Link(
    "force_sensor",
    Inertial(0.001, (0.0, 0.0, 0.0), (1e-7, 1e-7, 1e-7, 0.0, 0.0, 0.0)),
    LinkJoint("force_sensor_joint", "fixed", "panda_link7", (0.0, 0.0, 0.107), (0.0, 0.0, -pi / 4)),
)
"""A force and torque sensor between the flange and the hand, as Isaac Lab's ``franka_mimic.usd`` has one. It has no
height, and the hand's axes. A body without a mass would get one kilogram from PhysX."""


def links(force_sensor: bool = False) -> tuple[Link, ...]:
    """The links of the robot, each after its parent.

    Args:
        force_sensor: Whether :data:`FORCE_SENSOR` is between the flange and the hand.
    """
    if not force_sensor:
        return LINKS
    hand = next(index for index, link in enumerate(LINKS) if link.name == "panda_hand")
    on_sensor = replace(LINKS[hand], joint=LinkJoint("panda_hand_joint", "fixed", "force_sensor", (0.0, 0.0, 0.0)))
    return (*LINKS[:hand], FORCE_SENSOR, on_sensor, *LINKS[hand + 1 :])
