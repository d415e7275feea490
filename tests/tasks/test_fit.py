# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Parts that were changed after the assembly was made still have to fit."""

import pytest
from isaaclab.sim import CuboidCfg
from isaaclab_tasks.utils import parse_env_cfg

from isaaclab_factory.testing import TermEnv


def few_rows(task: str):
    return parse_env_cfg(f"Isaac-Factory-{task}-v0", device="cpu", num_envs=2)


@pytest.mark.parametrize(
    ("task", "entity", "field", "value", "said"),
    [
        ("PegInsert", "held_asset", "diameter", 0.02, "Hole and Peg do not fit: .* got -0.005950 m"),
        ("PegInsert", "held_asset", "section", "square", "square peg and a round hole"),
        ("GearMesh", "held_asset", "bore_diameter", 0.0099, "GearBase and Gear do not fit"),
        ("NutThread", "held_asset", "size", "M10", "nut M10 does not go on a bolt M16"),
        ("NutThread", "fixed_asset", "size", "M10", "nut M16 does not go on a bolt M10"),
    ],
)
def test_a_part_that_no_longer_fits_is_refused(task, entity, field, value, said):
    cfg = few_rows(task)
    setattr(getattr(cfg.scene, entity).spawn.part, field, value)
    with pytest.raises(ValueError, match=said):
        TermEnv(cfg)


def test_a_part_that_fits_better_is_taken():
    cfg = few_rows("PegInsert")
    cfg.scene.held_asset.spawn.part.diameter = 0.0075
    TermEnv(cfg)


def test_a_part_that_does_not_tell_its_dimensions_is_let_pass():
    cfg = few_rows("PegInsert")
    cfg.scene.held_asset.spawn = CuboidCfg(size=(0.5, 0.5, 0.5))
    TermEnv(cfg)
