# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A part whose shape is a mesh file of the user's."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from .checks import LARGEST_SIZE, require_number, require_positive, require_whole
from .part import Part
from .solids import TriangleMesh, convex_hull, mesh_volume

FORMATS = (".stl", ".obj")
"""Endings of the files that can be read."""

ORIGINS = ("as_is", "base")
"""Where the part's frame can be: that of the file, or the middle of the bounding box's lower face."""

SMALLEST_SIZE = 5e-4
"""Longest edge of a bounding box (m) below which the file is taken to be in another unit."""


@dataclass
class MeshPart(Part):
    """A part from a watertight STL or OBJ file.

    For engines without signed distance fields it is decomposed into convex pieces by CoACD (X. Wei et al.,
    "Approximate Convex Decomposition for 3D Meshes with Collision-Aware Concavity and Tree Search", ACM Transactions on
    Graphics 41(4), 2022). The pieces follow hollows only as closely as ``threshold`` asks for, so they narrow a bore.

    Attributes:
        path: Path of the file.
        scale: Metres per unit of the file; 0.001 for a file in millimetres.
        origin: "as_is" to keep the frame of the file; "base" to move the part so that the middle of its bounding box's
            lower face lies on the origin.
        threshold: Depth of the hollows that the pieces may fill, as a share of the part's size; 0.01 to 1.
        max_pieces: Largest number of pieces; where it is reached, the hollows may be filled more than that.
        seed: Seed of the search for the pieces.
    """

    path: str
    scale: float = 1.0
    origin: str = "as_is"
    threshold: float = 0.05
    max_pieces: int = 64
    seed: int = 0

    def __post_init__(self):
        self.path = str(self.path)
        super().__post_init__()

    def check(self) -> None:
        """Raise a ValueError where the file is missing, not a closed surface or of an implausible size."""
        super().check()
        require_positive(self, scale=self.scale)
        require_number(self, threshold=self.threshold)
        require_whole(self, 0, most=2**31 - 1, seed=self.seed)
        require_whole(self, 1, max_pieces=self.max_pieces)
        if self.origin not in ORIGINS:
            raise ValueError(f"MeshPart: origin must be one of {', '.join(ORIGINS)}, got {self.origin!r}.")
        if not 0.01 <= self.threshold <= 1.0:
            raise ValueError(f"MeshPart: threshold must be between 0.01 and 1, got {self.threshold}.")
        size = np.ptp(self.mesh().vertices, axis=0)
        if not SMALLEST_SIZE <= size.max() <= LARGEST_SIZE:
            raise ValueError(
                f"MeshPart: '{self.path}' is {size[0]:.6g} x {size[1]:.6g} x {size[2]:.6g} m large with a scale of"
                f" {self.scale}; a part must be between {SMALLEST_SIZE} and {LARGEST_SIZE} m long. A file in"
                " millimetres needs scale=0.001."
            )

    @property
    def fingerprint(self) -> str:
        """A text that tells this part apart from any other, with the content of its file."""
        return f"{self!r} {hashlib.sha256(self._content()).hexdigest()}"

    def mesh(self) -> TriangleMesh:
        """The closed surface, in the part's frame."""
        surface = _read(self.path, self._content())
        vertices = surface.vertices * self.scale
        if self.origin == "base":
            low, high = vertices.min(axis=0), vertices.max(axis=0)
            vertices = vertices - [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0, low[2]]
        return TriangleMesh(vertices, surface.faces)

    def convex_pieces(self) -> list[TriangleMesh]:
        """The convex pieces for engines without signed distance fields; finding them can take many seconds."""
        import coacd

        surface = self.mesh()
        coacd.set_log_level("error")
        pieces = coacd.run_coacd(
            coacd.Mesh(surface.vertices, surface.faces),
            threshold=self.threshold,
            max_convex_hull=self.max_pieces,
            seed=self.seed,
        )
        return [convex_hull(vertices) for vertices, _ in pieces]

    def _content(self) -> bytes:
        path = Path(self.path).expanduser()
        if path.suffix.lower() not in FORMATS:
            raise ValueError(f"MeshPart: '{self.path}' must end in one of {', '.join(FORMATS)}.")
        if not path.is_file():
            raise ValueError(f"MeshPart: there is no file '{self.path}'.")
        return path.read_bytes()


@lru_cache(maxsize=8)
def _read(path: str, content: bytes) -> TriangleMesh:
    """The closed surface in a file, in the file's unit; the path is for its ending and for messages.

    Raises:
        ValueError: If there is no closed surface in the file.
    """
    import trimesh

    try:
        mesh = trimesh.load_mesh(io.BytesIO(content), file_type=Path(path).suffix.lower())
        # Corners that differ in texture or normal only are one; in an STL file every triangle has its own.
        mesh.merge_vertices(merge_tex=True, merge_norm=True)
    except Exception as error:  # the parsers raise whatever a broken file makes them stumble over
        raise ValueError(f"MeshPart: '{path}' cannot be read as an STL or OBJ file.") from error
    if len(mesh.faces) == 0:
        raise ValueError(f"MeshPart: there are no triangles in '{path}'.")
    if not mesh.is_watertight:
        raise ValueError(f"MeshPart: '{path}' is not watertight; each edge must belong to exactly two triangles.")
    if not mesh.is_winding_consistent:
        raise ValueError(f"MeshPart: the triangles of '{path}' do not all face outwards.")
    if mesh.body_count > 1:
        # Where bodies overlap, or one of them faces inwards, volume and mass would be wrong.
        raise ValueError(f"MeshPart: '{path}' holds {mesh.body_count} separate bodies; join them into one surface.")
    surface = TriangleMesh(np.array(mesh.vertices), np.array(mesh.faces))
    volume = mesh_volume(surface)
    if abs(volume) < 1e-9 * mesh.extents.max() ** 3:
        raise ValueError(f"MeshPart: '{path}' encloses no volume.")
    # All of them facing inwards is a mere convention of some programs.
    return surface if volume > 0.0 else TriangleMesh(surface.vertices, surface.faces[:, ::-1])
