# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An environment of a few rows to test MDP terms on."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import torch
from isaaclab.assets import Articulation, ArticulationCfg, RigidObjectCfg
from isaaclab.envs import ManagerBasedRLEnvCfg
from isaaclab.envs.common import VecEnvStepReturn
from isaaclab.scene import InteractiveSceneCfg
from isaaclab.sim import SimulationCfg
from isaaclab_tasks.utils import resolve_presets

from isaaclab_factory import mdp
from isaaclab_factory.assets import FRANKA_CFG, HOLE_8MM_CFG, PEG_8MM_CFG, Franka, part_of
from isaaclab_factory.controllers import franka_chain, pointing_down_quat, solve_ik

from .compat import StillArticulation, StillEnv, StillRigidObject, StillScene
from .still import StillSimulation, StillWrench
from .views import FRICTION, FixedPartView, FrankaView, FreePartView, StillView

TermGroup = Mapping[str, Any] | object
"""Configurations of terms by name: a dict, or the group of a task's configuration."""

Vector = Sequence[float] | Sequence[Sequence[float]] | torch.Tensor
"""One vector for all rows, or one for each row."""

UPRIGHT = (0.0, 0.0, 0.0, 1.0)
"""The orientation (x, y, z, w) without rotation."""

ARM_JOINTS = "panda_joint[1-7]"
"""Names of the arm's joints, as a regular expression."""


class TermEnv(StillEnv):
    """An environment of a few rows to test MDP terms on, in which nothing moves but what the test moves.

    Above is Isaac Lab's own code: the managers, the assets with their data, ``step`` and ``reset``. Below, instead of a
    simulator, are tables: in a step time passes and the managers compute, and everything stays where it is. The
    tensors are on the CPU, whatever the configuration says.
    """

    def __init__(self, cfg: ManagerBasedRLEnvCfg):
        """Make the environment.

        Args:
            cfg: The configuration of a task. All its terms are made, and of its scene the robot, which has to be the
                Franka, the parts, and a sensor at its wrist, which reads what the test writes to its
                ``smoothed_wrench_b``. Other sensors, terrain, lights and scenery are not. Presets that are still open
                get their default.

        Raises:
            ValueError: If there is no environment, or the robot is not the Franka.
        """
        if cfg.scene.num_envs < 1:
            raise ValueError(f"A test environment needs at least one row, got num_envs={cfg.scene.num_envs}.")
        cfg = resolve_presets(cfg)
        scene = StillScene(cfg.scene, StillSimulation(cfg.sim.dt))
        for name, entity in vars(cfg.scene).items():
            if isinstance(entity, ArticulationCfg):
                view = _view(entity, scene.num_envs)
                scene.articulations[name] = StillArticulation(entity, view, scene.physics_dt)
            elif isinstance(entity, RigidObjectCfg):
                scene.rigid_objects[name] = StillRigidObject(entity, _view(entity, scene.num_envs))
            elif isinstance(entity, mdp.SmoothedJointWrenchSensorCfg):
                scene.sensors[name] = StillWrench(entity, scene.num_envs)
        for asset in (*scene.articulations.values(), *scene.rigid_objects.values()):
            pose = asset.data.default_root_pose.torch.clone()
            pose[:, :3] += scene.env_origins
            asset.write_root_pose_to_sim_index(root_pose=pose)
        with contextlib.redirect_stdout(io.StringIO()):  # Isaac Lab prints a table for each manager
            super().__init__(cfg, scene)

    def step(self, action: torch.Tensor | None = None) -> VecEnvStepReturn:
        """Isaac Lab's environment step, in which nothing moves.

        Args:
            action: Actions. Shape is (num_envs, action_dim). Defaults to those of the previous step, at first zeros.

        Returns:
            Observations, rewards, terminations, time-outs and extras.
        """
        return super().step(self.action_manager.action if action is None else action)

    def place(
        self,
        name: str,
        pos: Vector,
        quat: Vector = UPRIGHT,
        lin_vel: Vector = (0.0, 0.0, 0.0),
        ang_vel: Vector = (0.0, 0.0, 0.0),
        env_ids: Sequence[int] | torch.Tensor | None = None,
    ) -> None:
        """Put a part somewhere, and give it a velocity. It does not move on: in a step nothing moves.

        Every vector is one for all rows, or one for each of them: shape (3,) or (len(env_ids), 3). Terms that compute
        once per step, such as the goal, compute again after this.

        Args:
            name: Name of the part in the scene.
            pos: Position in m, in the frame of each environment.
            quat: Orientation (x, y, z, w). Shape is (4,) or (len(env_ids), 4). Defaults to upright.
            lin_vel: Velocity of the centre of mass in m/s, along the axes of the world. Defaults to rest.
            ang_vel: Angular velocity in rad/s, along the axes of the world. Defaults to rest.
            env_ids: Indices of the environments. Defaults to all.

        Raises:
            KeyError: If the scene has no such entity.
            ValueError: If it is a robot, if a fixed part is given a velocity, or if a shape is wrong.
        """
        part = self.scene[name]
        is_fixed = name in self.scene.articulations
        if is_fixed and part.num_joints:
            raise ValueError(f"place() puts parts, '{name}' is a robot: use place_fingertip().")
        rows = self._rows(env_ids)
        pos_w = _per_row("pos", pos, 3, rows) + self.scene.env_origins[rows]
        pose = torch.cat((pos_w, _per_row("quat", quat, 4, rows)), dim=-1)
        velocity = torch.cat((_per_row("lin_vel", lin_vel, 3, rows), _per_row("ang_vel", ang_vel, 3, rows)), dim=-1)
        if is_fixed and velocity.any():
            raise ValueError(f"'{name}' is a fixed part, which has no velocity.")
        part.write_root_pose_to_sim_index(root_pose=pose, env_ids=rows)
        if not is_fixed:
            part.write_root_velocity_to_sim_index(root_velocity=velocity, env_ids=rows)
        self.common_step_counter += 1  # by which such terms tell steps apart

    def place_fingertip(
        self,
        pos: Vector,
        quat: Vector | None = None,
        env_ids: Sequence[int] | torch.Tensor | None = None,
        name: str = "robot",
    ) -> None:
        """Bring ``panda_fingertip_centered`` to a pose by inverse kinematics, at rest. The fingers stay as they are.

        Terms that compute once per step compute again after this, as after :meth:`place`. Joint positions and
        velocities are set with ``env.scene["robot"].write_joint_state_to_sim_index``.

        Args:
            pos: Position in m, in the frame of each environment. Shape is (3,) or (len(env_ids), 3).
            quat: Orientation (x, y, z, w). Shape is (4,) or (len(env_ids), 4). Defaults to pointing straight down.
            env_ids: Indices of the environments. Defaults to all.
            name: Name of the robot in the scene. Its base has to be upright.

        Raises:
            ValueError: If a shape is wrong or the pose cannot be reached to within 0.1 mm and 0.1 mrad.
        """
        robot: Articulation = self.scene[name]
        rows = self._rows(env_ids)
        arm = robot.find_joints(ARM_JOINTS)[0]
        if quat is None:
            quat = pointing_down_quat(torch.zeros(len(rows)))
        pos_w = _per_row("pos", pos, 3, rows) + self.scene.env_origins[rows]
        joint_pos = robot.data.joint_pos.torch[rows]
        joint_pos[:, arm], reached = solve_ik(
            franka_chain(),
            pos_w - robot.data.root_link_pos_w.torch[rows],
            _per_row("quat", quat, 4, rows),
            robot.data.default_joint_pos.torch[rows][:, arm],
            robot.data.joint_pos_limits.torch[0, arm],
        )
        if not reached.all():
            raise ValueError(f"The fingertip cannot reach this pose in environments {rows[~reached].tolist()}.")
        robot.write_joint_state_to_sim_index(position=joint_pos, velocity=torch.zeros_like(joint_pos), env_ids=rows)
        self.common_step_counter += 1

    def _rows(self, env_ids: Sequence[int] | torch.Tensor | None) -> torch.Tensor:
        rows = torch.arange(self.num_envs) if env_ids is None else torch.as_tensor(env_ids)
        if ((rows < 0) | (rows >= self.num_envs)).any():
            raise ValueError(f"env_ids must be from 0 to {self.num_envs - 1}, got {rows.tolist()}.")
        return rows


