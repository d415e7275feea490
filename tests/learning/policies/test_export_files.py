# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Exported files act as the libraries' own policies do, with and without memory."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.policies.export import write_onnx, write_torchscript
from tests.learning.learners import make_trainer, train

NUM_ENVS = 8
ROW = 3
"""The environment that is also computed alone."""
STEPS = 12

Act = Callable[..., tuple[np.ndarray, ...]]
Exported = tuple[str, LibraryTrainer, Path]

LAYERS = {
    "rsl_rl": ["actor.hidden_dims=[16,8]"],
    "rl_games": ["params.network.mlp.units=[16,8]", "params.env={'clip_observations':4.0,'clip_actions':0.7}"],
    "skrl": ["models.policy.network.0.layers=[16,8]"],
}
RL_GAMES_RNN = ["params.network.rnn.units=12", "params.config.seq_length=4"]
REFERENCE_LSTM = [*RL_GAMES_RNN, "params.network.rnn.name=lstm", "params.network.rnn.layers=2"]
SEPARATE = ["params.network.separate=true"]
RSL_RL_RNN = ["actor.rnn_hidden_dim=12"]
SKRL_RNN = ["models.policy.rnn.units=12", "models.policy.rnn.sequence_length=4"]
LSTM_2 = {
    "rsl_rl": [*RSL_RL_RNN, "actor.rnn_type=lstm", "actor.rnn_num_layers=2"],
    "skrl": [*SKRL_RNN, "models.policy.rnn.type=lstm", "models.policy.rnn.layers=2"],
}

POLICIES = {
    "rsl_rl": ("rsl_rl", "", [], []),
    "rsl_rl lstm": ("rsl_rl", "gru_", LSTM_2["rsl_rl"], [(2, 12), (2, 12)]),
    "rsl_rl gru": ("rsl_rl", "gru_", RSL_RL_RNN, [(1, 12)]),
    "rl_games": ("rl_games", "", [], []),
    "rl_games lstm": ("rl_games", "gru_", REFERENCE_LSTM, [(2, 12), (2, 12)]),
    "rl_games gru": ("rl_games", "gru_", RL_GAMES_RNN, [(1, 12)]),
    "rl_games separate": ("rl_games", "", SEPARATE, []),
    "rl_games separate lstm": ("rl_games", "gru_", [*SEPARATE, *REFERENCE_LSTM], [(2, 12), (2, 12)]),
    "skrl": ("skrl", "", [], []),
    "skrl lstm": ("skrl", "gru_", LSTM_2["skrl"], [(2, 12), (2, 12)]),
    "skrl gru": ("skrl", "gru_", SKRL_RNN, [(1, 12)]),
}
"""Library, network, overrides, and layers and size of each tensor of the state."""


def statistics(trainer: LibraryTrainer) -> dict[str, torch.Tensor]:
    """Returns the tensors of a trainer's own normaliser of observations by what they are."""
    if trainer.library == "rsl_rl":
        normalizer = trainer.actor.obs_normalizer
        return {"mean": normalizer._mean, "variance": normalizer._var, "std": normalizer._std}
    if trainer.library == "rl_games":
        normalizer = trainer.agent.model.running_mean_std
        return {"mean": normalizer.running_mean, "variance": normalizer.running_var}
    normalizer = trainer.runner.agent._observation_preprocessor
    return {"mean": normalizer.running_mean, "variance": normalizer.running_variance}


def network(trainer: LibraryTrainer) -> torch.nn.Module:
    """Returns what acts."""
    if trainer.library == "rsl_rl":
        return trainer.actor
    return trainer.agent.model if trainer.library == "rl_games" else trainer.runner.agent.policy


def unlike_at_first(name: str, root: Path) -> LibraryTrainer:
    """Makes a trainer whose every parameter and statistic differs from the one that it starts with."""
    library, kind, overrides, state = POLICIES[name]
    trainer = make_trainer(library, root, 1, *LAYERS[library], *overrides, network=kind, num_envs=NUM_ENVS, seed=1)
    gain = (1.0, 1.45, 2.5)[len(state)]  # memory dampens, and some actions should reach their limits
    with torch.no_grad():
        for parameter in network(trainer).parameters():
            parameter.normal_(0.0, gain / parameter.shape[-1] ** 0.5 if parameter.ndim > 1 else 0.3)
        found = statistics(trainer)
        variance = torch.tensor([0.09, 4.0]).double()
        for key, value in {"mean": torch.tensor([1.5, -0.8]), "variance": variance, "std": variance.sqrt()}.items():
            if key in found:
                found[key].copy_(value.reshape(found[key].shape))
    return trainer


