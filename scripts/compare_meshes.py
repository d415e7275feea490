# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures how far the surfaces of Factory's generated parts are from the meshes of the Factory paper.

The meshes are in the folder assets/factory/mesh of https://github.com/isaac-sim/IsaacGymEnvs.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import trimesh

from isaaclab_factory.geometry import factory_parts
from isaaclab_factory.geometry.part import Part
from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.cli.script import run_script
from isaaclab_factory.learning.cli.values import positive_int
from isaaclab_factory.learning.errors import UserError

MICROMETRES = 1e6
"""trimesh compares products of lengths with a fixed tolerance, which is too coarse in metres."""


@dataclass(frozen=True)
class Original:
    """A mesh of the Factory paper.

    Attributes:
        pattern: The file's name; where there are several fits, the loose one, which Isaac Lab has.
        part: Our part, with the sizes of the mesh where Isaac Lab's differ from them.
        offset: Moves the mesh into the part's frame (m).
        lowest: Points below this height are left out (m).
    """

    pattern: str
    part: Part
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lowest: float = -np.inf


# Isaac Lab puts the shafts, and the gears on them, 0.25 mm further along x than the meshes. The gears are moved there.
# The plate stays, so our base gets its shafts where the mesh has them.
SHAFT_OFFSET = 0.00025
GEAR_OFFSET = (SHAFT_OFFSET, 0.0, 0.0)
MESH_SHAFTS = tuple(x - SHAFT_OFFSET for x in factory_parts.GEAR_BASE.shaft_x)

# The head of the bolt's mesh is 16 mm high, and the nut's mesh stands on it; Isaac Lab's head is 10 mm high. Three
# turns of the thread lie between, so the move keeps its phase. The heads end at different heights and are left out.
THREAD_OFFSET = (0.0, 0.0, -0.006)

ORIGINALS = {
    "PEG_8MM": Original("factory_round_peg_8mm_loose*.obj", factory_parts.PEG_8MM),
    # the mesh is 8.992 mm high, Isaac Lab's hole 25 mm
    "HOLE_8MM_TIGHT": Original("factory_round_hole_8mm*.obj", replace(factory_parts.HOLE_8MM_TIGHT, height=0.008992)),
    "GEAR_SMALL": Original("factory_gear_small*.obj", factory_parts.GEAR_SMALL, GEAR_OFFSET),
    "GEAR_MEDIUM": Original("factory_gear_medium*.obj", factory_parts.GEAR_MEDIUM, GEAR_OFFSET),
    "GEAR_LARGE": Original("factory_gear_large*.obj", factory_parts.GEAR_LARGE, GEAR_OFFSET),
    "GEAR_BASE": Original("factory_gear_base_loose*.obj", replace(factory_parts.GEAR_BASE, shaft_x=MESH_SHAFTS)),
    # the mesh is 13 mm high, Isaac Lab's nut 10 mm
    "NUT_M16": Original("factory_nut_m16_loose*.obj", replace(factory_parts.NUT_M16, height=0.013), THREAD_OFFSET),
    "BOLT_M16": Original("factory_bolt_m16_loose*.obj", factory_parts.BOLT_M16, THREAD_OFFSET, lowest=0.001),
}
"""The meshes by the names of our parts."""


def main() -> None:
    """Prints the table."""
    parser = OneLineParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the meshes, or one above it")
    parser.add_argument("--points", type=positive_int, default=4000, help="points on each surface (default: 4000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the points (default: 0)")
    args = parser.parse_args()
    print("Distances in um: median / 95 % / largest.\n")
    print("| part | mesh | from ours to the mesh | from the mesh to ours |\n| --- | --- | --- | --- |")
    for name, file in find_originals(args.folder).items():
        original = ORIGINALS[name]
        ours, theirs = surface(original.part), load_original(file, original.offset)
        pairs = (ours, theirs), (theirs, ours)
        columns = [distances(source, target, args.points, args.seed, original.lowest) for source, target in pairs]
        print(f"| `{name}` | `{file.stem}` | {' | '.join(map(summary, columns))} |", flush=True)


def find_originals(folder: Path) -> dict[str, Path]:
    """Finds the meshes in a folder and below it.

    Args:
        folder: The folder.

    Returns:
        The files by the names of our parts. If several fit, it is the first by name.

    Raises:
        UserError: The folder does not exist, or has none of the meshes.
    """
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}")
    files = {name: min(folder.rglob(original.pattern), default=None) for name, original in ORIGINALS.items()}
    if not any(files.values()):
        raise UserError(f"{folder} has none of {', '.join(original.pattern for original in ORIGINALS.values())}")
    return {name: file for name, file in files.items() if file}


def surface(part: Part) -> trimesh.Trimesh:
    """The surface of our part."""
    mesh = part.mesh()
    return trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)


def load_original(file: Path, offset: tuple[float, float, float]) -> trimesh.Trimesh:
    """Loads a mesh and moves it.

    Raises:
        UserError: The file holds no triangles.
    """
    try:
        mesh = trimesh.load_mesh(file, skip_materials=True)
    except Exception as error:  # trimesh's readers raise errors of many kinds
        raise UserError(f"{file} cannot be read: {error}") from error
    if len(getattr(mesh, "faces", ())) == 0:
        raise UserError(f"{file} holds no triangles")
    return mesh.apply_translation(offset)


def distances(
    source: trimesh.Trimesh, target: trimesh.Trimesh, count: int, seed: int, lowest: float = -np.inf
) -> np.ndarray:
    """Distances of points, spread evenly over one surface, from another one (m). Shape is (at most count,)."""
    points, _ = trimesh.sample.sample_surface(source, count, seed=seed)
    return distances_to(target, points[points[:, 2] >= lowest])


def distances_to(mesh: trimesh.Trimesh, points: np.ndarray) -> np.ndarray:
    """Distances of points from a surface (m).

    Args:
        mesh: The surface.
        points: Points (m). Shape is (N, 3).

    Returns:
        The distances (m). Shape is (N,).
    """
    scaled = trimesh.Trimesh(MICROMETRES * mesh.vertices, mesh.faces, process=False)
    return trimesh.proximity.closest_point(scaled, MICROMETRES * points)[1] / MICROMETRES


def summary(values: np.ndarray) -> str:
    """Median, 95 % and largest of distances in m, in um."""
    return " / ".join(f"{MICROMETRES * value:.1f}" for value in np.quantile(values, (0.5, 0.95, 1.0)))


if __name__ == "__main__":
    sys.exit(run_script(main))
