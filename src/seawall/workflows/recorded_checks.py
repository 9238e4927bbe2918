"""Checks that are written down: of a file as of any, with what was found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from seawall.matching import kept, search
from seawall.model import match
from seawall.model.seen import Context, RecordedCheck
from seawall.store.recording import NewCheck
from seawall.workflows import files
from seawall.workflows.check import Checker, CheckResult, Named
from seawall.workflows.recorder import Recorder
from seawall.workflows.seen_index import SeenIndex


@dataclass(frozen=True, slots=True)
class Recorded:
    """A check as it was made and as it is kept."""

    result: CheckResult
    record: RecordedCheck


class RecordedChecks:
    """Checks that are written down. Any number of threads may use it."""

    def __init__(self, checker: Checker, recorder: Recorder, index: SeenIndex) -> None:
        self._checker = checker
        self._recorder = recorder
        self._index = index

    def check(
        self,
        path: str | os.PathLike[str],
        context: Context,
        actor: str,
        first: Callable[[CheckResult], None] = lambda _: None,
    ) -> Recorded:
        """What is known in a file; once this returns, that it was checked and what was found are kept.

        first: what is to be done before the check is written down, which opens items on it.

        A file that cannot be decoded is checked by its digests, with the error in the result. Raises
        MediaError and PathNotFound where not even its bytes can be read: then nothing is written down.
        """
        looked = self._checker.look(files.Found(Path(path)))
        if looked.query is None:
            assert looked.result.error is not None
            raise looked.result.error
        first(looked.result)
        recorded = self._recorder.record(self._new(looked.result, looked.query, context, actor))
        if self._recorder.keeps_signals:
            self._index.follow_soon()
        return Recorded(looked.result, recorded)

    def _new(self, result: CheckResult, query: search.Query, context: Context, actor: str) -> NewCheck:
        """A check of a file as it is to be written down."""
        assert query.sha256 is not None
        signals = kept.encode(query) if self._recorder.keeps_signals else None
        return NewCheck(
            key=query.sha256,
            sha256=query.sha256,
            md5=query.md5,
            kind=result.kind,
            duration_s=result.duration_s,
            signals=signals,
            matches=banked(result.matches),
            actor=actor,
            context=context,
            has_sound=query.sound is not None,
        )


def banked(matches: Iterable[Named]) -> tuple[tuple[str, match.Match], ...]:
    """Matches, each with its bank, as they are written down."""
    return tuple((one.reference.bank, one.match) for one in matches)
