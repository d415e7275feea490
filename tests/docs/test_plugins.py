# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The plugins of the page about plugins: each is trained on the point task as its command says, and acts after it."""

import pkgutil
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import pytest
import torch
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf
from rl_games.algos_torch import model_builder
from rsl_rl.runners import on_policy_runner
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from isaaclab_factory.learning import plugins
from isaaclab_factory.learning.arguments import LIBRARIES, split_overrides, training_parser
from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.measuring.evaluation import evaluate
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from isaaclab_factory.learning.run_folder.runs import find_checkpoint
from tests.docs.blocks import read_blocks
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
    known, kwargs = set(vars(on_policy_runner)), {task: dict(spec.kwargs) for task, spec in gymnasium.registry.items()}
    yield tmp_path
    for name in set(vars(on_policy_runner)) - known:
        delattr(on_policy_runner, name)
    for task, before in kwargs.items():
        gymnasium.registry[task].kwargs = before
    for name in FILES:
        sys.modules.pop(Path(name).stem, None)


def follow(command: str, folder: Path, *overrides: str) -> LibraryTrainer:
    """Returns what a command of the page trains, after two iterations on the point task."""
    python, script, *words = shlex.split(command)
    assert (python, script) == (".venv/bin/python", "scripts/train.py")
    parser = training_parser()
    args, said = split_overrides(parser, words)
    for module in args.plugin:
        plugins.import_plugin(module)
    cfg = overridden(args.task, args.agent or f"{args.lib}_cfg_entry_point", [*said, *overrides])
    trainer = build(args.lib, cfg, folder / "first")
    with TrainingLog(trainer.folder, trainer.recorder, trainer.num_iterations(cfg)) as log:
        trainer.train(log)
    trainer.save()
    return trainer


def overridden(task: str, agent_key: str, overrides: list[str]) -> Any:
    """Returns hyperparameters of a task with overrides, which are put there as Hydra does."""
    cfg = gymnasium.spec(task).kwargs[agent_key]
    cfg = (pkgutil.resolve_name(cfg) if isinstance(cfg, str) else cfg)()
    values = OmegaConf.create(cfg if isinstance(cfg, dict) else cfg.to_dict())
    OmegaConf.set_struct(values, True)
    for override in OverridesParser.create().parse_overrides(overrides):
        OmegaConf.update(values, override.key_or_group.removeprefix("agent."), override.value(), merge=True)
    values = OmegaConf.to_container(values)
    if isinstance(cfg, dict):
        return values
    cfg.from_dict(values)
    return cfg


def build(library: str, cfg: Any, folder: Path) -> LibraryTrainer:
    torch.manual_seed(7)
    trainer_type = trainer_class(library)
    trainer_type.configure(cfg, "cpu", 7, 2)
    trainer_type.check(cfg)
    folder.mkdir()
    return trainer_type(EpisodeRecorder(PointEnv(16)), cfg, folder, "cpu")


def curve(folder: Path, tag: str) -> list[float]:
    """Returns the values of a run's curve in TensorBoard."""
    events = EventAccumulator(str(folder / "summaries"))
    events.Reload()
    return [point.value for point in events.Scalars(tag)]


def command_of(file: str) -> str:
    (command,) = (command for command in COMMANDS if f"--plugin {Path(file).stem} " in command)
    return command


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_network_of_a_plugin_is_trained_saved_loaded_and_exported(library: str, folder: Path) -> None:
    trainer = follow(command_of(f"residual_{library}.py"), folder)
    again = build(library, trainer.agent_cfg, folder / "again")
    again.load(find_checkpoint(trainer.folder, library))
    assert evaluate(PointEnv(16), again.policy()) == evaluate(PointEnv(16), trainer.policy())

    obs = PointEnv(16).reset()[0]
    with torch.inference_mode():
        acts = trainer.policy().act(obs)
        torch.testing.assert_close(trainer.exportable()(obs["policy"]), acts)
    network = {
        "rsl_rl": lambda: trainer.runner.alg.policy.actor[1:4],
        "rl_games": lambda: trainer.agent.model.a2c_network.blocks,
        "skrl": lambda: trainer.runner.agent.policy.blocks,
    }[library]()
    assert len(network) == 3, "as many blocks as the command says"
    assert [block[0].weight.shape for block in network] == 3 * [(128, 128)]


def test_the_curve_of_the_observer_is_with_the_others(folder: Path) -> None:
    trainer = follow(command_of("residual_rl_games.py"), folder)
    values = curve(trainer.folder, "policy/std")
    std = trainer.agent.model.a2c_network.log_std.exp().mean().item()
    assert len(values) == 2
    assert values[-1] == pytest.approx(std, rel=1e-6)


