# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The plugins of the page about plugins: each trains on the point task as its command says, and acts afterwards."""

import pkgutil
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import gymnasium
import pytest
import torch
from rl_games.algos_torch import model_builder
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.tasks import LIBRARIES, check_agent
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config import plugins
from isaaclab_factory.learning.config.overrides import apply_override
from isaaclab_factory.learning.config.settings import settle_agent
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation.measure import evaluate
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from tests.docs.blocks import read_blocks
from tests.learning.learners import train
from tests.learning.point_env import PointEnv

BLOCKS = read_blocks(Path(__file__).parents[2] / "docs" / "plugins.md")
FILES = {block.file: block.content for block in BLOCKS if block.file}
COMMANDS = [command for block in BLOCKS if block.language == "bash" for command in block.commands]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with the files of the page; what they register is forgotten after the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(plugins, "_plugins", {})
    monkeypatch.setattr(model_builder, "NETWORK_REGISTRY", dict(model_builder.NETWORK_REGISTRY))
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    kwargs = {task: dict(spec.kwargs) for task, spec in gymnasium.registry.items()}
    yield tmp_path
    for task, before in kwargs.items():
        gymnasium.registry[task].kwargs = before
    for name in FILES:
        sys.modules.pop(Path(name).stem, None)


def follow(command: str, folder: Path, *overrides: str) -> LibraryTrainer:
    """Returns the learner of a command of the page, on the point task, before it has learned.

    Args:
        command: The command.
        folder: Where the run's folder is made.
        *overrides: Further words of the command.
    """
    python, script, *words = shlex.split(command)
    assert (python, script) == (".venv/bin/python", "scripts/train.py")
    args, said = split_overrides(training_parser(), [*words, *overrides])
    session.find_task(args)
    cfg = gymnasium.spec(args.task).kwargs[check_agent(args.task, args.lib, args.agent)]
    cfg = (pkgutil.resolve_name(cfg) if isinstance(cfg, str) else cfg)()
    for word in said:
        apply_override({"agent": cfg}, word)
    settle_agent(cfg, args.lib, device="cpu", seed=7, max_iterations=2)
    torch.manual_seed(7)
    run = folder / f"run_{len(list(folder.glob('run_*')))}"
    run.mkdir()
    return trainer_class(args.lib)(EpisodeRecorder(PointEnv(16)), cfg, run, "cpu")


def curve(trainer: LibraryTrainer, tag: str) -> list[float]:
    """Returns the values of a curve in TensorBoard."""
    events = EventAccumulator(str(trainer.folder))
    events.Reload()
    return [point.value for point in events.Scalars(tag)]


def command_of(file: str) -> str:
    (command,) = (command for command in COMMANDS if f"--plugin {Path(file).stem} " in command)
    return command


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_network_of_a_plugin_is_trained_saved_loaded_and_exported(library: str, folder: Path) -> None:
    trainer, again = (follow(command_of(f"residual_{library}.py"), folder) for _ in range(2))
    again.load(train(trainer))
    assert evaluate(PointEnv(16), again.policy()) == evaluate(PointEnv(16), trainer.policy())

    obs = PointEnv(16).reset()[0]
    with torch.inference_mode():
        torch.testing.assert_close(trainer.exportable()(obs["policy"]), trainer.policy().act(obs))
    blocks = {
        "rsl_rl": lambda: trainer.runner.alg.actor.mlp[1:4],
        "rl_games": lambda: trainer.agent.model.a2c_network.blocks,
        "skrl": lambda: trainer.runner.agent.policy.blocks,
    }[library]()
    assert [block[0].weight.shape for block in blocks] == 3 * [(128, 128)], "as many blocks as the command says"


@pytest.mark.slow
def test_the_curve_of_an_observer_is_with_the_others(folder: Path) -> None:
    trainer = follow(command_of("residual_rl_games.py"), folder)
    train(trainer)
    std = trainer.agent.model.a2c_network.log_std.exp().mean().item()
    values = curve(trainer, "policy/std")
    assert len(values) == 2
    assert values[-1] == pytest.approx(std, rel=1e-6)


