# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
#
#   make train                         set up, then train PegInsert without start noise with rsl_rl
#   make train TASK=… LIB=… ARGS="…"   another task or library, and anything scripts/train.py takes
#   make test                          set up, then run the tests
#   make gpu-check                     check the tasks on an NVIDIA GPU, in 8 minutes (docs/gpu.md)
#   make docs                          build the documentation site, build/docs/index.html
#   make notebook                      execute notebooks/quickstart.ipynb, in five minutes
#   make check-wheel                   install the wheel in an empty environment elsewhere, and use it
# Also: setup, test-fast (without the slow tests), test-all (with the long ones), lint, clean.

PYTHON ?=
TASK ?=
LIB ?= rsl_rl
ARGS ?=
# Passed to pip, e.g. PIP_ARGS="--extra-index-url <index>" for PyTorch's CPU build.
PIP_ARGS ?=

BIN := .venv/bin
STAMP := .venv/.installed
DOCS_STAMP := .venv/.installed_docs

# Two processes; more torch threads would fight with the engine's.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

.PHONY: train test test-fast test-all gpu-check notebook check-wheel docs setup lint clean
.DEFAULT_GOAL := train

train: $(STAMP)
	@$(BIN)/python scripts/train.py --lib $(LIB) $(if $(TASK),--task $(TASK),--config experiments/peg_insert_no_noise.yaml) $(ARGS)

test: $(STAMP)
	@$(PYTEST) -m "not long" $(ARGS)

test-all: $(STAMP)
	@$(PYTEST) $(ARGS)

test-fast: $(STAMP)
	@$(PYTEST) -m "not slow and not long" $(ARGS)

gpu-check: $(STAMP)
	@$(BIN)/python scripts/gpu_check.py $(ARGS)

notebook: $(STAMP)
	@$(BIN)/python scripts/run_notebook.py $(ARGS)

check-wheel: $(STAMP)
	@PIP_ARGS="$(PIP_ARGS)" $(BIN)/python scripts/check_wheel.py

# Builds all pages every time, as the reference comes from the code; -W makes every warning an error.
docs: $(DOCS_STAMP)
	@$(BIN)/python -m sphinx -q -E -a -W --keep-going -b html -d build/doctrees docs build/docs $(ARGS)
	@echo "Open build/docs/index.html"

$(DOCS_STAMP): $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -e ".[docs]" || \
		{ echo "error: the installation failed; the lines above say why, 'make docs' tries again" >&2; exit 2; }
	@touch $@

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

setup: $(STAMP)

# Installs once, and again when the dependencies change.
$(STAMP): pyproject.toml setup.py
	@python="$(PYTHON)"; [ -n "$$python" ] || python=$$(scripts/find_python.sh) || exit 2; \
	"$$python" scripts/check_machine.py || exit 2; \
	[ -x $(BIN)/python ] || "$$python" -m venv .venv
	@echo "Installing isaaclab_factory and what it needs into .venv (8 GB with PyTorch's default build; once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -e ".[dev]" || \
		{ echo "error: the installation failed; the lines above say why, 'make setup' tries again" >&2; exit 2; }
	@touch $@

clean:
	rm -rf .venv build *.egg-info
