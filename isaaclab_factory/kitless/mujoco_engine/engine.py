# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The MuJoCo engine: one world per environment, all cores."""

from __future__ import annotations

import torch

from ..scene.description import Body, SceneDescription
from .articulation_group import ArticulationGroup
from .body_frames import DerivedBodies, FreeBodies
from .contact_group import ContactGroup
from .drives import Drives
from .layout import Layout
from .materials import Materials
from .model_builder import SHARED_BODY, ModelBuilder, is_shared
from .penetrations import Penetrations, read_penetrations
from .rigid_body_group import RigidBodyGroup
from .settings import Settings
from .simulation import Simulation
from .speed_limits import SpeedLimits
from .watch import Watch
from .wrenches import Wrenches


class MujocoEngine:
    """Rigid-body dynamics of many worlds by MuJoCo on the CPU; see :class:`isaaclab_factory.kitless.engine.Engine`.

    Every environment is a world of its own, at the origin of the first one; the groups add where it stands.

    The engine takes the cores: it sets PyTorch to one thread, since PyTorch's idle threads spin, which costs a step of
    128 arms more than their help with such small tensors saves.

    Args:
        scene: The scene.
        dt: Length of a physics step (s).
        settings: Solver settings.
        num_threads: Threads that step the worlds; 0 takes all cores.

    Attributes:
        engine_steps: Engine steps in one physics step.
        watch: Counts what went wrong, see :attr:`Watch.counts`.
    """

    device = "cpu"

    def __init__(self, scene: SceneDescription, dt: float, settings: Settings | None = None, num_threads: int = 0):
        torch.set_num_threads(1)
        settings = settings or Settings()
        self.dt = dt
        self.engine_steps = settings.engine_steps(dt)
        self.layout = Layout(scene)
        builder = ModelBuilder(scene, settings, dt / self.engine_steps)
        self.sim = Simulation(builder.build(), scene.num_worlds, builder.frames, num_threads)
        self._gravity = tuple(float(value) for value in scene.gravity)
        self._set_damping(scene)
        self.drives = Drives(self.sim, scene)
        self.speed_limits = SpeedLimits(self.sim, scene)
        self.wrenches = Wrenches(self.sim)
        self.joint_friction = self._start_friction(scene)
        self.materials = Materials(self.sim, scene, settings)
        self._set_start_state(scene)
        self.watch = Watch(self.sim)

    # -- start

    def _set_damping(self, scene: SceneDescription) -> None:
        """Damping of free bodies, given by PhysX as a rate (1/s)."""
        model = self.sim.model
        for body in scene.bodies:
            index = model.body(body.path).id
            start = int(model.body_dofadr[index])
            if not (body.linear_damping or body.angular_damping) or start < 0 or model.body_dofnum[index] != 6:
                continue
            damping = self.sim.parameter("dof_damping")
            damping[:, start : start + 3] = body.mass * body.linear_damping
            damping[:, start + 3 : start + 6] = torch.as_tensor(model.body_inertia[index]) * body.angular_damping

    def _start_friction(self, scene: SceneDescription) -> torch.Tensor:
        """PhysX's static and dynamic friction effort and viscous coefficient. Shape is (num_worlds, nv, 3)."""
        friction = torch.zeros(self.sim.model.nv, 3, dtype=torch.float64)
        joints = {joint.path: joint for joint in scene.joints}
        for articulation in scene.articulations:
            for path in articulation.joints:
                friction[self.sim.model.joint(path).dofadr[0], 0] = joints[path].friction
        return friction.repeat(scene.num_worlds, 1, 1)

    def _set_start_state(self, scene: SceneDescription) -> None:
        model, sim = self.sim.model, self.sim
        joints = {joint.path: joint for joint in scene.joints}
        for articulation in scene.articulations:
            for path in articulation.joints:
                joint = model.joint(path)
                sim.bind("qpos")[:, joint.qposadr[0]] = joints[path].position
                sim.bind("qvel")[:, joint.dofadr[0]] = joints[path].velocity
        shared = [SHARED_BODY] + [body.path for body in scene.bodies if is_shared(scene, body.path)]
        names = {model.body(index).name: index for index in range(model.nbody)}
        for name in shared:
            if name in names and model.body_mocapid[names[name]] >= 0:
                sim.bind("mocap_pos")[:, model.body_mocapid[names[name]]] -= self.layout.offsets
        worlds = torch.arange(scene.num_worlds)
        for body in scene.bodies:
            if body.linear_velocity.any() or body.angular_velocity.any():
                self._set_start_velocity(body, worlds)
        sim.touch_all()
        sim.keep_velocities()

    def _set_start_velocity(self, body: Body, worlds: torch.Tensor) -> None:
        model = self.sim.model
        index = model.body(body.path).id
        if model.body_dofnum[index] != 6:
            return
        frames = FreeBodies(self.sim, worlds, torch.full_like(worlds, index), self.layout.offsets)
        velocity = torch.as_tensor([*body.linear_velocity, *body.angular_velocity], dtype=torch.float64)
        frames.write_velocity(velocity.expand(len(worlds), 6), worlds)

    # -- what the stage holds

    @property
    def articulation_paths(self) -> list[str]:
        """Root paths of all articulations, world by world."""
        return self.layout.articulation_paths

    @property
    def rigid_body_paths(self) -> list[str]:
        """Paths of all rigid bodies, world by world."""
        return self.layout.rigid_body_paths

    @property
    def static_collider_paths(self) -> list[str]:
        """Paths of all colliders without a body, world by world."""
        return self.layout.static_collider_paths

    @property
    def world_of_path(self) -> dict[str, int]:
        """World of each path, -1 for what is shared by all worlds."""
        return self.layout.world_of_path

    def articulation_group(self, paths: list[str]) -> ArticulationGroup:
        """Group of articulations by root prim path."""
        return ArticulationGroup(self, paths)

    def rigid_body_group(self, paths: list[str]) -> RigidBodyGroup:
        """Group of rigid bodies by prim path."""
        return RigidBodyGroup(self, paths)

    def contact_group(self, sensor_paths: list[str], filter_paths: list[list[str]], max_contacts: int) -> ContactGroup:
        """Contact sensors; see :meth:`isaaclab_factory.kitless.engine.Engine.contact_group`."""
        return ContactGroup(self, sensor_paths, filter_paths, max_contacts)

    # -- gravity

    @property
    def gravity(self) -> tuple[float, float, float]:
        """Gravity of the scene (m/s2)."""
        return self._gravity

    @gravity.setter
    def gravity(self, value: tuple[float, float, float]) -> None:
        self._gravity = tuple(float(component) for component in value)
        self._apply_gravity()

    def gravity_changed(self, field: str) -> None:
        """Follow up on a written body property."""
        if field == "disable_gravities":
            self._apply_gravity()

    def _apply_gravity(self) -> None:
        """Hand gravity to the model; a scene in which it acts on no body is simulated without it, which is faster."""
        sim = self.sim
        disabled = sim.read_parameter("body_gravcomp") == 1.0
        if disabled.any() and not sim.model.ngravcomp:
            for body in sim.spec.bodies[1:]:
                body.gravcomp = 1.0
            sim.rebuild()
        moving = torch.as_tensor(sim.model.body_weldid > 0) & torch.as_tensor(sim.model.body_mocapid < 0)
        everywhere_off = bool(disabled[:, moving].all())
        vector = (0.0, 0.0, 0.0) if everywhere_off else self._gravity
        sim.parameter("opt.gravity")[:] = torch.tensor(vector, dtype=torch.float64)
        sim.touch_parameters(torch.arange(sim.num_worlds), constants=True)

    # -- stepping

    def step(self, dt: float) -> None:
        """Advance all worlds by one physics step.

        Raises:
            ValueError: If the step is not the one that the engine was made for.
        """
        if abs(dt - self.dt) > 1e-9:
            raise ValueError(f"this engine was made for physics steps of {self.dt} s, not {dt} s")
        self.drives.write_control()
        self.sim.step(self.engine_steps)
        self.wrenches.clear()
        self.watch.check(self.speed_limits.enforce())

    def bare_step(self, num_engine_steps: int) -> None:
        """Advance all worlds by a number of engine steps with the controls as they are, and do nothing else.

        It is what a benchmark compares with.
        """
        self.sim.advance(num_engine_steps)

    def penetrations(self) -> Penetrations:
        """How deep colliders are in one another at this moment.

        It is what a soak test samples; nothing is kept for it while stepping.
        """
        return read_penetrations(self.sim)

    def forward(self) -> None:
        """Make link poses and velocities agree with what was written since the last step."""
        self.sim.refresh()

    def read_accelerations(self, frames: DerivedBodies, out: torch.Tensor) -> None:
        """Fill out with the change of velocity over the last physics step by its length, as PhysX reports it."""
        frames.read_velocity(out)
        out.sub_(frames.velocity_before_step()).div_(self.dt)

    def close(self) -> None:
        """Release memory and threads."""
        self.sim.batch = None
