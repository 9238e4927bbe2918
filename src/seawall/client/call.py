"""What a call to the service is made of."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import BinaryIO
from urllib.parse import quote

#: A path, or a stream of bytes that can be read again from its start.
File = str | os.PathLike[str] | BinaryIO


@dataclass(frozen=True, slots=True)
class Form:
    """Files under one name, and fields beside them."""

    files: Sequence[File]
    fields: Mapping[str, object] = field(default_factory=dict)
    name: str = "file"


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `path` is written as the API's description writes it, with names in braces."""

    method: str
    path: str
    at: Mapping[str, object] = field(default_factory=dict)  #: what stands for the names in braces
    query: Mapping[str, object] = field(default_factory=dict)
    json: object = field(default=None, repr=False)  #: passwords and credentials go this way
    form: Form | None = None
    key: str | None = None  #: of idempotency; None for one of its own

    @property
    def target(self) -> str:
        """The path with its names filled in. Raises ValueError for what would lead to another path."""
        filled = {}
        for name, value in self.at.items():
            if str(value) in ("", ".", ".."):
                raise ValueError(f"{value!r} is no {name}")
            filled[name] = quote(str(value), safe="")
        return self.path.format_map(filled)


def given(**values: object) -> dict[str, object]:
    """What was given, as JSON has it; what is None is left out."""
    return {name: plain(value) for name, value in values.items() if value is not None}


def plain(value: object) -> object:
    """A value as JSON has it. A time without a zone is one of the machine's own."""
    if is_dataclass(value) and not isinstance(value, type):
        return given(**{one.name: getattr(value, one.name) for one in fields(value)})
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    return value


def text(value: object) -> str:
    """A value as queries and forms have it."""
    made = plain(value)
    return str(made).lower() if isinstance(made, bool) else str(made)
