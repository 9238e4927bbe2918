"""A file's signals, as other programs read them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from seawall import errors, media
from seawall.media import wire
from seawall.model import content, signal
from seawall.signals import compute, pdq, roles, video
from seawall.workflows import compute as computing, files, pool

EVERY_FRAME_TASK: Final = "seawall.signals.vpdq:in_sandbox"


@dataclass(frozen=True, slots=True)
class HashResult:
    """One file's signals for exchange."""

    path: str
    sha256: str | None = None
    md5: str | None = None
    kind: content.Kind | None = None
    hashes: tuple[tuple[pdq.Pdq, float | None], ...] = ()  #: PDQ and its second; None for a picture
    skipped: tuple[signal.Skipped, ...] = ()
    error: errors.SeawallError | None = None

    def as_record(self) -> dict[str, object]:
        """As `hash --json` prints it."""
        signals: list[dict[str, object]] = []
        for kind, value in (("sha256", self.sha256), ("md5", self.md5)):
            if value is not None:
                signals.append({"type": kind, "value": value, "quality": None, "offset_s": None})
        for code, offset_s in self.hashes:
            signals.append(
                {"type": "pdq", "value": code.value.hex(), "quality": code.quality, "offset_s": offset_s}
            )
        return {
            "path": self.path,
            "sha256": self.sha256,
            "kind": self.kind,
            "signals": signals,
            "skipped": [{"signal": one.signal, "reason": one.reason} for one in self.skipped],
            "error": None if self.error is None else self.error.as_brief(),
        }


class Hasher:
    """Hashes files without keeping anything."""

    def __init__(self, sandbox: media.Sandbox, limits: media.Limits, workers: int) -> None:
        self._sandbox = sandbox
        self._limits = limits
        self._workers = workers

    def hash(self, found: Iterable[files.Found], *, every_frame: bool = False) -> Iterator[HashResult]:
        """Signals of every file, in order.

        every_frame: of videos, a hash of each frame from its RGB picture, as vPDQ makes it, instead
        of one a step from the decoder's own luma.
        """
        yield from pool.in_order(lambda one: self._hash(one, every_frame=every_frame), found, self._workers)

    def _hash(self, found: files.Found, *, every_frame: bool) -> HashResult:
        path = os.fspath(found.path)
        if found.error is not None:
            return HashResult(path, error=found.error)
        try:
            hashed = computing.hashed(found.path, self._sandbox, roles.Role.QUERY, self._limits)
            hashes = _hashes(hashed.computed)
            if every_frame and hashed.computed is not None and hashed.computed.kind is content.Kind.VIDEO:
                hashes = _frames(self._sandbox.run(found.path, EVERY_FRAME_TASK, {}), path)
        except (errors.MediaError, errors.PathNotFound) as error:
            return HashResult(path, error=error)
        return HashResult(
            path=path,
            sha256=hashed.digests.sha256,
            md5=hashed.digests.md5,
            kind=None if hashed.computed is None else hashed.computed.kind,
            hashes=hashes,
            skipped=() if hashed.computed is None else hashed.computed.skipped,
            error=hashed.error,
        )


def _hashes(computed: compute.Computed | None) -> tuple[tuple[pdq.Pdq, float | None], ...]:
    if computed is None or computed.fingerprint is None:
        return ()
    return exchanged(computed.fingerprint)


def exchanged(fingerprint: video.Fingerprint) -> tuple[tuple[pdq.Pdq, float | None], ...]:
    """The PDQ hashes of a fingerprint with their seconds; a picture's has none."""
    listed = fingerprint.as_listed()
    codes = [
        pdq.Pdq(code.tobytes(), int(quality))
        for code, quality in zip(listed.codes, listed.qualities, strict=True)
    ]
    if fingerprint.is_still:
        return tuple((code, None) for code in codes)
    return tuple((code, float(time_s)) for code, time_s in zip(codes, listed.times_s, strict=True))


def _frames(answer: wire.Wire, path: str) -> tuple[tuple[pdq.Pdq, float | None], ...]:
    try:
        fingerprint = video.decode(answer) if isinstance(answer, bytes) else None
    except ValueError as cause:
        raise errors.DecoderCrashed(path=path, cause=f"its answer makes no sense: {cause}") from cause
    if fingerprint is None:
        raise errors.DecoderCrashed(path=path, cause="its answer makes no sense")
    return exchanged(fingerprint)
