"""A policy as plain data, as it stands in a TOML or JSON file: read with every mistake named, and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, TypeVar

from seawall import errors
from seawall.model import policy
from seawall.model.content import Kind
from seawall.model.decision import Choice
from seawall.model.match import Recommendation
from seawall.model.policy import EXEMPT, Rule, Rulebook, Step, When
from seawall.model.signal import SignalType

E = TypeVar("E", bound=Enum)

_NUMBERS: Final = ("score", "coverage_query", "coverage_reference", "matched_s")


def read(data: object) -> Rulebook:
    """The rules of a file, held to what a policy may say. Raises BadPolicy."""
    table = _table("the policy", data, ("rules", "exempt", "four_eyes"))
    book = Rulebook(
        rules=tuple(_rule(number, one) for number, one in enumerate(_list("rules", table.get("rules")), 1)),
        exempt=_words("exempt", table.get("exempt", list(EXEMPT))),
        four_eyes=_choices("four_eyes", Choice, table.get("four_eyes", [])),
    )
    policy.check(book)
    return book


def write(book: Rulebook) -> dict[str, object]:
    """As `read` takes it. Conditions that ask for nothing are left out."""
    return {
        "rules": [_written(rule) for rule in book.rules],
        "exempt": list(book.exempt),
        "four_eyes": [one.value for one in book.four_eyes],
    }


def conditions(when: When) -> dict[str, object]:
    """What a rule asks for."""
    plain = When()
    return {
        name: _value(getattr(when, name))
        for name in policy.CONDITIONS
        if name == "recommendation" or getattr(when, name) != getattr(plain, name)
    }


def _written(rule: Rule) -> dict[str, object]:
    return {
        "name": rule.name,
        "step": rule.step.value,
        "review": rule.review,
        "when": conditions(rule.when),
    }


def _value(value: object) -> object:
    if isinstance(value, tuple):
        return [_value(one) for one in value]
    return value.value if isinstance(value, Enum) else value


def _rule(number: int, data: object) -> Rule:
    table = _table(f"rule {number}", data, ("name", "step", "review", "when"))
    name = table.get("name")
    if not isinstance(name, str):
        raise errors.BadPolicy(reason=f"rule {number} needs a name")
    where = f"rule {name!r}"
    if "step" not in table:
        raise errors.BadPolicy(reason=f"{where} needs a step")
    return Rule(
        name=name,
        step=_choice(f"{where}, step", Step, table["step"]),
        when=_when(where, table.get("when", {})),
        review=_flag(f"{where}, review", table.get("review", False)),
    )


def _when(where: str, data: object) -> When:
    table = _table(f"{where}, when", data, policy.CONDITIONS)
    made: dict[str, Any] = {
        name: _number(f"{where}, {name}", table[name]) for name in _NUMBERS if name in table
    }
    for name in ("labels_any", "labels_none"):
        made[name] = _words(f"{where}, {name}", table.get(name, []))
    return When(
        recommendation=_choice(
            f"{where}, recommendation", Recommendation, table.get("recommendation", "suggest")
        ),
        verified=_flag(f"{where}, verified", table.get("verified", False)),
        signals=_choices(f"{where}, signals", SignalType, table.get("signals", [])),
        kinds=_choices(f"{where}, kinds", Kind, table.get("kinds", [])),
        **made,
    )


def _table(where: str, data: object, known: Sequence[str]) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise errors.BadPolicy(reason=f"{where} must be a table with {', '.join(known)}")
    for name in data:
        if name not in known:
            raise errors.BadPolicy(reason=f"{where} has {name!r}; it may have {', '.join(known)}")
    return data


def _list(where: str, data: object) -> list[object]:
    if not isinstance(data, list):
        raise errors.BadPolicy(reason=f"{where} must be a list")
    return data


def _words(where: str, data: object) -> tuple[str, ...]:
    words = _list(where, data)
    if not all(isinstance(one, str) for one in words):
        raise errors.BadPolicy(reason=f"{where} must be a list of words")
    return tuple(str(one) for one in words)


def _flag(where: str, data: object) -> bool:
    if not isinstance(data, bool):
        raise errors.BadPolicy(reason=f"{where} must be true or false")
    return data


def _number(where: str, data: object) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise errors.BadPolicy(reason=f"{where} must be a number")
    return float(data)


def _choices(where: str, kind: type[E], data: object) -> tuple[E, ...]:
    return tuple(_choice(where, kind, one) for one in _list(where, data))


def _choice(where: str, kind: type[E], data: object) -> E:
    try:
        return kind(data)
    except ValueError:
        allowed = ", ".join(str(one.value) for one in kind)
        raise errors.BadPolicy(reason=f"{where} is {data!r}; it may be {allowed}") from None
