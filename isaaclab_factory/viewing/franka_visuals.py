# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the Franka looks like: its real surfaces where their files are installed, clean primitives otherwise.

The files are those of ``franka_description`` (Apache-2.0), which the package dm_robotics_panda carries with its
licence. They are read as they lie there; no code of the package is imported, nor anything that it asks for.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import trimesh
from PIL import Image

from isaaclab_factory.assets.franka_model import LINKS, Box, Capsule

from .surfaces import DARK_PLASTIC, WHITE_PAINT, Material, box, capsule, shaded

Surfaces = tuple[tuple[trimesh.Trimesh, Material], ...]
"""Meshes in the frame of a link (m), each of one material."""

_PACKAGE, _FOLDER = "dm_robotics_panda", "dm_robotics/panda/assets/panda"

_PALETTE = {
    (255, 255, 255): WHITE_PAINT,
    (204, 204, 204): Material((0.80, 0.81, 0.83, 1.0), metallic=0.5, roughness=0.40),
    (64, 64, 64): DARK_PLASTIC,
}
"""Materials of the colours in the files; of the other ones, small lamps and labels, just the colour counts."""

_WITHOUT_COLORS = ("panda_link1", "panda_link2")
"""Links whose files have texture coordinates that mean nothing; both are white all over."""

_HALF_TURN_ABOUT_Z = np.diag([-1.0, -1.0, 1.0, 1.0])


def real_surfaces_folder() -> Path | None:
    """The folder with the files of the Franka's real surfaces, or None where they are not installed."""
    try:
        folder = Path(distribution(_PACKAGE).locate_file(_FOLDER))
    except PackageNotFoundError:
        return None
    return folder if folder.is_dir() else None


def franka_surfaces(folder: Path | None) -> dict[str, Surfaces]:
    """Surfaces of every link.

    Args:
        folder: What :func:`real_surfaces_folder` found, None for primitives.

    Returns:
        Surfaces by the name of the link. Links without a body, such as the frame between the fingers, have none.
    """
    return _primitives() if folder is None else _real_surfaces(folder)


@lru_cache(maxsize=2)
def _real_surfaces(folder: Path) -> dict[str, Surfaces]:
    with Image.open(folder / "panda.png") as image:
        palette = image.convert("RGB")
    files = {f"panda_link{number}": f"link{number}.obj" for number in range(8)}
    surfaces = {
        link: _colored_surfaces(folder / file, None if link in _WITHOUT_COLORS else palette)
        for link, file in (files | {"panda_hand": "hand.obj", "panda_leftfinger": "finger.obj"}).items()
    }
    surfaces["panda_rightfinger"] = tuple(
        (mesh.copy().apply_transform(_HALF_TURN_ABOUT_Z), material) for mesh, material in surfaces["panda_leftfinger"]
    )
    return surfaces


def _colored_surfaces(file: Path, palette: Image.Image | None) -> Surfaces:
    """Reads one file and takes it apart by the colours that its texture coordinates point to."""
    mesh = trimesh.load(file, force="mesh", process=False, skip_materials=True)
    plain = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    if palette is None:
        return ((shaded(plain), WHITE_PAINT),)
    corner_colors = trimesh.visual.color.uv_to_color(mesh.visual.uv, palette)[:, :3]
    colors, index = np.unique(corner_colors[mesh.faces[:, 0]], axis=0, return_inverse=True)
    return tuple(
        (shaded(plain.submesh([np.flatnonzero(index.ravel() == number)], append=True)), _material_of(color))
        for number, color in enumerate(colors)
    )


def _material_of(color: np.ndarray) -> Material:
    key = tuple(int(channel) for channel in color)
    red, green, blue = (channel / 255.0 for channel in key)
    return _PALETTE.get(key, Material((red, green, blue, 1.0)))


@lru_cache(maxsize=1)
def _primitives() -> dict[str, Surfaces]:
    return {link.name: tuple(_primitive(link.name, shape) for shape in link.colliders) for link in LINKS}


def _primitive(link: str, shape: Capsule | Box) -> tuple[trimesh.Trimesh, Material]:
    finger = "finger" in link
    if isinstance(shape, Capsule):
        mesh = capsule(shape.center, shape.axis, shape.radius, shape.length)
    else:
        mesh = box(shape.center, shape.size, radius=min(shape.size) * (0.1 if finger else 0.25))
    return shaded(mesh), DARK_PLASTIC if finger else WHITE_PAINT
