"""Which reference's frames stand beside those of a storyboard, and when each of them is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seawall.model import spans
from seawall.model.bank import Reference
from seawall.store.tasks import Json
from seawall.store.working import Copy
from seawall.workflows.under_review import Matched


@dataclass(frozen=True, slots=True)
class Beside:
    """The reference whose frames stand beside a storyboard's, and when each is, by the frame's number."""

    reference: Reference
    sha256: str
    times: Mapping[int, float]

    def order(self) -> list[int]:
        """The numbers of the storyboard's frames in the order of the reference's time."""
        return sorted(self.times, key=lambda number: (self.times[number], number))

    def asked(self) -> dict[str, Json]:
        """What is asked of the maker."""
        return {"times": [self.times[number] for number in self.order()]}


def found(copy: Copy, matched: Sequence[Matched]) -> Beside | None:
    """Of the best reference whose bytes are kept and that is aligned with a frame; None where none is."""
    for one in matched:
        times = {
            number: time_s
            for number, part in enumerate(copy.parts)
            if (time_s := spans.in_reference(one.segments, number_of(part, "time_s"))) is not None
        }
        if one.kept and one.reference.sha256 is not None and times:
            return Beside(one.reference, one.reference.sha256, times)
    return None


def number_of(part: Mapping[str, Json], name: str) -> float:
    """A number that a part of a working copy has."""
    value = part[name]
    assert isinstance(value, int | float)
    return value
