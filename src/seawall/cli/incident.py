"""`seawall incident`: from a report to a record in which every claim has its source."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

import seawall
from seawall import errors
from seawall.cli import incident_decisions
from seawall.cli.output import Output, exit_code, verb
from seawall.model.claim import Facet, Status
from seawall.model.incident import Credibility, Document, PlaceChoice, Reliability, Still
from seawall.model.sharing import Recipient, Tlp
from seawall.reports import compare as comparing, page, prose, record, sentences, table
from seawall.reports.view import View
from seawall.workflows import sharing
from seawall.workflows.incidents import About, Opened

F = TypeVar("F", bound=Callable[..., Any])

#: What `export` can write.
FORMATS: Final[dict[str, Callable[[View], str]]] = {
    "json": lambda view: json.dumps(record.incident(view, with_text=True), indent=1) + "\n",
    "csv": table.claims,
    "markdown": prose.incident,
    "html": page.render,
}


@click.group()
def incident() -> None:
    """Incidents: what reports say, who says so, and how surely."""


for command in incident_decisions.COMMANDS:
    incident.add_command(command)


def _about(function: F) -> F:
    """The options that say what is known of a report."""
    options = (
        click.option("--published", type=click.DateTime(["%Y-%m-%d"]), help="The day of its publication."),
        click.option("--outlet", help="Who published it."),
        click.option("--author", help="Who wrote it."),
        click.option(
            "--reliability",
            type=click.Choice([one.value for one in Reliability]),
            default=Reliability.F.value,
            help="How far its source is trusted, A to F.",
        ),
        click.option(
            "--credibility",
            type=click.IntRange(1, 6),
            default=6,
            help="How far what it says is borne out, 1 to 6.",
        ),
        click.option("--origin", help="Whom it rests on, where that is known: an agency, say."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class _Given:
    """The options of `_about` as they come."""

    published: datetime | None
    outlet: str | None
    author: str | None
    reliability: str
    credibility: int
    origin: str | None

    def about(self) -> About:
        return About(
            published=None if self.published is None else self.published.date(),
            outlet=self.outlet,
            author=self.author,
            reliability=Reliability(self.reliability),
            credibility=Credibility(self.credibility),
            origin=self.origin,
        )


@incident.command("open")
@click.option(
    "--from",
    "sources",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A report, or a folder of them; may be repeated. Each becomes an incident.",
)
@click.option("--title", help="What to call it, neutrally; without it, by outlet and day.")
@_about
@verb
def open_incident(output: Output, sources: tuple[Path, ...], *, title: str | None, **given: Any) -> int:  # noqa: ANN401 - options of `_about`
    """Open an incident from a report. All that is read in it is proposed, nothing decided."""
    about = _Given(**given).about()
    results: list[Opened] = []
    with output.open() as library:
        opening = library.incidents.open_all(sources, about, title)
        for one in output.progress(opening, "opening", sources):
            results.append(one)
            _show_opened(output, one)
    if len(results) == 1 and sources[0].is_file():
        (one,) = results
        if one.error is not None:
            raise one.error
        assert one.ledger is not None
        output.document(record.incident(View.of(one.ledger)))
        return 0
    output.document({"schema": "seawall.incidents-opened/1", "results": [_opened(one) for one in results]})
    return exit_code(one.error for one in results)


def _opened(one: Opened) -> record.Json:
    if one.ledger is None:
        failure = None if one.error is None else one.error.as_record()
        return {"path": one.path, "incident": None, "error": failure}
    view = View.of(one.ledger)
    return {"path": view.text(one.path), "incident": record.incident(view), "error": None}


def _show_opened(output: Output, one: Opened) -> None:
    if one.error is not None:
        output.failed(one.path, one.error)
    elif one.ledger is not None:
        view = View.of(one.ledger)
        path = view.text(one.path)
        output.line(f"opened    {one.ledger.id}  {len(one.ledger.claims):4} claims  {path}")
        _show_stills(output, view, one.ledger.documents[0])


def _show_stills(output: Output, view: View, document: Document) -> None:
    """A line for each picture of a report."""
    for one in view.ledger.latest(Still):
        if one.state.document == document.sha256:
            output.line(f"picture   {sentences.still(view, one.state)}")


@incident.command()
@click.argument("incident_id", metavar="ID")
@click.option("--from", "source", required=True, type=click.Path(path_type=Path), help="The report to add.")
@click.option("--reason", default="added", show_default=True, help="Why; it stays on record.")
@_about
@verb
def add_report(output: Output, incident_id: str, source: Path, *, reason: str, **given: Any) -> None:  # noqa: ANN401 - options of `_about`
    """Add a report to an incident. What is on record does not change by it."""
    with output.open() as library:
        ledger = library.incidents.add_report(incident_id, source, _Given(**given).about(), reason)
    view = View.of(ledger)
    output.line(f"added     {ledger.documents[-1].sha256}  {len(ledger.claims)} claims now")
    _show_stills(output, view, ledger.documents[-1])
    output.document(record.incident(view))


@incident.command("list")
@verb
def list_incidents(output: Output) -> None:
    """Show all incidents."""
    with output.open() as library:
        found = library.incidents.every()
    for one in found:
        output.line(f"{one.id}  {one.status:10} {one.documents:3} reports {one.claims:5} claims  {one.title}")
    rows = [
        {
            "incident": one.id,
            "title": one.title,
            "status": one.status,
            "documents": one.documents,
            "claims": one.claims,
            "opened_at": one.opened_at.isoformat(),
            "opened_by": one.opened_by,
        }
        for one in found
    ]
    output.document({"schema": "seawall.incidents/1", "incidents": rows})


@incident.command()
@click.argument("incident_id", metavar="ID")
@verb
def show(output: Output, incident_id: str) -> None:
    """Show an incident: each claim as a sentence with its sources and every hedge."""
    with output.open() as library:
        view = library.incidents.view(incident_id)
    output.line(f"{view.title} ({view.ledger.heading.status})")
    for sentence in sentences.summary(view):
        output.line(f"- {sentence}")
    chosen = {one.state.place: one.state for one in view.ledger.latest(PlaceChoice)}
    for place in view.ledger.places:
        output.line(f"place     {place.id}: {prose.located(view, place, chosen.get(place.id))}")
    for medium in view.ledger.media:
        output.line(f"medium    {medium.id}: {medium.kind} ({medium.group})")
    for document in view.ledger.documents:
        _show_stills(output, view, document)
    output.document(record.incident(view))


@incident.command()
@click.argument("incident_id", metavar="ID")
@click.option("--status", type=click.Choice([one.value for one in Status]), help="Only claims that are so.")
@click.option("--facet", type=click.Choice([one.value for one in Facet]), help="Only claims about that.")
@click.option("--group", help="Only claims of that group; `main` is the incident itself.")
@verb
def claims(
    output: Output, incident_id: str, *, status: str | None, facet: str | None, group: str | None
) -> None:
    """List claims, rejected and withdrawn ones too."""
    with output.open() as library:
        found = library.incidents.claims(
            incident_id,
            status=None if status is None else Status(status),
            facet=None if facet is None else Facet(facet),
            group=group,
        )
        view = library.incidents.view(incident_id)
    for one in found:
        head = f"{one.state.id:5} {one.state.status:9} {one.state.said.facet:16}"
        output.line(f"{head} {sentences.claim(view, one)}")
    output.document(
        {
            "schema": "seawall.claims/1",
            "incident": incident_id,
            "claims": [{**record.claim(view, one), "sentence": sentences.claim(view, one)} for one in found],
        }
    )


@incident.command()
@click.argument("incident_id", metavar="ID")
@verb
def compare(output: Output, incident_id: str) -> None:
    """Compare an incident's reports facet by facet: agreement, contradiction, who depends on whom."""
    with output.open() as library:
        view = library.incidents.view(incident_id)
    compared = comparing.compare(view)
    for line in prose.comparison(view, compared):
        output.line(line)
    output.document(comparing.as_record(view, compared))