@pytest.mark.slow
def test_an_algorithm_of_rsl_rl_learns(folder: Path) -> None:
    trainer = follow(command_of("residual_rsl_rl.py"), folder)
    train(trainer)
    assert type(trainer.runner.alg).__name__ == "FadingEntropy"
    assert curve(trainer, "Loss/entropy_coef") == pytest.approx([0.01 * 0.99, 0.01 * 0.99**2])


@pytest.mark.slow
def test_an_algorithm_of_rl_games_learns_and_its_player_acts(folder: Path) -> None:
    trainer = follow(command_of("gentle_rl_games.py"), folder)
    train(trainer)
    assert type(trainer.agent).__name__ == "FadingEntropy"
    assert trainer.agent.entropy_coef == pytest.approx(0.01 * 0.99**2)

    obs = PointEnv(16).reset()[0]
    with torch.inference_mode():
        played = trainer.policy().act(obs)
        torch.manual_seed(1)
        drawn = trainer.policy(stochastic=True).act(obs)
        torch.testing.assert_close(played, 0.5 * trainer.exportable()(obs["policy"]))
    assert not torch.equal(drawn, played)


def test_a_player_has_memory_until_the_end_of_an_episode(folder: Path) -> None:
    trainer = follow(f"{command_of('gentle_rl_games.py')} --agent rl_games_gru_cfg_entry_point", folder)
    obs = PointEnv(16).reset()[0]
    done = torch.arange(16) < 4
    with torch.inference_mode():
        policy = trainer.policy()
        first, second = policy.act(obs), policy.act(obs)
        policy.reset(done)
        third = policy.act(obs)
    assert not torch.allclose(first, second, atol=1e-6)
    torch.testing.assert_close(third[done], first[done])
    assert not torch.allclose(third[~done], first[~done], atol=1e-6)


@pytest.mark.parametrize(
    ("library", "override", "said"),
    [
        ("rl_games", "agent.params.network.name=residul", "agent.params.network.name is 'residul'; it can be act"),
        ("rl_games", "agent.params.model.name=x", "agent.params.model.name is 'x'; it can be central_value"),
        ("rl_games", "agent.params.algo.name=sac", "agent.params.algo.name is 'sac'; it can be a2c_continuous"),
        ("rsl_rl", "agent.actor.class_name=os:system", "system', which is of no plugin: add --plugin"),
        ("rsl_rl", "agent.actor.class_name=residual_rsl_rl:Foo", "module 'residual_rsl_rl' has no attribute 'Foo'"),
        ("skrl", "agent.models.policy.class=other:Foo", "'other:Foo', which is of no plugin: add --plugin other"),
    ],
)
def test_a_name_that_is_not_registered_is_reported(library: str, override: str, said: str, folder: Path) -> None:
    with pytest.raises(UserError) as caught:
        follow(command_of(f"residual_{library}.py"), folder, override)
    assert said in str(caught.value)


def test_a_function_of_a_plugin_that_fails_is_reported_with_its_line(folder: Path) -> None:
    (folder / "broken.py").write_text("def setup_rl_games(runner):\n    runner.algo_factory.register('x')\n")
    with pytest.raises(
        UserError, match=r"setup_rl_games of the plugin 'broken' fails: AttributeError: .*broken\.py, line 2"
    ):
        follow(f"{command_of('gentle_rl_games.py')} --plugin broken", folder)
    sys.modules.pop("broken")


def test_an_algorithm_without_the_packages_log_is_refused(folder: Path) -> None:
    ours, theirs = "isaaclab_factory.learning.libraries.rl_games", "rl_games.algos_torch.a2c_continuous"
    content = FILES["gentle_rl_games.py"].replace(f"{ours} import Agent", f"{theirs} import A2CAgent as Agent")
    (folder / "gentle_rl_games.py").write_text(content)
    with pytest.raises(UserError, match=r"the algorithm 'fading_entropy' must derive from .*rl_games\.Agent"):
        follow(command_of("gentle_rl_games.py"), folder)


def test_every_library_has_a_plugin_and_every_plugin_a_command() -> None:
    assert {f"residual_{library}.py" for library in LIBRARIES} | {"gentle_rl_games.py"} == set(FILES)
    assert len(COMMANDS) == len(FILES)
    assert all(command_of(file) for file in FILES)
