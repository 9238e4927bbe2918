"""Puts references into a bank: many in one transaction, none twice.

A file is in a bank already if its SHA-256 is; a list's hash, if one reference there carries all
of the hashes that the list gives for the item. The work goes chunk by chunk: look up what the
chunk could meet, decide item by item, then insert what is new in a few statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update

from seawall.model.bank import ReferenceState
from seawall.model.signal import Signal, SignalType
from seawall.store import audit, banks, bulk, contents, referrals, seen, tasks, words
from seawall.store.batches import batches
from seawall.store.records import AddedReference, NewReference
from seawall.store.schema import EXACT_BYTES, is_exact, reference, reference_label, signal
from seawall.store.schema_search import reference_word

CHUNK: Final = 5000
SEARCHED: Final = 500  #: references that one task searches in what was seen

_Key = tuple[SignalType, bytes]


@dataclass(slots=True, eq=False)
class _Held:
    """A reference that is in the bank, or will be when the chunk is written."""

    id: str
    state: ReferenceState
    content_id: int | None = None  #: None until its content is written
    seq: int = 0  #: 0 until it is written


@dataclass(slots=True)
class _Chunk:
    """What is known of the bank, as far as the chunk's items could meet it."""

    contents: dict[str, int] = field(default_factory=dict)  #: stored contents, by SHA-256
    by_sha256: dict[str, _Held] = field(default_factory=dict)
    by_hash: dict[_Key, dict[_Held, None]] = field(default_factory=dict)  #: as ordered sets
    fresh: list[tuple[_Held, NewReference]] = field(default_factory=list)

    def find(self, new: NewReference) -> _Held | None:
        """The reference that the bank has already for an item."""
        if new.content is not None:
            return self.by_sha256.get(new.content.sha256)
        if not (keys := _keys(new.signals)):
            return None
        first, *others = (self.by_hash.get(key, {}) for key in keys)
        carriers = [held for held in first if all(held in other for other in others)]
        return min(carriers, key=lambda held: held.state is ReferenceState.WITHDRAWN, default=None)

    def add(self, held: _Held, signals: Iterable[Signal], sha256: str | None) -> None:
        """Remember a reference for the items that follow."""
        if sha256 is not None:
            self.by_sha256[sha256] = held
        for key in _keys(signals):
            self.by_hash.setdefault(key, {})[held] = None


