# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A training whose networks stop being finite ends with one line, with every library."""

from pathlib import Path

import pytest

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from tests.learning.learners import make_trainer, train

LEARNING_RATE = {
    "rsl_rl": "algorithm.learning_rate",
    "rl_games": "params.config.learning_rate",
    "skrl": "agent.learning_rate",
}


@pytest.mark.parametrize("network", ["", "gru_"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_far_too_large_learning_rate_is_reported(library: str, network: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path, 3, f"{LEARNING_RATE[library]}=1e30", network=network)
    with pytest.raises(UserError, match=r"the networks are not finite after [01] iterations; a smaller learning rate"):
        train(trainer)
    assert not list(trainer.folder.rglob("*.pt*"))
