# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training, playing and measuring policies: what Isaac Lab's entry points leave open, the same for three RL libraries.

The rooms, from the bottom up. Each imports only from itself and from those listed before it::

    errors.py         UserError: a mistake that a user can mend, in one line
    interrupts.py     Ctrl-C and SIGTERM
    console.py        what reaches the terminal
    cli/              parsers and flags; imports nothing heavy, so that a wrong command line is reported at once
    runs/             a run's folder: files, checkpoints, trust, record, episodes, log, resuming
    config/           configurations: settings that all libraries have, loading, overrides, plugins, experiment files
    scaling/          several processes: distributed training, sweeps, populations
    libraries/        one file per RL library behind LibraryTrainer (base.py); private names in compat_<library>.py
    nan_guard.py      --check_finite
    compat_viser.py   what Isaac Lab's view in the browser lacks
    session.py        what every script does: find the task, choose the engine, make the environment
    policies/         which policy a command line means, opening it, export, the policies that are shipped
    evaluation/       measuring policies
    demonstrations/   recording successful episodes for imitation learning, and replaying them
    preparation.py    a training before its environment is made
    train.py play.py sweep.py   what users start with
    demo.py           the shipped policies, one task after the other
    diagnostics/      speed, untrained agents, long runs, publishing of policies, the table of results, check of a GPU

``tests/learning/test_rooms.py`` checks it. Tasks are known by their gym ids only, agents by their entry points.
"""