def term_env(
    num_envs: int = 4,
    *,
    parts: Mapping[str, RigidObjectCfg | ArticulationCfg] | None = None,
    commands: TermGroup | None = None,
    actions: TermGroup | None = None,
    observations: TermGroup | None = None,
    rewards: TermGroup | None = None,
    terminations: TermGroup | None = None,
    events: TermGroup | None = None,
    curriculum: TermGroup | None = None,
    sensors: Mapping[str, mdp.SmoothedJointWrenchSensorCfg] | None = None,
) -> TermEnv:
    """An environment to test single terms on: a Franka, Factory's 8 mm peg and hole, their goal and the torque action.

    The scene's entities are ``robot``, ``held_asset`` and ``fixed_asset``, at their default poses. The command is
    ``assembly_goal``, the action ``arm``. Physics steps last 1/120 s, environment steps eight of them, episodes 10 s.

    A group of terms is a dict of term configurations by name, or the group of a task's configuration. A part, command
    or action of the same name replaces the one above.

    Args:
        num_envs: Number of rows.
        parts: Further parts, by the name in the scene.
        commands: Command terms.
        actions: Action terms.
        observations: Observation groups.
        rewards: Reward terms.
        terminations: Termination terms.
        events: Event terms. Those of the mode "startup" are applied at once.
        curriculum: Curriculum terms.
        sensors: Sensors at the wrist, by the name in the scene, which read what the test writes to their
            ``smoothed_wrench_b``: force (3) in N and torque (3) in N m along the axes of the sensor, shape
            (num_envs, 6).

    Returns:
        The environment.

    Raises:
        ValueError: If there is no row.
        TypeError: If a part is no part, or a group neither a dict nor a configuration.
    """
    scene = InteractiveSceneCfg(num_envs=num_envs, env_spacing=2.0)
    scene.robot = FRANKA_CFG
    for name, part in {"held_asset": PEG_8MM_CFG, "fixed_asset": HOLE_8MM_CFG, **(parts or {})}.items():
        if not (isinstance(part, RigidObjectCfg) or (isinstance(part, ArticulationCfg) and _known_part(part))):
            raise TypeError(f"The part '{name}' must be the configuration of a part, got {_describe(part)}.")
        setattr(scene, name, part)
    for name, sensor in (sensors or {}).items():
        setattr(scene, name, sensor)
    return TermEnv(
        ManagerBasedRLEnvCfg(
            scene=scene,
            commands=_group("commands", commands, assembly_goal=_PEG_GOAL),
            actions=_group("actions", actions, arm=_ARM),
            observations=_group("observations", observations),
            rewards=_group("rewards", rewards),
            terminations=_group("terminations", terminations),
            events=_group("events", events),
            curriculum=_group("curriculum", curriculum),
            sim=SimulationCfg(dt=1.0 / 120.0, device="cpu"),
            decimation=8,
            episode_length_s=10.0,
        )
    )


