# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Writes a trained policy as TorchScript, as ONNX, and as a description of both."""

import json
import warnings
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.export.description import describe
from isaaclab_factory.learning.export.policy import ExportablePolicy
from isaaclab_factory.learning.runs import atomic_write

if TYPE_CHECKING:
    import gymnasium

    from isaaclab_factory.learning.libraries.base import LibraryTrainer

OPSET = 18
"""ONNX operators' version: that of Isaac Lab's own exporter. Layer normalisation is one operator since 17."""

_NUM_ENVS = 2
"""Batch of the example that is traced: a batch of one could be mistaken for a dimension to broadcast."""


@dataclass(frozen=True)
class ExportedPolicy:
    """Where the files of an exported policy are."""

    torchscript: Path
    onnx: Path
    description: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "ExportedPolicy":
        """Returns the files that an export into a folder writes."""
        return cls(folder / "policy.pt", folder / "policy.onnx", folder / "policy.json")

    def __iter__(self):
        """Yields the files."""
        return iter((self.torchscript, self.onnx, self.description))


def check_export_folder(folder: Path, replace: bool = False) -> None:
    """Checks, before anything is built, that an export may be written to a folder.

    Args:
        folder: The folder.
        replace: Whether files of an earlier export may be replaced.

    Raises:
        UserError: The folder is a file, or has files of an export that must stay.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f"cannot export to {folder}: it is no folder")
    found = [path.name for path in ExportedPolicy.in_folder(folder) if path.exists()]
    if found and not replace:
        raise UserError(f"{folder} already has {', '.join(found)}; name another folder or remove what is there")


def export_policy(
    trainer: "LibraryTrainer",
    env: "gymnasium.Env",
    folder: Path,
    source: dict[str, object] | None = None,
    replace: bool = False,
) -> ExportedPolicy:
    """Writes ``policy.pt``, ``policy.onnx`` and ``policy.json``: all of them or, if something fails, none.

    Args:
        trainer: The library's adapter, with the trained networks loaded.
        env: The task's environment, which the description is read from.
        folder: Where the files go; made if it is not there.
        source: What else the description shall tell: task, library, checkpoint, versions. Must be fit for JSON.
        replace: Whether files of an earlier export in the folder are replaced.

    Returns:
        Where the files are.

    Raises:
        UserError: The folder has files of an earlier export, or cannot be written to.
    """
    check_export_folder(folder, replace)
    files = ExportedPolicy.in_folder(folder)
    policy = trainer.exportable()
    description = (source or {}) | {"onnx_opset": OPSET} | describe(policy, env.unwrapped)
    with ExitStack() as stack:
        torchscript, onnx, text = (stack.enter_context(atomic_write(path)) for path in files)
        write_torchscript(policy, torchscript)
        write_onnx(policy, onnx)
        text.write_text(json.dumps(description, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    return files


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
