# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Factory's gears on their base in MuJoCo: do they turn each other, and how deep do they press."""

import mujoco
import numpy as np
import pytest

from isaaclab_factory.geometry import GEAR_BASE, GEAR_LARGE, GEAR_MEDIUM, GEAR_SMALL
from tests.assets.newton_scene import TIME_STEP, import_stage, new_stage, place, to_mujoco

GEARS = {"Medium": GEAR_MEDIUM, "Small": GEAR_SMALL, "Large": GEAR_LARGE}


def yaw(data: mujoco.MjData, name: str) -> float:
    """Angle of a gear about z (rad)."""
    w, x, y, z = data.body(f"_World_{name}").xquat
    return np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


@pytest.mark.slow
def test_medium_gear_turns_the_others_by_the_ratios_of_their_teeth(figures):
    stage = new_stage()
    place(stage, "Base", GEAR_BASE, fixed=True)
    for name, gear in GEARS.items():
        place(stage, name, gear)
    # a tenth of their weight keeps the gears on the plate, and the friction there out of the figures
    model = to_mujoco(import_stage(stage, gravity=-1.0))
    data = mujoco.MjData(model)
    # a viscous torque towards 2 rad/s
    spin = model.jnt_dofadr[model.body("_World_Medium").jntadr[0]] + 5
    model.dof_damping[spin], data.qfrc_applied[spin] = 1e-3, 2e-3

    angles, penetrations = [], []
    for _ in range(round(0.6 / TIME_STEP)):
        mujoco.mj_step(model, data)
        angles.append([yaw(data, name) for name in GEARS])
        penetrations.append(-data.contact.dist.min(initial=0.0))
    # the play of the teeth is taken up before the angles count
    angles = np.unwrap(np.array(angles)[round(0.2 / TIME_STEP) :], axis=0)
    held, small, large = angles[-1] - angles[0]
    figures(
        "Gears on their base",
        f"medium {np.degrees(held):.1f} degrees: small {small / held:.3f} (ideal -2), large {large / held:.4f}"
        f" (ideal -0.6667), penetration median / largest {1e6 * np.median(penetrations):.0f} /"
        f" {1e6 * max(penetrations):.0f} um",
    )
    assert held > np.radians(20.0)
    assert small / held == pytest.approx(-40 / 20, rel=0.03)
    assert large / held == pytest.approx(-40 / 60, rel=0.03)
    assert max(penetrations) < 1e-4
    for name, gear in GEARS.items():
        body, axis = data.body(f"_World_{name}"), np.array([gear.axis_x, 0.0, 0.0])
        np.testing.assert_allclose(body.xpos + body.xmat.reshape(3, 3) @ axis, axis, atol=2e-4)
