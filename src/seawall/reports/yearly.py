"""The yearly report as JSON, as CSV, and as one HTML page with charts that needs nothing else.

No form of it names a person: figures, ids of figures, and the provider's own texts are all there is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any, Final

from seawall.model.performance import Rate, Times
from seawall.model.yearly import Counted, Law, Report, Row, Said
from seawall.reports import charts
from seawall.reports.markup import Markup, element
from seawall.reports.page import sheet

SCHEMA: Final = "seawall.report/1"
#: The address of the rows of a figure, of a part of it, of a month of it.
Link = Callable[[str, str | None, int | None], str]

COLUMNS: Final = (
    *("law", "figure", "label", "part", "part_label", "count"),
    *("median_s", "p90_s", "timed", "share_wrong", "low", "high", "source", "wording_checked"),
)

_LAWS: Final = {
    Law.TCO: "Dissemination of terrorist content online: Regulation (EU) 2021/784, Article 7(3)",
    Law.DSA: "Digital services: Regulation (EU) 2022/2065, Articles 15 and 24",
}
#: A browser that keeps to it loads and runs nothing, whatever the page holds.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOUR_S: Final = 3600.0
_DAY_S: Final = 86_400.0


def rows_at(base: str) -> Link:
    """Links to rows below an address. Ids are ours, and need no escapes."""

    def link(figure: str, part: str | None, month: int | None) -> str:
        wanted = [("part", part), ("month", month)]
        asked = "&".join(f"{name}={value}" for name, value in wanted if value is not None)
        return f"{base}/{figure}?{asked}" if asked else f"{base}/{figure}"

    return link


def record(report: Report, link: Link) -> dict[str, Any]:
    """The report as JSON has it, each number with the address of its rows."""
    return {
        "schema": SCHEMA,
        "year": report.year,
        "since": report.span.since.isoformat(),
        "until": report.span.until.isoformat(),
        "zone": report.zone,
        "made_at": report.made_at.isoformat(),
        "provider": report.provider,
        "figures": [_figure(one, link) for one in report.figures],
        "texts": [
            {"id": one.id, "law": one.law.value, "label": one.label, "source": one.source, "text": one.text}
            for one in report.texts
        ],
    }


def row(one: Row) -> dict[str, Any]:
    """A row as JSON has it."""
    return {
        "subject": one.subject.value,
        "id": one.id,
        "decision": one.decision,
        "at": one.at.isoformat(),
        "part": one.part,
    }


def table(report: Report) -> str:
    """The report as CSV: a line a figure, and one a part of it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in report.figures:
        known = one.figure
        head = (known.law.value, known.id, known.label)
        foot = (known.source, "yes" if known.checked else "no")
        writer.writerow([*head, "", "", one.count, *_measured(one), *foot])
        labels = dict(known.parts)
        for part, count in one.parts:
            writer.writerow([*head, part, labels[part], count, *[""] * 6, *foot])
    return out.getvalue()


def page(report: Report, link: Link | None) -> str:
    """The report as a page to publish or to print. link: without one, numbers lead nowhere."""
    title = f"Yearly report {report.year}"
    zone = f"{report.zone}, made {report.made_at.date().isoformat()}"
    body = element(
        "main",
        *([element("p", report.provider, class_="brand")] if report.provider else []),
        element("h1", title),
        element(
            "p",
            f"What came in during {report.year} ({zone}), and what was done with it until then. Every number "
            "is counted from the log.",
            class_="lead",
        ),
        *(part for law in Law for part in _law(report, law, link)),
        element(
            "footer",
            element("p", "* The wording was not held against the text of the law.", class_="soft"),
            element(
                "p",
                "Intervals are Wilson's: the true share lies within them 95 times of 100. This one file is "
                "all of the page.",
                class_="soft",
            ),
        ),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Markup(sheet("page.css") + sheet("yearly.css"))),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', body), lang='en')}\n"


def span(seconds: float) -> str:
    """A time as people say it."""
    if seconds < _HOUR_S:
        return f"{seconds / 60:.1f} minutes"
    return f"{seconds / _HOUR_S:.1f} hours" if seconds < _DAY_S else f"{seconds / _DAY_S:.1f} days"


def _figure(one: Counted, link: Link) -> dict[str, Any]:
    known = one.figure
    labels = dict(known.parts)
    made: dict[str, Any] = {
        "id": known.id,
        "law": known.law.value,
        "label": known.label,
        "source": known.source,
        "checked": known.checked,
        "subject": known.subject.value,
        "count": one.count,
        "rows": link(known.id, None, None),
        "parts": [
            {"id": part, "label": labels[part], "count": count, "rows": link(known.id, part, None)}
            for part, count in one.parts
        ],
        "months": [
            {"month": number, "count": count, "rows": link(known.id, None, number)}
            for number, count in enumerate(one.months, start=1)
        ],
        "times": None if one.times is None else _times(one.times),
        "rate": None if one.rate is None else _rate(one.rate),
    }
    return made


