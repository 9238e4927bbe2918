"""The verbs of `seawall incident` by which people decide on what a report says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from seawall import errors
from seawall.cli.output import Output, verb
from seawall.model.claim import Facet, HedgeLevel, Polarity, SourceKind, Status
from seawall.model.incident import MAIN, Answer, Citation, Credibility, IncidentStatus, Ledger, Reliability
from seawall.model.report import Violation
from seawall.reports import record, sentences
from seawall.reports.view import View
from seawall.workflows import edits

F = TypeVar("F", bound=Callable[..., Any])

_REASON: Final = click.option("--reason", required=True, help="Why; it stays on record.")
_ID: Final = click.argument("incident_id", metavar="ID")
_KINDS: Final = click.Choice([one.value for one in SourceKind])
_TRUST: Final = click.Choice([one.value for one in Reliability])
_ANSWERS: Final = click.Choice([one.value for one in Answer])


def _said(function: F) -> F:
    """The options that say who says so and how surely."""
    options = (
        click.option("--source-kind", type=_KINDS, help="Who says so."),
        click.option("--source", help="As the text calls it."),
        click.option("--cue", help="The text's words that say who says so."),
        click.option("--inferred", is_flag=True, help="No words of the text say who says so."),
        click.option(
            "--hedge", type=click.Choice([one.value for one in HedgeLevel]), help="The reserve of the words."
        ),
        click.option(
            "--hedge-cue", "hedge_cues", multiple=True, help="The text's words of reserve; may be repeated."
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _words(function: F) -> F:
    """The options that say which words of the text are meant."""
    options = (
        click.option("--text", help="The words as they stand in the text."),
        click.option("--start", type=click.IntRange(0), help="The first character's offset."),
        click.option("--end", type=click.IntRange(1), help="The offset behind the last one."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _made_said(given: dict[str, Any]) -> edits.Said:
    kind, level, cue = (given.pop(name) for name in ("source_kind", "hedge", "cue"))
    return edits.Said(
        kind=None if kind is None else SourceKind(kind),
        source=given.pop("source"),
        cue=None if cue is None else edits.Words(cue),
        inferred=given.pop("inferred"),
        level=None if level is None else HedgeLevel(level),
        hedge_cues=tuple(edits.Words(one) for one in given.pop("hedge_cues")),
    )


def _made_words(given: dict[str, Any]) -> edits.Words | None:
    text, start, end = (given.pop(name) for name in ("text", "start", "end"))
    if (start is None) is not (end is None):
        raise errors.UsageError(detail="--start and --end go together")
    return None if text is None and start is None else edits.Words(text, start, end)


def _show_claims(output: Output, ledger: Ledger, ids: Iterable[str]) -> None:
    """The claims that were decided on, as they stand now."""
    view = View.of(ledger)
    wanted = set(ids)
    found = [one for one in ledger.claims if one.state.id in wanted]
    for one in found:
        output.line(f"{one.state.status:9} {sentences.claim(view, one)}")
    records = [{**record.claim(view, one), "sentence": sentences.claim(view, one)} for one in found]
    output.document({"schema": "seawall.claims/1", "incident": ledger.id, "claims": records})


def _show(output: Output, ledger: Ledger, line: str) -> None:
    view = View.of(ledger)
    output.line(view.text(line))
    output.document(record.incident(view))


def _deciding(name: str, status: Status, text: str) -> click.Command:
    """A verb that gives claims a status."""

    @click.command(name, help=text)
    @_ID
    @click.argument("claim_ids", metavar="CLAIM...", nargs=-1, required=True)
    @_REASON
    @verb
    def decide(output: Output, incident_id: str, claim_ids: tuple[str, ...], *, reason: str) -> None:
        with output.open() as library:
            ledger = library.incidents.set_status(incident_id, claim_ids, status, reason)
        _show_claims(output, ledger, claim_ids)

    return decide


@click.command()
@_ID
@click.argument("claim_id", metavar="CLAIM")
@_words
@click.option("--facet", type=click.Choice([one.value for one in Facet]), help="What it is about.")
@click.option("--group", help="The group that it belongs to.")
@click.option("--value", help="What you note as its value; it is never printed as the text's.")
@_said
@_REASON
@verb
def edit(
    output: Output,
    incident_id: str,
    claim_id: str,
    *,
    facet: str | None,
    group: str | None,
    value: str | None,
    reason: str,
    **given: Any,  # noqa: ANN401 - options of `_words` and `_said`
) -> None:
    """Change a claim. Reserve and sources can be added and never taken away."""
    change = edits.Edit(
        words=_made_words(given),
        facet=None if facet is None else Facet(facet),
        group=group,
        value=value,
        said=_made_said(given),
    )
    with output.open() as library:
        ledger = library.incidents.edit(incident_id, claim_id, change, reason)
    _show_claims(output, ledger, [claim_id])


@click.command()
@_ID
@_words
@click.option("--facet", required=True, type=click.Choice([one.value for one in Facet]), help="Its facet.")
@click.option("--group", default=MAIN, show_default=True, help="The group that it belongs to.")
@click.option("--document", help="The SHA-256 of the report; else the first one.")
@click.option(
    "--polarity", type=click.Choice([one.value for one in Polarity]), help="Whether the text says so or not."
)
@click.option("--value", help="What you note as its value; it is never printed as the text's.")
@_said
@_REASON
@verb
def add_claim(
    output: Output,
    incident_id: str,
    *,
    facet: str,
    group: str,
    document: str | None,
    polarity: str | None,
    value: str | None,
    reason: str,
    **given: Any,  # noqa: ANN401 - options of `_words` and `_said`
) -> None:
    """Add a claim with words of a report. It takes over the reserve of claims on the same words."""
    words = _made_words(given)
    if words is None:
        raise errors.UsageError(detail="Say which words: --text, or --start and --end")
    entry = edits.Entry(
        words=words,
        facet=Facet(facet),
        group=group,
        polarity=None if polarity is None else Polarity(polarity),
        value=value,
        said=_made_said(given),
        document=document,
    )
    with output.open() as library:
        ledger = library.incidents.add_claim(incident_id, entry, reason)
    _show_claims(output, ledger, [ledger.claims[-1].state.id])


@click.command()
@_ID
@click.option("--name", prompt=True, help="The name; without the option, you are asked for it.")
@_REASON
@verb
def protect(output: Output, incident_id: str, *, name: str, reason: str) -> None:
    """Mask a name in all that leaves the record, and refuse it in what is entered."""
    with output.open() as library:
        ledger = library.incidents.protect(incident_id, name, reason)
    _show(output, ledger, "protected")


@click.command()
@_ID
@click.argument("place_id", metavar="PLACE")
@click.option("--candidate", type=click.IntRange(1), help="Which candidate, counted from 1.")
@click.option("--none", "is_none", is_flag=True, help="None of the candidates is meant.")
@_REASON
@verb
def place(
    output: Output, incident_id: str, place_id: str, *, candidate: int | None, is_none: bool, reason: str
) -> None:
    """Choose which candidate a mention of a place means."""
    if (candidate is None) is not is_none:
        raise errors.UsageError(detail="Give --candidate or --none")
    with output.open() as library:
        ledger = library.incidents.choose_place(incident_id, place_id, candidate, reason)
    _show(output, ledger, f"chosen    {place_id}")


@click.command()
@_ID
@click.argument("code", metavar="VIOLATION", type=click.Choice([one.value for one in Violation]))
@click.argument("basis", metavar="CLAIM...", nargs=-1, required=True)
@click.option("--armed-conflict", type=_ANSWERS, required=True, help="Whether there is an armed conflict.")
@click.option("--child-under-18", type=_ANSWERS, required=True, help="Whether the child is under 18.")
@click.option(
    "--armed-force-or-group", type=_ANSWERS, required=True, help="Whether an armed force or group did it."
)
@_REASON
@verb
def violation(
    output: Output,
    incident_id: str,
    code: str,
    basis: tuple[str, ...],
    *,
    armed_conflict: str,
    child_under_18: str,
    armed_force_or_group: str,
    reason: str,
) -> None:
    """Label a grave violation against children on claims. Only a person does."""
    with output.open() as library:
        ledger = library.incidents.label(
            incident_id,
            Violation(code),
            basis,
            armed_conflict=Answer(armed_conflict),
            child_under_18=Answer(child_under_18),
            armed_force_or_group=Answer(armed_force_or_group),
            reason=reason,
        )
    _show(output, ledger, f"labelled  {code}")


@click.command()
@_ID
@click.argument("claim_id", metavar="CLAIM")
@_REASON
@verb
def position(output: Output, incident_id: str, claim_id: str, *, reason: str) -> None:
    """Choose a claim as the record's position on its facet. The others stay beside it."""
    with output.open() as library:
        ledger = library.incidents.hold(incident_id, claim_id, reason)
    _show(output, ledger, f"position  {claim_id}")


