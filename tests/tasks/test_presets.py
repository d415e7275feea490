# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The variants of the tasks and their physics backends: what they change, and nothing else."""

import functools
import math

import pytest
import torch
from isaaclab.utils import validate
from isaaclab_newton.physics import MJWarpSolverCfg, NewtonCfg
from isaaclab_physx.physics import PhysxCfg
from isaaclab_tasks.utils import parse_env_cfg
from isaaclab_tasks.utils.hydra import resolve_task_config
from isaaclab_tasks.utils.preset_cli import enumerate_task_presets
from isaaclab_tasks.utils.preset_target import PresetTarget

from isaaclab_factory.assets import HOLE_8MM_CFG, HOLE_8MM_TIGHT_CFG
from isaaclab_factory.newton_mujoco import MuJoCoSolverCfg
from tests.tasks.task_env import EXAMPLES, FACTORY, PRESETS, load_cfg, variants

PHYSICS = ("isaacsim_physx", "newton_mjwarp", "newton_mujoco")

JACOBIANS = {"finger_mean", "fingertip"}
"""Presets of one number of the action, for ``env.actions.arm.jacobian=...``."""

AIDED = {"/rewards/lateral_alignment", "/actions/arm/jacobian"}
"""What all variants but the tight hole reward, and where their torques act."""

EARLY_END = {"/rewards/early_end", "/terminations/success_held"}
SEARCH = {"/rewards/search"}
MAGNIFIED = {
    "/observations/policy/fingertip_pos_rel_tip_near",
    "/observations/critic/held_pos_rel_tip_near",
}
TOUCH = {
    "/observations/policy/exerted_force",
    "/observations/policy/contact_point",
    "/observations/policy/contact_point_in_hand",
    "/observations/critic/exerted_force",
    "/observations/critic/contact_point",
}
TIME = {"/observations/policy/episode_time", "/observations/critic/episode_time"}
PLACE = {"/observations/policy/search_place"}
MOTION = {
    f"/observations/{group}/{term}" for group in ("policy", "critic") for term in ("search_delta", "search_followed")
}


@functools.cache
def loaded(task: str, presets: str | None = None, physics: str = "newton_mujoco"):
    """The configuration of a task, to be read only."""
    return load_cfg(task, presets, physics)


def differences(first, second) -> set[str]:
    """Where two configurations differ; a term that only one has, by its own name."""

    def compare(a, b, path=""):
        if not (isinstance(a, dict) and isinstance(b, dict)):
            return set() if a == b else {path}
        missing = {f"{path}/{name}" for name in a.keys() ^ b.keys()}
        return missing.union(*(compare(a[name], b[name], f"{path}/{name}") for name in a.keys() & b.keys()))

    return compare(first.to_dict(), second.to_dict())


@pytest.mark.parametrize("task", [*FACTORY, *EXAMPLES])
def test_the_command_line_offers_these_presets_and_no_others(task):
    offered = enumerate_task_presets(f"Isaac-Factory-{task}")
    assert offered[PresetTarget.PHYSICS] == sorted(PHYSICS)
    assert set(offered[PresetTarget.DOMAIN]) - set(PHYSICS) - JACOBIANS == set(PRESETS[task])


@pytest.mark.parametrize(("task", "preset"), variants())
def test_every_variant_resolves_to_a_complete_configuration(task, preset):
    cfg = loaded(task, preset)
    validate(cfg)
    assert type(cfg) is type(loaded(task))


@pytest.mark.parametrize("task", FACTORY)
def test_aids_magnify_the_last_millimetres_and_reward_alignment_and_an_early_end(task):
    assert differences(loaded(task), loaded(task, "aided")) == MAGNIFIED | AIDED | EARLY_END


