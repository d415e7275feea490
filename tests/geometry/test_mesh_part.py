# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Parts from mesh files against solids of known volume, and what is said of files that are no part."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.spatial import ConvexHull

from isaaclab_factory.geometry import PEG_8MM, Hole, MeshPart, TriangleMesh


def bracket(scale: float = 1.0) -> trimesh.Trimesh:
    """An L of 40 x 20 x 30 mm with walls of 10 mm, a prism along y of 20 mm x 600 mm2."""
    outline = np.array([[0, 0], [40, 0], [40, 10], [10, 10], [10, 30], [0, 30]]) * 1e-3
    front, back = (np.insert(outline, 1, y, axis=1) for y in (0.0, 0.02))
    cap = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 5]])
    here, after = np.arange(6), (np.arange(6) + 1) % 6
    sides = [np.stack([after, here, here + 6], axis=1), np.stack([after, here + 6, after + 6], axis=1)]
    faces = np.concatenate([cap, cap[:, ::-1] + 6, *sides])
    return trimesh.Trimesh(scale * np.concatenate([front, back]), faces, process=False)


def solid(surface: TriangleMesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(surface.vertices, surface.faces, process=False)


@pytest.fixture
def save(tmp_path):
    """Writes a mesh into a file and gives its path."""

    def write(mesh: trimesh.Trimesh, name: str = "part.stl"):
        mesh.export(tmp_path / name)
        return tmp_path / name

    return write


@pytest.mark.parametrize("name", ["part.stl", "part.obj", "PART.STL"])
def test_file_becomes_a_closed_surface_with_the_mass_of_its_volume(save, name):
    part = MeshPart(save(bracket(), name), density=1000.0)
    assert solid(part.mesh()).is_watertight
    assert len(part.mesh().vertices) == 12
    assert part.mass_properties.mass == pytest.approx(1000.0 * 0.02 * 600e-6, rel=1e-6)
    # by hand: a foot of 40 x 10 centred on (20, 5) and an upright of 10 x 20 centred on (5, 20) mm
    np.testing.assert_allclose(part.mass_properties.com, [0.015, 0.010, 0.010], rtol=1e-6)


def test_scale_is_metres_per_unit_of_the_file(save):
    part = MeshPart(save(bracket(scale=1000.0)), scale=0.001)
    np.testing.assert_allclose(part.mesh().vertices.max(axis=0), [0.04, 0.02, 0.03], rtol=1e-6)


def test_base_puts_the_middle_of_the_lower_face_on_the_origin(save):
    part = MeshPart(save(bracket().apply_translation([1.0, -2.0, 3.0])), origin="base")
    bounds = solid(part.mesh()).bounds
    np.testing.assert_allclose(bounds, [[-0.02, -0.01, 0.0], [0.02, 0.01, 0.03]], atol=1e-6)


def test_surface_that_faces_inwards_is_turned(save):
    inwards = bracket()
    inwards.invert()
    assert MeshPart(save(inwards)).volume == pytest.approx(12e-6, rel=1e-6)


def test_pieces_are_convex_and_fill_the_l_but_not_its_corner(save):
    pieces = [solid(piece) for piece in MeshPart(save(bracket())).convex_pieces()]
    assert len(pieces) == 2
    assert all(piece.is_watertight and piece.is_convex for piece in pieces)
    assert sum(piece.volume for piece in pieces) == pytest.approx(12e-6, rel=0.02)


def widest_peg(pieces: list[TriangleMesh]) -> float:
    """Radius of the widest cylinder about the z axis that no piece reaches into (m)."""
    nearest = np.inf
    for piece in pieces:
        corners = piece.vertices[ConvexHull(piece.vertices[:, :2]).vertices, :2]
        along = np.roll(corners, -1, axis=0) - corners
        share = np.clip(-(corners * along).sum(axis=1) / (along * along).sum(axis=1), 0.0, 1.0)
        nearest = min(nearest, np.linalg.norm(corners + share[:, None] * along, axis=1).min())
    return nearest


@pytest.mark.slow
def test_pieces_narrow_a_bore_by_more_than_a_tight_fit_allows_and_less_with_a_lower_threshold(save, figures):
    hole = Hole(diameter=0.0081, height=0.025, block_width=0.025, mesh_sides=32)
    path = save(solid(hole.mesh()))
    narrowing = {}
    for threshold in (0.05, 0.02):
        part = MeshPart(path, threshold=threshold)
        pieces = part.convex_pieces()
        excess = sum(solid(piece).volume for piece in pieces) / part.volume - 1.0
        narrowing[threshold] = hole.diameter / 2.0 - widest_peg(pieces)
        figures(
            "Convex decomposition of a block of 25 mm with a bore of 8.1 mm",
            f"threshold {threshold}: {len(pieces)} pieces, volume {100 * excess:+.2f} %, radius of the bore"
            f" {-1e3 * narrowing[threshold]:+.2f} mm",
        )
        assert 0.0 < excess < 0.2 * threshold
    assert narrowing[0.05] > hole.clearance(PEG_8MM)
    assert 0.0 < narrowing[0.02] < narrowing[0.05] / 2.0


def test_decomposition_is_the_same_each_time(save):
    part = MeshPart(save(bracket()))
    for first, second in zip(part.convex_pieces(), part.convex_pieces(), strict=True):
        np.testing.assert_array_equal(first.vertices, second.vertices)


def test_number_of_pieces_can_be_bounded(save):
    (piece,) = MeshPart(save(bracket()), max_pieces=1).convex_pieces()
    hull = trimesh.convex.convex_hull(bracket())
    assert solid(piece).volume == pytest.approx(hull.volume, rel=1e-3)


def test_fingerprint_changes_with_the_content_of_the_file(save):
    part = MeshPart(save(bracket()))
    before = part.fingerprint
    assert part.fingerprint == before
    save(bracket(scale=1.1))
    assert part.fingerprint != before
    assert part.volume == pytest.approx(1.1**3 * 12e-6, rel=1e-6)


def open_box() -> trimesh.Trimesh:
    mesh = bracket()
    return trimesh.Trimesh(mesh.vertices, mesh.faces[1:], process=False)


def twisted() -> trimesh.Trimesh:
    mesh = bracket()
    return trimesh.Trimesh(mesh.vertices, np.concatenate([mesh.faces[:4, ::-1], mesh.faces[4:]]), process=False)


def with_a_second_body(inwards: bool) -> trimesh.Trimesh:
    second = bracket().apply_translation([0.1, 0.0, 0.0])
    if inwards:
        second.invert()
    return trimesh.util.concatenate([bracket(), second])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (open_box, "is not watertight"),
        (lambda: with_a_second_body(inwards=False), "holds 2 separate bodies"),
        (lambda: with_a_second_body(inwards=True), "holds 2 separate bodies"),
        (twisted, "do not all face outwards"),
        (lambda: bracket(scale=1000.0), r"40 x 20 x 30 m large .* needs scale=0\.001"),
        (lambda: bracket(scale=0.001), "between 0.0005 and 1.0 m long"),
    ],
)
def test_mesh_that_is_no_part_is_rejected(save, make, message):
    path = save(make(), "part.obj")
    with pytest.raises(ValueError, match=message) as error:
        MeshPart(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("part.step", b"", r"must end in one of \.stl, \.obj"),
        ("part.stl", None, "there is no file"),
        ("part.stl", b"solid nothing\nendsolid", "no triangles"),
        ("part.obj", b"v 0 0 0\nf 1 2 3\n", "cannot be read as an STL or OBJ file"),
        # which of the two depends on whether there is a package that guesses encodings
        ("part.stl", bytes(range(256)) * 4, "cannot be read as an STL or OBJ file|no triangles"),
        # a triangle and its back side
        ("part.obj", b"v 0 0 0\nv 0.01 0 0\nv 0 0.01 0\nf 1 2 3\nf 1 3 2\n", "encloses no volume"),
    ],
)
def test_file_that_is_no_mesh_is_rejected(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        MeshPart(tmp_path / name)
    assert name in str(error.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"origin": "centre"}, "origin must be one of as_is, base"),
        ({"scale": 0.0}, "scale must be a positive"),
        ({"threshold": 0.001}, "threshold must be between 0.01 and 1"),
        ({"max_pieces": 0}, "max_pieces must be at least 1"),
        ({"density": -1.0}, "density must be a positive"),
    ],
)
def test_impossible_parameters_are_rejected(save, changes, message):
    with pytest.raises(ValueError, match=message):
        replace(MeshPart(save(bracket())), **changes)
