"""The basic suite's report as a page: one index.html; no scripts, nothing from the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.bench import bootstrap, markup, mistakes
from seawall.bench.basic_suite import SEAWALL
from seawall.bench.peers import vpdq

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seawall.bench.metrics import Spread
    from seawall.bench.report import BenchReport, EditRow


def write(report: BenchReport, folder: Path) -> None:
    """Write the page into `folder`, which is made. Raises errors.DiskFull, errors.WriteFailed."""
    markup.write(page(report), folder)


def page(report: BenchReport) -> str:
    """The whole of index.html."""
    return markup.document(
        f"Seawall benchmark: {report.suite}",
        (
            _heading(report),
            markup.section("Every edit", _edits(report)),
            markup.section("Where copies lie", _located(report)),
            markup.section("Stills", _stills(report)),
            markup.section("Missed, by name", _missed(report)),
            markup.section("False matches, by name", mistakes.by_system(report.false_matches)),
            markup.section("Not checked", mistakes.unchecked(report.errors)),
            markup.section("Notes", _notes(report)),
        ),
    )


def _heading(report: BenchReport) -> str:
    corpus = report.corpus
    return (
        f"<h1>Seawall benchmark: {markup.text(report.suite)}</h1>"
        f'<p class="soft">Suite {markup.text(report.suite)}, seed {markup.text(report.settings["seed"])}. '
        f"{corpus.clips} clips, {corpus.duration_s / 60:.1f} min, and {corpus.synthetic} made by arithmetic, "
        f"in two halves that are banked in turn; {report.unrelated_pairs} unrelated pairs.</p>"
        "<p>This suite gives no intervals; the full one does. The clips are few: figures of two systems "
        "that lie some clips apart may well be the same. They cannot be compared with figures from other "
        "clips.</p>"
    )


def _edits(report: BenchReport) -> str:
    false = report.distractors.false_matches
    peers = tuple(name for name in false if name != SEAWALL)
    heads = (
        "edit",
        "what",
        "copies",
        "Seawall",
        "false",
        "strong",
        *(h for name in peers for h in (name, "false")),
    )
    unbanked = [
        "not banked",
        markup.words("other clips as they are: all that matches is false"),
        str(report.distractors.queries),
        *("-", str(false[SEAWALL]), "-"),
        *(cell for name in peers for cell in ("-", str(false[name]))),
    ]
    return markup.table(heads, [*(_row(one, peers) for one in report.edits), unbanked]) + (
        "<p class=soft>Found and false as each system decides; of Seawall, suggested at least, and strong "
        "alone. vPDQ takes one PDQ hash a second and compares them as a bag, and has two rules: "
        f"{markup.text('; '.join(f'{one.name}, {one.what}' for one in vpdq.RULES))}.</p>"
    )


def _row(one: EditRow, peers: Sequence[str]) -> list[str]:
    own = one.seawall
    return [
        markup.text(one.edit),
        markup.words(one.what),
        str(own.queries - own.left_out),
        _share(own.recall),
        str(own.false_matches),
        _share(own.recall_strong),
        *(
            cell
            for peer in (one.peers[name] for name in peers)
            for cell in (_share(peer.recall), str(peer.false_matches))
        ),
    ]


def _located(report: BenchReport) -> str:
    rows = [
        [
            markup.text(one.edit),
            *(_spread(off) for off in (one.seawall.boundary_query_s, one.seawall.boundary_reference_s)),
            _share(one.seawall.mean_coverage),
        ]
        for one in report.edits
    ]
    return markup.table(("edit", "in the query, s", "in the reference, s", "covered"), rows) + (
        "<p class=soft>How far starts and ends are off, median and 95th percentile, and how much of what "
        "lies in the query the segments cover.</p>"
    )


def _stills(report: BenchReport) -> str:
    stills = report.stills
    figures = markup.table(
        ("stills", "video found", "and the second", "off, s", "false"),
        [
            [
                str(stills.stills),
                _share(stills.recall_video),
                _share(stills.recall_second),
                _spread(stills.error_s),
                str(stills.false_matches),
            ]
        ],
    )
    if not stills.missed:
        return figures
    rows = [
        [markup.text(one.clip), str(one.stills), str(len(one.unfound_s)), str(len(one.elsewhere_s))]
        for one in stills.missed
    ]
    return figures + markup.table(("clip", "stills", "not found", "in another second"), rows)


def _missed(report: BenchReport) -> str:
    counted = ((one, one.seawall.queries - one.seawall.left_out) for one in report.edits)
    return mistakes.missed((one.edit, copies, one.missed) for one, copies in counted)


def _notes(report: BenchReport) -> str:
    return markup.bullets(
        (
            *(f"Left out: {one.name}: {one.reason}" for one in report.corpus.dropped),
            *(f"Show the same: {one.a} and {one.b}" for one in report.corpus.related),
            markup.settings(report.settings),
            markup.seconds(report.timings_s),
        )
    )


def _share(value: float | None) -> str:
    """A whole cell, without an interval."""
    return markup.share(bootstrap.Estimate(value, None, None))


def _spread(off: Spread) -> str:
    return "-" if off.median is None else f"{off.median:.2f}<br><small>{off.p95:.2f}</small>"
