# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Physics backends of the assembly tasks, for ``physics=NAME`` on the command line."""

from __future__ import annotations

import torch
from isaaclab.utils import configclass
from isaaclab_newton.physics import MJWarpSolverCfg, NewtonCfg, NewtonShapeCfg
from isaaclab_physx.physics import PhysxCfg
from isaaclab_tasks.utils import PresetCfg

from isaaclab_factory.newton_mujoco import MuJoCoSolverCfg

DEFAULT_DEVICE = "cuda:0" if torch.cuda.is_available() else "cpu"
"""Device where no ``--device`` is given: the GPU if there is one."""

CONTACT_SOLVER = {
    "solver": "newton",
    "integrator": "implicitfast",
    "cone": "elliptic",
    "impratio": 100.0,
    "iterations": 100,
    "tolerance": 1e-7,
    "enable_multiccd": True,
    "use_mujoco_contacts": True,
    "njmax": 400,  # constraints of an environment, on the GPU; docs/gpu.md has what the tasks need
    "nconmax": 120,  # contacts of an environment, on average
}
"""MuJoCo's settings, the same on CPU and GPU. With a pyramidal cone or ``impratio`` 1 the peg slips 2 to 5 mm in the
grasp, and without multiccd it leaves it. Friction in MuJoCo yields: a peg that is pushed sideways with 2 N at its lower
end turns in the grasp by 1.7 degrees a second with ``impratio`` 10, and by 0.2 with 100. The solver mostly needs fewer
than 10 iterations. But one that is stopped before it has converged can throw a part away with 20 m/s, as happened to a
meshing gear with at most 20 iterations in a step: it needed 24."""

NEWTON = {
    "num_substeps": 4,  # 480 Hz: at 240 Hz the stiff contacts eject the part
    "use_cuda_graph": True,
    "default_shape_cfg": NewtonShapeCfg(gap=0.0),
}


THREE_GEARS = CONTACT_SOLVER | {"njmax": 1080, "nconmax": 360}
"""The same with room for gears that mesh and lie on their base: up to 711 constraints and 236 contacts."""


@configclass
class AssemblyPhysicsCfg(PresetCfg):
    """MuJoCo's C library on the CPU, MuJoCo Warp on an NVIDIA GPU, or Isaac Sim's PhysX.

    The default follows the machine. Where there is a GPU, ``--device cpu physics=newton_mujoco`` runs on the CPU.
    """

    newton_mujoco: NewtonCfg = NewtonCfg(solver_cfg=MuJoCoSolverCfg(**CONTACT_SOLVER), **NEWTON)
    newton_mjwarp: NewtonCfg = NewtonCfg(solver_cfg=MJWarpSolverCfg(**CONTACT_SOLVER), **NEWTON)
    isaacsim_physx: PhysxCfg = PhysxCfg(
        # numbers of FactoryEnvCfg in isaaclab_tasks/contrib/factory
        solver_type=1,
        max_position_iteration_count=192,
        max_velocity_iteration_count=1,
        bounce_threshold_velocity=0.2,
        friction_offset_threshold=0.01,
        friction_correlation_distance=0.00625,
        gpu_max_rigid_contact_count=2**23,
        gpu_max_rigid_patch_count=2**23,
        gpu_collision_stack_size=2**28,
        gpu_max_num_partitions=1,
    )
    default: NewtonCfg = newton_mujoco if DEFAULT_DEVICE == "cpu" else newton_mjwarp


@configclass
class GearMeshPhysicsCfg(AssemblyPhysicsCfg):
    """The same backends, with larger buffers on the GPU."""

    newton_mujoco: NewtonCfg = NewtonCfg(solver_cfg=MuJoCoSolverCfg(**THREE_GEARS), **NEWTON)
    newton_mjwarp: NewtonCfg = NewtonCfg(solver_cfg=MJWarpSolverCfg(**THREE_GEARS), **NEWTON)
    default: NewtonCfg = newton_mujoco if DEFAULT_DEVICE == "cpu" else newton_mjwarp
