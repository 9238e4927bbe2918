"""Laws of what was shown and of what is left: no second is lost, and none is counted twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from seawall.model import exposure, spans
from seawall.model.decision import View
from seawall.model.exposure import BREAK, Shown, Slice
from seawall.model.match import Segment
from seawall.model.signal import SignalType
from seawall.model.spans import Span
from seawall.model.viewing import Cover, Graphic, Medium

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TENTHS = st.integers(0, 400).map(lambda tenths: tenths / 10)
SPANS = st.lists(st.tuples(TENTHS, TENTHS).map(lambda pair: Span(*sorted(pair))), max_size=8)
SLICES = st.lists(
    st.builds(
        Slice,
        st.sampled_from(Cover),
        st.sampled_from(Medium),
        st.sampled_from(Graphic),
        st.floats(0, 1e5),
        st.integers(0, 1000),
    ),
    max_size=12,
)
#: What was shown: how, and of which of two contents.
SHOWN = st.lists(
    st.tuples(st.sampled_from(Medium), st.sampled_from(Cover), st.sampled_from("ab")), max_size=8
)
#: Pauses before each thing that was shown, and how long it was shown, the newest first.
RUNS = st.lists(st.tuples(st.floats(0, 2000), st.floats(0, 600)), max_size=12)


@given(SPANS, st.integers(0, 400).map(lambda tenths: tenths / 10))
def test_what_is_covered_and_what_is_left_make_the_whole(some, duration_s):
    inside = [Span(min(one.start_s, duration_s), min(one.end_s, duration_s)) for one in some]
    left = spans.gaps(duration_s, some)
    assert spans.length_s(left) + spans.length_s(inside) == _about(duration_s)
    for tenth in range(round(duration_s * 10)):
        middle_s = tenth / 10 + 0.05
        assert spans.covers(left, middle_s) is not spans.covers(spans.merged(some), middle_s)


@given(SPANS, st.floats(0, 40), st.floats(0.1, 40))
def test_a_cut_is_no_longer_than_asked_and_of_the_spans_alone(some, from_s, most_s):
    cut = spans.first(some, from_s=from_s, most_s=most_s)
    later = [Span(max(one.start_s, from_s), max(one.end_s, from_s)) for one in some]
    assert spans.length_s(cut) == _about(min(most_s, spans.length_s(later)))
    for one in cut:
        assert from_s <= one.start_s < one.end_s
        assert any(
            all_of.start_s <= one.start_s and one.end_s <= all_of.end_s for all_of in spans.merged(some)
        )


@given(SPANS)
def test_sound_covers_no_picture_and_equal_bytes_cover_all(some):
    heard = [_segment(SignalType.AUDIO, one) for one in some]
    seen = [_segment(SignalType.VIDEO, one) for one in some]
    assert spans.unmatched(heard, 40.0, spans.PICTURE) == (Span(0.0, 40.0),)
    assert spans.unmatched([*seen, *heard], 40.0, spans.PICTURE) == spans.gaps(40.0, some)
    assert spans.unmatched(heard, 40.0, spans.SOUND) == spans.gaps(40.0, some)
    whole = _segment(SignalType.SHA256, Span(0.0, 40.0))
    assert spans.unmatched([*heard, whole], 40.0, spans.PICTURE) == ()
    assert spans.unmatched(seen, None, spans.PICTURE) == ()


@given(SLICES, SLICES)
def test_sums_lose_no_time_however_they_are_parted(some, others):
    together, one, two = map(exposure.summed, ([*some, *others], some, others))
    assert together.seconds == _about(one.seconds + two.seconds)
    assert together.weighted == _about(one.weighted + two.weighted)
    assert together.reveals == one.reveals + two.reveals
    for parts in (together.by_cover, together.by_medium):
        assert sum(parts.values()) == _about(together.seconds)


@given(
    st.lists(st.tuples(st.sampled_from(Medium), st.sampled_from(Cover), st.sampled_from("ab")), max_size=8)
)
def test_a_decision_states_all_that_was_seen_of_its_content_and_nothing_of_others(shown):
    rows = [
        Shown("c", "i", sha256, medium, cover, Graphic.MILD, 0.0, 1.0, 1.0, None, None)
        for medium, cover, sha256 in shown
    ]
    said = exposure.views(rows, "a")
    assert said[0] is View.METADATA
    own = {(medium, cover) for medium, cover, sha256 in shown if sha256 == "a"}
    stills = {cover for medium, cover in own if medium is Medium.STILL}
    assert (View.STILLS in said) is (Cover.PLAIN in stills)
    assert (View.STILLS_REDUCED in said) is bool(stills - {Cover.PLAIN})
    assert (View.SOUND in said) is any(medium is Medium.SOUND for medium, _ in own)
    assert (View.FULL in said) is any(medium is Medium.VIDEO for medium, _ in own)


@given(RUNS)
def test_a_run_is_all_since_the_last_break_and_nothing_before(runs):
    at, shown, expected, going = NOW, [], 0.0, True
    for pause_s, seconds in runs:
        going = going and timedelta(seconds=pause_s) < BREAK
        at -= timedelta(seconds=pause_s + seconds)
        shown.append((at, seconds))
        expected += seconds if going else 0
    assert exposure.run_s(shown, NOW) == _about(expected)


def _segment(signal, span):
    return Segment(signal, span.start_s, span.end_s, span.start_s, span.end_s, 1.0, (), 1.0)


def _about(value):
    return pytest.approx(value, rel=1e-6, abs=1e-6)
