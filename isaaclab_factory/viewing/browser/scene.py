# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The bodies of some environments in the browser."""

from collections.abc import Collection, Sequence

import numpy as np
import trimesh
import viser

from isaaclab_factory.viewing.visuals import SceneVisuals, Visual

SEEN_THROUGH = 0.3
"""Opacity of parts that are to be seen through."""

SHADED_SIZE = 5.0
"""Shadows fall on bodies smaller than this (m): on a floor they show as stripes."""


class BrowserScene:
    """Bodies whose surfaces the browser gets once, and whose poses it gets with each picture.

    Each body is drawn in as many places as environments are shown.
    """

    def __init__(self, server: viser.ViserServer, visuals: SceneVisuals, parts: Collection[str]) -> None:
        """Args:
        server: The web server.
        visuals: What there is to see.
        parts: Names of the bodies that can be made to be seen through.
        """
        self._visuals = visuals
        self._server = server
        self._lamp = _light(server)
        surfaces = {body: [visual for visual in visuals.visuals if visual.body == body] for body in visuals.bodies}
        self._bodies = [self._add(f"/bodies/{body}", surfaces[body]) for body in visuals.bodies]
        self._ghosts = {
            index: self._add(f"/seen_through/{body}", surfaces[body], SEEN_THROUGH)
            for index, body in enumerate(visuals.bodies)
            if body in parts
        }

    def show(self, env_ids: Sequence[int], shifts: np.ndarray, see_through: bool, shadows: bool) -> None:
        """Puts the bodies where they are now.

        Args:
            env_ids: Environments that are shown.
            shifts: Where the origin of each of them is drawn (m), shape (len(env_ids), 3).
            see_through: Whether the parts are to be seen through.
            shadows: Whether bodies cast shadows.
        """
        self._lamp.cast_shadow = shadows
        poses = self._visuals.poses(env_ids)
        poses[:, :, :3] += shifts[:, None]
        for index, body in enumerate(self._bodies):
            drawn = self._drawn(index, body, see_through)
            drawn.batched_positions, drawn.batched_wxyzs = poses[:, index, :3], poses[:, index, 3:]

    def _drawn(self, index: int, body: viser.BatchedGlbHandle, see_through: bool) -> viser.BatchedGlbHandle:
        """Shows one of a part's two models, and returns it."""
        if index not in self._ghosts:
            return body
        ghost = self._ghosts[index]
        body.visible, ghost.visible = not see_through, see_through
        return ghost if see_through else body

    def _add(self, name: str, visuals: Sequence[Visual], opacity: float = 1.0) -> viser.BatchedGlbHandle:
        model = trimesh.Scene([_with_material(visual, opacity) for visual in visuals])
        return self._server.scene.add_batched_glb(
            name,
            glb_data=model.export(file_type="glb", include_normals=True),
            batched_wxyzs=np.zeros((0, 4)),
            batched_positions=np.zeros((0, 3)),
            lod="off",
            receive_shadow=bool(model.extents.max() < SHADED_SIZE),
        )


def shifts_side_by_side(count: int, spacing: float) -> np.ndarray:
    """Places of environments in rows along y, as many rows as environments in a row.

    Args:
        count: Number of environments.
        spacing: Distance between neighbours (m).

    Returns:
        Positions (m), the first at the origin. Shape is (count, 3).
    """
    row, column = np.divmod(np.arange(count), int(np.ceil(np.sqrt(count))))
    return spacing * np.stack((-row, column, np.zeros(count)), axis=-1)


def _light(server: viser.ViserServer) -> viser.DirectionalLightHandle:
    """Lights the scene by a lamp, which is returned, and evenly from all around.

    There is no picture of a room to reflect: without a graphics card it would take seconds to show anything.
    """
    scene = server.scene
    scene.configure_default_lights(False)
    scene.configure_environment_map(None)
    scene.add_light_hemisphere("/lights/room", sky_color=(255, 255, 255), ground_color=(180, 175, 170), intensity=2.0)
    return scene.add_light_directional("/lights/lamp", intensity=2.0, cast_shadow=True, position=(1.3, -1.1, 1.3))


def _with_material(visual: Visual, opacity: float) -> trimesh.Trimesh:
    """Returns a visual's mesh with its material as glTF tells it, metal as paint since there is nothing to reflect."""
    material, mesh = visual.material, visual.mesh.copy()
    *color, alpha = material.color
    linear = [((channel + 0.055) / 1.055) ** 2.4 if channel > 0.04045 else channel / 12.92 for channel in color]
    mesh.visual = trimesh.visual.TextureVisuals(
        material=trimesh.visual.material.PBRMaterial(
            baseColorFactor=[*linear, alpha * opacity],
            metallicFactor=0.2 * material.metallic,
            roughnessFactor=material.roughness,
            alphaMode="BLEND" if alpha * opacity < 1.0 else "OPAQUE",
        )
    )
    return mesh
