# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Package layout: the top-level folder ``agents/`` is installed as ``isaaclab_factory.agents``."""

from setuptools import find_namespace_packages, setup

setup(
    packages=[
        *find_namespace_packages(
            include=["isaaclab_factory", "isaaclab_factory.*"],
            exclude=["*.__pycache__*", "isaaclab_factory.pretrained*"],
        ),
        "isaaclab_factory.agents",
        *(f"isaaclab_factory.agents.{library}" for library in ("rl_games", "rsl_rl", "skrl")),
    ],
    package_dir={"isaaclab_factory": "isaaclab_factory", "isaaclab_factory.agents": "agents"},
    package_data={"": ["*.yaml", "*.json", "*.pyi", "py.typed"], "isaaclab_factory": ["pretrained/*/*"]},
)
