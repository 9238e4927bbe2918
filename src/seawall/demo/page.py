"""The demo's result as one page that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import seawall
from seawall.demo import judge, timelines, words
from seawall.matching.options import SearchOptions
from seawall.model.match import Segment
from seawall.reports.markup import Markup, element, joined
from seawall.workflows.check import Named

_OPTIONS: Final = SearchOptions()
_TITLE: Final = "Known footage, found where it reappears"
_WORDS: Final = {
    "Score": "0 to 1, up is better. Every distinct picture that agrees adds to it.",
    "Strong": (
        f"A score of {_OPTIONS.strong_score:.2f} or more. From {_OPTIONS.suggest_score:.2f} on, a match is "
        "only suggested. Either way a person decides. Seawall removes nothing."
    ),
    "Known share of the upload": "How much of the upload's time is known footage.",
    "Share of the known video": (
        "How much of the known video's time is in the upload. A small share of a long upload can be a whole "
        "known video."
    ),
    "Suppressed": (
        "What lies in known-good content, such as an opening that many videos share, is listed apart and "
        "never dropped silently."
    ),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """The same moment on both sides."""

    query_s: float
    reference_s: float
    query_jpeg: bytes
    reference_jpeg: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One upload with its answer, and frames of each match by the reference's id."""

    checked: judge.Checked
    pairs: Mapping[str, Sequence[Pair]]


def render(findings: Sequence[Finding], banks: Mapping[str, Sequence[str]], out: Path, took_s: float) -> str:
    """The whole page. banks: names of the known items by their banks' names."""
    body = element(
        "main",
        _opening(findings, banks, took_s),
        _overview(findings),
        *(article(finding) for finding in findings),
        _commands(out),
        _glossary(),
        element("footer", element("p", f"Seawall {seawall.__version__}. This one file is all of the page.")),
    )
    return document(_TITLE, body)


