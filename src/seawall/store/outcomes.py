"""What policies made of recorded matches: one row a match, with the item that it opened or joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from seawall.model.decision import Basis, CaseState
from seawall.model.policy import Outcome, Step
from seawall.model.seen import RecordedMatch
from seawall.store import items
from seawall.store.batches import batches
from seawall.store.columns import found_by
from seawall.store.database import Database
from seawall.store.raising import Raise
from seawall.store.schema_actions import case_event, case_file, item, outcome


@dataclass(frozen=True, slots=True)
class Made:
    """A match, what its policy made of it, and the incident that its reference belongs to."""

    found: RecordedMatch
    outcome: Outcome
    incident: str | None


class Outcomes:
    """The outcomes of one store."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        raising: Raise,
    ) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id
        self._raise = raising

    def known(self, matches: Iterable[str]) -> dict[str, Step]:
        """What was done with those of the matches for which that is settled."""
        found = {}
        with self._database.read() as connection:
            for batch in batches(matches):
                query = select(outcome.c.match, outcome.c.step).where(outcome.c.match.in_(batch))
                found.update({row.match: Step(row.step) for row in connection.execute(query)})
        return found

    def record(self, made: Sequence[Made]) -> int:
        """Keep outcomes, open or join items, and raise events, all or none; how many were new.

        A match that has an outcome keeps it, and nothing happens a second time.
        """
        with self._database.write() as connection:
            return sum(self._record(connection, one) for one in made)

    def _record(self, connection: Connection, one: Made) -> bool:
        known = select(outcome.c.number).where(outcome.c.match == one.found.id)
        if connection.execute(known).first() is not None:
            return False
        item_number = self._joined(connection, one) if one.outcome.review else None
        _insert(connection, one, item_number, self._now())
        if one.outcome.step is not Step.NOTHING:
            item_id = None
            if item_number is not None:
                item_id = connection.execute(select(item.c.id).where(item.c.number == item_number)).scalar()
            self._raise(connection, f"match.{one.outcome.step}", _told(one, item_id))
        return True

    def _joined(self, connection: Connection, one: Made) -> int:
        """The item that the match belongs to."""
        now = self._now()
        number, is_new = items.join(
            connection, one.found.checked, one.outcome, new_id=self._new_id(), now=now
        )
        if is_new:
            _into_case(connection, number, one, now)
            kind = "item.opened"
        elif one.found.match.reference not in items.references(connection, number) and items.reopen(
            connection, number
        ):
            _reopen_case(connection, number, one, now)
            kind = "item.reopened"
        else:
            return number  # it waits for its decision, or that decision was about this very reference
        row = connection.execute(select(item.c.id).where(item.c.number == number)).one()
        self._raise(connection, kind, {"item": row.id, "match": one.found.id, "why": one.outcome.why})
        return number


def _insert(connection: Connection, one: Made, item_number: int | None, now: datetime) -> None:
    match, made = one.found.match, one.outcome
    row = insert(outcome).values(
        match=one.found.id,
        bank=one.found.bank,
        reference=match.reference,
        recommendation=match.recommendation.value,
        score=match.score,
        coverage_query=match.coverage_query,
        coverage_reference=match.coverage_reference,
        version=made.version,
        rule=made.rule,
        asked=made.asked.value,
        step=made.step.value,
        law=None if made.law is None else made.law.value,
        why=made.why,
        at=now,
        item_number=item_number,
    )
    connection.execute(row)


def _into_case(connection: Connection, number: int, one: Made, now: datetime) -> None:
    """A new item joins the work that goes on for its reference, incident or uploader."""
    bases = (
        (Basis.REFERENCE, one.found.match.reference),
        (Basis.INCIDENT, one.incident),
        (Basis.UPLOADER, found_by(one.found.checked.context.uploader)),
    )
    for basis, value in bases:
        query = select(case_file.c.number).where(
            case_file.c.basis == basis.value,
            case_file.c.value == value,
            case_file.c.state == CaseState.OPEN.value,
        )
        case_number = None if value is None else connection.execute(query.limit(1)).scalar()
        if case_number is not None:
            connection.execute(update(item).where(item.c.number == number).values(case_number=case_number))
            _note(connection, case_number, "joined", one.outcome.why, now)
            return


def _reopen_case(connection: Connection, number: int, one: Made, now: datetime) -> None:
    case_number = connection.execute(select(item.c.case_number).where(item.c.number == number)).scalar()
    if case_number is not None:
        ended = case_file.c.state.in_((CaseState.DECIDED.value, CaseState.CLOSED.value))
        change = update(case_file).where(case_file.c.number == case_number, ended)
        connection.execute(change.values(state=CaseState.OPEN.value))
        _note(connection, case_number, "reopened", one.outcome.why, now)


def _note(connection: Connection, case_number: int, what: str, reason: str, now: datetime) -> None:
    row = {"case_number": case_number, "at": now, "actor": "policy", "what": what, "reason": reason}
    connection.execute(insert(case_event).values(row))


def _told(one: Made, item_id: str | None) -> dict[str, str | int | float | None]:
    """What an event says of a match. The content's labels and signals stay here."""
    found, made = one.found, one.outcome
    return {
        "match": found.id,
        "check": found.checked.id,
        "how": found.how.value,
        "sha256": found.checked.sha256,
        "uploader": found.checked.context.uploader,
        "post": found.checked.context.post,
        "url": found.checked.context.url,
        "bank": found.bank,
        "reference": found.match.reference,
        "incident": one.incident,
        "recommendation": found.match.recommendation.value,
        "score": found.match.score,
        "step": made.step.value,
        "rule": made.rule,
        "why": made.why,
        "policy_version": made.version,
        "item": item_id,
    }
