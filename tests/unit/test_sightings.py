"""Which frames are compared whole: those of which what met agrees, and no others."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import scenery

from seawall.matching import HammingIndex, placement, sightings
from seawall.matching.candidates import POSITION_BITS
from seawall.matching.options import SearchOptions
from seawall.signals import local
from seawall.signals.roles import Role

OPTIONS = SearchOptions()
REFERENCE = scenery.picture(1)


def turned(degrees):
    height, width = REFERENCE.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(REFERENCE, matrix, (width, height))


@pytest.fixture
def compared(monkeypatch):
    """Counts the frames that are compared whole."""
    done = []
    whole = placement.agree
    monkeypatch.setattr(placement, "agree", lambda *both: done.append(both) or whole(*both))
    return done


def met_of(query, reference, ours, theirs, *, mirrored=False):
    return sightings.Meetings(
        number=1,
        mirrored=mirrored,
        query_frames=np.zeros(1, np.int64),
        reference_frames=np.zeros(1, np.int64),
        counts=np.array([len(ours)]),
        worth=np.array([float(len(ours))]),
        query_points=np.array(ours, np.int64),
        reference_points=np.array(theirs, np.int64),
    )


def true_pairs(query, reference, *, mirrored=False):
    """Keypoints of both that lie on each other, by the placement of the whole."""
    points = query.mirrored_points(0) if mirrored else query.points(0)
    found = placement.agree(points, reference.points(0))
    return found.query_points, found.reference_points


@pytest.mark.parametrize(
    ("picture", "mirrored"), [(turned(20), False), (np.ascontiguousarray(REFERENCE[:, ::-1]), True)]
)
def test_two_meetings_of_a_copy_are_enough_for_a_look(compared, picture, mirrored):
    query, reference = local.still(picture, Role.QUERY), local.still(REFERENCE, Role.REFERENCE)
    ours, theirs = true_pairs(query, reference, mirrored=mirrored)
    compared.clear()
    far = int(np.abs(query.chosen(ours).xy - query.chosen(ours).xy[0]).max(axis=1).argmax())
    met = met_of(query, reference, ours[[0, far]], theirs[[0, far]], mirrored=mirrored)
    assert len(sightings.sightings(query, reference, met, OPTIONS)) == 1
    assert len(compared) == 1


def test_chance_meetings_are_hardly_ever_looked_at(compared):
    query, reference = local.still(scenery.picture(2), Role.QUERY), local.still(REFERENCE, Role.REFERENCE)
    random = np.random.default_rng(0)
    for _ in range(200):
        ours = random.choice(len(query.codes), 3, replace=False)
        theirs = random.choice(len(reference.codes), 3, replace=False)
        assert sightings.sightings(query, reference, met_of(query, reference, ours, theirs), OPTIONS) == []
    assert len(compared) < 20


def test_one_corner_that_met_twice_backs_nothing(compared):
    query, reference = local.still(REFERENCE, Role.QUERY), local.still(REFERENCE, Role.REFERENCE)
    ours, theirs = true_pairs(query, reference)
    compared.clear()
    met = met_of(query, reference, [ours[0], ours[0]], [theirs[0], theirs[0]])
    assert sightings.sightings(query, reference, met, OPTIONS) == []
    assert compared == []


def test_meetings_beyond_what_a_reference_has_are_left_out():
    query, reference = local.still(REFERENCE, Role.QUERY), local.still(REFERENCE, Role.REFERENCE)
    met = met_of(query, reference, [0, 1, 2], [1020, 1021, 1022])
    assert sightings.sightings(query, reference, met, OPTIONS) == []


def test_meetings_name_the_closest_pair_of_keypoints_once(tmp_path):
    reference = local.still(REFERENCE, Role.REFERENCE)
    query = local.still(turned(10), Role.QUERY)
    with HammingIndex.open(tmp_path / "index") as index:
        for number in (3, 5):
            index.add(*sightings.entry_ids(number, reference))
        found = {(one.number, one.mirrored): one for one in sightings.meetings(index, query, OPTIONS)}
    for number in (3, 5):
        met = found[number, False]
        assert met.counts.tolist() == [len(met.query_points)] == [len(met.reference_points)]
        assert len(np.unique(met.query_points)) == len(met.query_points) >= 3
        for ours, theirs in zip(met.query_points, met.reference_points, strict=True):
            bits = np.bitwise_count(query.codes[ours] ^ reference.codes).sum(axis=1)
            indexed = bits[: sightings.INDEXED_OF_STILL]
            assert bits[theirs] == indexed.min() <= OPTIONS.keypoint_radius_bits


def lone(codes):
    """A picture with keypoints of these codes, wherever."""
    count = len(codes)
    zeros = np.zeros(count, np.uint8)
    xy = np.random.default_rng(count).integers(0, local.POSITION_STEPS, (count, 2)).astype(np.uint16)
    return local.Local(
        np.zeros(1, np.uint32), np.array([0, count]), xy, zeros, zeros, codes, None, 1 << 15, 1 << 15
    )


def test_few_meetings_of_what_is_rare_say_more_than_many_of_what_is_everywhere(tmp_path):
    random = np.random.default_rng(0)
    letter, own = random.integers(0, 256, (1, 32), np.uint8), random.integers(0, 256, (6, 32), np.uint8)
    query = lone(np.concatenate([np.repeat(letter, 60, axis=0), own]))  # one letter, over and over
    with HammingIndex.open(tmp_path / "index") as index:
        for number in range(1, 40):
            known = np.concatenate([letter, letter, letter, random.integers(0, 256, (6, 32), np.uint8)])
            ids = (np.uint64(number) << np.uint64(POSITION_BITS)) | np.arange(9, dtype=np.uint64)
            index.add(own if number == 30 else known, ids[: len(own) if number == 30 else 9])
        met = sightings.meetings(index, query, OPTIONS)
    assert len(met) == OPTIONS.max_local_candidates
    assert met[0].number == 30


def test_the_closer_what_meets_the_more_it_says(tmp_path):
    random = np.random.default_rng(0)
    codes = random.integers(0, 256, (12, 32), np.uint8)
    far = codes.copy()
    far[:, :4] ^= 0b01010101  # 16 bits
    with HammingIndex.open(tmp_path / "index") as index:
        for number, known in ((1, far), (2, codes[:9])):
            index.add(
                known,
                (np.uint64(number) << np.uint64(POSITION_BITS)) | np.arange(len(known), dtype=np.uint64),
            )
        met = sightings.meetings(index, lone(codes), OPTIONS)
    assert [(one.number, one.counts.tolist()) for one in met] == [(2, [9]), (1, [12])]
