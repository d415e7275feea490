# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
#
#   make train                         set up, then train PegInsert with rsl_rl
#   make train TASK=… LIB=… ARGS="…"   another task or library, and anything scripts/train.py takes
#   make play                          set up, then play the policy of NutThread that is shipped
#   make play TASK=… ARGS="…"          that of another task, and anything scripts/play.py takes
#   make test                          set up, then run every test
# Also: setup, test-fast (without the slow tests), lint, bench, clean.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
TASK ?=
LIB ?= rsl_rl
ARGS ?=
# Passed to pip, e.g. PIP_ARGS="--extra-index-url <index>" for PyTorch's CPU build.
PIP_ARGS ?=

# The surfaces of the real robot for pictures (Apache-2.0, 4 MB). Only its files are read: none of what it asks for.
FRANKA_SURFACES := dm_robotics_panda==0.4.8

# Two processes run the tests, each file in one of them.
SPREAD := -n 2 --dist loadfile
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: train play test test-fast setup lint bench clean
.DEFAULT_GOAL := train

train: $(STAMP)
	@$(BIN)/python scripts/train.py --lib $(LIB) --task $(or $(TASK),Isaac-Factory-PegInsert-NoNoise-v0) --headless $(ARGS)

play: $(STAMP)
	@$(BIN)/python scripts/play.py --task $(or $(TASK),Isaac-Factory-NutThread-Search-Play-v0) --use_pretrained_checkpoint $(ARGS)

test: $(STAMP)
	@$(BIN)/python -m pytest $(SPREAD) $(ARGS)

test-fast: $(STAMP)
	@$(BIN)/python -m pytest $(SPREAD) -m "not slow" $(ARGS)

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

bench: $(STAMP)
	@$(BIN)/python scripts/benchmark.py --headless $(ARGS)

setup: $(STAMP)

# Installs once, and again when the dependencies change.
$(STAMP): pyproject.toml setup.py
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) not found; isaaclab_factory needs Python 3.11 (make PYTHON=/path/to/python3.11)" >&2; exit 2; }
	@$(PYTHON) scripts/check_machine.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing isaaclab_factory and what it needs into $(VENV) (3 GB with PyTorch's CPU build, 7 GB with its default one; once) ..."
	@$(BIN)/python -m pip install --quiet $(PIP_ARGS) -e ".[dev]" || \
		{ echo "error: the installation failed; the lines above say why, 'make setup' tries again" >&2; exit 2; }
	@$(BIN)/python -m pip install --quiet $(PIP_ARGS) --no-deps $(FRANKA_SURFACES) || \
		echo "note: $(FRANKA_SURFACES) is not to be had; pictures show the robot as plain shapes" >&2
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info
