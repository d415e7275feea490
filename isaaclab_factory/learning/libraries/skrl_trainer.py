# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training with skrl."""

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

from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.export.policy import ExportablePolicy, Normalizer, recurrent_state
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.libraries.skrl_runner import Runner, check_agent_class, check_sequences
from isaaclab_factory.learning.measuring.evaluation import Observations, Policy
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from isaaclab_factory.learning.run_folder.resuming import ResumableEnv
from isaaclab_factory.learning.run_folder.snapshot import copied
from isaaclab_factory.learning.scaling.process_group import ProcessGroup


class Network(torch.nn.Module):
    """The library's policy model for export, giving the mean actions only."""

    def __init__(self, model: Model) -> None:
        """Copies the model."""
        super().__init__()
        # A model keeps its last distribution, which after an update cannot be copied: none is put in its place.
        self.model = deepcopy(model, {id(model.distribution(role="policy")): None})

    def forward(self, obs: torch.Tensor, *state: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Normalised observations and the state -> mean actions and the new state."""
        mean, outputs = self.model.compute({"observations": obs, "rnn": list(state)}, role="policy")
        return (mean, *outputs.get("rnn", ()))


def _checkpoint_steps(agent_cfg: dict[str, Any]) -> int | str:
    """Returns how many steps lie between checkpoints; Isaac Lab's configurations say it where the library does."""
    if "save_interval" in agent_cfg:
        return agent_cfg["save_interval"] * agent_cfg["agent"]["rollouts"]
    return agent_cfg["agent"]["experiment"].get("checkpoint_interval", "auto")


class Trainer(LibraryTrainer):
    """Adapter of skrl. Its wrapper passes the critic observations as the state, which the value model takes."""

    agent_cfg: dict[str, Any]
    COUNTS = ("save_interval", "agent.rollouts", "agent.learning_epochs", "agent.mini_batches", "trainer.timesteps")

    def __init__(self, recorder: EpisodeRecorder, agent_cfg: dict[str, Any], folder: Path, device: str) -> None:
        """See the base class."""
        super().__init__(recorder, agent_cfg, folder, device)
        check_agent_class(agent_cfg)
        check_sequences(recorder.num_envs, agent_cfg)
        agent = agent_cfg["agent"]
        # The project's log replaces the library's writer; a checkpoint is due every so many iterations.
        agent["experiment"] = {
            "directory": str(folder.parent),
            "experiment_name": folder.name,
            "write_interval": 0,
            "checkpoint_interval": _checkpoint_steps(agent_cfg),
        }
        agent_cfg["trainer"] |= {"disable_progressbar": True, "close_environment_at_exit": False}
        skrl.logger.setLevel("WARNING")
        # The wrapper takes its seed when it is made.
        set_seed(agent_cfg["seed"])
        self._clip = agent_cfg.get("clip_actions", math.inf)
        self.env = ResumableEnv(recorder)
        clipped = TransformAction(self.env, lambda action: action.clamp(-self._clip, self._clip), recorder.action_space)
        self.runner = Runner(SkrlVecEnvWrapper(clipped, ml_framework="torch"), agent_cfg)
        self.runner.agent.training_state.state_dict = self.training_state

    @classmethod
    def configure(cls, agent_cfg: dict[str, Any], device: str, seed: int | None, max_iterations: int | None) -> None:
        """See the base class."""
        agent_cfg["seed"] = agent_cfg["seed"] if seed is None else seed
        if max_iterations:
            agent_cfg["trainer"]["timesteps"] = max_iterations * agent_cfg["agent"]["rollouts"]

    @classmethod
    def experiment_name(cls, agent_cfg: dict[str, Any]) -> str:
        """See the base class."""
        return agent_cfg["agent"]["experiment"]["directory"]

    @classmethod
    def run_name(cls, agent_cfg: dict[str, Any]) -> str:
        """See the base class."""
        return agent_cfg["agent"]["experiment"].get("experiment_name") or ""

    @classmethod
    def set_names(cls, agent_cfg: dict[str, Any], experiment_name: str | None, run_name: str | None) -> None:
        """See the base class."""
        experiment = agent_cfg["agent"]["experiment"]
        experiment["directory"] = experiment_name or experiment["directory"]
        if run_name:
            experiment["experiment_name"] = run_name

    @classmethod
    def tracking(cls, agent_cfg: dict[str, Any]) -> tuple[str, str]:
        """See the base class."""
        experiment = agent_cfg["agent"]["experiment"]
        project = (experiment.get("wandb_kwargs") or {}).get("project") or cls.experiment_name(agent_cfg)
        return "wandb" if experiment.get("wandb") else "tensorboard", project

    @classmethod
    def seed(cls, agent_cfg: dict[str, Any]) -> int:
        """See the base class."""
        return agent_cfg["seed"]

    @classmethod
    def num_iterations(cls, agent_cfg: dict[str, Any]) -> int:
        """See the base class."""
        return agent_cfg["trainer"]["timesteps"] // agent_cfg["agent"]["rollouts"]

    @classmethod
    def configure_acting(cls, agent_cfg: dict[str, Any]) -> None:
        """See the base class."""
        agent_cfg["agent"] |= {"rollouts": 1, "mini_batches": 1}
        if "rnn" in agent_cfg["models"]["policy"]:
            agent_cfg["models"]["policy"]["rnn"]["sequence_length"] = 1

    def load_policy(self, checkpoint: Path) -> None:
        """See the base class."""
        self.runner.agent.load(str(checkpoint))  # takes what there is

    def load(self, checkpoint: Path) -> None:
        """See the base class."""
        agent = self.runner.agent
        agent.load(str(checkpoint))
        self._go_on_from(agent.training_state.loaded)
        agent.first_step = agent.env_step = self.iterations_done * self.agent_cfg["agent"]["rollouts"]

    def _train(self, log: TrainingLog) -> None:
        """See the base class."""
        self.runner.agent.report = log
        self.runner.trainer.train()

    def _learner_state(self) -> dict[str, Any]:
        """See the base class."""
        agent = self.runner.agent
        scheduler = {} if agent.scheduler is None else agent.scheduler.state_dict()
        return {
            "scheduler": {key: scheduler[key] for key in ("last_epoch", "_step_count", "_last_lr") if key in scheduler},
            "scaler": agent.scaler.state_dict(),
            "memories": copied(getattr(agent, "_rnn_initial_states", {})),
        }

    def _load_learner_state(self, state: dict[str, Any]) -> None:
        """See the base class."""
        agent = self.runner.agent
        if agent.scheduler is not None:
            agent.scheduler.load_state_dict(state["scheduler"])
        agent.scaler.load_state_dict(state["scaler"])
        if self.new_episodes is None and state["memories"]:
            agent._rnn_initial_states = state["memories"]

    def modules(self) -> list[torch.nn.Module]:
        """See the base class."""
        known = self.runner.agent.checkpoint_modules.values()
        return list(dict.fromkeys(module for module in known if isinstance(module, torch.nn.Module)))

    def _share_gradients(self, group: ProcessGroup) -> None:
        """See the base class."""
        if self.agent_cfg["agent"]["kl_threshold"]:
            # it would end the minibatches of one process, and the others would wait for its gradients for ever
            raise UserError("with --distributed, agent.agent.kl_threshold must be 0: skrl heeds it in single processes")
        # The library settles these when it is imported, and would then make a group of its own, on CUDA only.
        settings = skrl.config.torch
        settings._is_distributed, settings._world_size, settings._rank = True, group.size, 0

    def checkpoint_path(self) -> Path:
        """See the base class."""
        return self.runner.agent.checkpoint_path()

    def write_checkpoint(self, path: Path) -> None:
        """See the base class."""
        self.runner.agent.save(str(path))

    def std_parameter(self) -> tuple[torch.nn.Parameter, bool]:
        """See the base class."""
        model = getattr(self.runner.agent.policy, "head", self.runner.agent.policy)
        if not isinstance(getattr(model, "log_std_parameter", None), torch.nn.Parameter):
            raise ValueError(f"the model {type(model).__name__} has no number for it")
        return model.log_std_parameter, True

    def policy(self, stochastic: bool = False) -> Policy:
        """See the base class."""
        agent = self.runner.agent
        agent.enable_training_mode(False, apply_to_models=True)
        memory: list[torch.Tensor] = []  # apart from that of a training which goes on

        def act(obs: Observations) -> torch.Tensor:
            inputs = {
                "observations": agent._observation_preprocessor(obs["policy"]),
                "states": agent._state_preprocessor(obs.get("critic")),
                "rnn": memory,
            }
            drawn, outputs = agent.policy.act(inputs, role="policy")
            memory[:] = outputs.get("rnn", ())
            return (drawn if stochastic else outputs["mean_actions"]).clamp(-self._clip, self._clip)

        def reset(done: torch.Tensor) -> None:
            for state in memory:
                state[:, done] = 0.0

        return Policy(act, reset)

    def exportable(self) -> ExportablePolicy:
        """See the base class."""
        agent = self.runner.agent
        sizes = agent.policy.get_specification().get("rnn", {}).get("sizes", [])
        normalizer = None
        if agent.cfg.observation_preprocessor:
            statistics = agent._observation_preprocessor
            scale = statistics.running_variance.float().sqrt() + statistics.epsilon
            normalizer = Normalizer(statistics.running_mean, scale, statistics.clip_threshold)
        return ExportablePolicy(
            Network(agent.policy),
            agent.policy.num_observations,
            normalizer=normalizer,
            state=recurrent_state([(layers, size) for layers, _, size in sizes]),
            clip_actions=self._clip,
        )
