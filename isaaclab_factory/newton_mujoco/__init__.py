# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's Newton backend stepped by MuJoCo's C library on CPU cores, for any Isaac Lab task.

Choose it with ``SimulationCfg(device="cpu", physics=NewtonCfg(solver_cfg=MuJoCoSolverCfg(...)))``. Importing this
package loads neither Newton nor MuJoCo: the simulation does when it starts.
"""

from .cfg import MuJoCoSolverCfg

__all__ = ["MuJoCoSolverCfg"]
