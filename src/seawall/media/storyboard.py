"""Storyboards: a few frames of a picture or a video as JPEG, for a person who looks no more than needed.

A frame leaves with mosaics: over each face that is found, or over all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from seawall.media import covers, faces, mosaic, scenes, still_encode
from seawall.media.opened import Media
from seawall.model.content import Kind
from seawall.model.faces import Faces

MOST_FRAMES: Final = 16
QUALITY: Final = 85


def in_sandbox(file: Media, *, preferred: Sequence[Sequence[float]]) -> dict[str, Any]:
    """At most `MOST_FRAMES` frames of a file: {"parts": [{time_s, width_px, height_px, data}]}, data as JPEG.

    preferred: spans [start_s, end_s] of which to take most. None of what has no picture.
    """
    if file.kind is Kind.IMAGE:
        return {"parts": [_frame(0.0, file.picture().rgb)]}
    if not file.has_video:
        return {"parts": []}
    spans = [(float(start_s), float(end_s)) for start_s, end_s in preferred]
    times = scenes.chosen(scenes.looked_at(file.frames()), MOST_FRAMES, spans)
    return {"parts": list(_at(file, times))}


def at_times(file: Media, *, times: Sequence[float]) -> dict[str, Any]:
    """The frame that is shown at each of the times, ascending; as `in_sandbox`, in their order."""
    if file.kind is Kind.IMAGE:
        return {"parts": [_frame(0.0, file.picture().rgb) for _ in times[:1]]}
    if not file.has_video:
        return {"parts": []}
    return {"parts": list(_at(file, sorted(float(one) for one in times[:MOST_FRAMES])))}


def as_it_leaves(data: bytes, *, over: str) -> dict[str, bytes | str | int]:
    """A kept frame with what lies over faces: `jpeg`, `over`, and `regions`, how many mosaics lie in it.

    data: the frame as JPEG. over: a `Faces`; where it is `found` and there is no detector, all of the frame
    is covered, and `over` is `whole`. Raises DamagedMedia.
    """
    frame = covers.decoded(data).copy()
    lies, boxes = _over(frame, Faces(over))
    mosaic.cover(frame, boxes)
    jpeg = still_encode.encode_jpeg(frame, quality=QUALITY)
    return {"jpeg": jpeg, "over": lies.value, "regions": len(boxes)}


def _over(frame: covers.Rgb, over: Faces) -> tuple[Faces, list[mosaic.Box]]:
    if over is Faces.OPEN:
        return over, []
    boxes = faces.found(frame) if over is Faces.FOUND else None
    if boxes is not None:
        return over, boxes
    height, width = frame.shape[:2]
    return Faces.WHOLE, [mosaic.Box(0, 0, width, height)]


def _at(file: Media, times: Iterable[float]) -> Iterator[dict[str, Any]]:
    """Frames in one pass: for each time the last frame that begins by then, or the first of all."""
    wanted = list(times)
    before = None
    for frame in file.frames() if wanted else ():
        while wanted and before is not None and frame.time_s > wanted[0] + 1e-6:
            wanted.pop(0)
            yield _frame(before.time_s, before.rgb())
        if not wanted:
            return
        before = frame
    if before is not None:
        for _ in wanted:
            yield _frame(before.time_s, before.rgb())


def _frame(time_s: float, rgb: covers.Rgb) -> dict[str, Any]:
    kept = covers.scaled(rgb, covers.FULL_PX)
    height, width = kept.shape[:2]
    jpeg = still_encode.encode_jpeg(kept, quality=QUALITY)
    return {"time_s": time_s, "width_px": width, "height_px": height, "data": jpeg}
