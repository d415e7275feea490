# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An experiment file stands for the command line that says the same."""

import json
from pathlib import Path

import pytest
import yaml

from isaaclab_factory.learning.arguments import split_overrides, training_parser
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.experiments.experiment import expand_experiment

EXPERIMENT = """
lib: skrl
task: Isaac-Factory-PegInsert-NoNoise-v0
entry_point: skrl_gru_cfg_entry_point
seed: 7
num_envs: 64
max_iterations: 100
eval_interval: 20
save_interval: 10
video: true
headless: false
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
    *("--lib", "skrl", "--task", "Isaac-Factory-PegInsert-NoNoise-v0", "--agent", "skrl_gru_cfg_entry_point"),
    *("--seed", "7", "--num_envs", "64", "--max_iterations", "100", "--eval_interval", "20", "--video"),
    *("--plugin", "my_task", "--plugin", "my_package.my_terms"),
    *("env.episode_length_s=5.0", "env.rewards.keypoint_coarse=null", "agent.save_interval=10"),
    *("agent.agent.learning_rate=0.0003", "agent.agent.kl_threshold=0.008"),
]


def expand(folder: Path, content: str, *argv: str, suffix: str = ".yaml", library: str | None = None) -> list[str]:
    """Returns what a file with this content stands for."""
    file = folder / f"experiment{suffix}"
    file.write_text(content, encoding="utf-8")
    return expand_experiment(training_parser(library), ["--config", str(file), *argv], library)


def complaint(folder: Path, content: str, *argv: str, **kwargs: str) -> str:
    """Returns what is said of a file with this content, less its path."""
    with pytest.raises(UserError) as caught:
        expand(folder, content, *argv, **kwargs)
    assert "experiment." in str(caught.value)
    return str(caught.value).replace(f"{folder}/", "")


def test_it_stands_for_the_command_line_that_says_the_same(tmp_path: Path) -> None:
    expected = split_overrides(training_parser(), SAID)
    assert split_overrides(training_parser(), expand(tmp_path, EXPERIMENT)) == expected


def test_json_says_what_yaml_says(tmp_path: Path) -> None:
    content = yaml.safe_load(EXPERIMENT) | {"algorithm": {"learning_rate": 3e-4}}
    assert expand(tmp_path, json.dumps(content), suffix=".json") == expand(tmp_path, EXPERIMENT)


def test_what_is_typed_goes_before_what_the_file_says(tmp_path: Path) -> None:
    typed = ("--seed", "8", "--plugin", "third", "env.episode_length_s=2.0")
    args, overrides = split_overrides(training_parser(), expand(tmp_path, EXPERIMENT, *typed))
    assert (args.seed, args.num_envs) == (8, 64)
    assert args.plugin == ["my_task", "my_package.my_terms", "third"]
    lengths = [word for word in overrides if word.startswith("env.episode_length_s")]
    assert lengths == ["env.episode_length_s=5.0", "env.episode_length_s=2.0"], "Hydra takes the last"


def test_hyperparameters_are_those_of_the_library_that_is_typed(tmp_path: Path) -> None:
    words = expand(tmp_path, "lib: skrl\nalgorithm: {gamma: 0.9}", "--lib", "rl_games")
    assert words == ["--lib=skrl", "agent.params.config.gamma=0.9", "--lib", "rl_games"]


def test_overrides_in_the_librarys_own_keys_come_after_the_common_ones(tmp_path: Path) -> None:
    words = expand(tmp_path, "agent: {algorithm: {gamma: 0.8}}\nalgorithm: {gamma: 0.9}")
    assert words == ["agent.algorithm.gamma=0.9", "agent.algorithm.gamma=0.8"]


def test_the_script_of_one_library_takes_only_experiments_for_it(tmp_path: Path) -> None:
    assert expand(tmp_path, "lib: skrl\nseed: 1", library="skrl") == ["--seed=1"]
    said = complaint(tmp_path, "lib: skrl", library="rsl_rl")
    assert said == "experiment.yaml: lib is 'skrl', and this script trains with rsl_rl: use train.py"


def test_a_command_line_without_a_file_stays_as_it_is() -> None:
    words = ["--task", "x", "--video", "env.a=1", "--unknown"]
    assert expand_experiment(training_parser(), words) == words


def test_a_key_may_have_a_flags_other_name(tmp_path: Path) -> None:
    assert expand(tmp_path, "rl_library: skrl") == ["--lib=skrl"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("num_env: 3", "unknown key num_env; did you mean num_envs? there are "),
        ("flavour: 3", "unknown key flavour; there are "),
        ("lib: sb3", "lib: invalid choice: 'sb3' (choose from 'rsl_rl', 'rl_games', 'skrl')"),
        ("num_envs: many", "num_envs: 'many' is not a whole number of 1 or more"),
        ("num_envs: 1.5", "num_envs: '1.5' is not a whole number of 1 or more"),
        ("num_envs: true", "num_envs takes one value, not True"),
        ("task: [a, b]", "task takes one value, not ['a', 'b']"),
        ("plugin: {a: b}", "plugin takes values or a list of them, not {'a': 'b'}"),
        ("plugin: my_task.py", "plugin: 'my_task.py' is no module's name such as my_task or my_package.my_task"),
        ("video: 3", "video is true or false, not 3"),
        ("config: a.yaml", "unknown key config; "),
        ("agent: skrl_cfg_entry_point", "the name of hyperparameters goes under entry_point"),
        ("env: 5", "env is a section with keys of its own, not 5"),
        ("env: {'a[1]': 5}", "env.a[1] can be no override: keys are of letters, digits, _ and -"),
        (
            "algorithm: {gama: 0.9}",
            "unknown key algorithm.gama; did you mean algorithm.gamma? there are learning_rate, ",
        ),
        ("algorithm: {gamma: 1.1}", "algorithm.gamma is a number from 0 to 1, not 1.1"),
        ("save_interval: 0", "save_interval is a whole number of 1 or more, not 0"),
    ],
)
def test_a_mistake_names_the_key_and_what_is_allowed(tmp_path: Path, content: str, said: str) -> None:
    message = complaint(tmp_path, content)
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
        ('{"seed": 1, "seed": 2}', ".json", "cannot read experiment.json: the key 'seed' is there twice"),
        ('{"seed": 1', ".json", "cannot read experiment.json: Expecting ',' delimiter: line 1 column 11"),
        ("[1]", ".json", "experiment.json is no mapping of keys and values"),
        ("", ".txt", "--config takes a file that ends in .yaml, .yml, .json, not experiment.txt"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, content: str, suffix: str, said: str) -> None:
    assert said in complaint(tmp_path, content, suffix=suffix)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read nowhere\.yaml: No such file or directory"):
        expand_experiment(training_parser(), ["--config=nowhere.yaml"])
    with pytest.raises(UserError, match="--config takes one file, not 2"):
        expand_experiment(training_parser(), ["--config=a.yaml", "--config", "b.yaml"])
    with pytest.raises(UserError, match="--config: expected one argument"):
        expand_experiment(training_parser(), ["--config"])
