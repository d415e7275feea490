# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the recorder terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isaaclab.envs.mdp.recorders.recorders_cfg import ActionStateRecorderManagerCfg
from isaaclab.managers import RecorderTermCfg
from isaaclab.utils import configclass

if TYPE_CHECKING:
    from .recorders import InitialGoalRecorder


@configclass
class InitialGoalRecorderCfg(RecorderTermCfg):
    """Configuration of :class:`InitialGoalRecorder`."""

    class_type: type[InitialGoalRecorder] | str = "{DIR}.recorders:InitialGoalRecorder"


@configclass
class AssemblyRecorderManagerCfg(ActionStateRecorderManagerCfg):
    """Record what Isaac Lab's recorder does, and the noise of the observed tip. :func:`reset_to` restores both."""

    record_initial_goal = InitialGoalRecorderCfg()
