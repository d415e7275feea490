# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A MuJoCo model that is only looked at: the surfaces of one environment, lights, a stand and a backdrop."""

from __future__ import annotations

from collections.abc import Sequence

import mujoco
import numpy as np
import trimesh

from isaaclab_factory.viewing.surfaces import Material, shaded
from isaaclab_factory.viewing.visuals import Visual

from .lights import LIGHTS

FOCUS = "focus"
"""Name of the body that carries the lights and that is moved to what the camera looks at."""

FIELD_OF_VIEW = 30.0
"""Angle from the lower to the upper edge of a picture (degrees): a long lens, from a little way off."""

STAND = Material((0.55, 0.57, 0.60, 1.0), roughness=0.6)
"""What the stand under the fixed part is made of."""

_AMBIENT = 0.24


def studio_model(
    visuals: Sequence[Visual],
    width: int,
    height: int,
    on_a_stand: str | None = None,
    shadow_range: float = 0.3,
    samples: int = 4,
) -> mujoco.MjModel:
    """Builds the model.

    Args:
        visuals: The surfaces. Each of their bodies becomes a mocap body of the same name.
        width: Largest width of a picture (pixels).
        height: Largest height of a picture (pixels).
        on_a_stand: Name of a body that hovers in the simulation, and shall stand on a column instead.
        shadow_range: Half the edge of the square around the focus in which things cast shadows (m).
        samples: Samples of a pixel, 0 for jagged edges.

    Returns:
        The model, whose keyframe of poses is that of ``mocap_pos`` and ``mocap_quat``.
    """
    spec = mujoco.MjSpec()
    _set_up_renderer(spec, width, height, shadow_range, samples)
    _add_lights(spec)
    bodies = {name: spec.worldbody.add_body(name=name, mocap=True) for name in dict.fromkeys(v.body for v in visuals)}
    for visual in visuals:
        _add_surface(spec, bodies[visual.body], visual.name, visual.mesh, visual.material)
        if visual.body == on_a_stand:
            _add_surface(spec, bodies[visual.body], f"{visual.name}/stand", _stand(visual.mesh), STAND)
    return spec.compile()


def _set_up_renderer(spec: mujoco.MjSpec, width: int, height: int, shadow_range: float, samples: int) -> None:
    visual = spec.visual
    visual.global_.offwidth, visual.global_.offheight = width, height
    visual.global_.fovy = FIELD_OF_VIEW
    visual.quality.offsamples = samples
    visual.quality.shadowsize = 2048  # in software, larger ones take most of the time of a picture
    # What is left out of the clipping range is not drawn: in units of the extent, from 1 cm to 10 m.
    spec.stat.extent = 1.0
    visual.map.znear, visual.map.zfar = 0.01, 10.0
    visual.map.shadowclip = shadow_range
    visual.headlight.ambient = [_AMBIENT] * 3
    visual.headlight.diffuse = [0.24] * 3
    visual.headlight.specular = [0.1] * 3
    spec.add_texture(
        name="backdrop",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=[0.93, 0.94, 0.96],
        rgb2=[0.60, 0.65, 0.72],
        width=256,
        height=256 * 6,
    )


def _add_lights(spec: mujoco.MjSpec) -> None:
    carrier = spec.worldbody.add_body(name=FOCUS, mocap=True)
    for light in LIGHTS:
        carrier.add_light(
            name=light.name,
            type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
            pos=-np.array(light.direction),
            dir=light.direction,
            castshadow=light.shadow,
            diffuse=[light.strength] * 3,
            specular=[light.glint] * 3,
            ambient=[0.0] * 3,
        )


def _add_surface(
    spec: mujoco.MjSpec, body: mujoco.MjsBody, name: str, mesh: trimesh.Trimesh, material: Material
) -> None:
    spec.add_mesh(
        name=name,
        uservert=mesh.vertices.ravel(),
        userface=mesh.faces.ravel(),
        usernormal=mesh.vertex_normals.ravel(),
        inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL,  # some surfaces are open
    )
    spec.add_material(
        name=name,
        rgba=material.color,
        specular=0.15 + 0.75 * material.metallic,
        shininess=1.0 - material.roughness,
    )
    body.add_geom(type=mujoco.mjtGeom.mjGEOM_MESH, meshname=name, material=name, contype=0, conaffinity=0)


def _stand(mesh: trimesh.Trimesh) -> trimesh.Trimesh:
    """A column under a surface, a little narrower than it, long enough to reach into the table."""
    lower, upper = mesh.bounds
    length = 0.12
    column = trimesh.creation.cylinder(radius=0.40 * min(upper[:2] - lower[:2]), height=length, sections=64)
    column.apply_translation([*(lower[:2] + upper[:2]) / 2.0, lower[2] - length / 2.0 - 1e-4])
    return shaded(column)
