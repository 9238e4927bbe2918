"""Webhooks, the deliveries to them, and the log of every try."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from seawall import errors
from seawall.model.event import Attempt, Delivery, Event, EventType, Webhook
from seawall.model.job import JobState
from seawall.store import events, tasks
from seawall.store.database import Database
from seawall.store.schema_jobs import delivery, delivery_attempt, event, job, webhook

DELIVERED = "delivered"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that is to be made."""

    id: str
    webhook: Webhook
    sealed_secret: str
    event: Event


class Webhooks:
    """The webhooks of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def create(self, url: str, types: Iterable[EventType], sealed_secret: str, actor: str) -> Webhook:
        """Have an address told of events from now on."""
        made = Webhook(self._new_id(), url, tuple(types), active=True, inactive_reason=None,
                       created_at=self._now(), created_by=actor)  # fmt: skip
        with self._database.write() as connection:
            row = {"id": made.id, "url": url, "types": _joined(made.types), "sealed_secret": sealed_secret}
            more = {"active": True, "created_at": made.created_at, "created_by": actor}
            connection.execute(insert(webhook).values(**row, **more))
        return made

    def every(self) -> list[Webhook]:
        """All webhooks, the oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(webhook).order_by(webhook.c.number))
            return [_webhook(row) for row in rows]

    def get(self, webhook_id: str) -> Webhook:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return _webhook(_row(connection, webhook_id))

    def change(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        types: Iterable[EventType] | None = None,
        active: bool | None = None,
        inactive_reason: str | None = None,
        sealed_secret: str | None = None,
    ) -> Webhook:
        """Change what is given. Raises RecordNotFound."""
        values: dict[str, Any] = {}
        if url is not None:
            values["url"] = url
        if types is not None:
            values["types"] = _joined(types)
        if active is not None:
            values |= {"active": active, "inactive_reason": None if active else inactive_reason}
        if sealed_secret is not None:
            values["sealed_secret"] = sealed_secret
        with self._database.write() as connection:
            number = _row(connection, webhook_id).number
            if values:
                connection.execute(update(webhook).where(webhook.c.number == number).values(values))
            return _webhook(_row(connection, webhook_id))

    def remove(self, webhook_id: str) -> None:
        """Take a webhook out with its deliveries; those that wait are not made. Raises RecordNotFound."""
        with self._database.write() as connection:
            number = _row(connection, webhook_id).number
            mine = select(delivery.c.number).where(delivery.c.webhook_number == number)
            connection.execute(delete(delivery_attempt).where(delivery_attempt.c.delivery_number.in_(mine)))
            connection.execute(delete(delivery).where(delivery.c.webhook_number == number))
            connection.execute(delete(webhook).where(webhook.c.number == number))

    def test(self, webhook_id: str) -> Delivery:
        """Send a webhook an event that says nothing. Raises RecordNotFound."""
        with self._database.write() as connection:
            row, now = _row(connection, webhook_id), self._now()
            number, _ = events.write(
                connection, EventType.WEBHOOK_TEST, {"webhook": row.id}, now=now, new_id=self._new_id
            )
            made = events.send(connection, row.number, row.id, number, now=now, new_id=self._new_id)
            return _delivery(_delivery_row(connection, row.id, made))

    # Deliveries

    def deliveries(self, webhook_id: str, *, after: str | None = None, limit: int = 100) -> list[Delivery]:
        """Deliveries to a webhook, the newest first. Raises RecordNotFound."""
        with self._database.read() as connection:
            query = _deliveries().where(delivery.c.webhook_number == _row(connection, webhook_id).number)
            if after is not None:
                query = query.where(delivery.c.number < _delivery_row(connection, webhook_id, after).number)
            query = query.order_by(delivery.c.number.desc()).limit(limit)
            return [_delivery(row) for row in connection.execute(query)]

    def delivery(self, webhook_id: str, delivery_id: str) -> tuple[Delivery, list[Attempt]]:
        """One delivery with the log of its tries, the oldest first. Raises RecordNotFound."""
        with self._database.read() as connection:
            row = _delivery_row(connection, webhook_id, delivery_id)
            query = select(delivery_attempt).where(delivery_attempt.c.delivery_number == row.number)
            tries = connection.execute(query.order_by(delivery_attempt.c.number))
            return _delivery(row), [Attempt(one.at, one.status, one.duration_ms, one.error) for one in tries]

    def replay(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Make a delivery again, under its own id.

        Raises RecordNotFound; RecordConflict while it is under way.
        """
        with self._database.write() as connection:
            row = _delivery_row(connection, webhook_id, delivery_id)
            if row.outcome is None and row.state in {JobState.WAITING, JobState.RUNNING}:
                raise errors.RecordConflict(kind="delivery", id=row.id, state=row.state, wanted="replayed")
            name = f"delivery-{row.id}-{row.replays + 1}"
            values = {"job": name, "replays": row.replays + 1, "outcome": None, "delivered_at": None}
            connection.execute(update(delivery).where(delivery.c.number == row.number).values(values))
            payload: dict[str, tasks.Json] = {"delivery": row.id, "webhook": webhook_id}
            tasks.put(connection, events.DELIVERY, payload, id=name, now=self._now())
            return _delivery(_delivery_row(connection, webhook_id, delivery_id))

    def due(self, delivery_id: str) -> Due | None:
        """What a delivery takes; None where it was made, or its webhook is gone."""
        joined = delivery.join(webhook, delivery.c.webhook_number == webhook.c.number)
        with self._database.read() as connection:
            query = select(delivery.c.event_number, webhook).select_from(joined)
            query = query.where(delivery.c.id == delivery_id, delivery.c.outcome.is_(None))
            row = connection.execute(query).first()
            if row is None:
                return None
            happened = connection.execute(select(event).where(event.c.number == row.event_number)).one()
        return Due(delivery_id, _webhook(row), row.sealed_secret, events.read(happened))

    def tried(self, delivery_id: str, attempt: Attempt, outcome: str | None) -> None:
        """Log a try; outcome: DELIVERED or REFUSED, where it settles the delivery."""
        with self._database.write() as connection:
            query = select(delivery.c.number).where(delivery.c.id == delivery_id)
            number = connection.execute(query).scalar()
            if number is None:  # the webhook was removed meanwhile
                return
            row = {"at": attempt.at, "status": attempt.status, "duration_ms": attempt.duration_ms}
            connection.execute(
                insert(delivery_attempt).values(**row, delivery_number=number, error=attempt.error)
            )
            self._settle(connection, number, outcome)

    def refuse(self, delivery_id: str) -> None:
        """A delivery that is not to be made, because its webhook is switched off."""
        with self._database.write() as connection:
            number = connection.execute(
                select(delivery.c.number).where(delivery.c.id == delivery_id)
            ).scalar()
            if number is not None:
                self._settle(connection, number, REFUSED)

    def forget(self, before: datetime, limit: int) -> int:
        """Take out events of before a time with their deliveries, unless one is under way; how many."""
        under_way = (JobState.WAITING.value, JobState.RUNNING.value)
        busy = select(delivery.c.event_number).join(job, delivery.c.job == job.c.id)
        busy = busy.where(job.c.state.in_(under_way))
        old = select(event.c.number).where(event.c.at < before, event.c.number.not_in(busy))
        with self._database.write() as connection:
            numbers = connection.execute(old.order_by(event.c.number).limit(limit)).scalars().all()
            mine = select(delivery.c.number).where(delivery.c.event_number.in_(numbers))
            connection.execute(delete(delivery_attempt).where(delivery_attempt.c.delivery_number.in_(mine)))
            connection.execute(delete(delivery).where(delivery.c.event_number.in_(numbers)))
            connection.execute(delete(event).where(event.c.number.in_(numbers)))
            return len(numbers)

    def _settle(self, connection: Connection, number: int, outcome: str | None) -> None:
        if outcome is not None:
            at = self._now() if outcome == DELIVERED else None
            change = update(delivery).where(delivery.c.number == number)
            connection.execute(change.values(outcome=outcome, delivered_at=at))


def _joined(types: Iterable[EventType]) -> str:
    return " ".join(one.value for one in types)


def _row(connection: Connection, webhook_id: str) -> Row[Any]:
    row = connection.execute(select(webhook).where(webhook.c.id == webhook_id)).first()
    if row is None:
        raise errors.RecordNotFound(kind="webhook", id=webhook_id)
    return row


def _webhook(row: Row[Any]) -> Webhook:
    types = tuple(EventType(one) for one in row.types.split())
    return Webhook(row.id, row.url, types, row.active, row.inactive_reason, row.created_at, row.created_by)


def _deliveries() -> Select[Any]:
    tries = select(func.count()).where(delivery_attempt.c.delivery_number == delivery.c.number)
    columns = (
        delivery,
        webhook.c.id.label("webhook"),
        event.c.id.label("event"),
        event.c.type,
        job.c.state,
        tries.scalar_subquery().label("tries"),
    )
    joined = delivery.join(webhook, delivery.c.webhook_number == webhook.c.number)
    joined = joined.join(event, delivery.c.event_number == event.c.number)
    return select(*columns).select_from(joined.outerjoin(job, delivery.c.job == job.c.id))


def _delivery_row(connection: Connection, webhook_id: str, delivery_id: str) -> Row[Any]:
    query = _deliveries().where(delivery.c.id == delivery_id, webhook.c.id == webhook_id)
    row = connection.execute(query).first()
    if row is None:
        raise errors.RecordNotFound(kind="delivery", id=delivery_id)
    return row


def _delivery(row: Row[Any]) -> Delivery:
    state = row.outcome or row.state or "forgotten"
    return Delivery(
        id=row.id,
        webhook=row.webhook,
        event=row.event,
        type=EventType(row.type),
        job=row.job,
        state=state,
        tries=row.tries,
        at=row.at,
        delivered_at=row.delivered_at,
    )
