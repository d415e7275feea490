# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The private names of rl_games that this package uses, and what it replaces in the library."""

from functools import partial

import torch
from rl_games.algos_torch import torch_ext
from rl_games.algos_torch.model_builder import ModelBuilder
from rl_games.common.object_factory import ObjectFactory
from rl_games.torch_runner import Runner

# The library's own function lists what it trusts in a form that PyTorch accepts only where nothing is restricted. What
# may be loaded is decided by `isaaclab_factory.learning.runs.trust.weights_only`.
torch_ext.safe_load = partial(torch.load, map_location="cpu", weights_only=False)


def builders(factory: ObjectFactory) -> dict[str, object]:
    """Returns what a factory builds, by name."""
    return factory._builders


def known_names(runner: Runner) -> dict[str, list[str]]:
    """Returns the names that a configuration may use for its algorithm, model and network."""
    models = ModelBuilder()
    factories = {
        "algo": runner.algo_factory,
        "model": models.model_factory,
        "network": models.network_builder.network_factory,
    }
    return {section: sorted(builders(factory)) for section, factory in factories.items()}
