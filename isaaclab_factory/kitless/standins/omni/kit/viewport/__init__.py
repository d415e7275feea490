# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Viewports: windows on the stage. There are none to see, but code may move their camera and switch them."""
