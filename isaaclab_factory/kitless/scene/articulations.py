# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""From articulation roots to trees of links in the order of PhysX."""

from __future__ import annotations

from pxr import Usd, UsdPhysics

from .description import Articulation, Body, Joint, JointType
from .joints import reversed_joint
from .notes import Notes, SceneError
from .prims import value

Neighbours = dict[str, list[tuple[str, Joint]]]


class ArticulationReader:
    """Finds the trees that joints make of bodies."""

    def __init__(self, bodies: list[Body], joints: list[Joint], excluded: set[str], notes: Notes) -> None:
        """
        Args:
            bodies: All rigid bodies.
            joints: All joints in traversal order.
            excluded: Paths of the joints that no articulation may contain.
            notes: Where approximations are noted.
        """
        self._bodies = {body.path: body for body in bodies}
        self._joints = [joint for joint in joints if joint.path not in excluded]
        self._notes = notes
        self._roots: dict[str, str] = {}
        self._neighbours: Neighbours = {body.path: [] for body in bodies}
        for joint in self._joints:
            if joint.parent is not None:
                self._neighbours[joint.parent].append((joint.child, joint))
                self._neighbours[joint.child].append((joint.parent, joint))

    def read(self, prim: Usd.Prim) -> Articulation | None:
        """Read a prim with ``ArticulationRootAPI``.

        The prim may be the base link, a fixed joint between the base link and the world, or an ancestor of the links.

        Returns:
            The articulation, None where it is switched off.

        Raises:
            SceneError: If no base link can be found, the joints close a loop, or a link is kinematic or belongs to
                another articulation too.
        """
        if not value(prim, "physxArticulation:articulationEnabled", True):
            return None
        base, anchor = self._base(prim)
        links, incoming = self._tree(base, prim)
        incoming[0] = anchor
        for path in links:
            if self._bodies[path].kinematic:
                raise SceneError(f"{path}: a link of the articulation {prim.GetPath()} cannot be kinematic")
            if path in self._roots:
                raise SceneError(f"{path}: a link of two articulations, {self._roots[path]} and {prim.GetPath()}")
            self._roots[path] = str(prim.GetPath())
        return Articulation(
            root_path=str(prim.GetPath()),
            links=links,
            joints=[joint.path for joint in incoming if joint is not None and joint.type is not JointType.FIXED],
            incoming_joints=[joint.path if joint is not None else None for joint in incoming],
            fixed_base=anchor is not None,
            self_collisions=bool(value(prim, "physxArticulation:enabledSelfCollisions", True)),
        )

    def _base(self, prim: Usd.Prim) -> tuple[str, Joint | None]:
        """Base link of an articulation and the fixed joint that holds it to the world, None where it floats."""
        path = str(prim.GetPath())
        anchors = [joint for joint in self._joints if joint.parent is None and joint.type is JointType.FIXED]
        if path in self._bodies:
            anchor = next((joint for joint in anchors if joint.child == path), None)
            if anchor is not None:
                self._notes.add("an articulation whose root link is fixed to the world has a fixed base", path)
            return path, anchor
        if prim.IsA(UsdPhysics.Joint):
            anchor = next((joint for joint in anchors if joint.path == path), None)
            if anchor is None:
                raise SceneError(f"{path}: an articulation root on a joint needs a fixed joint to the world")
            return anchor.child, anchor
        inside = [link for link in self._bodies if link.startswith(path + "/")]
        if not inside:
            raise SceneError(f"{path}: an articulation root needs rigid bodies below it")
        anchors = [joint for joint in anchors if joint.child in inside]
        if anchors:
            return anchors[0].child, anchors[0]
        jointed = [link for link in inside if self._neighbours[link]]
        return self._centre(jointed[0] if jointed else inside[0]), None

    def _centre(self, start: str) -> str:
        """Link with the shortest way to all others, where PhysX puts the base of a floating articulation."""
        connected = sorted(self._distances(start), key=list(self._bodies).index)
        return min(connected, key=lambda link: max(self._distances(link).values()))

    def _distances(self, start: str) -> dict[str, int]:
        """Number of joints from a link to every link it is connected to."""
        distances, queue = {start: 0}, [start]
        for link in queue:
            for other, _ in self._neighbours[link]:
                if other not in distances:
                    distances[other] = distances[link] + 1
                    queue.append(other)
        return distances

    def _tree(self, base: str, prim: Usd.Prim) -> tuple[list[str], list[Joint | None]]:
        """Links breadth first from the base, and the joint to each from its parent."""
        links: list[str] = [base]
        incoming: list[Joint | None] = [None]
        used: set[str] = set()
        for link in links:
            for other, joint in self._neighbours[link]:
                if joint.path in used:
                    continue
                if other in links:
                    raise SceneError(
                        f"{joint.path}: it closes a loop in the articulation {prim.GetPath()}; "
                        "set physics:excludeFromArticulation on it"
                    )
                used.add(joint.path)
                links.append(other)
                incoming.append(joint if joint.child == other else reversed_joint(joint))
        return links, incoming
