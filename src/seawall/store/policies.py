"""Policies of banks: versions that are only added, who signed their rules, and which is in force."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from seawall import errors
from seawall.model.access import User
from seawall.model.policy import InForce, Policy, Rulebook, Signature, State
from seawall.model.trial import DryRun
from seawall.store import banks, codec
from seawall.store.database import Database
from seawall.store.schema import bank as bank_table
from seawall.store.schema_actions import dry_run, policy, policy_event, policy_signature

#: How long a dry run speaks for a version.
DRY_RUN_LASTS: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PolicyEvent:
    """A version's state changed."""

    at: datetime
    actor: str
    state: State
    reason: str
    without_dry_run: str | None


class Policies:
    """The policies of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def create(self, bank: str, book: Rulebook, *, author: str, note: str) -> Policy:
        """A new version as a draft. Raises BankNotFound."""
        with self._database.write() as connection:
            _lock(connection, bank)
            newest = connection.execute(select(func.max(policy.c.version)).where(policy.c.bank == bank))
            version = (newest.scalar() or 0) + 1
            made = Policy(bank, version, State.DRAFT, book, author, self._now(), note)
            row = insert(policy).values(
                bank=bank,
                version=version,
                state=made.state.value,
                book=codec.dump(book),
                author=author,
                created_at=made.created_at,
                note=note,
            )
            number = connection.execute(row.returning(policy.c.number)).scalar_one()
            _record(connection, number, made.state, author, note, made.created_at)
            return made

    def get(self, bank: str, version: int) -> Policy:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return _policy(_row(connection, bank, version))

    def versions(self, bank: str, *, before: int | None = None, limit: int = 100) -> list[Policy]:
        """Versions of a bank's policy, the newest first, from below a version on. Raises BankNotFound."""
        query = select(policy).where(policy.c.bank == bank).order_by(policy.c.version.desc()).limit(limit)
        with self._database.read() as connection:
            banks.key(connection, bank)
            return [
                _policy(row)
                for row in connection.execute(
                    query if before is None else query.where(policy.c.version < before)
                )
            ]

    def live(self, *, after: str = "", limit: int = 100) -> list[Policy]:
        """Policies in force, by bank, from behind a bank's name on."""
        query = _live().where(policy.c.bank > after).order_by(policy.c.bank).limit(limit)
        with self._database.read() as connection:
            return [_policy(row) for row in connection.execute(query)]

    def in_force(self) -> dict[str, InForce]:
        """What decides on matches now, by bank; banks without a policy are absent."""
        with self._database.read() as connection:
            return in_force(connection)

    def events(self, bank: str, version: int) -> list[PolicyEvent]:
        """How a version's state came about, in order. Raises RecordNotFound."""
        with self._database.read() as connection:
            number = _row(connection, bank, version).number
            query = select(policy_event).where(policy_event.c.policy_number == number)
            return [
                PolicyEvent(row.at, row.actor, State(row.state), row.reason, row.without_dry_run)
                for row in connection.execute(query.order_by(policy_event.c.number))
            ]

    def sign(self, bank: str, version: int, rule_name: str, *, user: User, statement: str) -> Signature:
        """A user answers for a rule of a draft; to sign twice is to sign once.

        Raises RecordNotFound, also for the rule, and RecordConflict for a version that is no draft.
        """
        with self._database.write() as connection:
            _lock(connection, bank)
            known = _policy(_row(connection, bank, version))
            _expect(known, State.DRAFT, wanted="signed")
            rule = known.book.rule(rule_name)
            if rule is None:
                raise errors.RecordNotFound(kind="rule", id=rule_name)
            made = Signature(
                bank, rule_name, known.book.digest(rule), user.id, user.name, statement, self._now()
            )
            before = [one for one in _signatures(connection, known) if _same(one, made)]
            if before:
                return before[0]
            row = insert(policy_signature).values(
                bank=bank,
                rule=rule_name,
                digest=made.digest,
                user_id=user.id,
                user_name=user.name,
                statement=statement,
                at=made.at,
            )
            connection.execute(row)
            return made

    def signatures(self, bank: str, version: int) -> list[Signature]:
        """Those that hold for a version's rules. Raises RecordNotFound."""
        with self._database.read() as connection:
            return _signatures(connection, _policy(_row(connection, bank, version)))

    def keep_dry_run(self, made: DryRun) -> None:
        """Raises RecordNotFound."""
        with self._database.write() as connection:
            number = _row(connection, made.bank, made.version).number
            row = {"policy_number": number, "at": made.at, "actor": made.actor}
            connection.execute(insert(dry_run).values(**row, result=codec.dump(made)))

    def dry_runs(self, bank: str, version: int, limit: int = 10) -> list[DryRun]:
        """The last ones of a version, the newest first. Raises RecordNotFound."""
        with self._database.read() as connection:
            number = _row(connection, bank, version).number
            query = select(dry_run.c.result).where(dry_run.c.policy_number == number)
            rows = connection.execute(query.order_by(dry_run.c.number.desc()).limit(limit))
            return [codec.load(DryRun, row.result) for row in rows]

    def make_live(
        self, bank: str, version: int, *, actor: str, reason: str, without_dry_run: str | None = None
    ) -> Policy:
        """Put a draft in force in the place of the version that is.

        Raises RecordNotFound; RecordConflict for a version that is no draft; NoDryRun where none of it was
        made within a day and after its last signature, unless the caller says why it goes without.
        """
        with self._database.write() as connection:
            _lock(connection, bank)
            row = _row(connection, bank, version)
            draft, now = _policy(row), self._now()
            _expect(draft, State.DRAFT, wanted=State.LIVE)
            if without_dry_run is None:
                _expect_dry_run(connection, row.number, draft, now)
            for old in connection.execute(_live().where(policy.c.bank == bank)).all():
                _set_state(connection, old.number, State.RETIRED, actor, f"version {version} is live", now)
            _set_state(connection, row.number, State.LIVE, actor, reason, now, without_dry_run)
            return _policy(_row(connection, bank, version))

    def retire(self, bank: str, version: int, *, actor: str, reason: str) -> Policy:
        """Take a draft or the version in force out of use. Raises RecordNotFound, RecordConflict."""
        with self._database.write() as connection:
            _lock(connection, bank)
            row = _row(connection, bank, version)
            if row.state == State.RETIRED:
                raise errors.RecordConflict(
                    kind="policy", id=_id(bank, version), state=row.state, wanted=State.RETIRED
                )
            _set_state(connection, row.number, State.RETIRED, actor, reason, self._now())
            return _policy(_row(connection, bank, version))