@pytest.mark.slow
@pytest.mark.parametrize(("task", "preset"), variants())
def test_the_wrench_acts_at_the_fingertip_in_the_variants_and_where_it_is_asked_to(task, preset):
    as_published = preset in (None, "tight")
    assert loaded(task, preset).actions.arm.jacobian == ("finger_mean" if as_published else "fingertip")
    other = "fingertip" if as_published else "finger_mean"
    overrides = [f"env.actions.arm.jacobian={other}", *([] if preset is None else [f"presets={preset}"])]
    assert parse_env_cfg(f"Isaac-Factory-{task}", overrides=overrides).actions.arm.jacobian == other


@pytest.mark.parametrize("task", FACTORY)
def test_no_noise_only_switches_the_start_noise_of_the_aided_task_off(task):
    aided, no_noise = loaded(task, "aided"), loaded(task, "no_noise")
    assert differences(aided, no_noise) == {"/events/start_noise/params/scale"}
    assert no_noise.events.start_noise.params["scale"] == 0.0


@pytest.mark.parametrize(
    ("task", "more"), [("PegInsert", TIME | PLACE), ("GearMesh", TIME | PLACE), ("NutThread", set())]
)
def test_searching_adds_what_is_felt_and_rewards_and_changes_nothing_else(task, more):
    expected = MAGNIFIED | AIDED | SEARCH | EARLY_END | TOUCH | more
    assert differences(loaded(task), loaded(task, "search")) == expected


@pytest.mark.parametrize("task", ["PegInsert", "GearMesh"])
def test_the_search_motion_changes_the_action_and_what_is_known_of_it_and_is_not_rewarded(task):
    plain, moving = loaded(task), loaded(task, "search_motion")
    arm, searching = plain.actions.arm.to_dict(), moving.actions.arm.to_dict()
    assert {name for name in arm if arm[name] != searching[name]} == {"class_type", "jacobian"}
    action = {f"/actions/arm/{name}" for name in (searching.keys() - arm.keys()) | {"class_type"}}
    assert differences(plain, moving) == action | MAGNIFIED | AIDED | EARLY_END | TOUCH | TIME | MOTION


def test_tight_only_changes_the_hole():
    plain, tight = loaded("PegInsert"), loaded("PegInsert", "tight")
    assert {path.split("/part/")[0] for path in differences(plain, tight)} == {"/scene/fixed_asset/spawn"}
    assert plain.scene.fixed_asset.spawn.part == HOLE_8MM_CFG.spawn.part
    assert tight.scene.fixed_asset.spawn.part == HOLE_8MM_TIGHT_CFG.spawn.part


def test_presets_of_different_things_go_together():
    both = loaded("PegInsert", "search,tight")
    assert differences(loaded("PegInsert", "search"), both) == differences(
        loaded("PegInsert"), loaded("PegInsert", "tight")
    )


def test_two_variants_of_the_same_thing_are_refused():
    with pytest.raises(ValueError, match="Conflicting global presets"):
        loaded("PegInsert", "search,search_motion")


def test_a_variant_that_a_task_does_not_have_is_refused_with_those_that_it_has():
    with pytest.raises(ValueError, match=r"Unknown preset\(s\): search_motion(.|\n)*aided"):
        loaded("NutThread", "search_motion")


@pytest.mark.parametrize(
    ("task", "held_noise", "underside"),
    [("PegInsert", (0.003, 0.0), 0.0), ("GearMesh", (0.003, 0.0), 0.005), ("NutThread", (0.003, 0.0), 0.0)],
)
def test_search_knows_the_noise_along_the_axes_of_the_hand_and_the_underside_of_the_part(task, held_noise, underside):
    cfg = loaded(task, "search")
    assert cfg.rewards.search.params["held_noise"] == held_noise
    assert cfg.rewards.search.params["underside"] == underside
    # the grasp turns the part about the hand's z axis
    noise, yaw = cfg.events.held_part.params["position_noise"], cfg.events.held_part.params["grasp_yaw"]
    along_x = abs(noise[0] * math.cos(yaw)) + abs(noise[1] * math.sin(yaw))
    along_y = abs(noise[0] * math.sin(yaw)) + abs(noise[1] * math.cos(yaw))
    assert held_noise == pytest.approx((along_x, along_y), abs=1e-12)


