"""What one file may cost before Seawall gives it up."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from seawall import errors


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one file.

    The first four hold wherever a file is opened; going over one raises `errors.MediaTooLarge`. The
    others bind a sandbox's child: `errors.DecodeTimeout` for `cpu_s` and `wall_s`,
    `errors.DecodeMemory` for `memory_bytes`.
    """

    bytes: int = 8 << 30  #: size of the file
    pixels: int = 100_000_000  #: width x height of a picture, or of one frame
    duration_s: float = 6 * 3600.0  #: as announced, and as presented
    frames: int = 2_000_000  #: pictures in one video
    cpu_s: float = 3600.0  #: processor time; the system counts it in whole seconds, rounded up
    wall_s: float = 5400.0  #: time on the clock
    memory_bytes: int = 2 << 30  #: address space, over what an idle child has

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (value > 0 and math.isfinite(value)):
                raise errors.UsageError(detail=f"limit {field.name} must be above 0, not {value}")
