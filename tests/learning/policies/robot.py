# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A robot's side of a policy in NumPy: what ``policy.json`` says, and nothing else of this package.

It computes the observations of one robot from its raw state, and its joint torques from the policy's actions.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass
class RawState:
    """What a robot measures before a physics step. Frames are along the axes of the world."""

    poses: dict[str, np.ndarray]
    """Position in m and orientation (x, y, z, w) of each body, shape (7,)."""
    velocity: np.ndarray
    """Linear (m/s) and angular (rad/s) velocity of the tool, shape (6,)."""
    joint_pos: np.ndarray
    joint_vel: np.ndarray
    jacobians: dict[str, np.ndarray]
    """Geometric Jacobian of each body for the arm's joints, shape (6, 7)."""
    mass_matrix: np.ndarray


def quat_mul(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Product of two quaternions (x, y, z, w)."""
    vector = a[3] * b[:3] + b[3] * a[:3] + np.cross(a[:3], b[:3])
    return np.append(vector, a[3] * b[3] - a[:3] @ b[:3])


def conjugate(quat: np.ndarray) -> np.ndarray:
    """Conjugate of a quaternion (x, y, z, w)."""
    return quat * np.array([-1.0, -1.0, -1.0, 1.0])


def rotate_inverse(quat: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """A vector of the world in the frame of an orientation."""
    return quat_mul(quat_mul(conjugate(quat), np.append(vector, 0.0)), quat)[:3]


def log(quat: np.ndarray) -> np.ndarray:
    """Rotation vector in rad, of at most half a turn."""
    quat = quat if quat[3] >= 0.0 else -quat
    size = np.linalg.norm(quat[:3])
    return 2.0 * np.arctan2(size, quat[3]) * quat[:3] / max(size, 1e-12)


def exp(rotvec: np.ndarray) -> np.ndarray:
    """Quaternion (x, y, z, w) of a rotation vector in rad."""
    angle = np.linalg.norm(rotvec)
    return np.append(np.sin(0.5 * angle) * rotvec / max(angle, 1e-12), np.cos(0.5 * angle))


def yaw_of(quat: np.ndarray) -> float:
    """Yaw in rad of the roll-pitch-yaw angles."""
    x, y, z, w = quat
    return np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


def wrap(angle: np.ndarray) -> np.ndarray:
    """Angle between -pi and pi."""
    return (angle + np.pi) % (2.0 * np.pi) - np.pi


class Robot:
    """One robot that runs a policy of the torque action."""

    def __init__(self, description: dict[str, Any]) -> None:
        """Read the description.

        Args:
            description: Content of ``policy.json``.
        """
        self.terms = description["inputs"][0]["terms"]
        self.size = description["inputs"][0]["shape"][1]
        (self.arm,) = description["outputs"][0]["terms"]
        self.search: SearchMotion | None = None
        self.steps_per_episode = description["episode"]["steps"]

    def start(self, state: RawState, noisy_tip: np.ndarray) -> None:
        """Start an episode.

        Args:
            state: The state.
            noisy_tip: Where the tip of the fixed part is perceived, in m.
        """
        self.noisy_tip = noisy_tip
        self.smoothed, self.felt = np.zeros(6), np.zeros(6)
        self.steps = 0
        self.before = None
        self.search = SearchMotion(self.arm) if "search_motion" in self.arm else None
        self.now = state.poses[self.arm["body_name"]]
        self.last_quat: dict[str, np.ndarray] = {}
        self.history: dict[str, list[np.ndarray]] = {}

    def act(self, action: np.ndarray, state: RawState) -> None:
        """Take the policy's action for an environment step."""
        arm = self.arm
        self.now = state.poses[arm["body_name"]]
        self.steps += 1
        self.smoothed = (1.0 - arm["ema_factor"]) * self.smoothed + arm["ema_factor"] * action
        self.delta = np.array(arm["scale"]) * self.smoothed
        if arm["unidirectional_yaw"]:
            self.delta[5] = -arm["scale"][5] * (1.0 + self.smoothed[5]) / 2.0
        self.turn = exp(self.delta[3:])
        if self.search:
            self.search.follow(self)
            self.delta[:3] += self.search.position_delta(self)
            self.turn = quat_mul(exp(np.array([0.0, 0.0, self.search.yaw_delta(self)])), self.turn)

    def torque(self, state: RawState) -> np.ndarray:
        """Joint torques in N m for the next physics step, and what the hand feels by then."""
        arm, pose = self.arm, state.poses[self.arm["body_name"]]
        position, quat = pose[:3], pose[3:]
        self.before = pose
        bounds, center = np.array(arm["position_bounds"]), self.noisy_tip
        target = center + np.clip(position + self.delta[:3] - center, -bounds, bounds)
        yaw = yaw_of(quat_mul(self.turn, quat))
        target_quat = np.array([np.cos(0.5 * yaw), np.sin(0.5 * yaw), 0.0, 0.0])
        error = np.append(target - position, log(quat_mul(target_quat, conjugate(quat))))
        stiffness = np.array(arm["stiffness"])
        wrench = stiffness * error - 2.0 * np.sqrt(stiffness) * state.velocity
        left, right = arm["finger_body_names"]
        about_tip = wrench.copy()
        if arm["jacobian"] == "finger_mean":
            jacobian = 0.5 * (state.jacobians[left] + state.jacobians[right])
            lever = 0.5 * (state.poses[left] + state.poses[right])[:3] - position
            about_tip[3:] += np.cross(lever, wrench[:3])
        else:
            jacobian = state.jacobians[arm["body_name"]]
        share = 1.0 - np.exp(-arm["physics_dt"] / arm["touch_time_constant"])
        self.felt = self.felt + share * (about_tip - self.felt)
        torque = jacobian.T @ wrench + self._posture(state, jacobian)
        return np.clip(torque, -arm["torque_limit"], arm["torque_limit"])

    def _posture(self, state: RawState, jacobian: np.ndarray) -> np.ndarray:
        arm, mass = self.arm, state.mass_matrix
        distance = wrap(np.array(arm["nullspace_joint_pos"]) - state.joint_pos)
        wanted = arm["nullspace_stiffness"] * distance - arm["nullspace_damping"] * state.joint_vel
        free = np.linalg.svd(jacobian)[2][-1]
        return mass @ free * (free @ mass @ wanted) / (free @ mass @ free)

    def observe(self, state: RawState) -> np.ndarray:
        """The policy's input, shape (size,)."""
        self.now = state.poses[self.arm["body_name"]]
        obs = np.full(self.size, np.nan)
        for term in self.terms:
            value = np.atleast_1d(getattr(self, term["function"])(term["parameters"]))
            if "quaternion_at_start" in term:
                like = self.last_quat.get(term["name"], np.array(term["quaternion_at_start"]))
                value = value if value @ like > 0.0 else -value
                self.last_quat[term["name"]] = value
            for modifier in term["modifiers"]:
                value = getattr(self, modifier["function"])(value, modifier["parameters"])
            if term["clip"]:
                value = np.clip(value, *term["clip"])
            if term["scale"]:
                value = value * np.array(term["scale"])
            history = self.history.setdefault(term["name"], [value] * len(term["slices"]))
            self.history[term["name"]] = [*history[1:], value]
            for (first, last), past in zip(term["slices"], self.history[term["name"]], strict=True):
                obs[first:last] = past
        return obs

    def fingertip_pos_rel_noisy_tip(self, parameters: dict[str, Any]) -> np.ndarray:
        return self.now[:3] - self.noisy_tip

    def fingertip_pos_rel_noisy_tip_b(self, parameters: dict[str, Any]) -> np.ndarray:
        return rotate_inverse(self.now[3:], self.now[:3] - self.noisy_tip)[:2]

    def fingertip_quat(self, parameters: dict[str, Any]) -> np.ndarray:
        return self.now[3:]

    def measured_fingertip_lin_vel(self, parameters: dict[str, Any]) -> np.ndarray:
        return np.zeros(3) if self.before is None else (self.now - self.before)[:3] / self.arm["physics_dt"]

    def measured_fingertip_ang_vel(self, parameters: dict[str, Any]) -> np.ndarray:
        if self.before is None:
            return np.zeros(3)
        return log(quat_mul(self.now[3:], conjugate(self.before[3:]))) / self.arm["physics_dt"]

    def smoothed_actions(self, parameters: dict[str, Any]) -> np.ndarray:
        return self.smoothed

    def exerted_force(self, parameters: dict[str, Any]) -> np.ndarray:
        return self.felt[:3]

    def contact_point_w(self, parameters: dict[str, Any]) -> np.ndarray:
        height = self.now[2] - self.noisy_tip[2]
        force_x, force_y, force_z, torque_x, torque_y, _ = self.felt
        inverse = force_z / (force_z**2 + parameters["force_scale"] ** 2)
        point = np.array([-(torque_y + height * force_x), torque_x - height * force_y]) * inverse
        return np.clip(point, -parameters["limit"], parameters["limit"])

    def contact_point_b(self, parameters: dict[str, Any]) -> np.ndarray:
        return rotate_inverse(self.now[3:], np.append(self.contact_point_w(parameters), 0.0))[:2]

    def episode_time(self, parameters: dict[str, Any]) -> np.ndarray:
        return np.array([self.steps / self.steps_per_episode])

    def search_delta(self, parameters: dict[str, Any]) -> np.ndarray:
        return self.search.position_delta(self)

    def search_followed(self, parameters: dict[str, Any]) -> np.ndarray:
        return np.array([self.search.index % len(self.search.path) / len(self.search.path)])

    def saturate(self, value: np.ndarray, parameters: dict[str, Any]) -> np.ndarray:
        return np.tanh(value / parameters["distance"])


class SearchMotion:
    """The motion that a task's action adds to the policy's, see ``search_motion.laws`` of the description."""

    def __init__(self, arm: dict[str, Any]) -> None:
        """Start at the beginning of the path.

        Args:
            arm: The action term of the description.
        """
        self.motion = motion = arm["search_motion"]
        self.path = np.array(motion["path"])
        self.stiffness, self.yaw_stiffness = arm["stiffness"][0], arm["stiffness"][5]
        self.step_dt = arm["step_dt"]
        self.patience, self.pause = (round(motion[key] / self.step_dt) for key in ("patience_s", "pause_s"))
        self.ahead, self.skip = (round(motion[key] / motion["step"]) for key in ("lookahead", "skip"))
        self.index, self.stuck_steps, self.slipping_steps = 0, 0, 0
        self.surface, self.start_yaw = -np.inf, None

    def presses(self, robot: Robot) -> bool:
        speed = robot.measured_fingertip_lin_vel({})[2]
        return abs(speed) < self.motion["largest_speed"] and robot.felt[2] < -self.motion["least_force"]

    def is_inside(self, robot: Robot) -> bool:
        return robot.now[2] < self.surface - self.motion["inside_depth"]

    def slips_in(self, robot: Robot) -> bool:
        return self.stuck_steps >= self.patience or self.is_inside(robot)

    def follow(self, robot: Robot) -> None:
        """Update the states, once per policy step."""
        if self.start_yaw is None:
            self.start_yaw = yaw_of(robot.now[3:])
        presses, inside, waits = self.presses(robot), self.is_inside(robot), self.stuck_steps >= self.patience
        ends_pause = self.stuck_steps == self.patience + self.pause - 1
        advance = 0
        if presses and not inside:
            place = robot.fingertip_pos_rel_noisy_tip_b({})
            window = self.path[(self.index + np.arange(2 * self.ahead + 1)) % len(self.path)]
            near = np.flatnonzero(np.linalg.norm(window - place, axis=-1) < self.motion["tolerance"])
            advance = near.max(initial=0)
        self.index += advance + (self.skip if ends_pause and not inside else 0)
        if advance > 0:
            self.surface = robot.now[2]
        sideways = np.abs(robot.measured_fingertip_lin_vel({})[:2]).max()
        stuck = presses and sideways < self.motion["stuck_speed"]
        self.stuck_steps = self.stuck_steps + 1 if (stuck or waits) and not ends_pause else 0
        self.slipping_steps = self.slipping_steps + 1 if self.slips_in(robot) else 0

    def position_delta(self, robot: Robot) -> np.ndarray:
        motion, damping = self.motion, 2.0 * np.sqrt(self.stiffness)
        way = self.path[(self.index + self.ahead) % len(self.path)] - robot.fingertip_pos_rel_noisy_tip_b({})
        distance = max(np.linalg.norm(way), 1e-9)
        presses, slips_in = self.presses(robot), self.slips_in(robot)
        speed = motion["speed"] if presses else min(motion["approach_rate"] * distance, motion["approach_speed"])
        size = damping * speed - (motion["friction"] * robot.felt[2] if presses else 0.0)
        pull = np.zeros(2) if slips_in else way / distance * size
        down = motion["press_force"] if presses else damping * motion["descent_speed"]
        down = motion["stuck_force"] if slips_in else down
        down = motion["insert_force"] if self.is_inside(robot) else down
        force = rotate_inverse(conjugate(robot.now[3:]), np.append(pull, 0.0))
        force[2] = -down
        return np.clip(force / self.stiffness, -motion["largest_delta"], motion["largest_delta"])

    def yaw_delta(self, robot: Robot) -> float:
        if self.slipping_steps == 0:
            return 0.0
        motion, frequency = self.motion, 2.0 * np.pi / self.motion["turn_period_s"]
        phase = frequency * (self.slipping_steps - 1) * self.step_dt
        yaw = self.start_yaw + motion["turn_angle"] * np.sin(phase)
        error = np.clip(wrap(yaw - yaw_of(robot.now[3:])), -motion["turn_angle"], motion["turn_angle"])
        return error + 2.0 / np.sqrt(self.yaw_stiffness) * motion["turn_angle"] * frequency * np.cos(phase)
