# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a user types behind Isaac Lab's own scripts is understood behind these."""

import shlex

import pytest

from isaaclab_factory.learning import arguments, playing

TRAIN = {
    "rsl_rl": [
        "--task Isaac-Reach-Franka-v0 --headless",
        "--task=Isaac-Velocity-Rough-Anymal-C-v0 --num_envs=4096 --max_iterations=1500 --seed=-1 --device=cpu",
        "--task Isaac-Ant-v0 --experiment_name ant --run_name wide --logger wandb --log_project_name ants",
        "--task Isaac-Ant-v0 --resume --load_run 2025-03-01_12-00-00 --checkpoint model_1499.pt",
        "--task Isaac-Ant-v0 --resume --load_run .* --checkpoint model_.*.pt --logger neptune",
        "--task Isaac-Ant-v0 --headless --video --video_length 100 --video_interval 500 --enable_cameras",
        "--task Isaac-Ant-v0 --agent rsl_rl_cfg_entry_point --export_io_descriptors --distributed",
        "--task Isaac-Ant-v0 agent.policy.actor_hidden_dims=[64,64] env.rewards.alive.weight=1.0",
    ],
    "rl_games": [
        "--task Isaac-Cartpole-v0 --headless env.actions.joint_effort.scale=10.0 agent.params.seed=2024",
        "--task Isaac-Ant-v0 --track --wandb-project-name p --wandb-entity e --wandb-name n --headless",
        "--task Isaac-Ant-v0 --track True --wandb-entity e",
        "--task Isaac-Ant-v0 --checkpoint logs/rl_games/ant/nn/ant.pth --sigma 0.5",
        '--task Isaac-Ant-v0 --livestream 2 --rendering_mode quality --kit_args "--/log=1 --/app=5" --verbose',
    ],
    "skrl": [
        "--task Isaac-Reach-Franka-v0 --headless --ml_framework torch --algorithm PPO",
        "--task Isaac-Ant-v0 --checkpoint agent_1000.pt agent.agent.learning_rate=1e-4 +agent.note=x ~agent.memory",
    ],
}

PLAY = {
    "rsl_rl": [
        "--task Isaac-Reach-Franka-v0 --num_envs 32 --load_run run_folder_name --checkpoint model.pt",
        "--task Isaac-Reach-Franka-v0 --num_envs 32 --use_pretrained_checkpoint --real-time",
        "--task Isaac-Velocity-Rough-H1-v0 --headless --video --video_length 200 --resume --experiment_name h1",
    ],
    "rl_games": [
        "--task Isaac-Ant-v0 --num_envs 32 --checkpoint ant.pth --disable_fabric",
        "--task Isaac-Ant-v0 --num_envs 32 --use_last_checkpoint --seed 3",
    ],
    "skrl": ["--task Isaac-Reach-Franka-v0 --num_envs 32 --checkpoint agent.pt --algorithm PPO --ml_framework torch"],
}


def cases(lines: dict[str, list[str]]) -> list:
    return [pytest.param(library, line, id=line[:60]) for library, group in lines.items() for line in group]


@pytest.mark.parametrize(("library", "line"), cases(TRAIN))
def test_a_command_line_for_training_is_understood(library: str, line: str) -> None:
    words = shlex.split(line)
    args, overrides = arguments.split_overrides(arguments.training_parser(library), words)
    assert overrides == [word for word in words if word.lstrip("~+").startswith(("env.", "agent."))]
    assert args.task.startswith("Isaac-")
    both, _ = arguments.split_overrides(arguments.training_parser(), ["--rl_library", library, *words])
    assert both.lib == library


@pytest.mark.parametrize(("library", "line"), cases(PLAY))
def test_a_command_line_for_playing_is_understood(library: str, line: str) -> None:
    args, overrides = arguments.split_overrides(playing.parser(), ["--lib", library, *shlex.split(line)])
    assert (args.lib, overrides) == (library, [])
