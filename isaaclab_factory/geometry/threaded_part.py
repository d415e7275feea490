# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What bolts and nuts have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from .checks import require_not_negative
from .part import Part
from .thread import Helicoid, MetricSize, ThreadProfile, metric_size, thread_profile


@dataclass
class ThreadedPart(Part):
    """A part with a coarse metric thread.

    Attributes:
        size: Designation of the thread; see :data:`~isaaclab_factory.geometry.thread.METRIC_SIZES`.
        flank_clearance: Radial distance by which the flanks give way from the basic profile, in pitches.
        crest_clearance: Distance by which the crest gives way from its basic diameter, in pitches.
        mesh_sides: Sides of the triangle mesh.
    """

    internal: ClassVar[bool]
    """Whether the thread is a nut's."""

    size: str
    _: KW_ONLY
    flank_clearance: float
    crest_clearance: float
    mesh_sides: int = 96

    def check(self) -> None:
        """Raise a ValueError where no ridge of a thread is left."""
        super().check()
        metric_size(self.size)
        require_not_negative(self, flank_clearance=self.flank_clearance, crest_clearance=self.crest_clearance)
        profile = self.profile
        ridge = (
            profile.root_radius - profile.crest_radius if self.internal else profile.crest_radius - profile.root_radius
        )
        if profile.crest_flat <= 0.0 or ridge <= 0.0 or profile.root_radius <= 0.0:
            raise ValueError(
                f"{type(self).__name__}: no ridge is left with flank_clearance {self.flank_clearance} and"
                f" crest_clearance {self.crest_clearance} pitches; the crest would be {profile.crest_flat:.6f} m wide."
            )

    @property
    def sizes(self) -> MetricSize:
        """Sizes of the thread from the standards."""
        return metric_size(self.size)

    @property
    def pitch(self) -> float:
        """Pitch of the thread (m)."""
        return self.sizes.pitch

    @property
    def base_height(self) -> float:
        """Height of the bolt's head (m), on which its thread and the nut that is screwed down stand."""
        return self.sizes.head_height

    @property
    def profile(self) -> ThreadProfile:
        """Profile of the thread."""
        pitch = self.pitch
        return thread_profile(self.sizes, self.flank_clearance * pitch, self.crest_clearance * pitch, self.internal)

    @property
    @abstractmethod
    def helicoid(self) -> Helicoid:
        """Surface of the thread."""