@incident.command()
@click.argument("incident_id", metavar="ID")
@click.option(
    "--format",
    "form",
    type=click.Choice(sorted([*FORMATS, *sharing.FORMATS])),
    default="json",
    show_default=True,
    help="What to write; stix and misp are for other programs, and marked.",
)
@click.option(
    "--tlp",
    type=click.Choice([one.value for one in Tlp]),
    help="The marking of stix and misp: only what it lets out is written.",
)
@click.option(
    "--for",
    "recipient",
    type=click.Choice([one.value for one in Recipient]),
    help="For whom; without it, whom the marking is made for.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file; else it is printed.")
@verb
def export(
    output: Output, incident_id: str, *, form: str, tlp: str | None, recipient: str | None, out: Path | None
) -> None:
    """Write an incident's whole record, or what a marking lets out; protected names are masked in both."""
    with output.open() as library:
        text = _written(library, incident_id, form, tlp, recipient)
    if out is None:
        if output.as_json and form not in ("json", *sharing.FORMATS):
            raise errors.UsageError(detail="--json prints one JSON document: give this export a file, --out")
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    with errors.writing(out):
        out.write_text(text, encoding="utf-8", newline="")
    output.line(f"wrote     {out}")
    output.document({"schema": "seawall.incident-export/1", "incident": incident_id, "path": str(out)})


def _written(
    library: seawall.Seawall, incident_id: str, form: str, tlp: str | None, recipient: str | None
) -> str:
    if form in sharing.FORMATS:
        if tlp is None:
            raise errors.UsageError(detail="What goes to others is marked: say how, with --tlp")
        to = None if recipient is None else Recipient(recipient)
        return library.sharing.export(incident_id, form, Tlp(tlp), to)
    if tlp is not None or recipient is not None:
        raise errors.UsageError(
            detail="A whole record goes to nobody else: --tlp and --for mark stix and misp"
        )
    return FORMATS[form](library.incidents.view(incident_id))
