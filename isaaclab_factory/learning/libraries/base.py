# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the training session asks of an RL library."""

import math
from abc import ABC, abstractmethod
from contextlib import nullcontext
from pathlib import Path
from typing import Any, ClassVar

import gymnasium
import torch

from isaaclab_factory.learning.config.settings import KEYS, set_setting
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.policy import ExportablePolicy, Policy
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from isaaclab_factory.learning.runs.log import TrainingLog
from isaaclab_factory.learning.runs.resuming import LastingState, ResumableStart, random_state
from isaaclab_factory.learning.scaling.distributed import ProcessGroup


class LibraryTrainer(ABC):
    """Trains with one library."""

    library: ClassVar[str]
    """Name of the library."""

    def __init__(self, recorder: EpisodeRecorder, agent_cfg: Any, folder: Path, device: str) -> None:
        """Keep what every library needs.

        Args:
            recorder: The environment, counting episodes.
            device: Device of the learning.

        Raises:
            UserError: The observations are not one tensor per group.
        """
        check_groups(recorder.unwrapped)
        self.recorder = recorder
        self.agent_cfg = agent_cfg
        self.folder = folder
        self.device = device
        self.iterations_done = 0
        """Iterations of the training that this one goes on from."""
        self.linear_lr = False
        """Whether the learning rate falls linearly, to zero at the end of the training."""
        self.env = ResumableStart(recorder)
        """The environment as the library's own wrapper takes it."""
        self._log: TrainingLog | None = None
        self._lasting = LastingState(recorder.unwrapped)

    @classmethod
    def configure_acting(cls, agent_cfg: Any) -> None:
        """Keeps no experience, so that the policy can act in any number of environments; it cannot learn then."""
        for setting in ("rollout_steps", "minibatches", "sequence_length"):
            if setting in KEYS[cls.library]:
                set_setting(agent_cfg, cls.library, setting, 1)

    @abstractmethod
    def load_policy(self, checkpoint: Path) -> None:
        """Loads the networks that act, also from a checkpoint that has nothing else; raises an exception on failure."""

    @abstractmethod
    def load(self, checkpoint: Path) -> None:
        """Loads all that a training goes on from; raises an exception if networks or optimiser do not fit.

        These are networks, normalisers, optimiser and its learning rate, counts of iterations and environment steps,
        and random numbers.
        """

    def train(self, log: TrainingLog) -> None:
        """Trains for the configured number of iterations, reports each and saves checkpoints at the interval.

        Args:
            log: Gets the figures of every iteration; it starts after :attr:`iterations_done`.

        Raises:
            UserError: A parameter of the networks is no longer finite, or the learning rate is to fall although the
                library has a schedule of its own for it.
        """
        self._log = log
        if self.linear_lr and self.has_schedule():
            raise UserError("--linear_lr: the agent's configuration has another schedule of the learning rate")
        self._set_learning_rate()
        log.end_iteration = self._end_iteration
        group = self.recorder.group
        try:
            with group.losses_reported() if group else nullcontext():
                self._train(log)
        except (ValueError, RuntimeError):  # PyTorch's, of a distribution with such a mean
            self._require_finite_networks()
            raise

    def _set_learning_rate(self) -> None:
        """Sets the rate of the next update, whatever a checkpoint brought: the configuration's, or a share of it."""
        if self._log.remaining and not self.has_schedule():
            share = self._log.remaining / (self._log.iteration + self._log.remaining) if self.linear_lr else 1.0
            self.scale_learning_rate(share)

    def _end_iteration(self) -> None:
        """Does what is left to do after each update, before a checkpoint of it is saved."""
        self._require_finite_networks()
        if self.linear_lr:
            self._set_learning_rate()
        if self.recorder.group:
            self.merge_normalizers(self.recorder.group)

    def _require_finite_networks(self) -> None:
        """Raises :class:`UserError` if a parameter of a network is not finite."""
        parameters = (parameter for module in self.modules() for parameter in module.parameters())
        if not all(torch.isfinite(parameter).all() for parameter in parameters):
            raise UserError(
                f"the networks are not finite after {self._log.iteration} iterations; a smaller learning rate or fewer "
                "epochs may help, and --check_finite shows whether it began in the environments"
            )

    @abstractmethod
    def _train(self, log: TrainingLog) -> None:
        """Trains, see :meth:`train`."""

    def training_state(self) -> dict[str, Any]:
        """Returns what a training goes on from in addition to what the library saves in its checkpoints."""
        return {
            "iterations": self._log.iteration if self._log else self.iterations_done,
            "env_steps": self.recorder.env_steps,
            "learner": self.learner_state(),
            "environment": self._lasting.state_dict(),
            "random": random_state(),
        }

    def load_training_state(self, state: dict[str, Any] | None) -> None:
        """Takes over what :meth:`training_state` returned; None for a checkpoint without it."""
        if not state:
            return
        self.iterations_done, self.recorder.env_steps = state["iterations"], state["env_steps"]
        self.load_learner_state(state["learner"])
        self._lasting.load_state_dict(state["environment"])
        self.env.random_state = state["random"]

    @abstractmethod
    def has_schedule(self) -> bool:
        """Returns whether the library itself changes the learning rate."""

    @abstractmethod
    def scale_learning_rate(self, share: float) -> None:
        """Sets the learning rates of actor and critic to a share of the configuration's."""

    @abstractmethod
    def learner_state(self) -> dict[str, Any]:
        """Returns what the library's learner keeps from one iteration to the next and saves in no checkpoint."""

    @abstractmethod
    def load_learner_state(self, state: dict[str, Any]) -> None:
        """Takes over what :meth:`learner_state` returned."""

    @abstractmethod
    def modules(self) -> list[torch.nn.Module]:
        """Returns the networks and the normalisers, all that is learned."""

    def join(self, group: ProcessGroup) -> None:
        """Lets the library train together with other processes, starting from the first one's networks.

        Raises:
            UserError: The library cannot do so with this configuration.
        """
        self.recorder.group = group
        self.env.random_state = None  # the checkpoint knows the random numbers of one process
        for module in self.modules():
            group.copy_first(module)
        self._share_gradients(group)

    @abstractmethod
    def _share_gradients(self, group: ProcessGroup) -> None:
        """Makes the library step with the mean of the gradients of all processes."""

    def merge_normalizers(self, group: ProcessGroup) -> None:
        """Computes the normalisers over what all processes have seen."""
        for module in self.modules():
            group.merge_moments(module)

    def save(self) -> Path:
        """Saves a checkpoint of the last update, unless the library has done so already, and returns its path."""
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
            ValueError: This network has no such parameter, for instance because the deviation depends on observations.
        """

    def set_std(self, std: float) -> None:
        """Sets the standard deviation of the actions.

        Args:
            std: In the units of the actions, for all of them.

        Raises:
            UserError: This network has no such parameter.
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
            stochastic: Whether it draws its actions, as in training, or acts deterministically.
        """

    @abstractmethod
    def exportable(self) -> ExportablePolicy:
        """Returns a copy of the present policy as one module, with the same actions as :meth:`policy`."""


def check_groups(env: gymnasium.Env) -> None:
    """Raises UserError unless the observations of actor and critic are one tensor each.

    Args:
        env: The environment, unwrapped. One without an observation manager has no groups to check.
    """
    manager = getattr(env, "observation_manager", None)
    concatenated = getattr(manager, "group_obs_concatenate", {})
    for group in ("policy", "critic"):
        if not concatenated.get(group, True):
            raise UserError(
                f"env.observations.{group}.concatenate_terms must be true: the networks take one tensor per group"
            )


def check_num_envs(num_envs: int, step: int, least: int = 1) -> None:
    """Raises ValueError unless a recurrent network's minibatches can be made of whole sequences.

    Args:
        num_envs: Number of environments.
        step: What it must be a multiple of.
        least: What it must be at least.
    """
    if num_envs % step or num_envs < least:
        enough = f" and at least {least}" if least > step else ""
        raise ValueError(f"this recurrent network needs a multiple of {step}{enough} environments, not {num_envs}")
