# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the training session asks of an RL library."""

import math
from abc import ABC, abstractmethod
from contextlib import nullcontext
from pathlib import Path
from typing import Any, ClassVar

import torch

from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.export.policy import ExportablePolicy
from isaaclab_factory.learning.measuring.evaluation import Policy
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from isaaclab_factory.learning.run_folder.resuming import ResumableEnv
from isaaclab_factory.learning.scaling import distributed
from isaaclab_factory.learning.scaling.process_group import ProcessGroup

TRAINING = "training"
"""Key of a checkpoint under which is what the library does not keep of a training."""


class LibraryTrainer(ABC):
    """Trains with one library. The class methods translate the command line into the library's configuration."""

    COUNTS: ClassVar[tuple[str, ...]]
    """Keys of the configuration that count something and must be above zero; one that is not there is not checked."""
    BY_FLAGS: ClassVar[dict[str, str]] = {}
    """Switches of the configuration for which Isaac Lab's scripts have code of their own, and the flags for it here."""

    env: ResumableEnv
    """The environment as the library's own wrapper takes it."""
    new_episodes: str | None = None
    """Why new episodes begin in a training that goes on from a checkpoint; None if those of the checkpoint go on."""

    def __init__(self, recorder: EpisodeRecorder, agent_cfg: Any, folder: Path, device: str) -> None:
        """Args:
        recorder: The environment, counting episodes.
        agent_cfg: The library's configuration, already adapted by :meth:`configure`.
        folder: The run folder.
        device: Device of the learning.
        """
        self.recorder = recorder
        self.agent_cfg = agent_cfg
        self.folder = folder
        self.device = device
        self.iterations_done = 0
        """Iterations of the training that this one goes on from."""
        self._log: TrainingLog | None = None

    @classmethod
    @abstractmethod
    def configure(cls, agent_cfg: Any, device: str, seed: int | None, max_iterations: int | None) -> None:
        """Writes what the command line gives (None: keep the configuration's value) into the configuration."""

    @classmethod
    def check(cls, agent_cfg: Any) -> None:
        """Raises :class:`UserError` if a count is not above zero, or something is switched on that a flag is for."""
        for key in cls.COUNTS:
            value = _entry(agent_cfg, key)
            if isinstance(value, int | float) and not value > 0:
                raise UserError(f"agent.{key} must be above zero, not {value}")
        for key, flag in cls.BY_FLAGS.items():
            if _entry(agent_cfg, key) is True:
                raise UserError(f"agent.{key} does nothing here; use {flag}")

    @classmethod
    @abstractmethod
    def experiment_name(cls, agent_cfg: Any) -> str:
        """Name of the folder that holds the runs of this configuration."""

    @classmethod
    @abstractmethod
    def run_name(cls, agent_cfg: Any) -> str:
        """What is added to the name of the run's folder, empty for nothing."""

    @classmethod
    @abstractmethod
    def set_names(cls, agent_cfg: Any, experiment_name: str | None, run_name: str | None) -> None:
        """Writes the names that the command line gives (None: keep the configuration's) into the configuration."""

    @classmethod
    def tracking(cls, agent_cfg: Any) -> tuple[str, str]:
        """Returns the logger and its project as the configuration has them."""
        return "tensorboard", cls.experiment_name(agent_cfg)

    @classmethod
    @abstractmethod
    def seed(cls, agent_cfg: Any) -> int:
        """Seed of environment and learning."""

    @classmethod
    @abstractmethod
    def num_iterations(cls, agent_cfg: Any) -> int:
        """Number of policy updates to do."""

    @classmethod
    @abstractmethod
    def configure_acting(cls, agent_cfg: Any) -> None:
        """Keeps no experience, so that the policy can act in any number of environments; nothing is learned then."""

    @abstractmethod
    def load_policy(self, checkpoint: Path) -> None:
        """Loads what acts, also from a checkpoint that has nothing else; raises an exception if it does not fit."""

    @abstractmethod
    def load(self, checkpoint: Path) -> None:
        """Loads all that a training goes on from; raises an exception if networks or optimiser do not fit.

        These are networks, normalisers, optimiser and its learning rate, the counts of iterations and environment
        steps, the environments with the episodes under way, and random numbers.
        """

    def train(self, log: TrainingLog) -> None:
        """Trains for the configured number of iterations, reports each and saves checkpoints at the interval.

        Args:
            log: What is told of every iteration; it begins after :attr:`iterations_done`.

        Raises:
            UserError: The networks have become something that is not finite.
        """
        self._log = log
        log.end_iteration = self._end_iteration
        group = self.recorder.group
        try:
            with group.losses_told() if group else nullcontext():
                self._train(log)
        except (ValueError, RuntimeError):  # PyTorch's, of a distribution with such a mean
            self._require_finite_networks()
            raise

    def _end_iteration(self) -> None:
        """Does what is left to do after each update, before a checkpoint is saved of it."""
        self._require_finite_networks()
        if self.recorder.group:
            self.merge_normalizers(self.recorder.group)

    def _require_finite_networks(self) -> None:
        """Raises :class:`UserError` if a network's parameter is not finite."""
        parameters = (parameter for module in self.modules() for parameter in module.parameters())
        if not all(torch.isfinite(parameter).all() for parameter in parameters):
            raise UserError(
                f"the networks are not finite after {self._log.iteration} iterations; a smaller learning rate or fewer "
                "epochs may help, and --check_finite tells whether it began in the environments"
            )

    @abstractmethod
    def _train(self, log: TrainingLog) -> None:
        """Trains, see :meth:`train`."""

    def training_state(self) -> dict[str, Any]:
        """Returns what a training goes on from besides what the library keeps in its checkpoints."""
        return {
            "iterations": self._log.iteration if self._log else self.iterations_done,
            "env_steps": self.recorder.env_steps,
            "learner": self._learner_state(),
            "environments": self.env.state_dict(),
        }

    def _go_on_from(self, state: dict[str, Any] | None) -> None:
        """Takes over what :meth:`training_state` returned; None of a checkpoint that has nothing of it."""
        if not state:
            self.new_episodes = "the checkpoint says nothing of them"
            return
        self.iterations_done, self.recorder.env_steps = state["iterations"], state["env_steps"]
        # in other processes the same episodes and random numbers would come again
        obstacle = "the checkpoint knows those of one process" if distributed.current_group() else None
        self.new_episodes = self.env.load_state_dict(state["environments"], obstacle)
        self._load_learner_state(state["learner"])

    @abstractmethod
    def _learner_state(self) -> dict[str, Any]:
        """Returns what the library's learner keeps from one iteration to the next and puts into no checkpoint."""

    @abstractmethod
    def _load_learner_state(self, state: dict[str, Any]) -> None:
        """Takes over the learner's state; that of the episodes unless :attr:`new_episodes` begin."""

    @abstractmethod
    def modules(self) -> list[torch.nn.Module]:
        """Returns the networks and the normalisers, all that is learned."""

    def join(self, group: ProcessGroup) -> None:
        """Lets the library train together with other processes, from the first one's networks on.

        Every process keeps its own books as if it were the first.

        Args:
            group: The processes.

        Raises:
            UserError: The library cannot train so with this configuration.
        """
        self.recorder.group = group
        for module in self.modules():
            group.copy_first(module)
        self._share_gradients(group)

    @abstractmethod
    def _share_gradients(self, group: ProcessGroup) -> None:
        """Makes the library step with the mean of the gradients of all processes."""

    def merge_normalizers(self, group: ProcessGroup) -> None:
        """Makes the normalisers of all processes the same, from what all have seen; the libraries leave them apart."""
        for module in self.modules():
            group.merge_moments(module)

    def save(self) -> Path:
        """Saves a checkpoint of the last update, if the library has not done so already, and returns its path."""
        path = self.checkpoint_path()
        if not path.exists():
            self.write_checkpoint(path)
        return path

    @abstractmethod
    def checkpoint_path(self) -> Path:
        """Returns where in the run folder the checkpoint of the last update belongs."""

    @abstractmethod
    def write_checkpoint(self, path: Path) -> None:
        """Writes a checkpoint of the present state to a path, complete or not at all."""

    @abstractmethod
    def std_parameter(self) -> tuple[torch.nn.Parameter, bool]:
        """Returns the standard deviation of the actions, shape (action_dim,), and whether it is its logarithm.

        Raises:
            ValueError: It is no number of its own in this network, but depends on what is observed for instance.
        """

    def set_std(self, std: float) -> None:
        """Sets the standard deviation of the actions from which it is learned on.

        Args:
            std: In the units of the actions, for all of them.

        Raises:
            UserError: This network has no such number.
        """
        try:
            parameter, logarithm = self.std_parameter()
        except ValueError as error:
            raise UserError(f"--sigma: {error}") from error
        with torch.no_grad():
            parameter.fill_(math.log(std) if logarithm else std)

    @abstractmethod
    def policy(self, stochastic: bool = False) -> Policy:
        """Returns the present policy.

        Args:
            stochastic: Whether it draws its actions, as while it trains, or acts deterministically.
        """

    @abstractmethod
    def exportable(self) -> ExportablePolicy:
        """Returns a copy of the present policy as one module, which gives what :meth:`policy` gives."""


def _entry(agent_cfg: Any, key: str) -> Any:
    """Returns what a configuration has under a key with dots, an empty dictionary if nothing."""
    value = agent_cfg
    for part in key.split("."):
        value = value.get(part, {}) if isinstance(value, dict) else getattr(value, part)
    return value


def check_num_envs(num_envs: int, step: int) -> None:
    """Raises ValueError unless a recurrent network's minibatches can be made of whole sequences.

    Args:
        num_envs: Number of environments.
        step: What it must be a multiple of.
    """
    if num_envs % step:
        raise ValueError(f"this recurrent network needs a multiple of {step} environments, not {num_envs}")
