# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How episodes start, in numbers, for our environments and for the reference's own."""

import numpy as np
import torch
from scipy.spatial.transform import Rotation

Sample = dict[str, np.ndarray]
"""Values by the name of the quantity, one per episode, in m and rad."""

_POSITIONS = ("fixed part", "hand above tip", "part in hand", "hand in part", "tip noise")


def sample_ours(env, seeds: range) -> Sample:
    """Starts of our environments, one reset of all of them per seed."""
    goal = env.command_manager.get_term("assembly_goal")
    starts = []
    for seed in seeds:
        env.reset(seed=seed)
        starts.append(_measure(env, goal.tip_pos_w - env.scene.env_origins, goal.tip_noise_w))
    return _join(starts)


def sample_reference(env, seeds: range) -> tuple[Sample, Sample]:
    """Starts of the reference's environments: as they are drawn, and after the hand has closed on the part."""
    drawn, grasped = [], []
    close_gripper = env.close_gripper_in_place

    def measure_before_closing() -> None:
        if len(drawn) == len(grasped):
            drawn.append(_measure(env, env.fixed_pos_obs_frame, env.init_fixed_pos_obs_noise))
        close_gripper()

    env.close_gripper_in_place = measure_before_closing
    for seed in seeds:
        env.reset(seed=seed)
        grasped.append(_measure(env, env.fixed_pos_obs_frame, env.init_fixed_pos_obs_noise))
    env.close_gripper_in_place = close_gripper
    return _join(drawn), _join(grasped)


def gripper_opening(env) -> np.ndarray:
    """Distance between the fingers in m."""
    robot = env.scene["robot"]
    return robot.data.joint_pos.torch[:, robot.find_joints("panda_finger_joint.*")[0]].sum(dim=-1).numpy().copy()


def about(angle: np.ndarray, centre: float) -> np.ndarray:
    """Angles in the turn around a centre."""
    return centre + (angle - centre + np.pi) % (2.0 * np.pi) - np.pi


def circular_mean(angle: np.ndarray) -> float:
    """Direction of the sum of unit vectors."""
    return float(np.angle(np.exp(1j * angle).sum()))


def _measure(env, tip_pos: torch.Tensor, tip_noise: torch.Tensor) -> Sample:
    """The present start.

    Args:
        env: Our environment or the reference's; both scenes have the same names.
        tip_pos: Position of the fixed part's tip in the environment frame.
        tip_noise: Error with which it is observed.
    """
    scene, robot = env.scene, env.scene["robot"]
    tool = robot.find_bodies("panda_fingertip_centered")[0][0]
    arm = robot.find_joints("panda_joint[1-7]")[0]
    hand_pos, hand = _pose(robot.data.body_link_pose_w.torch[:, tool], scene.env_origins)
    part_pos, part = _pose(scene["held_asset"].data.root_link_pose_w.torch, scene.env_origins)
    fixed_pos, fixed = _pose(scene["fixed_asset"].data.root_link_pose_w.torch, scene.env_origins)
    positions = (
        fixed_pos,
        hand_pos - tip_pos.numpy(),
        hand.inv().apply(part_pos - hand_pos),
        part.inv().apply(hand_pos - part_pos),
        tip_noise.numpy(),
    )
    start = {
        f"{name} {axis}": values[:, index].copy()
        for name, values in zip(_POSITIONS, positions, strict=True)
        for index, axis in enumerate("xyz")
    }
    start |= {"fixed part yaw": _yaw(fixed), "hand yaw": _yaw(hand), "hand in part yaw": _yaw(part.inv() * hand)}
    start |= {"fixed part tilt": _tilt(fixed), "hand tilt": _tilt(hand), "part tilt": _tilt(part.inv() * hand)}
    start["gripper opening"] = gripper_opening(env)
    start["arm joint position"] = robot.data.joint_pos.torch[:, arm].numpy().copy()
    start["arm joint speed"] = robot.data.joint_vel.torch[:, arm].abs().amax(dim=-1).numpy()
    for name in {"small_gear", "large_gear"} & set(scene.keys()):
        gear_pos, gear = _pose(scene[name].data.root_link_pose_w.torch, scene.env_origins)
        start[f"{name} offset"] = np.linalg.norm(gear_pos - fixed_pos, axis=-1)
        start[f"{name} turn"] = (fixed.inv() * gear).magnitude()
    return start


def _pose(pose_w: torch.Tensor, origins: torch.Tensor) -> tuple[np.ndarray, Rotation]:
    """Position in the environment frame and rotation."""
    pos = (pose_w[:, :3] - origins).double().numpy()
    return pos, Rotation.from_quat(pose_w[:, 3:].double().numpy())


def _yaw(rotation: Rotation) -> np.ndarray:
    """Heading of the x axis, also of what points down."""
    heading = rotation.apply([1.0, 0.0, 0.0])
    return np.arctan2(heading[:, 1], heading[:, 0])


def _tilt(rotation: Rotation) -> np.ndarray:
    """Angle between the z axis and the vertical, upwards or downwards."""
    return np.arcsin(np.linalg.norm(rotation.apply([0.0, 0.0, 1.0])[:, :2], axis=-1))


def _join(starts: list[Sample]) -> Sample:
    return {name: np.concatenate([start[name] for start in starts]) for name in starts[0]}
