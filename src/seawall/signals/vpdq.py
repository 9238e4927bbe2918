"""A PDQ hash of every frame from its RGB picture at coded size: what vPDQ computes.

Source: facebook/ThreatExchange, vpdq/. Seawall's own fingerprint reads the decoder's luma instead;
this is for lists that are to be compared with vPDQ's, frame by frame.
"""

from __future__ import annotations

from seawall import media
from seawall.media import wire
from seawall.signals import pdq, video


def every_frame(opened: media.Media) -> video.Fingerprint:
    """One moment a frame, in the order of presentation. Frames too small to hash are left out."""
    times_s: list[float] = []
    hashes: list[pdq.Pdq] = []
    for frame in opened.frames(source=media.LumaSource.RGB):
        luma = frame.luma()
        if min(luma.shape) >= pdq.MIN_SIDE_PX:
            times_s.append(frame.time_s)
            hashes.append(pdq.hash_luma(luma))
    return video.listed(hashes, times_s, times_s[-1] if times_s else 0.0)


def in_sandbox(opened: media.Media) -> wire.Wire:
    """The sandbox's task: the encoded fingerprint of `every_frame`."""
    return every_frame(opened).encode()
