# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What every script does with the flags of the task and the simulator."""

import argparse
from pathlib import Path
from types import SimpleNamespace

import gymnasium
import pytest

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import UserError

TASK = "Isaac-Factory-PegInsert-v0"


def parse(*argv: str) -> argparse.Namespace:
    return arguments.split_overrides(arguments.training_parser("rsl_rl"), list(argv))[0]


def test_a_module_before_the_task_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "colon_task.py").write_text(
        "import gymnasium\n"
        "gymnasium.register('Colon-v0', entry_point='x:X', kwargs={'env_cfg_entry_point': 'colon_task:Cfg'})\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    args = parse("--task", "colon_task:Colon-v0")
    try:
        session.find_task(args)
    finally:
        gymnasium.registry.pop("Colon-v0", None)
    assert (args.task, args.plugin) == ("Colon-v0", ["colon_task"])  # as --plugin colon_task --task Colon-v0


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("no_such_module:Colon-v0", "no module 'no_such_module' for --plugin"),
        ("a/b.py:Colon-v0", "--task: 'a/b.py' is no module's name"),
        ("Isaac-Factory-PegInsert-Direct-v0", "did you mean Isaac-Factory-PegInsert-v0"),
    ],
)
def test_a_task_that_is_not_there_is_told(task: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Isaac Lab's own, which there are once somebody imported them
    monkeypatch.delitem(gymnasium.registry, task, raising=False)
    with pytest.raises(UserError) as caught:
        session.find_task(parse("--task", task))
    assert said in str(caught.value)


def test_isaac_labs_own_tasks_are_found() -> None:
    session.start_app(parse())
    args = parse("--task", "Isaac-Cartpole-v0")
    session.find_task(args)
    assert arguments.check_agent(args.task, "rl_games", None) == "rl_games_cfg_entry_point"
    with pytest.raises(UserError, match="unknown task 'Isaac-Nowhere-v0'"):
        session.find_task(parse("--task", "Isaac-Nowhere-v0"))


def test_flags_that_only_isaac_sim_heeds_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    session.start_app(parse("--livestream", "0", "--xr", "--kit_args", "a b", "--headless"))
    note = "note: without Isaac Sim these do nothing: --livestream, --xr, --kit_args\n"
    assert capsys.readouterr() == ("", note)
    session.start_app(parse("--headless"))
    assert capsys.readouterr() == ("", "")


def test_fabric_can_be_switched_off() -> None:
    for flags, used in (((), True), (("--disable_fabric",), False)):
        sim = SimpleNamespace(device="cpu", dt=0.01, use_fabric=True)
        cfg = SimpleNamespace(sim=sim, scene=SimpleNamespace(num_envs=1), decimation=1, episode_length_s=1.0)
        session.configure_environment(cfg, parse(*flags), None)
        assert cfg.sim.use_fabric == used


def test_a_task_that_cannot_describe_its_inputs_and_outputs_is_told() -> None:
    described, direct = SimpleNamespace(export_io_descriptors=False), SimpleNamespace()
    session.describe_io(described, parse())
    assert described.export_io_descriptors is False
    session.describe_io(described, parse("--export_io_descriptors"))
    assert described.export_io_descriptors is True
    with pytest.raises(UserError, match=f"--export_io_descriptors: {TASK} is no manager-based task"):
        session.describe_io(direct, parse("--export_io_descriptors"))


def test_assets_that_are_not_there_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(cfg: object) -> gymnasium.Env:
        raise FileNotFoundError("USD file not found at path: 'robot.usd'.")

    monkeypatch.setitem(gymnasium.registry, "Lost-v0", gymnasium.envs.registration.EnvSpec("Lost-v0", make))
    with pytest.raises(UserError, match=r"cannot make Lost-v0: USD file not found at path: 'robot\.usd'"):
        session.make_environment("Lost-v0", None)
