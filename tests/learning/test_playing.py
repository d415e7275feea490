# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Playing trained policies: which checkpoint a command line means, with which networks, and for how long."""

import argparse
import json
import time
from pathlib import Path

import gymnasium
import pytest
import torch

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.configs import load_configs, save_configs
from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.measuring.evaluation import Policy
from isaaclab_factory.learning.playing import play, run_policy
from isaaclab_factory.learning.run_folder.checkpoints import add_policy_arguments, find_source
from isaaclab_factory.learning.run_folder.provenance import RunRecord
from isaaclab_factory.learning.run_folder.runs import create_run_folder, find_checkpoint
from isaaclab_factory.learning.shipping import pretrained
from isaaclab_factory.learning.shipping.publishing import slim_checkpoint
from tests.learning.point_env import EPISODE_STEPS, PointEnv

TASK = "Isaac-Factory-PegInsert-v0"
SMALL = {
    "rsl_rl": ["agent.policy.actor_hidden_dims=[8]"],
    "rl_games": ["agent.params.network.mlp.units=[8]"],
    "skrl": ["agent.agent.experiment.directory=small"],
}
"""Overrides that the runs below were made with, so that the task's own hyperparameters do not fit them."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of each library on PegInsert, of networks that never trained."""
    root = tmp_path_factory.mktemp("logs")
    args = parse("--task", TASK, "--num_envs", "1", "--checkpoint", "x")
    session.start_app(args)
    for library in LIBRARIES:
        agent_key = f"{library}_cfg_entry_point"
        env_cfg, agent_cfg = load_configs(TASK, agent_key, SMALL[library])
        trainer_type = trainer_class(library)
        trainer_type.configure(agent_cfg, "cpu", 7, None)
        session.configure_environment(env_cfg, args, 7)
        folder = create_run_folder(root, library, trainer_type.experiment_name(agent_cfg))
        save_configs(folder, env_cfg, agent_cfg)
        RunRecord(folder, library, [], task=TASK, agent=agent_key)
        if library == LIBRARIES[0]:
            new_stage()
            env = session.make_environment(TASK, env_cfg)
        trainer_type.configure_acting(agent_cfg)
        trainer_type(EpisodeRecorder(env), agent_cfg, folder, "cpu").save()
    env.close()
    return root


