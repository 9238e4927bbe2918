"""What clocks mean for the work: a notice is due when the first of its clocks is, and a case when the first
clock is that is about it, or about a notice that names it or one of its items.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, update

from seawall.model.clock import About, AboutKind, ClockState
from seawall.model.notice import LinkKind
from seawall.model.periods import Bound
from seawall.store import cases
from seawall.store.schema_actions import case_file, item
from seawall.store.schema_notices import clock, notice, notice_link


def changed(connection: Connection, about: About) -> None:
    """Bring up to date what is due by the clocks of a thing."""
    if about.kind is AboutKind.NOTICE:
        due = _soonest(connection, _about(about))
        connection.execute(update(notice).where(notice.c.id == about.id).values(due_at=due))
        for case_id in cases_of(connection, about.id):
            settle(connection, case_id)
    elif about.kind is AboutKind.CASE:
        settle(connection, about.id)


def settle(connection: Connection, case_id: str) -> None:
    """Set when a case is due."""
    named = select(notice.c.id).where(notice.c.number.in_(_notices_of(case_id)))
    of_notices = and_(clock.c.about_kind == AboutKind.NOTICE.value, clock.c.about_id.in_(named))
    due = _soonest(connection, or_(_about(About(AboutKind.CASE, case_id)), of_notices))
    cases.set_due(connection, case_id, due)


def cases_of(connection: Connection, notice_id: str) -> list[str]:
    """The cases that a notice is joined to, itself or by an item."""
    links = (
        select(notice_link.c.kind, notice_link.c.target)
        .join(notice, notice_link.c.notice_number == notice.c.number)
        .where(notice.c.id == notice_id)
    ).subquery()
    by_item = (
        select(case_file.c.id)
        .join(item, item.c.case_number == case_file.c.number)
        .join(links, and_(links.c.kind == LinkKind.ITEM.value, links.c.target == item.c.id))
    )
    itself = select(case_file.c.id).join(
        links, and_(links.c.kind == LinkKind.CASE.value, links.c.target == case_file.c.id)
    )
    return sorted(set(connection.execute(by_item).scalars()) | set(connection.execute(itself).scalars()))


def notices_of(connection: Connection, kind: LinkKind, target: str) -> list[str]:
    """The ids of the notices that name a thing; those that name an item name its case too."""
    numbers = (
        _notices_of(target)
        if kind is LinkKind.CASE
        else select(notice_link.c.notice_number).where(
            notice_link.c.kind == kind.value, notice_link.c.target == target
        )
    )
    query = select(notice.c.id).where(notice.c.number.in_(numbers)).order_by(notice.c.number)
    return list(connection.execute(query).scalars())


def pass_on(connection: Connection) -> None:
    """Set when cases are due that came about, or got an item, since their notices were joined to it."""
    later = or_(case_file.c.due_at.is_(None), case_file.c.due_at > notice.c.due_at)
    linked = notice_link.c.notice_number == notice.c.number
    itself = (
        select(case_file.c.id)
        .join(
            notice_link,
            and_(notice_link.c.kind == LinkKind.CASE.value, notice_link.c.target == case_file.c.id),
        )
        .join(notice, linked)
        .where(notice.c.due_at.is_not(None), later)
    )
    by_item = (
        select(case_file.c.id)
        .join(item, item.c.case_number == case_file.c.number)
        .join(notice_link, and_(notice_link.c.kind == LinkKind.ITEM.value, notice_link.c.target == item.c.id))
        .join(notice, linked)
        .where(notice.c.due_at.is_not(None), later)
    )
    found = {one for query in (itself, by_item) for one in connection.execute(query).scalars()}
    for case_id in sorted(found):
        settle(connection, case_id)


def _notices_of(case_id: str) -> Select[tuple[int]]:
    """The numbers of the notices that name a case or one of its items."""
    items = (
        select(item.c.id)
        .join(case_file, item.c.case_number == case_file.c.number)
        .where(case_file.c.id == case_id)
    )
    itself = and_(notice_link.c.kind == LinkKind.CASE.value, notice_link.c.target == case_id)
    by_item = and_(notice_link.c.kind == LinkKind.ITEM.value, notice_link.c.target.in_(items))
    return select(notice_link.c.notice_number).where(or_(itself, by_item))


def _about(about: About) -> ColumnElement[bool]:
    return and_(clock.c.about_kind == about.kind.value, clock.c.about_id == about.id)


def _soonest(connection: Connection, which: ColumnElement[bool]) -> datetime | None:
    """The first end of those clocks that run, and by the end of which something has to be done."""
    query = select(func.min(clock.c.due_at)).where(
        which, clock.c.state == ClockState.RUNNING.value, clock.c.bound == Bound.BEFORE.value
    )
    found: datetime | None = connection.execute(query).scalar_one()
    return found
