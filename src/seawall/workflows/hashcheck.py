"""Checks of contents of which only hashes are given: the same search as for files, without the file.

Nearly all of what a platform asks about is unknown, and an index tells so in a fraction of a millisecond:
that is done where the call came in, without a change of thread, for all calls that have come in at once. Only
what may be known goes on to the database. References that were added are met `LATEST_S` later at the latest.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from seawall import errors
from seawall.matching import kept, search
from seawall.matching.references import References
from seawall.model import content, signal
from seawall.model.seen import Context, RecordedCheck
from seawall.signals import video
from seawall.signals.pdq import MAX_QUALITY, Pdq
from seawall.store.recording import NewCheck
from seawall.workflows.catalogue import Catalogue
from seawall.workflows.check import Checker, Named
from seawall.workflows.looks import Looks
from seawall.workflows.recorded_checks import banked
from seawall.workflows.recorder import Recorder
from seawall.workflows.seen_index import SeenIndex

BEHIND_S: Final = 0.2  #: after so long, it is looked whether references were added ...
LATEST_S: Final = 0.5  #: ... and waited for, once it is this long
QUICK: Final = 16  #: moments that are looked up where a call came in; more would keep the others waiting
#: A moment of a list stands for the time until the next; the last for as long as those before, or so long.
LAST_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Moment:
    """The hash of a video's frame."""

    pdq: bytes  #: 32 bytes
    offset_s: float
    quality: int = MAX_QUALITY


