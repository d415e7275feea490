# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Tests single MDP terms in milliseconds, on an environment of a few rows without a simulator.

It is a test double by design, and nothing else in the package imports it. The managers, the assets and their data are
Isaac Lab's own; below them is a world in which only the test moves anything. Whatever needs physics (contact forces,
sensors, how a part slips) is not there, and asking for it is an error that says so.

Example:
    >>> from isaaclab_factory import mdp
    >>> from isaaclab_factory.testing import term_env
    >>> env = term_env(num_envs=2)
    >>> env.place("held_asset", pos=[[0.6, 0.0, 0.0505], [0.6, 0.0, 0.2]])  # in m, in the environment frame
    >>> mdp.success(env)
    tensor([1., 0.])

    A part can have a velocity, and the fingertip is brought where it is wanted:

    >>> env.place("held_asset", pos=(0.6, 0.0, 0.1), lin_vel=(0.0, 0.0, -0.5))  # in m/s
    >>> env.scene["held_asset"].data.root_lin_vel_w.torch[0]
    tensor([ 0.0000,  0.0000, -0.5000])
    >>> env.place_fingertip(pos=(0.6, 0.0, 0.15))

    A term with a state is a class. A manager makes it, or the test does, from its configuration:

    >>> from isaaclab.managers import ManagerTermBase, RewardTermCfg
    >>> class HighestSoFar(ManagerTermBase):
    ...     def __init__(self, cfg, env):
    ...         super().__init__(cfg, env)
    ...         self.height = torch.zeros(env.num_envs)
    ...
    ...     def __call__(self, env, name):
    ...         self.height = torch.maximum(self.height, env.scene[name].data.root_pos_w.torch[:, 2])
    ...         return self.height
    >>> cfg = RewardTermCfg(func=HighestSoFar, weight=1.0, params={"name": "held_asset"})
    >>> highest = HighestSoFar(cfg, env)
    >>> highest(env, **cfg.params)
    tensor([0.1000, 0.1000])
    >>> env.place("held_asset", pos=(0.6, 0.0, 0.05))
    >>> highest(env, **cfg.params)
    tensor([0.1000, 0.1000])
    >>> env = term_env(num_envs=2, rewards={"highest": cfg})  # or in Isaac Lab's reward manager

:class:`TermEnv` takes the whole configuration of a task and has all its terms.
"""

from .env import TermEnv, term_env

__all__ = ["TermEnv", "term_env"]
