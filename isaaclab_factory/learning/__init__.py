# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What training scripts share, and one small adapter per RL library.

Nothing heavy is imported here: a wrong command line is told before Isaac Lab, PyTorch or an RL library load.
"""
