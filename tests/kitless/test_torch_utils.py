# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The rotation helpers of isaacsim.core.utils.torch, against scipy."""

import isaacsim.core.utils.torch as torch_utils
import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation


@pytest.fixture
def rotations() -> Rotation:
    return Rotation.random(200, rng=np.random.default_rng(3))


def as_tensor(rotation: Rotation) -> torch.Tensor:
    return torch.as_tensor(rotation.as_quat(scalar_first=True))


def same_rotation(quat: torch.Tensor, rotation: Rotation) -> bool:
    error = Rotation.from_quat(quat.numpy(), scalar_first=True) * rotation.inv()
    return bool((error.magnitude() < 1e-7).all())


def test_products_and_inverses(rotations):
    a, b = rotations[:100], rotations[100:]
    assert same_rotation(torch_utils.quat_mul(as_tensor(a), as_tensor(b)), a * b)
    assert same_rotation(torch_utils.quat_conjugate(as_tensor(a)), a.inv())


def test_vectors_are_rotated(rotations):
    vectors = np.random.default_rng(4).normal(size=(200, 3))
    rotated = torch_utils.quat_apply(as_tensor(rotations), torch.as_tensor(vectors)).numpy()
    np.testing.assert_allclose(rotated, rotations.apply(vectors), atol=1e-12)
    back = torch_utils.quat_rotate_inverse(as_tensor(rotations), torch.as_tensor(rotated)).numpy()
    np.testing.assert_allclose(back, vectors, atol=1e-12)


@pytest.mark.parametrize("extrinsic, convention", [(True, "xyz"), (False, "XYZ")])
def test_euler_angles(rotations, extrinsic, convention):
    angles = rotations.as_euler(convention)
    quat = torch_utils.quat_from_euler_xyz(*torch.as_tensor(angles).unbind(-1), extrinsic=extrinsic)
    assert same_rotation(quat, rotations)
    found = torch.stack(torch_utils.get_euler_xyz(quat, extrinsic=extrinsic), dim=-1).numpy()
    assert (found >= 0.0).all() and (found < 2.0 * np.pi).all()
    np.testing.assert_allclose(np.exp(1j * found), np.exp(1j * angles), atol=1e-6)


def test_angle_and_axis(rotations):
    vectors = rotations.as_rotvec()
    angle = np.linalg.norm(vectors, axis=-1)
    quat = torch_utils.quat_from_angle_axis(torch.as_tensor(angle), torch.as_tensor(vectors / angle[:, None]))
    assert same_rotation(quat, rotations)
    found_angle, found_axis = torch_utils.quat_to_angle_axis(quat)
    np.testing.assert_allclose((found_angle[:, None] * found_axis).numpy(), vectors, atol=1e-6)


def test_transforms_are_combined_and_inverted(rotations):
    offsets = torch.as_tensor(np.random.default_rng(5).normal(size=(200, 3)))
    points = torch.as_tensor(np.random.default_rng(6).normal(size=(200, 3)))
    quat = as_tensor(rotations)
    inverse_quat, inverse_offset = torch_utils.tf_inverse(quat, offsets)
    back = torch_utils.tf_apply(inverse_quat, inverse_offset, torch_utils.tf_apply(quat, offsets, points))
    torch.testing.assert_close(back, points)
    identity, zero = torch_utils.tf_combine(quat, offsets, inverse_quat, inverse_offset)
    assert same_rotation(identity, Rotation.identity(200))
    torch.testing.assert_close(zero, torch.zeros_like(zero))


@pytest.mark.parametrize(
    "name", ["quat_to_angle_axis", "get_euler_xyz", "tf_combine", "compute_rot", "torch_rand_float"]
)
def test_functions_compile_in_torch_script(name):
    assert torch.jit.script(getattr(torch_utils, name)).name == name
