"""The sound suite: edited excerpts of known sounds, looked for among known sounds.

The sounds are divided by the seed, one half to fit on, the other to report. The half that is judged is
banked whole; excerpts of it are edited and asked, and so are excerpts of the other half, which nothing in
the bank matches. Sounds that many recordings share are banked and asked besides. The bank is filled and
asked through the public interface, on files. Chromaprint answers the same files.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from seawall import errors
from seawall.bench import (
    audio_edits,
    audio_report,
    audio_sources,
    bootstrap,
    choosing,
    keeping,
    library,
    metrics,
    records,
    workshop,
)
from seawall.bench.audio_edits import Edit
from seawall.bench.audio_sources import Sound
from seawall.bench.choosing import REPORT
from seawall.bench.peers import chromaprint
from seawall.bench.workshop import Progress
from seawall.matching import options, sound as matching_sound

EXCERPT_S: Final = 10.0
SHORT_S: Final = 5.0
EXCERPTS: Final = 3  #: of each sound
NEAR_S: Final = 0.1  #: a place found this near is right
COMMON: Final = Edit("common sounds", "other recordings of sounds that many share")


def run(
    corpus_dir: Path,
    seed: int,
    work: Path | None,
    progress: Progress,
    *,
    halves: Sequence[str] = (REPORT,),
    edits: Sequence[str] = (),
    excerpts: int = EXCERPTS,
) -> audio_report.AudioReport:
    """Judge the search for sound on a folder of videos and sounds; those without sound are passed over.

    work: where files are made in passing; a folder of the system's where it is None. edits: by name; all
    where there is none. excerpts: of each sound.

    Raises errors.PathNotFound, errors.BadCorpus for too few sounds, errors.UsageError for an edit or half
    that is none, and where there is no ffmpeg to edit with.
    """
    wanted, halves = choosing.edits(audio_edits.EDITS, edits), choosing.halves(halves)
    if not chromaprint.available():
        raise errors.UsageError(detail="the sound suite needs the package imageio-ffmpeg")
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="seawall-bench-", dir=work) as folder:
        return _Run(wanted, seed, excerpts, Path(folder).resolve(), progress).outcome(corpus_dir, halves)


@dataclass(frozen=True, slots=True)
class _Question:
    """One edited excerpt."""

    path: Path
    name: str
    source: Sound
    edit: Edit
    excerpt_s: float
    start_s: float  #: on the source


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was said to it."""

    question: _Question
    banked: bool
    own: records.Found | None
    off_s: float | None  #: how far from its place it was found
    false: tuple[records.Found, ...]
    peer_own: bool
    peer_false: int
    error: str | None
    unrelated: int


