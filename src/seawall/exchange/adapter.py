"""What every source of lists offers: pages from a checkpoint on, and a way for opinions back out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlencode

from seawall import errors
from seawall.model.exchange import BadItem, Json, ListPage, Opinion
from seawall.outbound.web import Answer, Web

#: Pages that cannot be read, in one run, before it is the source that is held to be broken.
MAX_SKIPS: Final = 20
_TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an adapter must or may be told."""

    name: str
    help: str
    required: bool = False
    secret: bool = False  #: goes into the credentials, which are sealed


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Our opinion on an item of a list."""

    key: str
    details: Mapping[str, Json]  #: what the source said of the item
    hashes: Mapping[str, str]  #: values by algorithm
    opinion: Opinion


class Adapter(Protocol):
    """One source, told what it needs."""

    def pages(self, checkpoint: Mapping[str, Json] | None) -> Iterator[ListPage]:
        """The list from a checkpoint on, or its start. Raises FetchFailed, UnsafeUrl, ExchangeRefused."""
        ...

    def send(self, opinion: Outgoing) -> bool:
        """Give our opinion to the source; False where it takes none of that kind. Raises as `pages`."""
        ...


class Source(Protocol):
    """A kind of source."""

    name: str
    about: str
    fields: Sequence[Field]

    def open(self, told: Mapping[str, str], web: Web) -> Adapter:
        """The source, with values of its fields. Raises BadExchange."""
        ...


def checked(source: Source, told: Mapping[str, str]) -> dict[str, str]:
    """What a source is told, without empty values. Raises BadExchange."""
    known = {one.name for one in source.fields}
    given = {name: value for name, value in told.items() if value}
    if unknown := sorted(given.keys() - known):
        raise errors.BadExchange(adapter=source.name, reason=f"it knows no field {unknown[0]!r}")
    for one in source.fields:
        if one.required and one.name not in given:
            raise errors.BadExchange(adapter=source.name, reason=f"it needs the field {one.name!r}")
    return given


def address(base: str, path: str, query: Mapping[str, object] | None = None) -> str:
    """An address under a base."""
    url = f"{base.rstrip('/')}/{path.lstrip('/')}"
    return f"{url}?{urlencode({k: v for k, v in query.items() if v is not None})}" if query else url


def form(values: Mapping[str, str]) -> bytes:
    """The body of a form."""
    return urlencode(values).encode()


def document(answer: Answer, what: str) -> dict[str, object] | None:
    """The JSON object of a good answer; None where the answer is no JSON object.

    Raises ExchangeRefused where the source says no, ExchangeUnreachable where it cannot answer now.
    """
    good(answer, what)
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def good(answer: Answer, what: str) -> None:
    """Raises ExchangeRefused where the source says no, ExchangeUnreachable where it cannot answer now."""
    if answer.status in _TRANSIENT:
        raise errors.ExchangeUnreachable(exchange=what, reason=f"it answered {answer.status}")
    if answer.status >= 400:
        raise errors.ExchangeRefused(exchange=what, reason=f"it answered {answer.status}")


def skipped(count: int, what: str) -> int:
    """One page more that cannot be read. Raises ExchangeUnreachable where there are too many of them."""
    if count >= MAX_SKIPS:
        raise errors.ExchangeUnreachable(exchange=what, reason=f"{count} of its pages cannot be read")
    return count + 1


def bad(key: object, reason: str) -> BadItem:
    """An item that cannot be used."""
    return BadItem(str(key)[:200], reason[:500])
