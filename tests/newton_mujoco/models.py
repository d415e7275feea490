# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Small Newton models, and a way to step them."""

from collections.abc import Callable

import newton
import numpy as np
import warp as wp
from newton.solvers import SolverMuJoCo

from isaaclab_factory.newton_mujoco.solver import SolverMuJoCoWorlds

wp.config.quiet = True

DT = 1 / 480
"""Length of an engine step [s]."""

OPTIONS = {"integrator": "implicitfast", "cone": "elliptic", "impratio": 10.0, "njmax": 120, "nconmax": 40}


def at(x: float = 0.0, y: float = 0.0, z: float = 0.0) -> wp.transform:
    """Returns a pose without rotation."""
    return wp.transform((x, y, z), wp.quat_identity())


def add_box(builder: newton.ModelBuilder, pose: wp.transform, half: float = 0.05, mass: float | None = None) -> int:
    """Adds a free box with contact settings that hold at 480 Hz."""
    body = builder.add_body(xform=pose)
    density = 1000.0 if mass is None else mass / (2 * half) ** 3
    builder.add_shape_box(
        body, hx=half, hy=half, hz=half, cfg=newton.ModelBuilder.ShapeConfig(density=density, gap=0.0)
    )
    return body


def add_arm(builder: newton.ModelBuilder, links: int = 3, stiffness: float = 0.0, damping: float = 0.0) -> None:
    """Adds an arm that hangs from the world, with hinges about x and y in turn, links 0.2 m long."""
    joints, parent = [], -1
    for k in range(links):
        link = builder.add_link()
        builder.add_shape_box(link, hx=0.02, hy=0.03, hz=0.1)
        joints.append(
            builder.add_joint_revolute(
                parent,
                link,
                axis=(0, 1, 0) if k % 2 == 0 else (1, 0, 0),
                parent_xform=at(z=1.0) if parent < 0 else at(z=-0.1),
                child_xform=at(z=0.1),
                target_ke=stiffness,
                target_kd=damping,
            )
        )
        parent = link
    builder.add_articulation(joints)


def finalize(fill: Callable[[newton.ModelBuilder], None], num_worlds: int = 1, ground: bool = False) -> newton.Model:
    """Returns a model of several worlds, each filled by a function."""
    world = newton.ModelBuilder()
    SolverMuJoCo.register_custom_attributes(world)
    fill(world)
    builder = newton.ModelBuilder()
    SolverMuJoCo.register_custom_attributes(builder)
    builder.replicate(world, num_worlds)
    if ground:
        builder.add_ground_plane()
    return builder.finalize(device="cpu")


class Simulation:
    """Steps a model with the engine.

    Args:
        model: Model to step.
        solver_class: Solver to step it with.
        options: Options of the solver, over :data:`OPTIONS`.
    """

    def __init__(self, model: newton.Model, solver_class: type = SolverMuJoCoWorlds, **options):
        self.model = model
        self.solver = solver_class(model, **OPTIONS | options)
        self.state = model.state()
        self.control = model.control()
        newton.eval_fk(model, self.state.joint_q, self.state.joint_qd, self.state)

    def step(self, num_steps: int = 1, dt: float = DT) -> None:
        """Steps all worlds with constant controls."""
        if isinstance(self.solver, SolverMuJoCoWorlds):
            self.solver.step(self.state, self.state, self.control, None, dt, num_steps)
        else:
            for _ in range(num_steps):
                self.solver.step(self.state, self.state, self.control, None, dt)

    def rows(self, name: str) -> np.ndarray:
        """Returns an array of the state as a view with one row per world."""
        values = getattr(self.state, name).numpy()
        return values.reshape(self.model.world_count, -1, *values.shape[1:])
