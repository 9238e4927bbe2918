"""The form of a decision: what it begins with, what was written in it, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final, TypeVar

from seawall.console import drawing
from seawall.console.catalogue import Catalogue
from seawall.console.forms import Form
from seawall.model import decision
from seawall.model.decision import (
    RESTRICTIONS,
    Automation,
    CaseState,
    Choice,
    Decision,
    Feedback,
    Ground,
    GroundKind,
    Item,
    Origin,
    Purpose,
    Redress,
    Ruling,
    Verdict,
    View,
)
from seawall.workflows.desk import Card, Desk

#: In the order in which they are offered: the number is the key that chooses.
CHOICES: Final = tuple(Choice)
#: In the order in which they are asked, each with its key.
PURPOSES: Final = (
    (Purpose.NEWS, "w"),
    (Purpose.COUNTER_SPEECH, "c"),
    (Purpose.RESEARCH, "s"),
    (Purpose.EVIDENCE, "e"),
    (Purpose.ART, "a"),
    (Purpose.NO_SUCH, "o"),
    (Purpose.UNCLEAR, "x"),
)
_FIELDS: Final = (
    *("purpose", "choice", "reason", "facts", "grounds", "territory", "ends_at", "redress"),
    *("preservation", "not_preserved", "feedback", "views", "items", "notice", "automated_decision"),
)  # from the top of the form
GROUNDS: Final = 2  #: that the form has room for; a program may give more

_One = TypeVar("_One", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form."""

    items: tuple[str, ...] = ()
    purpose: str = ""
    choice: str = ""
    facts: str = ""
    grounds: tuple[tuple[str, str, str], ...] = (("", "", ""),) * GROUNDS  #: kind, source, explanation
    territory: str = "WORLD"
    until: str = ""  #: a day; empty: for good
    redress: tuple[str, ...] = tuple(Redress)
    preservation: str = ""
    not_preserved: str = ""
    origin: str = Origin.OWN_INITIATIVE.value
    notice: str = ""
    automated: str = Automation.NONE.value
    views: tuple[str, ...] = (View.METADATA.value,)
    reason: str = ""
    verdicts: Mapping[str, str] = field(default_factory=dict)  #: by reference
    disputes: frozenset[str] = frozenset()  #: references


def place(field: str) -> int:
    """Where a field stands in the form."""
    return _FIELDS.index(field) if field in _FIELDS else len(_FIELDS)


def begun(desk: Desk, texts: Catalogue, seen: tuple[View, ...]) -> Filled:
    """The form as it is first shown: neutral facts from the match, what was seen, and nothing chosen."""
    same = [one for one in to_decide(desk) if one.sha256 == desk.item.sha256]
    earlier = next((one for card in desk.cards for one in card.earlier if one.ruling.grounds), None)
    known = () if earlier is None else earlier.ruling.grounds[:GROUNDS]
    grounds = tuple((one.kind.value, one.source, one.explanation) for one in known)
    return Filled(
        items=tuple(one.id for one in same),
        facts=_facts(desk, texts),
        grounds=grounds + (("", "", ""),) * (GROUNDS - len(grounds)),
        preservation="",
        views=tuple(one.value for one in seen),
    )


def read(form: Form, seen: tuple[View, ...]) -> Filled:
    """What was written. seen: of the content, as it is on record: that is stated, whatever was ticked."""
    grounds = tuple(
        (form.text(f"ground-kind-{n}"), form.text(f"ground-source-{n}"), form.text(f"ground-words-{n}"))
        for n in range(GROUNDS)
    )
    names = form.values
    return Filled(
        items=tuple(dict.fromkeys(form.texts("items"))),
        purpose=form.text("purpose"),
        choice=form.text("choice"),
        facts=form.text("facts"),
        grounds=grounds,
        territory=form.text("territory"),
        until=form.text("until"),
        redress=tuple(form.texts("redress")),
        preservation=form.text("preservation"),
        not_preserved=form.text("not_preserved"),
        origin=form.text("origin"),
        notice=form.text("notice"),
        automated=form.text("automated"),
        views=tuple(dict.fromkeys([*form.texts("views"), *(one.value for one in seen)])),
        reason=form.text("reason"),
        verdicts={
            name.removeprefix("verdict-"): value
            for name, value in names.items()
            if name.startswith("verdict-") and value
        },
        disputes=frozenset(name.removeprefix("dispute-") for name in names if name.startswith("dispute-")),
    )