@dataclass(frozen=True, slots=True)
class Hashes:
    """What is given of one content: at least one of these."""

    pdq: bytes | None = None  #: of a picture
    quality: int = MAX_QUALITY
    moments: tuple[Moment, ...] = ()  #: of a video, in any order
    sha256: str | None = None  #: lower-case hex
    md5: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one content, and the check as it is kept."""

    matches: tuple[Named, ...]
    suppressed: tuple[Named, ...]
    skipped: tuple[signal.Skipped, ...]
    record: RecordedCheck


@dataclass(frozen=True, slots=True)
class _Found:
    matches: tuple[Named, ...] = ()
    suppressed: tuple[Named, ...] = ()


class HashChecks:
    """Checks by hashes. To be called from an event loop."""

    def __init__(self, checker: Checker, catalogue: Catalogue, recorder: Recorder, index: SeenIndex) -> None:
        self._checker = checker
        self._catalogue = catalogue
        self._recorder = recorder
        self._index = index
        self._following: asyncio.Future[None] | None = None
        self._looks = Looks()

    async def check(self, asked: Sequence[tuple[Hashes, Context]], actor: str) -> list[Answer]:
        """What is known of each content, in their order; that each was checked is kept by then.

        Raises BadRequest for a content of which no hash, or hashes of a picture and of a video, are given.
        """
        queries = [query(one) for one, _ in asked]
        references = await self._references()
        found = await self._search(queries, references)
        news = [
            self._new(some, context, one, actor)
            for some, (_, context), one in zip(queries, asked, found, strict=True)
        ]
        recorded = await self._recorder.recorded(news)
        if self._recorder.keeps_signals:
            self._index.follow_soon()
        return [
            Answer(one.matches, one.suppressed, _skipped(hashes), record)
            for one, (hashes, _), record in zip(found, asked, recorded, strict=True)
        ]

    async def _search(self, queries: Sequence[search.Query], references: References) -> list[_Found]:
        if len(queries) == 1 and _moments(queries[0]) <= QUICK:
            if not await self._looks.may_find(queries[0], references):
                return [_Found()]
            return [await asyncio.to_thread(self._found, queries[0], references)]
        return await asyncio.to_thread(self._all_found, queries, references)

    def _all_found(self, queries: Sequence[search.Query], references: References) -> list[_Found]:
        may = search.may_find(queries, references)
        pairs = zip(queries, may, strict=True)
        return [self._found(one, references) if may_one else _Found() for one, may_one in pairs]

    def _found(self, asked: search.Query, references: References) -> _Found:
        named = self._checker.name(search.search(asked, references))
        return _Found(
            tuple(one for one in named if one.match.suppressed_by is None),
            tuple(one for one in named if one.match.suppressed_by is not None),
        )

    async def _references(self) -> References:
        """The references as of a moment ago."""
        behind_s = self._catalogue.behind_s
        if behind_s > BEHIND_S:
            following = self._following
            if (
                following is None
                or following.done()
                or following.get_loop() is not asyncio.get_running_loop()
            ):
                following = self._following = asyncio.ensure_future(asyncio.to_thread(self._catalogue.follow))
            if behind_s > LATEST_S:
                await asyncio.shield(following)
        return self._catalogue.as_followed()

    def _new(self, asked: search.Query, context: Context, found: _Found, actor: str) -> NewCheck:
        kind = None
        if asked.fingerprint is not None:
            kind = content.Kind.IMAGE if asked.fingerprint.is_still else content.Kind.VIDEO
        keeps = self._recorder.keeps_signals and asked.fingerprint is not None
        return NewCheck(
            key=asked.sha256 or _key(asked),
            sha256=asked.sha256,
            md5=asked.md5,
            kind=kind,
            duration_s=asked.duration_s,
            signals=kept.encode(asked) if keeps else None,
            matches=banked(found.matches),
            actor=actor,
            context=context,
        )


def _moments(asked: search.Query) -> int:
    return 0 if asked.fingerprint is None else len(asked.fingerprint)


def query(hashes: Hashes) -> search.Query:
    """Hashes as a search takes them. Raises BadRequest."""
    if hashes.pdq is not None and hashes.moments:
        raise errors.BadRequest(reason="one content is a picture or a video, not both")
    if hashes.pdq is None and not hashes.moments and hashes.sha256 is None and hashes.md5 is None:
        raise errors.BadRequest(reason="a content without any hash")
    fingerprint = _fingerprint(hashes)
    return search.Query(
        sha256=hashes.sha256,
        md5=hashes.md5,
        duration_s=None if fingerprint is None or fingerprint.is_still else fingerprint.duration_s,
        fingerprint=fingerprint,
    )


def _key(asked: search.Query) -> str:
    """Stands for a content of which no SHA-256 is given: the same hashes are the same content."""
    digest = hashlib.sha256(f"md5 {asked.md5} ".encode())
    if asked.fingerprint is not None:
        for column in (asked.fingerprint.times_ms, asked.fingerprint.codes, asked.fingerprint.qualities):
            digest.update(column.tobytes())
    return digest.hexdigest()


def _fingerprint(hashes: Hashes) -> video.Fingerprint | None:
    if hashes.pdq is not None:
        return _usable(video.listed([Pdq(hashes.pdq, hashes.quality)], [0.0], 0.0))
    if not hashes.moments:
        return None
    moments = sorted(hashes.moments, key=lambda one: one.offset_s)
    times_s = [one.offset_s for one in moments]
    last_s = (times_s[-1] - times_s[0]) / (len(times_s) - 1) if len(times_s) > 1 else LAST_S
    made = [Pdq(one.pdq, one.quality) for one in moments]
    return _usable(video.listed(made, times_s, times_s[-1] + (last_s or LAST_S)))


def _usable(fingerprint: video.Fingerprint) -> video.Fingerprint | None:
    return fingerprint if fingerprint.usable().any() else None


def _skipped(hashes: Hashes) -> tuple[signal.Skipped, ...]:
    """Said of hashes of pictures that are too flat to be told from any other flat picture."""
    given = hashes.pdq is not None or hashes.moments
    qualities = [hashes.quality] if hashes.pdq is not None else [one.quality for one in hashes.moments]
    if given and max(qualities) < video.MIN_QUALITY:
        return (signal.Skipped(signal.SignalType.PDQ, signal.SkipReason.LOW_QUALITY),)
    return ()
