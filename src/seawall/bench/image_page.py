"""The image suite's report as a page: index.html and its pictures; no scripts, nothing from the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from seawall import errors
from seawall.bench import curves, gallery, markup, mistakes
from seawall.bench.image_judged import PDQ, SEAWALL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from seawall.bench import bootstrap
    from seawall.bench.image_metrics import AtThreshold
    from seawall.bench.image_report import EditRow, ImageReport

SYSTEMS: Final = ("Seawall, suggest", "PDQ at 99.99 %", "PDQ at its own limit")
#: Edits that are one at several strengths: a title and what it is, for each strength its name and the edit's.
LADDERS: Final[Mapping[tuple[str, str], curves.Ladder]] = {
    ("crop", "so much off each side"): (("nothing", "unedited"), ("5 %", "crop 5 %"), ("25 %", "crop 25 %")),
    ("rotate", "same canvas, black corners"): (
        ("not", "unedited"),
        ("4°", "rotate 4°"),
        ("10°", "rotate 10°"),
    ),
    ("JPEG", "at that quality"): (("90", "unedited"), ("30", "JPEG 30")),
}


def write(report: ImageReport, folder: Path) -> None:
    """Write the page into `folder`, which is made. Raises errors.DiskFull, errors.WriteFailed."""
    with errors.writing(folder):
        gallery.write(folder, report.misses, report.alarms)
    markup.write(page(report), folder)


def page(report: ImageReport) -> str:
    """The whole of index.html."""
    return markup.document(
        "Seawall benchmark: image",
        (
            _heading(report),
            markup.section("Every edit", _edits(report)),
            markup.section("Curves", _curves(report)),
            *gallery.sections(report.misses, report.alarms),
            markup.section("Missed, by name", _missed(report)),
            markup.section("False matches, by name", mistakes.by_edit(report.false_matches)),
            markup.section("Not checked", mistakes.unchecked(report.errors)),
            markup.section("Left out", _left_out(report)),
            markup.section("Notes", _notes(report)),
        ),
    )


def _heading(report: ImageReport) -> str:
    counts = report.pictures
    return (
        "<h1>Seawall benchmark: image</h1>"
        f'<p class="soft">Suite image, {markup.text(" and ".join(report.halves))} half, seed '
        f"{markup.text(report.settings['seed'])}. {markup.text(counts['pictures'])} distinct pictures, "
        f"{markup.text(counts['frames'])} of them frames of clips; {report.measured} measured, each once "
        f"banked and once not, beside half of its half; {report.unrelated_pairs} unrelated pairs.</p>"
        "<p>Intervals below a share hold 95 of 100 draws of the files that the pictures come from. Figures "
        "of two systems whose intervals overlap widely may well be the same. They cannot be compared with "
        "figures from other pictures.</p>"
    )


def _edits(report: ImageReport) -> str:
    heads = (
        *("edit", "copies"),
        *("Seawall at 99.99 %", "suggest", "false", "strong", "false"),
        *("PDQ at 99.99 %", "bits", f"PDQ at {report.settings['pdq_bits']} bits", "false"),
    )
    rows = [_row(one) for one in (*report.edits, report.together)]
    return markup.table(heads, rows) + (
        "<p class=soft>At 99.99 %: the limit is chosen for each row, as loose as that precision allows; for "
        "PDQ its bits are named. Suggest and strong: as Seawall ships. False: matches of copies, and of "
        "as many edited pictures that are not banked, with what does not show in them. * beyond what the "
        "usual table of hashes has.</p>"
    )


def _row(one: EditRow) -> list[str]:
    ours, peer = one.systems[SEAWALL], one.systems[PDQ]
    bits = peer.at_precision.threshold
    return [
        f"{markup.text(one.edit)}{' *' if one.hard else ''}<br><small>{markup.text(one.what)}</small>",
        str(one.queries),
        markup.share(ours.at_precision.recall),
        *_shipped(ours.shipped),
        markup.share(peer.at_precision.recall),
        "-" if bits is None else f"{-bits:.0f}",
        *_shipped(peer.shipped),
    ]


def _shipped(limits: Sequence[AtThreshold]) -> list[str]:
    return [cell for one in limits for cell in (markup.share(one.recall), str(one.false_matches))]


def _curves(report: ImageReport) -> str:
    rows = {one.edit: one for one in report.edits}
    found = [
        curves.Curve(title, what, curves.steps(ladder, rows, _shares))
        for (title, what), ladder in LADDERS.items()
    ]
    return curves.drawn("Per cent found.", SYSTEMS, found)


def _shares(one: EditRow) -> tuple[bootstrap.Estimate, ...]:
    """In the order of `SYSTEMS`."""
    ours, peer = one.systems[SEAWALL], one.systems[PDQ]
    return ours.shipped[0].recall, peer.at_precision.recall, peer.shipped[0].recall


def _missed(report: ImageReport) -> str:
    return mistakes.missed((one.edit, one.queries, one.systems[SEAWALL].missed) for one in report.edits)


def _left_out(report: ImageReport) -> str:
    left_out = cast("Sequence[Mapping[str, str]]", report.pictures["left_out"])
    if not left_out:
        return "<p>None.</p>"
    rows = [[markup.text(one["name"]), markup.words(one["reason"])] for one in left_out]
    return markup.folded(f"Files and frames ({len(rows)})", markup.table(("which", "why"), rows))


def _notes(report: ImageReport) -> str:
    return markup.bullets((markup.settings(report.settings), markup.seconds(report.timings_s)))
