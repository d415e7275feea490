# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What each process of the test of distributed training runs; ``torchrun`` starts it with the folder for its results.

Every library trains the point task twice: with starts and noise of each process's own, and with the same in all.
"""

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.interrupts import StopTraining
from isaaclab_factory.learning.runs.log import TrainingLog
from isaaclab_factory.learning.scaling.distributed import ProcessGroup, join_group
from tests.learning.learners import make_trainer

ITERATIONS = 2
NUM_ENVS = 16
STEPS = 32
"""Steps of each environment in an iteration."""


def train(
    library: str, root: Path, seed: int, group: ProcessGroup | None, stop_after: int | None = None
) -> dict[str, Any]:
    """Trains, and returns what the process then has.

    Args:
        library: The RL library.
        root: Where the run folder is made.
        seed: Of the starts and of the learning.
        group: The processes, None to train alone.
        stop_after: The iteration after which the training ends as by Ctrl-C, None for none.
    """
    trainer = make_trainer(library, root, ITERATIONS, num_envs=NUM_ENVS, seed=seed)
    if group:
        trainer.join(group)
    before = state_of(trainer.modules())
    with TrainingLog(trainer.folder, trainer.recorder, ITERATIONS) as log, suppress(StopTraining):
        log.stop_requested = lambda: log.iteration == stop_after
        trainer.train(log)
    rows = (trainer.folder / "progress.csv").read_text().splitlines()
    return {
        "before": before,
        "after": state_of(trainer.modules()),
        "observations": trainer.recorder.unwrapped.observe()["policy"],
        "progress": rows,
    }


def state_of(modules: list[torch.nn.Module]) -> dict[str, torch.Tensor]:
    """Returns copies of all parameters and buffers of some modules."""
    return {f"{i}.{key}": value.clone() for i, part in enumerate(modules) for key, value in part.state_dict().items()}


def moments(group: ProcessGroup) -> dict[str, torch.Tensor]:
    """Returns numbers of this process alone, and their mean and variance after they were merged."""
    values = torch.randn(50, 3, generator=torch.Generator().manual_seed(group.rank)) * (1 + group.rank) + group.rank
    mean, variance = group.merged(values.mean(dim=0), values.var(dim=0, correction=0))
    return {"values": values, "mean": mean, "variance": variance}


def report_of_a_loss(group: ProcessGroup) -> str:
    """Returns what the first process says when it waits for another that has ended."""
    try:
        with group.losses_reported():
            group.mean(torch.ones(1))
    except UserError as error:
        return str(error)
    return ""


def main() -> None:
    """Runs everything and saves it for the test."""
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    args = argparse.Namespace(
        distributed=True, device="cpu", log_root=str(folder), video=False, eval_interval=0, logger=None, task="point"
    )
    group = join_group(args, "rsl_rl")
    root = Path(args.log_root)
    results = {
        "moments": moments(group),
        "own": {library: train(library, root / "own", 7 + group.rank, group) for library in LIBRARIES},
        "same": {library: train(library, root / "same", 7, group) for library in LIBRARIES},
        "stopped": {library: train(library, root / "stopped", 7 + group.rank, group, 1) for library in LIBRARIES},
    }
    if group.is_first:
        results["loss"] = report_of_a_loss(group)
    torch.save(results, folder / f"{group.rank}.pt")


if __name__ == "__main__":
    main()
