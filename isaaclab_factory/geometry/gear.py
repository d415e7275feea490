# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An involute spur gear with a hub and a bore."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .checks import (
    require_length,
    require_not_negative,
    require_number,
    require_whole,
)
from .part import Part
from .solids import TriangleMesh, at_height, convex_hull, ring_torus

ADDENDUM = 1.0
"""Height of the tip circle over the pitch circle in modules (ISO 53)."""

DEDENDUM = 1.25
"""Depth of the root circle under the pitch circle in modules (ISO 53, profile A)."""

FILLET_HEIGHT = 0.333
"""Height of the fillet at the root in modules, measured on the mesh of the Factory paper."""

FILLET_WIDTH = 0.455
"""Width of the fillet along the root circle in modules, measured on the mesh of the Factory paper."""

FLANK_SLOPE = 0.05
"""Slope against the radius of the straight flank below the base circle, where there is no involute."""

FLANK_RADII = 5
"""Radii at which a flank of the convex pieces is sampled."""

HUB_SIDES = 40
"""Sides of the hub in the convex pieces."""

RELIEF = 5e-5
"""Height in m by which the convex pieces stop short of the underside but for four feet, so that contacts stay few."""


@dataclass
class Gear(Part):
    """A spur gear with its axis along +z, teeth after ISO 53.

    Factory's gears share the frame of the base that carries them: ``axis_x`` and ``base_z`` tell where in it a gear
    stands.

    Attributes:
        module: Pitch diameter per tooth (m).
        teeth: Number of teeth.
        face_width: Height of the toothed disc (m).
        bore_diameter: Diameter of the bore (m).
        hub_diameter: Diameter of the hub, which stands on the toothed disc (m); 0 for none.
        hub_height: Height of the hub (m); 0 for none.
        bore_chamfer: Width of the 45 degree chamfer at both ends of the bore (m).
        axis_x: Where the axis stands along x in the part's frame (m).
        base_z: Height of the underside in the part's frame (m).
        first_tooth: Angle of the middle of the first tooth from the x axis (rad).
        backlash: How much thinner than half of the pitch each tooth is, along the pitch circle (m).
        pressure_angle: Pressure angle (rad).
        collider_sides: Number of convex pieces round the bore; 4 do for a gear that never leaves its shaft. They keep
            the clearance towards their flats, and have more of it between them while the shaft is not yet inside.
    """

    module: float
    teeth: int
    face_width: float
    bore_diameter: float
    hub_diameter: float = 0.0
    hub_height: float = 0.0
    bore_chamfer: float = 0.0003
    axis_x: float = 0.0
    base_z: float = 0.0
    first_tooth: float = 0.0
    backlash: float = 0.0
    pressure_angle: float = math.radians(20.0)
    collider_sides: int = 8

    def check(self) -> None:
        """Raise a ValueError where no such gear can exist."""
        super().check()
        require_length(self, module=self.module, face_width=self.face_width, bore_diameter=self.bore_diameter)
        require_not_negative(self, hub_diameter=self.hub_diameter, hub_height=self.hub_height)
        others = ("bore_chamfer", "axis_x", "base_z", "first_tooth", "backlash", "pressure_angle")
        require_number(self, **{name: getattr(self, name) for name in others})
        self._check_teeth()
        if not 0.0 <= self.bore_chamfer < self.face_width / 2.0:
            raise ValueError(
                f"Gear: bore_chamfer must be at least 0 and less than half of face_width ({self.face_width} m), got"
                f" {self.bore_chamfer}."
            )
        require_whole(self, 4, step=4, collider_sides=self.collider_sides)
        self._check_bore_and_hub()

    def _check_teeth(self) -> None:
        if not 0.0 < self.pressure_angle < math.pi / 4:
            raise ValueError(f"Gear: pressure_angle must be between 0 and 45 degrees, got {self.pressure_angle} rad.")
        # A rack with straight flanks of one module undercuts gears of fewer teeth.
        fewest = int(2.0 * ADDENDUM / math.sin(self.pressure_angle) ** 2)
        require_whole(self, 1, teeth=self.teeth)
        if self.teeth < fewest:
            raise ValueError(f"Gear: teeth must be at least {fewest} (fewer would be undercut), got {self.teeth}.")
        require_length(self, tip_diameter=2.0 * self.tip_radius)
        if not 0.0 <= self.backlash < self.thickness_of_tip:
            raise ValueError(
                f"Gear: backlash must be at least 0 and less than the tip's thickness of {self.thickness_of_tip:.6f} m,"
                f" got {self.backlash}."
            )

    def _check_bore_and_hub(self) -> None:
        mouth = 2.0 * self._mouth_radius
        if mouth >= 2.0 * self.root_radius:
            raise ValueError(
                f"Gear: a bore of {self.bore_diameter} m with a chamfer of {self.bore_chamfer} m does not fit into the"
                f" root circle of {2.0 * self.root_radius:.6f} m, which must be wider than {mouth:.6f} m."
            )
        if self.hub_diameter == 0.0 and self.hub_height == 0.0:
            return
        require_length(self, hub_diameter=self.hub_diameter, hub_height=self.hub_height)
        if self.hub_diameter / 2.0 >= self.root_radius:
            raise ValueError(
                f"Gear: hub_diameter must be less than the root circle's {2.0 * self.root_radius:.6f} m, got"
                f" {self.hub_diameter}."
            )
        if mouth >= self.hub_diameter:
            raise ValueError(
                f"Gear: a bore of {self.bore_diameter} m with a chamfer of {self.bore_chamfer} m does not fit into a"
                f" hub {self.hub_diameter} m wide; the hub must be wider than {mouth:.6f} m."
            )

    @property
    def pitch_radius(self) -> float:
        """Radius of the pitch circle (m)."""
        return self.module * self.teeth / 2.0

    @property
    def base_radius(self) -> float:
        """Radius of the base circle, from which the involutes unroll (m)."""
        return self.pitch_radius * math.cos(self.pressure_angle)

    @property
    def tip_radius(self) -> float:
        """Radius of the tip circle (m)."""
        return self.pitch_radius + ADDENDUM * self.module

    @property
    def root_radius(self) -> float:
        """Radius of the root circle (m)."""
        return self.pitch_radius - DEDENDUM * self.module

    @property
    def thickness_of_tip(self) -> float:
        """Thickness of a tooth without backlash along the tip circle (m)."""
        return 2.0 * self.tip_radius * float(self._half_angle(self.tip_radius) + self._backlash_angle)

    @property
    def height(self) -> float:
        """Height of disc and hub together (m)."""
        return self.face_width + self.hub_height

    def centre_distance(self, other: Gear) -> float:
        """Distance of the axes at which the pitch circles of two gears touch (m).

        Raises:
            ValueError: If the teeth do not match.
        """
        if (self.module, self.pressure_angle) != (other.module, other.pressure_angle):
            raise ValueError("Gears mesh only if they have the same module and the same pressure angle.")
        return self.pitch_radius + other.pitch_radius

    def outline(self) -> np.ndarray:
        """Corners of the toothed disc about its axis, counter-clockwise (m). Shape is (N, 2)."""
        form = self.root_radius + FILLET_HEIGHT * self.module
        radii = np.linspace(max(form, self.base_radius), self.tip_radius, 8)[::-1]
        radii = radii if form >= self.base_radius else np.append(radii, form)
        widest = 0.95 * (math.pi / self.teeth - float(self._half_angle(form)))
        width = min(FILLET_WIDTH * self.module / self.root_radius, widest)
        turn = np.linspace(0.0, math.pi / 2.0, 6)[1:]
        half = np.append(self._half_angle(radii), self._half_angle(form) + width * (1.0 - np.cos(turn)))
        radii = np.append(radii, form - (form - self.root_radius) * np.sin(turn))
        tooth_angle, tooth_radius = np.append(-half[::-1], half), np.append(radii[::-1], radii)
        middle = self.first_tooth + 2.0 * math.pi * np.arange(self.teeth) / self.teeth
        angle = (middle[:, None] + tooth_angle).ravel()
        return np.tile(tooth_radius, self.teeth)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)

    def mesh(self) -> TriangleMesh:
        """The closed surface, in the part's frame."""
        teeth = self.outline()
        directions = teeth / np.linalg.norm(teeth, axis=1, keepdims=True)
        # Flats between the corners touch the ideal bore from outside, so they never narrow it.
        widest_gap = np.arccos((directions * np.roll(directions, -1, axis=0)).sum(axis=1).min())
        bore, hub = self.bore_diameter / 2.0 / math.cos(widest_gap / 2.0), self.hub_diameter / 2.0
        mouth, chamfer, top = bore + self.bore_chamfer, self.bore_chamfer, self.height
        loops = [at_height(teeth, 0.0), at_height(teeth, self.face_width)]
        rings = [(hub, self.face_width), (hub, top)] if hub > 0.0 else []
        if chamfer > 0.0:
            rings += [(mouth, top), (bore, top - chamfer), (bore, chamfer), (mouth, 0.0)]
        else:
            rings += [(bore, top), (bore, 0.0)]
        loops += [at_height(radius * directions, z) for radius, z in rings]
        return self._placed(ring_torus(loops))

    def convex_pieces(self) -> list[TriangleMesh]:
        """The convex pieces for engines without signed distance fields, in the part's frame.

        Wedges from the bore to the hub's surface come first (without a hub, half of the way to the root circle), then
        wedges from there to the root circle, then one hull for each tooth. Their corners lie on the ideal flanks; the
        flats of bore and hub touch the ideal circles.
        """
        sectors = range(self.collider_sides)
        pieces = [*map(self._core, sectors), *map(self._rim, sectors), *map(self._tooth, range(self.teeth))]
        return [self._placed(piece) for piece in pieces]

    def _core(self, sector: int) -> TriangleMesh:
        """A wedge between bore and hub, over the whole height. Four of them have a foot on the underside."""
        bore, chamfer, top = self.bore_diameter / 2.0, self.bore_chamfer, self.height
        outer = self._arc(sector, self._core_radius, round(HUB_SIDES / self.collider_sides))
        throat, mouth = self._arc(sector, bore, 1), self._arc(sector, bore + chamfer, 1)
        throat_z = max(chamfer, RELIEF)
        rings = [
            (mouth, RELIEF),
            (throat, throat_z),
            (throat, top - chamfer),
            (mouth, top),
            (outer, RELIEF),
            (outer, top),
        ]
        if sector % (self.collider_sides // 4) == 0:
            rings.append((mouth.mean(axis=0, keepdims=True), 0.0))
        return convex_hull(np.concatenate([at_height(ring, z) for ring, z in rings]))

    def _rim(self, sector: int) -> TriangleMesh:
        """A wedge of the disc between hub and root circle."""
        inner = self._arc(sector, self._core_radius, 1, inside=True)
        outer = self._arc(sector, self.root_radius, round(HUB_SIDES / self.collider_sides), inside=True)
        ring = np.concatenate([inner, outer])
        return convex_hull(np.concatenate([at_height(ring, RELIEF), at_height(ring, self.face_width)]))

    def _tooth(self, index: int) -> TriangleMesh:
        """A tooth, with a foot in the disc."""
        form = self.root_radius + FILLET_HEIGHT * self.module
        radii = np.linspace(max(form, self.base_radius), self.tip_radius, FLANK_RADII)
        half = np.append(self._half_angle(max(form, self.base_radius)), self._half_angle(radii))
        radii = np.append(self.root_radius - 0.25 * self.module, radii)
        middle = self.first_tooth + 2.0 * math.pi * index / self.teeth
        angle = np.append(middle - half, middle + half)
        flanks = np.tile(radii, 2)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return convex_hull(np.concatenate([at_height(flanks, RELIEF), at_height(flanks, self.face_width)]))

    def _arc(self, sector: int, radius: float, sides: int, inside: bool = False) -> np.ndarray:
        """Corners of a polygon round a circle within a sector; its corners lie on the circle if ``inside``."""
        step = 2.0 * math.pi / self.collider_sides
        angle = step * (sector + np.linspace(-0.5, 0.5, sides + 1))
        corner = radius if inside else radius / math.cos(step / sides / 2.0)
        return corner * np.stack([np.cos(angle), np.sin(angle)], axis=1)

    @property
    def _mouth_radius(self) -> float:
        """Radius of the corners of the convex pieces at the wide end of the bore's chamfer (m)."""
        return (self.bore_diameter / 2.0 + self.bore_chamfer) / math.cos(math.pi / self.collider_sides)

    @property
    def _core_radius(self) -> float:
        """Radius to which the inner wedges of the convex pieces reach (m)."""
        return self.hub_diameter / 2.0 or (self._mouth_radius + self.root_radius) / 2.0

    @property
    def _backlash_angle(self) -> float:
        return self.backlash / (2.0 * self.pitch_radius)

    def _half_angle(self, radius: np.ndarray | float) -> np.ndarray:
        """Half of the angle that a tooth fills at a radius (rad): the involute, a straight line below the base."""
        base = self.base_radius
        pressure = np.arccos(base / np.maximum(radius, base))
        half = math.pi / (2.0 * self.teeth) - self._backlash_angle + _involute(self.pressure_angle)
        return half - _involute(pressure) + FLANK_SLOPE * np.maximum(base - radius, 0.0) / radius

    def _placed(self, mesh: TriangleMesh) -> TriangleMesh:
        return TriangleMesh(mesh.vertices + np.array([self.axis_x, 0.0, self.base_z]), mesh.faces)


def _involute(angle: np.ndarray | float) -> np.ndarray | float:
    """The involute function: polar angle of an involute whose pressure angle is given (rad)."""
    return np.tan(angle) - angle
