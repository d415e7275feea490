# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training with skrl. Its wrapper passes the critic observations as the state, which the value model takes."""

import math
from copy import deepcopy
from pathlib import Path
from typing import Any

import skrl
import torch
from gymnasium.wrappers import TransformAction
from isaaclab_rl.skrl import SkrlVecEnvWrapper
from skrl.models.torch import Model
from skrl.utils import set_seed

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.libraries.compat_skrl import (
    SCHEDULER,
    normalized,
    observation_statistics,
    share_gradients,
)
from isaaclab_factory.learning.libraries.policy import (
    ExportablePolicy,
    Normalizer,
    Observations,
    Policy,
    forget,
    recurrent_state,
)
from isaaclab_factory.learning.libraries.skrl_runner import Runner, check_agent_class, check_sequences
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from isaaclab_factory.learning.runs.log import TrainingLog
from isaaclab_factory.learning.scaling.distributed import ProcessGroup


class Network(torch.nn.Module):
    """The library's policy model for export, with the mean actions only."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        # A model keeps its last distribution, which cannot be copied after an update: None takes its place.
        self.model = deepcopy(model, {id(model.distribution(role="policy")): None})

    def forward(self, obs: torch.Tensor, *state: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Normalised observations and the state -> mean actions and the new state."""
        mean, outputs = self.model.compute({"observations": obs, "rnn": list(state)}, role="policy")
        return (mean, *outputs.get("rnn", ()))


class Trainer(LibraryTrainer):
    """Trains with skrl's PPO."""

    library = "skrl"
    agent_cfg: dict[str, Any]

    def __init__(self, recorder: EpisodeRecorder, agent_cfg: dict[str, Any], folder: Path, device: str) -> None:
        super().__init__(recorder, agent_cfg, folder, device)
        check_agent_class(agent_cfg)
        check_sequences(recorder.num_envs, agent_cfg)
        # the training's log replaces the library's writer; a checkpoint is due every so many iterations
        agent_cfg["agent"]["experiment"] = {
            "directory": str(folder.parent),
            "experiment_name": folder.name,
            "write_interval": 0,
            "checkpoint_interval": _checkpoint_steps(agent_cfg),
        }
        agent_cfg["trainer"] |= {"disable_progressbar": True, "close_environment_at_exit": False}
        skrl.logger.setLevel("WARNING")
        set_seed(agent_cfg["seed"])  # the wrapper takes its seed when it is made
        self._clip = agent_cfg.get("clip_actions", math.inf)
        clipped = TransformAction(self.env, lambda action: action.clamp(-self._clip, self._clip), recorder.action_space)
        self.runner = Runner(SkrlVecEnvWrapper(clipped, ml_framework="torch"), agent_cfg)
        self.runner.agent.training_state.state_dict = self.training_state

    def load_policy(self, checkpoint: Path) -> None:
        self.runner.agent.load(str(checkpoint))  # loads what there is

    def load(self, checkpoint: Path) -> None:
        agent = self.runner.agent
        agent.load(str(checkpoint))
        self.load_training_state(agent.training_state.loaded)
        agent.first_step = agent.env_step = self.iterations_done * self.agent_cfg["agent"]["rollouts"]

    def _train(self, log: TrainingLog) -> None:
        self.runner.agent.report = log.report
        self.runner.trainer.train()

    def has_schedule(self) -> bool:
        return self.runner.agent.scheduler is not None

    def scale_learning_rate(self, share: float) -> None:
        for parameters in self.runner.agent.optimizer.param_groups:
            parameters["lr"] = share * self.agent_cfg["agent"]["learning_rate"]

    def learner_state(self) -> dict[str, Any]:
        agent = self.runner.agent
        scheduler = {} if agent.scheduler is None else agent.scheduler.state_dict()
        return {
            "scheduler": {key: scheduler[key] for key in SCHEDULER if key in scheduler},
            "scaler": agent.scaler.state_dict(),
        }

    def load_learner_state(self, state: dict[str, Any]) -> None:
        agent = self.runner.agent
        if agent.scheduler is not None:
            agent.scheduler.load_state_dict(state["scheduler"])
        agent.scaler.load_state_dict(state["scaler"])

    def modules(self) -> list[torch.nn.Module]:
        known = self.runner.agent.checkpoint_modules.values()
        return list(dict.fromkeys(module for module in known if isinstance(module, torch.nn.Module)))

    def _share_gradients(self, group: ProcessGroup) -> None:
        if self.agent_cfg["agent"]["kl_threshold"]:
            # it would end the minibatches of one process, and the others would wait for its gradients forever
            raise UserError("with --distributed, agent.agent.kl_threshold must be 0: each process would apply it alone")
        share_gradients(group.size)

    def checkpoint_path(self) -> Path:
        return self.runner.agent.checkpoint_path()

    def write_checkpoint(self, path: Path) -> None:
        self.runner.agent.save(str(path))

    def std_parameter(self) -> tuple[torch.nn.Parameter, bool]:
        model = getattr(self.runner.agent.policy, "head", self.runner.agent.policy)
        if not isinstance(getattr(model, "log_std_parameter", None), torch.nn.Parameter):
            raise ValueError(f"the model {type(model).__name__} has no such parameter")
        return model.log_std_parameter, True

    def policy(self, stochastic: bool = False) -> Policy:
        agent = self.runner.agent
        agent.enable_training_mode(False, apply_to_models=True)
        memory: list[torch.Tensor] = []  # apart from that of a training which goes on

        def act(obs: Observations) -> torch.Tensor:
            drawn, outputs = agent.policy.act(normalized(agent, obs) | {"rnn": memory}, role="policy")
            memory[:] = outputs.get("rnn", ())
            return (drawn if stochastic else outputs["mean_actions"]).clamp(-self._clip, self._clip)

        return Policy(act, reset=lambda done: forget(memory, done))

    def exportable(self) -> ExportablePolicy:
        policy = self.runner.agent.policy
        sizes = policy.get_specification().get("rnn", {}).get("sizes", [])
        statistics = observation_statistics(self.runner.agent)
        normalizer = None
        if statistics is not None:
            scale = statistics.running_variance.float().sqrt() + statistics.epsilon
            normalizer = Normalizer(statistics.running_mean, scale, statistics.clip_threshold)
        return ExportablePolicy(
            Network(policy),
            policy.num_observations,
            normalizer=normalizer,
            state=recurrent_state([(layers, size) for layers, _, size in sizes]),
            clip_actions=self._clip,
        )


def _checkpoint_steps(agent_cfg: dict[str, Any]) -> int | str:
    """Returns how many steps lie between checkpoints; Isaac Lab's configurations set it where the library does."""
    if "save_interval" in agent_cfg:
        return agent_cfg["save_interval"] * agent_cfg["agent"]["rollouts"]
    return agent_cfg["agent"]["experiment"].get("checkpoint_interval", "auto")
