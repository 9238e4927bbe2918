"""Incidents of one data folder: opened from reports, decided on by people, compared and exported."""

from __future__ import annotations

import copy
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from seawall import errors
from seawall.model.bank import Bank
from seawall.model.claim import Facet, Status
from seawall.model.incident import (
    Answer,
    Citation,
    Claim,
    Credibility,
    IncidentStatus,
    Ledger,
    MediaLink,
    PlaceChoice,
    Position,
    Protection,
    Reliability,
    Revision,
    State,
    Summary,
    ViolationLabel,
)
from seawall.model.report import Violation
from seawall.reports import view
from seawall.store import laws
from seawall.store.incidents import Incidents as Records, NewDocument
from seawall.workflows import edits, files, stills
from seawall.workflows.deferred import Deferred
from seawall.workflows.readers import Reader

#: No report is longer; a text of this length is a thousand novels.
MAX_BYTES: Final = 64 << 20

#: What no database takes in a text. Each gives way to one character, so that no offset moves.
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class About:
    """What the person who brings a report knows of it."""

    published: date | None = None
    outlet: str | None = None
    author: str | None = None
    reliability: Reliability = Reliability.F
    credibility: Credibility = Credibility.CANNOT_BE_JUDGED
    origin: str | None = None
    name: str | None = None  #: of its file, where that is not what it lies here under


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of one file: an incident, or the error that stood in the way."""

    path: str
    ledger: Ledger | None = None
    error: errors.SeawallError | None = None


class Incidents:
    """What a person does with incidents. Each call is one transaction; where it raises, nothing changed."""

    def __init__(
        self,
        records: Records,
        actor: str,
        reader: Callable[[], Reader],
        check: stills.Check,
        banks: Callable[[], Sequence[Bank]],
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """reader: makes what reads reports, when the first is read. check: asks the banks about a file.

        max_bytes: of a report's file.
        """
        self._records = records
        self._actor = actor
        self._reader = Deferred(reader)
        self._check = check
        self._banks = banks
        self._today = today
        self._max_bytes = max_bytes

    def acting_as(self, actor: str) -> Self:
        """The same incidents, in which another one is recorded as having changed things. Not to be closed."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        return other

    # Reports

    def open(self, path: str | os.PathLike[str], about: About = About(), title: str | None = None) -> Ledger:
        """Make an incident of a report. Raises MediaError, PathNotFound, ProtectedName, UsageError."""
        new = self._new(Path(path), about)
        return self._records.open(title or self._title(about), new, actor=self._actor)

    def open_all(
        self, paths: Iterable[str | os.PathLike[str]], about: About = About(), title: str | None = None
    ) -> Iterator[Opened]:
        """One incident for each file, and for each in folders. A file that cannot be used stops no other."""
        for found in files.walk(paths):
            path = os.fspath(found.path)
            if found.error is not None:
                yield Opened(path, error=found.error)
                continue
            try:
                yield Opened(path, self.open(found.path, about, title))
            except (errors.MediaError, errors.UsageError) as error:
                yield Opened(path, error=error)

    def add_report(
        self, incident_id: str, path: str | os.PathLike[str], about: About = About(), reason: str = "added"
    ) -> Ledger:
        """Add a report to an incident. Raises IncidentNotFound, DocumentExists, and as `open`."""
        self._records.ledger(incident_id)
        new = self._new(Path(path), about)
        return self._records.add_document(incident_id, new, actor=self._actor, reason=reason)

    def cite(self, incident_id: str, citation: Citation, reason: str) -> Ledger:
        """Judge a document as a source."""
        return self._add(incident_id, reason, citation)

    # What is there

    def every(self) -> list[Summary]:
        """All incidents, the oldest first."""
        return self._records.every()

    def ledger(self, incident_id: str) -> Ledger:
        """All that is on record. Raises IncidentNotFound."""
        return self._records.ledger(incident_id)

    def view(self, incident_id: str) -> view.View:
        """The same as it may leave the record. Raises IncidentNotFound."""
        return view.View.of(self.ledger(incident_id))

    def claims(
        self,
        incident_id: str,
        *,
        status: Status | None = None,
        facet: Facet | None = None,
        group: str | None = None,
    ) -> list[Revision[Claim]]:
        """The claims as they stand, of one status, facet or group where it is given."""
        return [
            one
            for one in self.ledger(incident_id).claims
            if (status is None or one.state.status is status)
            and (facet is None or one.state.said.facet is facet)
            and (group is None or one.state.said.group == group)
        ]

    # Decisions

    def set_status(self, incident_id: str, claim_ids: Sequence[str], status: Status, reason: str) -> Ledger:
        """Confirm, reject, dispute or withdraw claims. Raises EntryNotFound, ClaimConflict."""
        return self._decide(incident_id, edits.to_status(claim_ids, status), reason)

    def edit(self, incident_id: str, claim_id: str, edit: edits.Edit, reason: str) -> Ledger:
        """Change a claim. Raises CertaintyRaised where it would become surer."""
        return self._decide(incident_id, lambda ledger: [edit.apply(ledger, claim_id)], reason)

    def add_claim(self, incident_id: str, entry: edits.Entry, reason: str) -> Ledger:
        """Add a claim with words of a document. Raises SpanNotInText, CertaintyRaised."""
        return self._decide(incident_id, lambda ledger: [entry.make(ledger)], reason)

    def describe(
        self, incident_id: str, *, title: str | None, status: IncidentStatus | None, reason: str
    ) -> Ledger:
        """Give an incident another title or status."""

        def decide(ledger: Ledger) -> Sequence[State]:
            before = ledger.heading
            return [replace(before, title=title or before.title, status=status or before.status)]

        return self._decide(incident_id, decide, reason)

    def protect(self, incident_id: str, name: str, reason: str) -> Ledger:
        """Mask a name in all that leaves the record from now on, and refuse it in what is entered."""
        return self._add(incident_id, reason, Protection(name))

    def choose_place(self, incident_id: str, place_id: str, candidate: int | None, reason: str) -> Ledger:
        """Say which candidate of a place is meant, counted from 1; None for none of them."""

        def decide(ledger: Ledger) -> Sequence[State]:
            for place in ledger.places:
                if place.id == place_id:
                    if candidate is None:
                        return [PlaceChoice(place_id, None)]
                    if 1 <= candidate <= len(place.candidates):
                        return [PlaceChoice(place_id, place.candidates[candidate - 1])]
                    raise errors.EntryNotFound(entry="candidate", name=str(candidate))
            raise errors.EntryNotFound(entry="place", name=place_id)

        return self._decide(incident_id, decide, reason)

    def label(
        self,
        incident_id: str,
        violation: Violation,
        basis: Sequence[str],
        *,
        armed_conflict: Answer,
        child_under_18: Answer,
        armed_force_or_group: Answer,
        reason: str,
    ) -> Ledger:
        """Label a grave violation on claims of one group."""

        def decide(ledger: Ledger) -> Sequence[State]:
            groups = {laws.claim(ledger, one).said.group for one in basis}
            if len(groups) != 1:
                raise errors.UsageError(detail="The claims of a label are of one group")
            answers = (armed_conflict, child_under_18, armed_force_or_group)
            return [ViolationLabel(violation, groups.pop(), tuple(basis), *answers)]

        return self._decide(incident_id, decide, reason)

    def hold(self, incident_id: str, claim_id: str, reason: str) -> Ledger:
        """Choose a claim as the record's position on its facet. The others stay beside it."""

        def decide(ledger: Ledger) -> Sequence[State]:
            said = laws.claim(ledger, claim_id).said
            return [Position(said.group, said.facet, claim_id)]

        return self._decide(incident_id, decide, reason)

    def watch(self, incident_id: str, medium_id: str, path: str | os.PathLike[str]) -> list[MediaLink]:
        """Ask the banks about a file of a medium that a report mentions; the links that were recorded.

        Only a match links footage to a reference. Raises the error of a file that cannot be checked.
        """
        result = self._check(Path(path))
        if result.error is not None:
            raise result.error
        links = [
            MediaLink(medium_id, one.match.reference, one.match.score, one.match.segments)
            for one in result.matches
        ]
        self._decide(incident_id, lambda _: links, f"a match of the file {result.sha256}")
        return links

    def _add(self, incident_id: str, reason: str, *states: State) -> Ledger:
        return self._decide(incident_id, lambda _: states, reason)

    def _decide(self, incident_id: str, decide: Callable[[Ledger], Sequence[State]], reason: str) -> Ledger:
        if not reason.strip():
            raise errors.UsageError(detail="A change of the record needs a reason")
        return self._records.revise(incident_id, decide, actor=self._actor, reason=reason)

    def _new(self, path: Path, about: About) -> NewDocument:
        # A day more than ours: where the sun rises first, it is tomorrow already.
        if about.published is not None and about.published > self._today() + timedelta(days=1):
            raise errors.UsageError(detail=f"A report of {about.published} is not published yet")
        data = _bytes(path, self._max_bytes)
        reader = self._reader.get()
        given = reader.text(data, os.fspath(path))
        text = replace(given, text=_UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", given.text))
        if not text.text.strip():
            raise errors.EmptyFile(path=os.fspath(path))
        published = about.published or self._told(text.published)
        sha256 = hashlib.sha256(data).hexdigest()
        # Before the record is written, so that report and pictures come into it in one transaction.
        checked = stills.checked(text.pictures, text.text, sha256, self._banks, self._check)
        return NewDocument(
            sha256=sha256,
            text=text.text,
            reading=reader.read(text, published),
            name=about.name or path.name,
            outlet=about.outlet,
            author=about.author,
            published=published,
            reliability=about.reliability,
            credibility=about.credibility,
            origin=about.origin,
            stills=checked,
        )

    def _told(self, published: date | None) -> date | None:
        """The day that a page says, unless it is yet to come."""
        return None if published is None or published > self._today() + timedelta(days=1) else published

    def close(self) -> None:
        """End what reads reports, if any did."""
        self._reader.close()

    def _title(self, about: About) -> str:
        """A title that says nothing of what is told."""
        by = "" if about.outlet is None else f" by {about.outlet}"
        if about.published is None:
            return f"Incident reported{by}, opened on {self._today()}"
        return f"Incident reported{by} on {about.published}"


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except FileNotFoundError:
        raise errors.PathNotFound(path=os.fspath(path)) from None
    except OSError as cause:
        raise errors.UnreadableFile(path=os.fspath(path), reason=cause.strerror or str(cause)) from cause
    if not data:
        raise errors.EmptyFile(path=os.fspath(path))
    if len(data) > most:
        raise errors.MediaTooLarge(path=os.fspath(path), size=path.stat().st_size, unit="bytes", limit=most)
    return data
