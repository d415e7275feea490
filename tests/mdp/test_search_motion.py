# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The action that searches by itself, on a few rows that stand still."""

import pytest
import torch
from isaaclab.utils import replace
from isaaclab.utils.math import (
    axis_angle_from_quat,
    quat_apply,
    quat_apply_inverse,
    quat_from_angle_axis,
    quat_from_euler_xyz,
    quat_mul,
)

from isaaclab_factory import mdp
from isaaclab_factory.controllers import pointing_down_quat
from isaaclab_factory.mdp.search_area import search_path
from isaaclab_factory.testing import term_env

ARM = mdp.SearchMotionTorqueActionCfg(
    asset_name="robot",
    arm_joint_names=["panda_joint[1-7]"],
    gripper_joint_names=["panda_finger_joint[1-2]"],
    body_name="panda_fingertip_centered",
    command_name="assembly_goal",
    held_noise=(0.003, 0.0),
)
PATIENCE, CYCLE = 3, 11
"""Environment steps until a stuck hand waits, and until it has waited."""
PRESSING, HANGING = -0.5, 0.0
"""Vertical forces in N that the fingertip exerts."""
SLIDING, STUCK = (0.01, 0.0, 0.0), (0.0005, 0.0, 0.0)
"""Velocities of the fingertip in m/s."""
START = torch.tensor([0.6, 0.0, 0.1])
"""Where the fingertip is in m, environment frame."""


@pytest.fixture
def env():
    """An environment whose arm searches."""
    torch.manual_seed(0)
    return term_env(num_envs=4, actions={"arm": replace(ARM)})


@pytest.fixture
def path() -> torch.Tensor:
    """The path that the arm follows."""
    return search_path(ARM.held_noise, (0.001, 0.001), ARM.share, ARM.line_spacing, ARM.step)


@pytest.fixture
def act(env, action, observe_tip):
    """A function that puts the fingertip at places in the axes of the hand, with a force and a velocity, and acts."""
    placed: list[torch.Tensor] = []

    def act(
        places: torch.Tensor,
        force: float = PRESSING,
        velocity: tuple[float, float, float] = SLIDING,
        lower: float = 0.0,
        actions: torch.Tensor | None = None,
        yaw: torch.Tensor | float = 0.0,
    ) -> None:
        pose = START - torch.tensor([0.0, 0.0, lower]), pointing_down_quat(torch.as_tensor(yaw).expand(4))
        if not placed or not all(map(torch.equal, pose, placed)):
            env.place_fingertip(*pose)
            placed[:] = pose
        fingertip = action.fingertip
        action.apply_actions()  # from here velocities are measured
        fingertip._pose_before_w[:, :3] -= torch.tensor(velocity) * env.physics_dt
        offset = torch.nn.functional.pad(places.expand(4, 2), (0, 1))
        observe_tip(fingertip.pos_w - quat_apply(fingertip.quat_w, offset))
        action.felt_wrench_w[:, 2] = force
        action.process_actions(torch.zeros(4, 6) if actions is None else actions)

    return act


def pull(env) -> torch.Tensor:
    """The motion sideways in the axes of the hand, in m. Shape is (num_envs, 2)."""
    quat_w = env.action_manager.get_term("arm").fingertip.quat_w
    return quat_apply_inverse(quat_w, mdp.search_delta(env) * torch.tensor([1.0, 1.0, 0.0]))[:, :2]


def pressing_force(env) -> torch.Tensor:
    """The force downwards in N that the motion makes with the stiffness of 100 N/m. Shape is (num_envs,)."""
    return -100.0 * mdp.search_delta(env)[:, 2]


def asked_for(robot, action) -> torch.Tensor:
    """Joint torques in N m that are asked of the arm."""
    action.apply_actions()
    return robot.actuators.target_command.effort.torch[:, :7].clone()


