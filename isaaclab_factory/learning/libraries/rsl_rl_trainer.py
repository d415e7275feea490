# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training with rsl_rl."""

import math
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from isaaclab_rl.rsl_rl import RslRlOnPolicyRunnerCfg, RslRlVecEnvWrapper
from rsl_rl.algorithms import PPO
from rsl_rl.modules import ActorCritic, ActorCriticRecurrent
from rsl_rl.runners import OnPolicyRunner
from tensordict import TensorDict

from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.export.policy import ExportablePolicy, Normalizer, recurrent_state
from isaaclab_factory.learning.libraries.base import TRAINING, LibraryTrainer, check_num_envs
from isaaclab_factory.learning.libraries.rsl_rl_plugins import make_known
from isaaclab_factory.learning.measuring.evaluation import Observations, Policy
from isaaclab_factory.learning.reward_scaling import ScaledReward
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from isaaclab_factory.learning.run_folder.resuming import ResumableEnv
from isaaclab_factory.learning.run_folder.runs import atomic_binary
from isaaclab_factory.learning.run_folder.snapshot import copied
from isaaclab_factory.learning.scaling.process_group import ProcessGroup


class VecEnv(RslRlVecEnvWrapper):
    """Isaac Lab's wrapper, which would make the observations anew that the environment has shown already."""

    def get_observations(self) -> TensorDict:
        """Returns the latest observations."""
        return TensorDict(self.env.observations, batch_size=[self.num_envs])


class Runner(OnPolicyRunner):
    """The library's runner with the project's log and checkpoints that are complete or not there at all."""

    report: TrainingLog
    scaling: ScaledReward
    training_state: Callable[[], dict[str, Any]]
    logger_type = "tensorboard"

    def _prepare_logging_writer(self) -> None:
        """Makes no writer: the project's log writes the curves."""

    def _construct_algorithm(self, obs: TensorDict) -> PPO:
        """Builds policy and algorithm, also of a plugin."""
        make_known("policy", self.policy_cfg)
        make_known("algorithm", self.alg_cfg)
        return super()._construct_algorithm(obs)

    def log(self, locs: dict, width: int = 80, pad: int = 35) -> None:
        """Reports an iteration; replaces the library's printed block.

        Args:
            locs: The local variables of the library's training loop.
            width: Unused, of the library's signature.
            pad: Unused, of the library's signature.
        """
        losses = {f"Loss/{key}": value for key, value in locs["loss_dict"].items()}
        times = {f"Perf/{key}_time": locs[f"{key}_time"] for key in ("collection", "learn")}
        std = {"Policy/std": self.alg.policy.action_std.mean().item()}
        self.report.report(losses | times | std | {"Loss/learning_rate": self.alg.learning_rate})

    def save(self, path: str, infos: dict | None = None) -> None:
        """Saves a checkpoint atomically, with the scale of the rewards and what a training goes on from."""
        kept = {"reward_scaling": self.scaling.state_dict(), TRAINING: self.training_state()}
        with atomic_binary(Path(path)) as file:
            super().save(file, (infos or {}) | kept)