@pytest.fixture(scope="module", params=POLICIES)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A trainer, and the folder with the files of its policy."""
    folder = tmp_path_factory.mktemp("export")
    trainer = unlike_at_first(request.param, folder)
    write_torchscript(trainer.exportable(), folder / "policy.pt")
    write_onnx(trainer.exportable(), folder / "policy.onnx")
    return request.param, trainer, folder


def torchscript_act(path: Path) -> Act:
    """Returns what calls a TorchScript file."""
    policy = torch.jit.load(path)

    def act(*inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        with torch.no_grad():
            outputs = policy(*map(torch.from_numpy, inputs))
        return tuple(output.numpy() for output in (outputs if isinstance(outputs, tuple) else (outputs,)))

    return act


def onnx_act(path: Path) -> Act:
    """Returns what calls an ONNX file."""
    session = onnxruntime.InferenceSession(path)
    names = [tensor.name for tensor in session.get_inputs()]
    return lambda *inputs: tuple(session.run(None, dict(zip(names, inputs, strict=True))))


ACTS = {"policy.pt": torchscript_act, "policy.onnx": onnx_act}


def rollout_inputs() -> tuple[torch.Tensor, torch.Tensor]:
    """Observations (steps, num_envs, 2), some far off, and which episodes end with a step (steps, num_envs)."""
    generator = torch.Generator().manual_seed(3)
    obs = 3.0 * torch.randn(STEPS, NUM_ENVS, 2, generator=generator)
    return obs, torch.rand(STEPS, NUM_ENVS, generator=generator) < 0.25


def library_actions(trainer: LibraryTrainer) -> np.ndarray:
    """Actions of the library's own policy, shape (steps, num_envs, 2)."""
    policy = trainer.policy()
    actions = []
    with torch.inference_mode():
        policy.reset(torch.ones(NUM_ENVS, dtype=torch.bool))
        for obs, done in zip(*rollout_inputs(), strict=True):
            actions.append(policy.act({"policy": obs.clone(), "critic": torch.zeros(NUM_ENVS, 3)}).clone())
            policy.reset(done)
    return torch.stack(actions).numpy()


def file_actions(act: Act, shapes: list[tuple[int, int]], rows: slice) -> np.ndarray:
    """Actions of an exported file in some of the environments, with the state handed on as documented."""
    all_obs, all_done = rollout_inputs()
    num_envs = len(range(NUM_ENVS)[rows])
    state = [np.zeros((layers, num_envs, size), dtype=np.float32) for layers, size in shapes]
    actions = []
    for obs, done in zip(all_obs[:, rows].numpy(), all_done[:, rows].numpy(), strict=True):
        action, *state = act(obs, *state)
        actions.append(action)
        state = [tensor * ~done[:, None] for tensor in state]
    return np.stack(actions)


@pytest.mark.slow
@pytest.mark.parametrize("rows", [slice(None), slice(ROW, ROW + 1)], ids=["all", "one"])
@pytest.mark.parametrize("file", ACTS)
def test_files_act_as_the_library_does(exported: Exported, file: str, rows: slice) -> None:
    name, trainer, folder = exported
    actual = file_actions(ACTS[file](folder / file), POLICIES[name][3], rows)
    expected = library_actions(trainer)
    np.testing.assert_allclose(actual, expected[:, rows], rtol=0.0, atol=1e-5)
    limit = 0.7 if name.startswith("rl_games") else 1.0
    clipped = (np.abs(expected) == np.float32(limit)).mean()
    assert 0.02 < clipped < 0.9, "the rollout should reach the limits of the actions, and not always"


def test_inputs_and_outputs_are_named_and_of_any_batch_size(exported: Exported) -> None:
    name, _, folder = exported
    shapes = POLICIES[name][3]
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
def test_a_policy_can_be_exported_right_after_a_training(name: str, tmp_path: Path) -> None:
    before = library_actions(unlike_at_first(name, tmp_path / "twin"))
    trainer = unlike_at_first(name, tmp_path)
    train(trainer)
    with torch.inference_mode():  # as where a policy is played
        policy = trainer.exportable()
        write_torchscript(policy, tmp_path / "policy.pt")
        write_onnx(policy, tmp_path / "policy.onnx")
    expected = library_actions(trainer)
    assert np.abs(expected - before).max() > 1e-3
    for file, make_act in ACTS.items():
        actual = file_actions(make_act(tmp_path / file), POLICIES[name][3], slice(None))
        np.testing.assert_allclose(actual, expected, rtol=0.0, atol=1e-5)


def test_exporting_leaves_the_trainer_as_it_was(exported: Exported) -> None:
    _, trainer, _ = exported
    before = library_actions(trainer)
    policy = trainer.exportable()
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.zero_()
    np.testing.assert_array_equal(library_actions(trainer), before)