def asked_of_the_parent(robot, action, smoothed: torch.Tensor) -> torch.Tensor:
    """Joint torques in N m of an arm without a motion for smoothed actions, in the same state and with the same tip."""
    parent = term_env(num_envs=4)
    other = parent.scene["robot"]
    other.write_joint_position_to_sim_index(position=robot.data.joint_pos.torch)
    plain = parent.action_manager.get_term("arm")
    goal = parent.command_manager.get_term("assembly_goal")
    goal.tip_noise_w[:] = action._goal.noisy_tip_pos_w - goal.tip_pos_w
    plain.process_actions(smoothed / 0.2)
    return asked_for(other, plain)


def test_the_fingertip_is_pulled_to_the_beginning_of_the_path(env, act, path):
    """Against the damping of 20 N s/m, with 4/s times 0.5 mm; the stiffness is 100 N/m."""
    act(path[5] + torch.tensor([0.0, 0.0005]), HANGING)
    torch.testing.assert_close(pull(env), torch.tensor([0.0, -0.0004]).expand(4, 2), atol=1e-7, rtol=1e-3)
    assert torch.equal(mdp.search_followed(env), torch.zeros(4, 1))


def test_a_pressing_hand_is_pulled_at_a_speed_against_the_friction(env, act, path):
    act(path[6])
    expected = torch.tensor([(20.0 * ARM.speed + ARM.friction * -PRESSING) / 100.0, 0.0])
    torch.testing.assert_close(pull(env), expected.expand(4, 2), atol=1e-7, rtol=1e-3)


def test_the_approach_is_not_faster_than_its_limit(env, act):
    act(torch.tensor([0.03, 0.0]), HANGING)
    torch.testing.assert_close(pull(env).norm(dim=-1), torch.full((4,), 0.2 * ARM.approach_speed))


def test_the_motion_is_limited_along_each_axis(env, act):
    act(torch.tensor([0.03, 0.0]), force=-50.0)
    torch.testing.assert_close(mdp.search_delta(env).abs().amax(dim=-1), torch.full((4,), ARM.largest_delta))


def test_the_motion_moves_the_target_on_top_of_the_action(env, robot, action, act):
    """As much as an action of the parent would, the smoothed value of which is the motion over the scale."""
    act(torch.tensor([0.02, 0.01]), HANGING, actions=torch.full((4, 6), 0.5))
    searching = asked_for(robot, action)
    both = torch.nn.functional.pad(mdp.search_delta(env) / 0.02, (0, 3)) + action.processed_actions
    torch.testing.assert_close(searching, asked_of_the_parent(robot, action, both), atol=1e-4, rtol=1e-4)


@pytest.mark.slow
def test_a_pressing_hand_follows_the_path_to_its_end_and_begins_again(env, act, path):
    shares = []
    for _ in range(3):
        for place in path[::4]:
            act(place)
            shares.append(mdp.search_followed(env)[0].item())
    steps = torch.tensor(shares).diff()
    assert (steps < 0.0).sum() in (2, 3)
    assert max(shares) > 0.95
    assert steps.max() <= 2.0 * ARM.lookahead / ARM.step / len(path) + 1e-6


@pytest.mark.parametrize(
    ("aside", "how"),
    [
        (0.0, {"force": HANGING}),
        (0.0, {"force": -0.1}),
        (0.002, {}),
        (0.0, {"velocity": (0.01, 0.0, -0.02)}),
    ],
    ids=["hangs", "hardly presses", "is far away", "falls"],
)
def test_a_hand_gets_no_further_that(env, act, path, aside, how):
    act(path[8] + torch.tensor([0.0, aside]), **how)
    assert torch.equal(mdp.search_followed(env), torch.zeros(4, 1))


def test_the_hand_comes_down_and_presses(env, act, path):
    act(path[0], HANGING)
    torch.testing.assert_close(pressing_force(env), torch.full((4,), 20.0 * ARM.descent_speed))
    act(path[0])
    torch.testing.assert_close(pressing_force(env), torch.full((4,), ARM.press_force))


