"""Hashes under other programs' names, as signals: what can be searched, and what is only kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from seawall.exchange import rows
from seawall.model.content import Kind
from seawall.model.exchange import Hash, ListItem
from seawall.model.signal import Signal, SignalType
from seawall.signals import audio, exact, local, pdq, video, vpdq_text

LISTED_GAP_S: Final = 1.0  #: how far apart a list's moments of a video lie, and how long the last one lasts
_SUFFICIENT: Final = 100  #: a list that names no quality is taken at its word

#: Names that lists give to what Seawall searches, without case, blanks, dashes and a leading `hash_`.
_NAMES: Final[Mapping[str, SignalType]] = {
    "pdq": SignalType.PDQ,
    "md5": SignalType.MD5,
    "videomd5": SignalType.MD5,
    "photomd5": SignalType.MD5,
    "imagemd5": SignalType.MD5,
    "sha256": SignalType.SHA256,
    "videosha256": SignalType.SHA256,
    "image": SignalType.IMAGE,
    "video": SignalType.VIDEO,
    "local": SignalType.LOCAL,
    "audio": SignalType.AUDIO,
}
_VPDQ: Final = "vpdq"
_OWN_VERSIONS: Final = {
    SignalType.IMAGE: video.VERSION,
    SignalType.VIDEO: video.VERSION,
    SignalType.LOCAL: local.VERSION,
    SignalType.AUDIO: audio.VERSION,
}


@dataclass(frozen=True, slots=True)
class Searchable:
    """What of an item can be searched."""

    kind: Kind
    signals: tuple[Signal, ...]  #: none where nothing can
    refused: tuple[str, ...]  #: hashes that are not what their algorithm gives, and why


def searchable(item: ListItem) -> Searchable:
    """An item's hashes as signals. One of an algorithm that Seawall does not search is passed over."""
    signals: dict[SignalType, Signal] = {}
    timed: list[tuple[float, pdq.Pdq]] = []
    refused: list[str] = []
    video_named = any(_plain(one.algorithm).startswith(("video", _VPDQ)) for one in item.hashes)
    for one in item.hashes:
        try:
            if _plain(one.algorithm) == _VPDQ:
                timed += [(at_s, code) for code, at_s in _moments(one.value)]
            elif (made := _signal(one)) is None:
                continue
            elif made.type is SignalType.PDQ and one.offset_s is not None:
                timed.append((one.offset_s, pdq.Pdq(made.value, _quality(made.quality))))
            else:
                signals.setdefault(made.type, made)
        except rows.RefusedError as why:
            refused.append(f"{one.algorithm}: {why}"[:300])
    if timed and SignalType.VIDEO not in signals:
        signals[SignalType.VIDEO] = listed(timed)
    kind = _kind(item, signals, video_named=video_named)
    return Searchable(kind, tuple(signals[type_] for type_ in sorted(signals)), tuple(refused))


def _moments(text: str) -> list[vpdq_text.Timed]:
    """The moments of a vPDQ hash. Raises RefusedError."""
    try:
        return vpdq_text.read(text)
    except ValueError as why:
        raise rows.RefusedError(str(why)) from None


def _signal(one: Hash) -> Signal | None:
    """None for an algorithm that Seawall does not search."""
    kind = _NAMES.get(_plain(one.algorithm))
    if kind is None:
        return None
    if kind in _OWN_VERSIONS:
        return Signal(kind, _OWN_VERSIONS[kind], bytes.fromhex(one.value))
    version = pdq.VERSION if kind is SignalType.PDQ else exact.VERSION
    return Signal(kind, version, rows.value_of(kind, one.value.strip()), one.quality)


def listed(timed: Iterable[tuple[float, pdq.Pdq]]) -> Signal:
    """The moments of a video, each with its second, as a fingerprint."""
    ordered = sorted(timed, key=lambda moment: moment[0])
    times_s = [at_s for at_s, _ in ordered]
    made = video.listed([code for _, code in ordered], times_s, times_s[-1] + LISTED_GAP_S)
    return Signal(SignalType.VIDEO, video.VERSION, made.encode())


def _kind(item: ListItem, signals: Mapping[SignalType, Signal], *, video_named: bool) -> Kind:
    """What the item is: as its source says, else as its hashes are of."""
    if item.kind is not None:
        return Kind(item.kind)
    if SignalType.VIDEO in signals or video_named:
        return Kind.VIDEO
    if SignalType.PDQ in signals or SignalType.IMAGE in signals:
        return Kind.IMAGE
    return Kind.AUDIO if SignalType.AUDIO in signals else Kind.VIDEO


def _plain(algorithm: str) -> str:
    plain = "".join(one for one in algorithm.lower() if one.isalnum())
    return plain.removeprefix("hash")


def _quality(quality: int | None) -> int:
    return _SUFFICIENT if quality is None else quality
