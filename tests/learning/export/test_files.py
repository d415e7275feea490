# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Exported files act as the library's own policy does, in rollouts in which episodes end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
import yaml

from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.export.files import write_onnx, write_torchscript
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from tests.learning.point_env import PointEnv

AGENTS = Path(__file__).parents[3] / "agents"
NUM_ENVS, STEPS, ROW = 4, 12, 2

Act = Callable[..., tuple[np.ndarray, ...]]
Exported = tuple[str, LibraryTrainer, Path]
"""The name of a policy, its trainer, and the folder with its files."""


def rsl_rl_cfg(recurrent: dict[str, Any] | None = None) -> Any:
    from isaaclab_rl.rsl_rl import RslRlPpoActorCriticRecurrentCfg

    from isaaclab_factory.agents.rsl_rl.peg_insert import PegInsertPPORunnerCfg

    cfg = PegInsertPPORunnerCfg()
    if recurrent:
        fields = {key: value for key, value in vars(cfg.policy).items() if key != "class_name"}
        cfg.policy = RslRlPpoActorCriticRecurrentCfg(**fields, **recurrent)
    cfg.policy.actor_hidden_dims = [16, 8]
    return cfg


def yaml_cfg(library: str) -> dict[str, Any]:
    return yaml.safe_load((AGENTS / library / "peg_insert.yaml").read_text())


def skrl_cfg(rnn: dict[str, Any] | None = None) -> dict[str, Any]:
    cfg = yaml_cfg("skrl")
    policy = cfg["models"]["policy"]
    policy["network"][0]["layers"] = [16, 8]
    if rnn:
        policy |= {"class": "RecurrentGaussian", "rnn": rnn | {"units": 12, "sequence_length": 4}}
    return cfg


def rl_games_cfg(rnn: dict[str, Any] | None = None, **network: Any) -> dict[str, Any]:
    cfg = yaml_cfg("rl_games")
    params = cfg["params"]
    params["env"] = {"clip_observations": 4.0, "clip_actions": 0.7}
    params["network"] |= network | ({"rnn": rnn} if rnn else {})
    params["network"]["mlp"]["units"] = [16, 8]
    params["config"] |= {"seq_length": 4}
    return cfg


LSTM = {"rnn_type": "lstm", "rnn_hidden_dim": 12, "rnn_num_layers": 2}
GRU = {"rnn_type": "gru", "rnn_hidden_dim": 12, "rnn_num_layers": 1}
REFERENCE_LSTM = {
    "name": "lstm",
    "units": 12,
    "layers": 2,
    "before_mlp": True,
    "concat_input": True,
    "layer_norm": True,
}
RL_GAMES_GRU = {"name": "gru", "units": 12, "layers": 1, "concat_input": True, "concat_output": True}

POLICIES = {
    "rsl_rl": ("rsl_rl", rsl_rl_cfg, []),
    "rsl_rl lstm": ("rsl_rl", lambda: rsl_rl_cfg(LSTM), [(2, 12), (2, 12)]),
    "rsl_rl gru": ("rsl_rl", lambda: rsl_rl_cfg(GRU), [(1, 12)]),
    "rl_games": ("rl_games", rl_games_cfg, []),
    "rl_games lstm": ("rl_games", lambda: rl_games_cfg(REFERENCE_LSTM), [(2, 12), (2, 12)]),
    "rl_games gru": ("rl_games", lambda: rl_games_cfg(RL_GAMES_GRU), [(1, 12)]),
    "rl_games separate": ("rl_games", lambda: rl_games_cfg(separate=True), []),
    "rl_games separate lstm": ("rl_games", lambda: rl_games_cfg(REFERENCE_LSTM, separate=True), [(2, 12), (2, 12)]),
    "skrl": ("skrl", skrl_cfg, []),
    "skrl lstm": ("skrl", lambda: skrl_cfg({"type": "lstm", "layers": 2}), [(2, 12), (2, 12)]),
    "skrl gru": ("skrl", lambda: skrl_cfg({"type": "gru", "layers": 1}), [(1, 12)]),
}
"""Library, configuration, and layers and size of each tensor of the state."""


def statistics(trainer: LibraryTrainer, library: str) -> dict[str, torch.Tensor]:
    """The tensors of a trainer's own normaliser of observations, by what they are."""
    if library == "rsl_rl":
        normalizer = trainer.runner.alg.policy.actor_obs_normalizer
        return {"mean": normalizer._mean, "variance": normalizer._var, "std": normalizer._std}
    if library == "rl_games":
        normalizer = trainer.agent.model.running_mean_std
        return {"mean": normalizer.running_mean, "variance": normalizer.running_var}
    normalizer = trainer.runner.agent._observation_preprocessor
    return {"mean": normalizer.running_mean, "variance": normalizer.running_variance}


def networks(trainer: LibraryTrainer, library: str) -> torch.nn.Module:
    if library == "rsl_rl":
        return trainer.runner.alg.policy
    return trainer.agent.model if library == "rl_games" else trainer.runner.agent.policy


def make_trainer(name: str, folder: Path) -> LibraryTrainer:
    """A trainer whose every parameter and statistic differs from what it starts with."""
    library, make_cfg, state = POLICIES[name]
    torch.manual_seed(1)
    cfg = make_cfg()
    trainer_class(library).configure(cfg, "cpu", 7, 1)
    trainer = trainer_class(library)(EpisodeRecorder(PointEnv(NUM_ENVS)), cfg, folder / "run", "cpu")
    gain = 2.5 if state else 1.0  # so that some actions reach their limits
    with torch.no_grad():
        for parameter in networks(trainer, library).parameters():
            parameter.normal_(0.0, gain / parameter.shape[-1] ** 0.5 if parameter.ndim > 1 else 0.3)
        found = statistics(trainer, library)
        variance = torch.tensor([0.09, 4.0]).double()
        for key, value in {"mean": torch.tensor([1.5, -0.8]), "variance": variance, "std": variance.sqrt()}.items():
            if key in found:
                found[key].copy_(value.reshape(found[key].shape))
    return trainer


