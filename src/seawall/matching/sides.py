"""The fingerprints of a query and of the reference that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from seawall.matching import overlay
from seawall.matching.sightings import Sighting
from seawall.signals import local, video


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """The two fingerprints of each side."""

    query: video.Fingerprint
    query_local: local.Local
    reference: video.Fingerprint
    reference_local: local.Local

    def overlay(self, sighting: Sighting) -> overlay.Overlay | None:
        """Both seen through a sighting's placement; None where thumbs are not known or share too little."""
        if self.query.thumbs is None or self.reference.thumbs is None:
            return None
        return overlay.lay(
            self.query.thumbs,
            self.query_local.extent,
            self.reference.thumbs,
            self.reference_local.extent,
            sighting.agreement.placement,
            mirrored=sighting.mirrored,
        )
