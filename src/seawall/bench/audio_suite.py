"""The sound suite: edited excerpts of known sounds, looked for among known sounds.

The sounds are divided by the seed, one half to fit on, the other to report. The half that is judged is
banked whole; excerpts of it are edited and asked, and so are excerpts of the other half, which nothing in
the bank matches. Sounds that many recordings share are banked and asked besides. Chromaprint answers
the same files.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from seawall import errors, media
from seawall.bench import audio_common, audio_edits, metrics
from seawall.bench.audio_edits import RATE_HZ, Edit, Samples
from seawall.bench.peers import chromaprint
from seawall.matching import HammingIndex, explain, sound
from seawall.matching.options import SearchOptions
from seawall.signals import audio
from seawall.signals.roles import Role

Progress = Callable[[str, int, int], None]

TUNE: Final = "tune"
REPORT: Final = "report"
EXCERPT_S: Final = 10.0
EXCERPTS: Final = 3  #: of each sound
MIN_SOUND_S: Final = 6.0
MIN_LEVEL: Final = 1e-3  #: of a sound, -60 dB of full scale: under it there is next to nothing to hear
MAX_SOUND_S: Final = 600.0  #: read of each file
NEAR_S: Final = 0.1  #: a place found this near is right
COMMON_S: Final = 30.0
COMMON: Final = "common sounds"
_LIMITS: Final = SearchOptions()


@dataclass(frozen=True, slots=True)
class Row:
    """One edit's figures."""

    name: str
    queries: int  #: with a source in the bank
    recall: float | None  #: found, at least suggested
    recall_strong: float | None
    placed: float | None  #: of all queries, those found within `NEAR_S` of their place
    false_matches: int  #: of all queries, those without a source too
    false_strong: int
    offset_s: metrics.Spread
    chromaprint: float | None  #: its recall
    chromaprint_false: int


