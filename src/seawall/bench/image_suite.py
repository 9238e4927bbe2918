"""The image suite: pictures that were edited, looked for among pictures that they were made from.

The pictures are divided by the seed: one half to fit thresholds on, the other to report. Within a
half, one quarter of all pictures is banked and the edited files of the whole half are asked; then
the other quarter is. So each picture is once a reference and once a distractor, and no figure of
one half depends on a picture of the other. PDQ alone is judged on the very same files, its distance
to every banked picture taken by brute force.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import numpy as np

from seawall.bench import (
    bootstrap,
    brute,
    choosing,
    image_edits,
    image_judged,
    image_metrics,
    image_pairs,
    image_queries,
    image_report,
    image_sources,
    keeping,
    library,
    records,
    workshop,
)
from seawall.bench.choosing import REPORT, TUNE
from seawall.bench.image_judged import PDQ, SEAWALL, Asked
from seawall.matching import options
from seawall.signals import pdq

Progress = Callable[[str, int, int], None]

_PROCESSES: Final = 2


def run(
    corpus_dir: Path,
    seed: int,
    work: Path | None,
    progress: Progress,
    pictures: Sequence[Path] = (),
    *,
    halves: Sequence[str] = (REPORT,),
    edits: Sequence[str] = (),
    pairs: bool = False,
) -> image_report.ImageReport:
    """Run the image suite.

    pictures: folders whose pictures take part beside frames of the clips under `corpus_dir`.
    work: where pictures and queries are kept and found again by a later run; None makes and removes
        a folder.
    halves: "tune", "report" or both; fit on the one, report the other.
    edits: names of rows to run; none runs all.
    pairs: copy the pictures of the worst misses and false matches into the report.

    Raises errors.PathNotFound, errors.BadCorpus for too few pictures, errors.UsageError for an
    edit or half that is none.
    """
    wanted, halves = choosing.edits(image_edits.EDITS, edits), choosing.halves(halves)
    with ExitStack() as stack:
        home = work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seawall-bench-")))
        home.mkdir(parents=True, exist_ok=True)
        context = multiprocessing.get_context("spawn")
        pool = stack.enter_context(ProcessPoolExecutor(_PROCESSES, mp_context=context))
        try:
            one = _Run(wanted, seed, home.resolve(), pool, progress)
            return one.outcome(corpus_dir, pictures, halves, pairs=pairs)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Run:
    def __init__(
        self,
        edits: tuple[image_edits.Edit, ...],
        seed: int,
        work: Path,
        pool: ProcessPoolExecutor,
        progress: Progress,
    ) -> None:
        self._edits, self._seed, self._work = edits, seed, work
        self._pool, self._progress = pool, progress
        self._phases = workshop.Phases()

    def outcome(
        self, corpus_dir: Path, folders: Sequence[Path], halves: Sequence[str], *, pairs: bool
    ) -> image_report.ImageReport:
        with self._phases.timed("pictures"):
            read = image_sources.read(
                corpus_dir.resolve(),
                [folder.resolve() for folder in folders],
                self._work,
                pool=self._pool,
                progress=lambda done, of: self._progress("pictures", done, of),
            )
        divided = divide(read.pictures, self._seed)
        asked: list[Asked] = []
        for half in halves:
            quarters = divided[half]
            with self._phases.timed("edits"):
                queries = self._make([*quarters[0], *quarters[1]])
            for banked in quarters:
                asked += self._ask(banked, queries)
        measured = sum(len(quarter) for half in halves for quarter in divided[half])
        done = self._report(read, measured, tuple(halves), asked)
        if not pairs:
            return done
        with self._phases.timed("pairs"):
            sources = {picture.name: picture.path for picture in read.pictures}
            misses, alarms = image_pairs.taken(asked, sources, self._work)
        return replace(done, misses=misses, alarms=alarms, timings_s=dict(self._phases.timings_s))

    def _make(self, pictures: Sequence[image_sources.Picture]) -> list[image_queries.Query]:
        """Every picture's edited files; another picture of the half serves where an edit needs one."""
        names = tuple(edit.name for edit in self._edits)
        folder = self._work / "queries"
        jobs: list[Future[list[image_queries.Query]]] = [
            self._pool.submit(image_queries.made, picture, other, names, folder, self._seed)
            for picture, other in zip(pictures, [*pictures[1:], pictures[0]], strict=True)
        ]
        queries: list[image_queries.Query] = []
        for done, job in enumerate(jobs, 1):
            queries += job.result()
            self._progress("edits", done, len(jobs))
        return queries

    def _ask(
        self, banked: Sequence[image_sources.Picture], queries: Sequence[image_queries.Query]
    ) -> list[Asked]:
        names = {picture.path: picture.name for picture in banked}
        answers: dict[Path, records.Answer] = {}
        with (
            tempfile.TemporaryDirectory(prefix="library-", dir=self._work) as folder,
            library.opened(Path(folder)) as bank,
        ):
            with self._phases.timed("bank"):
                for done, _ in enumerate(bank.fill(names), 1):
                    self._progress("bank pictures", done, len(names))
            with self._phases.timed("check"):
                for done, (path, answer) in enumerate(bank.ask([query.path for query in queries]), 1):
                    answers[path] = answer
                    self._progress("check pictures", done, len(queries))
        with self._phases.timed("pdq"):
            codes = image_queries.codes([picture.path for picture in banked])
            distances = brute.distances(np.stack([query.code for query in queries]), codes)
        return [
            image_judged.judge(query, answers[query.path.resolve()], banked, row)
            for query, row in zip(queries, distances, strict=True)
        ]

    def _report(
        self,
        read: image_sources.Pictures,
        measured: int,
        halves: tuple[str, ...],
        asked: Sequence[Asked],
    ) -> image_report.ImageReport:
        self._sources = bootstrap.Sources([one.query.groups[0] for one in asked], self._seed)
        rows = [
            self._row(
                edit.name, edit.what, [one for one in asked if one.query.edit == edit.name], hard=edit.hard
            )
            for edit in self._edits
        ]
        usual = {edit.name for edit in self._edits if not edit.hard}
        return image_report.ImageReport(
            settings={
                "seed": self._seed,
                "frame_gap_s": image_sources.FRAME_GAP_S,
                "banked_longer_side_px": image_sources.LONGER_SIDE_PX,
                "query_longer_side_px": image_edits.SIDE_PX,
                "jpeg_quality": image_edits.JPEG_QUALITY,
                "precision": image_metrics.PRECISION,
                "options": asdict(options.SearchOptions()),
                "pdq_bits": pdq.MATCH_BITS,
            },
            pictures=image_sources.as_record(read),
            measured=measured,
            halves=halves,
            unrelated_pairs=sum(one.unrelated for one in asked),
            edits=tuple(rows),
            together=self._row(
                "all but *", "one threshold", [one for one in asked if one.query.edit in usual], hard=False
            ),
            false_matches=tuple(_false_matches(asked)),
            errors=tuple((one.query.name, one.error) for one in asked if one.error is not None),
            timings_s=self._phases.timings_s,
        )

    def _row(self, name: str, what: str, asked: Sequence[Asked], *, hard: bool) -> image_report.EditRow:
        shipped = options.SearchOptions()
        thresholds = {
            SEAWALL: (shipped.suggest_score, shipped.strong_score),
            PDQ: (float(-pdq.MATCH_BITS),),
        }
        banked = sum(one.judged[SEAWALL].banked for one in asked)
        return image_report.EditRow(
            edit=name,
            what=what,
            hard=hard,
            queries=banked,
            distractors=len(asked) - banked,
            systems={
                system: image_metrics.figures([one.judged[system] for one in asked], chosen, self._sources)
                for system, chosen in thresholds.items()
            },
        )


def divide(
    pictures: Sequence[image_sources.Picture], seed: int
) -> dict[str, tuple[list[image_sources.Picture], list[image_sources.Picture]]]:
    """Two halves, each of two quarters. Pictures of one file come into the same half.

    All are put in an order that the seed and their own names give, so that a few pictures more or
    less move few others from one half to the other.
    """

    def order(name: str) -> str:
        return keeping.digest([seed, name])

    halves: dict[str, list[image_sources.Picture]] = {TUNE: [], REPORT: []}
    groups: dict[str, list[image_sources.Picture]] = {}
    for picture in pictures:
        groups.setdefault(picture.group, []).append(picture)
    for name in sorted(groups, key=order):
        half = TUNE if 2 * len(halves[TUNE]) < len(pictures) else REPORT
        halves[half].extend(groups[name])
    divided = {}
    for name, half_pictures in halves.items():
        mixed = sorted(half_pictures, key=lambda picture: order(picture.name))
        divided[name] = (mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :])
    return divided


def _false_matches(asked: Iterable[Asked]) -> Iterator[image_report.FalseMatch]:
    for one in asked:
        for found in one.false:
            yield image_report.FalseMatch(
                one.query.source, one.query.edit, found.reference, found.recommendation, found.score
            )
