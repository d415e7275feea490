# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Bodies whose surfaces are not known, as frames."""

import torch
import viser
from isaaclab.assets import Articulation, RigidObject
from isaaclab.scene import InteractiveScene

from isaaclab_factory.viewing.visuals import SceneVisuals


class BareBodies:
    """Frames in the places of the bodies that have no surface, so that other tasks' robots can be watched too.

    Bodies without a surface of an asset that has some are left out: they are frames on the others.
    """

    def __init__(self, server: viser.ViserServer, scene: InteractiveScene, visuals: SceneVisuals) -> None:
        """Args:
        server: The web server.
        scene: The scene.
        visuals: What there is to see of it.
        """
        seen = {body.partition("/")[0] for body in visuals.bodies}
        assets = {**scene.articulations, **scene.rigid_objects}
        self._scene = scene
        self._assets = [asset for name, asset in assets.items() if name not in seen]
        none = torch.zeros((0, 7)).numpy()
        self._frames = server.scene.add_batched_axes(
            "/frames", none[:, 3:], none[:, :3], axes_length=0.1, axes_radius=0.004
        )

    def positions(self, env_ids: list[int]) -> torch.Tensor:
        """Positions (m) of the bodies in the frames of their environments, shape (len(env_ids) * bodies, 3)."""
        return self._poses(env_ids, -self._scene.env_origins[env_ids])[:, :3]

    def show(self, env_ids: list[int], shift: torch.Tensor) -> None:
        """Puts the frames where the bodies are now.

        Args:
            env_ids: Environments that are shown.
            shift: From the world frame to where each of them is shown, in m, shape (len(env_ids), 3).
        """
        if self._assets:
            poses = self._poses(env_ids, shift).cpu().numpy()
            self._frames.batched_positions, self._frames.batched_wxyzs = poses[:, :3], poses[:, 3:]

    def _poses(self, env_ids: list[int], shift: torch.Tensor) -> torch.Tensor:
        """Poses of the bodies of all environments, shifted. Shape is (len(env_ids) * bodies, 7)."""
        poses = [shift.new_zeros((0, 7))]
        for asset in self._assets:
            pose = _body_poses(asset)[env_ids].clone()
            pose[..., :3] += shift[:, None]
            poses.append(pose.reshape(-1, 7))
        return torch.cat(poses)


def _body_poses(asset: Articulation | RigidObject) -> torch.Tensor:
    """Poses of all bodies of an asset in the world, shape (num_envs, bodies, 7)."""
    data = asset.data
    return data.body_link_pose_w if isinstance(asset, Articulation) else data.root_link_pose_w[:, None]
