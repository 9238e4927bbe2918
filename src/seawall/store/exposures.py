"""The ledger of what people were shown. Rows are only added, each before the thing is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from seawall.model.access import Principal
from seawall.model.content import Kind
from seawall.model.exposure import LONGEST_RUN, Entry, Shown, Slice
from seawall.model.viewing import Cover, Graphic, Medium, Reason
from seawall.store.access import note
from seawall.store.database import Database
from seawall.store.schema_actions import item
from seawall.store.schema_viewing import exposure, own_floor

#: What the audit log calls it.
ACTION = "viewing_reveal"


class Exposures:
    """The ledger of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def add(self, who: Principal, request: str, shown: Shown, details: Mapping[str, object]) -> None:
        """Put on record what is about to be shown, in the ledger and in the audit log, both or neither.

        request: the call's id.
        """
        now = self._now()
        row = insert(exposure).values(
            at=now,
            user_name=who.user,
            case_id=shown.case,
            item_id=shown.item,
            sha256=shown.sha256,
            medium=shown.medium.value,
            cover=shown.cover.value,
            graphic=shown.graphic.value,
            start_s=shown.start_s,
            seconds=shown.seconds,
            area=shown.area,
            reason=None if shown.reason is None else shown.reason.value,
            words=shown.words,
        )
        with self._database.append() as connection:
            connection.execute(row)
            note(connection, now, who, ACTION, f"{shown.case}/{shown.item}", request, details)

    def page(self, user: str, *, before: int | None, limit: int) -> list[tuple[int, Entry]]:
        """What a person was shown, the newest first, each with its number. before: a number to go on from."""
        query = select(exposure).where(exposure.c.user_name == user).order_by(exposure.c.number.desc())
        if before is not None:
            query = query.where(exposure.c.number < before)
        with self._database.read() as connection:
            return [
                (row.number, Entry(row.at, _shown(row))) for row in connection.execute(query.limit(limit))
            ]

    def of_item(self, user: str, item_id: str, since: datetime) -> list[Shown]:
        """What a person was shown of an item, and beside it, from a time on."""
        query = select(exposure).where(
            exposure.c.user_name == user, exposure.c.at >= since, exposure.c.item_id == item_id
        )
        with self._database.read() as connection:
            return [_shown(row) for row in connection.execute(query)]

    def slices(self, since: datetime, until: datetime, user: str | None = None) -> list[Slice]:
        """What was shown from one time to before another, by kind: to one person, or to all."""
        kinds = (exposure.c.cover, exposure.c.medium, exposure.c.graphic)
        query = select(*kinds, func.sum(exposure.c.seconds), func.count()).where(*_between(since, until))
        if user is not None:
            query = query.where(exposure.c.user_name == user)
        with self._database.read() as connection:
            return [
                Slice(Cover(cover), Medium(medium), Graphic(graphic), seconds, count)
                for cover, medium, graphic, seconds, count in connection.execute(query.group_by(*kinds))
            ]

    def recent(self, user: str) -> list[tuple[datetime, float]]:
        """When a person was shown something, and for how long, the newest first; as far as a run goes."""
        query = select(exposure.c.at, exposure.c.seconds).where(
            exposure.c.user_name == user, exposure.c.at > self._now() - LONGEST_RUN
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(exposure.c.number.desc()))
            return [(row.at, row.seconds) for row in rows]

    def people(self, since: datetime, until: datetime) -> int:
        """How many people were shown something."""
        query = select(func.count(exposure.c.user_name.distinct())).where(*_between(since, until))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def over(self, since: datetime, until: datetime, day_s: float) -> int:
        """On how many days so many seconds were reached, each person's day counted by itself."""
        total, day = 0, since
        with self._database.read() as connection:
            while day < until:
                end = min(until, day + timedelta(days=1))
                each = select(exposure.c.user_name).where(*_between(day, end)).group_by(exposure.c.user_name)
                reached = each.having(func.sum(exposure.c.seconds) >= day_s)
                total += len(connection.execute(reached).all())
                day = end
        return total

    def uploaded_s(self, since: datetime, until: datetime, still_s: float) -> float:
        """Seconds of the contents that items were opened on; a still counts as `still_s`."""
        opened = (item.c.opened_at >= since, item.c.opened_at < until)
        lasting = select(func.sum(item.c.duration_s)).where(*opened)
        stills = select(func.count()).where(*opened, item.c.kind == Kind.IMAGE.value)
        with self._database.read() as connection:
            seconds = connection.execute(lasting).scalar() or 0.0
            return float(seconds) + connection.execute(stills).scalar_one() * still_s

    # A person's own floor

    def floor(self, user: str) -> Cover | None:
        """The least covered level that a user has chosen; None for the organisation's."""
        with self._database.read() as connection:
            said = connection.execute(select(own_floor.c.cover).where(own_floor.c.user_name == user)).scalar()
        return None if said is None else Cover(said)

    def set_floor(self, user: str, cover: Cover) -> None:
        """Keep what a user has chosen."""
        values = {"cover": cover.value, "at": self._now()}
        with self._database.write() as connection:
            change = update(own_floor).where(own_floor.c.user_name == user).values(values)
            if connection.execute(change).rowcount == 0:
                connection.execute(insert(own_floor).values(user_name=user, **values))


def _between(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (exposure.c.at >= since, exposure.c.at < until)


def _shown(row: Row[Any]) -> Shown:
    return Shown(
        case=row.case_id,
        item=row.item_id,
        sha256=row.sha256,
        medium=Medium(row.medium),
        cover=Cover(row.cover),
        graphic=Graphic(row.graphic),
        start_s=row.start_s,
        seconds=row.seconds,
        area=row.area,
        reason=None if row.reason is None else Reason(row.reason),
        words=row.words,
    )
