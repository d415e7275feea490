# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command ``isaaclab-factory``, which an installed package has instead of the scripts."""

import os
import sys

from isaaclab_factory.learning.cli.script import EXIT_USER_ERROR, run_script

CONSOLE_COMMAND = "isaaclab-factory"

_LEARNING = "isaaclab_factory.learning"

COMMANDS = {
    "train": (f"{_LEARNING}.train:train_with_chosen_library", "train a task with the library that --lib names"),
    "evaluate": (f"{_LEARNING}.evaluation.command:evaluate_policy", "measure a policy"),
    "sensitivity": (
        f"{_LEARNING}.evaluation.sensitivity:measure_sensitivity",
        "measure a policy under conditions that it was not trained for",
    ),
    "play": (f"{_LEARNING}.play:play", "show a policy, record it, or export it"),
    "demo": (f"{_LEARNING}.demo:demo", "show the policies that are shipped, in the browser"),
    "export": (f"{_LEARNING}.policies.export:export", "write a policy as TorchScript and ONNX"),
    "record_demos": (
        f"{_LEARNING}.demonstrations.record_command:record_demos",
        "record episodes for imitation learning",
    ),
    "replay_demos": (f"{_LEARNING}.demonstrations.replay_command:replay_demos", "replay recorded episodes"),
    "sweep": (f"{_LEARNING}.sweep:sweep", "train with many values of hyperparameters"),
    "list_envs": (f"{_LEARNING}.config.listing:list_tasks", "list tasks with their presets, engines and agents"),
    "measure_grasp": (f"{_LEARNING}.evaluation.grasp_command:measure_grasp", "measure how firmly the hand holds"),
    "benchmark": (f"{_LEARNING}.diagnostics.benchmark:run_benchmark", "measure the speed of tasks"),
    "soak": (f"{_LEARNING}.diagnostics.soak:soak", "step tasks for long and count what must not happen"),
    "profile_step": (f"{_LEARNING}.diagnostics.profile:run_profile", "show where the time of a step goes"),
    "random_agent": (f"{_LEARNING}.diagnostics.untrained:run_random_agent", "step a task with random actions"),
    "zero_agent": (f"{_LEARNING}.diagnostics.untrained:run_zero_agent", "step a task with actions of zero"),
}
"""Function and summary of each command, by the name of the script that does the same.

A function takes the words of the command line after the name.
"""


def main() -> int:
    """Runs the command that the first word of the command line names.

    Returns:
        The exit code, see :func:`run_script`; 2 if there is no such command.
    """
    _, *words = _completed_command() if "_ARGCOMPLETE" in os.environ else sys.argv
    if not words or words[0] in ("-h", "--help"):
        print(_help())
        return 0
    name, *arguments = words
    if name not in COMMANDS:
        print(f"error: there is no command '{name}'; choose from {', '.join(COMMANDS)}", file=sys.stderr)
        return EXIT_USER_ERROR
    sys.argv = [f"{CONSOLE_COMMAND} {name}", *arguments]  # as help and error messages show it
    return run_script(COMMANDS[name][0])


def _completed_command() -> list[str]:
    """Returns the command line whose parser has to answer a shell that asks for completions."""
    from isaaclab_factory.learning.cli.completion import complete_command  # imports gymnasium

    name = complete_command(COMMANDS)
    return [CONSOLE_COMMAND, *([name] if name else [])]


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, (_, summary) in COMMANDS.items()]
    return "\n".join(
        [f"usage: {CONSOLE_COMMAND} COMMAND ...", "", *lines, "", "COMMAND --help lists the flags of one."]
    )


if __name__ == "__main__":
    sys.exit(main())
