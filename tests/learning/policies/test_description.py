# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A robot that has only the description of a policy computes what the task observes, and the same torques."""

import json
from typing import Any

import numpy as np
import pytest
import torch
from isaaclab.envs import ManagerBasedRLEnv
from isaaclab.envs.mdp import JointPositionActionCfg, joint_pos
from isaaclab.managers import ObservationGroupCfg, ObservationTermCfg, SceneEntityCfg
from isaaclab.utils import configclass
from isaaclab.utils.modifiers import ModifierCfg

from isaaclab_factory import mdp
from isaaclab_factory.learning.libraries.policy import ExportablePolicy
from isaaclab_factory.learning.policies.description import describe
from isaaclab_factory.testing import TermEnv, term_env
from tests.learning.policies.robot import RawState, Robot
from tests.tasks.task_env import control_by_hand, load_cfg, open_env

NUM_ENVS = 2
ARM = slice(0, 7)


def description_of(env: ManagerBasedRLEnv, limit: float = 1.0) -> dict[str, Any]:
    """Returns what a robot reads: the description of a policy in this environment, from its JSON text."""
    size = sum(int(np.prod(shape)) for shape in env.observation_manager.group_obs_term_dim["policy"])
    policy = ExportablePolicy(torch.nn.Identity(), size, clip_actions=limit)
    return json.loads(json.dumps(describe(policy, env), allow_nan=False))


def raw_state(env: ManagerBasedRLEnv, row: int) -> RawState:
    """Returns what one robot measures."""
    robot = env.scene["robot"]
    data = robot.data

    def value(array: Any) -> np.ndarray:
        return array.torch[row].double().numpy().copy()

    poses, jacobians = value(data.body_link_pose_w), value(data.body_link_jacobian_w)
    bodies = {name: number for number, name in enumerate(robot.body_names)}
    return RawState(
        poses={name: poses[number] for name, number in bodies.items()},
        velocity=value(data.body_link_vel_w)[bodies["panda_fingertip_centered"]],
        joint_pos=value(data.joint_pos)[ARM],
        joint_vel=value(data.joint_vel)[ARM],
        # of a fixed base there is none for the root
        jacobians={name: jacobians[number - 1][:, ARM] for name, number in bodies.items() if number},
        mass_matrix=value(data.mass_matrix)[ARM, ARM],
    )


class Recorder:
    """Lets robots compute torques beside an environment's action term, in every physics step."""

    def __init__(self, env: ManagerBasedRLEnv, robots: list[Robot]) -> None:
        self.env, self.robots = env, robots
        self.torques: list[tuple[np.ndarray, np.ndarray]] = []
        self._apply = env.action_manager.apply_action
        env.action_manager.apply_action = self._apply_and_record

    def _apply_and_record(self) -> None:
        expected = [robot.torque(raw_state(self.env, row)) for row, robot in enumerate(self.robots)]
        self._apply()
        effort = self.env.scene["robot"].actuators.target_command.effort.torch[:, ARM]
        self.torques.append((effort.numpy().copy(), np.stack(expected)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "preset", "steps", "size"),
    # the search motion reaches the surface after a second, and is to be followed on it
    [("PegInsert", "search", 6, 1.0), ("NutThread", None, 6, 1.0), ("PegInsert", "search_motion", 40, 0.1)],
)
def test_a_robot_computes_every_input_and_torque_from_the_description(
    task: str, preset: str | None, steps: int, size: float
) -> None:
    with open_env(task, NUM_ENVS, preset, seed=5, change=control_by_hand) as env, torch.inference_mode():
        robots = [Robot(description_of(env)) for _ in range(NUM_ENVS)]
        obs, _ = env.reset()
        goal = env.command_manager.get_term("assembly_goal")
        for row, robot in enumerate(robots):
            robot.start(raw_state(env, row), goal.noisy_tip_pos_w[row].double().numpy())
        recorder = Recorder(env, robots)
        generator = torch.Generator().manual_seed(1)
        for step in range(steps):
            expected = np.stack([robot.observe(raw_state(env, row)) for row, robot in enumerate(robots)])
            np.testing.assert_allclose(obs["policy"].numpy(), expected, rtol=1e-3, atol=2e-4, err_msg=f"step {step}")
            action = size * (2.0 * torch.rand(NUM_ENVS, 6, generator=generator) - 1.0)
            for row, robot in enumerate(robots):
                robot.act(action[row].double().numpy(), raw_state(env, row))
            obs, *_ = env.step(action)
        actual, expected = (np.stack(part) for part in zip(*recorder.torques, strict=True))
        assert np.abs(actual).max() > 1.0
        if preset == "search_motion":
            assert max(robot.search.index for robot in robots) > 0, "the motion was not followed on the surface"
        np.testing.assert_allclose(actual, expected, rtol=1e-3, atol=2e-3)


@configclass
class HistoryCfg(ObservationGroupCfg):
    """Two terms, one with a history of its own."""

    tip = ObservationTermCfg(func=mdp.fingertip_pos_rel_noisy_tip, scale=2.0)
    place = ObservationTermCfg(func=mdp.fingertip_pos_rel_noisy_tip_b, clip=(-0.05, 0.05), history_length=3)


def moved(env: TermEnv, steps: int) -> list[torch.Tensor]:
    """Brings the hand somewhere else in every step, and returns the observations."""
    obs = [env.reset()[0]["policy"].clone()]
    for step in range(steps):
        env.place_fingertip([[0.5 + 0.01 * step, 0.02 * step, 0.2], [0.5, 0.01 * step, 0.25]])
        obs.append(env.step()[0]["policy"].clone())
    return obs


