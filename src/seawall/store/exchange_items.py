"""Takes a page of a list over into its bank: what is new, what has changed, what is deleted.

What its source has deleted is taken out, with a record of its removal: to keep it would be to go on using
a hash that is no longer given. What a person has withdrawn stays so, however often the source sends it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from seawall import errors
from seawall.model.exchange import ListItem, Tally
from seawall.store import adding, bulk, codec, opinions, references, referrals
from seawall.store.batches import batches
from seawall.store.records import NewReference
from seawall.store.schema import reference, reference_label
from seawall.store.schema_exchanges import exchange_item

#: A list's item, and the reference that it is to become; None where nothing of it can be searched.
Taken = tuple[ListItem, NewReference | None]


@dataclass(frozen=True, slots=True)
class _Change:
    """An item that is not as it was."""

    item: ListItem
    new: NewReference | None
    was: ListItem | None  #: None for one that was not known
    held: str | None  #: its reference


@dataclass(frozen=True, slots=True)
class Taking:
    """Pages of one list."""

    connection: Connection
    exchange_number: int
    bank: str
    actor: str
    now: datetime
    new_id: Callable[[], str]

    def take(self, page: Iterable[Taken]) -> Tally:
        """Take the items of a page over; an item that it has twice counts as its last."""
        latest = {item.key: (item, new) for item, new in page}
        known = self._known(latest)
        changes = [
            self._change(item, new, known.get(key))
            for key, (item, new) in latest.items()
            if key not in known or known[key].state_sha256 != _digest(item)
        ]
        gone = [one for one in changes if one.item.deleted or one.new is None]
        renamed = [one for one in changes if one not in gone and one.held and _same_hashes(one)]
        fresh = [one for one in changes if one not in gone and one not in renamed]
        deleted = self._take_out([one for one in changes if one not in renamed])
        became = self._put_in(fresh) | {one.item.key: one.held for one in renamed}
        for one in renamed:
            self._relabel(one)
        self._note(changes, became, known)
        for one in (*fresh, *renamed):
            reference_id = became.get(one.item.key)
            if one.item.opinions is not None and reference_id is not None:
                opinions.take_over(
                    self.connection, reference_id, one.item.opinions, actor=self.actor, now=self.now
                )
        added = sum(1 for one in fresh if one.held is None)
        return Tally(
            pages=1,
            added=added,
            changed=len(fresh) - added + len(renamed),
            deleted=sum(1 for one in gone if one.held in deleted),
            unchanged=len(latest) - len(changes),
        )

    def _known(self, keys: Iterable[str]) -> dict[str, Row[Any]]:
        found = {}
        for batch in batches(keys):
            query = select(exchange_item).where(
                exchange_item.c.exchange_number == self.exchange_number, exchange_item.c.key.in_(batch)
            )
            found.update({row.key: row for row in self.connection.execute(query)})
        return found

    def _change(self, item: ListItem, new: NewReference | None, row: Row[Any] | None) -> _Change:
        if row is None:
            return _Change(item, new, None, None)
        return _Change(item, new, codec.load(ListItem, row.item), row.reference)

    def _take_out(self, changes: Sequence[_Change]) -> set[str]:
        """Remove the references of items that are gone or have other hashes, unless another item has them."""
        removed: set[str] = set()
        for one in changes:
            if one.held is None or one.held in removed or self._is_shared(one):
                continue
            reason = "its source has deleted it" if one.item.deleted else "its source has changed its hashes"
            try:
                references.remove(self.connection, one.held, actor=self.actor, reason=reason, now=self.now)
            except errors.ReferenceNotFound:
                continue  # a person was quicker
            removed.add(one.held)
        opinions.forget(self.connection, removed)
        return removed

    def _is_shared(self, one: _Change) -> bool:
        """Whether another item is this reference too. This one lets go of it."""
        mine = (
            exchange_item.c.exchange_number == self.exchange_number,
            exchange_item.c.key == one.item.key,
        )
        self.connection.execute(update(exchange_item).where(*mine).values(reference=None))
        others = select(func.count()).where(exchange_item.c.reference == one.held)
        return self.connection.execute(others).scalar_one() > 0

    def _put_in(self, changes: Sequence[_Change]) -> dict[str, str | None]:
        changes = self._bankable(changes)
        news = [one.new for one in changes if one.new is not None]
        added = adding.to_bank(
            self.connection, self.bank, news, actor=self.actor, now=self.now, new_id=self.new_id
        )
        return {one.item.key: made.id for one, made in zip(changes, added, strict=True)}

    def _bankable(self, changes: Sequence[_Change]) -> list[_Change]:
        """Without those that no bank takes. The rest of the list is taken."""
        said = {one.item.key: set() if one.new is None else referrals.digests(one.new) for one in changes}
        barred = referrals.barred(self.connection, {digest for each in said.values() for digest in each})
        return [one for one in changes if not said[one.item.key] & barred]

    def _relabel(self, one: _Change) -> None:
        """Labels that the source took back go, new ones come; those that people gave stay."""
        before = set(one.was.labels) if one.was is not None else set()
        after = set(one.item.labels)
        query = select(reference.c.seq).where(reference.c.id == one.held)
        seq = self.connection.execute(query).scalar()
        if seq is None:
            return
        of = reference_label.c.seq == seq
        for batch in batches(before | after):
            self.connection.execute(delete(reference_label).where(of, reference_label.c.label.in_(batch)))
        kept = set(self.connection.execute(select(reference_label.c.label).where(of)).scalars())
        if rows := [{"seq": seq, "label": label} for label in sorted(after - kept)]:
            self.connection.execute(insert(reference_label), rows)

    def _note(
        self,
        changes: Sequence[_Change],
        became: Mapping[str, str | None],
        known: Mapping[str, Row[Any]],
    ) -> None:
        """Write down how the items stand now."""
        rows = []
        for one in changes:
            values = {
                "reference": became.get(one.item.key),
                "state_sha256": _digest(one.item),
                "item": codec.dump(_kept(one)),
                "deleted": one.item.deleted,
                "changed_at": self.now,
            }
            of = {"exchange_number": self.exchange_number, "key": one.item.key}
            if one.item.key in known:
                this = (
                    exchange_item.c.exchange_number == self.exchange_number,
                    exchange_item.c.key == one.item.key,
                )
                self.connection.execute(update(exchange_item).where(*this).values(**values))
            else:
                rows.append({**of, **values})
        bulk.insert_rows(self.connection, exchange_item, rows)


def _kept(one: _Change) -> ListItem:
    """What is kept of an item: a tombstone names no hashes, and those that were known go with it."""
    return ListItem(one.item.key, deleted=True, details=one.item.details) if one.item.deleted else one.item


def _digest(item: ListItem) -> str:
    return hashlib.sha256(codec.dump(item).encode()).hexdigest()


def _same_hashes(one: _Change) -> bool:
    return one.was is not None and one.was.hashes == one.item.hashes and one.was.kind == one.item.kind
