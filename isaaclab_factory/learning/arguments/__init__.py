# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command lines of the scripts, checked before anything heavy is imported."""

from isaaclab_factory.learning.arguments.flags import (
    DEFAULT_LOG_ROOT,
    DEFAULT_TASK,
    KIT_FLAGS,
    LIBRARIES,
    MEASURED_ENVS,
    add_agent_arguments,
    add_algorithm_arguments,
    add_checkpoint_argument,
    add_environment_arguments,
    add_library_argument,
    add_load_run_argument,
    add_plugin_argument,
    add_tasks_arguments,
    add_video_arguments,
)
from isaaclab_factory.learning.arguments.parser import USAGE, OneLineParser, split_overrides
from isaaclab_factory.learning.arguments.tasks import (
    agents_of,
    base_task,
    check_agent,
    check_evaluation,
    check_task,
    play_task,
    trainable_tasks,
)
from isaaclab_factory.learning.arguments.training import training_parser
from isaaclab_factory.learning.arguments.training_flags import LOGGERS, add_evaluation_arguments
from isaaclab_factory.learning.arguments.values import (
    boolean,
    count_int,
    device_name,
    folder_name,
    module_name,
    positive_int,
    seed_int,
)

__all__ = [
    "DEFAULT_LOG_ROOT",
    "DEFAULT_TASK",
    "KIT_FLAGS",
    "LIBRARIES",
    "LOGGERS",
    "MEASURED_ENVS",
    "USAGE",
    "OneLineParser",
    "add_agent_arguments",
    "add_algorithm_arguments",
    "add_checkpoint_argument",
    "add_environment_arguments",
    "add_evaluation_arguments",
    "add_library_argument",
    "add_load_run_argument",
    "add_plugin_argument",
    "add_tasks_arguments",
    "add_video_arguments",
    "agents_of",
    "base_task",
    "boolean",
    "check_agent",
    "check_evaluation",
    "check_task",
    "count_int",
    "device_name",
    "folder_name",
    "module_name",
    "play_task",
    "positive_int",
    "seed_int",
    "split_overrides",
    "trainable_tasks",
    "training_parser",
]
