# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Tasks that the reference does not have, each a page long: examples of how to compose one."""