def in_force(connection: Connection) -> dict[str, InForce]:
    """What decides on matches now, by bank."""
    live = [_policy(row) for row in connection.execute(_live())]
    signed: dict[str, set[str]] = {}
    for row in connection.execute(_signed().where(policy_signature.c.bank.in_([one.bank for one in live]))):
        signed.setdefault(row.bank, set()).add(row.digest)
    return {
        one.bank: InForce(one.book, one.version, signed_rules(one.book, signed.get(one.bank, ())))
        for one in live
    }


def signed_rules(book: Rulebook, digests: Collection[str]) -> frozenset[str]:
    """Names of the rules that signatures with these digests answer for."""
    if not digests:
        return frozenset()
    return frozenset(rule.name for rule in book.rules if book.digest(rule) in digests)


def _live() -> Any:  # noqa: ANN401 - a Select over the table's columns
    """Versions in force. A bank that was made later under the same name is another bank."""
    query = select(policy).join_from(policy, bank_table, policy.c.bank == bank_table.c.name)
    return query.where(policy.c.state == State.LIVE.value, policy.c.created_at >= bank_table.c.created_at)


def _lock(connection: Connection, bank: str) -> None:
    """Whoever else changes the bank's policy waits. Raises BankNotFound."""
    query = select(bank_table.c.id).where(bank_table.c.name == bank).with_for_update()
    if connection.execute(query).first() is None:
        raise errors.BankNotFound(bank=bank)


def _row(connection: Connection, bank: str, version: int) -> Row[Any]:
    query = select(policy).where(policy.c.bank == bank, policy.c.version == version)
    row = connection.execute(query).first()
    if row is None:
        raise errors.RecordNotFound(kind="policy", id=_id(bank, version))
    return row


def _id(bank: str, version: int) -> str:
    return f"{bank}/{version}"


def _policy(row: Row[Any]) -> Policy:
    return Policy(
        bank=row.bank,
        version=row.version,
        state=State(row.state),
        book=_book(row.book),
        author=row.author,
        created_at=row.created_at,
        note=row.note,
    )


@lru_cache(maxsize=256)
def _book(text: str) -> Rulebook:
    """What versions say is read twice a second by every process that checks, and never changes."""
    return codec.load(Rulebook, text)


def _expect(known: Policy, state: State, *, wanted: str) -> None:
    if known.state is not state:
        raise errors.RecordConflict(
            kind="policy", id=_id(known.bank, known.version), state=known.state, wanted=wanted
        )


def _expect_dry_run(connection: Connection, number: int, draft: Policy, now: datetime) -> None:
    made_at = connection.execute(
        select(func.max(dry_run.c.at)).where(dry_run.c.policy_number == number)
    ).scalar()
    if made_at is None or not now - DRY_RUN_LASTS <= made_at <= now:
        reason = "no dry run of it was made within a day"
        raise errors.NoDryRun(bank=draft.bank, version=draft.version, reason=reason)
    if any(one.at > made_at for one in _signatures(connection, draft)):
        reason = "a rule was signed after its last dry run"
        raise errors.NoDryRun(bank=draft.bank, version=draft.version, reason=reason)


def _set_state(
    connection: Connection,
    number: int,
    state: State,
    actor: str,
    reason: str,
    now: datetime,
    without_dry_run: str | None = None,
) -> None:
    connection.execute(update(policy).where(policy.c.number == number).values(state=state.value))
    _record(connection, number, state, actor, reason, now, without_dry_run)


def _record(
    connection: Connection,
    number: int,
    state: State,
    actor: str,
    reason: str,
    now: datetime,
    without_dry_run: str | None = None,
) -> None:
    row = {"policy_number": number, "at": now, "actor": actor, "state": state.value, "reason": reason}
    connection.execute(insert(policy_event).values(**row, without_dry_run=without_dry_run))


def _signatures(connection: Connection, known: Policy) -> list[Signature]:
    digests = [known.book.digest(rule) for rule in known.book.rules]
    query = _signed().where(policy_signature.c.bank == known.bank, policy_signature.c.digest.in_(digests))
    return [
        Signature(row.bank, row.rule, row.digest, row.user_id, row.user_name, row.statement, row.at)
        for row in connection.execute(query.order_by(policy_signature.c.number))
    ]


def _signed() -> Any:  # noqa: ANN401 - a Select over the table's columns
    """Signatures for banks that are there. Those for another one of the name do not count."""
    query = select(policy_signature).join_from(
        policy_signature, bank_table, policy_signature.c.bank == bank_table.c.name
    )
    return query.where(policy_signature.c.at >= bank_table.c.created_at)


def _same(one: Signature, other: Signature) -> bool:
    return (one.digest, one.user) == (other.digest, other.user)
