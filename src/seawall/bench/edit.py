"""An edit: a small record that says how a clip is changed, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from seawall.media import encode

if TYPE_CHECKING:
    from seawall.bench.step import Draw

Level = Literal["mild", "standard", "severe"]

WORKING_LINES: Final = 480

#: what happens to each picture, made ready for one file of (height_px, width_px)
Change = Callable[[encode.Planes], encode.Planes]
Prepare = Callable[[np.random.Generator, int, int], Change]


@dataclass(frozen=True, slots=True)
class Edit:
    """One way to change a clip.

    The basic suite's edits say what they do in fields and in `prepare`; the full suite's draw steps.
    """

    name: str
    what: str  #: for people
    start_share: float = 0.0  #: what is kept begins at this share of the clip's duration
    end_share: float = 1.0
    lines: int | None = None  #: height to encode at; None keeps it
    scale: float = 1.0  #: of both sides
    own_lines: bool = False  #: starts from the source's own size, however large
    rate_hz: float | None = None  #: frames a second; None keeps the times of the source's frames
    crf: int = 26
    prepare: Prepare | None = None
    family: str = "basic"  #: what edits of several levels have in common
    group: str = ""  #: edits of one group are not joined in a chain
    level: Level | None = None
    promised: bool = False  #: the documentation promises what share of these is found
    draw: Draw | None = None

    def working_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """(width_px, height_px) in which the pixels are changed, of a source of that size."""
        if self.own_lines or height_px <= WORKING_LINES:
            return encode.even(width_px), encode.even(height_px)
        return encode.even(round(width_px * WORKING_LINES / height_px)), WORKING_LINES

    def encoded_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """(width_px, height_px) of the edited file."""
        width, height = self.working_size(width_px, height_px)
        scale = self.lines / height if self.lines else self.scale
        return encode.even(round(width * scale)), encode.even(round(height * scale))
