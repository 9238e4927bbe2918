"""Which seconds of a content are known, and when it is a full copy."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from seawall.model.coverage import PICTURE, SOUND, Span, is_full_copy, main, matched, unmatched
from seawall.model.match import Match, Recommendation, Region, Segment
from seawall.model.signal import SignalType


def segment(start_s, end_s, signal=SignalType.VIDEO, query_region=None, reference_region=None):
    return Segment(
        signal, start_s, end_s, start_s, end_s, 1.0, (), 0.9, query_region, reference_region=reference_region
    )


def match(*segments, recommendation=Recommendation.STRONG, query=1.0, reference=1.0, suppressed_by=None):
    return Match("r", 0.9, recommendation, query, reference, {}, segments, suppressed_by)


def test_what_lies_between_segments_is_unmatched():
    some = [segment(8, 9), segment(2, 4), segment(3, 5)]
    assert matched(some, PICTURE) == (Span(2, 5), Span(8, 9))
    assert unmatched(some, 10.0, PICTURE) == (Span(0, 2), Span(5, 8), Span(9, 10))
    assert unmatched(some, 10.0, SOUND) == (Span(0, 10),)
    assert unmatched([], None, PICTURE) == ()


def test_a_part_of_the_picture_covers_no_second():
    inset = segment(0, 10, query_region=Region(0.5, 0.5, 0.5, 0.5))
    assert unmatched([inset], 10.0, PICTURE) == (Span(0, 10),)


def test_the_very_bytes_cover_picture_and_sound():
    exact = [segment(0, 10, SignalType.SHA256)]
    assert unmatched(exact, 10.0, PICTURE) == unmatched(exact, 10.0, SOUND) == ()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8), st.integers(1, 50))
def test_matched_and_unmatched_make_up_the_whole(pairs, duration):
    some = [segment(min(pair), max(pair)) for pair in pairs]
    known = {at for span in matched(some, PICTURE) for at in range(int(span.start_s), int(span.end_s))}
    unknown = {
        at
        for span in unmatched(some, float(duration), PICTURE)
        for at in range(int(span.start_s), int(span.end_s))
    }
    assert known & unknown == set()
    assert (known | unknown) >= set(range(duration))
    assert unknown <= set(range(duration))


FULL = (segment(0.2, 29.8), segment(0, 30, SignalType.AUDIO))


def test_a_full_copy_has_picture_and_sound_of_the_reference():
    assert is_full_copy(match(*FULL), "video", 30.0, has_sound=True)
    assert is_full_copy(match(FULL[0]), "video", 30.0, has_sound=False)
    assert is_full_copy(match(FULL[1]), "audio", 30.0, has_sound=True)
    assert is_full_copy(match(segment(0, 30, SignalType.SHA256)), "video", 30.0, has_sound=None)
    assert is_full_copy(match(segment(0, 0, SignalType.PDQ)), "image", None, has_sound=None)


@pytest.mark.parametrize(
    ("made", "kind", "has_sound"),
    [
        (match(*FULL, recommendation=Recommendation.SUGGEST), "video", True),
        (match(*FULL, query=0.97), "video", True),
        (match(*FULL, reference=0.97), "video", True),
        (match(*FULL, suppressed_by="n"), "video", True),
        (match(FULL[0]), "video", True),
        (match(FULL[0]), "video", None),
        (match(FULL[1]), "video", True),
        (match(segment(0, 14), segment(15.2, 30), FULL[1]), "video", True),
        (match(segment(0, 30, query_region=Region(0, 0, 0.5, 1)), FULL[1]), "video", True),
        (match(segment(0, 30, reference_region=Region(0, 0, 0.5, 1)), FULL[1]), "video", True),
    ],
)
def test_anything_else_is_none(made, kind, has_sound):
    assert not is_full_copy(made, kind, 30.0, has_sound=has_sound)


def test_a_part_of_a_still_is_none():
    cut = segment(0, 0, SignalType.PDQ, reference_region=Region(0, 0, 0.5, 1))
    assert not is_full_copy(match(cut), "image", None, has_sound=None)


def test_sound_is_listened_to_and_all_else_is_looked_at():
    assert (main("audio"), main("video"), main(None)) == (SOUND, PICTURE, PICTURE)
