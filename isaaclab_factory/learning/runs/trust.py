# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Loads checkpoints, and the configurations next to them, without executing code that may be in them.

A checkpoint is a pickle, which can name any function to be called when it is read. PyTorch can restrict itself to
tensors and plain values, but the RL libraries ask it not to. A configuration is text, but the libraries evaluate some
of it as Python: rsl_rl imports the classes that it names, skrl evaluates the names of preprocessors and the description
of a network.
"""

import ast
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from isaaclab_factory.learning.errors import UserError

_FORCE = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"
"""PyTorch's own switch: with it, ``torch.load`` restricts itself whatever its caller asks for."""

_NUMBERS = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64")
"""NumPy's types that a checkpoint may hold as scalars and arrays, such as the states of random generators."""

_WORDS = re.compile(r"[\w ./:,~+*^$|?!%&-]*")
"""Names, numbers, paths and patterns: without brackets, quotes, equality signs and line breaks nothing is called."""

_CLASS = re.compile(r"\w*|[\w.]+:[\w.]+")
_DEVICE = re.compile(r"cuda:\d+")
_SPECIAL = re.compile(r"[#\\\r\n]|__\w+__")
"""What means something else inside other code, or gives access to Python's internals."""

_FUNCTIONS = {
    *("concatenate", "permute", "one_hot_encoding"),
    *("elu", "leaky_relu", "relu", "selu", "sigmoid", "softmax", "softplus", "softsign", "tanh"),
}
"""What a description of skrl's networks may call."""

_NODES = (
    *(ast.Expression, ast.Name, ast.expr_context, ast.BinOp, ast.operator, ast.UnaryOp, ast.unaryop),
    *(ast.List, ast.Tuple, ast.Subscript, ast.Slice),
)
"""What else such a description may consist of, in addition to numbers and keys in brackets."""

_PLAIN = (bool, int, float, type(None))

_CLASS_KEYS = {
    *("learning_rate_scheduler", "exploration_noise", "smooth_regularization_noise", "amp_observation_preprocessor"),
    *("observation_preprocessor", "state_preprocessor", "value_preprocessor"),
}
"""Keys at which skrl evaluates the name of a class, to create an object with the arguments that follow."""


class _Loader(yaml.SafeLoader):
    """Reads plain values, and tuples, which Isaac Lab writes with a tag."""


_Loader.add_constructor("tag:yaml.org,2002:python/tuple", lambda loader, node: tuple(loader.construct_sequence(node)))


@contextmanager
def weights_only(trusted: bool = False) -> Iterator[None]:
    """Restricts what PyTorch loads meanwhile to tensors and plain values, whatever a library asks it for.

    Args:
        trusted: Leaves it unrestricted instead.
    """
    if trusted:
        yield
        return
    import numpy as np
    import torch
    from numpy._core import multiarray

    # rl_games keeps a reward as a NumPy scalar; NumPy 1 had another name for its module.
    makers = [
        (made, f"{module}.{made.__name__}")
        for made in (multiarray.scalar, multiarray._reconstruct)
        for module in ("numpy.core.multiarray", "numpy._core.multiarray")
    ]
    allowed = [*makers, np.ndarray, np.dtype, *(type(np.dtype(name)) for name in _NUMBERS)]
    before = os.environ.get(_FORCE)
    os.environ[_FORCE] = "1"
    try:
        with torch.serialization.safe_globals(allowed):
            yield
    finally:
        os.environ.pop(_FORCE)
        if before is not None:
            os.environ[_FORCE] = before


