# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The tasks on an NVIDIA GPU, stepped by MuJoCo Warp."""

import pytest
import torch
from isaaclab_newton.physics import NewtonManager

from isaaclab_factory.newton_mujoco import buffers
from tests.tasks.task_env import FACTORY, engine_state, open_env

pytestmark = pytest.mark.gpu

NUM_ENVS = 32
DEVICE = "cuda:0"


@pytest.fixture(scope="module", params=FACTORY)
def opened_env(request):
    """Environments of a task."""
    with open_env(request.param, NUM_ENVS, physics="newton_mjwarp", seed=0, device=DEVICE) as env:
        yield env


@pytest.fixture
def env(opened_env):
    """The environments after a reset."""
    with torch.inference_mode():
        opened_env.reset()
    return opened_env


@torch.inference_mode()
def test_steps_and_resets_stay_finite_and_fill_no_buffer(env) -> None:
    actions = torch.empty(NUM_ENVS, 6, device=DEVICE)
    for step in range(20):
        if step == 10:
            env.episode_length_buf[::2] = env.max_episode_length - 1  # every second one ends
        observed, reward, *_ = env.step(actions.uniform_(-1.0, 1.0))
        for values in (*observed.values(), reward, *engine_state(env).values()):
            assert values.device.type == "cuda"
            assert torch.isfinite(values.float()).all()
    assert env.episode_length_buf.tolist() == [9, 20] * (NUM_ENVS // 2)
    full = buffers.overflows(buffers.solver())
    assert {kind: full[kind] for kind in buffers.BUFFERS} == dict.fromkeys(buffers.BUFFERS, 0)


@torch.inference_mode()
def test_physics_steps_are_replayed_from_a_cuda_graph(env) -> None:
    for _ in range(2):
        env.step(torch.zeros(NUM_ENVS, 6, device=DEVICE))
    assert NewtonManager._graph is not None


@torch.inference_mode()
def test_the_part_stays_in_the_hand_at_rest(env) -> None:
    arm, held = env.action_manager.get_term("arm"), env.scene["held_asset"]
    action = torch.zeros(NUM_ENVS, 6, device=DEVICE)
    if env.cfg.actions.arm.unidirectional_yaw:
        action[:, 5] = -1.0
    start = (held.data.root_link_pose_w.torch - arm.fingertip.pose_w)[:, :3].clone()
    for _ in range(15):
        env.step(action)
    moved = (held.data.root_link_pose_w.torch - arm.fingertip.pose_w)[:, :3] - start
    assert moved.norm(dim=-1).max() < 0.001
