# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command line of the training scripts."""

import pytest

from isaaclab_factory.learning import arguments
from isaaclab_factory.learning.errors import UserError


def parse(*argv: str):
    return arguments.split_overrides(arguments.training_parser("rsl_rl"), list(argv))


def test_overrides_are_kept_apart_from_arguments() -> None:
    args, overrides = parse("--num_envs", "16", "env.episode_length_s=5.0", "+agent.note=a b")
    assert args.num_envs == 16
    assert overrides == ["env.episode_length_s=5.0", "+agent.note=a b"]


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (["--num_envs", "0"], "'0' is not a whole number of 1 or more"),
        (["--num_envs", "-3"], "num_envs"),
        (["--num_envs", "many"], "'many'"),
        (["--max_iterations", "0"], "max_iterations"),
        (["--seed", "-2"], "'-2' is not a whole number from 0 to 4294967295, or -1 for a random one"),
        (["--seed", str(2**32)], "4294967295"),
        (["--device", "gpu"], "'gpu' is none of cpu, cuda, cuda:<number>"),
        (["--sim", "bullet"], "choose from 'auto', 'isaacsim', 'mujoco'"),
        (["--eval_interval", "-1"], "'-1' is not a whole number of 0 or more"),
        (["--eval_episodes", "0"], "'0' is not a whole number of 1 or more"),
        (["--num_env", "16"], "unknown argument '--num_env'; did you mean --num_envs?"),
        (["--zzz"], "unknown argument '--zzz'; --help lists the flags"),
        (["--sigma", "0"], "'0' is not a number above zero"),
        (["--sigma", "nan"], "'nan' is not a number above zero"),
        (["--run_name", "a/b"], "'a/b' is no name of a folder"),
        (["--experiment_name", ".."], "'..' is no name of a folder"),
        (["--algorithm", "AMP"], "argument --algorithm: invalid choice: 'AMP' (choose from 'PPO')"),
        (["--ml_framework", "jax"], "argument --ml_framework: invalid choice: 'jax' (choose from 'torch')"),
        (["sim.dt=0.1"], "unknown argument 'sim.dt=0.1'"),
        (["env.episode_length_s"], "env.<key>=<value>"),
        (["~env.rewards.success"], "env.<term>=null drops a term"),
    ],
)
def test_a_wrong_argument_is_named_in_one_line(argv: list[str], named: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(*argv)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_seed_of_minus_one_is_a_random_one() -> None:
    drawn = {parse("--seed", "-1")[0].seed for _ in range(4)}
    assert len(drawn) > 1
    assert all(0 <= seed < 2**31 for seed in drawn)


def test_a_flag_may_be_spelled_with_either_kind_of_line() -> None:
    args, rest = parse("--num-envs=3", "--wandb_entity", "us", "--export-io-descriptors", "env.some-key=1")
    assert (args.num_envs, args.wandb_entity, args.export_io_descriptors) == (3, "us", True)
    assert rest == ["env.some-key=1"]


def test_a_policy_that_trains_is_evaluated_on_the_play_variant_or_the_task_that_is_named() -> None:
    task = "Isaac-Factory-PegInsert-v0"
    assert arguments.check_evaluation(parse("--eval_interval", "5")[0], "rsl_rl") == "Isaac-Factory-PegInsert-Play-v0"
    assert arguments.check_evaluation(parse("--eval_interval", "5", "--eval_task", task)[0], "rsl_rl") == task


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--eval_task", "Isaac-Factory-PegInsert-v0"], "--eval_task does nothing without --eval_interval"),
        (["--eval_interval", "0", "--eval_task", "x"], "--eval_task does nothing without --eval_interval"),
        (["--eval_interval", "5", "--eval_task", "Isaac-Factory-Peg-v0"], "unknown task 'Isaac-Factory-Peg-v0'"),
        (["--eval_interval", "5", "--agent", "rsl_rl_x_cfg_entry_point"], "Play-v0 has no 'rsl_rl_x_cfg_entry_point'"),
    ],
)
def test_an_evaluation_that_cannot_be_is_told(argv: list[str], said: str) -> None:
    with pytest.raises(UserError) as caught:
        arguments.check_evaluation(parse(*argv)[0], "rsl_rl")
    assert said in str(caught.value)


def test_an_unknown_library_is_told_with_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"'foo' \(choose from 'rsl_rl', 'rl_games', 'skrl'\)"):
        arguments.training_parser().parse_known_args(["--lib", "foo"])


def test_an_unknown_task_is_told_with_close_names() -> None:
    with pytest.raises(UserError, match=r"unknown task 'Isaac-Factory-PegInsrt-v0'; did you mean .*PegInsert-v0"):
        arguments.check_task("Isaac-Factory-PegInsrt-v0")


def test_a_name_like_no_task_is_told_with_all_names() -> None:
    with pytest.raises(UserError) as caught:
        arguments.check_task("zzz")
    assert all(task in str(caught.value) for task in arguments.trainable_tasks())


def test_a_task_without_a_configuration_is_told() -> None:
    with pytest.raises(UserError, match="CartPole-v1 is registered without an 'env_cfg_entry_point'"):
        arguments.check_task("CartPole-v1")


def test_tasks_of_gymnasium_itself_are_not_offered() -> None:
    assert "CartPole-v1" not in arguments.trainable_tasks()


@pytest.mark.parametrize("library", arguments.LIBRARIES)
def test_every_task_has_hyperparameters_for_every_library(library: str) -> None:
    for task in arguments.trainable_tasks():
        assert arguments.check_agent(task, library, None) == f"{library}_cfg_entry_point"


def test_another_set_of_hyperparameters_can_be_chosen() -> None:
    key = "rl_games_lstm_cfg_entry_point"
    assert arguments.check_agent(arguments.DEFAULT_TASK, "rl_games", key) == key


@pytest.mark.parametrize("key", ["nothing", "env_cfg_entry_point", "rsl_rl_cfg_entry_point"])
def test_hyperparameters_that_the_library_has_not_are_told(key: str) -> None:
    with pytest.raises(UserError, match="it has rl_games_cfg_entry_point, rl_games_lstm_cfg_entry_point"):
        arguments.check_agent(arguments.DEFAULT_TASK, "rl_games", key)


def test_a_policy_is_measured_on_the_play_variant_of_its_task() -> None:
    assert arguments.play_task("Isaac-Factory-PegInsert-Search-v0") == "Isaac-Factory-PegInsert-Search-Play-v0"
    assert arguments.play_task("Isaac-Factory-PegInsert-Play-v0") == "Isaac-Factory-PegInsert-Play-v0"
    assert arguments.play_task("Isaac-Cartpole-v0") == "Isaac-Cartpole-v0"