@dataclass(frozen=True, slots=True)
class Adding:
    """Additions to one bank in one transaction."""

    connection: Connection
    bank_id: int
    negative: bool
    actor: str
    now: datetime
    new_id: Callable[[], str]

    def add(self, news: Iterable[NewReference]) -> list[AddedReference]:
        """Where each of the new references is now, in their order."""
        added: list[AddedReference] = []
        for batch in batches(news, CHUNK):
            added += self._add_chunk(batch)
        return added

    def _add_chunk(self, news: list[NewReference]) -> list[AddedReference]:
        referrals.refuse(self.connection, {one for new in news for one in referrals.digests(new)})
        chunk = self._look_up(news)
        decided = [self._decide(chunk, new) for new in news]
        self._insert(chunk)
        self._search_seen([held.id for held, already in decided if not already])
        return [AddedReference(held.id, held.seq, already, held.state) for held, already in decided]

    def _decide(self, chunk: _Chunk, new: NewReference) -> tuple[_Held, bool]:
        """The reference that stands for an item, and whether it was there before."""
        held = chunk.find(new)
        if held is None:
            held = _Held(self.new_id(), ReferenceState.ACTIVE)
            sha256 = None if new.content is None else new.content.sha256
            chunk.add(held, contents.signals_of(new), sha256)
            chunk.fresh.append((held, new))
            return held, False
        # A list that is read again tomorrow must not undo a person's decision; a file that a
        # person adds again is a new decision.
        if held.state is ReferenceState.WITHDRAWN and new.content is not None:
            self._revive(held, new)
            return held, False
        return held, True

    def _revive(self, held: _Held, new: NewReference) -> None:
        audit.record_change(
            self.connection,
            held.seq,
            held.id,
            before=held.state,
            after=ReferenceState.ACTIVE,
            actor=self.actor,
            reason="added again",
            now=self.now,
        )
        held.state = ReferenceState.ACTIVE
        row = update(reference).where(reference.c.seq == held.seq).values(state=held.state.value)
        self.connection.execute(row)
        if held.content_id is not None:
            contents.renew_signals(self.connection, held.content_id, contents.signals_of(new))

    def _insert(self, chunk: _Chunk) -> None:
        """Write what is new, in the order given: sequence numbers follow it."""
        if not chunk.fresh:
            return
        unknown = []
        for held, new in chunk.fresh:
            held.content_id = chunk.contents.get(new.content.sha256) if new.content else None
            if held.content_id is None:
                unknown.append((held, new))
            else:
                contents.renew_signals(self.connection, held.content_id, contents.signals_of(new))
        numbers = contents.insert_contents(self.connection, [new for _, new in unknown], self.now)
        for (held, _), content_id in zip(unknown, numbers, strict=True):
            held.content_id = content_id
        contents.insert_signals(
            self.connection,
            zip(numbers, (contents.signals_of(new) for _, new in unknown), strict=True),
        )
        rows = [self._row(held, new) for held, new in chunk.fresh]
        bulk.insert_rows(self.connection, reference, rows)
        seqs = self._seqs(held.id for held, _ in chunk.fresh)
        labels: list[dict[str, object]] = []
        for held, new in chunk.fresh:
            held.seq = seqs[held.id]
            labels += [{"seq": held.seq, "label": label} for label in sorted(set(new.labels))]
        bulk.insert_rows(self.connection, reference_label, labels)
        said = ((held.seq, (new.name, new.note, *new.labels)) for held, new in chunk.fresh)
        words.put_new(self.connection, reference_word, said)

    def _search_seen(self, ids: list[str]) -> None:
        """Have new references searched in what was seen. Known-good content matches nothing."""
        wanted = list(dict.fromkeys(ids))
        if not wanted or self.negative or not seen.any_seen(self.connection):
            return
        payloads = (
            (self.new_id(), {"references": list[tasks.Json](some)}) for some in batches(wanted, SEARCHED)
        )
        tasks.put_new(self.connection, tasks.RETROMATCH, payloads, self.now)

    def _seqs(self, ids: Iterable[str]) -> dict[str, int]:
        """The sequence numbers that the database gave."""
        found: dict[str, int] = {}
        for batch in batches(ids):
            query = select(reference.c.id, reference.c.seq).where(reference.c.id.in_(batch))
            found.update({row.id: row.seq for row in self.connection.execute(query)})
        return found

    def _row(self, held: _Held, new: NewReference) -> dict[str, object]:
        return {
            "id": held.id,
            "bank_id": self.bank_id,
            "content_id": held.content_id,
            "name": new.name,
            "origin": new.origin,
            "note": new.note,
            "incident": new.incident,
            "state": held.state.value,
            "created_at": self.now,
        }

    def _look_up(self, news: list[NewReference]) -> _Chunk:
        """What the bank holds of the digests and hashes that a chunk's items carry."""
        sha256s = {new.content.sha256 for new in news if new.content is not None}
        hashes: dict[SignalType, set[bytes]] = {}
        for new in news:
            if new.content is None:
                if not new.signals:
                    raise ValueError(f"{new.name!r} has neither content nor signals")
                for type_, value in _keys(new.signals):
                    hashes.setdefault(type_, set()).add(value)
        chunk = _Chunk(contents=contents.known(self.connection, sha256s))
        carriers = self._carriers(hashes)
        held = self._held({*chunk.contents.values(), *(content_id for content_id, _ in carriers)})
        for sha256, content_id in chunk.contents.items():
            if content_id in held:
                chunk.by_sha256[sha256] = held[content_id]
        for content_id, key in sorted(carriers):
            if content_id in held:
                chunk.by_hash.setdefault(key, {})[held[content_id]] = None
        return chunk

    def _carriers(self, hashes: dict[SignalType, set[bytes]]) -> list[tuple[int, _Key]]:
        """The contents, of any bank, that carry one of the hashes, and which."""
        found = []
        for type_, values in hashes.items():
            for batch in batches(values):
                query = select(signal.c.content_id, signal.c.value).where(
                    signal.c.type == type_.value, signal.c.value.in_(batch), is_exact
                )
                found += [(row.content_id, (type_, row.value)) for row in self.connection.execute(query)]
        return found

    def _held(self, content_ids: set[int]) -> dict[int, _Held]:
        """The bank's references of those contents, by content."""
        held: dict[int, _Held] = {}
        for batch in batches(content_ids):
            query = select(reference.c.content_id, reference.c.seq, reference.c.id, reference.c.state)
            query = query.where(reference.c.bank_id == self.bank_id, reference.c.content_id.in_(batch))
            for row in self.connection.execute(query):
                state = ReferenceState(row.state)
                held[row.content_id] = _Held(row.id, state, row.content_id, row.seq)
        return held


def to_bank(
    connection: Connection,
    bank_name: str,
    news: Iterable[NewReference],
    *,
    actor: str,
    now: datetime,
    new_id: Callable[[], str],
) -> list[AddedReference]:
    """Add references to a bank."""
    bank_id, negative = banks.key(connection, bank_name), banks.is_negative(connection, bank_name)
    return Adding(connection, bank_id, negative, actor, now, new_id).add(news)


def _keys(signals: Iterable[Signal]) -> list[_Key]:
    """The hashes by which an item is recognised."""
    return [(one.type, one.value) for one in signals if len(one.value) <= EXACT_BYTES]
