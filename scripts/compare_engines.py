# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures how far MuJoCo Warp parts from MuJoCo's C library, from the same states and with the same actions.

The states are starts of episodes that the C library's environment drew. Each engine steps them in a process of its own,
MuJoCo Warp on ``--device``.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_count
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.script import run_script
from isaaclab_factory.learning.config.overrides import selected
from isaaclab_factory.learning.diagnostics import each_task
from isaaclab_factory.learning.errors import UserError

if TYPE_CHECKING:
    import torch
    from isaaclab.envs import ManagerBasedRLEnv


@dataclass(frozen=True)
class Distance:
    """How far the engines part. Values are medians and maxima over the environments."""

    task: str
    overrides: list[str]
    device: str
    num_envs: int
    steps: int
    start_um: float
    """Largest distance of hand and held part before the first step, in micrometres: how well the state was set."""
    hand_um: dict[str, float]
    """Of the fingertip: ``median_first``, ``max_first`` after a step, ``median``, ``max`` over all steps, in
    micrometres."""
    part_um: dict[str, float]
    """The same of the held part."""
    hand_mrad: dict[str, float]
    """The same between the orientations of the fingertip, in mrad."""
    part_mrad: dict[str, float]
    """The same of the held part."""


def main(argv: list[str]) -> None:
    """Compares the engines with every task and prints a table.

    Args:
        argv: Arguments after the script's name.

    Raises:
        UserError: The command line is wrong.
    """
    parser = each_task.tasks_parser(__doc__.splitlines()[0])
    add_count(parser, "--steps", default=30, help="steps")
    parser.add_argument("--rollout", type=Path, help=argparse.SUPPRESS)  # what the two processes do
    args, words = split_overrides(parser, argv)
    args.num_envs = args.num_envs or 16
    if selected(words, "physics"):
        raise UserError("physics= cannot be chosen: both of newton_mujoco and newton_mjwarp are run")
    if args.rollout:
        (args.task,) = each_task.chosen_tasks(args)
        roll_out(args, words)
        return
    results = each_task.measure_tasks(args, lambda args: compare(args, words), Distance)
    each_task.print_results(results, COLUMNS, args.json)


def compare(args: argparse.Namespace, words: list[str]) -> Distance:
    """Runs both engines and compares what they did.

    Args:
        args: The command line, with the ``task``.
        words: Its presets and overrides.

    Raises:
        SystemExit: A process failed; it has printed why.
    """
    import torch

    device = args.device or ("cuda:0" if torch.cuda.is_available() else "cpu")
    flags = ["--num_envs", str(args.num_envs), "--steps", str(args.steps), "--seed", str(args.seed)]
    flags += ["--task", args.task, *(word for module in args.plugin for word in ("--plugin", module)), *words]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rollout.pt"
        poses = []
        for where in ("cpu", device):
            command = [*session.own_command(), *flags, "--device", where, "--rollout", str(file)]
            code = subprocess.run(command, stdout=sys.stderr, check=False).returncode
            if code:
                sys.exit(code)
            poses.append(torch.load(file)["poses"])
    return distance(args, words, device, *poses)


def roll_out(args: argparse.Namespace, words: list[str]) -> None:
    """Steps one engine and writes where hand and part went.

    The first process draws the states and the actions, on the C library. The second finds them in the file.

    Args:
        args: The command line, with the ``task`` and the file, ``rollout``.
        words: Its presets and overrides.
    """
    import torch

    given = torch.load(args.rollout) if args.rollout.exists() else None
    words = [*words, "physics=newton_mujoco" if given is None else "physics=newton_mjwarp"]
    with session.environment(args, words) as env, torch.inference_mode():
        torch.save(_trajectory(env.unwrapped, args.steps, given), args.rollout)


def _trajectory(env: "ManagerBasedRLEnv", steps: int, given: dict[str, Any] | None) -> dict[str, Any]:
    """Returns the start, the actions, and the poses of hand and held part by step, on the CPU."""
    import torch

    from isaaclab_factory import mdp
    from isaaclab_factory.learning.evaluation.grasp import Grasp

    env.reset()
    if given is None:
        # actions that go on for a while in one direction, as those of a policy
        actions = torch.randn(steps, env.num_envs, env.action_manager.total_action_dim).cumsum(dim=0).mul(0.3)
        given = {"start": mdp.get_state(env), "actions": actions.clamp(-1.0, 1.0)}
    mdp.reset_to(env, _on(env.device, given["start"]))
    grasp, held = Grasp.of(env), env.scene["held_asset"]
    if grasp is None:
        raise UserError("this task has no reset event 'held_part' that puts a part into a hand")
    poses = []
    for step in range(steps + 1):
        if step:
            env.step(given["actions"][step - 1].to(env.device))
        poses.append(torch.stack((grasp.hand_pose_w, held.data.root_link_pose_w.torch)).cpu())
    return _on("cpu", given) | {"poses": torch.stack(poses)}


def _on(device: str, state: Any) -> Any:
    """Returns the tensors of nested dictionaries on a device."""
    return {name: _on(device, value) for name, value in state.items()} if isinstance(state, dict) else state.to(device)


def distance(
    args: argparse.Namespace, words: list[str], device: str, ours: "torch.Tensor", theirs: "torch.Tensor"
) -> Distance:
    """Compares two trajectories.

    Args:
        args: The command line, with the ``task``.
        words: Its presets and overrides.
        device: Device of MuJoCo Warp.
        ours: Poses of hand and held part on the C library. Shape is (steps + 1, 2, num_envs, 7).
        theirs: The same on MuJoCo Warp.
    """
    from isaaclab.utils.math import quat_error_magnitude

    apart = 1e6 * (ours[..., :3] - theirs[..., :3]).norm(dim=-1)
    turned = 1e3 * quat_error_magnitude(ours[..., 3:].contiguous(), theirs[..., 3:].contiguous())

    def summary(values: "torch.Tensor") -> dict[str, float]:
        first, most = values[1], values[1:].amax(dim=0)
        numbers = {"median_first": first.median(), "max_first": first.max(), "median": most.median(), "max": most.max()}
        return {name: number.item() for name, number in numbers.items()}

    return Distance(
        task=args.task,
        overrides=words,
        device=device,
        num_envs=args.num_envs,
        steps=args.steps,
        start_um=apart[0].max().item(),
        hand_um=summary(apart[:, 0]),
        part_um=summary(apart[:, 1]),
        hand_mrad=summary(turned[:, 0]),
        part_mrad=summary(turned[:, 1]),
    )


COLUMNS = {
    "task": lambda result: result.task,
    "hand after a step": lambda result: _cell(result.hand_um, "_first", "µm"),
    "part after a step": lambda result: _cell(result.part_um, "_first", "µm"),
    "hand at most": lambda result: f"{_cell(result.hand_um, '', 'µm')}, {_cell(result.hand_mrad, '', 'mrad')}",
    "part at most": lambda result: f"{_cell(result.part_um, '', 'µm')}, {_cell(result.part_mrad, '', 'mrad')}",
}


def _cell(values: dict[str, float], when: str, unit: str) -> str:
    """Returns the median and the maximum over the environments."""
    return f"{values['median' + when]:.2g} (max {values['max' + when]:.2g}) {unit}"


if __name__ == "__main__":
    sys.exit(run_script(lambda: main(sys.argv[1:])))
