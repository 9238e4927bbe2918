"""The full suite: half of the clips is banked and asked for in every edit, the other half is all the rest.

The seed parts the clips in two. Limits are chosen by looking at the half called `tune`; the half called
`report` is for figures. Whichever is banked, the other half gives hosts, backgrounds and distractors, so
that nothing outside the bank shows what is in it. The peers are asked about the very same files.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np

from seawall import errors
from seawall.bench import (
    bootstrap,
    corpus,
    edits,
    figures,
    full_tally,
    judged,
    keeping,
    library,
    lookalikes,
    make,
    metrics,
    mixes,
    pictures,
    records,
    splice,
    weight,
    workshop,
)
from seawall.bench.edit import Edit, Level
from seawall.bench.full_report import FullReport, LeftOut
from seawall.bench.peers import ask

Half = Literal["tune", "report", "both"]

HALVES: Final[tuple[Half, ...]] = ("tune", "report")  #: in the order in which the clips are parted
LEVELS: Final[tuple[Level, ...]] = ("mild", "standard", "severe")

UNEDITED: Final = "as it is"
EDITED: Final = "edited"


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is to do, where it is not to do all."""

    half: Half = "report"
    levels: tuple[Level, ...] = ("standard", "severe")
    families: tuple[str, ...] = ()  #: of edits; empty for all
    clips: int | None = None  #: of either half at most
    pictures: bool = False  #: take pictures of the worst misses and false matches
    compilations: int = 2  #: for each banked clip
    host_s: float = splice.HOST_S
    distractor_edits: int = 6  #: for each clip that is not banked
    lookalikes: int = 6  #: pairs of each kind
    synthetic: int = 12
    synthetic_s: float = 10.0

    def edits(self) -> tuple[Edit, ...]:
        """Which of the suite's edits. Raises errors.UsageError for a family that is none."""
        known = {edit.family for edit in edits.FULL} | {mixes.NAME, splice.NAME}
        unknown = sorted(set(self.families) - known)
        if unknown:
            raise errors.UsageError(
                detail=f"there is no edit {unknown[0]!r}; there are: {', '.join(sorted(known))}"
            )
        return tuple(edit for edit in edits.FULL if edit.level in self.levels and self.wants(edit.family))

    def wants(self, family: str) -> bool:
        return not self.families or family in self.families


@dataclass(frozen=True, slots=True)
class Round:
    """One bank and what is asked of it."""

    banked: tuple[corpus.Clip, ...]
    queries: tuple[records.Query, ...]


def run(
    corpus_dir: Path, options: Options, seed: int, work: Path | None, progress: workshop.Progress
) -> FullReport:
    """Run the suite over all videos under `corpus_dir`.

    work: where edited files are kept and found again by a later run; None makes and removes a folder.

    Raises errors.BadCorpus, errors.PathNotFound, errors.UsageError for an edit that is none.
    """
    with workshop.opened(work, progress) as shop:
        return _Run(corpus_dir.resolve(), options, seed, shop).outcome()


