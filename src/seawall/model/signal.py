"""Signals as they are stored and exchanged: a type, a version and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SignalType(StrEnum):
    """What kind of representation a signal is."""

    SHA256 = "sha256"  #: exact digest of the bytes
    MD5 = "md5"  #: exact digest of the bytes, only to meet lists that know no other
    PDQ = "pdq"  #: hash of one picture, as other programs compute it
    IMAGE = "image"  #: fingerprint of one picture
    VIDEO = "video"  #: fingerprint of a moving picture
    LOCAL = "local"  #: keypoints of a picture, or of frames of a moving one
    AUDIO = "audio"  #: fingerprint of sound
    LEARNED = "learned"  #: what a network that the user names says of pictures


class SkipReason(StrEnum):
    """Why a signal was not made."""

    LOW_QUALITY = "low_quality"  #: too flat or dark to hash
    TOO_SMALL = "too_small"  #: a side under the least that the hash is defined for
    NO_VIDEO_TRACK = "no_video_track"
    NO_AUDIO_TRACK = "no_audio_track"
    NO_KEYPOINTS = "no_keypoints"  #: nothing in the picture that could be recognised again
    NOTHING_DECODED = "nothing_decoded"
    OTHER_MODEL = "other_model"  #: references are described by another network than the one that is set


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal of one content. What `value` holds is defined by the module of its type."""

    type: SignalType
    version: int
    value: bytes
    quality: int | None = None  #: 0 (flat) to 100; None where the type knows no quality


@dataclass(frozen=True, slots=True)
class Skipped:
    """A signal that was not made, and why: never an empty value in its place."""

    signal: SignalType
    reason: SkipReason
