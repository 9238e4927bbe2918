"""The claims suite's report as a page: one index.html; no scripts, nothing from the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.bench import claims_metrics, claims_report, markup

if TYPE_CHECKING:
    from pathlib import Path

    from seawall.bench.claims_report import ClaimsReport, Miss


def write(report: ClaimsReport, folder: Path) -> None:
    """Write the page into `folder`, which is made. Raises errors.DiskFull, errors.WriteFailed."""
    markup.write(page(report), folder)


def page(report: ClaimsReport) -> str:
    """The whole of index.html."""
    return markup.document(
        "Seawall benchmark: claims",
        (
            _heading(report),
            markup.section("Together", _together(report)),
            markup.section("By text", _texts(report)),
            markup.section("What is wrong", _failings(report)),
            markup.section("Worst misses", _misses(report)),
            markup.section("Notes", _notes(report)),
        ),
    )


def _heading(report: ClaimsReport) -> str:
    whole, speed = report.together, report.speed
    words = "" if speed.words_per_s is None else f" {speed.words_per_s:.0f} words a second;"
    return (
        "<h1>Seawall benchmark: claims</h1>"
        f'<p class="soft">{whole.texts} texts, {whole.claims} gold claims, {whole.proposals} proposals;'
        f"{words} model loaded in {speed.load_s:.1f} s.</p>"
        "<p>Intervals hold 95 of 100 draws of the texts. The texts are few, and one person's reading of them "
        "is not the only one.</p>"
    )


def _together(report: ClaimsReport) -> str:
    rows = (*report.folders, report.together)
    cells = [
        [
            name,
            *(markup.share(row.figures[name]) for row in rows),
            markup.words(meaning),
        ]
        for name, meaning in claims_metrics.FIGURES.items()
    ]
    heads = ("figure", *(f"{row.name} ({row.texts})" for row in rows), "share of")
    return markup.table(heads, cells) + (
        "<p class=soft>Baseline: always the outlet's own voice, never hedged. Of wrong_attribution less is "
        f"better; {report.together.unmatched_named} more proposals name a source, overlap no gold claim "
        "and are not judged.</p>"
    )


def _texts(report: ClaimsReport) -> str:
    rows = [
        [
            markup.text(one.name),
            str(one.words),
            str(one.claims),
            "-" if one.proposals is None else str(one.proposals),
            *(
                "-" if one.shares is None else claims_report.cell(one.shares, names)
                for names in claims_report.COLUMNS.values()
            ),
            f"{one.seconds:.2f}",
        ]
        for one in report.texts
    ]
    heads = ("text", "words", "claims", "proposals", *claims_report.COLUMNS, "seconds")
    return markup.table(heads, rows) + (
        "<p class=soft>Per cent, recall / precision; speech: found / the right one. Texts that are held "
        "count above and show nothing here.</p>"
    )


def _failings(report: ClaimsReport) -> str:
    rows = (*report.folders, report.together)
    cells = [[what, *(str(row.failings.get(what, 0)) for row in rows)] for what in claims_metrics.FAILINGS]
    return markup.table(("gold claims", *(row.name for row in rows)), cells) + (
        "<p class=soft>Each counts once, by the worst that is wrong with it.</p>"
    )


def _misses(report: ClaimsReport) -> str:
    if not report.misses:
        return "<p>None.</p>"
    rows = [
        [
            f"{markup.text(one.failing)}<br><small>{markup.text(one.text)} {markup.text(one.claim)}</small>",
            f'<td class="words">{_snippet(one)}</td>',
            markup.text(one.holder or one.attribution)
            + (f"<br><small>{markup.text(one.cue)}</small>" if one.cue else ""),
            markup.words(one.proposed or "-"),
            _proposed(one),
        ]
        for one in report.misses
    ]
    return markup.table(("what", "gold", "who, hedge", "proposed", "who, hedge"), rows)


def _snippet(one: Miss) -> str:
    before, after = (markup.text(part) for part in (one.before, one.after))
    span = f"<strong>{markup.text(one.span)}</strong>"
    return f'<span class="soft">…{before}</span>{span}<span class="soft">{after}…</span>'


def _proposed(one: Miss) -> str:
    if one.proposed_kind is None:
        return "-"
    who = markup.text(one.proposed_source or one.proposed_kind)
    return f"{who}<br><small>{markup.text(one.proposed_hedge)}; {markup.text(one.rule)}</small>"


def _notes(report: ClaimsReport) -> str:
    notes = [
        *(f"Not read: {name}: {error}" for name, error in report.errors),
        markup.settings(report.settings),
        f"Seconds: loading {report.speed.load_s:.2f}, reading {report.speed.read_s:.2f}",
    ]
    return markup.bullets(notes)
