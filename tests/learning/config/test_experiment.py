# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An experiment file stands for the command line that says the same."""

import json
from pathlib import Path

import pytest
import yaml

from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.experiment import (
    FILE,
    expand_experiment,
    given_arguments,
    given_words,
    read_experiment,
    write_experiment,
)
from isaaclab_factory.learning.errors import UserError

EXPERIMENT = """
lib: skrl
task: Isaac-Factory-PegInsert
presets: no_noise
entry_point: skrl_gru_cfg_entry_point
seed: 7
num_envs: 64
max_iterations: 100
eval_interval: 20
save_interval: 10
video: true
checkpoint: null
plugin: [my_task, my_package.my_terms]
env:
  episode_length_s: 5.0
  rewards:
    keypoint_coarse: null
algorithm:
  learning_rate: 3e-4
agent:
  agent:
    kl_threshold: 0.008
"""

SAID = [
    *("--lib", "skrl", "--task", "Isaac-Factory-PegInsert", "--agent", "skrl_gru_cfg_entry_point"),
    *("--seed", "7", "--num_envs", "64", "--max_iterations", "100", "--eval_interval", "20", "--video"),
    *("--plugin", "my_task", "--plugin", "my_package.my_terms"),
    *("presets=no_noise", "env.episode_length_s=5.0", "env.rewards.keypoint_coarse=null", "agent.save_interval=10"),
    *("agent.agent.learning_rate=0.0003", "agent.agent.kl_threshold=0.008"),
]


def expand(folder: Path, content: str, *argv: str, suffix: str = ".yaml", library: str | None = None) -> list[str]:
    """Returns what a file with this content stands for."""
    file = folder / f"experiment{suffix}"
    file.write_text(content, encoding="utf-8")
    return expand_experiment(training_parser(library), ["--config", str(file), *argv], library)


def error_of(folder: Path, content: str, *argv: str, **kwargs: str) -> str:
    """Returns the error that a file with this content causes, without its folder."""
    with pytest.raises(UserError) as caught:
        expand(folder, content, *argv, **kwargs)
    assert "experiment." in str(caught.value)
    return str(caught.value).replace(f"{folder}/", "")


def test_it_stands_for_the_same_command_line(tmp_path: Path) -> None:
    expected = split_overrides(training_parser(), SAID)
    assert split_overrides(training_parser(), expand(tmp_path, EXPERIMENT)) == expected


def test_json_says_what_yaml_says(tmp_path: Path) -> None:
    content = yaml.safe_load(EXPERIMENT) | {"algorithm": {"learning_rate": 3e-4}}
    assert expand(tmp_path, json.dumps(content), suffix=".json") == expand(tmp_path, EXPERIMENT)


def test_what_is_typed_overrides_the_file(tmp_path: Path) -> None:
    typed = ("--seed", "8", "--plugin", "third", "env.episode_length_s=2.0")
    args, overrides = split_overrides(training_parser(), expand(tmp_path, EXPERIMENT, *typed))
    assert (args.seed, args.num_envs) == (8, 64)
    assert args.plugin == ["my_task", "my_package.my_terms", "third"]
    lengths = [word for word in overrides if word.startswith("env.episode_length_s")]
    assert lengths == ["env.episode_length_s=5.0", "env.episode_length_s=2.0"], "the last one counts"


def test_hyperparameters_are_those_of_the_library_that_is_typed(tmp_path: Path) -> None:
    words = expand(tmp_path, "lib: skrl\nalgorithm: {gamma: 0.9}", "--lib", "rl_games")
    assert words == ["--lib=skrl", "agent.params.config.gamma=0.9", "--lib", "rl_games"]


def test_overrides_in_the_librarys_own_keys_come_after_the_common_ones(tmp_path: Path) -> None:
    words = expand(tmp_path, "agent: {algorithm: {gamma: 0.8}}\nalgorithm: {gamma: 0.9}")
    assert words == ["agent.algorithm.gamma=0.9", "agent.algorithm.gamma=0.8"]


def test_the_script_of_one_library_takes_only_experiments_for_it(tmp_path: Path) -> None:
    assert expand(tmp_path, "lib: skrl\nseed: 1", library="skrl") == ["--seed=1"]
    said = error_of(tmp_path, "lib: skrl", library="rsl_rl")
    assert said == "experiment.yaml: lib is 'skrl', but this script trains with rsl_rl: use train.py"


def test_a_command_line_without_a_file_stays_as_it_is() -> None:
    words = ["--task", "x", "--video", "env.a=1", "--unknown"]
    assert expand_experiment(training_parser(), words) == words


