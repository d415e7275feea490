# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Tests single MDP terms in milliseconds, on an environment of a few rows without a simulator.

It is a test double by design, and nothing else in the package imports it. The managers, the assets and their data are
Isaac Lab's own; below them a world stands still in which only the test moves anything. Whatever needs physics (contact
forces, sensors, how a part slips) is not there, and asking for it is an error that says so.

Tests that import ``isaaclab`` themselves need ``import isaaclab_factory`` before, best in their ``conftest.py``.

Example:
    >>> from isaaclab_factory import mdp
    >>> from isaaclab_factory.testing import term_env
    >>> env = term_env(num_envs=2)
    >>> env.scene["held_asset"].place(pos=[[0.6, 0.0, 0.0505], [0.6, 0.0, 0.2]])  # metres in the environment frame
    >>> _ = env.step()  # the goal compares once per step
    >>> mdp.success(env)
    tensor([1., 0.])

:class:`TermEnv` takes the whole configuration of a task: ``TermEnv(MyTaskEnvCfg())`` has all its terms.
"""

from .assets import StillFranka, StillPart
from .env import TermEnv, term_env

__all__ = ["StillFranka", "StillPart", "TermEnv", "term_env"]
