# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Writes a trained policy as TorchScript, as ONNX, and as a description of both."""

import json
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from isaaclab_factory.learning.export.command import FILES
from isaaclab_factory.learning.export.description import describe
from isaaclab_factory.learning.export.policy import ExportablePolicy
from isaaclab_factory.learning.run_folder.runs import atomic_write

if TYPE_CHECKING:
    import gymnasium

    from isaaclab_factory.learning.libraries.base import LibraryTrainer

OPSET = 18
"""ONNX operators' version: that of Isaac Lab's own exporter. Layer normalisation is one operator since 17."""

_NUM_ENVS = 2
"""Batch of the example that is traced: a batch of one could be mistaken for a dimension to broadcast."""


def export_policy(
    trainer: "LibraryTrainer", env: "gymnasium.Env", folder: Path, origin: dict[str, Any] | None = None
) -> None:
    """Writes ``policy.pt``, ``policy.onnx`` and ``policy.json``: all of them or, if something fails, none.

    Files of an earlier export are replaced, see :func:`isaaclab_factory.learning.export.command.check_folder`.

    Args:
        trainer: The library's adapter, with the trained networks loaded.
        env: The task's environment, which the description is read from.
        folder: Where the files go; made if it is not there.
        origin: What else the description shall tell, such as task, checkpoint and versions. Must be fit for JSON.

    Raises:
        UserError: The files cannot be written.
    """
    policy = trainer.exportable()
    description = (origin or {}) | {"onnx_opset": OPSET} | describe(policy, env.unwrapped)
    with ExitStack() as stack:
        torchscript, onnx, text = (stack.enter_context(atomic_write(folder / name)) for name in FILES)
        write_torchscript(policy, torchscript)
        write_onnx(policy, onnx)
        text.write_text(json.dumps(description, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def write_torchscript(policy: ExportablePolicy, path: Path) -> None:
    """Writes a policy as TorchScript, on the CPU.

    Args:
        policy: The policy.
        path: The file.
    """
    policy = policy.cpu().eval()
    # a tensor that was made in inference mode cannot be traced, so this leaves the mode where the caller is in it
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of every shape that Python sees
        torch.jit.trace(policy, policy.example_inputs(_NUM_ENVS)).save(str(path))


def write_onnx(policy: ExportablePolicy, path: Path) -> None:
    """Writes a policy as ONNX with any batch size.

    PyTorch's older exporter, by TorchScript, is used. The newer one gives the same numbers, but takes seconds instead
    of tenths of one, needs another package, and takes a GRU or LSTM apart, which the older one leaves one operator.

    Args:
        policy: The policy.
        path: The file.
    """
    policy = policy.cpu().eval()
    batch = {name: {0: "batch"} for name in ("obs", "actions")}
    batch |= {name: {1: "batch"} for name in (*policy.input_names[1:], *policy.output_names[1:])}
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is the older one, and of a state that were no input
        torch.onnx.export(
            policy,
            policy.example_inputs(_NUM_ENVS),
            str(path),
            input_names=policy.input_names,
            output_names=policy.output_names,
            dynamic_axes=batch,
            opset_version=OPSET,
            dynamo=False,
        )
