"""A policy as a form: rules with fields, to which others are added, and back to data that is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from seawall.console.forms import Form
from seawall.model import policy_form
from seawall.model.policy import MAX_RULES, Rulebook, Step

Row = dict[str, Any]

_SHARES: Final = ("score", "coverage_query", "coverage_reference")
_LISTS: Final = ("signals", "kinds")
_LINES: Final = ("labels_any", "labels_none")
EMPTY: Final[Mapping[str, Any]] = {
    "name": "",
    "step": Step.NOTIFY.value,
    "review": False,
    "recommendation": "suggest",
    **dict.fromkeys((*_SHARES, "matched_s"), ""),
    "verified": False,
    **dict.fromkeys(_LISTS, ()),
    **dict.fromkeys(_LINES, ""),
}


def rows(book: Rulebook) -> list[Row]:
    """The rules of a policy as rows of the form. Shares are in per cent, labels one a line."""
    return [_row(rule) for rule in _rules(policy_form.write(book))]


def sent(form: Form) -> list[Row]:
    """The rows of a form that came in."""
    count = form.text("rules")
    return [_sent(form, number) for number in range(min(int(count), MAX_RULES) if count.isdecimal() else 0)]


def changed(made: list[Row], wanted: str) -> list[Row]:
    """The rows after a button of theirs was pressed: `add`, or `up-N`, `down-N` and `drop-N`."""
    what, _, which = wanted.partition("-")
    number = int(which) if which.isdecimal() and int(which) < len(made) else -1
    if what == "add" and len(made) < MAX_RULES:
        return [*made, dict(EMPTY)]
    if number < 0:
        return made
    rest = made[:number] + made[number + 1 :]
    if what == "drop":
        return rest
    place = {"up": max(0, number - 1), "down": number + 1}.get(what, number)
    return [*rest[:place], made[number], *rest[place:]]


def data(form: Form, made: list[Row]) -> dict[str, object]:
    """What the form says, as `policy_form.read` takes it."""
    return {
        "rules": [_written(row) for row in made],
        "exempt": form.lines("exempt"),
        "four_eyes": form.texts("four_eyes"),
    }


def _rules(written: Mapping[str, object]) -> list[Row]:
    found = written["rules"]
    assert isinstance(found, list)
    return found


def _row(rule: Row) -> Row:
    when: Row = rule["when"]
    made = {**EMPTY, **{name: rule[name] for name in ("name", "step", "review")}, **when}
    for name in _SHARES:
        if name in when:
            made[name] = f"{100 * when[name]:g}"
    for name in _LINES:
        made[name] = "\n".join(when.get(name, ()))
    if "matched_s" in when:
        made["matched_s"] = f"{when['matched_s']:g}"
    return made


def _sent(form: Form, number: int) -> Row:
    def named(name: str) -> str:
        return f"r{number}-{name}"

    made: Row = {name: form.text(named(name)) for name in EMPTY if name not in _LISTS}
    made |= {name: form.has(named(name)) for name in ("review", "verified")}
    return made | {name: tuple(form.texts(named(name))) for name in _LISTS}


def _written(row: Row) -> dict[str, object]:
    when: dict[str, object] = {
        "recommendation": row["recommendation"],
        "verified": row["verified"],
        **{name: list(row[name]) for name in _LISTS},
        **{name: [one.strip() for one in row[name].splitlines() if one.strip()] for name in _LINES},
    }
    for name in (*_SHARES, "matched_s"):
        if row[name]:
            when[name] = _number(row[name], 100 if name in _SHARES else 1)
    return {"name": row["name"], "step": row["step"], "review": row["review"], "when": when}


def _number(said: str, of: int) -> object:
    """The number of a field; what is none stays as it is, for the reader of policies to refuse."""
    try:
        return float(said) / of
    except ValueError:
        return said
