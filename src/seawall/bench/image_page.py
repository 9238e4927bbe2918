"""The image suite's report as a page: index.html and its pictures; no scripts, nothing from the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from seawall import errors
from seawall.bench import gallery, markup, mistakes
from seawall.bench.image_judged import PDQ, SEAWALL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from seawall.bench.image_metrics import AtThreshold
    from seawall.bench.image_report import EditRow, ImageReport


def write(report: ImageReport, folder: Path) -> None:
    """Write the page into `folder`, which is made. Raises errors.DiskFull, errors.WriteFailed."""
    with errors.writing(folder):
        gallery.write(folder, report.misses, report.alarms)
        (folder / "index.html").write_text(page(report), encoding="utf-8")


def page(report: ImageReport) -> str:
    """The whole of index.html."""
    return markup.document(
        "Seawall benchmark: image",
        (
            _heading(report),
            markup.section("Every edit", _edits(report)),
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
        *("edit", "what", "copies", "others"),
        *("Seawall at 99.99 %", "suggest", "false", "strong", "false"),
        *("PDQ at 99.99 %", "bits", f"PDQ at {report.settings['pdq_bits']} bits", "false"),
    )
    rows = [_row(one) for one in (*report.edits, report.together)]
    return markup.table(heads, rows) + (
        "<p class=soft>At 99.99 %: the limit is chosen for each row, as loose as that precision allows; for "
        "PDQ its bits are named. Suggest and strong: as Seawall ships. False: matches of copies and of "
        "others with a banked picture that does not show in them. Others: edited pictures that are not "
        "banked. * beyond what the usual table of hashes has.</p>"
    )


def _row(one: EditRow) -> list[str]:
    ours, peer = one.systems[SEAWALL], one.systems[PDQ]
    bits = peer.at_precision.threshold
    return [
        f"{markup.text(one.edit)}{' *' if one.hard else ''}",
        f'<td class="words">{markup.text(one.what)}</td>',
        str(one.queries),
        str(one.distractors),
        markup.share(ours.at_precision.recall),
        *_shipped(ours.shipped),
        markup.share(peer.at_precision.recall),
        "-" if bits is None else f"{-bits:.0f}",
        *_shipped(peer.shipped),
    ]


def _shipped(limits: Sequence[AtThreshold]) -> list[str]:
    return [cell for one in limits for cell in (markup.share(one.recall), str(one.false_matches))]


def _missed(report: ImageReport) -> str:
    return mistakes.missed((one.edit, one.queries, one.systems[SEAWALL].missed) for one in report.edits)


def _left_out(report: ImageReport) -> str:
    left_out = cast("Sequence[Mapping[str, str]]", report.pictures["left_out"])
    if not left_out:
        return "<p>None.</p>"
    rows = [
        [markup.text(one["name"]), f'<td class="words">{markup.text(one["reason"])}</td>'] for one in left_out
    ]
    return markup.folded(f"Files and frames ({len(rows)})", markup.table(("which", "why"), rows))


def _notes(report: ImageReport) -> str:
    return markup.bullets((markup.settings(report.settings), markup.seconds(report.timings_s)))
