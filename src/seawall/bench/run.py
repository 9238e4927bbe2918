"""Which suites there are, and what a run of one may be told."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from seawall import errors
from seawall.bench import audio_suite, basic_suite, claims_suite, full_suite, image_suite
from seawall.bench.edit import Level

if TYPE_CHECKING:
    from rich.console import RenderableType

    from seawall.bench.workshop import Progress


class Report(Protocol):
    """What every suite's report can do."""

    def as_record(self) -> dict[str, object]:
        """For JSON."""

    def as_renderable(self) -> RenderableType:
        """For a terminal."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a suite is run; None where nothing was chosen."""

    half: full_suite.Half | None = None  #: whose clips are banked
    levels: tuple[Level, ...] | None = None  #: of edits
    edits: tuple[str, ...] | None = None  #: by name or family
    clips: int | None = None  #: of either half at most
    pictures: tuple[Path, ...] | None = None  #: folders of pictures beside the clips
    html: Path | None = None  #: where a page is to be written: pictures for it are taken on the way


#: what may be chosen of each suite
SUITES: Final = {
    "basic": ("html",),
    "full": ("half", "levels", "edits", "clips", "html"),
    "image": ("half", "edits", "pictures", "html"),
    "audio": ("half", "edits", "html"),
    "claims": ("html",),
}


def run_suite(
    corpus_dir: Path,
    suite: str,
    seed: int,
    work: Path | None,
    progress: Progress,
    choice: Choice | None = None,
) -> Report:
    """Run the suite of that name over all videos, sounds or texts under `corpus_dir`.

    work: where edited files are kept and found again by a later run; None makes and removes a folder.
    progress: called with the phase, how much of it is done, and of how much.

    Raises errors.BadCorpus, errors.BadGold, errors.PathNotFound, errors.UsageError for a suite that is none
    or a choice that it does not offer.
    """
    if suite not in SUITES:
        raise errors.UsageError(detail=f"there is no suite {suite!r}; there is: {', '.join(SUITES)}")
    choice = choice or Choice()
    for field in fields(choice):
        if getattr(choice, field.name) is not None and field.name not in SUITES[suite]:
            raise errors.UsageError(detail=f"the suite {suite!r} takes no --{field.name}")
    if suite == "claims":
        return claims_suite.run(corpus_dir, seed, progress)
    if suite == "full":
        return full_suite.run(corpus_dir, _full(choice), seed, work, progress)
    halves = full_suite.HALVES if choice.half == "both" else (choice.half or "report",)
    if suite == "audio":
        return audio_suite.run(corpus_dir, seed, work, progress, halves=halves, edits=choice.edits or ())
    if suite == "image":
        return image_suite.run(
            corpus_dir,
            seed,
            work,
            progress,
            choice.pictures or (),
            halves=halves,
            edits=choice.edits or (),
            pairs=choice.html is not None,
        )
    return basic_suite.run(corpus_dir, basic_suite.BASIC, seed, work, progress)


def _full(choice: Choice) -> full_suite.Options:
    usual = full_suite.Options()
    return full_suite.Options(
        half=choice.half or usual.half,
        levels=choice.levels or usual.levels,
        families=choice.edits or (),
        clips=choice.clips,
        pictures=choice.html is not None,
    )
