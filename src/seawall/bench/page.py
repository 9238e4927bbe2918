"""The full suite's report as a page: index.html and its pictures; no scripts, nothing from the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from seawall import errors
from seawall.bench import curves, gallery, markup, mistakes
from seawall.bench.full_report import percent

if TYPE_CHECKING:
    from pathlib import Path

    from seawall.bench import figures
    from seawall.bench.full_report import EditRow, FullReport

LEVELS: Final = ("mild", "standard", "severe")
#: 95 of 100 times, what was never seen in n tries is rarer than this over n.
_RULE_OF_THREE: Final = 3.0


def write(report: FullReport, folder: Path) -> None:
    """Write the page into `folder`, which is made. Raises errors.DiskFull, errors.WriteFailed."""
    with errors.writing(folder):
        gallery.write(folder, report.misses, report.alarms)
    markup.write(page(report), folder)


def page(report: FullReport) -> str:
    """The whole of index.html."""
    sections = (
        _heading(report),
        markup.section("Systems", _systems(report)),
        markup.section("By strength", _levels(report)),
        markup.section("Where copies lie", _located(report)),
        markup.section("Curves", _curves(report)),
        markup.section("Every edit", _edits(report)),
        markup.section("What is not known", _unrelated(report)),
        markup.section("What a check costs", _cost(report)),
        markup.section("What an hour in the bank takes", _weight(report)),
        *gallery.sections(report.misses, report.alarms),
        markup.section("Notes", _notes(report)),
    )
    return markup.document("Seawall benchmark", sections)


def _heading(report: FullReport) -> str:
    corpus, settings = report.corpus, report.settings
    hours = report.systems[0].false.hours
    return (
        "<h1>Seawall benchmark</h1>"
        f'<p class="soft">Suite full, half “{markup.text(settings["half"])}”, '
        f"seed {markup.text(settings['seed'])}. "
        f"{corpus.clips} clips, {corpus.duration_s / 60:.1f} min; {markup.text(settings['banked'])} banked; "
        f"{len(report.asked)} queries of {hours:.2f} h; {report.unrelated_pairs} unrelated pairs.</p>"
        "<p>Intervals in brackets hold 95 of 100 draws of the source clips. The clips are few: figures of "
        "two systems whose intervals overlap widely may well be the same. They cannot be compared with "
        "figures from other clips.</p>"
    )


def _systems(report: FullReport) -> str:
    heads = (
        "system",
        "found",
        "strong",
        "above false",
        "above every false",
        "pair µAP",
        "at 99.9 %",
        "at 99.99 %",
        "false",
        "false an hour",
        "not read",
    )
    rows = [
        [
            f"{markup.text(one.name)}<br><small>{markup.text(one.what)}</small>",
            markup.share(one.recall.found),
            markup.share(one.recall.strong),
            markup.share(one.recall.above_false),
            markup.share(one.recall.above_every_false),
            markup.share(one.ranked.pair_ap),
            markup.share(one.ranked.recall_at_999),
            markup.share(one.ranked.recall_at_9999),
            str(one.false.matches),
            _rate(one.false),
            str(one.errors),
        ]
        for one in report.systems
    ]
    return (
        markup.table(heads, rows)
        + "<p class=soft>Found: as each system itself decides. Above false: with a score higher than any "
        "false match of the run, lookalikes aside; above every false: lookalikes too. A peer is shown there "
        "at the limit that suits it best. At 99.9 %: the most that a limit on the score finds with that "
        "precision. All but above every false is without lookalikes.</p>"
    )


def _levels(report: FullReport) -> str:
    names = [one.name for one in report.systems]
    heads = ["strength", "copies", *names]
    rows = []
    for row in report.levels:
        copies = max((recall.queries for recall in row.recall.values()), default=0)
        rows.append([markup.text(row.level), str(copies), *(_both(row.recall[name]) for name in names)])
    return (
        markup.table(heads, rows) + "<p class=soft>Found, and below it above false and above every false.</p>"
    )


def _located(report: FullReport) -> str:
    over = (
        ("all queries", report.systems[0].located),
        ("spliced", report.spliced),
        ("compilations", report.compilations),
    )
    heads = ("Seawall", "segment µAP", "precision", "recall", "F1", "query, s", "reference, s")
    rows = []
    for name, one in over:
        if one is not None:
            rows.append(
                [
                    name,
                    *(markup.share(part) for part in (one.segment_ap, one.precision, one.recall, one.f1)),
                    "<br>".join(markup.text(part.plain()) for part in one.query_off_s),
                    "<br>".join(markup.text(part.plain()) for part in one.reference_off_s),
                ]
            )
    return (
        markup.table(heads, rows)
        + "<p class=soft>Seconds: how far starts and ends are off, median and 95th percentile, of copies "
        "that lie in one piece. Spliced: a part of a reference within other footage. Compilations: one "
        "to three parts of references spliced into other footage with an edit or two over the whole, "
        "with all unrelated queries.</p>"
    )


def _curves(report: FullReport) -> str:
    names = [one.name for one in report.systems]
    families: dict[str, dict[str | None, EditRow]] = {}
    for row in report.edits:
        families.setdefault(row.family, {})[row.level] = row
    found = []
    for family, rows in families.items():
        steps = [
            (level, [rows[level].recall[name].found for name in names]) for level in LEVELS if level in rows
        ]
        found.append(curves.Curve(family, next(iter(rows.values())).what, steps))
    return curves.drawn("Per cent found, as each system decides.", names, found)


def _edits(report: FullReport) -> str:
    names = [one.name for one in report.systems]
    rows = []
    for row in report.edits:
        own = row.seawall
        off = own.boundary_query_s
        rows.append(
            [
                f"{markup.text(row.edit)}{' *' if row.promised else ''}",
                markup.words(row.what),
                str(own.queries - own.left_out),
                *(_both(row.recall[name]) for name in names),
                str(own.false_matches),
                "-" if off.median is None else f"{off.median:.2f}<br><small>{off.p95:.2f}</small>",
            ]
        )
    heads = ["edit", "what", "copies", *names, "false", "off, s"]
    return (
        markup.table(heads, rows)
        + "<p class=soft>Found, and below it above false and above every false. False: of Seawall. Off: its "
        "starts and ends in the query, median and 95th percentile. * promised in the documentation.</p>"
    )


def _unrelated(report: FullReport) -> str:
    names = [one.name for one in report.systems]
    rows = [
        [
            markup.text(row.kind),
            str(row.queries),
            f"{row.hours:.2f}",
            *(str(row.false_matches[n]) for n in names),
        ]
        for row in report.unrelated
    ]
    return (
        "<p>Queries that show nothing of the bank, and the false matches of each system.</p>"
        + markup.table(("kind", "queries", "hours", *names), rows)
        + "<p>False matches by name, of copies too.</p>"
        + mistakes.by_system(report.false_matches)
    )


def _cost(report: FullReport) -> str:
    cost = report.cost
    rows = [
        [markup.text(stage), *(f"{part[stage]:.1f}" for part in (cost.copies, cost.unrelated, cost.mix))]
        for stage in cost.mix
    ]
    times = "-" if not cost.mix_of_realtime else f"{1 / cost.mix_of_realtime:.0f}"
    return (
        f"<p>One check where 1 of 100 files is a copy: {markup.text(cost.mix_total_ms.plain())} ms, {times} "
        "times as fast as it plays. What parts, turned views, keypoints and sound add is "
        f"{percent(cost.added_share)} of all the rest, placing pictures on each other "
        f"{percent(cost.geometry_share)}.</p>"
        + markup.table(("stage, ms", "copies", "unrelated", "mix"), rows)
        + "<p class=soft>Means of what Seawall says of itself; stages may run side by side. Stages of "
        "parts, views, keypoints and sound are within signals and search.</p>"
    )


def _weight(report: FullReport) -> str:
    weight = report.weight
    rows = [
        [markup.text(name), f"{part.codes:,.0f}", f"{part.index_bytes / 1e6:.1f}"]
        for name, part in weight.an_hour.items()
    ]
    return (
        markup.table(("index", "codes", "MB"), rows)
        + f"<p>The database takes {weight.stored_bytes_an_hour / 1e6:.1f} "
        f"MB an hour besides. {weight.hours:.2f} h were banked.</p>"
    )


def _notes(report: FullReport) -> str:
    notes = [
        *(f"Peer left out: {one.name}: {one.reason}" for one in report.peers_left_out),
        *(f"Clip left out: {one.name}: {one.reason}" for one in report.corpus.dropped),
        *(f"Show the same: {one.a} and {one.b}" for one in report.corpus.related),
        *(f"Not checked: {one.query}: {one.error}" for one in report.asked if one.error),
        markup.seconds(report.timings_s),
    ]
    return markup.bullets(notes)


def _both(recall: figures.Recall) -> str:
    """A whole cell: what was found, below it what was found above the highest false score, of both kinds."""
    found = recall.found.value
    if found is None:
        return "<td>-</td>"
    limits = [one.value for one in (recall.above_false, recall.above_every_false) if one.value is not None]
    below = " · ".join(f"{100 * one:.1f}" for one in limits)
    return f'<td class="share" style="--share:{found:.3f}">{100 * found:.1f} %<br><small>{below}</small></td>'


def _rate(false: figures.FalseMatches) -> str:
    if not false.matches and false.hours:
        return f"0<br><small>under {_RULE_OF_THREE / false.hours:.1f}</small>"
    rate, _, interval = false.per_hour.plain().partition(" ")
    return f"{markup.text(rate)}<br><small>{markup.text(interval)}</small>"
