"""A record's claims as CSV, one a line, each with its chain, its hedge and its sentence."""

from __future__ import annotations

import csv
import io
from typing import Final

from seawall.model.claim import Source
from seawall.model.incident import Claim, Revision
from seawall.reports import sentences
from seawall.reports.view import View

COLUMNS: Final = (
    *(
        "incident",
        "claim",
        "status",
        "by",
        "at",
        "reason",
        "origin",
        "group",
        "facet",
        "start",
        "end",
        "text",
    ),
    *("polarity", "hedge", "hedge_cues", "attribution", "value", "document", "outlet", "published"),
    *("source_reliability", "info_credibility", "sentence"),
)


def claims(view: View) -> str:
    """All claims, rejected and withdrawn ones too, under a line of column names."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in view.ledger.claims:
        writer.writerow([_cell(value) for value in _row(view, one)])
    return out.getvalue()


def _row(view: View, entry: Revision[Claim]) -> tuple[object, ...]:
    one, said = entry.state, entry.state.said
    document = sentences.cited(view, one)
    citation = view.ledger.citation(one.document)
    return (
        *(view.ledger.id, one.id, one.status, view.text(entry.by), entry.at.isoformat()),
        *(view.text(entry.reason), one.origin, said.group, said.facet, said.span.start, said.span.end),
        *(view.words(one.document, said.span), said.polarity, said.hedge.level),
        " | ".join(view.words(one.document, cue) for cue in said.hedge.cues),
        " < ".join(_link(view, one, link) for link in said.attribution),
        *(view.optional(one.value), one.document, view.optional(document.outlet), document.published),
        *(citation.source_reliability, int(citation.info_credibility), sentences.claim(view, entry)),
    )


def _link(view: View, one: Claim, link: Source) -> str:
    parts = [link.kind.value]
    if link.source is not None:
        parts.append(view.text(link.source))
    if link.cue is not None:
        parts.append(f"“{view.words(one.document, link.cue)}”")
    if link.inferred:
        parts.append("(inferred)")
    return " ".join(parts)


def _cell(value: object) -> object:
    """A spreadsheet takes a text that begins so for a formula, and would run it."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