@contextmanager
def checkpoint_must_fit(checkpoint: Path, trusted: bool = False, trained: str = "") -> Iterator[None]:
    """Loads a checkpoint into networks: reports one that does not fit in a line, and restricts what PyTorch loads.

    Args:
        checkpoint: The file.
        trusted: Whether code in it may be executed.
        trained: What is known of the training, for the message.

    Raises:
        UserError: The networks are of another shape, or parts are missing.
    """
    try:
        with weights_only(trusted):
            yield
    except (RuntimeError, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        first = " ".join(str(error).splitlines()[:2])  # PyTorch lists every tensor that does not fit
        raise UserError(f"checkpoint {checkpoint} does not fit this task and agent{trained}: {first}") from error


def read_checkpoint(path: Path, trusted: bool = False) -> Any:
    """Returns what is in a checkpoint, on the CPU.

    Args:
        trusted: Whether code in it may be executed.

    Raises:
        UserError: The file is damaged or no PyTorch file, or holds what cannot be loaded without executing code.
    """
    import pickle

    import torch

    try:
        # A PyTorch file is a zip archive: its checksums tell a truncated or altered one at once.
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            exported = any(name.endswith("/constants.pkl") for name in archive.namelist())
        if damaged:
            raise zipfile.BadZipFile(f"bad checksum of {damaged}")
        if exported:
            raise UserError(f"{path} is an exported policy, not a checkpoint")
        with weights_only(trusted):
            return torch.load(path, map_location="cpu", weights_only=False)
    except UserError:
        raise
    except pickle.UnpicklingError as error:
        raise UserError(
            f"checkpoint {path} holds more than tensors and plain values{_named(error)}, and to load it may run code"
            " that is in it; --trust_checkpoint loads it all the same"
        ) from error
    except Exception as error:
        raise UserError(f"checkpoint {path} is damaged or no PyTorch file ({error})") from error


def _named(error: Exception) -> str:
    """Returns what PyTorch refused to load, as `` (<name>)``."""
    name = re.search(r"GLOBAL ([\w.]+)", str(error))
    return f" ({name[1]})" if name else ""


def read_agent_file(path: Path, trusted: bool = False) -> Any:
    """Returns the agent's configuration next to a checkpoint.

    Args:
        trusted: Whether the libraries may execute code that is in it.

    Raises:
        UserError: The file cannot be read, or a value in it is code.
    """
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UserError(f"cannot take the agent's configuration from {path}: {error}") from error
    if not trusted:
        refuse_code(values, str(path))
    return values


def refuse_code(values: Any, source: str, key: str = "") -> None:
    """Checks that nothing in a configuration is code where a library would execute it.

    Args:
        values: Dictionaries and lists of plain values.
        source: Name of the configuration in the message.
        key: Where ``values`` are in it, with dots; empty for all of it.

    Raises:
        UserError: A key or a value does more than name or describe something, is no class where a class belongs, or
            names a function (``module:name``) in another place.
    """
    if isinstance(values, dict):
        for name, value in values.items():
            refuse_code(str(name), source, key)
            refuse_code(value, source, f"{key}.{name}".lstrip("."))
    elif isinstance(values, list | tuple):
        for value in values:
            refuse_code(value, source, key)
    elif not isinstance(values, _PLAIN) and _is_code(values, key.rpartition(".")[2]):
        raise UserError(
            f"{source} has {values!r} at {key or 'its top'}, which may be code that the library would execute;"
            " --trust_checkpoint takes it all the same"
        )


def _is_code(value: Any, name: str) -> bool:
    """Returns whether a value does anything but name or describe something when it is evaluated or resolved."""
    if not isinstance(value, str):
        return True  # for instance bytes, which can be evaluated like a text
    if _SPECIAL.search(value):
        return True
    if name in _CLASS_KEYS:
        return not re.fullmatch(r"[A-Z]\w*", value)
    if name in ("class", "class_name"):
        return not _CLASS.fullmatch(value)
    if name.endswith("_func"):
        return not re.fullmatch(r"\w*", value)
    if _WORDS.fullmatch(value):
        # Isaac Lab imports `module:name` and evaluates `lambda x: x` wherever a default is a function.
        return ":" in value and not _DEVICE.fullmatch(value)
    try:
        return not _describes(ast.parse(value, mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True


def _describes(node: ast.AST) -> bool:
    """Returns whether an expression consists of numbers, names and the functions of networks only.

    Texts are not allowed, except for keys such as that of ``OBSERVATIONS["joints"]``; and no function can be given
    another name.
    """
    parts = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        known = isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS and not node.keywords
        return known and all(map(_describes, parts))
    if isinstance(node, ast.Constant):
        return isinstance(node.value, _PLAIN)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return re.fullmatch(r"[\w .-]*", node.slice.value) is not None and _describes(node.value)
    return isinstance(node, _NODES) and all(map(_describes, parts))
