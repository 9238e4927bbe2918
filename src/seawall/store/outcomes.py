"""What policies made of recorded matches: one row a match, with the item that it opened or joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, insert, or_, select, update

from seawall.model import coverage
from seawall.model.decision import Basis, CaseState, ItemState
from seawall.model.policy import EXEMPT, Law, Outcome, Step, is_exempt
from seawall.model.seen import How, RecordedMatch
from seawall.store import cases, items, reckoning, settling
from seawall.store.batches import batches
from seawall.store.columns import found_by
from seawall.store.database import Database
from seawall.store.raising import Raise
from seawall.store.schema_actions import case_file, item, outcome
from seawall.store.tasks import Json

#: What cases that people have gathered on purpose are found by, the first of them first.
_GATHERED_BY: Final = (Basis.REFERENCE, Basis.INCIDENT, Basis.UPLOADER)

#: Made once, as they are asked for every match: to make one costs more than to ask it.
_KNOWN: Final = select(outcome.c.law, outcome.c.item_number).where(outcome.c.match == bindparam("known"))
_REPLACED: Final = delete(outcome).where(outcome.c.match == bindparam("replaced"))
_WRITE: Final = insert(outcome).returning(outcome)
_IS_OPEN: Final = case_file.c.state == CaseState.OPEN.value
_GATHERED: Final = (
    select(case_file.c.basis, case_file.c.number)
    .where(
        or_(
            *(
                and_(case_file.c.basis == one.value, case_file.c.value == bindparam(one.value))
                for one in _GATHERED_BY
            )
        ),
        _IS_OPEN,
    )
    .order_by(case_file.c.number)
)
#: Only copies that wait: of what is uploaded again and again, all others are decided.
_COPIES: Final = (
    select(case_file.c.number)
    .join_from(item, case_file, item.c.case_number == case_file.c.number)
    .where(
        item.c.sha256 == bindparam("digest"),
        item.c.state.in_((ItemState.OPEN.value, ItemState.REOPENED.value)),
        item.c.number != bindparam("own"),
        _IS_OPEN,
    )
    .limit(1)
)
_INTO_CASE: Final = update(item).where(item.c.number == bindparam("joining"))


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
        """What was done with those of the matches that have an outcome."""
        found = {}
        with self._database.read() as connection:
            for batch in batches(matches):
                query = select(outcome.c.match, outcome.c.step).where(outcome.c.match.in_(batch))
                found.update({row.match: Step(row.step) for row in connection.execute(query)})
        return found

    def settled(self, matches: Iterable[str]) -> set[str]:
        """Those of the matches with which nothing more is to be done. One in a flood waits for its end."""
        found: set[str] = set()
        with self._database.read() as connection:
            for batch in batches(matches):
                query = select(outcome.c.match).where(outcome.c.match.in_(batch))
                found.update(connection.execute(query.where(_is_settled())).scalars())
        return found

    def record(self, made: Sequence[Made]) -> list[str]:
        """Keep outcomes, open or join items, and raise events; the matches that had none yet.

        Each match all or not at all: nobody else who writes waits for many of them.

        A match that has an outcome keeps it, and nothing happens a second time; but one that was in a flood
        gets another when that has ended.
        """
        fresh = []
        for one in made:
            with self._database.write() as connection:
                if self._record(connection, one):
                    fresh.append(one.found.id)
        return fresh

    def _record(self, connection: Connection, one: Made) -> bool:
        known = connection.execute(_KNOWN, {"known": one.found.id}).first()
        if known is not None and (known.law != Law.FLOOD or one.outcome.law is Law.FLOOD):
            return False
        joined = None
        if one.outcome.review:
            joined = self._joined(connection, one)
        elif known is not None and known.item_number is not None:
            joined = _as_before(connection, known.item_number)
        if known is not None:
            connection.execute(_REPLACED, {"replaced": one.found.id})
        written = _write(connection, one, None if joined is None else joined.number, self._now())
        if joined is not None:
            reckoning.matched(connection, joined.number, written, is_new=joined.is_new)
        if one.outcome.step is not Step.NOTHING:
            self._tell(connection, one, joined)
        return True

    def _tell(self, connection: Connection, one: Made, joined: items.Joined | None) -> None:
        told = _told(one, None if joined is None else joined.id)
        is_retro = one.found.how is How.RETRO
        self._raise(connection, "match.retro" if is_retro else "match.created", told)
        if one.outcome.step is Step.HOLD:
            self._raise(connection, "hold.set", told)

    def _joined(self, connection: Connection, one: Made) -> items.Joined:
        """The item that the match belongs to."""
        now = self._now()
        joined = items.join(connection, one.found.checked, one.outcome, new_id=self._new_id(), now=now)
        number = joined.number
        if joined.is_new:
            _into_case(connection, number, one, now, self._new_id)
        elif one.found.match.reference not in items.references(connection, number) and items.reopen(
            connection, number
        ):
            _reopen_case(connection, number, one, now)
        else:
            return joined  # it waits for its decision, or that decision was about this very reference
        told: dict[str, Json] = {"item": joined.id, "match": one.found.id, "why": one.outcome.why}
        self._raise(connection, "item.opened", {**told, "again": not joined.is_new})
        return joined


def _is_settled() -> ColumnElement[bool]:
    return outcome.c.law.is_(None) | (outcome.c.law != Law.FLOOD.value)


def _as_before(connection: Connection, number: int) -> items.Joined:
    """The item that an outcome belongs to which is replaced."""
    query = select(item.c.id).where(item.c.number == number)
    return items.Joined(number, connection.execute(query).scalar_one(), is_new=False)


def _write(connection: Connection, one: Made, item_number: int | None, now: datetime) -> Row[Any]:
    match, made = one.found.match, one.outcome
    row = {
        "match": one.found.id,
        "bank": one.found.bank,
        "reference": match.reference,
        "recommendation": match.recommendation.value,
        "score": match.score,
        "coverage_query": match.coverage_query,
        "coverage_reference": match.coverage_reference,
        "version": made.version,
        "rule": made.rule,
        "asked": made.asked.value,
        "step": made.step.value,
        "law": None if made.law is None else made.law.value,
        "why": made.why,
        "at": now,
        "item_number": item_number,
        "full_copy": _is_full_copy(one),
    }
    return connection.execute(_WRITE, row).one()


def _is_full_copy(one: Made) -> bool:
    """Nothing but the reference, and nothing that asks a person to think about this very one."""
    checked, made = one.found.checked, one.outcome
    if one.found.held or made.law not in (None, Law.UNPROVEN) or is_exempt(checked.context.labels, EXEMPT):
        return False
    match = one.found.match
    return coverage.is_full_copy(match, checked.kind, checked.duration_s, has_sound=checked.has_sound)


def _into_case(
    connection: Connection, number: int, one: Made, now: datetime, new_id: Callable[[], str]
) -> None:
    """A new item joins the work on its reference, incident, uploader or content, or begins it."""
    case_number = _open_case(connection, number, one)
    is_new = case_number is None
    if case_number is None:
        case_number = cases.begin(
            connection, Basis.CONTENT, _content(one), actor="policy", now=now, new_id=new_id
        )
    connection.execute(_INTO_CASE, {"joining": number, "case_number": case_number})
    what, why = "opened" if is_new else "joined", one.outcome.why
    settling.note(connection, case_number, "policy", what, why, now, is_new=is_new)


def _open_case(connection: Connection, number: int, one: Made) -> int | None:
    """What people have gathered on purpose comes first, then any case that has the same content."""
    checked = one.found.checked
    wanted = (one.found.match.reference, one.incident, found_by(checked.context.uploader))
    values = {basis.value: value for basis, value in zip(_GATHERED_BY, wanted, strict=True)}
    found: dict[str, int] = {}
    for row in connection.execute(_GATHERED, values):
        found.setdefault(row.basis, row.number)
    known = next((found[basis] for basis in _GATHERED_BY if basis in found), None)
    if known is not None or checked.sha256 is None:
        return known
    return connection.execute(_COPIES, {"digest": checked.sha256, "own": number}).scalar()


def _content(one: Made) -> str:
    """What a case of one content is found by; one of which only hashes came is its check's own."""
    return one.found.checked.sha256 or one.found.checked.id


def _reopen_case(connection: Connection, number: int, one: Made, now: datetime) -> None:
    case_number = connection.execute(select(item.c.case_number).where(item.c.number == number)).scalar()
    if case_number is not None:
        ended = case_file.c.state.in_((CaseState.DECIDED.value, CaseState.CLOSED.value))
        change = update(case_file).where(case_file.c.number == case_number, ended)
        connection.execute(change.values(state=CaseState.OPEN.value))
        settling.note(connection, case_number, "policy", "reopened", one.outcome.why, now)


def _told(one: Made, item_id: str | None) -> dict[str, Json]:
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
