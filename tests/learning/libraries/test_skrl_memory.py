# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A recurrent policy remembers a sequence at once as it does step by step, and nothing of the episode before."""

from typing import Any

import pytest
import torch
from gymnasium.spaces import Box

from isaaclab_factory.learning.libraries.skrl_runner import RecurrentGaussian

NUM_ENVS, LENGTH, OBS, UNITS, LAYERS = 3, 6, 4, 5, 2


def make_model(kind: str) -> RecurrentGaussian:
    torch.manual_seed(3)
    model = RecurrentGaussian(
        num_envs=NUM_ENVS,
        rnn={"type": kind, "units": UNITS, "layers": LAYERS, "sequence_length": LENGTH},
        observation_space=Box(-1.0, 1.0, (OBS,)),
        state_space=None,
        action_space=Box(-1.0, 1.0, (2,)),
        device="cpu",
        network=[{"name": "net", "input": "OBSERVATIONS", "layers": [8], "activations": "elu"}],
        output="ACTIONS",
    )
    model.init_state_dict(role="policy")
    return model


def sequences(model: RecurrentGaussian, **changes: Any) -> dict[str, Any]:
    """What the library's agent gives for an update: samples, environment after environment, with their states."""
    generator = torch.Generator().manual_seed(5)
    count = NUM_ENVS * LENGTH
    terminated, truncated = torch.zeros(2, count, 1, dtype=torch.bool)
    terminated[LENGTH + 2] = terminated[2 * LENGTH - 1] = truncated[LENGTH] = truncated[2 * LENGTH + 3] = True
    sizes = model.get_specification()["rnn"]["sizes"]
    return {
        "observations": torch.randn(count, OBS, generator=generator),
        "rnn": [torch.randn(LAYERS, count, UNITS, generator=generator) for _ in sizes],
        "terminated": terminated,
        "truncated": truncated,
    } | changes


def step_by_step(model: RecurrentGaussian, inputs: dict[str, Any]) -> torch.Tensor:
    """Mean actions of the sequences, each sample on its own, with states as the agent stores them after an end."""
    actions = []
    for i, obs in enumerate(inputs["observations"]):
        if i % LENGTH == 0:
            state = [tensor[:, i : i + 1] for tensor in inputs["rnn"]]
        action, outputs = model.compute({"observations": obs.unsqueeze(0), "rnn": state}, role="policy")
        actions.append(action)
        state = outputs["rnn"]
        if inputs["terminated"][i] or inputs["truncated"][i]:
            state = [torch.zeros_like(tensor) for tensor in state]
            if (i + 1) % LENGTH:
                for tensor in inputs["rnn"]:
                    tensor[:, i + 1] = 0.0
    return torch.cat(actions)


@pytest.mark.parametrize(("kind", "tensors"), [("gru", 1), ("lstm", 2)])
def test_a_sequence_at_once_is_remembered_as_step_by_step(kind: str, tensors: int) -> None:
    model = make_model(kind)
    inputs = sequences(model)
    assert len(inputs["rnn"]) == tensors
    expected = step_by_step(model, inputs)
    actual, outputs = model.compute(inputs, role="policy")
    torch.testing.assert_close(actual, expected, rtol=0.0, atol=1e-6)
    assert outputs["rnn"] == []
    _, drawn = model.act(inputs | {"taken_actions": expected}, role="policy")
    torch.testing.assert_close(drawn["mean_actions"], expected, rtol=0.0, atol=1e-6)
    log_prob = torch.distributions.Normal(0.0, drawn["log_std"].exp()).log_prob(torch.zeros(2)).sum()
    torch.testing.assert_close(drawn["log_prob"], log_prob.expand(NUM_ENVS * LENGTH, 1))


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_an_action_depends_on_the_steps_of_its_own_episode_before_it_and_no_others(kind: str) -> None:
    model = make_model(kind)
    inputs = sequences(model)
    obs = inputs["observations"].requires_grad_()
    for acting, expected in [(5, range(6)), (LENGTH, [6]), (LENGTH + 2, [7, 8]), (LENGTH + 5, [9, 10, 11])]:
        actions, _ = model.compute(inputs, role="policy")
        (gradient,) = torch.autograd.grad(actions[acting].sum(), obs)
        assert gradient.abs().sum(dim=1).nonzero().flatten().tolist() == list(expected)


def test_without_a_state_an_episode_starts() -> None:
    model = make_model("lstm")
    obs = torch.randn(NUM_ENVS, OBS)
    zeros = [torch.zeros(LAYERS, NUM_ENVS, UNITS) for _ in range(2)]
    expected = model.compute({"observations": obs, "rnn": zeros}, role="policy")[0]
    for nothing in ({}, {"rnn": None}, {"rnn": []}):
        torch.testing.assert_close(model.compute({"observations": obs} | nothing, role="policy")[0], expected)


def test_a_network_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"models\.policy\.rnn\.type must be gru or lstm, not 'rnn'"):
        make_model("rnn")
