# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training with rl_games. Its central value network is the critic that sees the critic observations."""

import math
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from isaaclab_rl.rl_games import MultiObserver, RlGamesVecEnvWrapper, register_rl_games_env
from rl_games.algos_torch import torch_ext
from rl_games.algos_torch.a2c_continuous import A2CAgent
from rl_games.common.algo_observer import AlgoObserver
from rl_games.common.schedulers import LinearScheduler
from rl_games.torch_runner import Runner

from isaaclab_factory.learning.config.settings import num_iterations
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.base import LibraryTrainer, check_num_envs
from isaaclab_factory.learning.libraries.policy import (
    ExportablePolicy,
    Normalizer,
    Observations,
    Policy,
    clip,
    forget,
    recurrent_state,
)
from isaaclab_factory.learning.libraries.rl_games_plugins import check_names, player_policy, set_up
from isaaclab_factory.learning.libraries.rl_games_population import PopulationObserver
from isaaclab_factory.learning.runs.checkpoints import TRAINING
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from isaaclab_factory.learning.runs.files import atomic_binary
from isaaclab_factory.learning.runs.log import TrainingLog
from isaaclab_factory.learning.scaling.distributed import ProcessGroup
from isaaclab_factory.learning.scaling.population import population_of

_NEVER = 10**9
"""Epoch at which the library would start to save its own checkpoints; the agent below saves instead."""


class ScalarCollector:
    """Takes the place of the library's TensorBoard writer, and keeps the latest value of every tag."""

    def __init__(self) -> None:
        self.scalars: dict[str, float] = {}

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        """Keeps a value; the training's log knows the step."""
        self.scalars[tag] = float(value)

    def flush(self) -> None:
        """Does nothing."""


class Agent(A2CAgent):
    """The library's PPO with this package's log, and checkpoints that are complete or not there at all."""

    report: Callable[[dict[str, float]], None]
    save_interval: int
    training_state: Callable[[], dict[str, Any]]

    def __init__(self, base_name: str, params: dict) -> None:
        self._collector = ScalarCollector()
        super().__init__(base_name, params)

    @property
    def writer(self) -> ScalarCollector:
        """Takes the curves of the library and of observers."""
        return self._collector

    @writer.setter
    def writer(self, writer: Any) -> None:
        """Closes the library's own writer."""
        if writer is not None:
            writer.close()

    def write_stats(self, *args, **kwargs) -> None:
        """Reports an epoch and saves a checkpoint when one is due."""
        super().write_stats(*args, **kwargs)
        self.report(self.writer.scalars)
        if self.epoch_num % self.save_interval == 0:
            self.write_checkpoint(self.checkpoint_path())

    def checkpoint_path(self) -> Path:
        """Returns where the checkpoint of the present epoch belongs."""
        return Path(self.nn_dir) / f"{self.config['name']}_ep_{self.epoch_num}.pth"

    def save(self, fn: str | Path) -> None:
        """Saves a checkpoint under this package's name for it, whatever name the library gives."""
        self.write_checkpoint(self.checkpoint_path())

    def write_checkpoint(self, path: Path) -> None:
        """Saves a checkpoint."""
        with atomic_binary(path) as file:
            torch.save(self.get_full_state_weights() | {TRAINING: self.training_state()}, file)


class Network(torch.nn.Module):
    """The library's network for export, with the mean actions only. It has an unused or separate critic, too."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = deepcopy(network)

    def forward(self, obs: torch.Tensor, *state: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Normalised observations and the state -> mean actions and the new state."""
        # The state of a separate critic follows the actor's. Its value is not used, so its state may be anything.
        states = 2 * state if self.network.is_separate_critic() else state
        mean, _, _, states = self.network({"obs": obs, "rnn_states": states})
        return (mean, *(states or ())[: len(state)])