@pytest.fixture(scope="module", params=POLICIES)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("export")
    trainer = make_trainer(request.param, folder)
    write_torchscript(trainer.exportable(), folder / "policy.pt")
    write_onnx(trainer.exportable(), folder / "policy.onnx")
    return request.param, trainer, folder


def torchscript_act(path: Path) -> Act:
    policy = torch.jit.load(path)

    def act(*inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        with torch.no_grad():
            outputs = policy(*map(torch.from_numpy, inputs))
        return tuple(output.numpy() for output in (outputs if isinstance(outputs, tuple) else (outputs,)))

    return act


def onnx_act(path: Path) -> Act:
    session = onnxruntime.InferenceSession(path)
    names = [tensor.name for tensor in session.get_inputs()]
    return lambda *inputs: tuple(session.run(None, dict(zip(names, inputs, strict=True))))


def rollout_inputs() -> tuple[torch.Tensor, torch.Tensor]:
    """Observations (steps, num_envs, 2), some far off, and which episodes end with a step (steps, num_envs)."""
    generator = torch.Generator().manual_seed(3)
    obs = 3.0 * torch.randn(STEPS, NUM_ENVS, 2, generator=generator)
    return obs, torch.rand(STEPS, NUM_ENVS, generator=generator) < 0.25


def library_actions(trainer: LibraryTrainer) -> np.ndarray:
    policy = trainer.policy()
    actions = []
    with torch.inference_mode():
        policy.reset(torch.ones(NUM_ENVS, dtype=torch.bool))
        for obs, done in zip(*rollout_inputs(), strict=True):
            actions.append(policy.act({"policy": obs.clone(), "critic": torch.zeros(NUM_ENVS, 3)}).clone())
            policy.reset(done)
    return torch.stack(actions).numpy()


def file_actions(act: Act, shapes: list[tuple[int, int]], rows: slice) -> np.ndarray:
    all_obs, all_done = rollout_inputs()
    num_envs = len(range(NUM_ENVS)[rows])
    state = [np.zeros((layers, num_envs, size), dtype=np.float32) for layers, size in shapes]
    actions = []
    for obs, done in zip(all_obs[:, rows].numpy(), all_done[:, rows].numpy(), strict=True):
        action, *state = act(obs, *state)
        actions.append(action)
        state = [tensor * ~done[:, None] for tensor in state]
    return np.stack(actions)


@pytest.mark.parametrize("rows", [slice(None), slice(ROW, ROW + 1)], ids=["all", "one"])
@pytest.mark.parametrize("kind", ["torchscript", "onnx"])
def test_files_act_as_the_library_does(exported: Exported, kind: str, rows: slice) -> None:
    name, trainer, folder = exported
    act = torchscript_act(folder / "policy.pt") if kind == "torchscript" else onnx_act(folder / "policy.onnx")
    actual = file_actions(act, POLICIES[name][2], rows)
    expected = library_actions(trainer)
    np.testing.assert_allclose(actual, expected[:, rows], rtol=0.0, atol=1e-5)
    limit = 0.7 if name.startswith("rl_games") else 1.0
    clipped = (np.abs(expected) == np.float32(limit)).mean()
    assert 0.02 < clipped < 0.9, "the rollout should reach the limits of the actions, and not always"


def test_inputs_and_outputs_are_named_and_of_any_batch_size(exported: Exported) -> None:
    name, _, folder = exported
    shapes = POLICIES[name][2]
    session = onnxruntime.InferenceSession(folder / "policy.onnx")
    states = ["hidden", "cell"][: len(shapes)]
    batches = [[layers, "batch", size] for layers, size in shapes]
    assert {tensor.name: tensor.shape for tensor in session.get_inputs()} == {
        "obs": ["batch", 2],
        **{f"{state}_in": shape for state, shape in zip(states, batches, strict=True)},
    }
    assert {tensor.name: tensor.shape for tensor in session.get_outputs()} == {
        "actions": ["batch", 2],
        **{f"{state}_out": shape for state, shape in zip(states, batches, strict=True)},
    }


@pytest.mark.parametrize("name", ["rsl_rl lstm", "rl_games", "skrl", "skrl gru"])
def test_a_policy_is_exported_right_after_a_training(name: str, tmp_path: Path) -> None:
    before = library_actions(make_trainer(name, tmp_path / "twin"))
    trainer = make_trainer(name, tmp_path)
    with TrainingLog(tmp_path, trainer.recorder, 1) as log:
        trainer.train(log)
    with torch.inference_mode():  # as where a policy is played
        policy = trainer.exportable()
        write_torchscript(policy, tmp_path / "policy.pt")
        write_onnx(policy, tmp_path / "policy.onnx")
    expected = library_actions(trainer)
    assert np.abs(expected - before).max() > 1e-3
    for act in (torchscript_act(tmp_path / "policy.pt"), onnx_act(tmp_path / "policy.onnx")):
        actual = file_actions(act, POLICIES[name][2], slice(None))
        np.testing.assert_allclose(actual, expected, rtol=0.0, atol=1e-5)


def test_exporting_leaves_the_trainer_as_it_was(exported: Exported, tmp_path: Path) -> None:
    _, trainer, _ = exported
    before = library_actions(trainer)
    policy = trainer.exportable()
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.zero_()
    np.testing.assert_array_equal(library_actions(trainer), before)
