"""From one opened file to its signals: what runs inside the decoding process.

`in_sandbox` is the task that the sandbox calls; `parse` turns what came out of that process, which
a hostile file may have taken over, back into records and refuses anything that does not fit.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from seawall import errors, media
from seawall.media import wire
from seawall.model import content, signal
from seawall.signals import audio, learned, local, panes, pdq, roles, shrink, small, stages, video

TASK: Final = "seawall.signals.compute:in_sandbox"

GLANCE_GAP_S: Final = 1.0  #: of key frames that a query is glanced at by, those nearer to the last one
GLANCE_LOOKS: Final = 12  #: and so many there must be: what is hard to see is not to be seen in each

DECODE: Final = "decode"
KEYPOINTS: Final = "keypoints"
PANES: Final = "panes"
SOUND: Final = "sound"
STAGES: Final = (DECODE, PANES, KEYPOINTS, SOUND)  #: that are timed; the rest goes into hashes


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
    keypoints: local.Local | None
    sound: audio.Fingerprint | None
    skipped: tuple[signal.Skipped, ...]
    spent_s: Mapping[str, float]  #: of the time that it took, what went into each of `STAGES`
    small_pictures: small.Small | None = None  #: what a network is to describe, only where one is set
    descriptors: learned.Descriptors | None = None  #: what it said
    panes: tuple[panes.Pane, ...] = ()  #: parts of the picture that show something of their own; a query's
    glanced: bool = False  #: whether a closer look would show more

    def described(self, model: learned.Model) -> Computed:
        """With what the network says in the place of its small pictures. Raises errors.BadSetting."""
        if self.small_pictures is None:
            return self
        said = learned.described(model, self.small_pictures.pictures, self.small_pictures.times_ms)
        return dataclasses.replace(self, small_pictures=None, descriptors=said)

    def signals(self) -> tuple[signal.Signal, ...]:
        """As stored: fingerprint and PDQ hash of a picture, fingerprint of a video; the others."""
        return (*self._pictures(), *self._local(), *self._audio(), *self._learned())

    def _learned(self) -> tuple[signal.Signal, ...]:
        if self.descriptors is None:
            return ()
        said = self.descriptors
        return (signal.Signal(signal.SignalType.LEARNED, said.version, said.encode()),)

    def _audio(self) -> tuple[signal.Signal, ...]:
        if self.sound is None:
            return ()
        return (signal.Signal(signal.SignalType.AUDIO, audio.VERSION, self.sound.encode()),)

    def _local(self) -> tuple[signal.Signal, ...]:
        if self.keypoints is None:
            return ()
        return (signal.Signal(signal.SignalType.LOCAL, local.VERSION, self.keypoints.encode()),)

    def _pictures(self) -> tuple[signal.Signal, ...]:
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


def compute(opened: media.Media, role: roles.Role, learned_px: int = 0) -> Computed:
    """Signals of one opened file. Raises the errors of `media` where it cannot be decoded.

    learned_px: the side of the small pictures that a network is to describe; 0 for none.
    """
    clock = stages.Stages()
    if opened.kind is content.Kind.IMAGE:
        shown = _still(opened, role, clock, learned_px)
    elif not opened.has_video:
        shown = _Shown(skipped=(signal.Skipped(signal.SignalType.VIDEO, signal.SkipReason.NO_VIDEO_TRACK),))
    else:
        shown = _moving(opened, role, clock, learned_px)
    sound, unheard = _heard(opened, role, clock)
    fingerprint = shown.fingerprint
    duration_s = opened.duration_s
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
        keypoints=shown.keypoints,
        sound=sound,
        skipped=shown.skipped if unheard is None else (*shown.skipped, unheard),
        spent_s=clock.spent_s,
        small_pictures=shown.small_pictures,
        panes=shown.panes,
        glanced=opened.left_out,
    )


def thinning(role: roles.Role, glance_s: float = 0.0) -> media.Thinning | None:
    """Of which of a video's frames its signals are to be made: all of a reference's.

    glance_s: groups of pictures of a query that are no longer are looked at by their key frames alone.
    """
    if role is roles.Role.REFERENCE:
        return None
    return media.Thinning(glance_s, GLANCE_GAP_S, GLANCE_LOOKS) if glance_s > 0 else media.Thinning()


@dataclass(frozen=True, slots=True)
class _Shown:
    """What was made of the pictures."""

    fingerprint: video.Fingerprint | None = None
    keypoints: local.Local | None = None
    skipped: tuple[signal.Skipped, ...] = ()
    small_pictures: small.Small | None = None
    panes: tuple[panes.Pane, ...] = ()


def _heard(
    opened: media.Media, role: roles.Role, clock: stages.Stages
) -> tuple[audio.Fingerprint | None, signal.Skipped | None]:
    """The fingerprint of the sound, or why there is none. A picture has none and nothing is said."""
    if opened.kind is content.Kind.IMAGE:
        return None, None
    if not opened.has_audio:
        return None, signal.Skipped(signal.SignalType.AUDIO, signal.SkipReason.NO_AUDIO_TRACK)
    try:
        with clock.timed(SOUND):
            made = audio.fingerprint(clock.each(DECODE, opened.audio(audio.RATE_HZ)), role)
    except errors.DamagedMedia:
        if not opened.has_video:
            raise
        return None, signal.Skipped(signal.SignalType.AUDIO, signal.SkipReason.NOTHING_DECODED)
    if not made.usable():
        return None, signal.Skipped(signal.SignalType.AUDIO, signal.SkipReason.LOW_QUALITY)
    return made, None


def _still(opened: media.Media, role: roles.Role, clock: stages.Stages, learned_px: int) -> _Shown:
    with clock.timed(DECODE):
        picture = opened.picture()
        luma = picture.luma()
    if min(luma.shape) < pdq.MIN_SIDE_PX:
        return _Shown(skipped=(signal.Skipped(signal.SignalType.IMAGE, signal.SkipReason.TOO_SMALL),))
    with clock.timed(KEYPOINTS):
        points = local.still(luma, role)
    shown = _shown(video.still(luma, role), points, signal.SignalType.IMAGE)
    if role is roles.Role.QUERY:
        with clock.timed(PANES):
            shown = dataclasses.replace(shown, panes=panes.still(luma))
    if learned_px and shown.fingerprint is not None:
        return dataclasses.replace(shown, small_pictures=small.still(picture.rgb, learned_px))
    return shown


def _moving(opened: media.Media, role: roles.Role, clock: stages.Stages, learned_px: int) -> _Shown:
    if min(opened.width_px or 0, opened.height_px or 0) < pdq.MIN_SIDE_PX:
        return _Shown(skipped=(signal.Skipped(signal.SignalType.VIDEO, signal.SkipReason.TOO_SMALL),))
    collector = local.Collector(role)
    frames = clock.each(DECODE, opened.frames())
    parted = panes.Collector() if role is roles.Role.QUERY else None
    gallery = small.Gallery(learned_px) if learned_px else None

    def look(time_s: float, luma_of: Callable[[], shrink.Luma], code: pdq.Pdq) -> None:
        with clock.timed(KEYPOINTS):
            collector.take(time_s, luma_of, code)
        if parted is not None:
            with clock.timed(PANES):
                parted.take(time_s, luma_of)
        if gallery is not None:
            gallery.take(time_s, code)

    made = video.fingerprint(frames if gallery is None else gallery.passing(frames), role, look)
    if len(made) == 0:
        return _Shown(skipped=(signal.Skipped(signal.SignalType.VIDEO, signal.SkipReason.NOTHING_DECODED),))
    if opened.thinning is not None and opened.reached_s is not None:
        made = made.lasting(opened.reached_s)  # frames that were left out may be those at the end
    if opened.partial is None and opened.duration_s is not None:
        # The last frame may stand for longer than the one before it did.
        made = made.lasting(max(made.duration_s, opened.duration_s))
    shown = _shown(made, collector.gathered(), signal.SignalType.VIDEO)
    if parted is not None:
        with clock.timed(PANES):
            shown = dataclasses.replace(shown, panes=parted.gathered(made.duration_s))
    return shown if gallery is None else dataclasses.replace(shown, small_pictures=gallery.gathered())


def _shown(made: video.Fingerprint, points: local.Local | None, kind: signal.SignalType) -> _Shown:
    if not made.usable().any():
        return _Shown(skipped=(signal.Skipped(kind, signal.SkipReason.LOW_QUALITY),))
    if points is None:
        without = signal.Skipped(signal.SignalType.LOCAL, signal.SkipReason.NO_KEYPOINTS)
        return _Shown(made, skipped=(without,))
    return _Shown(made, points)


def in_sandbox(opened: media.Media, *, role: str, learned_px: int = 0) -> wire.Wire:
    """The sandbox's task: `compute`, as values that can cross to another process."""
    computed = compute(opened, roles.Role(role), learned_px)
    partial, shown = computed.partial, computed.small_pictures
    return {
        "kind": computed.kind.value,
        "format": computed.format,
        "duration_s": computed.duration_s,
        "width_px": computed.width_px,
        "height_px": computed.height_px,
        "partial": None if partial is None else cast(wire.Wire, dataclasses.asdict(partial)),
        "fingerprint": None if computed.fingerprint is None else computed.fingerprint.encode(),
        "sound": None if computed.sound is None else computed.sound.encode(),
        "local": None if computed.keypoints is None else computed.keypoints.encode(),
        "panes": [one.encode() for one in computed.panes],
        "glanced": computed.glanced,
        "small": None if shown is None else [shown.pictures, shown.times_ms],
        "spent_s": dict(computed.spent_s),
        "skipped": [[skipped.signal.value, skipped.reason.value] for skipped in computed.skipped],
    }


