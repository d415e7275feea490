# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How many contacts and constraints there are, and what was lost because a buffer was full, on both engines."""

import pytest

from isaaclab_factory.newton_mujoco import buffers
from tests.newton_mujoco.scenes import CubeSceneCfg, simulate, step

CORNERS = 4
"""Contacts of a cube on a table. With an elliptic cone and without torsion each of them is three constraints."""


def falling_cubes(num_envs: int) -> CubeSceneCfg:
    """Cubes 2 cm above their tables."""
    cfg = CubeSceneCfg(num_envs=num_envs)
    cfg.cube.init_state.pos = (0.8, 0.0, 0.47)
    return cfg


@pytest.mark.parametrize("warp", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_cube_on_a_table_has_a_contact_at_each_corner_and_loses_none(warp: bool) -> None:
    with simulate(falling_cubes(3), warp=warp) as (sim, scene):
        solver = buffers.solver()
        step(sim, scene)
        in_the_air = [values.tolist() for values in buffers.counts(solver)]
        step(sim, scene, 40)
        at_rest = [values.tolist() for values in buffers.counts(solver)]
        lost = {kind: number for kind, number in buffers.overflows(solver).items() if kind in buffers.BUFFERS}
    assert in_the_air == [[0, 0, 0], [0, 0, 0]]
    assert at_rest == [[CORNERS] * 3, [3 * CORNERS] * 3]
    assert {"nefc", "narrowphase"} <= set(lost)
    assert set(lost.values()) == {0}


@pytest.mark.slow  # Warp compiles MuJoCo Warp for minutes when that is not in its cache
def test_contacts_that_mujoco_warp_has_no_room_for_are_reported() -> None:
    with simulate(falling_cubes(3), warp=True, nconmax=1) as (sim, scene):
        step(sim, scene, 40)
        lost = buffers.overflows(buffers.solver())
    assert lost["narrowphase"] > 0
    assert lost["nefc"] == 0


def test_without_a_simulation_there_is_no_solver() -> None:
    assert buffers.solver() is None