class _Run:
    def __init__(
        self, edits: tuple[Edit, ...], seed: int, excerpts: int, folder: Path, progress: Progress
    ) -> None:
        self._edits, self._seed, self._excerpts = edits, seed, excerpts
        self._folder, self._progress = folder, progress
        self._phases = workshop.Phases()
        self._check_ms: dict[str, float] = {}
        self._asked_s = 0.0
        self._silent = 0

    def outcome(self, corpus_dir: Path, halves: Sequence[str]) -> audio_report.AudioReport:
        with self._phases.timed("sounds"):
            sources = audio_sources.read(corpus_dir, self._progress)
        divided = sources.divided(self._seed)
        asked: list[_Asked] = []
        for half in halves:
            others = [one for one in sources.sounds if one not in divided[half]]
            asked += self._half(half, divided[half], others)
        measured = [one for half in halves for one in divided[half]]
        clips = bootstrap.Sources([one.question.source.group for one in asked], self._seed)
        kinds = dict.fromkeys((one.question.edit, one.question.excerpt_s) for one in asked)
        return audio_report.AudioReport(
            settings=self._settings(),
            sounds=len(sources.sounds),
            measured=len(measured),
            measured_s=round(sum(one.duration_s for one in measured), 1),
            halves=tuple(halves),
            dropped=sources.dropped,
            silent=self._silent,
            unrelated_pairs=sum(one.unrelated for one in asked),
            rows=tuple(
                _row(edit, excerpt_s, [one for one in asked if _is(one, edit, excerpt_s)], clips)
                for edit, excerpt_s in kinds
            ),
            false_matches=tuple(_false_matches(asked)),
            errors=tuple((one.question.name, one.error) for one in asked if one.error is not None),
            check_ms_per_s={
                stage: round(spent_ms / self._asked_s, 2) for stage, spent_ms in self._check_ms.items()
            },
            timings_s=self._phases.timings_s,
        )

    def _settings(self) -> Mapping[str, object]:
        shipped = options.SearchOptions()
        return {
            "seed": self._seed,
            "excerpts": self._excerpts,
            "near_s": NEAR_S,
            "heard_level": audio_sources.MIN_EXCERPT_LEVEL,
            "heard_share": audio_sources.HEARD_SHARE,
            "related_share": audio_sources.RELATED_SHARE,
            "suggest_score": shipped.suggest_score,
            "strong_score": shipped.strong_score,
            "sound": asdict(matching_sound.SoundOptions()),
            "chance_nats": matching_sound.CHANCE_NATS,
            "nats_a_point": matching_sound.NATS_A_POINT,
        }

    def _half(self, half: str, known: Sequence[Sound], others: Sequence[Sound]) -> list[_Asked]:
        """Bank one half and ask everything of it."""
        banked = [*known, *audio_sources.common(self._seed)]
        folder = self._folder / half
        folder.mkdir()
        paths = [
            audio_edits.write_wave(folder / f"{number}.wav", one.samples) for number, one in enumerate(banked)
        ]
        rows = [(edit, EXCERPT_S) for edit in self._edits]
        rows += [(edit, SHORT_S) for edit in self._edits if edit.short]
        asked: list[_Asked] = []
        with library.opened(folder / "library") as bank:
            with self._phases.timed("bank"):
                names = {path: one.name for path, one in zip(paths, banked, strict=True)}
                for done, _ in enumerate(bank.fill(names), 1):
                    self._progress(f"bank {half}", done, len(names))
            with self._phases.timed("chromaprint"):
                words = [chromaprint.fingerprint(path) for path in paths]
            asking = _Asking(bank, banked, words)
            for done, (edit, excerpt_s) in enumerate(rows, 1):
                asked += self._ask(asking, edit, excerpt_s, [*known, *others])
                self._progress(f"edits {half}", done, len(rows))
            asked += self._ask(asking, COMMON, EXCERPT_S, list(audio_sources.common(self._seed + 1)))
        return asked

    def _ask(
        self, asking: _Asking, edit: Edit, excerpt_s: float, sounds: Sequence[Sound]
    ) -> Iterator[_Asked]:
        with tempfile.TemporaryDirectory(prefix="asked-", dir=self._folder) as folder:
            with self._phases.timed("edits"):
                questions = {
                    one.path: one for one in self._questions(edit, excerpt_s, sounds, Path(folder).resolve())
                }
            with self._phases.timed("check"):
                checked = list(asking.bank.check(list(questions))) if questions else []
            for one in checked:
                for stage, spent_ms in one.timing_ms.items():
                    self._check_ms[stage] = self._check_ms.get(stage, 0.0) + spent_ms
            self._asked_s += sum(one.excerpt_s / one.edit.speed for one in questions.values())
            with self._phases.timed("chromaprint"):
                yield from (asking.judged(questions[one.path], one.answer) for one in checked)

    def _questions(
        self, edit: Edit, excerpt_s: float, sounds: Sequence[Sound], folder: Path
    ) -> Iterator[_Question]:
        """The same excerpts for every edit. Of common sounds, a hush is one that is asked."""
        heard_share = 0.0 if edit is COMMON else audio_sources.HEARD_SHARE
        for number, one in enumerate(sounds):
            for again in range(self._excerpts):
                rng = keeping.rng(self._seed, one.name, str(again), str(excerpt_s))
                cut = audio_sources.excerpt(one, excerpt_s, rng, heard_share)
                if cut is None:
                    self._silent += 1
                    continue
                path = audio_edits.write(edit, cut[1], folder / f"{number}-{again}", rng)
                name = f"{one.name} at {cut[0]:.1f} s"
                yield _Question(path, name, one, edit, excerpt_s, cut[0])


