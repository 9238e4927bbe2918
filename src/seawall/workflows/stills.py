"""The pictures that a report carries, checked against the banks as files are. None of them is kept."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from seawall import errors
from seawall.claims.pictures import Picture
from seawall.model.bank import Bank
from seawall.model.claim import Span
from seawall.model.incident import Still, StillMatch
from seawall.model.match import Recommendation
from seawall.workflows.check import CheckResult, Named

Check = Callable[[Path], CheckResult]


def checked(
    pictures: Sequence[Picture],
    text: str,
    document: str,
    banks: Callable[[], Sequence[Bank]],
    check: Check,
) -> tuple[Still, ...]:
    """What is known in each picture of a report. Whatever stands in the way of one is on record with it.

    text: the report's. document: the SHA-256 of its file. check: asks the banks about a file.
    """
    if not pictures:
        return ()
    known = sum(bank.references for bank in banks() if not bank.negative)
    return tuple(
        _checked(number, one, text, document, known, check) for number, one in enumerate(pictures, 1)
    )


def _checked(number: int, one: Picture, text: str, document: str, known: int, check: Check) -> Still:
    try:
        with _as_file(one.data) as path:
            result = check(path)
    except errors.SeawallError as raised:
        result = CheckResult("", error=raised)
    line = one.caption
    return Still(
        document=document,
        number=number,
        sha256=hashlib.sha256(one.data).hexdigest(),
        size_bytes=len(one.data),
        offset=one.at,
        caption=None if line is None else Span(line.start, line.end, text[line.start : line.end]),
        medium=None,
        checked_against=known,
        matches=tuple(_match(named) for named in result.matches if _tells(named)),
        error=None if result.error is None else result.error.code,
        damage=None if result.partial is None else result.partial.reason,
        skipped=result.skipped,
    )


def _tells(named: Named) -> bool:
    return named.match.recommendation is not Recommendation.NONE and not named.reference.negative


def _match(named: Named) -> StillMatch:
    found = named.match
    return StillMatch(
        reference=found.reference,
        bank=named.reference.bank,
        score=found.score,
        recommendation=found.recommendation,
        segments=found.segments,
    )


@contextmanager
def _as_file(data: bytes) -> Iterator[Path]:
    """A file without a name that holds the data: nothing of it is left, whenever the process ends."""
    with errors.writing(tempfile.gettempdir()), tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        yield Path(f"/dev/fd/{file.fileno()}")