@pytest.mark.parametrize("task", ["PegInsert", "GearMesh"])
def test_the_search_motion_knows_the_noise_along_the_axes_of_the_hand(task):
    cfg = loaded(task, "search_motion")
    assert cfg.actions.arm.held_noise == cfg.events.held_part.params["position_noise"][:2]


@pytest.mark.parametrize("task", FACTORY)
def test_an_episode_does_not_end_with_its_success_unless_asked(task):
    assert loaded(task, "search").terminations.success_held.params["duration_s"] == math.inf
    name, override = f"Isaac-Factory-{task}", "env.terminations.success_held.params.duration_s=0.25"
    asked = parse_env_cfg(name, overrides=["presets=search", override])
    assert asked.terminations.success_held.params["duration_s"] == 0.25


@pytest.mark.parametrize("task", [*FACTORY, *EXAMPLES])
@pytest.mark.parametrize(
    ("physics", "backend", "solver"),
    [
        ("newton_mujoco", NewtonCfg, MuJoCoSolverCfg),
        ("newton_mjwarp", NewtonCfg, MJWarpSolverCfg),
        ("isaacsim_physx", PhysxCfg, None),
    ],
)
def test_a_physics_backend_changes_the_physics_and_how_friction_is_combined(task, physics, backend, solver):
    cfg = loaded(task, physics=physics)
    assert type(cfg.sim.physics) is backend
    if solver is not None:
        assert type(cfg.sim.physics.solver_cfg) is solver
    changed = {"/".join(path.split("/")[:3]) for path in differences(loaded(task), cfg)}
    # where two parts touch PhysX takes the mean of their friction, which MuJoCo is given
    assert changed <= {"/sim/physics", "/events/held_asset_friction"}


def test_the_default_backend_follows_the_machine():
    name = "mjwarp" if torch.cuda.is_available() else "mujoco"
    default = parse_env_cfg("Isaac-Factory-PegInsert").sim
    assert default.physics.to_dict() == loaded("PegInsert", physics=f"newton_{name}").sim.physics.to_dict()
    assert default.device == ("cuda:0" if torch.cuda.is_available() else "cpu")


def test_mujoco_on_the_cpu_and_mujoco_warp_have_the_same_settings():
    ours, warp = (loaded("PegInsert", physics=f"newton_{name}").sim.physics for name in ("mujoco", "mjwarp"))
    own = {"class_type", "solver_type", "num_threads"}
    cpu, gpu = ours.solver_cfg.to_dict(), warp.solver_cfg.to_dict()
    assert {name for name in cpu.keys() | gpu.keys() if cpu.get(name) != gpu.get(name)} <= own
    assert ours.num_substeps == warp.num_substeps == 4


@pytest.mark.slow
@pytest.mark.parametrize(("task", "preset"), variants(FACTORY))
def test_playing_has_fewer_environments_and_nothing_else(task, preset):
    overrides = [] if preset is None else [f"presets={preset}"]
    name = f"Isaac-Factory-{task}"
    training, _ = resolve_task_config(name, None, overrides=overrides)
    playing, _ = resolve_task_config(name, None, play_mode=True, overrides=overrides)
    assert differences(training, playing) == {"/scene/num_envs"}
    assert playing.scene.num_envs == 16


def test_playing_fewer_environments_than_that_stays_so():
    name = "Isaac-Factory-PegInsert"
    playing, _ = resolve_task_config(name, None, play_mode=True, overrides=["env.scene.num_envs=64"])
    assert playing.scene.num_envs == 64
    cfg = load_cfg("PegInsert")
    cfg.scene.num_envs = 2
    cfg.play_mode()
    assert cfg.scene.num_envs == 2
