"""What a network's descriptors say of two contents: stretches, what they are worth, and what they are not."""

import numpy as np
import pytest

from seawall.matching import HammingIndex, described, explain, search
from seawall.matching.references import Entry, References
from seawall.model import match, signal
from seawall.signals import learned

MODEL = b"m" * 32
WIDTH = 256
OPTIONS = described.LearnedOptions()


def vectors(seed: int, count: int) -> np.ndarray:
    made = np.random.default_rng(seed).standard_normal((count, WIDTH))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def near(base: np.ndarray, cosine: float, seed: int = 99) -> np.ndarray:
    """Vectors at this cosine to the given ones."""
    other = np.random.default_rng(seed).standard_normal(base.shape)
    other -= (other * base).sum(axis=1, keepdims=True) * base
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    return (cosine * base + np.sqrt(1 - cosine**2) * other).astype(np.float32)


def descriptors(of: np.ndarray, step_s: float = 2.0, model: bytes = MODEL) -> learned.Descriptors:
    times_ms = np.rint(np.arange(len(of)) * step_s * 1000).astype(np.uint32)
    return learned.Descriptors(model, times_ms, learned.quantised(of))


def found(query, reference, *, still=False):
    return described.stretches(query, reference, still=still, options=OPTIONS)


def test_a_stills_copy_is_worth_a_suggestion_and_more_the_closer_it_is():
    base = vectors(1, 1)
    worth = []
    for cosine in (OPTIONS.same_cosine + 0.02, 0.85, 1.0):
        (one,) = found(descriptors(near(base, cosine)), descriptors(base), still=True)
        worth.append(one.points)
        assert (one.query_s, one.reference_s) == ((0.0, 0.0), (0.0, 0.0))
    assert worth == sorted(worth)
    assert explain.score(worth[0]) >= search.DEFAULTS.suggest_score
    assert found(descriptors(near(base, OPTIONS.same_cosine - 0.02)), descriptors(base), still=True) == []


def test_a_still_is_placed_where_it_shows():
    film = vectors(2, 12)
    film[6:9] = film[6]
    (one,) = found(descriptors(near(film[7:8], 0.9)), descriptors(film), still=True)
    assert one.query_s == (0.0, 0.0)
    assert one.reference_s == (12.0, 16.0)


def test_a_stretch_of_footage_is_located_on_both_sides():
    film, other = vectors(3, 40), vectors(4, 30)
    other[5:20] = near(film[10:25], 0.85)
    (one,) = found(descriptors(other), descriptors(film))
    assert (one.query_s, one.reference_s) == ((10.0, 38.0), (20.0, 48.0))
    assert one.speed == pytest.approx(1.0)


def test_footage_at_double_speed_is_followed():
    film = vectors(5, 40)
    (one,) = found(descriptors(near(film[::2], 0.9)), descriptors(film))
    assert one.speed == pytest.approx(2.0)
    assert one.reference_s == (0.0, 76.0)


def test_two_pieces_in_another_order_are_two_stretches():
    film = vectors(6, 40)
    shuffled = np.concatenate([film[25:35], film[5:15]])
    first, second = found(descriptors(shuffled), descriptors(film))
    assert (first.query_s, first.reference_s) == ((0.0, 18.0), (50.0, 68.0))
    assert (second.query_s, second.reference_s) == ((20.0, 38.0), (10.0, 28.0))


def test_pairs_that_do_not_follow_each_other_are_no_stretch():
    """One moment of footage is not enough for a suggestion, nor are two at times that do not fit."""
    film, other = vectors(7, 40), vectors(8, 40)
    other[3] = near(film[30:31], 0.8)[0]
    other[4] = near(film[5:6], 0.8)[0]
    worth = [one.points for one in found(descriptors(other), descriptors(film))]
    assert len(worth) == 2
    assert max(explain.score(points) for points in worth) < search.DEFAULTS.suggest_score


def test_a_standing_picture_is_one_picture_however_long_and_often_it_stands():
    card = vectors(9, 1)
    film, other = vectors(10, 40), vectors(11, 40)
    film[5:15] = card
    other[2:12] = other[20:30] = near(card, 0.95)
    total = sum(one.points for one in found(descriptors(other), descriptors(film)))
    assert 0 < total <= OPTIONS.most_moment_points


def test_other_networks_descriptors_are_refused():
    base = vectors(1, 1)
    with pytest.raises(ValueError, match="different networks"):
        found(descriptors(base), descriptors(base, model=b"n" * 32), still=True)


def test_what_other_signals_found_is_not_counted_again():
    one = described.Stretch((10.0, 20.0), (0.0, 10.0), 1.0, 5.0)
    still = described.Stretch((0.0, 0.0), (4.0, 4.0), 1.0, 5.0)

    def told(start_s, end_s):
        return match.Segment(signal.SignalType.VIDEO, start_s, end_s, 0.0, 1.0, 1.0, (), 0.9)

    assert described.fresh([one], [told(0, 14)]) == [one]
    assert described.fresh([one], [told(0, 16)]) == []
    assert described.fresh([still], [told(0, 0)]) == []
    assert described.fresh([one, still], []) == [one, still]


@pytest.mark.parametrize("said", [0.0, 3.0, 100.0])
@pytest.mark.parametrize("others", [0.0, 5.0, 7.8, 8.0, 30.0])
def test_what_a_network_says_never_makes_a_match_strong(others, said):
    strong = search.DEFAULTS.strong_score
    total = described.total(others, said, strong)
    assert total >= others
    assert (round(explain.score(total), 4) >= strong) == (round(explain.score(others), 4) >= strong)


@pytest.fixture
def index(tmp_path):
    with HammingIndex.open(tmp_path / "learned") as opened:
        yield opened


def test_the_nearest_references_are_candidates(index):
    known = vectors(12, 300)
    for number, one in enumerate(known, 1):
        index.add(*described.entry_ids(number, descriptors(one[None])))
    numbers = described.candidates(index, descriptors(near(known[41:42], 0.8)), OPTIONS)
    assert numbers[0] == 42
    assert len(numbers) <= OPTIONS.max_candidates


def test_a_search_names_what_the_match_rests_on(index, tmp_path):
    base = vectors(13, 1)
    known = descriptors(base)
    index.add(*described.entry_ids(7, known))
    with HammingIndex.open(tmp_path / "empty") as empty:
        stored = References(
            own=empty,
            listed=empty,
            keypoints=empty,
            sounds=empty,
            load=lambda numbers: {number: Entry("seven", False, False, None, None) for number in numbers},
            load_keypoints=lambda number: None,
            load_sound=lambda number: None,
            exact=lambda sha256, md5: [],
            learned=index,
            load_learned={7: known}.get,
        )
        same = search.Query("", "", None, None, descriptors=known)
        (found_match,) = search.search(same, stored)
        assert found_match.recommendation is match.Recommendation.SUGGEST
        assert set(found_match.parts) == {"learned"}
        (segment,) = found_match.segments
        assert segment.signal is signal.SignalType.LEARNED
        assert search.search(search.Query("", "", None, None), stored) == []