class Trainer(LibraryTrainer):
    """Trains with rl_games' continuous A2C agent, which is PPO."""

    library = "rl_games"
    agent_cfg: dict

    def __init__(self, recorder: EpisodeRecorder, agent_cfg: dict, folder: Path, device: str) -> None:
        super().__init__(recorder, agent_cfg, folder, device)
        limits = agent_cfg["params"]["env"]
        self._clip_obs, self._clip_actions = limits.get("clip_observations", math.inf), limits.get("clip_actions", 1.0)
        register_rl_games_env(RlGamesVecEnvWrapper.from_agent_cfg(self.env, agent_cfg))
        config = agent_cfg["params"]["config"]
        if "rnn" in agent_cfg["params"]["network"]:
            _check_sequences(recorder.num_envs, config)
        runner = Runner(AlgoObserver())
        runner.algo_factory.set_builders({"a2c_continuous": Agent})  # the library's others are for other actions
        self._players = set_up(runner)
        if population_of(agent_cfg):
            runner.algo_observer = MultiObserver([runner.algo_observer, PopulationObserver(agent_cfg)])
        check_names(runner, agent_cfg["params"])
        runner.load(self._library_cfg())
        self.agent: Agent = runner.algo_factory.create(runner.algo_name, base_name="run", params=runner.params)
        if not isinstance(self.agent, Agent):
            raise UserError(f"the algorithm {runner.algo_name!r} must derive from {__name__}.{Agent.__name__}")
        self._runner = runner
        self.agent.save_interval = config["save_frequency"]
        self.agent.training_state = self.training_state

    def _library_cfg(self) -> dict[str, Any]:
        """Returns the configuration with which the library writes nothing itself, nor joins other processes."""
        params = self.agent_cfg["params"]
        config = params["config"] | {
            "num_actors": self.recorder.num_envs,
            "train_dir": str(self.folder.parent),
            "full_experiment_name": self.folder.name,
            "save_frequency": 0,
            "save_best_after": _NEVER,
            "print_stats": False,
            "multi_gpu": False,
        }
        # the library would set PyTorch's number of threads for the whole process
        return {"params": params | {"config": config, "torch_threads": 0}}

    @classmethod
    def configure_acting(cls, agent_cfg: dict) -> None:
        super().configure_acting(agent_cfg)
        agent_cfg.pop("pbt", None)  # a policy that only acts is compared with no others
        config = agent_cfg["params"]["config"]
        for section in (config, config.get("central_value_config", {})):
            section.pop("minibatch_size", None)  # it would override that of an environment

    def load_policy(self, checkpoint: Path) -> None:
        # the library's own method would ask for the optimiser and the critic too
        self.agent.model.load_state_dict(torch_ext.load_checkpoint(str(checkpoint))["model"])

    def load(self, checkpoint: Path) -> None:
        content = torch_ext.load_checkpoint(str(checkpoint))
        self.agent.set_full_state_weights(content)
        self.recorder.env_steps = self.agent.frame
        self.load_training_state(content.get(TRAINING))
        # the library continues to count the checkpoint's epochs
        self.iterations_done = self.agent.epoch_num
        self.agent.max_epochs = self.agent.epoch_num + num_iterations(self.agent_cfg, self.library)
        for scheduler in self._schedulers():
            scheduler.max_steps = self.agent.max_epochs

    def _train(self, log: TrainingLog) -> None:
        self.agent.report = log.report
        self.agent.train()

    def _schedulers(self) -> list[LinearScheduler]:
        """Returns what lowers a learning rate until the last epoch."""
        return [learner.scheduler for learner in self._learners if isinstance(learner.scheduler, LinearScheduler)]

    @property
    def _learners(self) -> list[Any]:
        """What learns: the agent, and its separate critic if it has one."""
        return [self.agent, *([self.agent.central_value_net] if self.agent.has_central_value else [])]

    def has_schedule(self) -> bool:
        return self.agent.is_adaptive_lr or self.agent.linear_lr

    def scale_learning_rate(self, share: float) -> None:
        config = self.agent_cfg["params"]["config"]
        self.agent.last_lr = share * config["learning_rate"]
        self.agent.update_lr(self.agent.last_lr)
        if self.agent.has_central_value:
            critic = self.agent.central_value_net
            critic.lr = share * config["central_value_config"]["learning_rate"]
            critic.update_lr(critic.lr)

    def learner_state(self) -> dict[str, Any]:
        agent = self.agent
        state = {"learning_rate": float(agent.last_lr), "entropy_coef": float(agent.entropy_coef)}
        if agent.has_central_value:
            critic = agent.central_value_net
            state["critic"] = {"lr": critic.lr, "epoch_num": critic.epoch_num, "frame": critic.frame}
        return state

    def load_learner_state(self, state: dict[str, Any]) -> None:
        agent = self.agent
        if agent.is_adaptive_lr or agent.linear_lr:
            agent.last_lr, agent.entropy_coef = state["learning_rate"], state["entropy_coef"]
        if agent.has_central_value:
            critic, kept = agent.central_value_net, state["critic"]
            critic.epoch_num, critic.frame = kept["epoch_num"], kept["frame"]
            critic.lr = kept["lr"] if critic.linear_lr else critic.lr

    def modules(self) -> list[torch.nn.Module]:
        agent = self.agent
        modules = [agent.model]
        if agent.has_central_value:
            modules.append(agent.central_value_net)
        if agent.normalize_advantage and agent.normalize_rms_advantage:
            modules.append(agent.advantage_mean_std)
        return modules

    def _share_gradients(self, group: ProcessGroup) -> None:
        for learner in self._learners:
            learner.multi_gpu, learner.world_size = True, group.size
        # The library chooses a CUDA device by this number; for PyTorch a negative one means none.
        self.agent.local_rank = -1

    def checkpoint_path(self) -> Path:
        return self.agent.checkpoint_path()

    def write_checkpoint(self, path: Path) -> None:
        self.agent.write_checkpoint(path)

    def std_parameter(self) -> tuple[torch.nn.Parameter, bool]:
        network = self.agent.model.a2c_network
        model = self.agent_cfg["params"]["model"]["name"]
        plain = getattr(network, "fixed_sigma", False) and isinstance(network.sigma_act, torch.nn.Identity)
        if not plain or model not in ("continuous_a2c", "continuous_a2c_logstd"):
            raise ValueError(f"the model {model} has no such parameter, or sigma_activation and fixed_sigma hide it")
        return network.sigma, model == "continuous_a2c_logstd"

    def policy(self, stochastic: bool = False) -> Policy:
        model = self.agent.model
        model.eval()
        if self._runner.algo_name in self._players:
            return player_policy(self._runner, self.agent, self._clip_obs, stochastic)
        memory = list(model.get_default_rnn_state() or []) if model.is_rnn() else None

        def act(obs: Observations) -> torch.Tensor:
            clipped = clip(obs["policy"], self._clip_obs)
            result = model({"is_train": False, "prev_actions": None, "obs": clipped, "rnn_states": memory})
            if memory is not None:
                memory[:] = result["rnn_states"]
            return result["actions" if stochastic else "mus"].clamp(-1.0, 1.0) * self._clip_actions

        return Policy(act, reset=lambda done: forget(memory or (), done))

    def exportable(self) -> ExportablePolicy:
        model = self.agent.model
        network = model.a2c_network
        normalizer = None
        if model.normalize_input:
            statistics = model.running_mean_std
            scale = torch.sqrt(statistics.running_var.float() + statistics.epsilon)
            normalizer = Normalizer(statistics.running_mean, scale, limit=5.0)
        shapes = [(state.shape[0], state.shape[2]) for state in network.get_default_rnn_state() or ()]
        if network.is_separate_critic():
            shapes = shapes[: len(shapes) // 2]
        return ExportablePolicy(
            Network(network),
            self.agent.obs_shape[0],
            normalizer=normalizer,
            state=recurrent_state(shapes),
            clip_observations=self._clip_obs,
            clip_actions=1.0,
            action_scale=self._clip_actions,
        )


def _check_sequences(num_envs: int, config: dict) -> None:
    """Raises ValueError unless a minibatch of a recurrent network is made of whole sequences, and of two or more.

    With a single sequence the library ignores where episodes end.
    """
    sequence, per_env = config["seq_length"], config.get("minibatch_size_per_env", 0)
    if "minibatch_size" in config:  # the library itself checks whether sequences are whole
        if config["minibatch_size"] == sequence > 1:
            raise ValueError(f"a recurrent network needs a minibatch_size above the seq_length, {sequence}")
        return
    step = sequence // math.gcd(sequence, per_env)
    single = sequence > 1 and step * per_env == sequence
    check_num_envs(num_envs, step, 2 * step if single else step)
