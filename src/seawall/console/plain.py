"""Matches and rules in plain words."""

from __future__ import annotations

from collections.abc import Callable

from seawall.model.match import Segment
from seawall.model.policy import CONDITIONS, When

Words = Callable[..., str]


def clock(seconds: float) -> str:
    """A place in a film or sound, as players show it: `1:02:03.4`, with tenths where there are any."""
    tenths = round(seconds * 10)
    hours, rest = divmod(tenths, 36_000)
    minutes, rest = divmod(rest, 600)
    whole, tenth = divmod(rest, 10)
    start = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{start}:{whole:02}" + (f".{tenth}" if tenth else "")


def segment(t: Words, one: Segment) -> str:
    """Which part of the query is which part of the reference, and what was undone for it to match."""
    where = t(
        f"search.segment.{_how(one)}",
        signal=t(f"search.signal.{one.signal.value}"),
        query_start=clock(one.query_start_s),
        query_end=clock(one.query_end_s),
        reference_start=clock(one.reference_start_s),
        reference_end=clock(one.reference_end_s),
    )
    more = [where]
    if abs(one.speed - 1) >= 0.005:
        more.append(t("search.segment.speed", speed=round(one.speed, 2)))
    if one.transform:
        more.append(t("search.segment.transform", what=", ".join(one.transform)))
    if one.query_region is not None:
        more.append(t("search.segment.in_part"))
    if one.reference_region is not None:
        more.append(t("search.segment.of_part"))
    return "; ".join(more)


def _how(one: Segment) -> str:
    """Whether either side is a still."""
    query_is_still = one.query_start_s == one.query_end_s
    reference_is_still = one.reference_start_s == one.reference_end_s
    if query_is_still and reference_is_still:
        return "still_still"
    if query_is_still:
        return "still_at"
    return "at_still" if reference_is_still else "run"


def conditions(t: Words, share: Callable[[float], str], when: When) -> list[str]:
    """What a rule asks for, a phrase each; the recommendation comes first and is always there."""
    plain, found = When(), []
    for name in CONDITIONS:
        value = getattr(when, name)
        if name != "recommendation" and value == getattr(plain, name):
            continue
        if name == "recommendation":
            found.append(t(f"policies.when.recommendation.{value.value}"))
        elif name == "verified":
            found.append(t("policies.when.verified"))
        elif name == "matched_s":
            found.append(t("policies.when.matched_s", n=value))
        elif name in ("score", "coverage_query", "coverage_reference"):
            found.append(t(f"policies.when.{name}", share=share(value)))
        elif name == "kinds":
            found.append(
                t("policies.when.kinds", what=", ".join(t(f"admin.kinds.{one.value}") for one in value))
            )
        elif name == "signals":
            what = ", ".join(t(f"search.signal.{one.value}") for one in value)
            found.append(t("policies.when.signals", what=what))
        else:
            found.append(t(f"policies.when.{name}", what=", ".join(value)))
    return found