@pytest.fixture
def shelf(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of the package's shipped policies, with one of rl_games for PegInsert."""
    (run,) = (runs / "rl_games").glob("*/*")
    folder = tmp_path / "pretrained" / TASK
    folder.mkdir(parents=True)
    slim_checkpoint(find_checkpoint(run, "rl_games"), "rl_games", folder / "policy.pt")
    (folder / "agent.yaml").write_bytes((run / "params" / "agent.yaml").read_bytes())
    record = {"tasks": [TASK], "library": "rl_games", "agent": "rl_games_cfg_entry_point"}
    (folder / "policy.json").write_text(json.dumps(record))
    monkeypatch.setattr(pretrained, "FOLDER", folder.parent)
    return folder


def new_stage() -> None:
    """Makes room for another environment in this process; a script has one."""
    from isaaclab.sim.utils import create_new_stage

    create_new_stage()


def parse(*argv: str) -> argparse.Namespace:
    parser = arguments.OneLineParser()
    arguments.add_environment_arguments(parser)
    add_policy_arguments(parser, "play")
    return parser.parse_args(argv)


class Still:
    """A policy that does nothing, and notes which environments it was told to forget."""

    def __init__(self, num_envs: int) -> None:
        self.zeros = torch.zeros(num_envs, 2)
        self.resets: list[int] = []
        self.policy = Policy(lambda obs: self.zeros, lambda done: self.resets.append(int(done.sum())))


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_plays_with_the_networks_of_the_run(runs: Path, library: str, capsys: pytest.CaptureFixture[str]) -> None:
    (run,) = (runs / library).glob("*/*")
    new_stage()
    play(["--lib", library, "--checkpoint", str(run), "--num_envs", "2", "env.episode_length_s=0.2"])
    first, last = capsys.readouterr().out.splitlines()
    assert first == f"Playing {find_checkpoint(run, library)} ({library}) in {TASK}"
    assert last.startswith(f"{TASK}: 2 episodes, 0.0 % success, mean reward ")


@pytest.mark.slow
def test_plays_the_shipped_policy(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new_stage()
    play(["--use_pretrained_checkpoint", "--num_envs", "2", "--steps", "2"])
    first, last = capsys.readouterr().out.splitlines()
    assert first == f"Playing {shelf / 'policy.pt'} (rl_games) in {TASK}"
    assert last == f"{TASK}: no episode over"


@pytest.mark.slow
def test_a_checkpoint_that_does_not_fit_is_told(runs: Path, tmp_path: Path) -> None:
    (run,) = (runs / "rsl_rl").glob("*/*")
    lonely = tmp_path / "model_0.pt"
    lonely.write_bytes(find_checkpoint(run, "rsl_rl").read_bytes())
    new_stage()
    with pytest.raises(UserError, match="does not fit this task and agent: "):
        play(["--checkpoint", str(lonely), "--num_envs", "1"])


def test_a_checkpoint_in_a_run_folder_has_the_agent_of_the_run(runs: Path, tmp_path: Path) -> None:
    lstm = "rl_games_lstm_cfg_entry_point"
    checkpoint = tmp_path / "nn" / "peg_insert_ep_1.pth"
    checkpoint.parent.mkdir()
    checkpoint.write_bytes(b"")
    named = ("--lib", "rl_games", "--checkpoint", str(checkpoint))
    source = find_source(parse(*named))
    assert (source.agent_key, source.agent_file) == ("rl_games_cfg_entry_point", None)

    save_configs(tmp_path, {}, {})
    RunRecord(tmp_path, "rl_games", [], agent=lstm)
    source = find_source(parse(*named))
    assert (source.agent_key, source.agent_file) == (lstm, tmp_path / "params" / "agent.yaml")
    source = find_source(parse(*named, "--agent", "rl_games_cfg_entry_point"))
    assert (source.agent_key, source.agent_file) == ("rl_games_cfg_entry_point", None)


def test_the_last_checkpoint_is_of_the_newest_run_of_the_task_that_has_one(tmp_path: Path) -> None:
    for stamp, task, has_one in (
        ("2026-01-01_00-00-00", TASK, True),
        ("2026-01-02_00-00-00", TASK, True),
        ("2026-01-03_00-00-00", TASK, False),
        ("2026-01-04_00-00-00", "Isaac-Factory-PegInsert-NoNoise-v0", True),
    ):
        run = tmp_path / "skrl" / "peg_insert" / stamp
        (run / "checkpoints").mkdir(parents=True)
        RunRecord(run, "skrl", [], task=task, agent="skrl_cfg_entry_point")
        if has_one:
            (run / "checkpoints" / "agent_32.pt").write_bytes(b"")
    named = ("--use_last_checkpoint", "--log_root", str(tmp_path), "--lib", "skrl")
    for task in (TASK, "Isaac-Factory-PegInsert-Play-v0"):
        source = find_source(parse("--task", task, *named))
        assert source.checkpoint.parents[1].name == "2026-01-02_00-00-00"
    with pytest.raises(UserError, match=r"no run of Isaac-Factory-GearMesh-v0 with skrl has a checkpoint in .*/skrl"):
        find_source(parse("--task", "Isaac-Factory-GearMesh-v0", *named))


def test_the_library_is_that_of_the_run_unless_another_is_asked_for(runs: Path) -> None:
    for library in LIBRARIES:
        (run,) = (runs / library).glob("*/*")
        checkpoint = find_checkpoint(run, library)
        for given in (run, checkpoint):
            source = find_source(parse("--checkpoint", str(given)))
            assert (source.library, source.checkpoint) == (library, checkpoint.resolve())


def test_without_a_checkpoint_it_is_the_best_of_the_newest_run(runs: Path) -> None:
    (run,) = (runs / "rl_games").glob("*/*")
    named = ("--lib", "rl_games", "--log_root", str(runs))
    last = find_checkpoint(run, "rl_games").resolve()
    assert find_source(parse(*named)).checkpoint == last
    best = run / "best.pth"
    best.write_bytes(last.read_bytes())
    try:
        assert find_source(parse(*named)).checkpoint == best.resolve()
        assert find_source(parse(*named)).agent_file == run / "params" / "agent.yaml"
        for which in (("--use_last_checkpoint",), ("--load_run", run.name, "--checkpoint", last.name)):
            assert find_source(parse(*named, *which)).checkpoint == last
    finally:
        best.unlink()


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (
            ("--log_root", "nowhere"),
            "no run of Isaac-Factory-PegInsert-v0 with rsl_rl has a checkpoint in nowhere/rsl_rl",
        ),
        (("--log_root", "nowhere", "--load_run", "2026"), "no run 2026 of Isaac-Factory-PegInsert-v0 with rsl_rl has"),
        (("--checkpoint", "a.pt", "--use_last_checkpoint"), "not allowed with argument --checkpoint"),
        (("--checkpoint", "nowhere.pt"), "checkpoint nowhere.pt does not exist"),
        (("--checkpoint", "a.pt", "--agent", "foo"), "has no 'foo' for rsl_rl"),
        (("--use_pretrained_checkpoint", "--lib", "skrl"), "was trained with rl_games, not with skrl"),
        (("--use_pretrained_checkpoint", "--task", "Isaac-Factory-GearMesh-v0"), f"there are some for {TASK}"),
    ],
)
def test_a_checkpoint_that_is_not_there_is_told(shelf: Path, argv: tuple[str, ...], said: str) -> None:
    with pytest.raises(UserError, match=said):
        find_source(parse(*argv))


def test_ends_after_the_episodes_and_tells_the_policy_which_are_over() -> None:
    still = Still(4)
    finished = run_policy(PointEnv(4), still.policy, episodes=8)
    assert finished.episodes == 8
    assert still.resets == [4, *(2 * [*(EPISODE_STEPS - 1) * [0], 4])]


def test_ends_after_the_steps() -> None:
    still = Still(4)
    assert run_policy(PointEnv(4), still.policy, steps=EPISODE_STEPS + 3).episodes == 4
    assert len(still.resets) == 1 + EPISODE_STEPS + 3


def test_ctrl_c_ends_it_with_what_is_over_by_then() -> None:
    class Impatient(gymnasium.Wrapper):
        steps = 0

        def step(self, action: torch.Tensor):
            self.steps += 1
            if self.steps == 2 * EPISODE_STEPS + 5:
                raise KeyboardInterrupt
            return super().step(action)

    assert run_policy(Impatient(PointEnv(4)), Still(4).policy).episodes == 8


@pytest.mark.parametrize("real_time", [True, False])
def test_real_time_is_a_bound_and_a_pause_is_not_made_up_for(real_time: bool) -> None:
    class Paused(gymnasium.Wrapper):
        def step(self, action: torch.Tensor):
            if self.unwrapped.episode_length_buf[0] == 2:
                time.sleep(0.2)
            return super().step(action)

    env = PointEnv(1)
    env.cfg.sim.dt = 0.1
    start = time.monotonic()
    run_policy(Paused(env), Still(1).policy, steps=5, real_time=real_time)
    seconds = time.monotonic() - start
    # the step with the pause is as long as the pause; the other four last a tenth of a second each
    assert seconds >= 0.6 if real_time else seconds < 0.5
