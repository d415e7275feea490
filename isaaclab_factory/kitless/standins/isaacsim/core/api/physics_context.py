# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The physics scene of a stage."""

from __future__ import annotations

from typing import Any

from pxr import Gf, PhysxSchema, Usd, UsdPhysics

# Parameter of the simulation -> attribute of PhysxSceneAPI.
_PARAMETERS = {
    "bounce_threshold_velocity": "BounceThreshold",
    "enable_scene_query_support": "EnableSceneQuerySupport",
    "enable_stabilization": "EnableStabilization",
    "friction_correlation_distance": "FrictionCorrelationDistance",
    "friction_offset_threshold": "FrictionOffsetThreshold",
    "gpu_found_lost_aggregate_pairs_capacity": "GpuFoundLostAggregatePairsCapacity",
    "gpu_found_lost_pairs_capacity": "GpuFoundLostPairsCapacity",
    "gpu_heap_capacity": "GpuHeapCapacity",
    "gpu_max_num_partitions": "GpuMaxNumPartitions",
    "gpu_max_particle_contacts": "GpuMaxParticleContacts",
    "gpu_max_rigid_contact_count": "GpuMaxRigidContactCount",
    "gpu_max_rigid_patch_count": "GpuMaxRigidPatchCount",
    "gpu_max_soft_body_contacts": "GpuMaxSoftBodyContacts",
    "gpu_temp_buffer_capacity": "GpuTempBufferCapacity",
    "gpu_total_aggregate_pairs_capacity": "GpuTotalAggregatePairsCapacity",
}
_SOLVERS = {0: "PGS", 1: "TGS"}


class PhysicsContext:
    """Authors the physics scene.

    Args:
        stage: The stage.
        prim_path: Path of the scene.
        physics_dt: Physics step (s).
        parameters: Parameters of the simulation by name; those that are no attribute of the scene are not used here.
        device: Device of the physics.
    """

    def __init__(self, stage: Usd.Stage, prim_path: str, physics_dt: float, parameters: dict[str, Any], device: str):
        self.prim_path = prim_path
        self._physics_dt = physics_dt
        self._physics_scene = UsdPhysics.Scene.Define(stage, prim_path)
        self._physx_scene_api = PhysxSchema.PhysxSceneAPI.Apply(self._physics_scene.GetPrim())
        on_gpu = "cuda" in device
        api = self._physx_scene_api
        api.CreateTimeStepsPerSecondAttr(round(1.0 / physics_dt))
        api.CreateSolverTypeAttr(_SOLVERS[parameters.get("solver_type", 1)])
        api.CreateEnableGPUDynamicsAttr(on_gpu)
        api.CreateBroadphaseTypeAttr("GPU" if on_gpu else "MBP")
        for name, attribute in _PARAMETERS.items():
            if parameters.get(name) is not None:
                getattr(api, f"Create{attribute}Attr")(parameters[name])

    def enable_ccd(self, flag: bool) -> None:
        """Switch continuous collision detection."""
        self._physx_scene_api.CreateEnableCCDAttr(flag)

    def enable_fabric(self, enable: bool) -> None:
        """Switch Fabric: there is none, the views work on the engine itself."""

    def get_gravity(self) -> tuple[Gf.Vec3f, float]:
        """Direction and magnitude (m/s2) of gravity."""
        return self._physics_scene.GetGravityDirectionAttr().Get(), self._physics_scene.GetGravityMagnitudeAttr().Get()

    def get_physics_dt(self) -> float:
        """Physics step (s)."""
        return self._physics_dt