def test_where_the_hand_is_stuck_it_presses_harder_and_is_not_drawn_again_and_again(env, act, path):
    drawn, forces = [], []
    for _ in range(3 * CYCLE):
        act(path[0], velocity=STUCK)
        drawn.append(bool((pull(env).norm(dim=-1) > 0.0).all()))
        forces.append(pressing_force(env)[0].item())
    assert drawn == [step % CYCLE < PATIENCE for step in range(1, 3 * CYCLE + 1)]
    assert forces == pytest.approx([ARM.press_force if slides else ARM.stuck_force for slides in drawn])


def test_what_comes_next_is_left_out_once_the_hand_has_waited(env, act, path):
    """A hand that never gets away from the beginning of the path."""
    followed = []
    for _ in range(2 * CYCLE):
        act(path[0] + torch.tensor([0.0, -0.01]), velocity=STUCK)
        followed.append(round(mdp.search_followed(env)[0].item() * len(path)))
    skip = round(ARM.skip / ARM.step)
    assert followed == [skip * (step // CYCLE) for step in range(1, 2 * CYCLE + 1)]
    assert skip > 0


def test_nothing_is_left_out_by_a_hand_that_has_found_the_place(env, act, path):
    act(path[4])
    before = mdp.search_followed(env)
    for _ in range(2 * CYCLE):
        act(path[4], velocity=STUCK, lower=2.0 * ARM.inside_depth)
    assert torch.equal(mdp.search_followed(env), before)


@pytest.mark.parametrize("start", [0.0, 1.2], ids=["straight", "turned"])
def test_inside_the_hand_turns_to_and_fro_about_its_first_yaw(env, act, action, path, start):
    """A hand of inertia 1 with the stiffness of 30, critically damped, that is 0.1 rad off when it begins to turn."""
    act(path[4], yaw=start)
    assert torch.equal(action.delta_yaw, torch.zeros(4))
    yaw, rate, yaws = torch.full((4,), 0.1), 0.0, []
    for _ in range(round(3.0 * ARM.turn_period_s / env.step_dt)):
        act(path[4], lower=2.0 * ARM.inside_depth, yaw=start + yaw)
        for _ in range(8):
            rate = rate + (30.0 * action.delta_yaw - 2.0 * 30.0**0.5 * rate) * env.step_dt / 8
            yaw = yaw + rate * env.step_dt / 8
        yaws.append(yaw)
    last = torch.stack(yaws[-round(ARM.turn_period_s / env.step_dt) :])
    for angle in (last.amax(dim=0), -last.amin(dim=0)):
        torch.testing.assert_close(angle, torch.full((4,), ARM.turn_angle), rtol=0.0, atol=0.2 * ARM.turn_angle)
    act(path[4], yaw=start)
    assert torch.equal(action.delta_yaw, torch.zeros(4))


def test_a_yaw_is_compared_the_short_way_round(act, action, path):
    """The hand is 0.05 rad behind the yaw that it started with, which counts a turn more."""
    act(path[4])
    action._start_yaw[:] = 2.0 * torch.pi + 0.05
    act(path[4], lower=2.0 * ARM.inside_depth)
    rate = 2.0 * torch.pi * ARM.turn_angle / ARM.turn_period_s
    expected = torch.full((4,), 0.05 + 2.0 / 30.0**0.5 * rate)
    torch.testing.assert_close(action.delta_yaw, expected, atol=1e-4, rtol=0.0)


def test_a_hand_that_was_turned_far_is_not_torn_back(act, action, path):
    """It is turned as if it were off by the angle to which it turns by itself."""
    act(path[4])
    act(path[4], lower=2.0 * ARM.inside_depth, yaw=-1.0)
    rate = 2.0 * torch.pi * ARM.turn_angle / ARM.turn_period_s
    torch.testing.assert_close(action.delta_yaw, torch.full((4,), ARM.turn_angle + 2.0 / 30.0**0.5 * rate))


def test_the_first_yaw_is_the_one_at_the_first_action_after_a_reset(act, action, path):
    """A state may be restored between the reset and the first action."""
    act(path[4], yaw=0.5)
    action.reset()
    act(path[4], yaw=0.3)
    torch.testing.assert_close(action._start_yaw, torch.full((4,), 0.3), atol=1e-4, rtol=0.0)


def test_the_hand_turns_as_it_would_for_an_action(env, robot, action, act, path):
    act(path[4])
    act(path[4], lower=2.0 * ARM.inside_depth, actions=torch.full((4, 6), 0.5))
    turning = asked_for(robot, action)
    both = torch.nn.functional.pad(mdp.search_delta(env) / 0.02, (0, 3)) + action.processed_actions
    delta = quat_mul(
        quat_from_euler_xyz(torch.zeros(4), torch.zeros(4), action.delta_yaw),
        quat_from_angle_axis(0.097 * action.processed_actions[:, 3:].norm(dim=-1), action.processed_actions[:, 3:]),
    )
    both[:, 3:] = axis_angle_from_quat(delta) / 0.097
    torch.testing.assert_close(turning, asked_of_the_parent(robot, action, both), atol=1e-4, rtol=1e-4)


def test_a_hand_that_gets_free_is_pulled_on_and_one_that_waits_waits_to_the_end(env, act, path):
    for _ in range(PATIENCE - 1):
        act(path[0], velocity=STUCK)
    drawn = []
    for velocity in (*[SLIDING, STUCK] * PATIENCE, *[STUCK] * PATIENCE, *[SLIDING] * CYCLE):
        act(path[0], velocity=velocity)
        drawn.append(bool((pull(env).norm(dim=-1) > 0.0).all()))
    moves = 3 * PATIENCE - 2
    assert drawn == [True] * moves + [False] * (CYCLE - PATIENCE) + [True] * (len(drawn) - moves - CYCLE + PATIENCE)


def test_a_hand_that_has_found_the_place_presses_and_is_not_drawn(env, act, path):
    act(path[4])
    before = mdp.search_followed(env)
    act(path[8], lower=0.9 * ARM.inside_depth)
    assert (mdp.search_followed(env) > before).all()
    before = mdp.search_followed(env)
    act(path[12], lower=2.0 * ARM.inside_depth)
    assert torch.equal(pull(env), torch.zeros(4, 2))
    torch.testing.assert_close(pressing_force(env), torch.full((4,), ARM.insert_force))
    assert torch.equal(mdp.search_followed(env), before)
    act(path[12])
    assert (mdp.search_followed(env) > before).all()


def test_a_reset_begins_the_path_again(env, act, action, path):
    for _ in range(8):
        act(path[8], velocity=(0.0, 0.0, 0.0))
    act(path[8], lower=0.1)
    assert (mdp.search_followed(env) > 0.0).all()
    action.reset(torch.tensor([1, 3]))
    assert (mdp.search_followed(env).squeeze(-1) > 0.0).tolist() == [True, False, True, False]
    assert (pull(env).norm(dim=-1) > 0.0).tolist() == [False, True, False, True]


def test_a_stiffness_that_differs_is_refused(env):
    with pytest.raises(ValueError, match="one stiffness for x, y and z, got"):
        mdp.SearchMotionTorqueAction(replace(ARM, stiffness=(100.0, 90.0, 100.0, 30.0, 30.0, 30.0)), env)


@pytest.mark.parametrize("time", ["patience_s", "pause_s", "turn_period_s"])
def test_a_time_of_zero_is_refused(env, time):
    with pytest.raises(ValueError, match=rf"The search motion's .*{time}\b.* must"):
        mdp.SearchMotionTorqueAction(replace(ARM, **{time: 0.0}), env)


def test_the_description_has_the_path(action, path):
    motion = action.description["search_motion"]
    torch.testing.assert_close(torch.tensor(motion["path"]), path)
    assert motion["held_noise"] == (0.003, 0.0)
    assert "stiffness" not in motion
