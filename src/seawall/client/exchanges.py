"""Exchanges: lists that others keep, followed into banks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from seawall.client.call import Call, given
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class AdapterField:
    """One thing that an adapter is told."""

    name: str
    help: str
    required: bool
    secret: bool


@dataclass(frozen=True, slots=True)
class Adapter:
    """A kind of exchange."""

    name: str
    about: str
    fields: tuple[AdapterField, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A list that is followed, without its credentials."""

    id: str
    name: str
    adapter: str
    bank: str
    fields: Mapping[str, object]
    has_credentials: bool
    enabled: bool
    every_s: float
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that could not be used."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Run:
    """One time that a list was fetched."""

    run: int
    started_at: datetime
    ended_at: datetime | None
    pages: int
    added: int
    changed: int
    deleted: int
    unchanged: int
    bad_count: int
    bad: tuple[LeftOut, ...]  #: the first hundred
    error: Mapping[str, object] | None


class Exchanges(Group):
    """Exchanges: `exchanges()` lists them by name."""

    def __call__(self) -> Iterator[Exchange]:
        return self._listed(Exchange, Call("GET", "/v1/exchanges"))

    def adapters(self) -> tuple[Adapter, ...]:
        """What each kind of exchange must be told."""
        return self._many(Adapter, Call("GET", "/v1/exchanges/adapters"), "adapters")

    def get(self, name: str) -> Exchange:
        """One exchange. Raises ExchangeNotFound."""
        return self._read(Exchange, Call("GET", "/v1/exchanges/{name}", {"name": name}))

    def add(
        self,
        name: str,
        adapter: str,
        bank: str,
        fields: Mapping[str, str],
        *,
        every_s: float = 3600.0,
        idempotency_key: str | None = None,
    ) -> Exchange:
        """Follow a list into a bank. fields: what the adapter is told; secrets among them are sealed."""
        body = given(name=name, adapter=adapter, bank=bank, fields=fields, every_s=every_s)
        return self._read(Exchange, Call("POST", "/v1/exchanges", json=body, key=idempotency_key))

    def change(
        self,
        name: str,
        *,
        enabled: bool | None = None,
        every_s: float | None = None,
        secrets: Mapping[str, str] | None = None,
        from_start: bool = False,
    ) -> Exchange:
        """Change an exchange; what is not named stays. secrets: new values of all secret fields."""
        body = given(enabled=enabled, every_s=every_s, secrets=secrets, from_start=from_start)
        return self._read(Exchange, Call("PATCH", "/v1/exchanges/{name}", {"name": name}, json=body))

    def remove(self, name: str) -> None:
        """Follow a list no longer. What it brought stays in its bank."""
        self._transport.ask(Call("DELETE", "/v1/exchanges/{name}", {"name": name}))

    def fetch(self, name: str) -> str:
        """Have a job fetch a list now. The job's id."""
        return str(self._ask(Call("POST", "/v1/exchanges/{name}/fetch", {"name": name})).get("job"))

    def runs(self, name: str) -> Iterator[Run]:
        """When a list was fetched and what came of it, the newest first."""
        return self._listed(Run, Call("GET", "/v1/exchanges/{name}/runs", {"name": name}))
