# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command line of the training scripts."""

import argparse

import pytest
from isaaclab.app import add_launcher_args

from isaaclab_factory.learning.cli.flags import add_launcher_flags
from isaaclab_factory.learning.cli.parser import OneLineParser, split_overrides
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.errors import UserError


def parse(*argv: str) -> tuple[argparse.Namespace, list[str]]:
    return split_overrides(training_parser("rsl_rl"), list(argv))


def test_presets_and_overrides_are_kept_apart_from_arguments() -> None:
    words = [
        "presets=no_noise,aided",
        "physics=newton_mjwarp",
        "env.episode_length_s=5.0",
        "+agent.note=a b",
        "~agent.x",
    ]
    args, rest = parse("--num_envs", "16", *words)
    assert args.num_envs == 16
    assert rest == words


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
        (["--eval_interval", "-1"], "'-1' is not a whole number of 0 or more"),
        (["--eval_episodes", "0"], "'0' is not a whole number of 1 or more"),
        (["--num_env", "16"], "unknown argument '--num_env'; did you mean --num_envs?"),
        (["--zzz"], "unknown argument '--zzz'; --help lists the flags"),
        (["--sigma", "0"], "'0' is not a number above zero"),
        (["--sigma", "nan"], "'nan' is not a number above zero"),
        (["--run_name", "a/b"], "'a/b' is no name of a folder"),
        (["--experiment_name", ".."], "'..' is no name of a folder"),
        (["--logger", "mlflow"], "choose from 'tensorboard', 'wandb', 'neptune'"),
        (["sim.dt=0.1"], "unknown argument 'sim.dt=0.1'"),
        (["env.episode_length_s"], "env.<key>=<value>"),
        (["preset=no_noise"], "presets=<name>"),
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


def test_flags_may_be_written_with_dashes_or_underscores() -> None:
    args, rest = parse("--num-envs=3", "--log-project-name", "us", "--check-finite", "env.some-key=1")
    assert (args.num_envs, args.log_project_name, args.check_finite) == (3, "us", True)
    assert rest == ["env.some-key=1"]


def test_an_unknown_library_is_reported_with_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"'foo' \(choose from 'rsl_rl', 'rl_games', 'skrl'\)"):
        training_parser().parse_known_args(["--lib", "foo"])


def test_the_launchers_flags_are_those_of_isaac_lab() -> None:
    theirs, ours = argparse.ArgumentParser(), OneLineParser()
    add_launcher_args(theirs)
    add_launcher_flags(ours)
    known = {action.dest for action in ours._actions}
    assert {action.dest for action in theirs._actions} - known == set()
    for action in theirs._actions:
        if action.dest not in ("help", "device", "visualizer", "max_visible_envs"):
            assert ours.get_default(action.dest) == action.default, action.dest
