# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A camera without a screen: MuJoCo's renderer draws what :mod:`isaaclab_factory.viewing.visuals` tells of a scene.

MuJoCo only draws here. Its model for that holds surfaces, lights and a backdrop, and nothing of the simulation.
"""
