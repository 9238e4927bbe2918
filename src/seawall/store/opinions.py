"""Opinions on references: ours and those of members of lists. A negative one keeps it from acting."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.exchange import HeldOpinion, Opinion, Sending, Stance
from seawall.store import audit, references
from seawall.store.batches import batches
from seawall.store.schema_exchanges import exchange_item, opinion

_DOUBTED: Final = "a member of a list holds that it is not what the list says"
_CLEARED: Final = "no member of a list doubts it any more"


def of(connection: Connection, reference_id: str) -> list[HeldOpinion]:
    """All opinions on a reference: ours first, then the others by their owners."""
    query = select(opinion).where(opinion.c.reference == reference_id)
    return [_held(row) for row in connection.execute(query.order_by(opinion.c.mine.desc(), opinion.c.owner))]


def give(
    connection: Connection, reference_id: str, ours: Opinion, *, by: str, note: str | None, now: datetime
) -> HeldOpinion:
    """Our opinion, in the place of the one that we had. Raises ReferenceNotFound."""
    references.get(connection, reference_id)
    listed = select(exchange_item.c.key).where(exchange_item.c.reference == reference_id).limit(1)
    known = connection.execute(listed).first() is not None
    connection.execute(delete(opinion).where(opinion.c.reference == reference_id, opinion.c.mine.is_(True)))
    row = _row(reference_id, ours, mine=True, now=now)
    row |= {"by": by, "note": note, "sending": (Sending.WAITING if known else Sending.LOCAL).value}
    connection.execute(insert(opinion).values(row))
    settle(connection, reference_id, actor=by, now=now)
    return of(connection, reference_id)[0]


def take_over(
    connection: Connection, reference_id: str, theirs: Iterable[Opinion], *, actor: str, now: datetime
) -> None:
    """The opinions of a list's members, in the place of those that they had."""
    others = (opinion.c.reference == reference_id, opinion.c.mine.is_(False))
    connection.execute(delete(opinion).where(*others))
    rows = {one.owner: _row(reference_id, one, mine=False, now=now) for one in theirs}
    if rows:
        connection.execute(insert(opinion), [{**row, "by": None, "note": None} for row in rows.values()])
    settle(connection, reference_id, actor=actor, now=now)


def forget(connection: Connection, reference_ids: Iterable[str]) -> None:
    """Delete the opinions on references that are gone."""
    for batch in batches(reference_ids):
        connection.execute(delete(opinion).where(opinion.c.reference.in_(batch)))


def settle(connection: Connection, reference_id: str, *, actor: str, now: datetime) -> None:
    """Dispute a reference that is doubted, and clear it again where it was disputed for doubts alone."""
    state = references.get(connection, reference_id).state
    doubted = select(func.count()).where(
        opinion.c.reference == reference_id, opinion.c.stance == Stance.NEGATIVE.value
    )
    is_doubted = connection.execute(doubted).scalar_one() > 0
    if is_doubted and state is ReferenceState.ACTIVE:
        wanted, reason = ReferenceState.DISPUTED, _DOUBTED
    elif not is_doubted and state is ReferenceState.DISPUTED and _was_doubted(connection, reference_id):
        wanted, reason = ReferenceState.ACTIVE, _CLEARED
    else:
        return
    references.set_state(connection, reference_id, wanted, actor=actor, reason=reason, now=now)


def waiting(connection: Connection, exchange_number: int) -> list[tuple[HeldOpinion, str]]:
    """Our opinions that are yet to go to a list, each with its item as it is kept."""
    query = select(opinion, exchange_item.c.item).join_from(
        opinion, exchange_item, opinion.c.reference == exchange_item.c.reference
    )
    query = query.where(
        exchange_item.c.exchange_number == exchange_number,
        opinion.c.mine.is_(True),
        opinion.c.sending == Sending.WAITING.value,
    )
    return [(_held(row), row.item) for row in connection.execute(query.order_by(opinion.c.number))]


def sent(connection: Connection, number: int, *, taken: bool) -> None:
    """What became of an opinion of ours."""
    became = Sending.SENT if taken else Sending.NOT_TAKEN
    connection.execute(update(opinion).where(opinion.c.number == number).values(sending=became.value))


def _was_doubted(connection: Connection, reference_id: str) -> bool:
    """Whether the last dispute came of opinions, and not of a person's own decision."""
    known = audit.events(connection, reference_id)
    return bool(known) and known[-1].reason == _DOUBTED


def _row(reference_id: str, one: Opinion, *, mine: bool, now: datetime) -> dict[str, object]:
    if len(one.owner) > 200:
        raise errors.BadRequest(reason="the name of a member is too long")
    return {
        "reference": reference_id,
        "owner": one.owner,
        "mine": mine,
        "stance": one.stance.value,
        "labels": json.dumps(list(one.labels)),
        "at": now,
        "sending": None,
    }


def _held(row: Row[Any]) -> HeldOpinion:
    return HeldOpinion(
        number=row.number,
        reference=row.reference,
        opinion=Opinion(row.owner, Stance(row.stance), tuple(json.loads(row.labels))),
        mine=row.mine,
        by=row.by,
        at=row.at,
        note=row.note,
        sending=None if row.sending is None else Sending(row.sending),
    )
