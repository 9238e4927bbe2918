"""What is asked of the queue: filters and an order, that stand in the address and go along to each case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from seawall.model.content import Kind
from seawall.model.decision import CaseState
from seawall.model.queue import Order, Severity
from seawall.store.queue import QueueFilter

PATH: Final = "/console/queue"
FIELD: Final = "queue"  #: by which pages of cases say from which queue one came
_LONGEST: Final = 200  #: characters of a filter
_LONGEST_QUERY: Final = 4000
_FLAGS: Final = ("inherits", "graphic", "child", "mine", "free")

Chosen = TypeVar("Chosen", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. What makes no sense is not asked for."""

    order: Order
    state: CaseState | None
    severity: Severity | None
    kind: str | None
    bank: str | None
    label: str | None
    follows: str | None
    flags: frozenset[str]

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """What the fields of a form or an address ask for."""
        severity = query.get("severity", "")
        return cls(
            order=_one(Order, query.get("order")) or Order.DUE,
            state=_one(CaseState, query.get("state")),
            severity=Severity(int(severity)) if severity in {str(int(one)) for one in Severity} else None,
            kind=_one(Kind, query.get("kind")),
            bank=_text(query.get("bank")),
            label=_text(query.get("label")),
            follows=_text(query.get("follows")),
            flags=frozenset(one for one in _FLAGS if query.get(one) == "1"),
        )

    def filter(self, user: str) -> QueueFilter:
        """As the queue is asked."""
        return QueueFilter(
            state=self.state,
            bank=self.bank,
            severity=self.severity,
            kind=self.kind,
            label=self.label,
            follows=self.follows,
            graphic=True if "graphic" in self.flags else None,
            child=True if "child" in self.flags else None,
            inherits=True if "inherits" in self.flags else None,
            free=True if "free" in self.flags else None,
            assigned_to=user if "mine" in self.flags else None,
        )

    @property
    def values(self) -> dict[str, str]:
        """The fields that ask for it, those that ask for nothing left out."""
        severity = None if self.severity is None else str(int(self.severity))
        named = {
            "order": None if self.order is Order.DUE else self.order.value,
            "state": None if self.state is None else self.state.value,
            "severity": severity,
            "kind": self.kind,
            "bank": self.bank,
            "label": self.label,
            "follows": self.follows,
        }
        return {name: value for name, value in named.items() if value is not None} | dict.fromkeys(
            sorted(self.flags), "1"
        )

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode(self.values)

    @property
    def kept(self) -> dict[str, str]:
        """The fields by which the page of a case keeps it."""
        return {FIELD: self.query} if self.query else {}

    def address(self, **change: str) -> str:
        """Of the page that asks for this, or for something more."""
        query = urlencode({**self.values, **change})
        return f"{PATH}?{query}" if query else PATH

    def case(self, case_id: str) -> str:
        """The address of a case that one comes to from there."""
        path = f"/console/cases/{case_id}"
        return f"{path}?{urlencode(self.kept)}" if self.kept else path


def of_query(query: str) -> Asked:
    """What the query of an address of the queue asks for; nothing else of it is kept."""
    return Asked.of(dict(parse_qsl(query[:_LONGEST_QUERY])))


def _one(kind: type[Chosen], value: str | None) -> Chosen | None:
    return next((one for one in kind if one.value == value), None)


def _text(value: str | None) -> str | None:
    found = (value or "").strip()
    return found if 0 < len(found) <= _LONGEST and "\0" not in found else None