@dataclass(frozen=True, slots=True, eq=False)
class _Asking:
    """A filled bank, and what Chromaprint knows of the same sounds."""

    bank: library.Library
    banked: Sequence[Sound]
    words: Sequence[chromaprint.Words]

    def judged(self, question: _Question, answer: records.Answer) -> _Asked:
        """What of the answer is right and what is wrong; what shares the source's recording is neither."""
        source = question.source
        unrelated = {one.name for one in self.banked if one.group != source.group}
        worth = [one for one in answer.found if one.recommendation in metrics.WORTH_A_LOOK]
        own = next((one for one in worth if one.reference == source.name), None)
        heard = chromaprint.fingerprint(question.path)
        peers = {
            one.name
            for one, words in zip(self.banked, self.words, strict=True)
            if chromaprint.matches(chromaprint.compare(heard, words)[0])
        }
        return _Asked(
            question=question,
            banked=any(one is source for one in self.banked),
            own=own,
            off_s=None if own is None else _off_s(question, own),
            false=tuple(one for one in worth if one.reference in unrelated),
            peer_own=source.name in peers,
            peer_false=len(peers & unrelated),
            error=answer.error,
            unrelated=len(unrelated),
        )


def _off_s(question: _Question, found: records.Found) -> float:
    """How far from its place the longest stretch lies, in its middle, in seconds of the reference."""
    said = max(found.stretches, key=lambda one: one.query_end_s - one.query_start_s)
    middle_s = (said.query_start_s + said.query_end_s) / 2
    there_s = (said.reference_start_s + said.reference_end_s) / 2
    return abs(there_s - question.start_s - question.edit.speed * middle_s)


def _is(one: _Asked, edit: Edit, excerpt_s: float) -> bool:
    return one.question.edit == edit and one.question.excerpt_s == excerpt_s


def _row(edit: Edit, excerpt_s: float, asked: Sequence[_Asked], clips: bootstrap.Sources) -> audio_report.Row:
    banked = [one for one in asked if one.banked]
    numbers = clips.numbers([one.question.source.group for one in banked])

    def recall(told: Iterable[bool]) -> bootstrap.Estimate:
        parts = np.array(list(told), np.float64)
        return clips.estimate(bootstrap.ratio(parts, np.ones(len(parts)), numbers))

    return audio_report.Row(
        edit=edit.name,
        what=edit.what,
        hard=edit.hard,
        excerpt_s=excerpt_s,
        queries=len(banked),
        distractors=len(asked) - len(banked),
        recall=recall(one.own is not None for one in banked),
        recall_strong=recall(one.own is not None and one.own.recommendation == "strong" for one in banked),
        placed=recall(one.off_s is not None and one.off_s <= NEAR_S for one in banked),
        offset_s=metrics.Spread.of([one.off_s for one in banked if one.off_s is not None]),
        false_matches=sum(len(one.false) for one in asked),
        false_strong=sum(found.recommendation == "strong" for one in asked for found in one.false),
        missed=tuple(one.question.name for one in banked if one.own is None),
        chromaprint=recall(one.peer_own for one in banked),
        chromaprint_false=sum(one.peer_false for one in asked),
    )


def _false_matches(asked: Sequence[_Asked]) -> Iterator[audio_report.FalseMatch]:
    for one in asked:
        for found in one.false:
            yield audio_report.FalseMatch(
                one.question.name, one.question.edit.name, found.reference, found.recommendation, found.score
            )