def _times(one: Times) -> dict[str, Any]:
    return {"count": one.count, "median_s": one.median_s, "p90_s": one.p90_s}


def _rate(one: Rate) -> dict[str, Any]:
    interval = one.interval
    return {
        "part": one.part,
        "whole": one.whole,
        "share": one.share,
        "interval": None if interval is None else list(interval),
    }


def _measured(one: Counted) -> tuple[object, ...]:
    times = ("", "", "") if one.times is None else (one.times.median_s, one.times.p90_s, one.times.count)
    low, high = (one.rate.interval if one.rate is not None else None) or ("", "")
    return (*times, "" if one.rate is None else one.rate.share, low, high)


def _law(report: Report, law: Law, link: Link | None) -> Iterator[Markup]:
    yield element("h2", _LAWS[law])
    for said in report.texts:
        if said.law is law:
            yield _said(said)
    for one in report.figures:
        if one.figure.law is law:
            yield element("section", *_shown(one, link), class_="figure", id=one.figure.id)


def _said(one: Said) -> Markup:
    words = one.text.split("\n\n") if one.text else ["Nothing is stated here."]
    return element(
        "section",
        element("h3", one.label, _mark()),
        element("p", one.source, class_="soft"),
        *(element("p", each, **({} if one.text else {"class_": "soft"})) for each in words),
        class_="figure",
    )


def _shown(one: Counted, link: Link | None) -> Iterator[Markup]:
    known = one.figure
    yield element("h3", known.label, *(() if known.checked else (_mark(),)))
    yield element("p", f"{known.source}. ", element("code", known.id), class_="soft")
    yield element("p", _number(one.count, link, known.id, None, None), class_="large")
    if one.times is not None and one.times.median_s is not None and one.times.p90_s is not None:
        yield element(
            "p",
            f"Median time: {span(one.times.median_s)}; nine of ten within {span(one.times.p90_s)} "
            f"({one.times.count} counted).",
        )
    if one.rate is not None:
        yield element("p", _share(one.rate))
    shown = [(part, count) for part, count in one.parts if count]
    if shown:
        yield _parts(one, shown, link)
    if one.count:
        yield _by_month(one, link)


def _share(rate: Rate) -> str:
    interval = rate.interval
    if rate.share is None or interval is None:
        return "Error rate: nothing to reckon it from."
    return (
        f"Error rate: {rate.share:.1%} ({rate.part} of {rate.whole}), between {interval[0]:.1%} and "
        f"{interval[1]:.1%}."
    )


def _parts(one: Counted, shown: list[tuple[str, int]], link: Link | None) -> Markup:
    labels = dict(one.figure.parts)
    lines = (
        element(
            "tr",
            element("th", labels[part], scope="row"),
            element("td", _number(count, link, one.figure.id, part, None)),
            element("td", f"{count / one.count:.0%}"),
        )
        for part, count in shown
    )
    head = element(
        "tr",
        element("th", "part", scope="col"),
        element("th", "number", scope="col"),
        element("th", "share", scope="col"),
    )
    return element(
        "table",
        element("caption", f"{one.figure.label}: parts"),
        element("thead", head),
        element("tbody", *lines),
    )


def _by_month(one: Counted, link: Link | None) -> Markup:
    names = _MONTHS[: len(one.months)]
    drawn = charts.bars(one.months)
    title = f"{one.figure.label}, by month: {one.count} in all, at most {max(one.months)} in one month"
    head = element("tr", *(element("th", name, scope="col") for name in names))
    numbers = (
        element("td", _number(count, link, one.figure.id, None, number))
        for number, count in enumerate(one.months, start=1)
    )
    return element(
        "figure",
        charts.svg(drawn, f"chart-{one.figure.id}", title, below=names),
        element(
            "table",
            element("caption", f"{one.figure.label}: months"),
            element("thead", head),
            element("tbody", element("tr", *numbers)),
            class_="months",
        ),
    )


def _number(count: int, link: Link | None, figure: str, part: str | None, month: int | None) -> Markup:
    if link is None or not count:
        return element("span", str(count))
    return element("a", str(count), href=link(figure, part, month))


def _mark() -> Markup:
    return element("abbr", "*", title="not held against the text of the law")