def test_a_key_may_have_a_flags_other_name(tmp_path: Path) -> None:
    assert expand(tmp_path, "rl_library: skrl") == ["--lib=skrl"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("num_env: 3", "unknown key num_env; did you mean num_envs? known are "),
        ("flavour: 3", "unknown key flavour; known are "),
        ("lib: sb3", "lib: invalid choice: 'sb3' (choose from 'rsl_rl', 'rl_games', 'skrl')"),
        ("num_envs: many", "num_envs: 'many' is not a whole number of 1 or more"),
        ("num_envs: 1.5", "num_envs: '1.5' is not a whole number of 1 or more"),
        ("num_envs: true", "num_envs takes one value, not True"),
        ("task: [a, b]", "task takes one value, not ['a', 'b']"),
        ("plugin: {a: b}", "plugin takes values or a list of them, not {'a': 'b'}"),
        ("plugin: my_task.py", "plugin: 'my_task.py' is no module's name such as my_task or my_package.my_task"),
        ("video: 3", "video is true or false, not 3"),
        ("config: a.yaml", "unknown key config; "),
        ("agent: skrl_cfg_entry_point", "the entry point of the hyperparameters has the key entry_point"),
        ("env: 5", "env is a section with keys of its own, not 5"),
        ("env: {'a[1]': 5}", "env.a[1] cannot be overridden: keys have letters, digits, _ and -"),
        (
            "algorithm: {gama: 0.9}",
            "unknown key algorithm.gama; did you mean algorithm.gamma? known are learning_rate, ",
        ),
        ("algorithm: {gamma: 1.1}", "algorithm.gamma is a number from 0 to 1, not 1.1"),
        ("save_interval: 0", "save_interval is a whole number of 1 or more, not 0"),
    ],
)
def test_a_mistake_names_the_key_and_what_is_allowed(tmp_path: Path, content: str, said: str) -> None:
    message = error_of(tmp_path, content)
    assert message.startswith("experiment.yaml: ")
    assert said in message


@pytest.mark.parametrize(
    ("content", "suffix", "said"),
    [
        ("seed: 1\nseed: 2", ".yaml", "cannot read experiment.yaml: line 2: found duplicate key seed"),
        ("seed: [1", ".yml", "cannot read experiment.yml: line 1: "),
        ("x: !!python/object/apply:os.system [id]", ".yaml", "could not determine a constructor for the tag"),
        ("seed: 1\nenv: {a: &x [1], b: *x}", ".yaml", "cannot read experiment.yaml: line 2: *x: write out what it"),
        pytest.param("[" * 1000 + "]" * 1000, ".yaml", "it is nested too deeply", id="deep"),
        ("- 1", ".yaml", "experiment.yaml is no mapping of keys and values"),
        ("hello", ".yaml", "unknown key hello; "),
        ("\x00", ".yaml", "cannot read experiment.yaml: "),
        ("env: {a: '${b'}", ".yaml", "cannot read experiment.yaml: "),
        ('{"seed": 1, "seed": 2}', ".json", "cannot read experiment.json: the key 'seed' appears twice"),
        ('{"seed": 1', ".json", "cannot read experiment.json: Expecting ',' delimiter: line 1 column 11"),
        ("[1]", ".json", "experiment.json is no mapping of keys and values"),
        ("", ".txt", "--config takes a file that ends in .yaml, .yml, .json, not experiment.txt"),
    ],
)
def test_a_file_that_is_none_is_reported(tmp_path: Path, content: str, suffix: str, said: str) -> None:
    assert said in error_of(tmp_path, content, suffix=suffix)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read nowhere\.yaml: No such file or directory"):
        expand_experiment(training_parser(), ["--config=nowhere.yaml"])
    with pytest.raises(UserError, match="--config takes one file, not 2"):
        expand_experiment(training_parser(), ["--config=a.yaml", "--config", "b.yaml"])
    with pytest.raises(UserError, match="--config: expected one argument"):
        expand_experiment(training_parser(), ["--config"])


TYPED = [
    *("--agent", "skrl_gru_cfg_entry_point", "--plugin", "a", "--plugin", "b", "--video", "--eval_interval", "5"),
    *("--log_root", "my runs", "presets=no_noise,tight", "physics=newton_mjwarp", "env.rewards.engaged=null"),
    *("agent.agent.kl_threshold=0.001", "+agent.extra={'a': [1, 'x y']}"),
]


def record(folder: Path, typed: list[str], **settled: object) -> Path:
    folder.mkdir(exist_ok=True)
    parser = training_parser("skrl")
    write_experiment(folder, parser, *split_overrides(parser, typed), **settled)
    return folder / FILE


def test_the_file_of_a_run_stands_for_its_command_line(tmp_path: Path) -> None:
    file = record(tmp_path, TYPED, lib="skrl", entry_point="skrl_gru_cfg_entry_point")
    args, words = split_overrides(training_parser(), expand_experiment(training_parser(), [f"--config={file}"]))
    expected, typed = split_overrides(training_parser(), ["--lib", "skrl", *TYPED])
    assert args == expected
    assert sorted(words) == sorted([*typed[:-1], "+agent.extra.a=[1, 'x y']"])


def test_what_was_settled_in_the_run_overrides_what_was_asked_for(tmp_path: Path) -> None:
    typed = ["--seed", "-1", "--checkpoint", "latest"]
    values = read_experiment(record(tmp_path, typed, lib="skrl", seed=77, checkpoint="/runs/agent_1.pt", num_envs=8))
    assert values == {"lib": "skrl", "seed": 77, "checkpoint": "/runs/agent_1.pt", "num_envs": 8}
    assert "checkpoint" not in read_experiment(record(tmp_path, typed, checkpoint=None))


def test_arguments_are_typed_again_as_they_were_given() -> None:
    parser = training_parser("skrl")
    typed = ["--device", "cpu", "--check_finite", "--run_name", "my run", "--kit_args", "--a --b", "--livestream", "0"]
    args, _ = split_overrides(parser, [*TYPED, *typed, "--distributed"])
    words = given_words(parser, given_arguments(parser, args))
    assert split_overrides(parser, words)[0] == args
    assert given_words(parser, {"seed": 3, "max_iterations": 2, "device": "cpu"}, leave_out=["device"]) == [
        "--seed=3",
        "--max_iterations=2",
    ]


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(UserError, match=r"cannot write .*experiment\.yaml"):
        record(tmp_path, [])
