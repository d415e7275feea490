# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Inverse kinematics by damped least squares, as a Warp kernel: one thread per row, from the seed to the solution."""

from __future__ import annotations

import torch
import warp as wp

from .serial_chain import NUM_JOINTS, SerialChain, double_rows, mat67d, tool_pose_and_jacobian, vec7d


@wp.func
def pose_error(pose: wp.transformd, target: wp.transformd) -> wp.spatial_vectord:
    """Position difference in m and the rotation vector in rad that turns the pose into the target the shorter way."""
    turn = wp.transform_get_rotation(target) * wp.quat_inverse(wp.transform_get_rotation(pose))
    axis, angle = wp.quat_to_axis_angle(turn)
    rotvec = angle * axis
    distance = wp.transform_get_translation(target) - wp.transform_get_translation(pose)
    return wp.spatial_vectord(distance[0], distance[1], distance[2], rotvec[0], rotvec[1], rotvec[2])


@wp.func
def solve_positive_definite(matrix: wp.spatial_matrixd, vector: wp.spatial_vectord) -> wp.spatial_vectord:
    """The x with ``matrix x = vector``, by Cholesky's decomposition ``matrix = L L^T``."""
    # what is not yet filled in is zero and drops out of the products
    lower = wp.spatial_matrixd()
    for i in range(6):
        for j in range(i):
            lower[i, j] = (matrix[i, j] - wp.dot(lower[i], lower[j])) / lower[j, j]
        lower[i, i] = wp.sqrt(matrix[i, i] - wp.dot(lower[i], lower[i]))
    halfway = wp.spatial_vectord()
    for i in range(6):
        halfway[i] = (vector[i] - wp.dot(lower[i], halfway)) / lower[i, i]
    upper = wp.transpose(lower)
    solution = wp.spatial_vectord()
    for k in range(6):
        i = 5 - k
        solution[i] = (halfway[i] - wp.dot(upper[i], solution)) / upper[i, i]
    return solution


@wp.func
def damped_least_squares(jacobian: mat67d, error: wp.spatial_vectord, damping: wp.float64) -> vec7d:
    """Joint step that reduces a pose error: ``J^T (J J^T + damping^2 I)^-1 error`` (Wampler 1986)."""
    transposed = wp.transpose(jacobian)
    normal = jacobian * transposed + damping * damping * wp.identity(n=6, dtype=wp.float64)
    return transposed * solve_positive_definite(normal, error)


# in the module of the chain's kernel, since Warp takes seconds to compile a module, however small
@wp.kernel(enable_backward=False, module=wp.get_module(SerialChain.__module__))
def _solve(
    frames: wp.array[wp.transformd],
    target_pos: wp.array[wp.vec3d],
    target_quat: wp.array[wp.quatd],
    seed: wp.array[vec7d],
    joint_limits: wp.array[wp.vec2d],
    damping: wp.float64,
    tolerance: wp.float64,
    max_iterations: int,
    joint_pos: wp.array[vec7d],
    reached: wp.array[wp.bool],
):
    row = wp.tid()
    target = wp.transformd(target_pos[row], target_quat[row])
    solution = seed[row]
    pose, jacobian = tool_pose_and_jacobian(frames, solution)
    error = pose_error(pose, target)
    iteration = wp.int32(0)
    while iteration < max_iterations and wp.length(error) > wp.float64(0.1) * tolerance:
        solution += damped_least_squares(jacobian, error, damping)
        for j in range(NUM_JOINTS):
            solution[j] = wp.clamp(solution[j], joint_limits[j][0], joint_limits[j][1])
        pose, jacobian = tool_pose_and_jacobian(frames, solution)
        error = pose_error(pose, target)
        iteration += 1
    joint_pos[row] = solution
    reached[row] = wp.length(error) < tolerance


def solve_ik(
    chain: SerialChain,
    target_pos: torch.Tensor,
    target_quat: torch.Tensor,
    seed: torch.Tensor,
    joint_limits: torch.Tensor,
    damping: float = 0.01,
    tolerance: float = 1e-4,
    max_iterations: int = 40,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Joint positions that bring the chain's tool to a pose, from a seed and within the joint limits.

    A row stops moving once it is within a tenth of the tolerance, and its result does not depend on the others. The
    host does not wait for the device.

    Args:
        chain: The kinematic chain.
        target_pos: Position of the tool in the base frame in m. Shape is (N, 3).
        target_quat: Orientation of the tool in the base frame (x, y, z, w). Its sign does not matter. Shape is (N, 4).
        seed: Joint positions to start from in rad. Shape is (N, 7).
        joint_limits: Lower and upper limits in rad. Shape is (7, 2).
        damping: Damping of each least-squares step; larger is slower and calmer near singular poses.
        tolerance: Norm of the pose error (m and rad together) that counts as reached.
        max_iterations: Number of steps after which a row counts as failed.

    Returns:
        Joint positions in rad (N, 7), of the type of the seed, and which rows reached the target (N,).

    Raises:
        ValueError: If a shape or a device is wrong.
    """
    rows, device = len(seed), chain.device
    inputs = [
        chain.frames,
        double_rows("target_pos", target_pos, (rows, 3), wp.vec3d, device),
        double_rows("target_quat", target_quat, (rows, 4), wp.quatd, device),
        double_rows("seed", seed, (rows, NUM_JOINTS), vec7d, device),
        double_rows("joint_limits", joint_limits, (NUM_JOINTS, 2), wp.vec2d, device),
        damping,
        tolerance,
        max_iterations,
    ]
    joint_pos = torch.empty(rows, NUM_JOINTS, dtype=torch.float64, device=device)
    reached = torch.empty(rows, dtype=torch.bool, device=device)
    outputs = [wp.from_torch(joint_pos, dtype=vec7d, return_ctype=True), wp.from_torch(reached, return_ctype=True)]
    wp.launch(_solve, dim=rows, inputs=inputs, outputs=outputs, device=chain.frames.device)
    return joint_pos.to(seed.dtype), reached
