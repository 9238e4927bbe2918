"""Copies that no whole-picture code can find: found by keypoints, placed in time and in the picture."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import moments
import scenery

from seawall.matching import HammingIndex, search, sightings, traces
from seawall.model import signal
from seawall.model.match import Recommendation
from seawall.signals import local, roles, video

FPS = 10
LENGTH_S = 8.0


class Shown:
    """A frame of a made clip."""

    def __init__(self, time_s, luma):
        self.time_s = time_s
        self._luma = luma

    def luma(self):
        return self._luma


def clip(seed, length_s=LENGTH_S):
    """Two scenes in which things cross on ways of their own."""
    frames = []
    for part in range(2):
        ground = scenery.picture(1000 * seed + part, 216, 384)
        random = np.random.default_rng(1000 * seed + part)
        things = [scenery.picture(int(random.integers(1 << 30)), 54, 54) for _ in range(7)]
        starts, ways = random.uniform(0, 1, (7, 2)), random.uniform(-0.12, 0.12, (7, 2))
        for number in range(round(length_s * FPS / 2)):
            frame = ground.copy()
            for thing, start, way in zip(things, starts, ways, strict=True):
                top, left = (((start + way * number / FPS) % 1) * (162, 330)).astype(int)
                frame[top : top + 54, left : left + 54] = thing
            frames.append(frame)
    return frames


def signals(frames, role):
    collector = local.Collector(role)
    shown = [Shown(number / FPS, luma) for number, luma in enumerate(frames)]
    made = video.fingerprint(shown, role, collector.take)
    return made, collector.gathered()


class Bank(moments.Bank):
    """Clips with their keypoints."""

    def add_clip(self, name, frames):
        made, points = signals(frames, roles.Role.REFERENCE)
        number = self.add(name, made)
        self.locals[number] = points
        self.keypoints.add(*sightings.entry_ids(number, points))

    def ask(self, frames):
        made, points = signals(frames, roles.Role.QUERY)
        return search.search(search.Query("", "", made.duration_s, made, points), self.references())


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    with HammingIndex.open(tmp_path_factory.mktemp("keypoints")) as keypoints:
        made = Bank(keypoints=keypoints)
        for seed in range(1, 5):
            made.add_clip(f"clip {seed}", clip(seed))
        keypoints.merge()
        yield made


def cropped(luma):
    return np.ascontiguousarray(luma[40:180, 20:270])


def mirrored(luma):
    return np.ascontiguousarray(luma[:, ::-1])


def turned(luma):
    matrix = cv2.getRotationMatrix2D((192, 108), 10, 1)
    return cv2.warpAffine(luma, matrix, (384, 216))


def framed(luma):
    return cv2.copyMakeBorder(luma, 60, 60, 30, 30, cv2.BORDER_CONSTANT, value=10)


def inset(luma):
    host = scenery.picture(77, 216, 384)
    host[10 : 10 + 130, 20 : 20 + 230] = cv2.resize(luma, (230, 130), interpolation=cv2.INTER_AREA)
    return host


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (cropped, {"crop"}),
        (mirrored, {"mirror"}),
        (turned, {"rotate:-10"}),
        (framed, {"inset"}),
        (inset, {"inset"}),
    ],
)
def test_an_edited_copy_is_found_where_it_is(bank, change, words):
    frames = [change(luma) for luma in clip(2)]
    (match,) = bank.ask(frames)
    assert match.reference == "clip 2"
    assert match.recommendation is Recommendation.STRONG
    (segment,) = match.segments
    # The code of a mirrored picture follows from the picture's, so that needs no keypoints.
    kind = signal.SignalType.VIDEO if change is mirrored else signal.SignalType.LOCAL
    assert segment.signal is kind
    assert set(segment.transform) == words
    assert segment.speed == pytest.approx(1.0, abs=0.02)
    for said_s, true_s in (
        (segment.query_start_s, 0),
        (segment.query_end_s, LENGTH_S),
        (segment.reference_start_s, 0),
        (segment.reference_end_s, LENGTH_S),
    ):
        assert abs(said_s - true_s) <= 0.3


def test_the_regions_say_where_in_both_pictures(bank):
    (match,) = bank.ask([inset(luma) for luma in clip(3)])
    region = match.segments[0].query_region
    assert match.segments[0].reference_region is None
    true = (20 / 384, 10 / 216, 230 / 384, 130 / 216)
    assert np.abs(np.array(region) - true).max() < 0.03
    (match,) = bank.ask([cropped(luma) for luma in clip(3)])
    assert match.segments[0].query_region is None
    true = (20 / 384, 40 / 216, 250 / 384, 140 / 216)
    assert np.abs(np.array(match.segments[0].reference_region) - true).max() < 0.03


def test_a_part_of_a_mirrored_copy_in_other_footage_is_cut_out_of_it(bank):
    lead, copied = clip(9)[:30], [mirrored(luma) for luma in clip(1)[20:60]]
    (match,) = bank.ask(lead + copied)
    first, last = match.segments[0], match.segments[-1]
    assert abs(first.query_start_s - 3.0) <= 0.3
    assert abs(last.query_end_s - 7.0) <= 0.3
    assert abs(first.reference_start_s - 2.0) <= 0.3
    assert abs(last.reference_end_s - 6.0) <= 0.3


def test_a_cropped_copy_played_faster_or_backwards_is_told_so(bank):
    faster = [cropped(luma) for luma in clip(4)[::2]]
    (match,) = bank.ask(faster)
    assert all(abs(one.speed - 2) < 0.1 for one in match.segments)
    backwards = [cropped(luma) for luma in clip(4)[::-1]]
    (match,) = bank.ask(backwards)
    assert all("reverse" in one.transform for one in match.segments)
    assert min(one.reference_start_s for one in match.segments) <= 0.4
    assert max(one.reference_end_s for one in match.segments) >= LENGTH_S - 0.4


def test_what_is_covered_by_a_logo_does_not_hide_the_rest(bank):
    def covered(luma):
        logo = luma.copy()
        logo[60:216, 150:384] = scenery.picture(55, 156, 234)
        return logo

    (match,) = bank.ask([covered(luma) for luma in clip(1)])
    assert match.reference == "clip 1"
    assert match.coverage_query > 0.8


def test_unrelated_clips_match_nothing(bank):
    for seed in range(20, 26):
        for change in (cropped, mirrored, inset):
            assert bank.ask([change(luma) for luma in clip(seed, 4.0)]) == []


def test_a_cropped_still_leads_to_its_moment(bank):
    frames = clip(2)
    luma = cropped(frames[50])
    made, points = video.still(luma), local.still(luma, roles.Role.QUERY)
    (match,) = search.search(search.Query("", "", None, made, points), bank.references())
    (segment,) = match.segments
    assert match.reference == "clip 2"
    assert (segment.query_start_s, segment.query_end_s) == (0, 0)
    assert abs(segment.reference_start_s - 5.0) <= 0.5


def before_a_standing_camera(seed, length_s=40.0):
    """A scene in which one small thing is moved about, and nothing else moves."""
    ground, thing = scenery.picture(1000 * seed, 216, 384), scenery.picture(1000 * seed + 1, 30, 30)
    random, marks_s = np.random.default_rng(seed), np.arange(0, length_s + 4, 4)
    tops, lefts = (random.integers(0, reach, len(marks_s)) for reach in (186, 354))
    frames = []
    for number in range(round(length_s * FPS)):
        top, left = (int(np.interp(number / FPS, marks_s, places)) for places in (tops, lefts))
        frame = ground.copy()
        frame[top : top + 30, left : left + 30] = thing
        frames.append(frame)
    return frames


def test_before_a_standing_camera_what_moves_tells_the_time(tmp_path):
    """What stands still is indexed with the first frame, so that all frames of a copy lead there."""
    seeds = (31, 32, 38, 41)
    with HammingIndex.open(tmp_path / "keypoints") as keypoints:
        bank = Bank(keypoints=keypoints)
        for seed in seeds:
            bank.add_clip(f"standing {seed}", before_a_standing_camera(seed))
        for seed in seeds:
            match = bank.ask([cropped(luma) for luma in before_a_standing_camera(seed)[83:283]])[0]
            assert match.reference == f"standing {seed}"
            assert match.recommendation is Recommendation.STRONG
            longest = max(match.segments, key=lambda one: one.query_end_s - one.query_start_s)
            assert longest.speed == pytest.approx(1, abs=0.02)
            assert longest.reference_start_s - longest.query_start_s == pytest.approx(8.3, abs=0.3)


def test_what_goes_before_a_copy_and_is_far_less_like_it_is_not_part_of_it():
    times_s = np.arange(10) / 4
    alike = np.array([0.6, 0.6, 0.75, 0.95, 0.9, 0.6, 0.95, 0.9, 0.6, 0.6], np.float32)
    ends = traces._sure(times_s, alike, np.arange(10), np.array([0.75, 1.5]))
    assert ends == (2, 7)  # a moment between two sightings stays, whatever it is like
    assert traces._sure(times_s, alike - 0.3, np.arange(10), np.array([0.75, 1.5])) == (2, 7)


def test_keypoints_enter_the_index_once_while_nothing_moves():
    standing, points = signals([scenery.picture(3)] * 60, roles.Role.REFERENCE)
    assert len(points) == 3
    codes, ids = sightings.entry_ids(5, points)
    assert len(codes) == len(ids) == min(sightings.INDEXED_OF_FRAME, len(points.points(0).codes))
    assert standing.duration_s == pytest.approx(6.0)
