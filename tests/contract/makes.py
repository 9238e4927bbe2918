"""References for tests, which differ where their names do."""

from __future__ import annotations

import hashlib

from seawall.model.content import Content, Kind, Partial
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference


class Make:
    """New references that differ where their names do."""

    def pdq(self, name: str, version: int = 1) -> Signal:
        return Signal(SignalType.PDQ, version, hashlib.sha256(name.encode()).digest(), 87)

    def listed(self, name: str, *signals: Signal, **fields: object) -> NewReference:
        """An item of a list: hashes only."""
        return NewReference(None, "image", signals or (self.pdq(name),), name, "list.csv", **fields)

    def file(self, name: str, *signals: Signal, **fields: object) -> NewReference:
        """A video that was read."""
        data = name.encode()
        content = Content(
            sha256=hashlib.sha256(data).hexdigest(),
            md5=hashlib.md5(data).hexdigest(),
            size_bytes=len(data) + 2**33,
            kind=Kind.VIDEO,
            format="mp4",
            duration_s=31.25,
            width_px=1280,
            height_px=720,
            partial=Partial(read_s=30.5, expected_s=None, damaged_packets=3, reason="cut short"),
        )
        return NewReference(content, "video", signals or self.video(name), name, f"/in/{name}", **fields)

    def video(self, name: str, version: int = 1) -> tuple[Signal, ...]:
        return (Signal(SignalType.VIDEO, version, name.encode() * 5000),)