_HOLE_HEIGHT = part_of(HOLE_8MM_CFG).height

_PEG_GOAL = mdp.AssemblyGoalCfg(
    tip_offset=(0.0, 0.0, _HOLE_HEIGHT),
    success_height=0.04 * _HOLE_HEIGHT,
    engaged_height=0.9 * _HOLE_HEIGHT,
)
"""The goal of the peg insertion, with the thresholds of ``PegInsert`` in Isaac Lab's ``contrib/factory``."""

_ARM = mdp.OperationalSpaceTorqueActionCfg(
    asset_name="robot",
    arm_joint_names=[ARM_JOINTS],
    gripper_joint_names=["panda_finger_joint[1-2]"],
    body_name="panda_fingertip_centered",
    command_name="assembly_goal",
)


def _group(name: str, terms: TermGroup | None, **defaults: Any) -> SimpleNamespace:
    """A group as Isaac Lab's managers take it: an object whose attributes are the terms."""
    if terms is None:
        return SimpleNamespace(**defaults)
    if not isinstance(terms, Mapping) and not hasattr(terms, "__dict__"):
        raise TypeError(f"{name} must be a dict of terms or a task's group of them, got {type(terms).__name__}.")
    return SimpleNamespace(**{**defaults, **(terms if isinstance(terms, Mapping) else vars(terms))})


def _known_part(cfg: RigidObjectCfg | ArticulationCfg) -> Any | None:
    """The part that a configuration spawns, or None if it is a robot or of unknown dimensions."""
    try:
        part = part_of(cfg)
    except ValueError:
        return None
    return None if isinstance(part, Franka) else part


def _franka(cfg: ArticulationCfg) -> Franka:
    """The robot that a configuration spawns, or the usual one if it comes from another file."""
    try:
        return part_of(cfg)
    except ValueError:
        return Franka()


def _describe(cfg: Any) -> str:
    return "a robot" if isinstance(cfg, ArticulationCfg) else type(cfg).__name__


def _view(cfg: RigidObjectCfg | ArticulationCfg, num_envs: int) -> StillView:
    """Tables of a robot, or of a part with its mass, centre of mass, inertia and friction.

    Of a part whose dimensions are not known they are NaN, except for the centre of mass, which is then the origin of
    the part's frame.
    """
    part = _known_part(cfg)
    if isinstance(cfg, RigidObjectCfg):
        view = FreePartView(num_envs, cfg.prim_path.rpartition("/")[2])
    elif part is None:
        return FrankaView(num_envs, _franka(cfg))
    else:
        view = FixedPartView(num_envs)
    if part is None:
        nan = torch.tensor(math.nan)
        view.set_inertial(nan.expand(1), torch.zeros(1, 3), nan.expand(1, 3, 3))
        view.table(FRICTION)[:] = nan
    else:
        body = part.mass_properties
        com, inertia = torch.as_tensor(body.com).float(), torch.as_tensor(body.inertia).float()
        view.set_inertial(torch.tensor([float(body.mass)]), com.view(1, 3), inertia.view(1, 3, 3))
        view.table(FRICTION)[:] = part.friction
    return view


def _per_row(name: str, value: Vector, size: int, rows: torch.Tensor) -> torch.Tensor:
    """A vector for each of the rows. Shape is (len(rows), size)."""
    tensor = torch.as_tensor(value, dtype=torch.float32)
    if tensor.shape not in ((size,), (len(rows), size)):
        raise ValueError(
            f"{name} must have the shape ({size},) or ({len(rows)}, {size}) for {len(rows)} environments, got"
            f" {tuple(tensor.shape)}."
        )
    return tensor.expand(len(rows), size)
