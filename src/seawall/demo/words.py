"""Times, shares and findings in the words in which people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from seawall.bench.records import Stretch
from seawall.matching.options import SearchOptions
from seawall.model.match import Recommendation, Segment
from seawall.workflows.check import Named


def clock(time_s: float) -> str:
    """Minutes and seconds, as `seawall check` prints them: 0:07.40, 1:02.50, 1:00:02.50."""
    hundredths = round(time_s * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    end = f"{rest // 100:02d}.{rest % 100:02d}"
    return f"{hours}:{minutes:02d}:{end}" if hours else f"{minutes}:{end}"


def span(start_s: float, end_s: float) -> str:
    """From when to when; a moment is one time."""
    return clock(start_s) if start_s == end_s else f"{clock(start_s)} to {clock(end_s)}"


def percent(share: float) -> str:
    """A share in whole percent; next to nothing and nearly all are not rounded away."""
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 <= share < 1:
        return f"{math.floor(share * 1000) / 10} %"
    return f"{share * 100:.0f} %"


def off(off_s: float) -> str:
    """How far a result is from the truth."""
    return f"off by at most {max(off_s, 0.01):.2f} s"


def listed(items: Sequence[str]) -> str:
    """a, b and c."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def place(where: Segment | Stretch, name: str, *, ours: str = "") -> str:
    """Where a stretch lies on both sides. ours: what to call the upload, if anything."""
    theirs = span(where.reference_start_s, where.reference_end_s)
    if where.query_start_s == where.query_end_s:
        return f"the picture is {theirs} of {name}"
    return f"{span(where.query_start_s, where.query_end_s)}{ours} is {theirs} of {name}"


def why(one: Named, still: bool, options: SearchOptions) -> list[str]:  # noqa: FBT001
    """The match explained, in sentences."""
    name = one.reference.name
    sentences = [_where(one.match.segments, name, still)]
    if one.suppressed_by is not None:
        good = one.suppressed_by
        sentences.append(
            f"All of this lies where {good.name} lies too, which is in {good.bank}, a bank of known-good "
            "content. So the match is listed as suppressed and nothing is recommended."
        )
        return sentences
    sentences.append(_strength(one, still, options))
    if not still:
        sentences.append(_rest(1 - one.match.coverage_query))
    return sentences


def _where(segments: Sequence[Segment], name: str, still: bool) -> str:  # noqa: FBT001
    if still:
        return f"This picture was on the screen in {name}, and the time is that of the nearest frame."
    speeds = {round(segment.speed, 2) for segment in segments}
    times = listed([f"{one:g}" for one in sorted(speeds)])
    pace = "at its own speed" if speeds == {1.0} else f"at {times} times its speed"
    undone = sorted({step for segment in segments for step in segment.transform})
    after = f", after undoing {listed(undone)}" if undone else ""
    return f"Picture after picture of {name} comes by in its order and {pace}{after}."


def _rest(share: float) -> str:
    if share >= 0.01:
        return f"The other {percent(share)} of the upload follows nothing known."
    return "Next to nothing else is in the upload." if share > 0 else "Nothing else is in the upload."


def _strength(one: Named, still: bool, options: SearchOptions) -> str:  # noqa: FBT001
    score, limit = f"{one.match.score:.2f}", f"{options.strong_score:.2f}"
    if one.match.recommendation is Recommendation.STRONG:
        how = "How near they are gives" if still else "Evidence from distinct pictures adds up to"
        return f"{how} a score of {score}; strong begins at {limit}."
    return f"The score of {score} is worth a person's look, and no more: strong begins at {limit}."
