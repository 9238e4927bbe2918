"""The basic suite: two-fold over the clips of a folder, so that each is reference once and distractor once.

In each fold one half of the clips, real and synthetic, is banked; then the banked half's edited files
and the other half as it is are checked. Spliced videos get their hosts from the other half. The peer
hashes the very same files.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.bench import (
    corpus,
    edit,
    edits,
    library,
    make,
    metrics,
    records,
    report,
    splice,
    stills,
    workshop,
)
from seawall.bench.peers import vpdq

SEAWALL: Final = "seawall"


@dataclass(frozen=True, slots=True)
class Suite:
    """What a run does."""

    name: str
    edits: tuple[edit.Edit, ...]
    host_s: float = splice.HOST_S  #: how long the spliced videos are without what is spliced in
    synthetic: int = 12  #: clips made for the run, beside those of the folder
    synthetic_s: float = 10.0


BASIC: Final = Suite("basic", edits.BASIC)


def run(
    corpus_dir: Path, suite: Suite, seed: int, work: Path | None, progress: workshop.Progress
) -> report.BenchReport:
    """Run the suite over all videos under `corpus_dir`.

    work: where edited files are kept and found again by a later run; None makes and removes a folder.

    Raises errors.BadCorpus, errors.PathNotFound.
    """
    with workshop.opened(work, progress) as shop:
        return _Run(corpus_dir.resolve(), suite, seed, shop).outcome()


class _Run:
    def __init__(self, corpus_dir: Path, suite: Suite, seed: int, shop: workshop.Workshop) -> None:
        self._folder, self._suite, self._seed, self._work = corpus_dir, suite, seed, shop.folder
        self._shop, self._pool, self._progress = shop, shop.pool, shop.progress
        self._timed, self._collect = shop.timed, shop.collect

    def outcome(self) -> report.BenchReport:
        read = self._shop.read(self._folder)
        suite = self._suite
        self._corpus = read.joined_by(self._shop.synthesised(self._seed, suite.synthetic, suite.synthetic_s))
        self._relatives = self._corpus.relatives()
        self._folds = self._corpus.folds(np.random.default_rng(self._seed))
        with self._timed("edits"):
            made = self._make()
        with self._timed("stills"):
            taken = self._take()
        verdicts: list[metrics.Verdict] = []
        answers: dict[Path, records.Answer] = {}
        for number, banked in enumerate(self._folds):
            verdicts += self._ask(number, banked, made, taken, answers)
        with self._timed("vpdq"):
            peers = self._peers(made)
        return self._report(verdicts, peers, stills.row(taken, answers, self._relatives))

    def _real(self) -> list[tuple[corpus.Clip, tuple[corpus.Clip, ...]]]:
        """Every clip of the folder with its fold's distractors, the most work first."""
        pairs = []
        for number, banked in enumerate(self._folds):
            others = tuple(clip for clip in self._folds[1 - number] if not clip.synthetic)
            pairs += [(clip, others) for clip in banked if not clip.synthetic]
        return sorted(pairs, key=lambda pair: -len(pair[0].times_s) * pair[0].height_px)

    def _make(self) -> list[records.Query]:
        folder, seed = self._work / "edits", self._seed
        jobs: list[Future[list[records.Query]]] = []
        for clip, others in self._real():
            jobs.append(self._pool.submit(make.edited, clip, self._suite.edits, folder, seed))
            if others:
                jobs.append(self._pool.submit(_spliced, clip, others, folder, seed, self._suite.host_s))
        return [query for queries in self._collect("edits", jobs) for query in queries]

    def _take(self) -> list[stills.Still]:
        jobs = [
            self._pool.submit(stills.taken, clip, self._work / "stills", self._seed)
            for clip, _ in self._real()
        ]
        return [still for some in self._collect("stills", jobs) for still in some]

    def _queries(self, number: int, made: Sequence[records.Query]) -> list[records.Query]:
        """What is checked against a fold's bank: its own clips edited, and the other fold's as they are."""
        names = {clip.name for clip in self._folds[number]}
        return [
            *(query for query in made if query.source in names),
            *(clip.query() for clip in self._folds[1 - number]),
        ]

    def _ask(
        self,
        number: int,
        banked: Sequence[corpus.Clip],
        made: Sequence[records.Query],
        taken: Sequence[stills.Still],
        answers: dict[Path, records.Answer],
    ) -> list[metrics.Verdict]:
        names = {clip.name for clip in banked}
        queries = {query.path: query for query in self._queries(number, made)}
        pictures = [still.path for still in taken if still.clip in names]
        with (
            tempfile.TemporaryDirectory(dir=self._work, prefix="library-") as folder,
            library.opened(Path(folder)) as bank,
        ):
            with self._timed("bank"):
                for done, _ in enumerate(bank.fill({clip.path: clip.name for clip in banked}), 1):
                    self._progress("bank", done, len(banked))
            with self._timed("check"):
                verdicts = []
                for path, answer in bank.ask(list(queries)):
                    verdicts.append(metrics.judge(queries[path], answer, self._relatives))
                    self._progress("check", len(verdicts), len(queries))
            with self._timed("check stills"):
                for done, (path, answer) in enumerate(bank.ask(sorted({one.parent for one in pictures})), 1):
                    answers[path] = answer
                    self._progress("check stills", done, len(pictures))
        return verdicts

    def _peers(self, made: Sequence[records.Query]) -> dict[str, list[metrics.Verdict]]:
        """Each rule's verdicts on the same queries."""
        clips = {clip.name: clip.query() for clip in self._corpus.clips}
        every = [*made, *clips.values()]
        jobs = [self._pool.submit(vpdq.kept_hashes, q.path, q.rate_hz, self._kept_hashes(q)) for q in every]
        hashes = dict(zip((q.path for q in every), self._collect("vpdq", jobs), strict=True))
        verdicts: dict[str, list[metrics.Verdict]] = {rule.name: [] for rule in vpdq.RULES}
        for number, banked in enumerate(self._folds):
            references = {clip.name: hashes[clip.path] for clip in banked}
            for query in self._queries(number, made):
                for rule, answer in _peer_answers(hashes[query.path], references):
                    verdicts[rule].append(metrics.judge(query, answer, self._relatives))
        return verdicts

    def _kept_hashes(self, query: records.Query) -> Path:
        if query.edit:
            return query.path.with_suffix(".vpdq.npy")
        slug = next(clip.slug for clip in self._corpus.clips if clip.name == query.name)
        return self._work / "vpdq" / f"{slug}.npy"

    def _report(
        self, verdicts: Sequence[metrics.Verdict], peers: dict[str, list[metrics.Verdict]], row: stills.Row
    ) -> report.BenchReport:
        unedited = [verdict for verdict in verdicts if verdict.query.edit is None]
        return report.BenchReport(
            suite=self._suite.name,
            settings=self._settings(),
            corpus=self._summary(),
            edits=tuple(self._edit_rows(verdicts, peers)),
            distractors=report.Distractors(
                queries=len(unedited),
                false_matches={
                    system: sum(len(one.false) for one in some if one.query.edit is None)
                    for system, some in ((SEAWALL, verdicts), *peers.items())
                },
                errors=sum(verdict.error is not None for verdict in unedited),
            ),
            unrelated_pairs=self._unrelated_pairs([verdict.query for verdict in verdicts]),
            false_matches=tuple(_false_matches(SEAWALL, verdicts))
            + tuple(false for system, some in peers.items() for false in _false_matches(system, some)),
            stills=row,
            errors=tuple((one.query.name, one.error) for one in verdicts if one.error is not None),
            timings_s=self._shop.timings_s,
        )

    def _edit_rows(
        self, verdicts: Sequence[metrics.Verdict], peers: dict[str, list[metrics.Verdict]]
    ) -> Iterator[report.EditRow]:
        for name, what in self._kinds():
            own = [verdict for verdict in verdicts if verdict.query.edit == name]
            yield report.EditRow(
                edit=name,
                what=what,
                seawall=metrics.row(own),
                peers={
                    rule: metrics.peer_row([one for one in some if one.query.edit == name])
                    for rule, some in peers.items()
                },
                missed=tuple(one.query.source for one in own if one.right is None and not one.left_out),
            )

    def _kinds(self) -> list[tuple[str, str]]:
        return [*((edit.name, edit.what) for edit in self._suite.edits), (splice.NAME, splice.WHAT)]

    def _settings(self) -> dict[str, object]:
        return {
            "seed": self._seed,
            "useful_s": corpus.USEFUL_S,
            "related_share": corpus.RELATED_SHARE,
            "host_s": self._suite.host_s,
            "stretch_s": splice.STRETCH_S,
            "synthetic_s": self._suite.synthetic_s,
            "stills": {"jpeg_quality": stills.JPEG_QUALITY, "near_s": stills.NEAR_S},
            "vpdq": [asdict(rule) for rule in vpdq.RULES],
        }

    def _summary(self) -> report.CorpusSummary:
        real = [clip for clip in self._corpus.clips if not clip.synthetic]
        return report.CorpusSummary(
            folder=str(self._folder),
            clips=len(real),
            synthetic=len(self._corpus.clips) - len(real),
            frames=sum(len(clip.times_s) for clip in real),
            duration_s=round(sum(clip.duration_s for clip in real), 3),
            folds=tuple(tuple(clip.name for clip in fold) for fold in self._folds),
            dropped=self._corpus.dropped,
            related=self._corpus.related,
        )

    def _unrelated_pairs(self, queries: Sequence[records.Query]) -> int:
        home = {clip.name: number for number, fold in enumerate(self._folds) for clip in fold}
        total = 0
        for query in queries:
            bank = home[query.source] if query.edit else 1 - home[query.source]
            total += sum(
                not metrics.shows_same(clip.name, query.clips, self._relatives) for clip in self._folds[bank]
            )
        return total


def _spliced(
    clip: corpus.Clip, hosts: Sequence[corpus.Clip], folder: Path, seed: int, host_s: float
) -> list[records.Query]:
    return [splice.spliced(clip, hosts, folder, seed, host_s)]


def _peer_answers(
    query: NDArray[np.uint8], references: dict[str, NDArray[np.uint8]]
) -> Iterator[tuple[str, records.Answer]]:
    shares = {name: vpdq.compare(query, hashes) for name, hashes in references.items()}
    for rule in vpdq.RULES:
        found = [
            records.Found(name, "suggest", max(one.query_pct, one.compared_pct) / 100, 0.0, 0.0, ())
            for name, one in shares.items()
            if rule.matches(one)
        ]
        yield rule.name, records.Answer(tuple(found))


def _false_matches(system: str, verdicts: Sequence[metrics.Verdict]) -> Iterator[report.FalseMatch]:
    for verdict in verdicts:
        for found in verdict.false:
            recommendation = found.recommendation if system == SEAWALL else None
            yield report.FalseMatch(system, verdict.query.name, found.reference, recommendation, found.score)
