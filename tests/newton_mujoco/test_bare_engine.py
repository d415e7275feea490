# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The bare engine, with which the speed of the whole stack is compared."""

import mujoco
import numpy as np
import pytest

from isaaclab_factory.newton_mujoco.bare_engine import BareEngine
from isaaclab_factory.newton_mujoco.worlds import Worlds

NUM_WORLDS = 5
INTEGRATION = mujoco.mjtState.mjSTATE_INTEGRATION

BALLS = """
<mujoco>
  <option timestep="0.002"/>
  <worldbody>
    <geom type="plane" size="1 1 0.1"/>
    <body pos="0 0 0.3"><freejoint/><geom size="0.05"/></body>
    <body pos="0.04 0 0.5"><freejoint/><geom size="0.05"/></body>
  </worldbody>
</mujoco>
"""


@pytest.fixture
def worlds() -> Worlds:
    """Worlds with falling balls, each from another state."""
    model = mujoco.MjModel.from_xml_string(BALLS)
    worlds = Worlds(model, NUM_WORLDS, num_threads=2)
    for number, state in enumerate(worlds.states):
        data = mujoco.MjData(model)
        data.qvel[0] = 0.1 * number
        mujoco.mj_step(model, data, 150)  # until they touch the ground
        mujoco.mj_getState(model, data, state, INTEGRATION)
    return worlds


def test_it_steps_each_world_as_mujoco_does_and_leaves_it_as_it_is(worlds: Worlds) -> None:
    bare, before, stepped = BareEngine(worlds), worlds.states.copy(), []

    def step(model: mujoco.MjModel, data: mujoco.MjData, num_steps: int) -> None:
        start = data.qvel.copy()
        mujoco.mj_step(model, data, num_steps)
        data.warning.number[:] += 1
        stepped.append((start, np.concatenate((data.qpos, data.qvel))))

    bare._step = step
    assert bare.time(2, 21) > 0.0
    np.testing.assert_array_equal(worlds.states, before)
    assert all((data.warning.number == 1).all() for data in worlds.datas)
    assert len(stepped) == 2 * NUM_WORLDS
    for world in range(NUM_WORLDS):
        model, data = worlds.snapshot(world)
        assert data.ncon > 0
        ends = [end for start, end in stepped if np.array_equal(start, data.qvel)]
        assert len(ends) == 2
        mujoco.mj_step(model, data, 21)
        np.testing.assert_array_equal(ends, 2 * [[*data.qpos, *data.qvel]])