@click.command()
@_ID
@click.argument("document", metavar="SHA256")
@click.option("--reliability", type=_TRUST, required=True, help="A to F.")
@click.option("--credibility", type=click.IntRange(1, 6), required=True, help="1 to 6.")
@click.option("--origin", help="Whom it rests on, where that is known.")
@_REASON
@verb
def cite(
    output: Output,
    incident_id: str,
    document: str,
    *,
    reliability: str,
    credibility: int,
    origin: str | None,
    reason: str,
) -> None:
    """Judge a report as a source, on two axes that are never mixed."""
    judged = Citation(document, Reliability(reliability), Credibility(credibility), origin)
    with output.open() as library:
        ledger = library.incidents.cite(incident_id, judged, reason)
    _show(output, ledger, f"judged    {document}")


@click.command()
@_ID
@click.option("--title", help="What to call it, neutrally.")
@click.option("--status", type=click.Choice([one.value for one in IncidentStatus]), help="Where the work is.")
@_REASON
@verb
def describe(output: Output, incident_id: str, *, title: str | None, status: str | None, reason: str) -> None:
    """Give an incident another title or status."""
    if title is None and status is None:
        raise errors.UsageError(detail="Give --title or --status")
    with output.open() as library:
        ledger = library.incidents.describe(
            incident_id, title=title, status=None if status is None else IncidentStatus(status), reason=reason
        )
    _show(output, ledger, f"described {ledger.heading.title}")


@click.command()
@_ID
@click.argument("medium_id", metavar="MEDIUM")
@click.option("--file", "path", required=True, type=click.Path(path_type=Path), help="What was found of it.")
@verb
def watch(output: Output, incident_id: str, medium_id: str, *, path: Path) -> None:
    """Ask the banks about a file of a medium that a report mentions. Only a match links the two."""
    with output.open() as library:
        links = library.incidents.watch(incident_id, medium_id, path)
        ledger = library.incidents.ledger(incident_id)
    for one in links:
        output.line(f"linked    {one.medium}  {one.reference}  {one.score:.2f}")
    if not links:
        output.line("no match")
    output.document(record.incident(View.of(ledger)))


COMMANDS: Final = (
    _deciding("confirm", Status.CONFIRMED, "Confirm that the text says so, with this reserve."),
    _deciding("reject", Status.REJECTED, "Reject claims: the text does not say so. They stay on record."),
    _deciding("dispute", Status.DISPUTED, "Mark claims as disputed."),
    _deciding("withdraw", Status.WITHDRAWN, "Withdraw claims that were confirmed. They stay on record."),
    *(edit, add_claim, protect, place, violation, position, cite, describe, watch),
)
