"""What a form says, held to what it may say: each fault is kept beside the field that has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, TypeVar

from starlette.requests import HTTPConnection

from seawall import errors
from seawall.console import pages
from seawall.console.forms import Form

E = TypeVar("E", bound=Enum)

#: As `/v1` takes them.
MOST_WORDS: Final = 2000
MOST_LABELS: Final = 100
LABEL_CHARACTERS: Final = 200


class Asked:
    """A form that is read field by field. Once all are read, it is good where `faults` is empty."""

    def __init__(self, call: HTTPConnection, form: Form) -> None:
        self._t = pages.visitor(call).texts.text
        self._form = form
        self.faults: dict[str, str] = {}

    @property
    def values(self) -> dict[str, str]:
        """What was written, to show it again."""
        return self._form.values

    def words(self, name: str, *, most: int = MOST_WORDS) -> str:
        """A text that must not be empty."""
        said = self.maybe(name, most=most)
        if said is None:
            self.faults.setdefault(name, self._t("admin.fault.required"))
        return said or ""

    def maybe(self, name: str, *, most: int = MOST_WORDS) -> str | None:
        """A text; None where nothing was written."""
        said = self._form.text(name)
        if len(said) > most:
            self.faults[name] = self._t("admin.fault.too_long", n=most)
        return said or None

    def labels(self, name: str) -> list[str]:
        """Labels, one a line."""
        said = self._form.lines(name)
        if len(said) > MOST_LABELS:
            self.faults[name] = self._t("admin.fault.too_many", n=MOST_LABELS)
        if any(len(one) > LABEL_CHARACTERS for one in said):
            self.faults[name] = self._t("admin.fault.too_long", n=LABEL_CHARACTERS)
        return said

    def one_of(self, name: str, kind: type[E]) -> E | None:
        """A choice; None, and a fault, where it is none."""
        try:
            return kind(self._form.text(name))
        except ValueError:
            self.faults[name] = self._t("admin.fault.choice")
            return None

    def some_of(self, name: str, kind: type[E]) -> list[E]:
        """Choices of which there must be one."""
        known = {one.value: one for one in kind}
        said = [known[one] for one in self._form.texts(name) if one in known]
        if not said:
            self.faults[name] = self._t("admin.fault.none_chosen")
        return said

    def number(self, name: str, least: float, most: float) -> float | None:
        """A number between two; None where nothing was written."""
        said = self._form.text(name)
        if not said:
            return None
        try:
            value = float(said)
        except ValueError:
            value = float("nan")
        if least <= value <= most:
            return value
        self.faults[name] = self._t("admin.fault.number", least=least, most=most)
        return None

    def time(self, name: str) -> datetime | None:
        """A day or a time in UTC; None where nothing was written."""
        said = self._form.text(name)
        if not said:
            return None
        found = moment(said)
        if found is None:
            self.faults[name] = self._t("admin.fault.time")
        return found

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self._form.has(name)

    @contextmanager
    def refusing(self, beside: Mapping[type[errors.SeawallError], str]) -> Iterator[None]:
        """Errors of these kinds that the block raises become faults beside the named fields."""
        try:
            yield
        except tuple(beside) as refused:
            name = next(field for kind, field in beside.items() if isinstance(refused, kind))
            self.faults[name] = refused.message


def shown(asked: Asked | None, **first: str) -> dict[str, Any]:
    """For a page with forms: `values` to show in their fields, "" where there is none, and `faults`.

    first: what stands in fields before anything was written.
    """
    values = defaultdict(str, first if asked is None else asked.values)
    return {"values": values, "faults": {} if asked is None else asked.faults}


def moment(said: str) -> datetime | None:
    """The time of a text in ISO 8601, in UTC where it names no zone; None where it is none."""
    try:
        at = datetime.fromisoformat(said)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
