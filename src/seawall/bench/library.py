"""The seam to what is measured: a bank is filled and asked through the public Python interface alone."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import seawall
from seawall import errors
from seawall.bench import records, weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BANK: Final = "KNOWN"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came back for one file."""

    path: Path
    answer: records.Answer
    timing_ms: Mapping[str, float]  #: by stage, as Seawall names them; "total" is all of it


class Library:
    """One bank with clips in it."""

    def __init__(self, opened: seawall.Seawall, folder: Path) -> None:
        self._opened, self._folder = opened, folder
        self._names: dict[str, str] = {}  #: of a reference's id

    def fill(self, files: Mapping[Path, str]) -> Iterator[str]:
        """Bank files under the names given, and give each as it is done.

        Raises errors.BadCorpus for one that cannot be banked.
        """
        self._opened.bank_create(BANK)
        names = {path.resolve(): name for path, name in files.items()}
        for added in self._opened.bank_add(BANK, list(files)):
            name = names[Path(added.path).resolve()]
            if added.reference is None:
                raise errors.BadCorpus(path=added.path, reason=f"it cannot be banked: {added.error}")
            self._names[added.reference] = name
            yield name

    def ask(self, paths: Sequence[Path]) -> Iterator[tuple[Path, records.Answer]]:
        """What the bank knows of each file, or of each file in a folder."""
        for checked in self.check(paths):
            yield checked.path, checked.answer

    def check(self, paths: Sequence[Path]) -> Iterator[Checked]:
        """The same, with the time that it took."""
        for result in self._opened.check(list(paths)):
            record = cast("Mapping[str, object]", result.as_record())
            timing_ms = cast("Mapping[str, float]", record["timing_ms"])
            yield Checked(Path(str(record["path"])).resolve(), self._answer(record), timing_ms)

    def weigh(self, duration_s: float) -> weight.Weight:
        """What the bank takes. duration_s: of all that is in it."""
        parts = {
            name: weight.Part(codes, _size_bytes(self._folder / "index" / name))
            for name, codes in self._opened.index_counts().items()
        }
        inside = sum(part.index_bytes for part in parts.values())
        return weight.weight(parts, _size_bytes(self._folder) - inside, duration_s)

    def _answer(self, record: Mapping[str, object]) -> records.Answer:
        error = cast("Mapping[str, str] | None", record["error"])
        matches = cast("Sequence[Mapping[str, object]]", record["matches"])
        return records.Answer(
            found=tuple(sorted(map(self._found, matches), key=lambda found: -found.score)),
            error=f"{error['code']}: {error['message']}" if error else None,
        )

    def _found(self, match: Mapping[str, object]) -> records.Found:
        segments = cast("Sequence[Mapping[str, float]]", match["segments"])
        return records.Found(
            reference=self._names[str(match["reference"])],
            recommendation=str(match["recommendation"]),
            score=_number(match["score"]),
            coverage_query=_number(match["coverage_query"]),
            coverage_reference=_number(match["coverage_reference"]),
            stretches=tuple(_stretch(segment) for segment in segments),
        )


@contextmanager
def opened(folder: Path) -> Iterator[Library]:
    """A new, empty library in a folder of its own."""
    with seawall.open(folder) as opened_here:
        yield Library(opened_here, folder)


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _stretch(segment: Mapping[str, float]) -> records.Stretch:
    return records.Stretch(
        segment["query_start_s"],
        segment["query_end_s"],
        segment["reference_start_s"],
        segment["reference_end_s"],
        segment["speed"],
    )


def _number(value: object) -> float:
    return float(cast("float", value))
