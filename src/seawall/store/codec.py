"""Frozen records as JSON and back, by their annotations: for columns that hold one whole."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dump(record: object) -> str:
    """JSON of a record. Keys are its fields' names; what is its default is written too."""
    return json.dumps(_plain(record), ensure_ascii=False, separators=(",", ":"))


def load(kind: type[T], text: str) -> T:
    """The record that `dump` wrote. Raises ValueError, TypeError or KeyError for anything else."""
    made: T = _made(kind, json.loads(text))
    return made


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return _storable(value) if isinstance(value, str) else value


def _storable(text: str) -> str:
    """As `columns.Words` keeps a text: what no database takes stands as its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def _made(kind: Any, value: Any) -> Any:  # noqa: ANN401 - annotations and JSON are of any type
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        options = [one for one in get_args(kind) if one is not type(None)]
        return None if value is None else _made(options[0], value)
    if origin is tuple:
        return tuple(_made(get_args(kind)[0], one) for one in value)
    return _made_plain(kind, value) if isinstance(kind, type) else value


def _made_plain(kind: type, value: Any) -> Any:  # noqa: ANN401 - as above
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _made(hints[name], one) for name, one in value.items()})
    if issubclass(kind, date):
        return kind.fromisoformat(value)
    if issubclass(kind, tuple):  # a named one
        return kind(*value)
    return kind(value) if issubclass(kind, Enum) else value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in dataclasses.fields(kind))


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)
