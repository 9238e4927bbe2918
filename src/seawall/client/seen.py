"""What was checked and found: contents, checks, matches, and references that are held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from seawall.client.call import Call
from seawall.client.checks import Context
from seawall.client.group import Group
from seawall.client.references import Reference


@dataclass(frozen=True, slots=True)
class ContentFile:
    """A file that a bank has."""

    size_bytes: int | None
    kind: str
    format: str | None
    duration_s: float | None
    width_px: int | None
    height_px: int | None


@dataclass(frozen=True, slots=True)
class ContentCheck:
    """One check of a content."""

    id: str
    at: datetime
    actor: str
    context: Context


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of a content."""

    sha256: str
    file: ContentFile | None  #: None where no bank has it
    references: tuple[Reference, ...]
    checks: tuple[ContentCheck, ...]  #: the latest hundred, the newest first


@dataclass(frozen=True, slots=True)
class CheckOnRecord:
    """One check of one content."""

    id: str
    sha256: str | None
    kind: str | None
    duration_s: float | None
    at: datetime
    actor: str
    context: Context


@dataclass(frozen=True, slots=True)
class FoundMatch:
    """A match as it was found in a check."""

    id: str
    bank: str
    how: str  #: check; or retro: the reference was added after the check
    at: datetime
    held: bool
    match: Mapping[str, object]  #: as in the answer to a check


@dataclass(frozen=True, slots=True)
class RecordedMatch:
    """A match with the check in which it was found."""

    id: str
    bank: str
    how: str
    at: datetime
    held: bool
    match: Mapping[str, object]
    check: CheckOnRecord


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """A check with what was found in it, at the time and since."""

    id: str
    sha256: str | None
    kind: str | None
    duration_s: float | None
    at: datetime
    actor: str
    context: Context
    matches: tuple[FoundMatch, ...]


@dataclass(frozen=True, slots=True)
class HoldCounts:
    """What a hold rests on."""

    contents: int
    window_h: int
    limit: int
    usual: int
    others: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A reference that is, or was, held, as it matched far more than its kind does."""

    reference: str
    bank: str
    since: datetime
    state: str
    counts: HoldCounts
    released_by: str | None
    released_at: datetime | None
    reason: str | None


class Matches(Group):
    """Matches on record: `matches(bank="KNOWN")` lists them, the latest first."""

    def __call__(
        self,
        *,
        bank: str | None = None,
        reference: str | None = None,
        how: str | None = None,
        held: bool | None = None,
        since: datetime | None = None,
    ) -> Iterator[RecordedMatch]:
        wanted = {"bank": bank, "reference": reference, "how": how, "held": held, "since": since}
        return self._listed(RecordedMatch, Call("GET", "/v1/matches", query=wanted))

    def get(self, match: str) -> RecordedMatch:
        """One match. Raises RecordNotFound."""
        return self._read(RecordedMatch, Call("GET", "/v1/matches/{match}", {"match": match}))

    def of_check(self, check: str) -> RecordedCheck:
        """One check, with what was found in it at the time and since. Raises RecordNotFound."""
        return self._read(RecordedCheck, Call("GET", "/v1/checks/{check}", {"check": check}))

    def of_content(self, sha256: str) -> Content:
        """The references that a content is, and the checks in which it came. Raises RecordNotFound."""
        return self._read(Content, Call("GET", "/v1/content/{sha256}", {"sha256": sha256}))

    def search_again(self, reference: str) -> str:
        """Have a reference searched in what was seen. The id of the task."""
        answer = self._ask(Call("POST", "/v1/retromatches", json={"reference": reference}))
        return str(answer.get("job"))


class Holds(Group):
    """References that are, or were, held: `holds()` lists them, the latest first."""

    def __call__(self, *, state: str | None = None) -> Iterator[Hold]:
        return self._listed(Hold, Call("GET", "/v1/holds", query={"state": state}))

    def release(self, reference: str, reason: str) -> Hold:
        """Let a held reference act."""
        at, body = {"reference": reference}, {"reason": reason}
        return self._read(Hold, Call("POST", "/v1/holds/{reference}/release", at, json=body))
