#!/bin/sh
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
# Prints the path of a Python 3.12, the only one that isaaclab 3.0.0 supports, wherever it commonly is.

for candidate in \
    python3.12 \
    python3 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12*/bin/python \
    "$(command -v uv >/dev/null && uv python find 3.12 2>/dev/null)"
do
    # A pyenv shim is on the path even where its version is not active, so each candidate has to prove itself.
    "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 12))' >/dev/null 2>&1 || continue
    command -v "$candidate"
    exit 0
done
echo "error: no Python 3.12 found (python3.12 on the path, pyenv, uv); install it, or name it: make PYTHON=/path/to/python3.12" >&2
exit 2
