# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training with rl_games."""

import math
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import torch
from isaaclab_rl.rl_games import MultiObserver, RlGamesGpuEnv, RlGamesVecEnvWrapper
from rl_games.algos_torch import torch_ext
from rl_games.algos_torch.a2c_continuous import A2CAgent
from rl_games.common import env_configurations, vecenv
from rl_games.common.algo_observer import AlgoObserver
from rl_games.common.schedulers import LinearScheduler
from rl_games.torch_runner import Runner
from torch.utils.tensorboard import SummaryWriter

from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.export.policy import ExportablePolicy, Normalizer, clip, recurrent_state
from isaaclab_factory.learning.libraries.base import TRAINING, LibraryTrainer, check_num_envs
from isaaclab_factory.learning.libraries.rl_games_plugins import check_names, player_policy, set_up
from isaaclab_factory.learning.libraries.rl_games_population import PopulationObserver
from isaaclab_factory.learning.measuring.evaluation import Observations, Policy
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from isaaclab_factory.learning.run_folder.resuming import ResumableEnv
from isaaclab_factory.learning.run_folder.runs import atomic_binary
from isaaclab_factory.learning.run_folder.snapshot import copied
from isaaclab_factory.learning.scaling.population import population_of
from isaaclab_factory.learning.scaling.process_group import ProcessGroup

_NEVER = 10**9
"""Epoch at which the library would begin to save its own checkpoints; the agent below saves instead."""

# The library's own lists what it trusts in a form that PyTorch takes only where nothing is restricted. What is loaded
# here is ruled by :func:`isaaclab_factory.learning.run_folder.trust.weights_only`.
torch_ext.safe_load = partial(torch.load, map_location="cpu", weights_only=False)


