# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A reset of some environments touches neither the state nor the future of the others."""

import pytest
import torch

from tests.tasks.task_env import open_env

NUM_ENVS = 4
OTHERS = [0, 1, 3]


@pytest.fixture(scope="module", params=["PegInsert", "GearMesh", "NutThread"])
def env(request):
    """Four environments of a task."""
    with open_env(request.param, NUM_ENVS) as env:
        yield env


def state(env) -> dict[str, torch.Tensor]:
    """What the simulator, the goal and the action term hold for each environment."""
    held = {}
    for name, asset in (env.scene.articulations | env.scene.rigid_objects).items():
        view = asset.root_physx_view
        if name == "robot":
            held |= {"joint_pos": view.get_dof_positions(), "joint_vel": view.get_dof_velocities()}
            held |= {"links": view.get_link_transforms(), "drives": view.get_dof_position_targets()}
        else:
            held |= {f"{name} pose": view.get_transforms(), f"{name} velocity": view.get_velocities()}
    goal, arm = env.command_manager.get_term("assembly_goal"), env.action_manager.get_term("arm")
    held |= {"tip": goal.noisy_tip_pos_w, "command": goal.command, "actions": arm.processed_actions}
    held |= {f"metric {name}": values for name, values in goal.metrics.items()}
    held["measured velocity"] = torch.cat((arm.fingertip.measured_lin_vel_w, arm.fingertip.measured_ang_vel_w), dim=-1)
    return {name: values.clone() for name, values in held.items()}


def test_state_of_the_others_stays_bit_identical(env):
    env.reset(seed=1)
    for _ in range(5):
        env.step(torch.randn(NUM_ENVS, 6))
    before, observed = state(env), env.obs_buf["critic"].clone()
    env._reset_idx(torch.tensor([2]))
    after = state(env)
    assert {f"{name} pose" for name in env.scene.rigid_objects} <= set(after)
    for name, values in after.items():
        assert torch.equal(values[OTHERS], before[name][OTHERS]), name
        if name.endswith(("pose", "joint_pos", "tip", "actions")):
            assert not torch.equal(values[2], before[name][2]), name
    assert torch.equal(env.observation_manager.compute()["critic"][OTHERS], observed[OTHERS])


def test_the_others_go_on_as_if_nothing_had_been_reset(env):
    actions = torch.randn(8, NUM_ENVS, 6, generator=torch.Generator().manual_seed(7))

    def rollout(resets_one: bool) -> dict[str, torch.Tensor]:
        env.reset(seed=7)
        for step, action in enumerate(actions):
            if resets_one and step == 4:
                env._reset_idx(torch.tensor([2]))
            observed, reward, *_ = env.step(action)
        return state(env) | {"reward": reward.clone()} | {name: values.clone() for name, values in observed.items()}

    alone, beside_a_reset = rollout(False), rollout(True)
    for name, values in alone.items():
        assert torch.equal(values[OTHERS], beside_a_reset[name][OTHERS]), name
    assert not torch.equal(alone["critic"][2], beside_a_reset["critic"][2])
