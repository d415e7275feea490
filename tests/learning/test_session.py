# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What every script does with the flags of the task and the simulation."""

import argparse
import sys
from pathlib import Path
from types import SimpleNamespace

import gymnasium
import pytest
import torch
from isaaclab.sensors import CameraCfg
from isaaclab.sim import PinholeCameraCfg, SimulationContext
from pyglet.lib import load_library

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.errors import UserError
from tests.learning.point_env import PointEnv
from tests.tasks.task_env import load_cfg


def parse(*argv: str) -> argparse.Namespace:
    return split_overrides(training_parser("rsl_rl"), list(argv))[0]


def test_a_module_before_the_task_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "colon_task.py").write_text(
        "import gymnasium\n"
        "gymnasium.register('Colon', entry_point='x:X', kwargs={'env_cfg_entry_point': 'colon_task:Cfg'})\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    args = parse("--task", "colon_task:Colon")
    try:
        session.find_task(args)
    finally:
        gymnasium.registry.pop("Colon", None)
    assert (args.task, args.plugin) == ("Colon", ["colon_task"])  # as --plugin colon_task --task Colon


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("no_such_module:Colon", "no module 'no_such_module' for --plugin"),
        ("a/b.py:Colon", "--task: 'a/b.py' is no module's name"),
        ("Isaac-Factory-PegInsrt", "did you mean Isaac-Factory-PegInsert"),
    ],
)
def test_a_task_that_is_not_there_is_reported(task: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        session.find_task(parse("--task", task))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("words", "task"),
    [
        (["--checkpoint", "{}/nn/gear_mesh_ep_3.pth"], "Isaac-Factory-GearMesh"),
        (["--checkpoint", "{}"], "Isaac-Factory-GearMesh"),
        (["--checkpoint", "{}/.."], "Isaac-Factory-GearMesh"),
        (["--checkpoint", "{}", "--task", "Isaac-Factory-NutThread"], "Isaac-Factory-NutThread"),
        (["--checkpoint", "latest"], "Isaac-Factory-PegInsert"),
        ([], "Isaac-Factory-PegInsert"),
    ],
)
def test_the_task_is_that_of_the_checkpoint_unless_one_is_named(words: list[str], task: str, tmp_path: Path) -> None:
    run = tmp_path / "2026-01-01_10-00-00"
    (run / "params").mkdir(parents=True)
    (run / "run.json").write_text('{"task": "Isaac-Factory-GearMesh"}')
    args = parse(*(word.format(run) for word in words))
    session.find_task(args)
    assert args.task == task


FACTORY = "Isaac-Factory-PegInsert"


