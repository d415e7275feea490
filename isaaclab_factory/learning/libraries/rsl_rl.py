# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training with rsl_rl."""

import math
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from isaaclab.utils import to_dict
from isaaclab_rl.rsl_rl import (
    RslRlOnPolicyRunnerCfg,
    RslRlVecEnvWrapper,
    check_rsl_rl_version,
    handle_deprecated_rsl_rl_cfg,
)
from rsl_rl.models import MLPModel
from rsl_rl.runners import OnPolicyRunner

from isaaclab_factory.learning.config.plugins import plugin_object
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.base import LibraryTrainer, check_num_envs
from isaaclab_factory.learning.libraries.policy import (
    ExportablePolicy,
    Normalizer,
    Observations,
    Policy,
    recurrent_state,
)
from isaaclab_factory.learning.libraries.reward_scaling import ScaledReward
from isaaclab_factory.learning.runs.checkpoints import TRAINING
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from isaaclab_factory.learning.runs.files import atomic_binary
from isaaclab_factory.learning.runs.log import TrainingLog
from isaaclab_factory.learning.scaling.distributed import ProcessGroup


class Logger:
    """Takes the place of the library's logger: reports to the training's log instead of printing blocks."""

    writer = True
    """Lets the library save checkpoints at its interval."""

    def __init__(self, folder: Path) -> None:
        self.log_dir = str(folder)  # where the library saves checkpoints
        self.report: Callable[[dict[str, float]], None] = lambda scalars: None

    def init_logging_writer(self) -> None:
        """Opens nothing: the training's log writes the curves."""

    def process_env_step(self, *args: Any) -> None:
        """Counts nothing: the episode recorder does."""

    def log(self, *, loss_dict: dict, collect_time: float, learn_time: float, **values: Any) -> None:
        """Reports an iteration.

        Args:
            loss_dict: Losses by name.
            collect_time: Duration of the rollout, in s.
            learn_time: Duration of the update, in s.
            **values: The library's other figures.
        """
        self.report(
            {f"Loss/{key}": value for key, value in loss_dict.items()}
            | {"Loss/learning_rate": values["learning_rate"], "Policy/std": values["action_std"].mean().item()}
            | {"Perf/collection_time": collect_time, "Perf/learn_time": learn_time}
        )

    def save_model(self, path: str, it: int) -> None:
        """Uploads nothing."""

    def stop_logging_writer(self) -> None:
        """Closes nothing."""


class Runner(OnPolicyRunner):
    """The library's runner with checkpoints that are complete or not there at all."""

    training_state: Callable[[], dict[str, Any]]
    """Returns what a checkpoint holds in addition to what the library saves."""

    def save(self, path: str, infos: dict | None = None) -> None:
        """Saves a checkpoint."""
        with atomic_binary(Path(path)) as file:
            super().save(file, (infos or {}) | {TRAINING: self.training_state()})