@dataclass(frozen=True, slots=True)
class Report:
    """What the suite found."""

    half: str
    sounds: int
    sound_s: float  #: in the bank
    excerpt_s: float
    rows: tuple[Row, ...]
    fingerprint_ms_per_s: float  #: of processor time, for a second of a query's sound, decoding left out
    search_ms_per_s: float
    reference_bytes_per_hour: float  #: fingerprints as stored
    index_codes_per_hour: float

    def as_record(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class _Sound:
    name: str
    samples: Samples


@dataclass(frozen=True, slots=True)
class _Answer:
    name: str
    score: float
    offset_s: float  #: reference time of the middle, less the query's
    middle_s: float  #: on the query


@dataclass(slots=True)
class _Clock:
    """Processor time, and seconds of sound that it was spent on."""

    fingerprint_s: float = 0.0
    search_s: float = 0.0
    sound_s: float = 0.0


class _Bank:
    """Sounds in an index of their own."""

    def __init__(self, folder: Path, sounds: Sequence[_Sound]) -> None:
        self.clock = _Clock()
        self.options = sound.SoundOptions()
        self.names = [one.name for one in sounds]
        self.kept: list[audio.Fingerprint] = []
        self.words: list[chromaprint.Words] = []
        self.index = HammingIndex.open(folder / "index")
        path = folder / "reference.wav"
        for number, one in enumerate(sounds):
            audio_edits.write_wave(path, one.samples)
            self.kept.append(_fingerprint(path, Role.REFERENCE))
            self.words.append(chromaprint.fingerprint(path))
            self.index.add(*sound.entry_ids(number, self.kept[-1]))
        self.index.merge()

    def ask(self, path: Path) -> list[_Answer]:
        """Every sound found in a file, the surest first."""
        with media.open(path) as source:
            chunks = list(source.audio(audio.RATE_HZ))
        started_s = time.process_time()
        query = audio.fingerprint(chunks, Role.QUERY)
        made_s = time.process_time()
        found = []
        for candidate in sound.candidates(self.index, query, self.options):
            runs = sound.align(query, self.kept[candidate.number], candidate.hits, self.options)
            if runs:
                found.append(_answer(self.names[candidate.number], runs))
        self.clock.fingerprint_s += made_s - started_s
        self.clock.search_s += time.process_time() - made_s
        self.clock.sound_s += query.duration_s
        return sorted(found, key=lambda one: -one.score)

    def ask_chromaprint(self, path: Path) -> set[str]:
        """The sounds that it takes to be the same."""
        words = chromaprint.fingerprint(path)
        rates = [chromaprint.compare(words, known)[0] for known in self.words]
        return {name for name, rate in zip(self.names, rates, strict=True) if chromaprint.matches(rate)}


def _fingerprint(path: Path, role: Role) -> audio.Fingerprint:
    with media.open(path) as source:
        return audio.fingerprint(source.audio(audio.RATE_HZ), role)


def _answer(name: str, runs: Sequence[sound.Run]) -> _Answer:
    best = max(runs, key=lambda run: run.evidence)
    middle_s = (best.query_start_s + best.query_end_s) / 2
    there_s = (best.reference_start_s + best.reference_end_s) / 2
    score = explain.score(sum(sound.points(run) for run in runs))
    return _Answer(name, score, there_s - middle_s, middle_s)


def run(
    corpus_dir: Path,
    seed: int,
    work: Path | None,
    progress: Progress,
    *,
    half: str = REPORT,
    edits: Sequence[Edit] = audio_edits.EDITS,
    excerpt_s: float = EXCERPT_S,
) -> Report:
    """Judge the search for sound on a folder of videos and sounds; those without sound are passed over.

    work: for files in passing; a folder of the system's where it is None.
    Raises errors.UsageError for fewer than two sounds, and where there is no ffmpeg to edit with.
    """
    if not chromaprint.available():
        raise errors.UsageError(detail="the sound suite needs the package imageio-ffmpeg")
    sounds = list(_sounds(corpus_dir))
    if len(sounds) < 2:
        raise errors.UsageError(detail=f"{corpus_dir} holds fewer than two files with sound")
    order = np.random.default_rng(seed).permutation(len(sounds))
    halves = {TUNE: order[: len(order) // 2], REPORT: order[len(order) // 2 :]}
    known = [sounds[number] for number in halves[half]]
    others = [one for one in sounds if one not in known]
    with tempfile.TemporaryDirectory(dir=work) as made:
        folder = Path(made)
        common = list(_common(seed))
        bank = _Bank(folder, [*known, *common])
        rows = []
        for number, edit in enumerate(edits):
            progress(edit.name, number, len(edits) + 1)
            rows.append(_row(bank, edit, known, others, folder, seed, excerpt_s))
        progress(COMMON, len(edits), len(edits) + 1)
        plain = Edit(COMMON)
        rows.append(_row(bank, plain, [], list(_common(seed + 1)), folder, seed, excerpt_s))
        bank.index.close()
    return _report(half, known, bank, rows, excerpt_s)


def _report(half: str, known: Sequence[_Sound], bank: _Bank, rows: Sequence[Row], excerpt_s: float) -> Report:
    kept = bank.kept[: len(known)]
    hours = sum(one.duration_s for one in kept) / 3600
    return Report(
        half=half,
        sounds=len(known),
        sound_s=round(hours * 3600, 1),
        excerpt_s=excerpt_s,
        rows=tuple(rows),
        fingerprint_ms_per_s=round(1000 * bank.clock.fingerprint_s / bank.clock.sound_s, 2),
        search_ms_per_s=round(1000 * bank.clock.search_s / bank.clock.sound_s, 2),
        reference_bytes_per_hour=round(sum(len(one.encode()) for one in kept) / hours),
        index_codes_per_hour=round(sum(len(one.landmarks().peaks) for one in kept) / hours),
    )


def _sounds(folder: Path) -> Iterator[_Sound]:
    """The sound of every file that has some worth the name, by file name."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        try:
            samples = _read(path)
        except (errors.MediaError, errors.UsageError):
            continue
        if len(samples) >= MIN_SOUND_S * RATE_HZ and audio_edits.level(samples) >= MIN_LEVEL:
            yield _Sound(path.name, samples)


def _read(path: Path) -> Samples:
    parts: list[Samples] = []
    with media.open(path) as source:
        for chunk in source.audio(RATE_HZ):
            parts.append(chunk)
            if sum(map(len, parts)) > MAX_SOUND_S * RATE_HZ:
                break
    return np.concatenate(parts)[: int(MAX_SOUND_S * RATE_HZ)]


def _common(seed: int) -> Iterator[_Sound]:
    for number, kind in enumerate(audio_common.KINDS):
        for again in range(2):
            rng = np.random.default_rng((seed, number, again))
            yield _Sound(f"{kind} {again}", audio_common.sound(kind, COMMON_S, rng))


class _Tally:
    """Counts one edit's answers."""

    def __init__(self) -> None:
        self.queries = self.found = self.strong = self.by_peer = 0
        self.false = self.false_strong = self.false_of_peer = 0
        self.errors_s: list[float] = []

    def wrong(self, name: str, answers: Sequence[_Answer], peers: set[str]) -> None:
        """Count what is none of the query's source."""
        others = [answer for answer in answers if answer.name != name]
        self.false += bool(others)
        self.false_strong += any(answer.score >= _LIMITS.strong_score for answer in others)
        self.false_of_peer += bool(peers - {name})

    def right(
        self, name: str, answers: Sequence[_Answer], peers: set[str], start_s: float, speed: float
    ) -> None:
        """Count whether the source was found, and where."""
        self.queries += 1
        self.by_peer += name in peers
        for answer in answers:
            if answer.name == name:
                expected_s = start_s + (speed - 1) * answer.middle_s
                self.errors_s.append(abs(answer.offset_s - expected_s))
                self.found += 1
                self.strong += answer.score >= _LIMITS.strong_score

    def row(self, name: str) -> Row:
        placed = sum(error_s <= NEAR_S for error_s in self.errors_s)
        return Row(
            name=name,
            queries=self.queries,
            recall=metrics.share(self.found, self.queries),
            recall_strong=metrics.share(self.strong, self.queries),
            placed=metrics.share(placed, self.queries),
            false_matches=self.false,
            false_strong=self.false_strong,
            offset_s=metrics.Spread.of(self.errors_s),
            chromaprint=metrics.share(self.by_peer, self.queries),
            chromaprint_false=self.false_of_peer,
        )


def _row(
    bank: _Bank,
    edit: Edit,
    known: Sequence[_Sound],
    others: Sequence[_Sound],
    folder: Path,
    seed: int,
    excerpt_s: float,
) -> Row:
    """Ask excerpts of known sounds and of others, edited in one way."""
    tally = _Tally()
    for number, one in enumerate([*known, *others]):
        for again in range(EXCERPTS):
            rng = np.random.default_rng((seed, number, again))
            start_s, excerpt = _excerpt(one.samples, excerpt_s, rng)
            path = audio_edits.write(edit, excerpt, folder / "query", rng)
            answers = [answer for answer in bank.ask(path) if answer.score >= _LIMITS.suggest_score]
            peers = bank.ask_chromaprint(path)
            tally.wrong(one.name, answers, peers)
            if number < len(known):
                tally.right(one.name, answers, peers, start_s, edit.speed)
    return tally.row(edit.name)


def _excerpt(samples: Samples, excerpt_s: float, rng: np.random.Generator) -> tuple[float, Samples]:
    """Start and samples of a random stretch; of one that is heard at all, if a few tries find one."""
    length = min(int(excerpt_s * RATE_HZ), len(samples))
    first = 0
    for _ in range(8):
        first = int(rng.integers(0, len(samples) - length + 1))
        if audio_edits.level(samples[first : first + length]) >= MIN_LEVEL / 4:
            break
    return first / RATE_HZ, samples[first : first + length]


def lines(report: Report) -> Iterator[str]:
    """The report as a table in Markdown."""
    yield (
        f"{report.sounds} sounds of the {report.half} half, {report.sound_s:.0f} s in all; "
        f"excerpts of {report.excerpt_s:g} s."
    )
    yield ""
    yield "| edit | asked | found | strong | placed | false | offset median, p95 (s) | chromaprint | false |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for row in report.rows:
        shares = (row.recall, row.recall_strong, row.placed)
        found = " | ".join("-" if share is None else f"{100 * share:.1f} %" for share in shares)
        peer = "-" if row.chromaprint is None else f"{100 * row.chromaprint:.1f} %"
        where = "-" if row.offset_s.median is None else f"{row.offset_s.median:.3f}, {row.offset_s.p95:.3f}"
        yield (
            f"| {row.name} | {row.queries} | {found} | {row.false_matches} | {where} "
            f"| {peer} | {row.chromaprint_false} |"
        )
    yield ""
    yield (
        f"Fingerprint {report.fingerprint_ms_per_s} ms, search {report.search_ms_per_s} ms of processor time "
        f"a second of sound; {report.reference_bytes_per_hour / 1000:.0f} kB and "
        f"{report.index_codes_per_hour:.0f} index entries an hour of reference."
    )
