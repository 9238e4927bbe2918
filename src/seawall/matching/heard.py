"""A reference found by its sound, as a match shows it."""

from __future__ import annotations

from typing import Final

from seawall.matching import explain, sound
from seawall.matching.sound_runs import Run
from seawall.model import match, signal

AUDIO_PART: Final = "audio"


def segment(run: Run) -> match.Segment:
    """A run of sound; its score is what it is worth alone."""
    return match.Segment(
        signal=signal.SignalType.AUDIO,
        query_start_s=round(run.query_start_s, 3),
        query_end_s=round(run.query_end_s, 3),
        reference_start_s=round(run.reference_start_s, 3),
        reference_end_s=round(run.reference_end_s, 3),
        speed=round(run.speed, 4),
        transform=run.transform,
        score=round(explain.score(sound.points(run)), 4),
    )
