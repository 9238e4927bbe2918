"""Edits and parts of the same footage find each other, to the second; other footage never does.

The videos and what is known of them come with facebook/ThreatExchange's TMK+PDQF.
"""

import itertools
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "unit")]
import moments  # noqa: E402
import prints  # noqa: E402

from seawall.matching import HammingIndex, references, search  # noqa: E402
from seawall.matching.candidates import entry_ids  # noqa: E402
from seawall.model.match import Recommendation  # noqa: E402
from seawall.signals import video  # noqa: E402

CHAIRS = (
    "chair-19-sd-bar",
    "chair-20-sd-bar",
    "chair-22-sd-grey-bar",
    "chair-22-sd-sepia-bar",
    "chair-22-with-small-logo-bar",
    "chair-orig-22-sd-bar",
)
PATTERNS = ("pattern-hd-no-bar", "pattern-longer-no-bar")
OTHERS = ("doorknob-hd-no-bar",)
NAMES = CHAIRS + PATTERNS + OTHERS
INDEXES = ("brute force", "hamming")


@pytest.fixture(scope="session")
def encoded(conformance_dir):
    paths = [conformance_dir / "video" / f"{name}.mp4" for name in NAMES]
    return dict(zip(NAMES, prints.at_once(prints.both, paths), strict=True))


@pytest.fixture(scope="session")
def queries(encoded):
    return {name: video.decode(one.query) for name, one in encoded.items()}


@pytest.fixture(scope="session")
def banked(encoded):
    return {name: video.decode(one.reference) for name, one in encoded.items()}


@pytest.fixture(scope="session")
def found(queries, banked, tmp_path_factory):
    """By index and query: reference -> match."""
    bank = moments.Bank()
    own = HammingIndex.open(tmp_path_factory.mktemp("own"))
    listed = HammingIndex.open(tmp_path_factory.mktemp("listed"))
    for name, fingerprint in banked.items():
        number = bank.add(name, fingerprint)
        own.add(*entry_ids(number, fingerprint))
    stored = references.References(
        own=own,
        listed=listed,
        keypoints=bank.keypoints,
        sounds=bank.sounds,
        load_keypoints=bank.locals.get,
        load_sound=lambda number: None,
        load=lambda numbers: {number: bank.entries[number] for number in numbers},
        exact=lambda sha256, md5: [],
    )
    answers = {}
    for name, fingerprint in queries.items():
        asked = search.Query("", "", fingerprint.duration_s, fingerprint)
        for index, known in zip(INDEXES, (bank.references(), stored), strict=True):
            answers[index, name] = {one.reference: one for one in search.search(asked, known)}
    own.close()
    listed.close()
    return answers


def test_both_indexes_lead_to_the_same_matches(found):
    for name in NAMES:
        assert found["brute force", name] == found["hamming", name]


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(CHAIRS, 2)))
def test_edits_of_one_recording_match_strongly(found, queries, banked, one, other):
    match = found["hamming", one][other]
    assert match.recommendation is Recommendation.STRONG
    query_is_shorter = queries[one].duration_s <= banked[other].duration_s
    assert (match.coverage_query if query_is_shorter else match.coverage_reference) > 0.9


def test_the_shortened_recording_lies_where_it_was_cut_out(found):
    (segment,) = found["hamming", "chair-19-sd-bar"]["chair-orig-22-sd-bar"].segments
    assert segment.reference_start_s - segment.query_start_s == pytest.approx(3.70, abs=0.10)
    assert segment.speed == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(PATTERNS, 2)))
def test_the_shorter_pattern_lies_in_the_longer(found, one, other):
    match = found["hamming", one][other]
    assert match.recommendation is Recommendation.STRONG
    assert max(match.coverage_query, match.coverage_reference) > 0.9


def test_other_footage_never_matches(found):
    for group in (CHAIRS, PATTERNS, OTHERS):
        for name in group:
            assert set(found["hamming", name]) <= set(group)


def test_every_video_matches_itself_from_end_to_end(found):
    for name in NAMES:
        match = found["hamming", name][name]
        assert (match.coverage_query, match.coverage_reference) > (0.95, 0.95)
        assert match.score > 0.99
