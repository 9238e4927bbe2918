"""JSON read into frozen records by the types of their fields.

A field that the record does not have is passed over, so that a newer service can be called. One that is
missing takes its default, or None where it may be None. What has another type than it should is refused.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")
Reader = Callable[[str, object], Any]

#: Metadata of a field that holds the whole object as it came.
WHOLE: Final[Mapping[str, object]] = {"whole": True}


class Misread(ValueError):
    """What came is not what the record holds; the message says where."""


def read(kind: type[T], data: object) -> T:
    """A record of a kind. Raises Misread."""
    made: T = _reader(cast("Hashable", kind))(kind.__name__, data)
    return made


@cache
def _reader(kind: object) -> Reader:
    """What reads a value of a type, at a place that a message can name."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        (inner,) = (_reader(one) for one in parts if one is not types.NoneType)
        return lambda where, data: None if data is None else inner(where, data)
    if origin in (tuple, Sequence):
        return _many(_reader(parts[0]))
    if origin is Mapping:
        return _named(_reader(parts[1]))
    assert isinstance(kind, type)
    return _record(kind) if is_dataclass(kind) else _plain(kind)


def _plain(kind: type) -> Reader:
    if kind is datetime:
        return _time
    if kind is date:
        return _date
    if kind is float:
        return _number
    if kind is object:
        return lambda _, data: data
    return lambda where, data: _of((kind,), where, data)


def _record(kind: type[Any]) -> Reader:
    hints = typing.get_type_hints(kind)
    known = fields(kind)

    def made(where: str, data: object) -> object:
        came = _of((dict,), where, data)
        values = {}
        for one in known:
            if one.metadata == WHOLE:
                values[one.name] = came
            elif one.name in came:
                values[one.name] = _reader(hints[one.name])(f"{where}.{one.name}", came[one.name])
            elif one.default is MISSING and one.default_factory is MISSING:
                values[one.name] = _reader(hints[one.name])(f"{where}.{one.name}", None)
        return kind(**values)

    return made


def _many(inner: Reader) -> Reader:
    return lambda where, data: tuple(inner(where, one) for one in _of((list,), where, data))


def _named(inner: Reader) -> Reader:
    return lambda where, data: {name: inner(where, one) for name, one in _of((dict,), where, data).items()}


def _number(where: str, data: object) -> float:
    try:
        return float(_of((int, float), where, data))
    except OverflowError:
        raise Misread(f"{where} is too large a number") from None


def _time(where: str, data: object) -> datetime:
    said = _of((str,), where, data)
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        raise Misread(f"{where} is no time: {said[:64]!r}") from None


def _date(where: str, data: object) -> date:
    said = _of((str,), where, data)
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Misread(f"{where} is no date: {said[:64]!r}") from None


def _of(kinds: tuple[type, ...], where: str, data: object) -> Any:  # noqa: ANN401 - one of the kinds
    right = isinstance(data, kinds) and (bool in kinds or not isinstance(data, bool))
    if not right:
        raise Misread(f"{where} is of the type {type(data).__name__}")
    return data
