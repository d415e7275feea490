# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's own Cartpole tasks, unmodified, with a cart and a pole of our own."""

import gymnasium as gym
import isaaclab_tasks  # noqa: F401
import numpy as np
import omni.usd
import pytest
import torch
from isaaclab_tasks.utils import parse_env_cfg

CARTPOLE = """#usda 1.0
(
    defaultPrim = "Cartpole"
    metersPerUnit = 1
    upAxis = "Z"
)

def Xform "Cartpole" (
    prepend apiSchemas = ["PhysicsArticulationRootAPI", "PhysxArticulationAPI"]
)
{
    def Xform "rail" (
        prepend apiSchemas = ["PhysicsRigidBodyAPI", "PhysicsMassAPI"]
    )
    {
        float3 physics:diagonalInertia = (1, 1, 1)
        float physics:mass = 1
    }

    def PhysicsFixedJoint "root_joint"
    {
        rel physics:body1 = </Cartpole/rail>
    }

    def Xform "cart" (
        prepend apiSchemas = ["PhysicsRigidBodyAPI", "PhysicsMassAPI"]
    )
    {
        float3 physics:diagonalInertia = (0.01, 0.01, 0.01)
        float physics:mass = 1
    }

    def PhysicsPrismaticJoint "slider_to_cart" (
        prepend apiSchemas = ["PhysicsDriveAPI:linear", "PhysxJointAPI"]
    )
    {
        uniform token physics:axis = "Y"
        rel physics:body0 = </Cartpole/rail>
        rel physics:body1 = </Cartpole/cart>
        float physics:lowerLimit = -4
        float physics:upperLimit = 4
    }

    def Xform "pole" (
        prepend apiSchemas = ["PhysicsRigidBodyAPI", "PhysicsMassAPI"]
    )
    {
        point3f physics:centerOfMass = (0, 0, 0.5)
        float3 physics:diagonalInertia = (0.001, 0.001, 0.001)
        float physics:mass = 0.2
    }

    def PhysicsRevoluteJoint "cart_to_pole" (
        prepend apiSchemas = ["PhysicsDriveAPI:angular", "PhysxJointAPI"]
    )
    {
        uniform token physics:axis = "X"
        rel physics:body0 = </Cartpole/cart>
        rel physics:body1 = </Cartpole/pole>
    }
}
"""


@pytest.fixture
def make_env(tmp_path):
    """Makes one of the tasks with four environments."""
    (tmp_path / "cartpole.usda").write_text(CARTPOLE)
    made = []

    def make(task: str, seed: int = 3) -> gym.Env:
        omni.usd.get_context().new_stage()
        cfg = parse_env_cfg(task, num_envs=4)
        robot = cfg.robot_cfg if task == "Isaac-Cartpole-Direct-v0" else cfg.scene.robot
        robot.spawn.usd_path = str(tmp_path / "cartpole.usda")
        cfg.seed = seed
        made.append(gym.make(task, cfg=cfg))
        return made[-1]

    yield make
    for env in made:
        env.close()


@pytest.mark.parametrize("task", ["Isaac-Cartpole-v0", "Isaac-Cartpole-Direct-v0"])
def test_task_runs_and_restarts_its_episodes(make_env, task):
    env = make_env(task)
    obs, _ = env.reset()
    assert obs["policy"].shape == (4, 4)
    ends = torch.zeros(4, dtype=torch.bool)
    for _ in range(150):
        obs, reward, terminated, truncated, _ = env.step(torch.ones(4, 1))
        ends |= terminated | truncated
        assert torch.isfinite(obs["policy"]).all() and torch.isfinite(reward).all()
    assert ends.all()  # pushed with full force, every cart leaves its range


def test_free_pole_swings_as_its_equation_of_motion_says(make_env):
    env = make_env("Isaac-Cartpole-v0").unwrapped
    env.reset()
    robot = env.scene["robot"]
    cart, pole = robot.find_joints("slider_to_cart")[0][0], robot.find_joints("cart_to_pole")[0][0]
    start = torch.zeros(4, 2)
    start[:, pole] = torch.tensor([0.1, 0.2, 0.5, 1.0])
    robot.write_joint_state_to_sim(start, torch.zeros(4, 2))
    steps, dt = 30, env.physics_dt
    for _ in range(steps):
        env.sim.step(render=False)
    robot.update(dt)
    for index in range(4):
        x, angle = _cartpole(start[index, pole].item(), steps * dt)
        assert robot.data.joint_pos[index, cart].item() == pytest.approx(x, abs=2e-3)
        assert robot.data.joint_pos[index, pole].item() == pytest.approx(angle, abs=1e-2)


def _cartpole(angle: float, time: float, dt: float = 1e-4) -> tuple[float, float]:
    """Cart position (m) and pole angle (rad) after some time without a command.

    Lagrange's equations with the pole at (y - l sin q, l cos q), and the damping of the cart's actuator in Isaac Lab's
    configuration; integrated by small steps of the midpoint rule.
    """
    cart, pole, length, inertia, gravity, damping = 1.0, 0.2, 0.5, 0.001, 9.81, 10.0

    def slope(state: np.ndarray) -> np.ndarray:
        _, q, y_dot, q_dot = state
        coupling = -pole * length * np.cos(q)
        mass = np.array([[cart + pole, coupling], [coupling, inertia + pole * length**2]])
        on_cart = -pole * length * np.sin(q) * q_dot**2 - damping * y_dot
        force = np.array([on_cart, pole * gravity * length * np.sin(q)])
        return np.array([y_dot, q_dot, *np.linalg.solve(mass, force)])

    state = np.array([0.0, angle, 0.0, 0.0])
    for _ in range(round(time / dt)):
        state = state + dt * slope(state + 0.5 * dt * slope(state))
    return state[0], state[1]


def test_same_seed_gives_the_same_rollout_bit_for_bit(make_env):
    rollouts = []
    for _ in range(2):
        env = make_env("Isaac-Cartpole-v0", seed=11)
        obs, _ = env.reset()
        generator = torch.Generator().manual_seed(5)
        rollout = [obs["policy"]]
        for _ in range(60):
            rollout.append(env.step(torch.randn(4, 1, generator=generator))[0]["policy"].clone())
        rollouts.append(torch.stack(rollout))
        env.close()
    assert torch.equal(*rollouts)


def test_wrappers_of_the_three_libraries_step(make_env):
    from isaaclab_rl.rl_games import RlGamesVecEnvWrapper
    from isaaclab_rl.rsl_rl import RslRlVecEnvWrapper
    from isaaclab_rl.skrl import SkrlVecEnvWrapper

    wrappers = {
        "rsl_rl": RslRlVecEnvWrapper,
        "rl_games": lambda env: RlGamesVecEnvWrapper(env, "cpu", 10.0, 1.0),
        "skrl": lambda env: SkrlVecEnvWrapper(env, ml_framework="torch"),
    }
    for name, wrap in wrappers.items():
        env = wrap(make_env("Isaac-Cartpole-v0"))
        env.reset()
        result = env.step(torch.zeros(4, 1))
        assert len(result) == (5 if name == "skrl" else 4)
        env.close()