def test_isaac_labs_own_observer_draws_the_terms_of_the_episodes(folder: Path) -> None:
    (folder / "gentle_rl_games.py").write_text(
        FILES["gentle_rl_games.py"]
        + "    from isaaclab_rl.rl_games import MultiObserver\n"
        + "    from rl_games.common.algo_observer import IsaacAlgoObserver\n"
        + "    runner.algo_observer = MultiObserver([runner.algo_observer, IsaacAlgoObserver()])\n"
    )
    trainer = follow(command_of("gentle_rl_games.py"), folder)
    assert len(curve(trainer.folder, "Episode/Metrics/assembly_goal/success")) == 2


def test_the_algorithm_of_rsl_rl_learns(folder: Path) -> None:
    trainer = follow(command_of("residual_rsl_rl.py"), folder)
    assert type(trainer.runner.alg).__name__ == "FadingEntropy"
    assert curve(trainer.folder, "Loss/entropy_coef") == pytest.approx([0.01 * 0.99, 0.01 * 0.99**2])


def test_the_algorithm_of_rl_games_learns_and_its_player_acts(folder: Path) -> None:
    trainer = follow(command_of("gentle_rl_games.py"), folder)
    assert type(trainer.agent).__name__ == "FadingEntropy"
    assert trainer.agent.entropy_coef == pytest.approx(0.01 * 0.99**2)

    obs = PointEnv(16).reset()[0]
    trainer._has_player = False
    with torch.inference_mode():
        whole = trainer.policy().act(obs)
    trainer._has_player = True
    with torch.inference_mode():
        torch.testing.assert_close(trainer.policy().act(obs), 0.5 * whole)
        torch.manual_seed(1)
        drawn = trainer.policy(stochastic=True).act(obs)
    assert not torch.equal(drawn, 0.5 * whole)


def test_a_player_remembers_as_its_network_does_and_forgets_at_the_end_of_an_episode(folder: Path) -> None:
    command = f"{command_of('gentle_rl_games.py')} --agent rl_games_gru_cfg_entry_point"
    trainer = follow(command, folder)
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
    ("library", "overrides", "said"),
    [
        (
            "rl_games",
            ["agent.params.network.name=residul"],
            "agent.params.network.name is 'residul', and there are act",
        ),
        ("rl_games", ["agent.params.model.name=x"], "agent.params.model.name is 'x', and there are central_value"),
        ("rl_games", ["agent.params.algo.name=sac"], "agent.params.algo.name is 'sac', and there are a2c_continuous"),
        ("rsl_rl", ["agent.policy.class_name=Foo"], "is 'Foo', and there are ActorCritic, ActorCriticRecurrent"),
        ("rsl_rl", ["agent.algorithm.class_name=Foo"], "is 'Foo', and there are PPO; a plugin's is <module>:<class>"),
        ("rsl_rl", ["agent.policy.class_name='print(1)'"], "is 'print(1)', and there are ActorCritic"),
        ("rsl_rl", ["agent.policy.class_name='os:system'"], "'os:system', which is of no plugin: add --plugin os"),
        ("rsl_rl", ["agent.policy.class_name=residual_rsl_rl:Foo"], "but residual_rsl_rl has no class 'Foo'"),
        ("skrl", ["agent.models.policy.class=other:Foo"], "'other:Foo', which is of no plugin: add --plugin other"),
        ("skrl", ["agent.agent.class=residual_skrl:Foo"], "agent.agent.class is PPO, not 'residual_skrl:Foo'"),
    ],
)
def test_what_is_not_registered_is_told(library: str, overrides: list[str], said: str, folder: Path) -> None:
    with pytest.raises(UserError) as caught:
        follow(command_of(f"residual_{library}.py"), folder, *overrides)
    assert said in str(caught.value)


def test_a_function_of_a_plugin_that_fails_is_told_with_its_line(folder: Path) -> None:
    (folder / "broken.py").write_text("def setup_rl_games(runner):\n    runner.algo_factory.register('x')\n")
    plugins.import_plugin("broken")
    with pytest.raises(
        UserError, match=r"setup_rl_games of the plugin 'broken' fails: AttributeError: .*broken\.py, line 2"
    ):
        follow(command_of("gentle_rl_games.py"), folder)
    sys.modules.pop("broken")


def test_an_algorithm_without_the_projects_log_is_told(folder: Path) -> None:
    content = FILES["gentle_rl_games.py"].replace(
        "isaaclab_factory.learning.libraries.rl_games_trainer import Agent",
        "rl_games.algos_torch.a2c_continuous import A2CAgent as Agent",
    )
    (folder / "gentle_rl_games.py").write_text(content)
    with pytest.raises(UserError, match=r"the algorithm 'fading_entropy' must derive from .*rl_games_trainer\.Agent"):
        follow(command_of("gentle_rl_games.py"), folder)


def test_the_page_has_a_plugin_for_every_library_and_a_command_for_every_plugin() -> None:
    assert {f"residual_{library}.py" for library in LIBRARIES} | {"gentle_rl_games.py"} == set(FILES)
    assert len(COMMANDS) == len(FILES)
    assert all(command_of(file) for file in FILES)
