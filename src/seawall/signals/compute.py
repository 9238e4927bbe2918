"""From one opened file to its signals: what runs inside the decoding process.

`in_sandbox` is the task that the sandbox calls; `parse` turns what came out of that process, which
a hostile file may have taken over, back into records and refuses anything that does not fit.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from seawall import media
from seawall.media import wire
from seawall.model import content, signal
from seawall.signals import pdq, video

TASK: Final = "seawall.signals.compute:in_sandbox"


@dataclass(frozen=True, slots=True)
class Computed:
    """What a file turned out to be, and its perceptual signals."""

    kind: content.Kind
    format: str
    duration_s: float | None
    width_px: int | None
    height_px: int | None
    partial: content.Partial | None
    fingerprint: video.Fingerprint | None  #: of a picture: one moment; None where nothing could be made
    skipped: tuple[signal.Skipped, ...]
    decode_s: float  #: of the time that it took, what went into decoding

    def signals(self) -> tuple[signal.Signal, ...]:
        """As stored: fingerprint and PDQ hash of a picture, fingerprint of a video."""
        if self.fingerprint is None:
            return ()
        if self.kind is content.Kind.IMAGE:
            own = signal.Signal(signal.SignalType.IMAGE, video.VERSION, self.fingerprint.encode())
            listed = self.fingerprint.as_listed()
            full = signal.Signal(
                signal.SignalType.PDQ, pdq.VERSION, listed.codes[0].tobytes(), int(listed.qualities[0])
            )
            return own, full
        return (signal.Signal(signal.SignalType.VIDEO, video.VERSION, self.fingerprint.encode()),)


def compute(opened: media.Media, role: video.Role) -> Computed:
    """Signals of one opened file. Raises the errors of `media` where it cannot be decoded."""
    duration_s = opened.duration_s
    watch = _Watch()
    if opened.kind is content.Kind.IMAGE:
        fingerprint, skipped = _still(opened, watch)
    elif not opened.has_video:
        fingerprint, skipped = None, signal.Skipped(signal.SignalType.VIDEO, signal.SkipReason.NO_VIDEO_TRACK)
    else:
        fingerprint, skipped = _moving(opened, role, watch)
    if fingerprint is not None and not fingerprint.is_still:
        duration_s = fingerprint.duration_s
    return Computed(
        kind=opened.kind,
        format=opened.format,
        duration_s=duration_s,
        width_px=opened.width_px,
        height_px=opened.height_px,
        partial=opened.partial,
        fingerprint=fingerprint,
        skipped=() if skipped is None else (skipped,),
        decode_s=watch.total_s,
    )


class _Watch:
    """Adds up the time that goes into decoding."""

    def __init__(self) -> None:
        self.total_s = 0.0

    def frames(self, frames: Iterator[media.Frame]) -> Iterator[media.Frame]:
        """The same frames, their decoding timed."""
        while True:
            started_s = time.perf_counter()
            frame = next(frames, None)
            self.total_s += time.perf_counter() - started_s
            if frame is None:
                return
            yield frame

    def picture(self, opened: media.Media) -> media.Picture:
        """The picture, its decoding timed."""
        started_s = time.perf_counter()
        picture = opened.picture()
        self.total_s += time.perf_counter() - started_s
        return picture


def _still(opened: media.Media, watch: _Watch) -> tuple[video.Fingerprint | None, signal.Skipped | None]:
    luma = watch.picture(opened).luma()
    if min(luma.shape) < pdq.MIN_SIDE_PX:
        return None, signal.Skipped(signal.SignalType.IMAGE, signal.SkipReason.TOO_SMALL)
    made = video.still(luma)
    if not made.usable().any():
        return None, signal.Skipped(signal.SignalType.IMAGE, signal.SkipReason.LOW_QUALITY)
    return made, None


def _moving(
    opened: media.Media, role: video.Role, watch: _Watch
) -> tuple[video.Fingerprint | None, signal.Skipped | None]:
    if min(opened.width_px or 0, opened.height_px or 0) < pdq.MIN_SIDE_PX:
        return None, signal.Skipped(signal.SignalType.VIDEO, signal.SkipReason.TOO_SMALL)
    made = video.fingerprint(watch.frames(opened.frames()), role)
    if len(made) == 0:
        return None, signal.Skipped(signal.SignalType.VIDEO, signal.SkipReason.NOTHING_DECODED)
    if not made.usable().any():
        return None, signal.Skipped(signal.SignalType.VIDEO, signal.SkipReason.LOW_QUALITY)
    if opened.partial is None and opened.duration_s is not None:
        # The last frame may stand for longer than the one before it did.
        made = dataclasses.replace(made, duration_ms=max(made.duration_ms, round(opened.duration_s * 1000)))
    return made, None


def in_sandbox(opened: media.Media, *, role: str) -> wire.Wire:
    """The sandbox's task: `compute`, as values that can cross to another process."""
    computed = compute(opened, video.Role(role))
    partial = computed.partial
    return {
        "kind": computed.kind.value,
        "format": computed.format,
        "duration_s": computed.duration_s,
        "width_px": computed.width_px,
        "height_px": computed.height_px,
        "partial": None if partial is None else cast(wire.Wire, dataclasses.asdict(partial)),
        "fingerprint": None if computed.fingerprint is None else computed.fingerprint.encode(),
        "decode_s": computed.decode_s,
        "skipped": [[skipped.signal.value, skipped.reason.value] for skipped in computed.skipped],
    }


def parse(value: wire.Wire) -> Computed:
    """The inverse of `in_sandbox`. Raises ValueError where a value is not of the expected form."""
    record = _mapping(value)
    encoded = record.get("fingerprint")
    partial = record.get("partial")
    return Computed(
        kind=content.Kind(_text(record.get("kind"))),
        format=_text(record.get("format")),
        duration_s=_number(record.get("duration_s")),
        width_px=_whole(record.get("width_px")),
        height_px=_whole(record.get("height_px")),
        partial=None if partial is None else _partial(_mapping(partial)),
        fingerprint=None if encoded is None else video.decode(_bytes(encoded)),
        skipped=tuple(_skipped(entry) for entry in _list(record.get("skipped"))),
        decode_s=_number(record.get("decode_s")) or 0.0,
    )


def _partial(record: Mapping[str, wire.Wire]) -> content.Partial:
    return content.Partial(
        read_s=_number(record.get("read_s")),
        expected_s=_number(record.get("expected_s")),
        damaged_packets=_whole(record.get("damaged_packets")) or 0,
        reason=_text(record.get("reason")),
    )


def _skipped(entry: wire.Wire) -> signal.Skipped:
    kind, reason = _list(entry)
    return signal.Skipped(signal.SignalType(_text(kind)), signal.SkipReason(_text(reason)))


def _mapping(value: wire.Wire) -> Mapping[str, wire.Wire]:
    if not isinstance(value, dict):
        raise ValueError("expected a mapping")
    return value


def _list(value: wire.Wire) -> list[wire.Wire]:
    if not isinstance(value, list):
        raise ValueError("expected a list")
    return value


def _text(value: wire.Wire) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a text")
    return value


def _bytes(value: wire.Wire) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("expected bytes")
    return value


def _number(value: wire.Wire) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError("expected a number")
    return value


def _whole(value: wire.Wire) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise ValueError("expected a whole number")
    return value
