"""Damage: what a decoder passed over, and what an early end leaves out."""

from __future__ import annotations

from typing import Final

from seawall.model import content

_SLACK_S: Final = 0.25  # containers round, and a track may end a little before the file
_SLACK_SHARE: Final = 0.02


class Damage:
    """Counts one reading's damage and tells it as a `content.Partial`."""

    def __init__(self) -> None:
        self.packets = 0
        self.read_s = 0.0  #: end of what was presented so far
        self.stopped: str | None = None  #: the error that ended the reading
        self._refusal: str | None = None
        self._expected_s: float | None = None

    def refuse(self, reason: str) -> None:
        """One packet that the decoder refused, or that came marked as corrupt."""
        self.packets += 1
        self._refusal = self._refusal or reason

    def end(self, *reached_and_announced: tuple[float, float | None], slack_s: float) -> None:
        """Compare what was reached with what was announced; the last shortfall counts."""
        for reached_s, announced_s in reached_and_announced:
            if announced_s is None:
                continue
            slack = max(_SLACK_S, slack_s, announced_s * _SLACK_SHARE)
            if reached_s < announced_s - slack:
                self._expected_s = announced_s

    def partial(self) -> content.Partial | None:
        """None where nothing was passed over."""
        reasons = [self.stopped] if self.stopped else []
        if self.packets:
            reasons.append(f"{self.packets} damaged packets: {self._refusal}")
        if self._expected_s is not None:
            reasons.append("it ends before the announced time")
        if not reasons:
            return None
        return content.Partial(self.read_s, self._expected_s, self.packets, "; ".join(reasons))
