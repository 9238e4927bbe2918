"""What a search finds in made-up footage, where the right answer is known to the frame."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import moments
from moments import moving, noisy, play, query, reference, standing, still

from seawall.matching import align, lines, options, search
from seawall.matching.candidates import Hits, candidates, entry_ids
from seawall.matching.options import SearchOptions
from seawall.model.match import Recommendation
from seawall.signals import pdq, video

FOOTAGE = moving(30, 1)
NEAR_S = 0.125 + 1 / moments.FPS + 0.001  #: half a query's step and a frame
OPTIONS = SearchOptions()


def only(matches):
    (match,) = matches
    return match


def spans(match):
    return [
        (one.query_start_s, one.query_end_s, one.reference_start_s, one.reference_end_s)
        for one in match.segments
    ]


def known():
    return moments.bank_of(known=FOOTAGE)


@pytest.mark.parametrize("bits", [0, 10, 20, 30])
@pytest.mark.parametrize("phase", [7, 11, 13, 17])
def test_a_part_is_found_at_both_its_ends(bits, phase):
    lead = moving(phase / 3, 2)
    shown = noisy(play(lead, FOOTAGE.part(5, 20), moving(4.3, 3)), bits, phase)
    match = only(known().search(query(shown)))
    start_s = lead.duration_s
    assert match.recommendation is Recommendation.STRONG
    assert spans(match) == [pytest.approx((start_s, start_s + 15, 5, 20), abs=NEAR_S)]
    assert match.coverage_query == pytest.approx(15 / shown.duration_s, abs=0.02)
    assert match.coverage_reference == pytest.approx(0.5, abs=0.02)


def glanced(footage, phase_s=0.0):
    """Its frames 2 s apart, as of key frames."""
    steps = np.arange(round(phase_s * moments.FPS), len(footage), 2 * moments.FPS)
    fingerprint = moments._kept(footage, steps.tolist())
    return search.Query(None, None, fingerprint.duration_s, fingerprint, glanced=True)


@pytest.mark.parametrize("phase_s", [0.0, 0.5, 1.9])
@pytest.mark.parametrize("bits", [0, 30])
def test_what_was_glanced_at_makes_runs_over_longer_gaps(bits, phase_s):
    shown = noisy(play(moving(4, 2), FOOTAGE.part(5, 20), moving(4, 3)), bits, 4)
    asked = glanced(shown, phase_s)
    match = only(search.search(asked, known().references()))
    assert match.recommendation is Recommendation.STRONG
    assert spans(match) == [pytest.approx((4, 19, 5, 20), abs=2)]
    looked_at = dataclasses.replace(asked, glanced=False)  # whose moments say that most of it was nothing
    assert search.search(looked_at, known().references()) == []


def test_one_key_frame_of_a_copy_is_enough_for_a_closer_look_and_none_of_what_is_unknown():
    one = glanced(play(moving(3.5, 2), FOOTAGE.part(5, 7), moving(4.5, 3)))
    assert search.search(one, known().references()) == []
    assert search.search(one, known().references(), options.GLANCE)
    for seed in range(10, 20):
        assert search.search(glanced(moving(60, seed)), known().references(), options.GLANCE) == []


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 2.0])
def test_another_speed_is_found(speed):
    shown = play(moving(4.1, 2), FOOTAGE.part(5, 20, speed), moving(4.3, 3))
    match = only(known().search(query(shown)))
    end_s = 4.1 + 15 / speed
    assert spans(match) == [pytest.approx((4.1, end_s, 5, 20), abs=0.3)]
    assert match.segments[0].speed == pytest.approx(speed, rel=0.01)


def test_parts_in_swapped_order_are_two_segments():
    match = only(known().search(query(play(FOOTAGE.part(15, 23), FOOTAGE.part(2, 10)))))
    assert spans(match) == [
        pytest.approx((0, 8, 15, 23), abs=NEAR_S),
        pytest.approx((8, 16, 2, 10), abs=NEAR_S),
    ]
    assert match.coverage_query == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("between_s", [0, 4.1])
def test_a_part_shown_twice_is_found_twice(between_s):
    shown = play(FOOTAGE.part(2, 10), moving(between_s, 2), FOOTAGE.part(2, 10))
    match = only(known().search(query(shown)))
    second_s = 8 + moving(between_s, 2).duration_s
    assert spans(match) == [
        pytest.approx((0, 8, 2, 10), abs=NEAR_S),
        pytest.approx((second_s, second_s + 8, 2, 10), abs=NEAR_S),
    ]
    assert match.coverage_reference == pytest.approx(8 / 30, abs=0.02)


def test_ten_thousand_unrelated_moments_match_nothing():
    asked = moments.every_frame(moments.unrelated(10_000, 9))
    assert len(asked.indexed()) == 10_000
    assert known().search(asked) == []


def test_hits_by_chance_match_nothing():
    """Single frames of the reference, far apart and in no order, in footage of its own."""
    frames = np.random.default_rng(5).permutation(len(FOOTAGE))[:30]
    shown = [
        play(moving(2.0, 100 + int(frame)), FOOTAGE.at(frames[at : at + 1]))
        for at, frame in enumerate(frames)
    ]
    assert known().search(query(play(*shown))) == []


@pytest.mark.parametrize("bits", [0, 14])
def test_a_standing_picture_counts_once(bits):
    """However long it stands, and whatever noise lies over it."""
    picture = standing(40, 3)
    short, long = (
        only(moments.bank_of(known=picture).search(query(noisy(picture.part(0, seconds), bits, 7)))).score
        for seconds in (1, 30)
    )
    assert long == pytest.approx(short, abs=0.06)
    assert long < 0.96


def test_still_in_video_and_video_in_still():
    match = only(known().search(still(FOOTAGE, 12.3)))
    ((query_start_s, query_end_s, start_s, end_s),) = spans(match)
    assert (query_start_s, query_end_s) == (0, 0)
    assert start_s == end_s == pytest.approx(12.3, abs=0.05)
    assert (match.coverage_query, match.coverage_reference) == (1, 0)

    bank = moments.Bank()
    bank.add("picture", still(FOOTAGE, 12.3))
    held = FOOTAGE.at(np.full(90, round(12.3 * moments.FPS)))
    match = only(bank.search(query(play(moving(3.4, 2), held, moving(4, 3)))))
    assert spans(match) == [pytest.approx((3.4, 6.4, 0, 0), abs=NEAR_S)]
    assert match.segments[0].speed == 1
    assert match.coverage_reference == 1


def test_a_duller_copy_of_a_picture_is_not_taken_for_a_dull_crop_of_it():
    random = np.random.default_rng(0)
    whole = still(FOOTAGE, 12.3)
    crop = (0.4 * (whole.thumbs - 500.0) + random.normal(0, 12, whole.thumbs.shape) + 500).astype(np.int16)
    banked = dataclasses.replace(
        whole,
        times_ms=np.zeros(2, np.uint32),
        codes=np.concatenate([whole.codes, moments.flip(whole.codes, 40, random)]),
        qualities=np.repeat(whole.qualities, 2),
        thumbs=np.concatenate([whole.thumbs, crop]),
        pdq=video.Hashes(np.repeat(whole.pdq.codes, 2, axis=0), np.repeat(whole.pdq.qualities, 2)),
    )
    bank = moments.Bank()
    bank.add("picture", banked)
    asked = dataclasses.replace(
        whole,
        codes=moments.flip(whole.codes, 30, random),
        thumbs=(0.3 * (whole.thumbs - 500.0) + 500).astype(np.int16),
    )
    (segment,) = only(bank.search(asked)).segments
    assert segment.transform == ()


def test_a_picture_shown_again_and_again_gives_a_bounded_number_of_segments():
    bank = moments.Bank()
    bank.add("picture", still(FOOTAGE, 12))
    held = FOOTAGE.at(np.full(10, 12 * moments.FPS))
    match = only(bank.search(query(play(*[play(moving(2, 50 + turn), held) for turn in range(25)]))))
    assert len(match.segments) == OPTIONS.max_segments
    assert [one.query_start_s for one in match.segments] == sorted(
        one.query_start_s for one in match.segments
    )


def test_what_is_too_dark_in_both_is_bridged():
    """Three flat seconds in the middle do not part a copy in two, nor end it early."""
    qualities = FOOTAGE.qualities.copy()
    qualities[10 * moments.FPS : 13 * moments.FPS] = 0
    qualities[28 * moments.FPS :] = 0
    dark = dataclasses.replace(FOOTAGE, qualities=qualities)
    match = only(moments.bank_of(known=dark).search(query(dark)))
    assert spans(match) == [pytest.approx((0, 30, 0, 30), abs=NEAR_S)]


def test_what_is_flat_throughout_matches_nothing():
    flat = dataclasses.replace(FOOTAGE, qualities=np.full(len(FOOTAGE), video.MIN_QUALITY - 1, np.uint8))
    assert moments.bank_of(known=flat).search(query(flat)) == []


def test_hashes_from_a_list_are_met_by_hashes():
    bank = moments.Bank()
    bank.add("listed", reference(FOOTAGE).as_listed())
    match = only(bank.search(query(FOOTAGE.part(5, 20))))
    assert spans(match) == [pytest.approx((0, 15, 5, 20), abs=NEAR_S)]


def test_a_run_does_not_bridge_what_another_took():
    shown = play(FOOTAGE.part(2, 2.8), FOOTAGE.part(20, 20.6), FOOTAGE.part(3.4, 4.4))
    match = only(known().search(query(shown)))
    ends_s = [one.query_end_s for one in match.segments]
    starts_s = [one.query_start_s for one in match.segments]
    assert all(start_s >= end_s - 0.001 for start_s, end_s in zip(starts_s[1:], ends_s[:-1], strict=True))


class Tried(Exception):
    pass


def test_a_line_that_refining_moved_is_not_voted_for_again(monkeypatch):
    """One hit at 10 s whose look-alike, too far off in bits to hold, stands 0.6 s later."""
    one, other = moving(20, 1), moving(3, 2)
    seen = other.at(np.array([30]))
    apart = moments.Footage(noisy(seen, 31, 1).codes, moments.moving(1, 9).thumbs[:1], seen.qualities)
    alike = noisy(seen, 40, 2)
    known_footage = play(one.part(0, 10), apart, moving(17 / 30, 5), alike, one.part(10, 20))
    asked = query(play(one.part(0, 0), other.at(np.zeros(0, np.int64)), moving(10, 8), seen))
    entered = reference(known_footage)
    index = moments.BruteForce()
    index.add(*entry_ids(1, entered))
    (candidate,) = candidates(index, asked, 31)
    tries = []
    best_line = lines.best_line

    def counted(*arguments):
        tries.append(arguments)
        if len(tries) > len(candidate.hits):
            raise Tried
        return best_line(*arguments)

    monkeypatch.setattr(lines, "best_line", counted)
    assert align.align(asked, entered, candidate.hits, OPTIONS) == []


def test_the_number_of_lines_tried_is_bounded(monkeypatch):
    frames = np.random.default_rng(5).permutation(len(FOOTAGE) // 8) * 8
    asked, entered = query(FOOTAGE.at(np.repeat(frames, 8))), reference(FOOTAGE)
    index = moments.BruteForce()
    index.add(*entry_ids(1, entered))
    (candidate,) = candidates(index, asked, 31)
    tries = []
    best_line = lines.best_line
    monkeypatch.setattr(lines, "best_line", lambda *given: tries.append(1) or best_line(*given))
    align.align(asked, entered, candidate.hits, OPTIONS)
    assert len(tries) <= align.MAX_LINES


def test_a_crowd_of_hits_is_thinned_and_lies_where_it_should():
    """Ten minutes of one picture under noise: each moment of one meets each of the other."""
    picture = noisy(standing(120, 1), 10, 1)
    entered, asked = reference(picture), query(picture)
    index = moments.BruteForce()
    index.add(*entry_ids(1, entered))
    index.add(*entry_ids(2, reference(noisy(moments.play(picture.part(0, 0.5)), 1, 3))))
    found = {one.number: one.hits for one in candidates(index, asked, 31)}
    assert set(found) == {1, 2}
    assert len(found[1]) < len(entered.indexed()) * len(asked.indexed())
    assert isinstance(found[1], Hits)
    assert found[1].query.max() < len(asked)
    assert found[1].reference.max() < len(entered)


def test_disputed_is_never_more_than_suggested():
    bank = moments.Bank()
    bank.add("moving", reference(FOOTAGE), disputed=True)
    bank.add("still", still(FOOTAGE, 12), disputed=True)
    bank.add("exact", None, disputed=True, sha256="ab" * 32)
    for asked in (query(FOOTAGE), still(FOOTAGE, 12)):
        found = bank.search(asked, sha256="ab" * 32)
        assert {one.reference for one in found} == {"moving", "still", "exact"}
        assert {one.recommendation for one in found} == {Recommendation.SUGGEST}


def test_withdrawn_never_matches():
    bank = moments.Bank()
    bank.withdraw(bank.add("known", reference(FOOTAGE), sha256="ab" * 32))
    assert bank.search(query(FOOTAGE), sha256="ab" * 32) == []


def test_known_good_content_suppresses():
    intro = FOOTAGE.part(0, 10)
    bank = moments.Bank()
    bank.add("report", reference(FOOTAGE))
    bank.add("intro", reference(intro), negative=True)
    match = only(bank.search(query(play(intro, moving(10, 5)))))
    assert (match.reference, match.suppressed_by) == ("report", "intro")
    assert match.recommendation is Recommendation.NONE


def test_known_good_content_in_a_small_part_does_not_suppress():
    bank = moments.Bank()
    bank.add("report", reference(FOOTAGE))
    bank.add("intro", reference(FOOTAGE.part(0, 5)), negative=True)
    match = only(bank.search(query(FOOTAGE)))
    assert (match.reference, match.suppressed_by) == ("report", None)
    assert match.recommendation is Recommendation.STRONG


def test_disputed_known_good_content_does_not_suppress():
    bank = moments.Bank()
    bank.add("report", reference(FOOTAGE))
    bank.add("intro", reference(FOOTAGE), negative=True, disputed=True)
    match = only(bank.search(query(FOOTAGE)))
    assert (match.reference, match.suppressed_by) == ("report", None)


def test_an_exact_copy_matches_without_a_fingerprint():
    bank = moments.Bank()
    bank.add("exact", None, sha256="ab" * 32)
    match = only(bank.search(None, sha256="ab" * 32))
    assert (match.score, match.recommendation) == (1, Recommendation.STRONG)
    assert (match.coverage_query, match.coverage_reference) == (1, 1)
    assert bank.search(None, sha256="cd" * 32) == []


def two_pictures(bits):
    """A picture, and two that are as far from it, in other bits."""
    asked = still(FOOTAGE, 10)
    bank = moments.Bank()
    for number in range(2):
        turned = np.zeros(pdq.BITS, np.uint8)
        turned[number * bits : (number + 1) * bits] = 1
        bank.add(f"picture {number}", dataclasses.replace(asked, codes=asked.codes ^ np.packbits(turned)))
    return bank.search(asked)


def test_two_different_pictures_equally_close_are_only_suggested():
    assert [one.recommendation for one in two_pictures(20)] == [Recommendation.SUGGEST] * 2


def test_a_picture_banked_twice_is_no_rival_of_itself():
    assert [one.recommendation for one in two_pictures(10)] == [Recommendation.STRONG] * 2