@pytest.mark.parametrize(
    ("gpu", "argv", "words", "device", "added"),
    [
        (False, [], [], "cpu", ["physics=newton_mujoco"]),
        (True, [], [], "cuda:0", ["physics=newton_mjwarp"]),
        (True, ["--device", "cpu"], [], "cpu", ["physics=newton_mujoco"]),
        (True, [], ["physics=newton_mujoco"], "cpu", []),
        (False, [], ["physics=newton_mjwarp"], "cpu", []),
        (True, ["--device", "cuda:1"], ["physics=isaacsim_physx"], "cuda:1", []),
        (True, [], ["env.sim.physics=newton_mjwarp"], "cuda:0", []),
        (False, ["--task", "Isaac-Cartpole"], [], "cpu", []),
    ],
)
def test_device_and_engine_go_together(
    gpu: bool, argv: list[str], words: list[str], device: str, added: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    args = parse(*argv)
    session.find_task(args)
    assert session.choose_engine(args, words) == [*words, *added]
    assert args.device == device


@pytest.mark.parametrize(
    ("gpu", "argv", "words", "said"),
    [
        (False, ["--device", "cuda:0"], [], "--device cuda:0: PyTorch finds no GPU; use --device cpu"),
        (True, ["--device", "cuda:0"], ["physics=newton_mujoco"], "physics=newton_mujoco runs on the CPU"),
    ],
)
def test_an_engine_that_does_not_run_on_the_device_is_refused(
    gpu: bool, argv: list[str], words: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    with pytest.raises(UserError, match=said):
        session.choose_engine(parse("--task", FACTORY, *argv), words)


def env_cfg(**changes: object) -> SimpleNamespace:
    sim, scene = SimpleNamespace(device="cuda:0", dt=0.01), SimpleNamespace(num_envs=4)
    return SimpleNamespace(**({"sim": sim, "scene": scene, "decimation": 2, "episode_length_s": 1.0} | changes))


def test_the_command_line_reaches_the_configuration() -> None:
    cfg = env_cfg()
    session.configure_environment(cfg, parse("--device", "cpu", "--num_envs", "7"), seed=3)
    assert (cfg.sim.device, cfg.scene.num_envs, cfg.seed) == ("cpu", 7, 3)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decimation": 0}, "env.decimation must be above zero, not 0"),
        ({"episode_length_s": -1.0}, "env.episode_length_s must be above zero, not -1.0"),
        ({"scene": None}, "env.scene is needed and cannot be null"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        session.configure_environment(env_cfg(**changes), parse("--device", "cpu"), seed=3)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError("USD file not found at path: 'robot.usd'."), "USD file not found at path: 'robot.usd'."),
        (KeyError("assembly_goal"), "there is no 'assembly_goal'"),  # a command that was set to null
        (KeyError("Scene entity with key 'peg' not found."), "Scene entity with key 'peg' not found."),
    ],
)
def test_what_is_missing_is_reported(error: Exception, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def make(cfg: object) -> gymnasium.Env:
        raise error

    monkeypatch.setitem(gymnasium.registry, "Lost-v0", gymnasium.envs.registration.EnvSpec("Lost-v0", make))
    with pytest.raises(UserError) as caught:
        session.make_environment("Lost-v0", None)
    assert str(caught.value) == f"cannot make Lost-v0: {said}"


def test_a_limit_of_gymnasium_for_the_steps_of_an_episode_is_left_to_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """gymnasium's wrapper would return one bool in place of a tensor."""
    spec = gymnasium.envs.registration.EnvSpec("Limited", lambda cfg: PointEnv(4), max_episode_steps=3)
    monkeypatch.setitem(gymnasium.registry, "Limited", spec)
    env = session.make_environment("Limited", None)
    env.reset()
    for _ in range(5):
        *_, truncated, _ = env.step(torch.zeros(4, 2))
        assert truncated.tolist() == 4 * [False]


def test_a_camera_that_needs_isaac_sim_is_refused_with_what_can_be_done() -> None:
    cfg = load_cfg("PegInsert")
    cfg.scene.camera = CameraCfg(
        prim_path="{ENV_REGEX_NS}/Camera", width=8, height=8, spawn=PinholeCameraCfg(), data_types=["rgb"]
    )
    args = parse("--device", "cpu")
    remedy = "needs Isaac Sim, .*; a camera draws without it if its renderer_cfg is Newton"
    with pytest.raises(UserError, match=remedy), session.simulation(cfg, args):
        pass


def test_a_machine_that_cannot_draw_is_reported_with_what_can_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where ``--video`` or ``--viz newton_gl`` finds no libEGL."""
    spec = gymnasium.envs.registration.EnvSpec("Drawn", lambda cfg: load_library("no_such_library"))
    monkeypatch.setitem(gymnasium.registry, "Drawn", spec)
    with pytest.raises(UserError, match=r"^cannot make Drawn: OpenGL cannot draw on this machine: .* libEGL with a"):
        session.make_environment("Drawn", None)


@pytest.mark.parametrize("kind", ["train", "play"])
def test_a_folder_that_takes_no_videos_is_reported_before_anything_is_recorded(tmp_path: Path, kind: str) -> None:
    (tmp_path / "videos").write_text("")  # a file, so that not even root can write below it
    cfg = env_cfg(video_recorders=[])
    with pytest.raises(UserError, match=rf"--video: cannot write to \S*videos/{kind}: "):
        session.record_videos(cfg, parse("--video"), tmp_path, kind)
    assert cfg.video_recorders == []


def test_commands_are_shown_as_the_program_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.executable", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.setattr("sys.argv", [str(tmp_path / "scripts" / "train_skrl.py"), "--task", "x"])
    assert [*session.launcher(), session.script("play")] == [".venv/bin/python", "scripts/play.py"]
    assert session.own_command() == [sys.executable, str(tmp_path / "scripts" / "train_skrl.py")]


@pytest.mark.parametrize("on_path", [False, True])
def test_commands_of_an_installed_package_work_where_they_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_path: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    command = folder / "isaaclab-factory"
    command.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(folder) if on_path else "/usr/bin")
    monkeypatch.setattr("sys.executable", str(folder / "python"))
    monkeypatch.setattr("sys.argv", ["isaaclab-factory train", "--task", "x"])
    shown = "isaaclab-factory" if on_path else ".venv/bin/isaaclab-factory"
    assert [*session.launcher(), session.script("play")] == [shown, "play"]
    again = [str(folder / "python"), "-m", "isaaclab_factory.learning.cli.commands", "train"]
    assert session.own_command() == again


@pytest.mark.slow
def test_views_are_aimed_at_the_first_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(SimulationContext, "set_camera_view", lambda self, *places: seen.append(places))
    args = parse("--num_envs", "4", "--device", "cpu", "--seed", "1")
    session.find_task(args)
    with session.environment(args, []) as env:
        origin = env.unwrapped.scene.env_origins[0]
        view = env.unwrapped.cfg.sim.default_visualizer_cfg
    assert origin.abs().max() > 0.5, "not in the middle of the world"
    ((eye, target),) = seen
    assert (torch.tensor(eye) - origin).tolist() == pytest.approx(view.eye)
    assert (torch.tensor(target) - origin).tolist() == pytest.approx(view.lookat)
