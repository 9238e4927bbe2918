"""Whether JSON has the shape that a schema asks for: as much of JSON Schema (2020-12) as our own schemas use.

Where a person reads what is wrong, one sentence a fault says more than a validator's trace; and what sends
submissions needs no package for it. Tests hold it against the `jsonschema` package.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

Schema = Mapping[str, Any]

#: Keywords that say nothing of the shape by themselves.
_SAYING: Final = frozenset({"$schema", "$comment", "title", "then"})


def faults(schema: Schema, value: object, where: str = "") -> Iterator[tuple[str, str]]:
    """What is wrong: the field, "" for the whole, and why. Raises KeyError for a keyword not known here."""
    for keyword, asked in schema.items():
        if keyword not in _SAYING:
            yield from _KEYWORDS[keyword](schema, asked, value, where)


def _type(_: Schema, asked: str, value: object, where: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, {"object": Mapping, "array": list, "string": str}[asked]):
        yield where, f"it must be of the type {asked}"


def _required(_: Schema, asked: Sequence[str], value: object, _where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from ((one, "it is missing") for one in asked if one not in value)


def _properties(
    _: Schema, asked: Mapping[str, Schema], value: object, _where: str
) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in asked.items():
            if name in value:
                yield from faults(inner, value[name], name)


def _additional(schema: Schema, asked: bool, value: object, _where: str) -> Iterator[tuple[str, str]]:  # noqa: FBT001 - the keyword's value
    if isinstance(value, Mapping) and not asked:
        yield from ((name, "there is no such field") for name in value if name not in schema["properties"])


def _enum(_: Schema, asked: Sequence[object], value: object, where: str) -> Iterator[tuple[str, str]]:
    if value not in asked:
        yield where, "it is none of the values that there are"


def _const(_: Schema, asked: object, value: object, where: str) -> Iterator[tuple[str, str]]:
    if value != asked:
        yield where, "it is not the one value that there is"


def _pattern(_: Schema, asked: str, value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and not re.search(asked.removesuffix("$") + r"\Z", value):
        yield where, "it is not written as it must be"


def _least(_: Schema, asked: int, value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str | list) and len(value) < asked:
        yield where, "it is empty"


def _most(_: Schema, asked: int, value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and len(value) > asked:
        yield where, f"it has more than {asked} characters"


def _unique(_: Schema, asked: bool, value: object, where: str) -> Iterator[tuple[str, str]]:  # noqa: FBT001 - the keyword's value
    if asked and isinstance(value, list) and any(one in value[:at] for at, one in enumerate(value)):
        yield where, "it names something twice"


def _items(_: Schema, asked: Schema, value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for one in value:
            yield from faults(asked, one, where)


def _contains(_: Schema, asked: Schema, value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list) and not any(_fits(asked, one) for one in value):
        yield where, "it lacks a value"


def _any_of(_: Schema, asked: Sequence[Schema], value: object, where: str) -> Iterator[tuple[str, str]]:
    if not any(_fits(one, value) for one in asked):
        names = " or ".join(name for one in asked for name in one.get("required", ()))
        yield where, f"it needs {names}"


def _all_of(_: Schema, asked: Sequence[Schema], value: object, where: str) -> Iterator[tuple[str, str]]:
    for one in asked:
        yield from faults(one, value, where)


def _if(schema: Schema, asked: Schema, value: object, where: str) -> Iterator[tuple[str, str]]:
    if _fits(asked, value):
        yield from faults(schema["then"], value, where)


def _fits(schema: Schema, value: object) -> bool:
    return next(faults(schema, value), None) is None


_KEYWORDS: Final[Mapping[str, Callable[[Schema, Any, object, str], Iterator[tuple[str, str]]]]] = {
    "type": _type,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minLength": _least,
    "minItems": _least,
    "maxLength": _most,
    "uniqueItems": _unique,
    "items": _items,
    "contains": _contains,
    "anyOf": _any_of,
    "allOf": _all_of,
    "if": _if,
}