@pytest.mark.parametrize("group", ["of a term", "of all, by term", "of all, by time"])
def test_a_history_is_described_by_slices_and_filled_at_a_reset(group: str) -> None:
    cfg = HistoryCfg()
    if group != "of a term":
        cfg.history_length, cfg.history_order = 2, "time" if group.endswith("time") else "term"
    env = term_env(NUM_ENVS, observations={"policy": cfg})
    description = description_of(env)
    terms = description["inputs"][0]["terms"]
    slices = [part for term in terms for part in term["slices"]]
    assert all(type(bound) is int for part in slices for bound in part)
    assert sorted(number for first, last in slices for number in range(first, last)) == list(
        range(description["inputs"][0]["shape"][1])
    )
    env.reset()
    robot = Robot(description)
    goal = env.command_manager.get_term("assembly_goal")
    for step, expected in enumerate(moved(env, 0)):
        robot.start(raw_state_of_still(env), goal.noisy_tip_pos_w[0].double().numpy())
        np.testing.assert_allclose(robot.observe(raw_state_of_still(env)), expected[0], atol=1e-5, err_msg=f"{step}")
    for step in range(4):
        env.place_fingertip([[0.5 + 0.01 * step, 0.02 * step, 0.2], [0.5, 0.01 * step, 0.25]])
        expected = env.step()[0]["policy"]
        np.testing.assert_allclose(robot.observe(raw_state_of_still(env)), expected[0], atol=1e-5, err_msg=f"{step}")


def raw_state_of_still(env: TermEnv) -> RawState:
    """Returns the poses of the first row, in which no physics computes forces."""
    poses = env.scene["robot"].data.body_link_pose_w.torch[0].double().numpy().copy()
    names = env.scene["robot"].body_names
    nothing = np.zeros(0)
    return RawState(dict(zip(names, poses, strict=True)), nothing, nothing, nothing, {}, nothing)


def test_parameters_have_their_defaults_written_out() -> None:
    cfg = load_cfg("PegInsert", "search")
    cfg.scene.num_envs = NUM_ENVS
    description = description_of(TermEnv(cfg))
    terms = {term["name"]: term for term in description["inputs"][0]["terms"]}
    assert terms["contact_point"]["parameters"]["force_scale"] == 0.2
    assert terms["contact_point"]["parameters"]["limit"] == 0.01
    assert "(t_x - h f_y) / f_z" in terms["contact_point"]["description"]
    (near,) = terms["fingertip_pos_rel_tip_near"]["modifiers"]
    assert near["parameters"] == {"distance": 0.002}
    assert "tanh(data / distance)" in near["description"]
    assert terms["fingertip_quat"]["axes"] == ["X", "Y", "Z", "W"]
    assert np.linalg.norm(terms["fingertip_quat"]["quaternion_at_start"]) == pytest.approx(1.0, abs=1e-5)


def scaled(data: torch.Tensor, factor: float = 0.5) -> torch.Tensor:
    """``factor data``."""
    return factor * data


def test_a_default_that_no_configuration_repeats_is_written_out() -> None:
    term = ObservationTermCfg(func=mdp.fingertip_pos_rel_noisy_tip, modifiers=[ModifierCfg(func=scaled)])
    description = description_of(term_env(NUM_ENVS, observations={"policy": PlainCfg(joint_pos=term)}))
    (modifier,) = description["inputs"][0]["terms"][0]["modifiers"]
    assert modifier == {"function": "scaled", "description": "factor data.", "parameters": {"factor": 0.5}}


def test_rates_episode_goal_and_robot_are_described() -> None:
    cfg = load_cfg("PegInsert")
    cfg.scene.num_envs = NUM_ENVS
    description = description_of(TermEnv(cfg))
    assert description["rates"] == {"policy_hz": 15.0, "physics_hz": 120.0, "decimation": 8}
    assert description["episode"] == {"length_s": 10.0, "steps": 150}
    assert description["outputs"][0]["range"] == [-1.0, 1.0]
    goal = description["commands"]["assembly_goal"]
    assert (goal["tip_offset"], goal["tip_noise_std"]) == ([0.0, 0.0, 0.025], [0.001, 0.001, 0.001])
    robot = description["robots"]["robot"]
    assert robot["joint_names"][:7] == [f"panda_joint{number}" for number in range(1, 8)]
    assert robot["base_pose_in_environment"] == [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    assert robot["gravity_disabled"] is True
    assert "fixed_asset" not in description["robots"], "a part without joints is no robot"


def test_an_action_term_of_isaac_lab_is_described_by_its_configuration() -> None:
    joints = JointPositionActionCfg(asset_name="robot", joint_names=["panda_joint[1-7]"], scale=0.5)
    joint_names = SceneEntityCfg("robot", joint_names="panda_joint[1-7]")
    term = ObservationTermCfg(func=joint_pos, params={"asset_cfg": joint_names})
    env = term_env(NUM_ENVS, actions={"arm": joints}, observations={"policy": PlainCfg(joint_pos=term)})
    description = description_of(env, limit=float("inf"))
    (action,) = description["outputs"][0]["terms"]
    assert (action["class"], action["slice"], action["scale"]) == ("JointPositionAction", [0, 7], 0.5)
    assert description["outputs"][0]["range"] is None
    (observation,) = description["inputs"][0]["terms"]
    assert (observation["function"], observation["slices"]) == ("joint_pos", [[0, 7]])
    assert observation["parameters"]["asset_cfg"]["joints"] == [f"panda_joint{number}" for number in range(1, 8)]


@configclass
class PlainCfg(ObservationGroupCfg):
    """One term."""

    joint_pos: ObservationTermCfg = None
