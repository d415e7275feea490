# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures how firmly the held part sits in the gripper after a reset.

Resets a task many times and holds the hand still for a second each time. The slip is how far the held part has moved in
the frame of the fingertip.
"""

import sys
from typing import TYPE_CHECKING

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import run_script

if TYPE_CHECKING:
    import torch
    from isaaclab.scene import InteractiveScene

DROPPED = 0.005
"""A part that has slipped further than this (m) counts as dropped."""


def part_in_hand(scene: "InteractiveScene") -> "tuple[torch.Tensor, torch.Tensor]":
    """Returns position (num_envs, 3) in m and orientation (num_envs, 4) of the held part in the fingertip's frame."""
    from isaaclab.utils.math import subtract_frame_transforms

    robot, part = scene["robot"], scene["held_asset"].data
    fingertip = robot.data.body_link_pose_w[:, robot.find_bodies("panda_fingertip_centered")[0][0]]
    return subtract_frame_transforms(fingertip[:, :3], fingertip[:, 3:], part.root_pos_w, part.root_quat_w)


def main() -> None:
    """Measures and prints.

    Raises:
        UserError: The command line is wrong.
    """
    parser = arguments.OneLineParser(description=__doc__.splitlines()[0])
    arguments.add_environment_arguments(parser)
    parser.add_argument("--resets", type=arguments.positive_int, default=1000, help="at least (default: %(default)s)")
    args = parser.parse_args()
    session.find_task(args)
    session.start_app(args)
    env = session.open_environment(args).unwrapped

    import torch
    from isaaclab.utils.math import quat_error_magnitude

    hold_still = torch.zeros(env.num_envs, env.action_manager.total_action_dim, device=env.device)
    slips, turns = [], []
    with torch.inference_mode():
        while len(slips) * env.num_envs < args.resets:
            env.reset()
            start_pos, start_quat = part_in_hand(env.scene)
            for _ in range(round(1.0 / env.step_dt)):
                env.step(hold_still)
            pos, quat = part_in_hand(env.scene)
            slips.append(torch.linalg.vector_norm(pos - start_pos, dim=-1))
            turns.append(quat_error_magnitude(start_quat, quat))
    slip, turn = torch.cat(slips), torch.rad2deg(torch.cat(turns))
    print(f"{len(slip)} resets of {args.task}, one second each")
    for name, values in (("slip (mm)", slip * 1e3), ("turn (deg)", turn)):
        print(f"  {name}: median {values.median():.3f}  p99 {values.quantile(0.99):.3f}  max {values.max():.3f}")
    print(f"  dropped (slip over {DROPPED * 1e3:.0f} mm): {int((slip > DROPPED).sum())}")
    env.close()


if __name__ == "__main__":
    sys.exit(run_script(main))