def parse(value: wire.Wire, learned_px: int = 0) -> Computed:
    """The inverse of `in_sandbox`. Raises ValueError where a value is not of the expected form."""
    record = _mapping(value)
    encoded, encoded_local, encoded_sound = (record.get(name) for name in ("fingerprint", "local", "sound"))
    partial = record.get("partial")
    return Computed(
        kind=content.Kind(_text(record.get("kind"))),
        format=_text(record.get("format")),
        duration_s=_number(record.get("duration_s")),
        width_px=_whole(record.get("width_px")),
        height_px=_whole(record.get("height_px")),
        partial=None if partial is None else _partial(_mapping(partial)),
        fingerprint=None if encoded is None else video.decode(_bytes(encoded)),
        keypoints=None if encoded_local is None else local.decode(_bytes(encoded_local)),
        sound=None if encoded_sound is None else audio.decode(_bytes(encoded_sound)),
        skipped=tuple(_parsed_skipped(entry) for entry in _list(record.get("skipped"))),
        spent_s=_spent(_mapping(record.get("spent_s"))),
        small_pictures=_small(record.get("small"), learned_px),
        panes=_panes(record.get("panes")),
        glanced=record.get("glanced") is True,
    )


def _small(value: wire.Wire, learned_px: int) -> small.Small | None:
    if value is None:
        return None
    pictures, times_ms = _list(value)
    return small.checked(pictures, times_ms, learned_px)


def _panes(value: wire.Wire) -> tuple[panes.Pane, ...]:
    encoded = _list(value)
    if len(encoded) > panes.MOST:
        raise ValueError(f"{len(encoded)} panes of a picture")
    return tuple(panes.decode(_bytes(one)) for one in encoded)


def _spent(record: Mapping[str, wire.Wire]) -> dict[str, float]:
    return {stage: _number(record.get(stage)) or 0.0 for stage in STAGES}


def _partial(record: Mapping[str, wire.Wire]) -> content.Partial:
    return content.Partial(
        read_s=_number(record.get("read_s")),
        expected_s=_number(record.get("expected_s")),
        damaged_packets=_whole(record.get("damaged_packets")) or 0,
        reason=_text(record.get("reason")),
    )


def _parsed_skipped(entry: wire.Wire) -> signal.Skipped:
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
