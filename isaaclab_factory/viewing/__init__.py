# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What there is to see in a scene, and pictures, videos and an interactive view of it without Isaac Sim.

All of it looks on: it reads the poses that Isaac Lab's assets tell, and changes nothing of the simulation.
"""
