# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What needs the torque action says so in one line where there is another."""

import pytest
from isaaclab.envs.mdp import RelativeJointPositionActionCfg

from isaaclab_factory import mdp
from isaaclab_factory.testing import term_env

JOINTS = RelativeJointPositionActionCfg(asset_name="robot", joint_names=["panda_joint[1-7]"])


@pytest.mark.parametrize("term", [mdp.fingertip_pos, mdp.smoothed_actions, mdp.exerted_force, mdp.smoothed_action_norm])
def test_an_action_of_another_kind_is_named(term):
    env = term_env(num_envs=1, actions={"arm": JOINTS})
    message = r"^action_name='arm' must .* TorqueAction; there is 'arm' \(RelativeJointPositionAction\)\.$"
    with pytest.raises(ValueError, match=message):
        term(env)


def test_an_action_of_another_name_is_named_and_found_by_it():
    env = term_env(num_envs=1)
    with pytest.raises(ValueError, match=r"^action_name='hand' .* there is 'arm' \(OperationalSpaceTorqueAction\)\.$"):
        mdp.fingertip_pos(env, action_name="hand")
    env = term_env(num_envs=1, actions={"hand": env.action_manager.get_term("arm").cfg})
    assert mdp.fingertip_pos(env, action_name="hand").equal(mdp.fingertip_pos(env, action_name="arm"))


def test_a_search_needs_the_action_that_searches():
    with pytest.raises(ValueError, match="must name an action of type SearchMotionTorqueAction"):
        mdp.search_delta(term_env(num_envs=1))
