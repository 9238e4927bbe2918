"""The demo from nothing to a page: make clips and edits of them, bank, check, show."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import seawall
from seawall import errors, media
from seawall.demo import folder, frames, judge, material, page, words
from seawall.model.match import Segment
from seawall.workflows import opening

SCHEMA: Final = "seawall.demo/1"
KNOWN: Final = "DEMO-KNOWN"
HARMLESS: Final = "DEMO-HARMLESS"

_MOMENTS: Final = 4  #: frames shown of a match
_MILLISECONDS: Final = 3

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demo made and what it found."""

    out: Path
    page: Path
    took_s: float
    checked: tuple[judge.Checked, ...]

    def as_record(self) -> dict[str, object]:
        """As `demo --json` prints it."""
        return {
            "schema": SCHEMA,
            "page": os.fspath(self.page),
            "data": os.fspath(self.out / "data"),
            "took_s": round(self.took_s, 1),
            "right": sum(one.right() for one in self.checked),
            "uploads": [one.as_record() for one in self.checked],
        }


def run(out: Path, say: Say) -> DemoReport:
    """Make everything in `out`, telling each step and finding in a line; an earlier demo there is replaced.

    Raises errors.UsageError where `out` holds other things, and the errors of making, banking and decoding.
    """
    started_s = time.perf_counter()
    folder.fresh(out)
    with seawall.open(out / "data") as opened:
        say("Making harmless clips, and uploads from them ...")
        made = _material(out, opened.settings.workers)
        say(f"Banking {words.listed([path.name for path in (*made.known, *made.harmless)])} ...")
        _bank(opened, KNOWN, made.known, negative=False)
        _bank(opened, HARMLESS, made.harmless, negative=True)
        say(f"Checking {len(made.uploads)} uploads ...")
        checked = _check(opened, made.uploads, say)
        findings = _findings(checked, {path.name: path for path in made.known}, opened)
    took_s = time.perf_counter() - started_s
    banks = {KNOWN: [path.name for path in made.known], HARMLESS: [path.name for path in made.harmless]}
    written = out / folder.PAGE
    with errors.writing(written):
        written.write_text(page.render(findings, banks, out, took_s), encoding="utf-8")
    report = DemoReport(out, written, took_s, checked)
    _close(report, say)
    return report


def _material(out: Path, workers: int) -> material.Material:
    folders = material.Folders.under(out)
    made = material.produce(folders, workers)
    with errors.writing(folders.work):
        shutil.rmtree(folders.work)
    return made


def _bank(opened: seawall.Seawall, name: str, paths: Sequence[Path], *, negative: bool) -> None:
    opened.bank_create(name, negative=negative, labels=["demo"])
    for added in opened.bank_add(name, paths):
        if added.error is not None:
            raise added.error


def _check(
    opened: seawall.Seawall, uploads: Sequence[material.Upload], say: Say
) -> tuple[judge.Checked, ...]:
    checked = []
    for upload, result in zip(uploads, opened.check([upload.path for upload in uploads]), strict=True):
        one = judge.Checked(upload, result)
        for line in _lines(one):
            say(line)
        checked.append(one)
    return tuple(checked)


def _lines(checked: judge.Checked) -> Iterator[str]:
    """The answer and the truth."""
    result, upload = checked.result, checked.upload
    yield ""
    yield f"{upload.path.name}: {upload.story}"
    if result.error is not None:
        yield f"  found  failed: {result.error.message}"
    elif not checked.shown():
        yield "  found  no match"
    for one in checked.shown():
        verdict = f"{one.match.recommendation} {one.match.score:.2f}"
        if one.suppressed_by is not None:
            verdict = f"suppressed: {one.suppressed_by.name} of {one.suppressed_by.bank} explains it"
        for segment in one.match.segments:
            yield f"  found  {words.place(segment, one.reference.name)}, {verdict}"
    off_s = checked.off_s()
    ending = "" if off_s is None else f", {words.off(off_s)}"
    yield f"  truth  {_truth(upload)}; {'right' if checked.right() else 'WRONG'}{ending}"


def _truth(upload: material.Upload) -> str:
    truth = upload.stretch
    if truth is None or upload.reference is None:
        return "nothing known is in it"
    return words.place(truth, upload.reference) + (", known-good" if upload.harmless else "")


def _findings(
    checked: Sequence[judge.Checked], known: dict[str, Path], opened: seawall.Seawall
) -> list[page.Finding]:
    """Each answer with frames of both sides, every file decoded once."""
    wanted: dict[Path, set[float]] = {}
    for each in checked:
        for one in each.shown():
            for ours_s, theirs_s in _moments(one.match.segments):
                wanted.setdefault(each.upload.path, set()).add(ours_s)
                wanted.setdefault(known[one.reference.name], set()).add(theirs_s)
    with media.Sandbox(1, opening.limits(opened.settings)) as sandbox:
        taken = {path: frames.take(sandbox, path, sorted(times_s)) for path, times_s in wanted.items()}
    return [
        page.Finding(
            each,
            {
                one.match.reference: [
                    page.Pair(ours_s, theirs_s, ours[ours_s], theirs[theirs_s])
                    for ours, theirs in [(taken[each.upload.path], taken[known[one.reference.name]])]
                    for ours_s, theirs_s in _moments(one.match.segments)
                ]
                for one in each.shown()
            },
        )
        for each in checked
    ]


def _moments(segments: Sequence[Segment]) -> list[tuple[float, float]]:
    """Times on both sides, evenly over all that matched."""
    first = segments[0]
    total_s = sum(one.query_end_s - one.query_start_s for one in segments)
    if total_s == 0 or first.reference_start_s == first.reference_end_s:
        return [(first.query_start_s, first.reference_start_s)]
    moments = []
    for number in range(_MOMENTS):
        into_s = total_s * (number + 0.5) / _MOMENTS
        for one in segments:
            length_s = one.query_end_s - one.query_start_s
            if into_s < length_s:
                ours, theirs = one.query_start_s + into_s, one.reference_start_s + into_s * one.speed
                moments.append((round(ours, _MILLISECONDS), round(theirs, _MILLISECONDS)))
                break
            into_s -= length_s
    return moments


def _close(report: DemoReport, say: Say) -> None:
    right = sum(one.right() for one in report.checked)
    say("")
    say(f"{right} of {len(report.checked)} answers are right. It took {report.took_s:.0f} s.")
    say(f"See it with the pictures: {report.page.resolve().as_uri()}")
    say("")
    say("On your own files:")
    for command in ("bank create KNOWN", "bank add KNOWN known/", "check uploads/"):
        say(f"  seawall {command}")
