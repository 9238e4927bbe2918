"""Notices and orders: taking them in, joining them to what they name, answering and closing them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final, Self

from seawall import errors
from seawall.model import notice as records
from seawall.model.notice import LinkKind, Listed, Message, Notice, Particular
from seawall.model.notice_fields import FIELDS
from seawall.reports import receipt
from seawall.store.notice_rows import NoticeFilter
from seawall.store.store import Store
from seawall.workflows.clocks import Clocks
from seawall.workflows.words import said

#: The parts of a message that do not change once it is on record.
_FIXED: Final = frozenset({"kind", "received_at", "particulars"})
_OWN: Final = frozenset(one.name for one in fields(Message)) - _FIXED
_NEVER_EMPTY: Final = ("subject", "zone", "channel")
_PARTICULARS: Final = frozenset(one.name for one in FIELDS if not one.own)


class Notices:
    """The notices of one data folder."""

    def __init__(self, store: Store, actor: str, clocks: Clocks) -> None:
        self._store = store
        self._actor = actor
        self._clocks = clocks

    def acting_as(self, actor: str) -> Self:
        """The same notices, in which another one is recorded as having changed things."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        return other

    def receive(self, message: Message) -> Notice:
        """Put on record what came in. What is missing is no obstacle. Its clocks start at its receipt.

        Raises BadNotice.
        """
        records.check(message, self._store.now())
        return self._store.notices.receive(message, self._clocks.zone, actor=self._actor)

    def supplement(self, notice_id: str, said_now: Mapping[str, object], reason: str) -> Notice:
        """Have fields say something else, by their names; None, or nothing, where they say nothing any more.

        Raises RecordNotFound, RecordConflict, BadNotice.
        """
        return self._store.notices.supplement(
            notice_id,
            lambda message: _changed(message, said_now, self._store.now()),
            self._clocks.zone,
            actor=self._actor,
            reason=said("reason", reason),
        )

    def get(self, notice_id: str) -> Notice:
        """Raises RecordNotFound."""
        return self._store.notices.get(notice_id)

    def page(
        self, wanted: NoticeFilter = NoticeFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Listed]]:
        """A page of notices in the order in which they were recorded, each with its number."""
        return self._store.notices.page(wanted, after=after, limit=limit)

    def inbox(
        self, wanted: NoticeFilter = NoticeFilter(), *, skip: int = 0, limit: int = 100
    ) -> list[Listed]:
        """Notices in the order in which they are to be looked at: the first to be due first."""
        return self._store.notices.inbox(wanted, skip=skip, limit=limit)

    def counts(self) -> dict[str, int]:
        """How many notices there are in each state, and how many are `overdue`."""
        return self._store.notices.counts()

    def named_by(self, kind: LinkKind, target: str) -> list[Listed]:
        """The notices that are joined to a thing."""
        return self._store.notices.named_by(kind, target)

    def take_up(self, notice_id: str, reason: str) -> Notice:
        """Say that somebody works on it. Raises RecordNotFound, RecordConflict."""
        return self._store.notices.take_up(notice_id, actor=self._actor, reason=said("reason", reason))

    def answer(self, notice_id: str, words: str) -> Notice:
        """Keep what the sender was answered. Raises RecordNotFound, RecordConflict."""
        return self._store.notices.answer(notice_id, actor=self._actor, reason=said("answer", words))

    def close(self, notice_id: str, reason: str) -> Notice:
        """End the work on it. Raises RecordNotFound, RecordConflict, also where a clock of it runs."""
        return self._store.notices.close(notice_id, actor=self._actor, reason=said("reason", reason))

    def link(self, notice_id: str, kind: LinkKind, target: str, reason: str) -> Notice:
        """Join it to an item, case or incident. Raises RecordNotFound, IncidentNotFound."""
        return self._store.notices.link(
            notice_id, kind, target, actor=self._actor, reason=said("reason", reason)
        )

    def unlink(self, notice_id: str, kind: LinkKind, target: str, reason: str) -> Notice:
        """Take it off what it was joined to. Raises RecordNotFound."""
        return self._store.notices.unlink(
            notice_id, kind, target, actor=self._actor, reason=said("reason", reason)
        )

    def look(self) -> int:
        """Join open notices to items that came since; how many were joined."""
        return self._store.notices.look(actor=self._actor)

    def receipt(self, notice_id: str) -> str:
        """An acknowledgment of receipt, to be sent. Raises RecordNotFound."""
        return receipt.text(self.get(notice_id))


def _changed(message: Message, said_now: Mapping[str, object], now: datetime) -> Message:
    """Raises BadNotice."""
    unknown = set(said_now) - _OWN - _PARTICULARS
    if unknown:
        raise errors.BadNotice(field=min(unknown)[:64], reason="there is no such field that can be changed")
    for name in _NEVER_EMPTY:
        if name in said_now and not said_now[name]:
            raise errors.BadNotice(field=name, reason="it cannot be empty")
    own: dict[str, Any] = {name: value or _nothing(name) for name, value in said_now.items() if name in _OWN}
    kept = [one for one in message.particulars if one.name not in said_now]
    new = [Particular(name, str(value)) for name, value in said_now.items() if name in _PARTICULARS and value]
    changed = replace(message, **own, particulars=tuple(kept + new))
    records.check(changed, now)
    return changed


def _nothing(name: str) -> object:
    return () if name in ("urls", "posts", "sha256s") else None
