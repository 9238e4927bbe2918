"""vPDQ hashes as text: a file with a line a frame, or one JSON text.

A file has a line a frame, `frame,quality,hash,timestamp`, as vPDQ's own program writes it. A JSON text is a
list of `"hash,quality,timestamp"`, as python-threatexchange stores it, or a mapping from frame numbers to
`{"hash", "quality", "timestamp"}`, as it once did. Timestamps are seconds; they are written to the
millisecond, where python-threatexchange writes three significant digits.

Source of the formats: facebook/ThreatExchange, vpdq/ and python-threatexchange's extension of that name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from seawall.signals import pdq

#: A hash and its second.
Timed = tuple[pdq.Pdq, float]

MOST_FRAMES: Final = 200_000
_LATEST_S: Final = 1e6


def read(text: str) -> list[Timed]:
    """The frames of either form, in the order of their times. Raises ValueError where one is malformed."""
    stripped = text.strip()
    frames = list(_of_json(stripped) if stripped[:1] in ("[", "{") else _of_lines(stripped))
    return sorted(frames, key=lambda frame: frame[1])


def to_json(frames: Iterable[Timed]) -> str:
    """A JSON list, as python-threatexchange reads it."""
    return json.dumps([f"{code.value.hex()},{code.quality},{time_s:.3f}" for code, time_s in frames])


def to_lines(frames: Iterable[Timed]) -> Iterator[str]:
    """The lines of a vPDQ file, numbered from 0."""
    for number, (code, time_s) in enumerate(frames):
        yield f"{number},{code.quality},{code.value.hex()},{time_s:.3f}"


def one_a_second(frames: Sequence[Timed]) -> list[Timed]:
    """The first frame of each second: what python-threatexchange hashes of a video."""
    kept: list[Timed] = []
    next_s = 0.0
    for frame in frames:
        if frame[1] >= next_s:
            kept.append(frame)
            next_s = math.floor(frame[1]) + 1.0
    return kept


def _of_json(text: str) -> Iterator[Timed]:
    try:
        given = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    _check_count(len(given))
    if isinstance(given, list):
        for one in given:
            if not isinstance(one, str):
                raise ValueError("a frame is not a text")
            yield _frame(*_fields(one, 3))
        return
    for one in given.values():
        if not isinstance(one, dict):
            raise ValueError("a frame is not an object")
        yield _frame(*(str(one.get(name, "")) for name in ("hash", "quality", "timestamp")))


def _of_lines(text: str) -> Iterator[Timed]:
    lines = [line for line in text.splitlines() if line.strip()]
    _check_count(len(lines))
    for line in lines:
        _, quality, code, time_s = _fields(line, 4)
        yield _frame(code, quality, time_s)


def _check_count(count: int) -> None:
    if count > MOST_FRAMES:
        raise ValueError(f"it has {count} frames, more than {MOST_FRAMES}")


def _fields(text: str, count: int) -> list[str]:
    fields = [field.strip() for field in text.split(",")]
    if len(fields) != count:
        raise ValueError(f"a frame has {len(fields)} fields, not {count}: {text[:40]!r}")
    return fields


def _frame(code: str, quality: str, time_s: str) -> Timed:
    if len(code) != 2 * pdq.CODE_BYTES or not code.isascii() or not code.isalnum():
        raise ValueError(f"not a PDQ hash: {code[:40]!r}")
    made = pdq.Pdq(bytes.fromhex(code), int(quality))
    seconds = float(time_s)
    if not 0 <= made.quality <= pdq.MAX_QUALITY or not 0 <= seconds <= _LATEST_S:
        raise ValueError(f"a quality or a time is out of range: {quality[:20]}, {time_s[:20]}")
    return made, seconds
