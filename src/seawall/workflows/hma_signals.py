"""The signal types of Hasher-Matcher-Actioner: which there are, their texts, and which of ours they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from seawall.model import content, signal
from seawall.signals import pdq, video, vpdq_text
from seawall.signals.vpdq_text import Timed
from seawall.workflows.hashing import exchanged

#: Of a picture below this, Hasher-Matcher-Actioner has no hash.
LEAST_QUALITY: Final = 50
#: Two hashes that differ in no more bits are of the same picture.
RADIUS_BITS: Final = 31


class ContentType(StrEnum):
    """What kind of content."""

    PHOTO = "photo"
    VIDEO = "video"


class SignalType(StrEnum):
    """What kind of hash."""

    PDQ = "pdq"
    VIDEO_MD5 = "video_md5"
    VIDEO_SHA256 = "video_sha256"
    VPDQ = "vpdq"


#: Those of each kind of content.
TYPES: Final[Mapping[ContentType, tuple[SignalType, ...]]] = {
    ContentType.PHOTO: (SignalType.PDQ,),
    ContentType.VIDEO: (SignalType.VIDEO_MD5, SignalType.VIDEO_SHA256, SignalType.VPDQ),
}
DIGESTS: Final[Mapping[SignalType, signal.SignalType]] = {
    SignalType.VIDEO_MD5: signal.SignalType.MD5,
    SignalType.VIDEO_SHA256: signal.SignalType.SHA256,
}
_HEX_DIGITS: Final = {SignalType.PDQ: 64, SignalType.VIDEO_MD5: 32, SignalType.VIDEO_SHA256: 64}
_HEX: Final = re.compile(r"[0-9a-fA-F]*")


@dataclass(frozen=True, slots=True)
class Given:
    """A hash that a client sent: bytes of one, or the frames of a video."""

    type: SignalType
    value: bytes = b""
    frames: tuple[Timed, ...] = ()

    def rows(self) -> Iterator[dict[str, object]]:
        """As the rows of a list of hashes; frames that are too flat to be told from others are left out."""
        if self.type is SignalType.VPDQ:
            for code, time_s in self.frames:
                if code.quality >= video.MIN_QUALITY:
                    yield {
                        "type": signal.SignalType.PDQ.value,
                        "value": code.value.hex(),
                        "quality": code.quality,
                        "offset_s": time_s,
                    }
            return
        kind = DIGESTS.get(self.type, signal.SignalType.PDQ)
        yield {"type": kind.value, "value": self.value.hex()}

    def text(self) -> str:
        """As it is sent."""
        return vpdq_text.to_json(self.frames) if self.type is SignalType.VPDQ else self.value.hex()


def read(kind: SignalType, text: object) -> Given:
    """A hash out of its text. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("it is not a text")
    if kind is SignalType.VPDQ:
        return Given(kind, frames=tuple(vpdq_text.read(text)))
    if len(text) != _HEX_DIGITS[kind] or not _HEX.fullmatch(text):
        raise ValueError(f"a {kind} hash has {_HEX_DIGITS[kind]} hexadecimal digits")
    return Given(kind, bytes.fromhex(text))


def texts(signals: Sequence[signal.Signal], kind: str) -> dict[SignalType, str]:
    """What is stored of a content, in the texts of its kind."""
    by_type = {one.type: one for one in signals}
    if kind == content.Kind.IMAGE:
        hashed = by_type.get(signal.SignalType.PDQ)
        return {} if hashed is None else {SignalType.PDQ: hashed.value.hex()}
    made = {name: by_type[ours].value.hex() for name, ours in DIGESTS.items() if ours in by_type}
    moving = by_type.get(signal.SignalType.VIDEO)
    if moving is not None and moving.version == video.VERSION:
        made[SignalType.VPDQ] = frames_text(exchanged(video.decode(moving.value)))
    return made


def frames_text(hashes: Sequence[tuple[pdq.Pdq, float | None]]) -> str:
    """One hash a second of a video, as JSON."""
    timed = [(code, 0.0 if time_s is None else time_s) for code, time_s in hashes]
    return vpdq_text.to_json(vpdq_text.one_a_second(timed))
