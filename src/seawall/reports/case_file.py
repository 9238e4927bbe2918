"""The case file of a bag of evidence: one page to read, that needs nothing else and runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from seawall.model.custody import CustodyEvent
from seawall.reports.markup import Markup, element
from seawall.reports.page import sheet

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_SAYS: Final = (
    "As a reader of C2PA manifests found it, asking nobody: whether a signer can be trusted was not judged. "
    "What holds was not changed since it was signed; that it is true does not follow. No manifest means "
    "nothing. The folder provenance/ has all that was read."
)
_ERASED: Final = "erased, as the law had it"

Record = Mapping[str, Any]


def render(
    record: Record,
    originals: Sequence[Record],
    copies: Sequence[Record],
    provenance: Iterable[Any],
    events: Sequence[CustodyEvent],
) -> str:
    """The page. All but the events, which are the custody log's, are as the bag has them."""
    about, export = record["about"], record["export"]
    title = f"Evidence: {about['kind']} {about['id']}"
    body = element(
        "main",
        element("p", "Seawall", class_="brand"),
        element("h1", title),
        element(
            "p",
            "What is on record of it. The files beside this page say all of it; "
            "`seawall evidence verify` says whether they are as they were written.",
            class_="lead",
        ),
        _section("This export", [_pairs(export)]),
        _section("Items", [_items(record["items"])]),
        _section("Matches", [_matches(record["matches"])]),
        _section("Decisions", (_decision(one) for one in record["decisions"])),
        _section("What texts say", (_claims(one) for one in record["incidents"])),
        _section("Notices and orders", [_notices(record["notices"])]),
        _section("Clocks", [_clocks(record["clocks"])]),
        _section("Originals", [_originals(originals)]),
        _section("Working copies", [_copies(copies)]),
        _section("What originals say of where they come from", _provenance(provenance)),
        _section("Custody", [_events(events)]),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(sheet("page.css"))),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', body), lang='en')}\n"


def _section(title: str, parts: Iterable[Markup]) -> Markup:
    made = [one for one in parts if one]
    return element("section", element("h2", title), *(made or [element("p", "Nothing is on record.")]))


def _pairs(said: Record) -> Markup:
    rows = [
        element("tr", element("th", name.replace("_", " "), scope="row"), element("td", _shown(value)))
        for name, value in said.items()
        if value is not None
    ]
    return element("table", *rows) if rows else Markup("")


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    made = [element("tr", *(element("td", _shown(one)) for one in row)) for row in rows]
    if not made:
        return Markup("")
    heads = element("tr", *(element("th", one, scope="col") for one in names))
    return element("table", element("thead", heads), element("tbody", *made))


def _items(items: Iterable[Record]) -> Markup:
    names = ("item", "SHA-256", "kind", "where it stood", "opened at", "state")
    return _table(
        names,
        (
            (one["id"], one["sha256"], one["kind"], _where(one["context"]), one["opened_at"], one["state"])
            for one in items
        ),
    )


def _matches(matches: Iterable[Record]) -> Markup:
    names = ("reference", "of the content", "of the reference", "signal", "score")
    return _table(names, (row for one in matches for row in _segments(one["match"])))


def _segments(match: Record) -> Iterator[Sequence[object]]:
    for one in match["segments"]:
        query = f"{one['query_start_s']:.2f} to {one['query_end_s']:.2f} s"
        reference = f"{one['reference_start_s']:.2f} to {one['reference_end_s']:.2f} s"
        yield match["reference"], query, reference, one["signal"], f"{one['score']:.2f}"
    if not match["segments"]:
        yield match["reference"], "", "", "", f"{match['score']:.2f}"


def _decision(one: Record) -> Markup:
    ruling = one["ruling"]
    said = {
        "decision": one["id"],
        "at": one["at"],
        "by": one["user"],
        "second person": None if one["second"] is None else one["second"]["user"],
        "choice": ruling["choice"],
        "stage": one["stage"],
        "had effect at": one["out_at"],
        "facts": ruling["facts"],
        "grounds": "; ".join(f"{ground['source']}: {ground['explanation']}" for ground in ruling["grounds"]),
        "territory": ", ".join(ruling["territory"]),
        "what was seen of it": ", ".join(ruling["views"]),
        "not preserved, because": ruling["not_preserved"],
    }
    return _pairs({name: value for name, value in said.items() if value != ""})


def _claims(incident: Record) -> Markup:
    rows = [element("li", str(one)) for one in incident["sentences"].values()]
    return element("div", element("h3", str(incident["title"])), element("ul", *rows))


def _notices(notices: Iterable[Record]) -> Markup:
    return _table(
        ("notice", "kind", "received at", "state"),
        ((one["id"], one["message"]["kind"], one["message"]["received_at"], one["state"]) for one in notices),
    )


def _clocks(clocks: Iterable[Record]) -> Markup:
    return _table(
        ("clock", "period", "started at", "state", "elapsed, seconds"),
        (
            (
                one["id"],
                one["period"],
                one["events"][0]["at"] if one["events"] else None,
                one["reading"]["state"],
                f"{one['reading']['elapsed_s']:.0f}",
            )
            for one in clocks
        ),
    )


def _originals(originals: Iterable[Record]) -> Markup:
    return _table(("SHA-256", "in this bag"), ((one["sha256"], one["absent"] or "yes") for one in originals))


def _copies(copies: Iterable[Record]) -> Markup:
    return _table(
        ("SHA-256 of the original", "frames", "over faces", "mosaics", "detector"),
        (
            (one["sha256"], len(one["frames"]), *_over_faces(one["frames"]), one["detector"] or "")
            if one["absent"] is None
            else (one["sha256"], one["absent"], "", "", "")
            for one in copies
        ),
    )


def _over_faces(frames: Sequence[Record]) -> tuple[str, int]:
    """What lies over faces in frames, and how many mosaics that is."""
    return ", ".join(sorted({one["over_faces"] for one in frames})), sum(one["regions"] for one in frames)


def _provenance(provenance: Iterable[Record]) -> Iterator[Markup]:
    names = ("SHA-256", "C2PA manifests", "signature and hashes", "does not hold", "not fetched", "why")
    rows = [
        (
            one["sha256"],
            one["found"],
            one["validation"],
            ", ".join(one["failures"]),
            one["address"],
            one["why"],
            one["at"],
            one["reader"],
        )
        for one in provenance
    ]
    if rows:
        yield element("p", _SAYS)
        yield _table((*names, "read at", "by"), rows)


def _events(events: Iterable[CustodyEvent]) -> Markup:
    return _table(
        ("number", "at", "event", "by", "with", "outcome"),
        (
            (one.index, one.at.isoformat(), one.type.value, *(_said(one, name) for name in _FIELDS))
            for one in events
        ),
    )


_FIELDS: Final = ("agent", "tool", "outcome")


def _said(event: CustodyEvent, name: str) -> object:
    return event.says(name) if name in event.opened else _ERASED


def _where(context: Record) -> str:
    said = (context["url"], context["post"], context["uploader"], *context["labels"])
    return ", ".join(str(one) for one in said if one)


def _shown(value: object) -> str:
    return "" if value is None else str(value)
