"""The words in which somebody is told of a decision: a statement of reasons, or what an order took away.

A statement of reasons has the parts of Article 17(3) of Regulation (EU) 2022/2065, all of which stand in the
ruling. Information follows Article 11 of Regulation (EU) 2021/784. Neither names another person.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from seawall.model.decision import Automation, Choice, Decision, GroundKind, Item, Origin, Redress
from seawall.model.notice import Message
from seawall.model.statement import Statement, StatementKind

MEASURES: Final = {
    Choice.NO_ACTION: "nothing was done",
    Choice.REMOVE: "it was removed",
    Choice.DISABLE: "access to it was disabled",
    Choice.DEMOTE: "it is shown less",
    Choice.AGE_RESTRICT: "it is shown to adults only",
    Choice.LABEL: "it was labelled",
    Choice.SUSPEND_ACCOUNT: "the account was suspended",
    Choice.TERMINATE_ACCOUNT: "the account was ended",
    Choice.RESTORE: "it is there again",
}
ORIGINS: Final = {
    Origin.OWN_INITIATIVE: "We acted on our own initiative.",
    Origin.NOTICE: "We acted on a notice.",
    Origin.TRUSTED_FLAGGER: "We acted on a notice of a trusted flagger.",
    Origin.OTHER_NOTICE: "We acted on a notice.",
    Origin.ORDER: "We acted on an order of an authority.",
}
WAYS: Final = {
    Redress.INTERNAL_COMPLAINT: "complain to us, free of charge",
    Redress.OUT_OF_COURT: "turn to a certified body for settling disputes out of court",
    Redress.COURT: "go to court",
}
_TITLES: Final = {
    StatementKind.REASONS: "Statement of reasons",
    StatementKind.INFORMATION: "Information on content that an authority has ordered to be removed",
    StatementKind.REINSTATEMENT: "Your content is there again",
    StatementKind.OUTCOME: "The outcome of your complaint",
}


def text(statement: Statement, made: Decision, items: tuple[Item, ...], order: Message | None) -> str:
    """Plain text, lines of any length."""
    return "\n".join(_lines(statement, made, items, order)) + "\n"


def _lines(
    statement: Statement, made: Decision, items: tuple[Item, ...], order: Message | None
) -> Iterator[str]:
    ruling = made.ruling
    yield _TITLES[statement.kind]
    yield ""
    yield f"Reference: {made.id}"
    for one in items:
        yield f"Content: {_line(one.context.post or one.context.url or one.id)}"
    yield f"Measure: {MEASURES[ruling.choice]}{_scope(made)}"
    yield ""
    match statement.kind:
        case StatementKind.REASONS:
            yield from _reasons(made)
        case StatementKind.INFORMATION:
            yield from _information(made, order)
        case StatementKind.REINSTATEMENT | StatementKind.OUTCOME:
            yield from _again(made)
    yield from _redress(made)


def _scope(made: Decision) -> str:
    ruling = made.ruling
    where = f" in {', '.join(ruling.territory)}" if ruling.territory else ""
    begins = ruling.starts_at or made.out_at or made.at
    ends = "" if ruling.ends_at is None else f", until {_utc(ruling.ends_at)}"
    return f"{where}, from {_utc(begins)}{ends}"


def _reasons(made: Decision) -> Iterator[str]:
    ruling = made.ruling
    yield f"Facts: {_line(ruling.facts)}"
    yield ORIGINS[ruling.origin]
    found = "were" if ruling.automated_detection else "were not"
    yield f"Automated means {found} used to find the content."
    yield {
        Automation.NONE: "Automated means were not used to decide.",
        Automation.PARTIALLY: "Automated means were used in part to decide.",
        Automation.FULLY: "The decision was made by automated means.",
    }[ruling.automated_decision]
    for ground in ruling.grounds:
        broken = "Legal ground" if ground.kind is GroundKind.LEGAL else "Ground in our terms"
        yield f"{broken}: {_line(ground.source)}. {_line(ground.explanation)}"


def _information(made: Decision, order: Message | None) -> Iterator[str]:
    yield ORIGINS[made.ruling.origin]
    if order is not None and order.sender is not None:
        yield f"Authority: {_line(order.sender)}"
    if order is not None and order.reference is not None:
        yield f"Reference of the authority: {_line(order.reference)}"
    yield "You may ask us for the reasons and the ways to challenge the order, or for a copy of it."
    said = None if order is None else order.value("redress")
    if said:
        yield f"Redress that the order names: {_line(str(said))}"


def _again(made: Decision) -> Iterator[str]:
    ruling = made.ruling
    if ruling.reason is not None:
        yield f"Why: {_line(ruling.reason)}"
    yield f"Facts: {_line(ruling.facts)}"
    for ground in ruling.grounds:
        yield f"Ground: {_line(ground.source)}. {_line(ground.explanation)}"


def _redress(made: Decision) -> Iterator[str]:
    if made.ruling.redress:
        yield ""
        yield f"You can {'; you can '.join(WAYS[one] for one in made.ruling.redress)}."


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(said: str) -> str:
    """What somebody wrote, on one line, so that it cannot pass for a line of ours."""
    return " ".join("".join(one if one.isprintable() else " " for one in said).split())