def _check_sequences(num_envs: int, config: dict) -> None:
    """Raises ValueError unless a minibatch of a recurrent network is made of whole sequences, and of two or more."""
    sequence, per_env = config["seq_length"], config.get("minibatch_size_per_env", 0)
    minibatch = config.get("minibatch_size", num_envs * per_env)
    if "minibatch_size" not in config:  # which the library checks itself
        check_num_envs(num_envs, sequence // math.gcd(sequence, per_env))
    if minibatch == sequence > 1:
        # In one sequence alone the library overlooks where episodes end.
        raise ValueError(f"this recurrent network needs more than {num_envs} environments")


class ScalarCollector:
    """Stands where the library expects its TensorBoard writer, and keeps the latest value of every tag."""

    def __init__(self) -> None:
        """Starts empty."""
        self.scalars: dict[str, float] = {}

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        """Keeps a value; the step is the log's business."""
        self.scalars[tag] = float(value)

    def flush(self) -> None:
        """Has nothing to do."""


class Agent(A2CAgent):
    """The library's PPO with the project's log and checkpoints that are complete or not there at all."""

    EPISODES = ("dones", "current_rewards", "current_shaped_rewards", "current_lengths", "rnn_states")
    """What it keeps of the episodes under way."""
    METERS = ("game_rewards", "game_shaped_rewards", "game_lengths")
    """Means over the latest episodes."""

    report: TrainingLog
    save_interval: int
    training_state: Callable[[], dict[str, Any]]
    episodes: dict[str, Any] | None = None
    """Those of another training, to go on with."""

    def __init__(self, base_name: str, params: dict) -> None:
        """Args:
        base_name: Of the library's signature.
        params: The library's configuration.
        """
        self._collector = ScalarCollector()
        super().__init__(base_name, params)

    @property
    def writer(self) -> ScalarCollector:
        """What takes the curves, of the library and of observers."""
        return self._collector

    @writer.setter
    def writer(self, writer: SummaryWriter | None) -> None:
        """Closes the library's own."""
        if writer is not None:
            writer.close()

    def write_stats(self, *args, **kwargs) -> None:
        """Reports an epoch and saves a checkpoint when one is due."""
        super().write_stats(*args, **kwargs)
        self.report.report(self.writer.scalars)
        if self.epoch_num % self.save_interval == 0:
            self.save(self.checkpoint_path())

    def env_reset(self) -> dict[str, torch.Tensor]:
        """Begins to train."""
        obs = super().env_reset()
        for name, value in (self.episodes or {}).items():
            setattr(self, name, value)
        self.episodes = None
        return obs

    def checkpoint_path(self) -> Path:
        """Returns where the checkpoint of the present epoch belongs."""
        return Path(self.nn_dir) / f"{self.config['name']}_ep_{self.epoch_num}.pth"

    def save(self, fn: str | Path) -> None:
        """Saves a checkpoint under the project's name for it, whatever the library calls it."""
        self.write_checkpoint(self.checkpoint_path())

    def write_checkpoint(self, path: Path) -> None:
        """Saves a checkpoint atomically."""
        with atomic_binary(path) as file:
            torch.save(self.get_full_state_weights() | {TRAINING: self.training_state()}, file)


class Network(torch.nn.Module):
    """The library's network for export, giving the mean actions only."""

    def __init__(self, network: torch.nn.Module) -> None:
        """Copies the network, which is the actor and an unused or separate critic."""
        super().__init__()
        self.network = deepcopy(network)

    def forward(self, obs: torch.Tensor, *state: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Normalised observations and the state -> mean actions and the new state."""
        # A separate critic's state comes behind the actor's. Its value goes nowhere, so it may have any state.
        states = 2 * state if self.network.is_separate_critic() else state
        mean, _, _, states = self.network({"obs": obs, "rnn_states": states})
        return (mean, *(states or ())[: len(state)])


class Trainer(LibraryTrainer):
    """Adapter of rl_games. The library's central value network is the critic that sees the critic observations."""

    agent_cfg: dict
    COUNTS = (
        "params.config.horizon_length",
        "params.config.max_epochs",
        "params.config.save_frequency",
        "params.config.mini_epochs",
        "params.config.minibatch_size_per_env",
        "params.config.central_value_config.mini_epochs",
        "params.config.central_value_config.minibatch_size_per_env",
    )
    BY_FLAGS = {"params.load_checkpoint": "--checkpoint"}  # noqa: RUF012

    def __init__(self, recorder: EpisodeRecorder, agent_cfg: dict, folder: Path, device: str) -> None:
        """See the base class."""
        super().__init__(recorder, agent_cfg, folder, device)
        limits = agent_cfg["params"]["env"]
        self._clip_obs, self._clip_actions = limits.get("clip_observations", math.inf), limits.get("clip_actions", 1.0)
        self.env = ResumableEnv(recorder)
        env = RlGamesVecEnvWrapper(self.env, device, self._clip_obs, self._clip_actions)
        vecenv.register("IsaacRlgWrapper", lambda name, actors, **kwargs: RlGamesGpuEnv(name, actors, **kwargs))
        env_configurations.register("rlgpu", {"vecenv_type": "IsaacRlgWrapper", "env_creator": lambda **kwargs: env})

        config = agent_cfg["params"]["config"]
        if "rnn" in agent_cfg["params"]["network"]:
            _check_sequences(recorder.num_envs, config)
        config |= {
            "num_actors": recorder.num_envs,
            "train_dir": str(folder.parent),
            "full_experiment_name": folder.name,
        }
        self._save_interval = config["save_frequency"]
        runner = Runner(AlgoObserver())
        runner.algo_factory.set_builders({"a2c_continuous": Agent})  # the library's others are for other actions
        players = set_up(runner)
        if population_of(agent_cfg):
            runner.algo_observer = MultiObserver([runner.algo_observer, PopulationObserver(agent_cfg)])
        check_names(runner, agent_cfg["params"])
        library_cfg = {"params": agent_cfg["params"] | {"config": config | self._library_saves_nothing()}}
        # The library would set PyTorch's number of threads for the whole process.
        library_cfg["params"]["torch_threads"] = 0
        runner.load(library_cfg)
        self.agent: Agent = runner.algo_factory.create(runner.algo_name, base_name="run", params=runner.params)
        if not isinstance(self.agent, Agent):
            raise UserError(f"the algorithm {runner.algo_name!r} must derive from {__name__}.{Agent.__name__}")
        self._runner = runner
        self._has_player = runner.algo_name in players
        self.agent.save_interval = self._save_interval
        self.agent.training_state = self.training_state

    @staticmethod
    def _library_saves_nothing() -> dict:
        """Returns settings with which it writes nothing, nor makes a group of processes; see :meth:`join`."""
        return {"save_frequency": 0, "save_best_after": _NEVER, "print_stats": False, "multi_gpu": False}

    @classmethod
    def configure(cls, agent_cfg: dict, device: str, seed: int | None, max_iterations: int | None) -> None:
        """See the base class."""
        params = agent_cfg["params"]
        params["seed"] = params["seed"] if seed is None else seed
        params["config"] |= {"device": device, "device_name": device}
        params["config"]["max_epochs"] = max_iterations or params["config"]["max_epochs"]

    @classmethod
    def experiment_name(cls, agent_cfg: dict) -> str:
        """See the base class."""
        return agent_cfg["params"]["config"]["name"]

    @classmethod
    def run_name(cls, agent_cfg: dict) -> str:
        """See the base class."""
        return agent_cfg["params"]["config"].get("full_experiment_name") or ""

    @classmethod
    def set_names(cls, agent_cfg: dict, experiment_name: str | None, run_name: str | None) -> None:
        """See the base class."""
        config = agent_cfg["params"]["config"]
        config["name"] = experiment_name or config["name"]
        if run_name:
            config["full_experiment_name"] = run_name

    @classmethod
    def seed(cls, agent_cfg: dict) -> int:
        """See the base class."""
        return agent_cfg["params"]["seed"]

    @classmethod
    def num_iterations(cls, agent_cfg: dict) -> int:
        """See the base class."""
        return agent_cfg["params"]["config"]["max_epochs"]

    @classmethod
    def configure_acting(cls, agent_cfg: dict) -> None:
        """See the base class."""
        config = agent_cfg["params"]["config"]
        for settings in (config, config.get("central_value_config", {})):
            settings |= {"horizon_length": 1, "seq_length": 1, "minibatch_size_per_env": 1}
            settings.pop("minibatch_size", None)  # it would go before that of an environment

    def load_policy(self, checkpoint: Path) -> None:
        """See the base class."""
        # The library's restore would ask for the optimiser and the critic too.
        self.agent.model.load_state_dict(torch_ext.load_checkpoint(str(checkpoint))["model"])

    def load(self, checkpoint: Path) -> None:
        """See the base class."""
        content = torch_ext.load_checkpoint(str(checkpoint))
        self.agent.set_full_state_weights(content)
        self.recorder.env_steps = self.agent.frame
        self._go_on_from(content.get(TRAINING))
        # The library counts epochs on from the checkpoint's.
        self.iterations_done = self.agent.epoch_num
        self.agent.max_epochs = self.agent.epoch_num + self.num_iterations(self.agent_cfg)
        for scheduler in self._schedulers():
            scheduler.max_steps = self.agent.max_epochs

    def _train(self, log: TrainingLog) -> None:
        """See the base class."""
        self.agent.report = log
        self.agent.train()

    def _schedulers(self) -> list[LinearScheduler]:
        """Returns what lowers a learning rate until the last epoch."""
        learners = [self.agent, *([self.agent.central_value_net] if self.agent.has_central_value else [])]
        return [learner.scheduler for learner in learners if isinstance(learner.scheduler, LinearScheduler)]

    def _learner_state(self) -> dict[str, Any]:
        """See the base class."""
        agent = self.agent
        critic = agent.central_value_net if agent.has_central_value else None
        state = {
            "learning_rate": float(agent.last_lr),
            "entropy_coef": float(agent.entropy_coef),
            "episodes": {name: copied(getattr(agent, name)) for name in agent.EPISODES if hasattr(agent, name)},
            "meters": {
                name: [copied(getattr(agent, name).mean), getattr(agent, name).current_size] for name in agent.METERS
            },
        }
        if critic:
            state["critic"] = {"lr": critic.lr, "epoch_num": critic.epoch_num, "frame": critic.frame}
            state["critic_memory"] = copied(critic.rnn_states)
        return state

    def _load_learner_state(self, state: dict[str, Any]) -> None:
        """See the base class."""
        agent = self.agent
        critic = agent.central_value_net if agent.has_central_value else None
        if agent.is_adaptive_lr or agent.linear_lr:
            agent.last_lr, agent.entropy_coef = state["learning_rate"], state["entropy_coef"]
        for name, (mean, size) in state["meters"].items():
            meter = getattr(agent, name)
            meter.mean, meter.current_size = mean, size
        if critic:
            critic.epoch_num, critic.frame = state["critic"]["epoch_num"], state["critic"]["frame"]
            critic.lr = state["critic"]["lr"] if critic.linear_lr else critic.lr
        if self.new_episodes is None:
            agent.episodes = state["episodes"]
            if critic and critic.is_rnn:
                critic.rnn_states = state["critic_memory"]

    def modules(self) -> list[torch.nn.Module]:
        """See the base class."""
        agent = self.agent
        modules = [agent.model]
        if agent.has_central_value:
            modules.append(agent.central_value_net)
        if agent.normalize_advantage and agent.normalize_rms_advantage:
            modules.append(agent.advantage_mean_std)
        return modules

    def _share_gradients(self, group: ProcessGroup) -> None:
        """See the base class."""
        for learner in (self.agent, *([self.agent.central_value_net] if self.agent.has_central_value else [])):
            learner.multi_gpu, learner.world_size = True, group.size
        # The library chooses its CUDA device by this number; PyTorch lets one below zero choose none.
        self.agent.local_rank = -1 if group.on_cpu else group.local_rank

    def checkpoint_path(self) -> Path:
        """See the base class."""
        return self.agent.checkpoint_path()

    def write_checkpoint(self, path: Path) -> None:
        """See the base class."""
        self.agent.write_checkpoint(path)

    def std_parameter(self) -> tuple[torch.nn.Parameter, bool]:
        """See the base class."""
        network = self.agent.model.a2c_network
        model = self.agent_cfg["params"]["model"]["name"]
        plain = getattr(network, "fixed_sigma", False) and isinstance(network.sigma_act, torch.nn.Identity)
        if not plain or model not in ("continuous_a2c", "continuous_a2c_logstd"):
            raise ValueError(f"the model {model} has no number for it, or sigma_activation and fixed_sigma hide it")
        return network.sigma, model == "continuous_a2c_logstd"

    def policy(self, stochastic: bool = False) -> Policy:
        """See the base class."""
        model = self.agent.model
        model.eval()
        if self._has_player:
            return player_policy(self._runner, self.agent, self._clip_obs, stochastic)
        memory = list(model.get_default_rnn_state() or []) if model.is_rnn() else None

        def act(obs: Observations) -> torch.Tensor:
            clipped = clip(obs["policy"], self._clip_obs)
            inputs = {"is_train": False, "prev_actions": None, "obs": clipped, "rnn_states": memory}
            result = model(inputs)
            if memory is not None:
                memory[:] = result["rnn_states"]
            return result["actions" if stochastic else "mus"].clamp(-1.0, 1.0) * self._clip_actions

        def reset(done: torch.Tensor) -> None:
            for state in memory or ():
                state[:, done] = 0.0

        return Policy(act, reset)

    def exportable(self) -> ExportablePolicy:
        """See the base class."""
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
