# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Contacts of links with what they rest on."""

import numpy as np
import pytest
import torch

from isaaclab_factory.kitless.scene.description import Collider, JointType, Pose, Shape

NUM_WORLDS = 256
PAD = (0.0087500000372529, 0.00760000012814999, 0.00880399998277426)
PAD_POS = (9.6007250701681741, -9.021436919495498, 0.10177847434505818)
PAD_QUAT = (-1.7697997141023438e-08, 0.99157405917554164, 0.12954105592489534, 3.953318850006089e-08)
PRISM_POS = (9.604155093969498, -9.023167600574178, 0.08047448564320803)
PRISM_YAW = np.arctan2(0.66738798299138502, -0.74471019877445677)
PRISM = np.array(
    [
        (-0.004125261, 0.0042857397),
        (-0.0013660766, 0.0061946134),
        (-0.0013212513, -0.008709162),
        (0.0054544173, 0.0017951383),
    ]
)
"""Corners of the prism seen from above (m). It is 25 mm high."""


@pytest.fixture
def pads_on_prisms(make, run):
    """In each world a finger pad that slides up and down, its lower face 11 nm deep in the upper face of a prism.

    The pose is one that was met. MuJoCo 4.0 by itself takes more than half of these pads for 7 mm inside the prism, as
    seen from the side; which ones depends on the last digits of the pose, so they stand at slightly different heights.
    """
    links, joints, tree = make.pendulum(kind=JointType.PRISMATIC, axis=(0.0, 0.0, 1.0), drive=None)
    above_base = np.array(PAD_POS) - links[0].pose.pos
    links[1].colliders.append(Collider(f"{links[1].path}/pad", Shape.BOX, PAD, Pose(above_base, np.array(PAD_QUAT))))
    corners = np.array([(x, y, z) for x, y in PRISM for z in (-0.0125, 0.0125)])
    pose = Pose(np.array(PRISM_POS), make.rotation((0.0, 0.0, 1.0), PRISM_YAW))
    prism = Collider(f"{make.ENV}/Prism", Shape.HULL, pose=pose, vertices=corners)
    parts = {"bodies": links, "joints": joints, "articulations": [tree], "static_colliders": [prism]}
    rig = run(make.scene(NUM_WORLDS, gravity=0.0, **parts))
    rig.pads = rig.view.create_articulation_view("/World/envs/env_*/Robot")
    return rig


def lift(rig, heights: torch.Tensor) -> None:
    rig.pads.set_dof_positions(heights.view(-1, 1), torch.arange(NUM_WORLDS))


def test_faces_that_just_touch_are_found_just_touching(pads_on_prisms):
    lift(pads_on_prisms, 1e-11 * torch.rand(NUM_WORLDS, generator=torch.Generator().manual_seed(0)))
    found = pads_on_prisms.engine.penetrations()
    assert (np.bincount(found.worlds) == 4).all()
    np.testing.assert_allclose(found.depths, 11e-9, atol=1e-9)


def test_nothing_presses_before_it_touches(pads_on_prisms):
    lift(pads_on_prisms, torch.full((NUM_WORLDS,), 5e-5))
    pads_on_prisms.step(5)
    assert not pads_on_prisms.pads.get_dof_velocities().any()
    np.testing.assert_allclose(pads_on_prisms.engine.penetrations().depths, -5e-5, atol=1e-7)