class Network(torch.nn.Module):
    """The actor alone, for export: feed-forward, or with a GRU or LSTM before it."""

    def __init__(self, policy: ActorCritic | ActorCriticRecurrent) -> None:
        """Copies the actor of the library's policy."""
        super().__init__()
        self.rnn = deepcopy(policy.memory_a.rnn) if policy.is_recurrent else None
        self.actor = deepcopy(policy.actor)

    def forward(self, obs: torch.Tensor, *state: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Normalised observations and the state -> mean actions and the new state."""
        if self.rnn is None:
            return (self.actor(obs),)
        memory, state = self.rnn(obs.unsqueeze(0), state if len(state) > 1 else state[0])
        return (self.actor(memory.squeeze(0)), *(state if isinstance(state, tuple) else (state,)))


class Trainer(LibraryTrainer):
    """Adapter of rsl_rl."""

    agent_cfg: RslRlOnPolicyRunnerCfg
    COUNTS = (
        "num_steps_per_env",
        "max_iterations",
        "save_interval",
        "algorithm.num_learning_epochs",
        "algorithm.num_mini_batches",
    )
    BY_FLAGS = {"resume": "--resume, --load_run and --checkpoint"}  # noqa: RUF012

    def __init__(self, recorder: EpisodeRecorder, agent_cfg: RslRlOnPolicyRunnerCfg, folder: Path, device: str) -> None:
        """See the base class."""
        super().__init__(recorder, agent_cfg, folder, device)
        if agent_cfg.policy.class_name == ActorCriticRecurrent.__name__:
            check_num_envs(recorder.num_envs, agent_cfg.algorithm.num_mini_batches)
        # rsl_rl normalises no values
        self._scaling = ScaledReward(recorder, agent_cfg.algorithm.gamma)
        self.env = ResumableEnv(self._scaling)
        env = VecEnv(self.env, agent_cfg.clip_actions)
        self.runner = Runner(env, agent_cfg.to_dict(), log_dir=str(folder), device=device)
        self.runner.scaling, self.runner.training_state = self._scaling, self.training_state

    @classmethod
    def configure(
        cls, agent_cfg: RslRlOnPolicyRunnerCfg, device: str, seed: int | None, max_iterations: int | None
    ) -> None:
        """See the base class."""
        agent_cfg.device = device
        agent_cfg.seed = agent_cfg.seed if seed is None else seed
        agent_cfg.max_iterations = max_iterations or agent_cfg.max_iterations

    @classmethod
    def experiment_name(cls, agent_cfg: RslRlOnPolicyRunnerCfg) -> str:
        """See the base class."""
        return agent_cfg.experiment_name

    @classmethod
    def run_name(cls, agent_cfg: RslRlOnPolicyRunnerCfg) -> str:
        """See the base class."""
        return agent_cfg.run_name

    @classmethod
    def set_names(cls, agent_cfg: RslRlOnPolicyRunnerCfg, experiment_name: str | None, run_name: str | None) -> None:
        """See the base class."""
        agent_cfg.experiment_name = experiment_name or agent_cfg.experiment_name
        agent_cfg.run_name = run_name or agent_cfg.run_name

    @classmethod
    def tracking(cls, agent_cfg: RslRlOnPolicyRunnerCfg) -> tuple[str, str]:
        """See the base class."""
        project = agent_cfg.neptune_project if agent_cfg.logger == "neptune" else agent_cfg.wandb_project
        return agent_cfg.logger, project

    @classmethod
    def seed(cls, agent_cfg: RslRlOnPolicyRunnerCfg) -> int:
        """See the base class."""
        return agent_cfg.seed

    @classmethod
    def num_iterations(cls, agent_cfg: RslRlOnPolicyRunnerCfg) -> int:
        """See the base class."""
        return agent_cfg.max_iterations

    @classmethod
    def configure_acting(cls, agent_cfg: RslRlOnPolicyRunnerCfg) -> None:
        """See the base class."""
        agent_cfg.num_steps_per_env = agent_cfg.algorithm.num_mini_batches = 1

    def load_policy(self, checkpoint: Path) -> None:
        """See the base class."""
        self.runner.load(str(checkpoint), load_optimizer=False, map_location=self.device)

    def load(self, checkpoint: Path) -> None:
        """See the base class."""
        infos = self.runner.load(str(checkpoint), map_location=self.device) or {}
        if infos:
            self._scaling.load_state_dict(infos["reward_scaling"])
        self._go_on_from(infos.get(TRAINING))
        # the library would count its last iteration twice
        self.iterations_done = self.runner.current_learning_iteration + 1
        self.env.reset()

    def _train(self, log: TrainingLog) -> None:
        """See the base class."""
        self.runner.report = log
        self.runner.current_learning_iteration = self.iterations_done
        self.runner.learn(self.agent_cfg.max_iterations)

    def _learner_state(self) -> dict[str, Any]:
        """See the base class."""
        policy = self.runner.alg.policy
        memories = policy.get_hidden_states() if policy.is_recurrent else ()
        return {"learning_rate": self.runner.alg.learning_rate, "memories": copied(memories)}

    def _load_learner_state(self, state: dict[str, Any]) -> None:
        """See the base class."""
        if self.agent_cfg.algorithm.schedule == "adaptive":
            self.runner.alg.learning_rate = state["learning_rate"]
        if self.new_episodes is None and state["memories"]:
            policy = self.runner.alg.policy
            for memory, kept in zip((policy.memory_a, policy.memory_c), state["memories"], strict=True):
                memory.hidden_states = tuple(kept) if isinstance(kept, list) else kept

    def modules(self) -> list[torch.nn.Module]:
        """See the base class."""
        curiosity = self.runner.alg.rnd
        return [self.runner.alg.policy, *([curiosity] if curiosity else [])]

    def _share_gradients(self, group: ProcessGroup) -> None:
        """See the base class."""
        learner = self.runner.alg
        learner.is_multi_gpu, learner.gpu_world_size = True, group.size
        self.runner.gpu_world_size = group.size

    def merge_normalizers(self, group: ProcessGroup) -> None:
        """See the base class."""
        super().merge_normalizers(group)
        self._scaling.merge(group)

    def checkpoint_path(self) -> Path:
        """See the base class."""
        return self.folder / f"model_{self.runner.current_learning_iteration}.pt"

    def write_checkpoint(self, path: Path) -> None:
        """See the base class."""
        self.runner.save(str(path))

    def std_parameter(self) -> tuple[torch.nn.Parameter, bool]:
        """See the base class."""
        policy = self.runner.alg.policy
        if policy.noise_std_type == "log":
            return policy.log_std, True
        return policy.std, False

    def policy(self, stochastic: bool = False) -> Policy:
        """See the base class."""
        module = self.runner.alg.policy
        act_inference = self.runner.get_inference_policy(self.device)
        clip = self.agent_cfg.clip_actions

        def act(obs: Observations) -> torch.Tensor:
            actions = module.act(obs) if stochastic else act_inference(obs)
            return actions if clip is None else actions.clamp(-clip, clip)

        return Policy(act, reset=module.reset)

    def exportable(self) -> ExportablePolicy:
        """See the base class."""
        policy = self.runner.alg.policy
        network = Network(policy)
        normalizer = None
        if policy.actor_obs_normalization:
            statistics = policy.actor_obs_normalizer
            normalizer = Normalizer(statistics.mean, statistics.std + statistics.eps)
        shapes = []
        if policy.is_recurrent:
            tensors = 2 if isinstance(network.rnn, torch.nn.LSTM) else 1
            shapes = tensors * [(network.rnn.num_layers, network.rnn.hidden_size)]
        return ExportablePolicy(
            network,
            network.rnn.input_size if policy.is_recurrent else network.actor[0].in_features,
            normalizer=normalizer,
            state=recurrent_state(shapes),
            groups=policy.obs_groups["policy"],
            clip_actions=math.inf if self.agent_cfg.clip_actions is None else self.agent_cfg.clip_actions,
        )