class Network(torch.nn.Module):
    """The actor without its normaliser, for export: feed-forward, or with a GRU or LSTM in front."""

    def __init__(self, actor: MLPModel) -> None:
        super().__init__()
        self.rnn = deepcopy(actor.rnn.rnn) if actor.is_recurrent else None
        self.mlp = deepcopy(actor.mlp)
        self.mean = actor.distribution.as_deterministic_output_module()

    def forward(self, obs: torch.Tensor, *state: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Normalised observations and the state -> mean actions and the new state."""
        if self.rnn is None:
            return (self.mean(self.mlp(obs)),)
        memory, state = self.rnn(obs.unsqueeze(0), state if len(state) > 1 else state[0])
        mean = self.mean(self.mlp(memory.squeeze(0)))
        return (mean, *(state if isinstance(state, tuple) else (state,)))


class Trainer(LibraryTrainer):
    """Trains with rsl_rl's on-policy runner."""

    library = "rsl_rl"
    agent_cfg: RslRlOnPolicyRunnerCfg

    def __init__(self, recorder: EpisodeRecorder, agent_cfg: RslRlOnPolicyRunnerCfg, folder: Path, device: str) -> None:
        super().__init__(recorder, agent_cfg, folder, device)
        handle_deprecated_rsl_rl_cfg(agent_cfg, check_rsl_rl_version())
        check_classes(agent_cfg)
        if "rnn_type" in vars(agent_cfg.actor) or "rnn_type" in vars(agent_cfg.critic):
            check_num_envs(recorder.num_envs, agent_cfg.algorithm.num_mini_batches)
        # rsl_rl normalises no values
        self._scaling = ScaledReward(self.env, agent_cfg.algorithm.gamma)
        env = RslRlVecEnvWrapper(self._scaling, agent_cfg.clip_actions)
        self.runner = Runner(env, to_dict(agent_cfg), device=device)
        self.runner.logger = Logger(folder)
        self.runner.training_state = self.training_state

    @property
    def actor(self) -> MLPModel:
        """The model that acts."""
        return self.runner.alg.get_policy()

    def load_policy(self, checkpoint: Path) -> None:
        self.runner.load(str(checkpoint), {"actor": True}, map_location=self.device)

    def load(self, checkpoint: Path) -> None:
        infos = self.runner.load(str(checkpoint), map_location=self.device) or {}
        self.load_training_state(infos.get(TRAINING))
        # the library would count its last iteration twice
        self.iterations_done = self.runner.current_learning_iteration + 1

    def _train(self, log: TrainingLog) -> None:
        self.runner.logger.report = log.report
        self.runner.current_learning_iteration = self.iterations_done
        if self.iterations_done:  # the library does not reset the environment before it trains
            self._scaling.reset()
        self.runner.learn(self.agent_cfg.max_iterations)

    def has_schedule(self) -> bool:
        return self.runner.alg.schedule == "adaptive"

    def scale_learning_rate(self, share: float) -> None:
        learner = self.runner.alg
        learner.learning_rate = share * self.agent_cfg.algorithm.learning_rate
        for parameters in learner.optimizer.param_groups:
            parameters["lr"] = learner.learning_rate

    def learner_state(self) -> dict[str, Any]:
        """See the base class. The library keeps the learning rate with the optimiser."""
        return {"reward_scaling": self._scaling.state_dict()}

    def load_learner_state(self, state: dict[str, Any]) -> None:
        self._scaling.load_state_dict(state["reward_scaling"])

    def modules(self) -> list[torch.nn.Module]:
        learner = self.runner.alg
        return [learner.actor, learner.critic, *([learner.rnd] if learner.rnd else [])]

    def _share_gradients(self, group: ProcessGroup) -> None:
        learner = self.runner.alg
        learner.is_multi_gpu, learner.gpu_world_size, learner.gpu_global_rank = True, group.size, group.rank

    def merge_normalizers(self, group: ProcessGroup) -> None:
        """See the base class. The library's own normalisers are shared already."""
        self._scaling.merge(group)

    def checkpoint_path(self) -> Path:
        return self.folder / f"model_{self.runner.current_learning_iteration}.pt"

    def write_checkpoint(self, path: Path) -> None:
        self.runner.save(str(path))

    def std_parameter(self) -> tuple[torch.nn.Parameter, bool]:
        distribution = self.actor.distribution
        for name, logarithm in (("log_std_param", True), ("std_param", False)):
            if hasattr(distribution, name):
                return getattr(distribution, name), logarithm
        raise ValueError(f"the distribution {type(distribution).__name__} has no such parameter")

    def policy(self, stochastic: bool = False) -> Policy:
        actor = self.runner.get_inference_policy(self.device)
        clip = self.agent_cfg.clip_actions

        def act(obs: Observations) -> torch.Tensor:
            actions = actor(obs, stochastic_output=stochastic)
            return actions if clip is None else actions.clamp(-clip, clip)

        return Policy(act, reset=actor.reset)

    def exportable(self) -> ExportablePolicy:
        actor = self.actor
        network = Network(actor)
        normalizer = None
        if actor.obs_normalization:
            statistics = actor.obs_normalizer
            normalizer = Normalizer(statistics.mean, statistics.std + statistics.eps)
        shapes = []
        if network.rnn is not None:
            tensors = 2 if isinstance(network.rnn, torch.nn.LSTM) else 1
            shapes = tensors * [(network.rnn.num_layers, network.rnn.hidden_size)]
        return ExportablePolicy(
            network,
            actor.obs_dim,
            normalizer=normalizer,
            state=recurrent_state(shapes),
            groups=actor.obs_groups,
            clip_actions=math.inf if self.agent_cfg.clip_actions is None else self.agent_cfg.clip_actions,
        )


def check_classes(agent_cfg: RslRlOnPolicyRunnerCfg) -> None:
    """Checks that all classes and functions that a configuration names are the library's own or of a plugin.

    Raises:
        UserError: One is another module's: what a configuration names is not imported unless the command line names its
            package too. Or the runner is no on-policy runner.
    """
    if agent_cfg.class_name != "OnPolicyRunner":
        raise UserError(
            f"agent.class_name is OnPolicyRunner, not {agent_cfg.class_name!r}; isaaclab train knows others"
        )
    for key, name in _named(to_dict(agent_cfg), "agent"):
        if ":" in name:
            plugin_object(name, key)
        elif "." in name:
            raise UserError(f"{key} names {name!r}; what a plugin brings is named <module>:<name>")


def _named(cfg: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """Yields keys and names of the classes and functions that the library would import."""
    for key, value in cfg.items():
        if isinstance(value, dict):
            yield from _named(value, f"{place}.{key}")
        elif isinstance(value, str) and (key == "class_name" or key.endswith("_func")):
            yield f"{place}.{key}", value
