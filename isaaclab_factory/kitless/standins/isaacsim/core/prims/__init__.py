# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Wrappers of prims. Isaac Lab has its own; only devices and motion policies use these."""

from isaaclab_factory.kitless.unsupported import unsupported

Articulation = unsupported("isaacsim.core.prims.Articulation", "Articulation")
RigidPrim = unsupported("isaacsim.core.prims.RigidPrim", "RigidPrim")
SingleArticulation = unsupported("isaacsim.core.prims.SingleArticulation", "SingleArticulation")
SingleGeometryPrim = unsupported("isaacsim.core.prims.SingleGeometryPrim", "SingleGeometryPrim")
SingleRigidPrim = unsupported("isaacsim.core.prims.SingleRigidPrim", "SingleRigidPrim")
SingleXFormPrim = unsupported("isaacsim.core.prims.SingleXFormPrim", "SingleXFormPrim")
XFormPrim = unsupported("isaacsim.core.prims.XFormPrim", "XFormPrim")
