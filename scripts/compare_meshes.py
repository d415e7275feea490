# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures how far the surfaces of Factory's generated parts lie from the meshes of the Factory paper.

The meshes are in the folder assets/factory/mesh of https://github.com/isaac-sim/IsaacGymEnvs.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import trimesh
from scipy.spatial import cKDTree

from isaaclab_factory.geometry import factory_parts
from isaaclab_factory.geometry.part import Part
from isaaclab_factory.learning.arguments import OneLineParser
from isaaclab_factory.learning.errors import UserError, run_script

LONGEST_EDGE = 5e-4
"""Triangles are split down to this size (m), so that few of them are candidates for the closest one."""

MICROMETRES = 1e6
"""trimesh compares products of four lengths with a fixed 1e-12 or so, which is too coarse in metres."""

CHUNK = 1000
"""Points that are compared at a time; a point has up to some hundred candidates."""


@dataclass(frozen=True)
class Original:
    """A mesh of the Factory paper.

    Attributes:
        pattern: The file's name; where there are several fits, the loose one, which Isaac Lab has.
        part: Our part, with the sizes of the mesh where Isaac Lab's differ from them.
        offset: What brings the mesh into the part's frame (m).
        lowest: Points below this height are left out (m), since the bolt's heads end at different heights.
    """

    pattern: str
    part: Part
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lowest: float = -np.inf


# Isaac Lab gives the shafts, and the gears on them, a place 0.25 mm further along x than the meshes do. The gears are
# moved there. The plate stays, so our base gets its shafts where the mesh has them.
SHAFT_OFFSET = 0.00025
GEAR_OFFSET = (SHAFT_OFFSET, 0.0, 0.0)
MESH_SHAFTS = tuple(x - SHAFT_OFFSET for x in factory_parts.GEAR_BASE.shaft_x)

# The head of the bolt's mesh is 16 mm high, and the nut's mesh stands on that height; Isaac Lab's head is 10 mm high.
# Three turns of the thread lie between, so the move keeps its phase.
THREAD_OFFSET = (0.0, 0.0, -0.006)

ORIGINALS = {
    "PEG_8MM": Original("factory_round_peg_8mm_loose*.obj", factory_parts.PEG_8MM),
    # the mesh is 8.992 mm high, Isaac Lab's hole 25 mm
    "HOLE_8MM": Original("factory_round_hole_8mm*.obj", replace(factory_parts.HOLE_8MM, height=0.008992)),
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
    parser.add_argument("--points", type=int, default=4000, help="points on each surface (default: 4000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the points (default: 0)")
    args = parser.parse_args()
    if args.points < 1:
        raise UserError(f"--points must be at least 1, got {args.points}")
    print("| part | mesh | from ours to the mesh (um) | from the mesh to ours (um) |\n|---|---|---|---|")
    for name, file in find_originals(args.folder).items():
        original = ORIGINALS[name]
        ours, theirs = surface(original.part), load_original(file, original.offset)
        pairs = (ours, theirs), (theirs, ours)
        columns = [distances(source, target, args.points, args.seed, original.lowest) for source, target in pairs]
        print(f"| `{name}` | `{file.stem}` | {' | '.join(map(summary, columns))} |", flush=True)


def find_originals(folder: Path) -> dict[str, Path]:
    """Finds the meshes in a folder and those below it.

    Args:
        folder: The folder.

    Returns:
        The files by the names of our parts. Of several that fit it is the first by name.

    Raises:
        UserError: If there is no such folder, or it has none of the meshes.
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
        UserError: If the file holds no triangles.
    """
    try:
        mesh = trimesh.load_mesh(file, skip_materials=True)
    except Exception as error:  # trimesh's readers raise whatever the text makes them
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
    """Exact distances of points from a surface.

    No point of a triangle is further from its centre than ``reach``. The triangle with the nearest centre gives a
    distance that the closest one does not exceed, so the closest one's centre is no further than that plus the reach.

    Args:
        mesh: The surface.
        points: The points (m). Shape is (N, 3).

    Returns:
        The distances (m). Shape is (N,).
    """
    vertices, faces = trimesh.remesh.subdivide_to_size(mesh.vertices, mesh.faces, LONGEST_EDGE, max_iter=20)
    corners = vertices[faces]
    centers = corners.mean(axis=1)
    reach = np.linalg.norm(corners - centers[:, None], axis=-1).max()
    tree = cKDTree(centers)
    result = np.empty(len(points))
    for start in range(0, len(points), CHUNK):
        some = points[start : start + CHUNK]
        bound = point_to_triangle(corners[tree.query(some)[1]], some)
        near = tree.query_ball_point(some, bound + reach + 1e-9)
        owner = np.repeat(np.arange(len(some)), [len(found) for found in near])
        np.minimum.at(bound, owner, point_to_triangle(corners[np.concatenate(near).astype(int)], some[owner]))
        result[start : start + CHUNK] = bound
    return result


def point_to_triangle(triangles: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Distance of each point from the triangle in the same row (m). Shapes are (N, 3, 3), (N, 3) and (N,)."""
    triangles, points = MICROMETRES * triangles, MICROMETRES * points
    return np.linalg.norm(trimesh.triangles.closest_point(triangles, points) - points, axis=1) / MICROMETRES


def summary(values: np.ndarray) -> str:
    """Median, 95 % and largest of distances in m, in um."""
    return " / ".join(f"{MICROMETRES * value:.1f}" for value in np.quantile(values, (0.5, 0.95, 1.0)))


if __name__ == "__main__":
    sys.exit(run_script(main))
