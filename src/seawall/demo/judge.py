"""What Seawall said beside what is true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from seawall.bench import records
from seawall.demo.material import Upload
from seawall.model.match import Segment
from seawall.workflows.check import CheckResult, Named

NEAR_S: Final = 0.2  #: a time that is less than this off is right


@dataclass(frozen=True, slots=True)
class Checked:
    """One upload with its answer."""

    upload: Upload
    result: CheckResult

    def shown(self) -> tuple[Named, ...]:
        """All that was found, also what known-good content explains."""
        return self.result.matches + self.result.suppressed

    def off_s(self) -> float | None:
        """How far the located times are from the true ones at most; None where nothing of it was found."""
        truth = self.upload.stretch
        segments = [
            segment
            for one in self.shown()
            if one.reference.name == self.upload.reference
            for segment in one.match.segments
        ]
        return _off_s(segments, truth) if segments and truth else None

    def right(self) -> bool:
        """Whether all that was found is true, and all that is true was found."""
        if self.upload.reference is None:
            return self.result.error is None and not self.shown()
        where = self.result.suppressed if self.upload.harmless else self.result.matches
        off_s = self.off_s()
        return len(where) == len(self.shown()) == 1 and off_s is not None and off_s < NEAR_S

    def as_record(self) -> dict[str, object]:
        """For JSON."""
        off_s, stretch = self.off_s(), self.upload.stretch
        truth = None if stretch is None else {"reference_name": self.upload.reference, **_rounded(stretch)}
        return {
            "path": str(self.upload.path),
            "story": self.upload.story,
            "truth": truth,
            "harmless": self.upload.harmless,
            "right": self.right(),
            "off_s": None if off_s is None else round(off_s, 3),
            "result": self.result.as_record(),
        }


def _rounded(stretch: records.Stretch) -> dict[str, float]:
    return {name: round(value, 3) for name, value in asdict(stretch).items()}


def _off_s(segments: Sequence[Segment], truth: records.Stretch) -> float:
    """The worst of: both outer ends on both sides, and how far any segment slid along the reference."""
    first = min(segments, key=lambda one: one.query_start_s)
    last = max(segments, key=lambda one: one.query_end_s)
    ends = (
        first.query_start_s - truth.query_start_s,
        first.reference_start_s - truth.reference_start_s,
        last.query_end_s - truth.query_end_s,
        last.reference_end_s - truth.reference_end_s,
    )
    shift_s = truth.reference_start_s - truth.query_start_s
    slid = (one.reference_start_s - one.query_start_s - shift_s for one in segments)
    return max(abs(value) for value in (*ends, *slid))
