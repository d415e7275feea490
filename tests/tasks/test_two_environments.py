# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Environments one after another in one process, as in a notebook."""

import pytest
import torch
from isaaclab.sim import SimulationContext

from isaaclab_factory.assets import part_of
from isaaclab_factory.geometry import Hole, Peg
from tests.tasks.task_env import open_env

pytestmark = pytest.mark.slow


def mass_and_parts(env) -> tuple[float, list[str]]:
    """Mass in kg of the held part in the simulator, and the kinds of the parts."""
    assets = (env.scene["held_asset"], env.scene["fixed_asset"])
    return assets[0].data.body_mass.torch[0, 0].item(), [type(part_of(asset.cfg)).__name__ for asset in assets]


def test_the_second_environment_has_its_own_parts():
    with open_env("PegInsert", 2) as env:
        env.reset(seed=1)
        peg = mass_and_parts(env)
    with open_env("GearMesh", 3) as env:
        env.reset(seed=1)
        assert env.num_envs == 3
        gear = mass_and_parts(env)
    assert peg == (pytest.approx(0.019), ["Peg", "Hole"])
    assert gear == (pytest.approx(0.012), ["Gear", "GearBase"])


def test_another_size_of_a_part_is_taken_in_the_next_environment():
    tips = []
    for height in (0.025, 0.020):

        def use_hole(cfg, height=height) -> None:
            cfg.scene.fixed_asset.spawn.part = Hole(0.009, height, 0.025)
            cfg.commands.assembly_goal.tip_offset = (0.0, 0.0, height)

        with open_env("PegInsert", 2, change=use_hole) as env:
            env.reset(seed=1)
            goal = env.command_manager.get_term("assembly_goal")
            tips.append((goal.tip_pos_w - goal.target_pos_w)[0, 2].item())
    assert tips == pytest.approx([0.025, 0.020])


def break_scene(cfg) -> None:
    cfg.scene.held_asset.spawn.part = Peg(0.008, -0.05)


def break_terms(cfg) -> None:
    cfg.actions.arm.body_name = "no_such_body"


@pytest.mark.parametrize(
    ("mistake", "said"), [(break_scene, "length must be a positive number"), (break_terms, "no_such_body")]
)
def test_a_mistake_leaves_nothing_behind(mistake, said):
    with pytest.raises(ValueError, match=said), open_env("PegInsert", 2, change=mistake):
        pass
    assert SimulationContext.instance() is None
    with open_env("PegInsert", 2, seed=1) as env:
        env.reset()
        obs, *_ = env.step(torch.zeros(2, 6))
        assert torch.isfinite(obs["critic"]).all()
