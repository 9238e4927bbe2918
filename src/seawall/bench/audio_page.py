"""The sound suite's report as a page: one index.html; no scripts, nothing from the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from seawall.bench import curves, markup, mistakes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seawall.bench import bootstrap
    from seawall.bench.audio_report import AudioReport, Row

SYSTEMS: Final = ("Seawall", "Chromaprint")
#: Edits that are one at several strengths: what it is, and for each strength its name and the edit's.
LADDERS: Final[Mapping[str, curves.Ladder]] = {
    "a voice over it": (("none", "as-is"), ("10 dB softer", "voice-10db"), ("as loud", "voice-0db")),
    "pitch, in semitones": (("-1", "pitch-down"), ("0", "as-is"), ("+1", "pitch-up")),
    "tempo, the pitch kept": (("0.95", "tempo-0.95"), ("1", "as-is"), ("1.05", "tempo-1.05")),
    "speed, the pitch with it": (
        *(("0.8", "speed-0.8"), ("0.95", "speed-0.95"), ("1", "as-is")),
        *(("1.05", "speed-1.05"), ("1.25", "speed-1.25"), ("2", "speed-2")),
    ),
}


def write(report: AudioReport, folder: Path) -> None:
    """Write the page into `folder`, which is made. Raises errors.DiskFull, errors.WriteFailed."""
    markup.write(page(report), folder)


def page(report: AudioReport) -> str:
    """The whole of index.html."""
    return markup.document(
        "Seawall benchmark: audio",
        (
            _heading(report),
            markup.section("Every edit", _edits(report)),
            markup.section("Curves", _curves(report)),
            markup.section("Missed, by name", _missed(report)),
            markup.section("False matches, by name", mistakes.by_edit(report.false_matches)),
            markup.section("Not checked", mistakes.unchecked(report.errors)),
            markup.section("Notes", _notes(report)),
        ),
    )


def _heading(report: AudioReport) -> str:
    return (
        "<h1>Seawall benchmark: audio</h1>"
        f'<p class="soft">Suite audio, {markup.text(" and ".join(report.halves))} half, seed '
        f"{markup.text(report.settings['seed'])}. {report.sounds} sounds, {report.measured} of them banked, "
        f"{report.measured_s / 60:.1f} min; {report.unrelated_pairs} unrelated pairs; {report.silent} "
        "excerpts left out, as they are mostly silent.</p>"
        "<p>Intervals below a share hold 95 of 100 draws of the recordings. The recordings are few: figures "
        "of two systems whose intervals overlap widely may well be the same. They cannot be compared with "
        "figures from other recordings.</p>"
    )


def _edits(report: AudioReport) -> str:
    heads = (
        *("edit", "excerpt", "copies", "others"),
        *("Seawall", "false", "strong", "false", "placed", "off, s"),
        *("Chromaprint", "false"),
    )
    near_s = markup.text(report.settings["near_s"])
    return markup.table(heads, [_row(one) for one in report.rows]) + (
        "<p class=soft>Found and false as each decides; of Seawall, suggested at least, and strong alone. "
        f"Placed: found within {near_s} s of where it is. Off: how far from there, median and 95th "
        "percentile. Others: excerpts of what is not banked. * beyond what the fingerprint is made for.</p>"
    )


def _row(one: Row) -> list[str]:
    off = one.offset_s
    return [
        f"{markup.text(one.edit)}{' *' if one.hard else ''}<br><small>{markup.text(one.what)}</small>",
        f"{one.excerpt_s:g} s",
        str(one.queries),
        str(one.distractors),
        markup.share(one.recall),
        str(one.false_matches),
        markup.share(one.recall_strong),
        str(one.false_strong),
        markup.share(one.placed),
        "-" if off.median is None else f"{off.median:.3f}<br><small>{off.p95:.3f}</small>",
        markup.share(one.chromaprint),
        str(one.chromaprint_false),
    ]


def _curves(report: AudioReport) -> str:
    """Of edits at several strengths, then of excerpts at several lengths."""
    longest_s = max((one.excerpt_s for one in report.rows), default=0.0)
    whole = {one.edit: one for one in report.rows if one.excerpt_s == longest_s}
    found = [
        curves.Curve(title, f"excerpts of {longest_s:g} s", curves.steps(ladder, whole, _shares))
        for title, ladder in LADDERS.items()
    ]
    for edit, row in whole.items():
        lengths = sorted((one for one in report.rows if one.edit == edit), key=lambda one: one.excerpt_s)
        steps = [(f"{one.excerpt_s:g} s", _shares(one)) for one in lengths]
        found.append(curves.Curve(f"{edit}, by length", row.what, steps))
    return curves.drawn("Per cent found, as each system decides.", SYSTEMS, found)


def _shares(one: Row) -> tuple[bootstrap.Estimate, ...]:
    """In the order of `SYSTEMS`."""
    return one.recall, one.chromaprint


def _missed(report: AudioReport) -> str:
    return mistakes.missed(
        (f"{one.edit}, {one.excerpt_s:g} s", one.queries, one.missed) for one in report.rows
    )


def _notes(report: AudioReport) -> str:
    stages = ", ".join(f"{stage} {spent_ms:.1f}" for stage, spent_ms in report.check_ms_per_s.items())
    return markup.bullets(
        (
            *(f"Left out: {name}: {reason}" for name, reason in report.dropped),
            f"Milliseconds of a check for a second of sound: {stages}",
            markup.settings(report.settings),
            markup.seconds(report.timings_s),
        )
    )
