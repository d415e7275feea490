# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures how firmly the held part sits in the gripper after a reset.

Resets a task many times and holds the hand still for a second each time. The slip is how far the point of the held part
that was at the fingertip has moved away from it.
"""

import sys

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import run_script


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

    from isaaclab_factory.learning.measuring.grasp import DROPPED, Grasp

    hold_still = torch.zeros(env.num_envs, env.action_manager.total_action_dim, device=env.device)
    if env.action_manager.get_term("arm").cfg.unidirectional_yaw:
        hold_still[:, 5] = -1.0  # where this yaw rests
    slips, turns = [], []
    with torch.inference_mode():
        while len(slips) * env.num_envs < args.resets:
            env.reset()
            grasp = Grasp(env)
            for _ in range(round(1.0 / env.step_dt)):
                env.step(hold_still)
            slips.append(grasp.slip())
            turns.append(grasp.turn())
    slip, turn = torch.cat(slips), torch.rad2deg(torch.cat(turns))
    print(f"{len(slip)} resets of {args.task}, one second each")
    for name, values in (("slip (mm)", slip * 1e3), ("turn (deg)", turn)):
        print(f"  {name}: median {values.median():.3f}  p99 {values.quantile(0.99):.3f}  max {values.max():.3f}")
    print(f"  dropped (slip over {DROPPED * 1e3:.0f} mm): {int((slip > DROPPED).sum())}")
    env.close()


if __name__ == "__main__":
    sys.exit(run_script(main))