class _Run:
    def __init__(self, folder: Path, options: Options, seed: int, shop: workshop.Workshop) -> None:
        self._folder, self._options, self._seed, self._shop = folder, options, seed, shop
        self._edits = options.edits()
        self._kinds: dict[str, str] = {}  #: of queries that show nothing of the bank, by name
        self._timings_ms: dict[str, dict[str, float]] = {}
        self._weights: list[weight.Weight] = []  #: of each round's bank

    def outcome(self) -> FullReport:
        shop, options = self._shop, self._options
        real = shop.read(self._folder)
        halves = real.folds(np.random.default_rng(self._seed))
        if options.clips is not None:
            first, second = (half[: options.clips] for half in halves)
            halves = (first, second)
        made = shop.synthesised(self._seed, options.synthetic, options.synthetic_s)
        with shop.timed("lookalikes"):
            alike = lookalikes.made(shop.folder / "lookalikes", self._seed, options.lookalikes)
        # What was made to look alike is not the same by construction, however near it comes.
        self._corpus = replace(real, clips=(*halves[0], *halves[1])).joined_by(made)
        self._relatives = self._corpus.relatives()
        self._alike, self._halves = alike, halves
        numbers = [n for n, half in enumerate(HALVES) if options.half in (half, "both")]
        rounds = [self._round(halves[n], halves[1 - n], made if n == numbers[0] else []) for n in numbers]
        answers = {full_tally.SEAWALL: [one for each in rounds for one in self._ask(each)]}
        left_out = []
        for peer in ask.ALL:
            lacks = peer.lacks()
            if lacks:
                left_out.append(LeftOut(peer.name, lacks))
                continue
            with shop.timed(peer.name):
                per_round = [self._ask_peer(peer.name, each) for each in rounds]
            for number, (rule, _) in enumerate(peer.rules):
                answers[rule] = [one for each in per_round for one in each[number]]
        return self._report(rounds, answers, tuple(left_out))

    def _round(
        self,
        banked: tuple[corpus.Clip, ...],
        others: tuple[corpus.Clip, ...],
        made: list[corpus.Clip],
    ) -> Round:
        """One bank. made: clips that are asked beside those of the other half."""
        folder, seed, options, pool = self._shop.folder / "edits", self._seed, self._options, self._shop.pool
        jobs: list[Future[list[records.Query]]] = []
        most_work_first = sorted(banked, key=lambda clip: -len(clip.times_s) * clip.height_px)
        names = tuple(edit.name for edit in self._edits)
        for clip in most_work_first:
            jobs.append(pool.submit(_edited, clip, names, folder, seed, others))
            if options.wants(mixes.NAME):
                jobs.append(pool.submit(_compiled, clip, banked, others, folder, seed, options.compilations))
            if options.wants(splice.NAME):
                jobs.append(pool.submit(_spliced, clip, others, folder, seed, options.host_s))
        unrelated = [(clip, self._drawn(clip)) for clip in others]
        beside = [tuple(one for one in others if one is not clip) for clip, _ in unrelated]
        copies = len(jobs)
        for (clip, wanted), rest in zip(unrelated, beside, strict=True):
            jobs.append(pool.submit(_edited, clip, wanted, folder, seed, rest))
        with self._shop.timed("edits"):
            done = self._shop.collect("edits", jobs)
        queries = [query for some in done[:copies] for query in some]
        plain = [clip.query() for clip in (*others, *made)]
        edited = [
            replace(query, name=f"{query.name} (not banked)", truth=())
            for some in done[copies:]
            for query in some
        ]
        strangers = [pair.b.query() for pair in self._alike] if made else []
        for kind, some in ((UNEDITED, plain), (EDITED, edited), (full_tally.LOOKALIKE, strangers)):
            self._kinds.update((query.name, kind) for query in some)
        bank = (*banked, *(pair.a for pair in self._alike))
        return Round(bank, (*queries, *plain, *edited, *strangers))

    def _drawn(self, clip: corpus.Clip) -> tuple[str, ...]:
        """Which edits a clip that is not banked is asked in."""
        order = keeping.rng(self._seed, clip.sha256, "distractor").permutation(len(self._edits))
        return tuple(self._edits[number].name for number in order[: self._options.distractor_edits])

    def _ask(self, each: Round) -> list[records.Answer]:
        """Seawall's answers, in the order of the queries."""
        shop = self._shop
        names = {query.path: query.name for query in each.queries}
        answers: dict[str, records.Answer] = {}
        with (
            tempfile.TemporaryDirectory(dir=shop.folder, prefix="library-") as folder,
            library.opened(Path(folder)) as bank,
        ):
            with shop.timed("bank"):
                files = {clip.path: clip.name for clip in each.banked}
                for done, _ in enumerate(bank.fill(files), 1):
                    shop.progress("bank", done, len(files))
            self._weights.append(bank.weigh(sum(clip.duration_s for clip in each.banked)))
            with shop.timed("check"):
                for done, checked in enumerate(bank.check(list(names)), 1):
                    name = names[checked.path]
                    answers[name] = checked.answer
                    self._timings_ms[name] = dict(checked.timing_ms)
                    shop.progress("check", done, len(names))
        return [answers[query.name] for query in each.queries]

    def _ask_peer(self, peer: str, each: Round) -> list[list[records.Answer]]:
        """For each of its rules its answers, in the order of the queries."""
        references = tuple(self._file(clip.query()) for clip in each.banked)
        pool = self._shop.pool
        first = [pool.submit(ask.answers, peer, one, ()) for one in references]
        self._shop.collect(f"{peer}, references", first)
        jobs = [pool.submit(ask.answers, peer, self._file(query), references) for query in each.queries]
        said = self._shop.collect(peer, jobs)
        return [list(answers) for answers in zip(*said, strict=True)]

    def _file(self, query: records.Query) -> ask.File:
        kept = query.path.with_suffix("")
        if query.edit is None:  # a clip of the corpus: nothing is written beside it
            kept = self._shop.folder / "peers" / keeping.digest([str(query.path), query.name])
        return ask.File(query.name, query.path, query.rate_hz, kept)

    def _report(
        self,
        rounds: list[Round],
        answers: dict[str, list[records.Answer]],
        left_out: tuple[LeftOut, ...],
    ) -> FullReport:
        queries = [query for each in rounds for query in each.queries]
        sources = bootstrap.Sources([query.source for query in queries], self._seed)
        with self._shop.timed("figures"):
            tally = full_tally.Tally(
                {
                    system: [
                        judged.judge(query, answer, self._relatives)
                        for query, answer in zip(queries, some, strict=True)
                    ]
                    for system, some in answers.items()
                },
                sources,
                self._timings_ms,
                self._kinds,
            )
            done = tally.report(
                settings=self._settings(rounds, queries),
                corpus=full_tally.summary(str(self._folder), self._corpus, self._halves),
                peers=dict(rule for peer in ask.ALL for rule in peer.rules),
                peers_left_out=left_out,
                edits=self._shown_edits(),
                unrelated_pairs=self._unrelated_pairs(rounds),
                bank=self._weights[0],
                timings_s=self._shop.timings_s,
            )
        if not self._options.pictures:
            return done
        with self._shop.timed("pictures"):
            clips = {clip.name: clip for each in rounds for clip in each.banked}
            own = tally.judged[full_tally.SEAWALL]
            misses, alarms = pictures.taken(own, clips, self._shop.folder)
        return replace(done, misses=misses, alarms=alarms, timings_s=dict(self._shop.timings_s))

    def _shown_edits(self) -> tuple[Edit, ...]:
        """Those that were asked for, and what else was made of banked clips."""
        kinds = ((mixes.NAME, mixes.WHAT), (splice.NAME, splice.WHAT))
        whole = (Edit(name, what, family=name) for name, what in kinds)
        return (*self._edits, *(edit for edit in whole if self._options.wants(edit.family)))

    def _settings(self, rounds: list[Round], queries: list[records.Query]) -> dict[str, object]:
        return {
            "seed": self._seed,
            **{name: value for name, value in asdict(self._options).items() if name != "pictures"},
            "banked": sum(len(each.banked) for each in rounds),
            "queries": len(queries),
            "useful_s": corpus.USEFUL_S,
            "related_share": corpus.RELATED_SHARE,
            "resamples": bootstrap.RESAMPLES,
            "copies_in_mix": figures.COPIES,
        }

    def _unrelated_pairs(self, rounds: list[Round]) -> int:
        return sum(
            not metrics.shows_same(clip.name, query.clips, self._relatives)
            for each in rounds
            for query in each.queries
            for clip in each.banked
        )


def _edited(
    clip: corpus.Clip, names: tuple[str, ...], folder: Path, seed: int, others: tuple[corpus.Clip, ...]
) -> list[records.Query]:
    # By name, as what an edit does cannot be sent to another process.
    wanted = tuple(edit for edit in edits.FULL if edit.name in names)
    return make.edited(clip, wanted, folder, seed, others)


def _compiled(
    clip: corpus.Clip,
    banked: tuple[corpus.Clip, ...],
    hosts: tuple[corpus.Clip, ...],
    folder: Path,
    seed: int,
    count: int,
) -> list[records.Query]:
    return [mixes.mixed(clip, banked, hosts, folder, seed, number) for number in range(count)]


def _spliced(
    clip: corpus.Clip, hosts: tuple[corpus.Clip, ...], folder: Path, seed: int, host_s: float
) -> list[records.Query]:
    return [splice.spliced(clip, hosts, folder, seed, host_s)]
