# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the recorder terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isaaclab.envs.mdp.recorders.recorders_cfg import ActionStateRecorderManagerCfg
from isaaclab.managers import RecorderTermCfg
from isaaclab.utils import configclass

if TYPE_CHECKING:
    from .recorders import InitialGoalRecorder, ObservationsRecorder, RewardsRecorder, SuccessRecorder


@configclass
class InitialGoalRecorderCfg(RecorderTermCfg):
    """Configuration of :class:`InitialGoalRecorder`."""

    class_type: type[InitialGoalRecorder] | str = "{DIR}.recorders:InitialGoalRecorder"


@configclass
class ObservationsRecorderCfg(RecorderTermCfg):
    """Configuration of :class:`ObservationsRecorder`."""

    class_type: type[ObservationsRecorder] | str = "{DIR}.recorders:ObservationsRecorder"


@configclass
class RewardsRecorderCfg(RecorderTermCfg):
    """Configuration of :class:`RewardsRecorder`."""

    class_type: type[RewardsRecorder] | str = "{DIR}.recorders:RewardsRecorder"


@configclass
class SuccessRecorderCfg(RecorderTermCfg):
    """Configuration of :class:`SuccessRecorder`."""

    class_type: type[SuccessRecorder] | str = "{DIR}.recorders:SuccessRecorder"

    command_name: str = "assembly_goal"
    """Name of the assembly goal."""


@configclass
class AssemblyRecorderManagerCfg(ActionStateRecorderManagerCfg):
    """Record what Isaac Lab's recorder does, and the noise of the observed tip. :func:`reset_to` restores both."""

    record_initial_goal = InitialGoalRecorderCfg()


@configclass
class DemonstrationRecorderManagerCfg(AssemblyRecorderManagerCfg):
    """Record what others learn from: also all observation groups, the rewards, and which steps are a success."""

    record_pre_step_flat_policy_observations: RecorderTermCfg | None = None  # they are one of the groups
    record_observations = ObservationsRecorderCfg()
    record_rewards = RewardsRecorderCfg()
    record_success = SuccessRecorderCfg()