def ruling(filled: Filled, desk: Desk) -> tuple[Ruling | None, frozenset[str]]:
    """The ruling, and the fields that something is wrong with; it may be used where there are none."""
    faults: set[str] = set()
    choice = _one(Choice, filled.choice)
    if choice is None:
        return None, frozenset({"choice"})
    chosen = [one for one in to_decide(desk) if one.id in filled.items]
    if len(chosen) < len(filled.items) or len({one.decision for one in chosen}) > 1:
        faults.add("items")
    until = _day(filled.until, faults)
    standing = chosen[0].decision if chosen else None
    restricts = choice in RESTRICTIONS
    made = Ruling(
        items=tuple(one.id for one in chosen),
        choice=choice,
        facts=filled.facts,
        origin=_one(Origin, filled.origin) or Origin.OWN_INITIATIVE,
        automated_detection=any(one.matches for one in chosen),
        automated_decision=_one(Automation, filled.automated) or Automation.NONE,
        views=_some(View, filled.views),
        grounds=_grounds(filled, faults) if restricts else (),
        territory=tuple(filled.territory.upper().replace(",", " ").split()) if restricts else (),
        ends_at=until if restricts else None,
        redress=_some(Redress, filled.redress) if restricts else (),
        purpose=_one(Purpose, filled.purpose),
        notice=filled.notice or None,
        preservation=filled.preservation or None,
        not_preserved=filled.not_preserved or None,
        incident=next((card.reference.incident for card in desk.cards if card.reference is not None), None),
        feedback=_feedback(filled, desk),
        reverses=standing,
        reason=(filled.reason or None) if standing is not None else None,
    )
    faults.update(str(fault.fields["field"]) for fault in decision.faults(made, keeps=desk.preserved))
    if standing is not None and not filled.reason:
        faults = faults - {"reverses"} | {"reason"}
    return made, frozenset(faults)


def to_decide(desk: Desk) -> tuple[Item, ...]:
    """Items that the form offers: what waits; once all are decided, what stands as the one laid out."""
    if desk.waiting or desk.pending:
        return desk.waiting
    return tuple(one for one in desk.items if one.decision == desk.item.decision)


def choices(desk: Desk, standing: Decision | None) -> tuple[Choice, ...]:
    """Those that are offered: only what was taken away can be restored."""
    can_restore = standing is not None and standing.ruling.choice in RESTRICTIONS
    asks_again = desk.case.state is CaseState.APPEALED or can_restore
    return tuple(one for one in CHOICES if one is not Choice.RESTORE or asks_again)


def _facts(desk: Desk, texts: Catalogue) -> str:
    """What the matches say, in neutral words."""
    kind = texts.text(f"case.kind.{desk.item.kind or 'unknown'}")
    said = [texts.text("case.facts.upload", kind=kind)]
    said += [_fact(card, texts) for card in desk.cards if 2 * card.match.score >= desk.cards[0].match.score]
    return " ".join(said)


def _fact(card: Card, texts: Catalogue) -> str:
    name = card.match.reference if card.reference is None else card.reference.name
    made = texts.text(
        "case.facts.match",
        name=name,
        bank=card.match.bank,
        query=texts.share(card.match.coverage_query),
        reference=texts.share(card.match.coverage_reference),
        score=texts.share(card.match.score),
    )
    spans = [] if card.lines is None else [one for lane in card.lines.lanes[:1] for one in lane.parts[:5]]
    where = [
        texts.text(
            "case.facts.scene" if one.is_of_scene else "case.facts.where",
            start=drawing.clock(one.start_s),
            end=drawing.clock(one.end_s),
            reference=drawing.clock(one.reference_start_s),
        )
        for one in spans
        if one.end_s > one.start_s
    ]
    return " ".join([made, *where])


def _grounds(filled: Filled, faults: set[str]) -> tuple[Ground, ...]:
    made = []
    for kind, source, explanation in filled.grounds:
        if not source and not explanation:
            continue
        known = _one(GroundKind, kind)
        if known is None:
            faults.add("grounds")
        else:
            made.append(Ground(known, source, explanation))
    return tuple(made)


def _feedback(filled: Filled, desk: Desk) -> tuple[Feedback, ...]:
    known = {card.match.reference for card in desk.cards}
    return tuple(
        Feedback(reference, verdict, dispute=reference in filled.disputes)
        for reference, said in filled.verdicts.items()
        if reference in known and (verdict := _one(Verdict, said)) is not None
    )


def _day(said: str, faults: set[str]) -> datetime | None:
    """The end of a day, in UTC."""
    if not said:
        return None
    try:
        until = datetime.combine(date.fromisoformat(said), time.max, UTC)
    except ValueError:
        until = None
    if until is None or until <= datetime.now(UTC):
        faults.add("ends_at")
    return until


def _one(kind: type[_One], said: str) -> _One | None:
    return kind(said) if said in set(kind) else None


def _some(kind: type[_One], said: tuple[str, ...]) -> tuple[_One, ...]:
    return tuple(one for one in kind if one.value in said)
