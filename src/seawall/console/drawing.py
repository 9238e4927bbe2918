"""Two time lines drawn to one scale: the upload above, the reference below, what agrees joined by bands.

Numbers are shares of the width in thousandths, so that the drawing fills any width; it holds no text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from seawall.model.lanes import Lane, Lines

WIDTH: Final = 1000


@dataclass(frozen=True, slots=True)
class Band:
    """Corners of what joins two bars: left and right above, then those that these go to below."""

    left: float
    right: float
    below_left: float
    below_right: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """One lane, drawn."""

    upload: float  #: length of the bar above
    reference: float  #: length of the bar below
    bands: tuple[Band, ...]


def drawing(lines: Lines, lane: Lane) -> Drawing:
    """A lane of lines that can be drawn."""
    assert lines.duration_s is not None
    assert lines.reference_duration_s is not None
    scale = WIDTH / max(lines.duration_s, lines.reference_duration_s)

    def at(time_s: float) -> float:
        return round(min(max(time_s, 0.0) * scale, WIDTH), 2)

    bands = []
    for one in lane.parts:
        below = (at(one.reference_start_s), at(one.reference_end_s))
        left, right = reversed(below) if one.backwards else below
        bands.append(Band(at(one.start_s), at(one.end_s), left, right))
    return Drawing(at(lines.duration_s), at(lines.reference_duration_s), tuple(bands))


def parts(lines: Lines) -> str:
    """What a script needs to say which second of the reference a second of the upload is: JSON."""
    return json.dumps(
        [
            {
                "sense": lane.sense.value,
                "from": one.start_s,
                "to": one.end_s,
                "at": one.reference_end_s if one.backwards else one.reference_start_s,
                "until": one.reference_start_s if one.backwards else one.reference_end_s,
            }
            for lane in lines.lanes
            for one in lane.parts
        ]
    )


def clock(time_s: float) -> str:
    """Minutes and seconds: 0:12.0, 1:02.5, 1:00:02.5."""
    tenths = round(time_s * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    end = f"{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{minutes:02d}:{end}" if hours else f"{minutes}:{end}"
