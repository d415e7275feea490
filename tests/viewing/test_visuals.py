# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is shown of a scene is where the simulation has it."""

import numpy as np
import pytest
import torch

from isaaclab_factory.assets import part_of
from isaaclab_factory.viewing.visuals import SceneVisuals
from tests.tasks.task_env import open_env


@pytest.fixture(scope="module")
def env():
    with open_env("GearMesh", num_envs=2, seed=3) as env, torch.inference_mode():
        env.reset()
        yield env


@pytest.fixture(scope="module")
def scene(env) -> SceneVisuals:
    return SceneVisuals(env.scene)


def in_world(scene: SceneVisuals, env_index: int, body: str, points: np.ndarray) -> np.ndarray:
    """Points of a body in the frame of the environment."""
    pose = scene.poses([env_index])[0, scene.bodies.index(body)]
    return points @ rotation_matrix(pose[3:]).T + pose[:3]


def rotation_matrix(quat: np.ndarray) -> np.ndarray:
    w, x, y, z = quat
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + 2.0 * w * skew + 2.0 * skew @ skew


def test_everything_of_the_task_is_shown(scene) -> None:
    assets = {body.partition("/")[0] for body in scene.bodies}
    assert assets == {"robot", "held_asset", "fixed_asset", "small_gear", "large_gear", "table", "ground"}
    assert len({visual.name for visual in scene.visuals}) == len(scene.visuals)


@pytest.mark.parametrize("name", ["held_asset", "fixed_asset", "small_gear", "large_gear"])
def test_parts_have_the_volume_of_the_simulated_ones(env, scene, name: str) -> None:
    (visual,) = (visual for visual in scene.visuals if visual.name == name)
    assert visual.mesh.volume == pytest.approx(part_of(env.scene[name].cfg).volume, rel=1e-6)


def test_what_is_put_together_differs_in_colour(scene) -> None:
    held, fixed, loose = (
        next(np.array(visual.color) for visual in scene.visuals if visual.name == name)
        for name in ("held_asset", "fixed_asset", "small_gear")
    )
    assert np.abs(held - fixed).max() > 0.2
    assert np.abs(held - loose).max() > 0.2


def test_poses_are_those_of_the_simulation_in_the_frame_of_the_environment(env, scene) -> None:
    poses, origins = scene.poses([1, 0]), env.scene.env_origins.numpy()
    assert np.abs(origins[1] - origins[0]).max() > 1.0
    np.testing.assert_allclose(poses[:, scene.bodies.index("robot/panda_link0"), :3], 0.0, atol=1e-6)
    held = env.scene["held_asset"].data
    expected = np.concatenate([held.root_pos_w.numpy() - origins, held.root_quat_w.numpy()], axis=1)[[1, 0]]
    np.testing.assert_allclose(poses[:, scene.bodies.index("held_asset")], expected, atol=1e-6)


def test_the_table_top_is_at_height_zero_and_its_legs_stand_on_the_ground(scene) -> None:
    meshes = {visual.name: in_world(scene, 0, visual.body, visual.mesh.vertices) for visual in scene.visuals}
    assert meshes["table/0"][:, 2].max() == pytest.approx(0.0, abs=1e-9)
    assert meshes["table/1"][:, 2].min() == pytest.approx(meshes["ground"][:, 2].max(), abs=1e-9)


def test_the_gears_stand_on_the_base(scene) -> None:
    meshes = {visual.name: in_world(scene, 1, visual.body, visual.mesh.vertices) for visual in scene.visuals}
    top_of_base = np.unique(meshes["fixed_asset"][:, 2].round(5))
    for gear in ("small_gear", "large_gear"):
        assert np.abs(top_of_base - meshes[gear][:, 2].min()).min() < 1e-3


@pytest.mark.parametrize("side", ["left", "right"])
def test_finger_pads_touch_the_part_they_hold(scene, side: str) -> None:
    """Along the y axis of the hand, within the height of the pads, there is less than a millimetre between them."""
    hand = scene.poses([0])[0, scene.bodies.index("robot/panda_hand")]

    def in_hand(body: str) -> np.ndarray:
        points = np.concatenate([visual.mesh.sample(20000, seed=1) for visual in scene.visuals if visual.body == body])
        return (in_world(scene, 0, body, points) - hand[:3]) @ rotation_matrix(hand[3:])

    sign = 1.0 if side == "left" else -1.0
    finger, part = in_hand(f"robot/panda_{side}finger"), in_hand("held_asset")
    # in the upper part of the pads, above the teeth of the gear
    low, high = finger[:, 2].max() - 0.017, finger[:, 2].max() - 0.006
    pad = (sign * finger[(finger[:, 2] > low) & (finger[:, 2] < high), 1]).min()
    held = (part[:, 2] > low) & (part[:, 2] < high) & (np.abs(part[:, 0]) < 0.008)
    assert pad == pytest.approx((sign * part[held, 1]).max(), abs=1e-3)
