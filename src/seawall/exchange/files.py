"""Lists in a file on this machine, or at an address: Seawall's own form, and that of python-threatexchange.

The whole list is read each time. An item that it no longer has is not a tombstone: files get cut short. A
row is taken back by writing it with `deleted` set.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, TextIO, cast

from seawall import errors
from seawall.exchange import adapter, rows
from seawall.exchange.adapter import Field, Outgoing
from seawall.model.exchange import BadItem, Hash, Json, ListItem, ListPage
from seawall.outbound.web import Web

MAX_BYTES: Final = 4 << 30
MAX_S: Final = 3600.0
_BATCH: Final = 1000
_WHERE: Final = (
    Field("path", "The file's path on this machine."),
    Field("url", "Its address, where it is not on this machine."),
    Field("token", "Sent as `Authorization: Bearer` with the request for the address.", secret=True),
)


class OwnList:
    """A list in Seawall's form: CSV or JSON lines. Rows of the same reference are one item."""

    def __init__(self, told: Mapping[str, str], web: Web) -> None:
        self._told = told
        self._web = web

    def pages(self, checkpoint: Mapping[str, Json] | None) -> Iterator[ListPage]:
        """All of it. Raises PathNotFound, BadList, FetchFailed, UnsafeUrl."""
        with _file(self._told, self._web) as path:
            grouped: dict[str, list[rows.Row]] = {}
            bad: list[BadItem] = []
            for row in rows.read(path):
                if isinstance(row, rows.Malformed):
                    bad.append(adapter.bad(f"line {row.line}", row.reason))
                else:
                    grouped.setdefault(row.reference or f"{row.type}:{row.value.hex()}", []).append(row)
        yield ListPage((), tuple(bad), {})
        yield from _paged(_own_item(key, group) for key, group in grouped.items())

    def send(self, opinion: Outgoing) -> bool:
        return False


class LocalFile:
    """A file of python-threatexchange: a type and a hash on each line, or hashes alone of one type."""

    def __init__(self, told: Mapping[str, str], web: Web) -> None:
        self._told = told
        self._web = web

    def pages(self, checkpoint: Mapping[str, Json] | None) -> Iterator[ListPage]:
        """All of it. Raises PathNotFound, BadList, FetchFailed, UnsafeUrl."""
        only = self._told.get("type")
        with _file(self._told, self._web) as path, _text(path) as stream:
            for lines in iter(lambda: list(islice(stream, _BATCH)), []):
                read = [_line(line.strip(), only) for line in lines if line.strip()]
                yield ListPage(
                    tuple(one for one in read if isinstance(one, ListItem)),
                    tuple(one for one in read if isinstance(one, BadItem)),
                    {},
                )

    def send(self, opinion: Outgoing) -> bool:
        return False


class OwnSource:
    """How a list in Seawall's form is set up."""

    name = "list"
    about = "A list in Seawall's form, CSV or JSON lines, in a file or at an address."
    fields: Sequence[Field] = _WHERE

    def open(self, told: Mapping[str, str], web: Web) -> OwnList:
        """Raises BadExchange."""
        return OwnList(_told(self, told), web)


class LocalFileSource:
    """How a file of python-threatexchange is set up."""

    name = "local-file"
    about = "A file as python-threatexchange and Hasher-Matcher-Actioner read it: `TYPE HASH` on each line."
    fields: Sequence[Field] = (*_WHERE, Field("type", "The type of every hash, where lines name none."))

    def open(self, told: Mapping[str, str], web: Web) -> LocalFile:
        """Raises BadExchange."""
        return LocalFile(_told(self, told), web)


def _told(source: adapter.Source, told: Mapping[str, str]) -> dict[str, str]:
    given = adapter.checked(source, told)
    if ("path" in given) == ("url" in given):
        raise errors.BadExchange(adapter=source.name, reason="it needs either a path or an address")
    return given


@contextmanager
def _file(told: Mapping[str, str], web: Web) -> Iterator[Path]:
    """The list as a file; a fetched one is gone afterwards."""
    if "path" in told:
        yield Path(told["path"])
        return
    with tempfile.NamedTemporaryFile(prefix="seawall-list-") as target:
        _save(told, web, cast("BinaryIO", target))
        target.flush()
        yield Path(target.name)


def _save(told: Mapping[str, str], web: Web, target: BinaryIO) -> None:
    headers = {"Authorization": f"Bearer {told['token']}"} if "token" in told else {}
    answer = web.save(told["url"], target, max_bytes=MAX_BYTES, max_s=MAX_S, headers=headers)
    adapter.good(answer, "list")


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            yield stream
    except FileNotFoundError as cause:
        raise errors.PathNotFound(path=os.fspath(path)) from cause
    except OSError as cause:
        raise errors.BadList(path=os.fspath(path), reason=cause.strerror or str(cause)) from cause


def _paged(items: Iterator[ListItem]) -> Iterator[ListPage]:
    for batch in iter(lambda: tuple(islice(items, _BATCH)), ()):
        yield ListPage(batch, (), {})


def _own_item(key: str, group: Sequence[rows.Row]) -> ListItem:
    labels = dict.fromkeys(part.strip() for row in group for part in row.label.split(";") if part.strip())
    return ListItem(
        key=key[:255],
        hashes=tuple(Hash(row.type.value, row.value.hex(), row.quality, row.offset_s) for row in group),
        deleted=all(row.deleted for row in group),
        name=group[0].reference,
        labels=tuple(labels),
        details={"source": group[0].source} if group[0].source else {},
    )


def _line(text: str, only: str | None) -> ListItem | BadItem:
    algorithm, _, value = (only, "", text) if only else text.partition(" ")
    value = value.strip()
    if not value:
        return adapter.bad(text[:80], "a line without a type and a hash")
    return ListItem(key=f"{algorithm}:{value}"[:255], hashes=(Hash(str(algorithm), value),))
