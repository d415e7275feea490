# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Writes a trained policy as TorchScript, as ONNX, and as a description of what a robot needs to run it.

Isaac Lab's exporters do not do this: that of rsl_rl leaves the clipping of actions out and fixes the batch size, and
``isaaclab export`` for the other libraries needs the package LEAPP, which Isaac Lab does not install by itself.
"""

import json
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from isaaclab_factory.learning.libraries.policy import ExportablePolicy
from isaaclab_factory.learning.policies.description import describe
from isaaclab_factory.learning.policies.export import FILES
from isaaclab_factory.learning.runs.files import atomic_write

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

OPSET = 18
"""Version of the ONNX operators, the same as that of Isaac Lab's exporter."""

_BATCH = 2
"""Batch of the example that is traced: a batch of one could be mistaken for a dimension to broadcast."""


def export_policy(
    policy: ExportablePolicy, env: "ManagerBasedRLEnv", folder: Path, origin: dict[str, Any] | None = None
) -> None:
    """Writes the files of an export: all of them or, if something fails, none.

    Args:
        policy: The policy.
        env: The task's environment, which the description is read from. It is reset.
        folder: Folder of the files; created if it does not exist.
        origin: What the description says in addition, such as task, checkpoint and versions. Must be fit for JSON.

    Raises:
        UserError: The files cannot be written.
    """
    description = (origin or {}) | {"onnx_opset": OPSET} | describe(policy, env)
    with ExitStack() as stack:
        torchscript, onnx, text = (stack.enter_context(atomic_write(folder / name)) for name in FILES)
        write_torchscript(policy, torchscript)
        write_onnx(policy, onnx)
        text.write_text(json.dumps(description, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def write_torchscript(policy: ExportablePolicy, path: Path) -> None:
    """Writes a policy as TorchScript, on the CPU."""
    policy = policy.cpu().eval()
    # a tensor that was made in inference mode cannot be traced, so this leaves the mode if the caller is in it
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of every shape that Python sees
        torch.jit.trace(policy, policy.example_inputs(_BATCH)).save(str(path))


def write_onnx(policy: ExportablePolicy, path: Path) -> None:
    """Writes a policy as ONNX with any batch size.

    PyTorch's older exporter, by TorchScript, is used. The newer one gives the same numbers, but takes seconds instead
    of tenths of one, and takes a GRU or LSTM apart, which the older one leaves as one operator.
    """
    policy = policy.cpu().eval()
    batch = {name: {0: "batch"} for name in ("obs", "actions")}
    batch |= {name: {1: "batch"} for name in (*policy.input_names[1:], *policy.output_names[1:])}
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the exporter is the older one
        torch.onnx.export(
            policy,
            policy.example_inputs(_BATCH),
            str(path),
            input_names=policy.input_names,
            output_names=policy.output_names,
            dynamic_axes=batch,
            opset_version=OPSET,
            dynamo=False,
        )
