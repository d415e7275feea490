# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The tasks of FORGE (arXiv:2408.04587): those of Factory for a robot that feels force and must not press too hard."""
