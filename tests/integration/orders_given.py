"""A library whose clock is set by hand, and what came in to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import seawall
from seawall.model.decision import (
    Automation,
    Choice,
    Decision,
    Ground,
    GroundKind,
    Item,
    Origin,
    Redress,
    Ruling,
    View,
)
from seawall.model.notice import Channel, Message, Particular
from seawall.model.notice_fields import NoticeKind
from seawall.store.store import Store
from seawall.workflows import opening
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import HANDLERS, Kind

T0 = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)  # nine days before summer time begins in Europe


class Now:
    """A clock that is set by hand."""

    def __init__(self, at: datetime = T0) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)


class Steps:
    """Steps that are done at once."""

    def run(self, name: str, work: object) -> object:
        return work()  # type: ignore[operator]


@contextmanager
def at_time(folder: Path, now: Now, monkeypatch: pytest.MonkeyPatch, **settings: str) -> Iterator[Seawall]:
    """The library of a folder, for which it is the time that `now` says."""
    monkeypatch.setattr(opening, "store", lambda given: Store.open(given.data, now=now))
    for name, value in settings.items():
        monkeypatch.setenv(f"SEAWALL_{name.upper()}", value)
    with seawall.open(folder) as library:
        yield library


def work(library: Seawall, *kinds: Kind) -> list[Mapping[str, object]]:
    """Do what is due, of these kinds, as the queue would; what came of it."""
    results = []
    while tasks := [one for one in library.tasks.waiting(100) if one.kind in kinds]:
        results += [HANDLERS[Kind(one.kind)](library, one, Steps()) for one in tasks]
        library.tasks.handed_on(tasks)
    return results


def removal(*items: Item, **change: object) -> Ruling:
    """What an authority has ordered, of which nothing can be preserved."""
    said: dict[str, object] = {
        "items": tuple(one.id for one in items),
        "choice": Choice.REMOVE,
        "facts": "It recruits.",
        "origin": Origin.ORDER,
        "automated_detection": True,
        "automated_decision": Automation.NONE,
        "views": (View.METADATA,),
        "grounds": (Ground(GroundKind.LEGAL, "An act, 2", "it recruits"),),
        "territory": ("EU",),
        "redress": (Redress.COURT,),
        "not_preserved": "nothing is kept",
    }
    return Ruling(**{**said, **change})  # type: ignore[arg-type]  # each is of its field's type


def decide(library: Seawall, ruling: Ruling, *, user: str) -> Decision:
    """A decision that has gone out: what it removes was preserved first, or could not be."""
    made = library.cases.decide(ruling, user=user, undo_s=0)
    work(library, Kind.DECISION)
    return library.cases.decision(made.id)


def message(kind: NoticeKind, at: datetime, *, zone: str = "Europe/Brussels", **said: object) -> Message:
    names = ("urls", "posts", "sha256s", "sender", "reference", "contact")
    own = {name: said.pop(name) for name in names if name in said}
    return Message(
        kind=kind,
        received_at=at,
        zone=zone,
        channel=Channel.EMAIL,
        subject="A video",
        **own,
        particulars=tuple(Particular(name, str(value)) for name, value in said.items()),
    )
