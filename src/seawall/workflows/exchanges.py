"""Lists that others keep: set up, fetched page by page, and told what we think of their items."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from seawall import errors
from seawall.exchange import adapter, hashes, sources
from seawall.exchange.adapter import Outgoing
from seawall.model.bank import Reference
from seawall.model.exchange import (
    BadItem,
    Exchange,
    HeldOpinion,
    Json,
    ListItem,
    ListPage,
    Opinion,
    Run,
    Stance,
)
from seawall.outbound.web import Web
from seawall.store.exchanges import Exchanges as Records
from seawall.store.records import NewReference
from seawall.store.tasks import Task, Tasks

if TYPE_CHECKING:
    from seawall.sealing import Sealer
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps

TASK: Final = "exchange"  #: the kind of task that works on a list
EVERY_S: Final = 3600.0
MIN_EVERY_S: Final = 60.0


class Exchanges:
    """What a person, or the service at intervals, does with lists."""

    def __init__(
        self,
        records: Records,
        tasks: Tasks,
        actor: str,
        sealer: Callable[[], Sealer],
        web: Web,
        follow: Callable[[], None],
    ) -> None:
        """sealer: made when it is first needed. follow: brings the indexes up to the database."""
        self._records = records
        self._tasks = tasks
        self._actor = actor
        self._sealer = sealer
        self._web = web
        self._follow = follow

    def acting_as(self, actor: str, tasks: Tasks) -> Exchanges:
        """The same lists, in which another one is recorded as having changed things, and made the tasks."""
        return Exchanges(self._records, tasks, actor, self._sealer, self._web, self._follow)

    # Setting up

    def add(
        self, name: str, adapter_name: str, bank: str, told: Mapping[str, str], *, every_s: float = EVERY_S
    ) -> Exchange:
        """Follow a list into a bank. told: values of the adapter's fields; secret ones are sealed.

        Raises BadExchange, ExchangeExists, BankNotFound, BadName.
        """
        source = sources.source(adapter_name)
        given = adapter.checked(source, told)
        source.open(given, self._web)
        secret = {one.name for one in source.fields if one.secret}
        plain: dict[str, Json] = {key: value for key, value in given.items() if key not in secret}
        credentials = {key: value for key, value in given.items() if key in secret}
        sealed = self._sealer().seal(json.dumps(credentials)) if credentials else None
        return self._records.add(
            name,
            adapter_name,
            bank,
            plain,
            sealed,
            every_s=max(MIN_EVERY_S, every_s),
            actor=self._actor,
        )

    def every(self) -> list[Exchange]:
        """All exchanges, by name."""
        return self._records.every()

    def get(self, name: str) -> Exchange:
        """Raises ExchangeNotFound."""
        return self._records.get(name)

    def change(
        self,
        name: str,
        *,
        enabled: bool | None = None,
        every_s: float | None = None,
        credentials: Mapping[str, str] | None = None,
        from_start: bool = False,
    ) -> Exchange:
        """Change what is given. Raises ExchangeNotFound, BadExchange."""
        sealed = None
        if credentials:
            known = self._records.get(name)
            source = sources.source(known.adapter)
            told = {key: str(value) for key, value in known.config.items()}
            adapter.checked(source, {**told, **credentials})
            sealed = self._sealer().seal(json.dumps(dict(credentials)))
        every_s = None if every_s is None else max(MIN_EVERY_S, every_s)
        return self._records.change(
            name, enabled=enabled, every_s=every_s, credentials=sealed, from_start=from_start
        )

    def remove(self, name: str) -> None:
        """Follow a list no longer; what it brought stays in its bank. Raises ExchangeNotFound."""
        self._records.remove(name)

    def runs(self, name: str, *, below: int | None = None, limit: int = 20) -> list[Run]:
        """The latest runs, the newest first. Raises ExchangeNotFound."""
        return self._records.runs(name, below=below, limit=limit)

    # Fetching

    def fetch_later(self, name: str) -> str:
        """Have a list fetched by a job; its id. Raises ExchangeNotFound."""
        return self._tasks.put(TASK, {"exchange": self._records.get(name).name})

    def fetch_due(self) -> int:
        """Have every list fetched that is switched on and whose time has come; how many."""
        count = 0
        for known in self._records.every():
            period = f"{TASK}-{known.id}"
            number, age_s = self._tasks.last(period)
            is_due = number == 0 or (age_s is not None and age_s >= known.every_s)
            if known.enabled and is_due:
                self._tasks.put_next(period, number, TASK, {"exchange": known.name})
                count += 1
        return count

    def fetch(self, name: str) -> Run:
        """Fetch a list from its checkpoint on. What was taken over before an error stays.

        Raises ExchangeNotFound, ExchangeUnreachable, ExchangeRefused, BadExchange, BankNotFound.
        """
        known = self._records.get(name)
        run = self._records.begin(name)
        ended: dict[str, Json] | None = None
        try:
            self._take(known, run)
        except errors.RecordConflict:
            pass  # another run is ahead of this one
        except errors.SeawallError as error:
            ended = dict(error.as_record())
            raise
        finally:
            self._records.end(run, ended)
            self._follow()
        return self._records.run(name, run)

    def _take(self, known: Exchange, run: int) -> None:
        before = known.checkpoint
        with _unreachable(known.name):
            for page in self._open(known).pages(before):
                taken = [(item, _reference(known, item)) for item in page.items]
                bad = [*page.bad, *_refused(page)]
                self._records.take(
                    known.name,
                    run,
                    taken,
                    bad,
                    before=before,
                    after=page.checkpoint,
                    actor=f"exchange {known.name}",
                )
                before = page.checkpoint

    def _open(self, known: Exchange) -> adapter.Adapter:
        told = {key: str(value) for key, value in known.config.items()}
        sealed = self._records.credentials(known.name)
        if sealed is not None:
            told |= json.loads(self._sealer().open(sealed))
        return sources.source(known.adapter).open(told, self._web)

    # Opinions

    def opinions(self, reference: str) -> list[HeldOpinion]:
        """All opinions on a reference: ours first."""
        return self._records.opinions(reference)

    def opine(
        self, reference: Reference, stance: Stance, labels: tuple[str, ...] = (), note: str | None = None
    ) -> HeldOpinion:
        """Give our opinion on a reference; lists that have it are told. Raises ReferenceNotFound."""
        held = self._records.opine(reference.id, Opinion("", stance, labels), actor=self._actor, note=note)
        for known in self._records.every():
            if known.bank == reference.bank and known.enabled:
                self._tasks.put(TASK, {"exchange": known.name, "opinions": True})
        return held

    def send_opinions(self, name: str) -> int:
        """Tell a list what we think of its items; how many opinions it took.

        Raises ExchangeNotFound, ExchangeUnreachable, ExchangeRefused.
        """
        known = self._records.get(name)
        count = 0
        with _unreachable(name):
            source = self._open(known)
            for held, item in self._records.waiting(name):
                values = {one.algorithm: one.value for one in item.hashes}
                taken = source.send(Outgoing(item.key, item.details, values, held.opinion))
                self._records.sent(held.number, taken=taken)
                count += taken
        return count


def handler(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:  # noqa: ARG001
    """Fetch a list, or send opinions to it; without a name, have those fetched whose time has come."""
    if "exchange" not in task.payload:
        return {"begun": library.exchanges.fetch_due()}
    name = str(task.payload["exchange"])
    if task.payload.get("opinions"):
        return {"sent": library.exchanges.send_opinions(name)}
    run = library.exchanges.fetch(name)
    return {"run": run.number, "added": run.tally.added, "deleted": run.tally.deleted, "bad": run.tally.bad}


@contextmanager
def _unreachable(name: str) -> Iterator[None]:
    """A list that cannot be fetched from now is tried again later: nothing is wrong with what was asked."""
    try:
        yield
    except errors.FetchFailed as error:
        raise errors.ExchangeUnreachable(exchange=name, reason=error.message) from error


def _reference(known: Exchange, item: ListItem) -> NewReference | None:
    """What an item becomes in the bank; None where it is deleted or nothing of it can be searched."""
    found = hashes.searchable(item)
    if item.deleted or not found.signals:
        return None
    return NewReference(
        content=None,
        kind=found.kind,
        signals=found.signals,
        name=item.name or f"{known.name}:{item.key}",
        origin=f"exchange {known.name}",
        labels=item.labels,
    )


def _refused(page: ListPage) -> list[BadItem]:
    """Hashes that are not what they say."""
    return [
        adapter.bad(item.key, reason)
        for item in page.items
        if not item.deleted
        for reason in hashes.searchable(item).refused
    ]
