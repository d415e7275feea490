# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The torque law and the inverse kinematics are the same on an NVIDIA GPU."""

from types import SimpleNamespace

import pytest
import torch
import warp as wp
from isaaclab.utils.warp import ProxyArray

from isaaclab_factory.controllers import (
    FRANKA_JOINT_LIMITS,
    DeltaTarget,
    OperationalSpaceController,
    franka_chain,
    quat_from_rotvec,
    solve_ik,
)

pytestmark = pytest.mark.gpu

NUM_ENVS = 256
POSTURE = (-1.3003, -0.4015, 1.1791, -2.1493, 0.4001, 1.9425, 0.4754)


def inputs(seed: int) -> dict[str, torch.Tensor]:
    """Random states of a robot with a base, a tool and two fingers, and deltas of the tool, on the CPU."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int, scale: float = 1.0) -> torch.Tensor:
        return scale * torch.randn(NUM_ENVS, *shape, generator=generator)

    lower, upper = torch.tensor(FRANKA_JOINT_LIMITS).unbind(-1)
    joint_pos = lower + (upper - lower) * torch.rand(NUM_ENVS, 7, generator=generator)
    pos, quat, jacobian = franka_chain().forward_with_jacobian(joint_pos)
    pose = torch.cat((pos, quat), dim=-1).unsqueeze(1).repeat(1, 4, 1)
    factor = normal(7, 7)
    return {
        "body_link_pose_w": pose,
        "body_com_vel_w": normal(4, 6, scale=0.3),
        "body_com_pos_b": normal(4, 3, scale=0.02),
        "joint_pos": joint_pos,
        "joint_vel": normal(7, scale=0.3),
        "body_link_jacobian_w": jacobian.unsqueeze(1) + normal(3, 6, 7, scale=0.01),
        "mass_matrix": factor @ factor.mT / 7 + 0.1 * torch.eye(7),
        "delta_pos": normal(3, scale=0.02),
        "delta_quat": quat_from_rotvec(normal(3, scale=0.3)),
        "center": pos + normal(3, scale=0.02),
    }


TYPES = {
    "body_link_pose_w": wp.transformf,
    "body_com_vel_w": wp.spatial_vectorf,
    "body_com_pos_b": wp.vec3f,
}


def compute(tensors: dict[str, torch.Tensor], device: str) -> tuple[torch.Tensor, ...]:
    """Torques, wrench and target of the law on a device, brought to the CPU."""
    on_device = {name: tensor.to(device).contiguous() for name, tensor in tensors.items()}
    target = DeltaTarget(NUM_ENVS, 1, (0.05, 0.05, 0.05), device=device)
    for name in ("delta_pos", "delta_quat", "center"):
        getattr(target, f"{name}_w").copy_(on_device.pop(name))
    arrays = {name: wp.from_torch(tensor, dtype=TYPES.get(name, wp.float32)) for name, tensor in on_device.items()}
    target.update(arrays["body_link_pose_w"])
    controller = OperationalSpaceController(
        num_envs=NUM_ENVS,
        body_id=1,
        point_ids=(2, 3),
        joint_ids=range(7),
        stiffness=(100.0, 100.0, 100.0, 30.0, 30.0, 30.0),
        nullspace_joint_pos=POSTURE,
        nullspace_stiffness=10.0,
        nullspace_damping=6.3246,
        torque_limit=100.0,
        device=device,
    )
    torque = controller.compute(SimpleNamespace(**{name: ProxyArray(a) for name, a in arrays.items()}), target.poses)
    return wp.to_torch(torque).cpu(), controller.wrench_w.cpu(), target.target_pose_w.cpu()


@pytest.mark.parametrize("seed", range(3))
def test_torques_are_those_of_the_cpu(seed: int) -> None:
    tensors = inputs(seed)
    on_cpu, on_gpu = compute(tensors, "cpu"), compute(tensors, "cuda:0")
    assert on_cpu[0].abs().max() > 1.0
    for ours, theirs in zip(on_cpu, on_gpu, strict=True):
        torch.testing.assert_close(theirs, ours, atol=1e-3, rtol=1e-4)


def test_inverse_kinematics_are_those_of_the_cpu() -> None:
    limits = torch.tensor(FRANKA_JOINT_LIMITS)
    lower, upper = limits.unbind(-1)
    generator = torch.Generator().manual_seed(0)
    goal, seed = lower + (upper - lower) * (0.4 + 0.2 * torch.rand(2, NUM_ENVS, 7, generator=generator))
    tensors = (*franka_chain().forward(goal), seed, limits)
    joint_pos, reached = solve_ik(franka_chain(), *tensors)
    assert reached.any()
    on_gpu = solve_ik(franka_chain(device="cuda:0"), *(tensor.cuda() for tensor in tensors))
    torch.testing.assert_close(on_gpu[0][reached].cpu(), joint_pos[reached], atol=1e-5, rtol=0.0)
    assert torch.equal(on_gpu[1].cpu(), reached)
    with pytest.raises(ValueError, match=r"^seed needs the shape .* on cuda:0, got .* on cpu\.$"):
        solve_ik(franka_chain(device="cuda:0"), tensors[0].cuda(), tensors[1].cuda(), seed, limits.cuda())
