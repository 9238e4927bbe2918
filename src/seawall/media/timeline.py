"""Presentation times: a stream's stamps as seconds from the start of the presentation, never going back."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

_RESTART_S: Final = 10.0  # a jump of more is a new count of the sender, not a pause
_SLIP_S: Final = 1.0  # a step back of less is one wrong stamp


def seconds(stamp: int | None, base: Fraction | None) -> float | None:
    """A stamp of a stream's clock, or what lies between two; None where either is not known."""
    if stamp is None or base is None:
        return None
    # The nearest number, as a product of fractions gives it, many times as fast.
    return stamp * base.numerator / base.denominator


class Timeline:
    """Places frames in time.

    start_s: the earliest stamp of any stream of the file, where it is known.
    period_s: how long a frame lasts at the stream's usual rate.
    restarts: whether stamps of this format may start anew in mid-stream (broadcast formats).
    """

    def __init__(self, start_s: float | None, period_s: float, *, restarts: bool) -> None:
        self._origin_s = start_s
        self._period_s = period_s
        self._restarts = restarts
        self._last_s: float | None = None
        self._shown = _Stamps()
        self._decoded = _Stamps()

    def place(self, shown_s: float | None, decoded_s: float | None = None) -> float:
        """The time of the next frame in order of presentation, later than every one before.

        shown_s, decoded_s: its stamps of presentation and of decoding, where it has them.
        """
        time_s = self._time(self._choose(shown_s, decoded_s))
        self._last_s = time_s
        return time_s

    def _choose(self, shown_s: float | None, decoded_s: float | None) -> float | None:
        """The stamp of presentation, unless those of decoding have been in better order so far.

        Some containers store no stamps of presentation, and what is guessed for them may be wrong.
        """
        self._decoded.see(decoded_s if decoded_s is not None else shown_s)
        self._shown.see(shown_s if shown_s is not None else decoded_s)
        if shown_s is not None and (decoded_s is None or self._shown.wrong <= self._decoded.wrong):
            return shown_s
        return decoded_s

    def _time(self, stamp_s: float | None) -> float:
        last_s = self._last_s
        if stamp_s is None:
            return 0.0 if last_s is None else last_s + self._period_s
        if self._origin_s is None or (last_s is None and stamp_s < self._origin_s):
            self._origin_s = stamp_s - (0.0 if last_s is None else last_s + self._period_s)
        time_s = stamp_s - self._origin_s
        if last_s is None or last_s < time_s <= last_s + _RESTART_S:
            return time_s
        if time_s <= last_s and last_s - time_s < _SLIP_S:
            return last_s + self._period_s / 16
        if time_s <= last_s or self._restarts:
            self._origin_s = stamp_s - last_s - self._period_s
            return last_s + self._period_s
        return time_s


class _Stamps:
    """Counts how often one kind of stamp did not grow."""

    def __init__(self) -> None:
        self.wrong = 0
        self._last_s: float | None = None

    def see(self, stamp_s: float | None) -> None:
        if stamp_s is None:
            return
        if self._last_s is not None and stamp_s <= self._last_s:
            self.wrong += 1
        self._last_s = stamp_s
