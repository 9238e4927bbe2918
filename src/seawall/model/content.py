"""Content: one file that came in, or one that is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a content is, told by its bytes and never by its name."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class Partial:
    """Damage that the decoder passed over: what was read, of what was announced."""

    read_s: float | None  #: presentation time reached; None for a picture
    expected_s: float | None  #: what the container announced; None where it did not
    damaged_packets: int
    reason: str


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of a file without looking at its signals."""

    sha256: str  #: 64 lower-case hex digits
    md5: str  #: 32 lower-case hex digits
    size_bytes: int
    kind: Kind
    format: str  #: container or picture format, as its decoder names it
    duration_s: float | None  #: None for a picture
    width_px: int | None  #: as displayed, upright; None without a picture
    height_px: int | None
    partial: Partial | None = None
