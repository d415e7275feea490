# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is the example tasks' alone, and that they are as short as an example should be."""

import importlib
import inspect

import pytest
import torch

from isaaclab_factory.controllers import yaw_from_quat
from tests.tasks.task_env import load_cfg, open_env


@pytest.fixture(scope="module")
def square_peg_env():
    """Four environments of SquarePegInsert."""
    with open_env("SquarePegInsert", 4, seed=0) as env:
        yield env


def test_the_policy_of_the_square_peg_sees_how_far_it_is_turned_against_the_hole(square_peg_env):
    env = square_peg_env

    def yaw_of_a_square(quat: torch.Tensor) -> torch.Tensor:
        """Yaw in degrees from -45 to 45: a square looks the same after every 90."""
        return (torch.rad2deg(yaw_from_quat(quat)) + 45.0) % 90.0 - 45.0

    seen, true = [], []
    for seed in range(8):
        obs, _ = env.reset(seed=seed)
        # an upright part is the fingertip, which points down, turned by half a turn about its y axis
        x, y, z, w = obs["policy"][:, 3:7].unbind(-1)
        seen.append(yaw_of_a_square(torch.stack((-z, w, x, -y), dim=-1)))
        held, fixed = (env.scene[name].data.root_quat_w.torch for name in ("held_asset", "fixed_asset"))
        true.append(yaw_of_a_square(held) - yaw_of_a_square(fixed))
    seen, true = torch.cat(seen), torch.cat(true)
    torch.testing.assert_close(seen, true, atol=1e-2, rtol=0.0)
    assert 10.0 < true.abs().max() <= 15.01


@pytest.mark.parametrize("name", ["square_peg_insert_env_cfg", "nut_thread_m8_env_cfg"])
def test_an_example_is_a_file_of_less_than_60_lines(name):
    module = importlib.import_module(f"isaaclab_factory.tasks.examples.{name}")
    assert len(inspect.getsource(module).splitlines()) < 60


def test_the_m8_nut_is_the_task_of_the_m16_nut_in_proportion_to_the_pitch():
    small, large = load_cfg("NutThreadM8"), load_cfg("NutThread")
    # ISO 261: pitch 1.25 mm and 2 mm
    scale = 1.25 / 2.0
    for name in ("success_height", "engaged_height", "thread_pitch", "seated_play", "seated_offset"):
        heights = [getattr(cfg.commands.assembly_goal, name) for cfg in (small, large)]
        assert heights[0] == pytest.approx(scale * heights[1])
    depths = [
        cfg.commands.assembly_goal.tip_offset[2] - cfg.commands.assembly_goal.target_offset[2] for cfg in (small, large)
    ]
    assert depths[0] == pytest.approx(scale * depths[1])
    for name in ("keypoint_baseline", "keypoint_coarse", "keypoint_fine"):
        params = [getattr(cfg.rewards, name).params for cfg in (small, large)]
        assert scale * params[0]["sharpness"] == pytest.approx(params[1]["sharpness"])
        assert params[0]["offset"] == params[1]["offset"]
    assert small.actions.to_dict() == large.actions.to_dict()
    # ISO 4032: 13 mm across flats
    assert small.events.hand.params["gripper_joint_pos"] == 0.0065 - 1e-5
    noise = [cfg.events.held_part.params["position_noise"] for cfg in (small, large)]
    assert noise[0] == pytest.approx([13.0 / 24.0 * value for value in noise[1]])
