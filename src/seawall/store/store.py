"""The store: every question to the database and every change of it, one transaction each."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from seawall.model.bank import Bank, Reference, ReferenceState
from seawall.model.content import Content
from seawall.model.event import EventType
from seawall.model.signal import Signal, SignalType
from seawall.store import adding, audit, banks, contents, entries, postgres, references, snapshot, sqlite
from seawall.store.access import Access
from seawall.store.answers import Answers
from seawall.store.backend import Backend
from seawall.store.cases import Cases
from seawall.store.clocks import Clocks
from seawall.store.copies import Copies
from seawall.store.custody import Custody
from seawall.store.database import Database
from seawall.store.decisions import Decisions
from seawall.store.events import Events
from seawall.store.exchanges import Exchanges
from seawall.store.exposures import Exposures
from seawall.store.heads import Heads
from seawall.store.hma import Hma, enabled
from seawall.store.holds import Holds
from seawall.store.incidents import Incidents
from seawall.store.items import Items
from seawall.store.jobs import Jobs
from seawall.store.lookup import Lookup
from seawall.store.notices import Notices
from seawall.store.order_files import OrderFiles
from seawall.store.outcomes import Outcomes
from seawall.store.performance import Performance
from seawall.store.policies import Policies
from seawall.store.precedents import Precedents
from seawall.store.preservations import Preservations
from seawall.store.queue import Queue
from seawall.store.records import AddedReference, IndexEntry, NewReference, ReferenceEvent, Removal
from seawall.store.referrals import Referrals
from seawall.store.relied import Relied
from seawall.store.seen import Seen
from seawall.store.sessions import Sessions
from seawall.store.statements import Statements
from seawall.store.submissions import Submissions
from seawall.store.tasks import Tasks
from seawall.store.texts import Texts
from seawall.store.threats import Threats
from seawall.store.verifications import Verifications
from seawall.store.webhooks import Webhooks
from seawall.store.working import Working
from seawall.store.yearly import Yearly

FILE_NAME: Final = "seawall.sqlite"
BUSY_TIMEOUT_S: Final = 30.0
PAGE: Final = 500


def backend(url: str, folder: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Backend:
    """PostgreSQL at an address, or where that is empty, the file in a folder. Raises BadSetting."""
    if url:
        return postgres.Server(url, busy_timeout_s=busy_timeout_s)
    return sqlite.File(folder / FILE_NAME, busy_timeout_s=busy_timeout_s)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _random_id() -> str:
    return secrets.token_hex(16)


class Store:
    """Banks, references and signals of one database.

    Any number of threads may use one store, and any number of processes one database. What a method
    has changed is on the disk when it returns; where it raises, nothing has changed, but for
    StoreUnreachable while it commits, when that is not known. Besides the errors that a method names,
    any can raise StoreBusy, StoreUnreachable, DiskFull, WriteFailed and StoreCorrupt.
    """

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id
        self.incidents = Incidents(database, now, new_id)
        self.access = Access(database, now, new_id)
        self.seen = Seen(database, now, new_id)
        self.exchanges = Exchanges(database, now, new_id)
        self.holds = Holds(database, now, new_id)
        self.tasks = Tasks(database, now, new_id)
        self.hma = Hma(database, now)
        self.sessions = Sessions(database, now)
        self.answers = Answers(database, now)
        self.lookup = Lookup(database)
        self.policies = Policies(database, now)
        self.verifications = Verifications(database, now)
        self.event_log = Events(database, now, new_id)
        self.outcomes = Outcomes(database, now, new_id, self.event_log.put_in)
        self.items = Items(database)
        self.copies = Copies(database)
        self.cases = Cases(database, now, new_id)
        self.queue = Queue(database, now, self.cases)
        self.custody = Custody(database, now, new_id)
        self.heads = Heads(database, self.custody, now)
        self.preservations = Preservations(database, self.custody, now, new_id)
        self.relied = Relied(database, self.custody, self.preservations, now)
        self.decisions = Decisions(database, now, new_id, self.event_log.put_in, self.relied)
        self.precedents = Precedents(database, now)
        self.notices = Notices(database, now, new_id, self.event_log.put_in)
        self.clocks = Clocks(database, now, new_id, self.event_log.put_in)
        self.jobs = Jobs(database, now, new_id)
        self.webhooks = Webhooks(database, now, new_id)
        self.order_files = OrderFiles(database, now, new_id)
        self.statements = Statements(database, now, self.event_log.put_in)
        self.threats = Threats(database, now, new_id, self.event_log.put_in)
        self.referrals = Referrals(database, now, new_id, self.event_log.put_in)
        self.working = Working(database, now, new_id)
        self.exposures = Exposures(database, now)
        self.texts = Texts(database)
        self.performance = Performance(database)
        self.yearly = Yearly(database)
        self.submissions = Submissions(database, now, new_id)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        now: Callable[[], datetime] = _utc_now,
        new_id: Callable[[], str] = _random_id,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> Store:
        """Open the database in a folder; make both where they are missing.

        now: the clock, in aware times. new_id: public ids that never repeat.
        Raises StoreVersion for a database of a newer Seawall.
        """
        return cls(Database.open(backend("", folder, busy_timeout_s=busy_timeout_s)), now, new_id)

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        now: Callable[[], datetime] = _utc_now,
        new_id: Callable[[], str] = _random_id,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> Store:
        """Open the PostgreSQL database at postgresql://USER@HOST/NAME; make its tables where there are none.

        Raises BadSetting for another address, StoreUnreachable, and as `open`.
        """
        return cls(Database.open(postgres.Server(url, busy_timeout_s=busy_timeout_s)), now, new_id)

    def now(self) -> datetime:
        """The time that this store takes it to be."""
        return self._now()

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Banks

    def create_bank(self, name: str, *, negative: bool = False, labels: Iterable[str] = ()) -> Bank:
        """Make an empty bank. Raises BadName, BankExists."""
        with self._database.write() as connection:
            return banks.create(connection, name, negative=negative, labels=labels, now=self._now())

    def banks(self) -> list[Bank]:
        """All banks, by name."""
        with self._database.read() as connection:
            return banks.every(connection)

    def bank(self, name: str) -> Bank:
        """Raises BankNotFound."""
        with self._database.read() as connection:
            return banks.get(connection, name)

    def remove_bank(self, name: str, actor: str, reason: str) -> None:
        """Take a bank out with its references; `removals` keeps the record. Raises BankNotFound."""
        with self._database.write() as connection:
            banks.remove(connection, name, actor=actor, reason=reason, now=self._now())

    # References

    def add_reference(self, bank_name: str, new: NewReference, *, actor: str = "unknown") -> AddedReference:
        """Put one reference into a bank, as `add_references` does."""
        return self.add_references(bank_name, [new], actor=actor)[0]

    def add_references(
        self, bank_name: str, news: Iterable[NewReference], *, actor: str = "unknown"
    ) -> list[AddedReference]:
        """Put references into a bank, all or none; where each is now, in their order.

        A file whose SHA-256 the bank has is `already` there; so is an item without content, if a
        reference of the bank carries all its hashes. A withdrawn file becomes active again, with
        an event by `actor`; a withdrawn hash of a list does not. Raises BankNotFound, and
        ValueError for an item with neither content nor signals.
        """
        with self._database.write() as connection:
            return adding.to_bank(
                connection, bank_name, news, actor=actor, now=self._now(), new_id=self._new_id
            )

    def add_file(self, bank_name: str, new: NewReference, actor: str) -> AddedReference:
        """Put a file into a bank, as `add_references` does, with an event where it was not there before."""
        with self._database.write() as connection:
            (added,) = adding.to_bank(
                connection, bank_name, [new], actor=actor, now=self._now(), new_id=self._new_id
            )
            if not added.already:
                sha256 = None if new.content is None else new.content.sha256
                told = {"reference": added.id, "bank": bank_name, "sha256": sha256, "by": actor}
                self.event_log.put_in(connection, EventType.REFERENCE_ADDED, told)
            return added

    def references(self, bank_name: str, *, include_withdrawn: bool = False) -> Iterator[Reference]:
        """A bank's references, oldest first, read as they are asked for. Raises BankNotFound."""
        pages = self._pages(bank_name, include_withdrawn=include_withdrawn)
        return (found for page in pages for _, found in page)

    def reference(self, reference_id: str) -> Reference:
        """Raises ReferenceNotFound."""
        with self._database.read() as connection:
            return references.get(connection, reference_id)

    def content(self, reference_id: str) -> Content | None:
        """The file that a reference stands for; None where a list brought only its hash.

        Raises ReferenceNotFound.
        """
        with self._database.read() as connection:
            return references.content_of(connection, reference_id)

    def set_state(self, reference_id: str, state: ReferenceState, actor: str, reason: str) -> Reference:
        """Dispute a reference, clear it of that, or withdraw it, which is final.

        Raises ReferenceNotFound; StateConflict for one that is withdrawn.
        """
        with self._database.write() as connection:
            changed = references.set_state(
                connection, reference_id, state, actor=actor, reason=reason, now=self._now()
            )
            if state is ReferenceState.WITHDRAWN:
                told = {"reference": changed.id, "bank": changed.bank, "by": actor, "reason": reason}
                self.event_log.put_in(connection, EventType.REFERENCE_WITHDRAWN, told)
            return changed

    def events(self, reference_id: str) -> list[ReferenceEvent]:
        """The changes of a reference's state, also after its removal. Raises ReferenceNotFound."""
        with self._database.read() as connection:
            return references.events(connection, reference_id)

    def change_labels(
        self, reference_id: str, *, add: Iterable[str] = (), drop: Iterable[str] = ()
    ) -> Reference:
        """Give a reference labels and take some off. Raises ReferenceNotFound."""
        with self._database.write() as connection:
            return references.change_labels(connection, reference_id, add=set(add), drop=set(drop))

    def remove_reference(self, reference_id: str, actor: str, reason: str) -> None:
        """Take a reference out; `removals` keeps the record. Raises ReferenceNotFound."""
        with self._database.write() as connection:
            references.remove(connection, reference_id, actor=actor, reason=reason, now=self._now())

    def removals(self) -> list[Removal]:
        """What was taken out of banks, and the banks themselves, in order."""
        with self._database.read() as connection:
            return audit.removals(connection)

    def renew_signals(self, seq: int, signals: Iterable[Signal]) -> None:
        """Give a reference's content signals that it lacks or has only of an older version.

        Of a learned descriptor, any other version is an older one. Nothing for a number that is not there.
        """
        with self._database.write() as connection:
            content_id = entries.content_of(connection, seq)
            if content_id is not None:
                contents.renew_signals(connection, content_id, signals)

    # Searching

    def entries_after(self, seq: int, limit: int) -> list[IndexEntry]:
        """The next references above a sequence number, withdrawn ones too, of all banks."""
        with self._database.read() as connection:
            return entries.after(connection, seq, limit)

    def highest_seq(self) -> int:
        """The highest sequence number given so far; 0 before the first."""
        with self._database.read() as connection:
            return entries.highest_seq(connection)

    def id_at(self, seq: int) -> str | None:
        """The id of the reference that has a number, or had it before it was taken out; None without one."""
        with self._database.read() as connection:
            return entries.id_at(connection, seq)

    def live_seqs(self) -> list[int]:
        """The sequence numbers of all references that are not withdrawn, ascending."""
        with self._database.read() as connection:
            return entries.live_seqs(connection)

    def live(self, seqs: Sequence[int]) -> dict[int, Reference]:
        """Those of the references that may act; withdrawn, disabled and removed ones are absent."""
        with self._database.read() as connection:
            return references.live(connection, seqs, enabled(self._now()))

    def numbers(self, reference_ids: Iterable[str]) -> dict[str, int]:
        """The sequence numbers of those of the references that may act, by id."""
        with self._database.read() as connection:
            return references.numbers(connection, reference_ids)

    def signals_of(self, seq: int, types: Iterable[SignalType] | None = None) -> tuple[Signal, ...]:
        """The signals of a reference, of these types or all; none for a number that is not there."""
        with self._database.read() as connection:
            return entries.signals_of(connection, seq, types)

    def has_other_version(self, signal_type: SignalType, version: int) -> bool:
        """Whether a live reference has a signal of the type that is of another version than this one."""
        with self._database.read() as connection:
            return entries.has_other_version(connection, signal_type, version)

    def exact(self, signal_type: SignalType, value: bytes) -> list[int]:
        """Sequence numbers of the live references with a signal of this very value.

        Values of more than `schema.EXACT_BYTES` bytes, such as a video's, are never found.
        """
        with self._database.read() as connection:
            return entries.exact(connection, signal_type, value)

    def snapshot(self, folder: Path, bank_names: Sequence[str] | None) -> None:
        """Write what searching needs into a new database in a folder, for `Store.open`: as of one moment.

        bank_names: these banks and every negative one; None for all. Raises BankNotFound.
        """
        with self._database.read() as connection:
            snapshot.write(connection, folder / FILE_NAME, bank_names, enabled(self._now()))

    def export_rows(
        self, bank_name: str | None = None, *, include_withdrawn: bool = False
    ) -> Iterator[tuple[Reference, Signal]]:
        """Each signal of each reference, of one bank or of all, read as they are asked for.

        Raises BankNotFound.
        """
        return self._signals(self._pages(bank_name, include_withdrawn=include_withdrawn))

    def _pages(
        self, bank_name: str | None, *, include_withdrawn: bool
    ) -> Iterator[list[tuple[int, Reference]]]:
        """References with their content's number, page by page; the bank is looked up at once."""
        bank_id = None
        if bank_name is not None:
            with self._database.read() as connection:
                bank_id = banks.key(connection, bank_name)
        return self._pages_of(bank_id, include_withdrawn=include_withdrawn)

    def _pages_of(
        self, bank_id: int | None, *, include_withdrawn: bool
    ) -> Iterator[list[tuple[int, Reference]]]:
        """No transaction stays open between two pages, however long the reader takes."""
        seq = 0
        while True:
            with self._database.read() as connection:
                page = references.page(
                    connection,
                    bank_id=bank_id,
                    after=seq,
                    limit=PAGE,
                    include_withdrawn=include_withdrawn,
                )
            if not page:
                return
            seq = page[-1][0]
            yield [(content_id, found) for _, content_id, found in page]

    def _signals(self, pages: Iterator[list[tuple[int, Reference]]]) -> Iterator[tuple[Reference, Signal]]:
        for page in pages:
            with self._database.read() as connection:
                signals = contents.read_signals(connection, (content_id for content_id, _ in page))
            for content_id, found in page:
                for signal in signals.get(content_id, ()):
                    yield found, signal
