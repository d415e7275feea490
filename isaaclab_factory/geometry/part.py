# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What all parts have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from .checks import require_not_negative, require_positive
from .solids import Cylinder, MassProperties, Sphere, TriangleMesh, mesh_volume, uniform_mass_properties

STEEL_DENSITY = 7850.0
"""Density of carbon steel (kg/m3; EN 1993-1-1, 3.2.6)."""

FRICTION = 0.75
"""Coefficient of friction of parts and fingers (``contrib/factory/factory_tasks_cfg.py`` in Isaac Lab)."""


@dataclass(kw_only=True)
class Part(ABC):
    """A rigid part with a closed surface. A subclass adds its dimensions, which come first in its constructor.

    Volume, centre of mass and inertia are those of :meth:`mesh` with the mass spread evenly. A circle of the mesh is a
    polygon: with 128 corners on the circle its area is 0.04 % less than the circle's.

    Attributes:
        mass: Mass (kg). Defaults to None, in which case it follows from the density.
        density: Density (kg/m3); it counts where no mass is given.
        friction: Default coefficient of friction; an event may write another at run time.
    """

    mass: float | None = None
    density: float = STEEL_DENSITY
    friction: float = FRICTION

    def __post_init__(self):
        self.check()

    def check(self) -> None:
        """Raise a ValueError where no such part can exist."""
        require_positive(self, density=self.density)
        if self.mass is not None:
            require_positive(self, mass=self.mass)
        require_not_negative(self, friction=self.friction)

    @abstractmethod
    def mesh(self) -> TriangleMesh:
        """The closed surface, in the part's frame."""

    @abstractmethod
    def convex_pieces(self) -> list[TriangleMesh | Sphere | Cylinder]:
        """The convex pieces for engines without signed distance fields, in the part's frame."""

    @property
    def collider_excess(self) -> float:
        """How far corners of the convex pieces stick out of the ideal part where another part slides along it (m)."""
        return 0.0

    @property
    def fingerprint(self) -> str:
        """A text that tells this part apart from any other; the name of its USD file follows from it."""
        return repr(self)

    @property
    def volume(self) -> float:
        """Volume within the mesh (m3)."""
        return mesh_volume(self.mesh())

    @property
    def mass_properties(self) -> MassProperties:
        """Mass in effect, centre of mass and inertia, with the mass spread evenly; computed once for equal parts."""
        key = (type(self), self.fingerprint)
        if key not in _MASS_PROPERTIES:
            mesh = self.mesh()
            mass = self.density * mesh_volume(mesh) if self.mass is None else self.mass
            _MASS_PROPERTIES[key] = uniform_mass_properties(mesh, mass)
        return _MASS_PROPERTIES[key]


_MASS_PROPERTIES: dict[tuple[type[Part], str], MassProperties] = {}
"""Of the parts so far: those of a thread take a quarter of a second, and configurations are made several times."""


def require_fit(part: Part, other: Part) -> float:
    """The clearance between two parts, which must be there.

    Args:
        part: The part that knows its ``clearance`` to the other: a hole, a nut or a gear base.
        other: What goes into it or onto it: a peg, a bolt or a gear.

    Returns:
        Radial clearance (m).

    Raises:
        TypeError: If the part does not know its clearance, or not to something like the other.
        ValueError: If the one does not go into or onto the other, or not as an engine with convex pieces collides them.
    """
    if not hasattr(part, "clearance"):
        raise TypeError(f"A {type(part).__name__} knows no clearance; name the hole, the nut or the gear base first.")
    clearance, names = part.clearance(other), f"{type(part).__name__} and {type(other).__name__}"
    if not clearance > 0.0:
        raise ValueError(f"{names} do not fit: their radial clearance must be positive, got {clearance:.6f} m.")
    if clearance <= other.collider_excess:
        raise ValueError(
            f"{names} have a radial clearance of {clearance:.6f} m, but corners of the {type(other).__name__}'s convex"
            f" pieces stick out by {other.collider_excess:.6f} m; give it more collider_sides."
        )
    return clearance