def document(title: str, body: Markup) -> str:
    """A page with the demo's looks."""
    css = resources.files("seawall.demo").joinpath("page.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"Seawall: {title}"),
        element("style", Markup(css)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', body), lang='en')}\n"


def article(finding: Finding) -> Markup:
    """All about one upload."""
    checked = finding.checked
    upload = checked.upload
    shown = checked.shown()
    matches = [_match(finding, one) for one in shown] or [_nothing(checked)]
    return element(
        "article",
        element("header", element("h2", upload.title), _verdict(checked)),
        element("p", element("code", upload.path.name), ". ", upload.story, class_="story"),
        *matches,
        _truth(checked),
        id=upload.path.stem,
    )


def _opening(findings: Sequence[Finding], banks: Mapping[str, Sequence[str]], took_s: float) -> Markup:
    names = [f"{words.listed(items)} in {bank}" for bank, items in banks.items()]
    return element(
        "header",
        element("p", "Seawall", class_="brand"),
        element("h1", _TITLE),
        element(
            "p",
            "An upload may hold a few seconds of a known video somewhere in its middle. Seawall says which "
            "known video it is, from which second to which second of both, and how sure that is.",
            class_="lead",
        ),
        element(
            "p",
            element("code", "seawall demo"),
            f" made this page on this computer in {took_s:.0f} s. It drew harmless clips and banked some "
            f"of them: {'; '.join(names)}. It changed them the way uploaders do, and asked what is known in "
            f"each of the {len(findings)} uploads. The search is not told how they were made. The truth "
            "stands beside every answer.",
        ),
        class_="opening",
    )


def _overview(findings: Sequence[Finding]) -> Markup:
    right = sum(finding.checked.right() for finding in findings)
    head = element("tr", *(element("th", name, scope="col") for name in ("Upload", "Found", "Recommended")))
    return element(
        "section",
        element("h2", f"{right} of {len(findings)} answers are right"),
        element(
            "table",
            element("thead", head),
            element("tbody", *(_row(finding.checked) for finding in findings)),
            class_="overview",
        ),
        element(
            "p",
            f"Right means: nothing missed, nothing else found, every time within {judge.NEAR_S:g} s.",
            class_="note",
        ),
    )


def _row(checked: judge.Checked) -> Markup:
    upload = checked.upload
    found = [
        element("span", words.place(segment, one.reference.name), class_="line")
        for one in checked.shown()
        for segment in one.match.segments
    ]
    name = element("a", upload.title, href=f"#{upload.path.stem}")
    return element(
        "tr",
        element("th", name, element("span", upload.path.name, class_="file"), scope="row"),
        element("td", *(found or [element("span", "nothing known", class_="line")])),
        element("td", _verdict(checked)),
    )


def _verdict(checked: judge.Checked) -> Markup:
    """A word and a figure in a frame."""
    if checked.result.matches:
        best = checked.result.matches[0].match
        said = f"{best.recommendation} {best.score:.2f}"
        return element("p", said, class_=f"verdict {best.recommendation}")
    if checked.result.suppressed:
        return element("p", "suppressed", class_="verdict quiet")
    return element("p", "no match" if checked.result.error is None else "failed", class_="verdict quiet")


def _nothing(checked: judge.Checked) -> Markup:
    if checked.result.error is not None:
        return element("p", checked.result.error.message, class_="finding")
    length_s = checked.result.duration_s
    return joined(
        element("p", "No match.", class_="finding"),
        *([timelines.alone(checked.upload.path.name, length_s)] if length_s else []),
        element("p", "No run of its pictures follows a known video. No match is not an error."),
    )


def _match(finding: Finding, one: Named) -> Markup:
    result, name = finding.checked.result, one.reference.name
    still = result.duration_s is None
    drawing = timelines.joined(
        finding.checked.upload.path.name,
        result.duration_s,
        name,
        one.reference.duration_s or max(segment.reference_end_s for segment in one.match.segments),
        one.match.segments,
        quiet=one.suppressed_by is not None,
    )
    return joined(
        *(_finding(each, name) for each in one.match.segments),
        drawing,
        _frames(finding.pairs.get(one.match.reference, ()), name, still),
        element("p", " ".join(words.why(one, still, _OPTIONS))),
        _facts(one, still),
    )


def _finding(segment: Segment, name: str) -> Markup:
    said = words.place(segment, name, ours=" of the upload")
    return element("p", f"{said[0].upper()}{said[1:]}.", class_="finding")


def _frames(pairs: Sequence[Pair], name: str, still: bool) -> Markup:  # noqa: FBT001
    shown = (_pair(pair, name, "" if still else words.clock(pair.query_s)) for pair in pairs)
    return element("div", *shown, class_=f"frames of{len(pairs)}")


def _pair(pair: Pair, name: str, ours: str) -> Markup:
    theirs = words.clock(pair.reference_s)
    return element(
        "figure",
        element("img", src=_data(pair.query_jpeg), alt=f"The upload at {ours}" if ours else "The upload"),
        element("img", src=_data(pair.reference_jpeg), alt=f"{name} at {theirs}"),
        element(
            "figcaption", element("span", f"upload {ours}".strip()), " ", element("span", f"known {theirs}")
        ),
    )


def _data(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"


def _facts(one: Named, still: bool) -> Markup:  # noqa: FBT001
    parts = words.listed([f"{part} {value:.2f}" for part, value in one.match.parts.items()])
    facts = (
        ("Known share of the upload", words.percent(one.match.coverage_query)),
        (
            f"Share of {one.reference.name}",
            "one moment" if still else words.percent(one.match.coverage_reference),
        ),
        ("Score by parts", parts),
        ("Bank", one.reference.bank),
    )
    entries = (element("div", element("dt", term), element("dd", value)) for term, value in facts)
    return element("dl", *entries, class_="facts")


def _truth(checked: judge.Checked) -> Markup:
    verdict = "Right" if checked.right() else "Wrong"
    off_s = checked.off_s()
    said = f"{verdict}, {words.off(off_s)}." if off_s is not None else f"{verdict}."
    true = (element("strong", "Truth: "), _true(checked), " ", element("strong", said))
    return element("p", *true, class_="truth")


def _true(checked: judge.Checked) -> str:
    truth = checked.upload.stretch
    if truth is None or checked.upload.reference is None:
        return "nothing known is in it."
    good = ", and known-good" if checked.upload.harmless else ""
    return f"{words.place(truth, checked.upload.reference)}{good}."


def _commands(out: Path) -> Markup:
    data, uploads = (shlex.quote(str(out / part)) for part in ("data", "uploads"))
    own = ("seawall bank create KNOWN", "seawall bank add KNOWN known/", "seawall check uploads/")
    lead = (
        "Three commands do what this page shows. Put videos and pictures that people have verified into one "
        "folder, uploads into another:"
    )
    program = (
        "With ",
        element("code", "--json"),
        " the last one prints one JSON document for programs. To ask this demo's own bank again:",
    )
    return element(
        "section",
        element("h2", "On your own files"),
        element("p", lead),
        _typed(own),
        element("p", *program),
        _typed((f"seawall --data {data} check {uploads}",)),
    )


def _typed(commands: Sequence[str]) -> Markup:
    lines = joined(*_between("\n", [element("code", command) for command in commands]))
    return element("pre", lines)


def _between(text: str, parts: Sequence[Markup]) -> Iterator[str]:
    for number, part in enumerate(parts):
        if number:
            yield text
        yield part


def _glossary() -> Markup:
    entries = (joined(element("dt", term), element("dd", said)) for term, said in _WORDS.items())
    return element("section", element("h2", "Words on this page"), element("dl", *entries, class_="words"))
