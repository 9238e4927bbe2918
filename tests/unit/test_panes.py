"""Parts of a query's picture: kept with the time for which they were there, and found on their own."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import moments
import scenery

from seawall.matching import search
from seawall.model import signal
from seawall.model.match import Recommendation, Region
from seawall.signals import local, panes, roles, video

FPS = 10
HEIGHT_PX, WIDTH_PX = 180, 320


def soft(seed, length_s):
    """Footage without a corner: clouds that drift and change."""
    random = np.random.default_rng(seed)
    ground = random.integers(0, 256, (9, 16, 24)).astype(np.float32)
    frames = []
    for number in range(round(length_s * FPS)):
        at, rest = divmod(number / FPS, 1)
        mixed = (1 - rest) * ground[int(at) % 9] + rest * ground[(int(at) + 1) % 9]
        frames.append(cv2.resize(mixed, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC))
    return [np.clip(frame, 0, 255).astype(np.uint8) for frame in frames]


def host(length_s):
    """Footage full of corners: a view that moves over a larger picture."""
    ground = scenery.picture(77, 2 * HEIGHT_PX, 2 * WIDTH_PX)
    return [
        ground[number : number + HEIGHT_PX, 2 * number : 2 * number + WIDTH_PX].copy()
        for number in range(round(length_s * FPS))
    ]


def inset(clip, under, height_px=90, width_px=160, top=20, left=30):
    shown = []
    for small, large in zip(clip, under, strict=True):
        large = large.copy()
        size = (width_px, height_px)
        large[top : top + height_px, left : left + width_px] = cv2.resize(
            small, size, interpolation=cv2.INTER_AREA
        )
        shown.append(large)
    return shown


class Frame:
    def __init__(self, time_s, luma):
        self.time_s = time_s
        self._luma = luma

    def luma(self):
        return self._luma


def fingerprint(frames, role=roles.Role.QUERY):
    collector = panes.Collector()
    made = video.fingerprint(
        [Frame(number / FPS, luma) for number, luma in enumerate(frames)],
        role,
        lambda time_s, luma_of, _code: collector.take(time_s, luma_of),
    )
    return made, collector.gathered(made.duration_s)


@pytest.fixture(scope="module")
def bank():
    made = moments.Bank()
    for seed in range(1, 5):
        made.add(f"clip {seed}", fingerprint(soft(seed, 8), roles.Role.REFERENCE)[0])
    return made


def ask(bank, frames):
    made, parts = fingerprint(frames)
    return search.search(search.Query("", "", made.duration_s, made, panes=parts), bank.references())


def framed(luma):
    return cv2.copyMakeBorder(luma, 40, 40, 0, 0, cv2.BORDER_CONSTANT, value=16)


def test_soft_footage_within_borders_is_found_over_its_whole_length(bank):
    (match,) = ask(bank, [framed(luma) for luma in soft(2, 8)])
    (segment,) = match.segments
    assert (match.reference, match.recommendation) == ("clip 2", Recommendation.STRONG)
    assert segment.transform == ("inset",)
    assert segment.query_region == pytest.approx((0, 40 / 260, 1, 180 / 260), abs=0.01)
    assert (segment.query_start_s, segment.query_end_s) == pytest.approx((0, 8), abs=0.05)
    assert (segment.reference_start_s, segment.reference_end_s) == pytest.approx((0, 8), abs=0.3)


def test_soft_footage_in_footage_full_of_corners_is_found_while_it_is_there(bank):
    lead = host(6)
    shown = lead + inset(soft(3, 8), host(8)) + host(4)
    (match,) = ask(bank, shown)
    assert (match.reference, match.recommendation) == ("clip 3", Recommendation.STRONG)
    segment = max(match.segments, key=lambda one: one.query_end_s - one.query_start_s)
    assert segment.query_region == pytest.approx((30 / 320, 20 / 180, 0.5, 0.5), abs=0.02)
    assert segment.query_start_s >= 4.0
    assert segment.query_end_s <= 16.0
    assert segment.reference_start_s - segment.query_start_s == pytest.approx(-6, abs=0.3)


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (lambda luma: luma[:, ::-1], {"mirror"}),
        (lambda luma: framed(luma[:, ::-1]), {"mirror", "inset"}),
        (lambda luma: 255 - luma, {"negative"}),
    ],
)
def test_mirrored_and_negative_soft_footage_is_found(bank, turn, words):
    (match,) = ask(bank, [np.ascontiguousarray(turn(luma)) for luma in soft(4, 8)])
    assert (match.reference, match.recommendation) == ("clip 4", Recommendation.STRONG)
    assert {word for one in match.segments for word in one.transform} == words


def test_unknown_footage_within_borders_is_not_found(bank):
    assert ask(bank, [framed(luma) for luma in soft(9, 8)]) == []


def on_a_screen(luma, number):
    """Filmed by a hand that shakes."""
    outline = np.array(((0, 0), (WIDTH_PX, 0), (WIDTH_PX, HEIGHT_PX), (0, HEIGHT_PX)), np.float32)
    corners = np.array(((30, 22), (296, 12), (283, 168), (41, 160)), np.float32)
    corners += 2 * np.sin(np.array((number / 3, number / 5), np.float32))
    matrix = cv2.getPerspectiveTransform(outline, corners)
    return cv2.warpPerspective(cv2.max(luma, 70), matrix, (WIDTH_PX, HEIGHT_PX), borderValue=20)


def test_soft_footage_filmed_off_a_screen_is_found(bank):
    (match,) = ask(bank, [on_a_screen(luma, number) for number, luma in enumerate(soft(2, 8))])
    (segment,) = match.segments
    assert (match.reference, match.recommendation) == ("clip 2", Recommendation.STRONG)
    assert segment.transform == ("inset", "perspective")
    assert segment.query_region == pytest.approx((30 / 320, 12 / 180, 266 / 320, 156 / 180), abs=0.02)
    assert (segment.query_start_s, segment.query_end_s) == pytest.approx((0, 8), abs=0.3)


def test_a_soft_picture_photographed_off_a_screen_is_found():
    known = moments.Bank()
    for seed in range(1, 5):
        known.add(f"picture {seed}", video.still(soft(seed, 0.1)[0]))
    shown = on_a_screen(soft(3, 0.1)[0], 0)
    asked = search.Query("", "", None, video.still(shown), panes=panes.still(shown))
    (match,) = search.search(asked, known.references())
    assert match.reference == "picture 3"
    assert "perspective" in match.segments[0].transform


def test_a_dark_picture_on_a_white_page_is_cut_out_whole():
    page = np.full((800, 600), 250, np.uint8)
    for base_px in (80, 600, 680):
        cv2.putText(page, "what happened today", (24, base_px), cv2.FONT_HERSHEY_DUPLEX, 1.0, 20, 2)
    page[160:498] = 0
    page[300:340, 280:320] = scenery.picture(1, 40, 40)
    regions = [pane.region for pane in panes.still(page)]
    assert any(one == pytest.approx((0, 160 / 800, 1, 338 / 800), abs=0.002) for one in regions)


def test_a_picture_is_compared_by_keypoints_where_only_a_part_of_it_raised_it():
    """A pane that has too much of the page: its code is near, and alone says little."""
    picture = scenery.picture(1, 300, 400)
    known = moments.Bank()
    known.add("picture", video.still(picture, roles.Role.REFERENCE))
    known.locals[1] = local.still(picture, roles.Role.REFERENCE)
    page = np.full((400, 500), 250, np.uint8)
    page[50:350, 60:460] = picture
    whole = panes.Pane(Region(0.1, 0.1, 0.84, 0.8), 0.0, 0.0, video.still(page[40:360, 50:470]))
    asked = search.Query("", "", None, video.still(page), local.still(page, roles.Role.QUERY), panes=(whole,))
    (match,) = search.search(asked, known.references())
    assert match.recommendation == Recommendation.STRONG
    (segment,) = match.segments
    assert segment.signal == signal.SignalType.LOCAL
    assert segment.query_region == pytest.approx((0.12, 0.125, 0.8, 0.75), abs=0.01)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_soft_picture_is_found_turned_and_within_borders(quarters):
    known = moments.Bank()
    for seed in range(1, 5):
        known.add(f"picture {seed}", video.still(soft(seed, 0.1)[0]))
    shown = np.ascontiguousarray(framed(np.rot90(soft(2, 0.1)[0], quarters)))
    asked = search.Query("", "", None, video.still(shown), panes=panes.still(shown))
    (match,) = search.search(asked, known.references())
    assert match.reference == "picture 2"
    assert match.segments[0].query_region is not None


def test_a_pane_crosses_to_another_process_unchanged():
    (pane,) = fingerprint([framed(luma) for luma in soft(1, 8)])[1]
    crossed = panes.decode(pane.encode())
    assert crossed.region == pytest.approx(pane.region, abs=1e-6)
    assert (crossed.start_s, crossed.end_s) == (pane.start_s, pane.end_s)
    assert crossed.fingerprint.encode() == pane.fingerprint.encode()
    tilted = dataclasses.replace(pane, tilted=True)
    assert [panes.decode(one.encode()).tilted for one in (pane, tilted)] == [False, True]


@pytest.mark.parametrize(
    "region", [Region(0.5, 0, 0.6, 1), Region(-0.1, 0, 1, 1), Region(float("nan"), 0, 1, 1)]
)
def test_a_pane_outside_of_its_picture_is_refused(region):
    shown = video.still(scenery.picture(1))
    with pytest.raises(ValueError, match="outside"):
        panes.decode(panes.Pane(region, 0, 0, shown).encode())


def test_a_pane_that_comes_again_is_another():
    there, gone = inset(soft(3, 9), host(9)), host(9)
    parts = fingerprint([*there, *gone, *there])[1]
    spans = [(pane.start_s, pane.end_s) for pane in parts if pane.region.width < 0.6]
    assert any(end_s <= 12 for _, end_s in spans)
    assert any(start_s >= 15 for start_s, _ in spans)
    for pane in parts:
        assert np.diff(pane.fingerprint.times_s).max(initial=0) <= 2 * panes.GAP_S


@pytest.mark.parametrize("seed", range(40))
def test_skies_walls_and_slopes_do_no_harm(seed):
    """Soft pictures, whose rows are near enough to be of one border or of another."""
    random = np.random.default_rng(seed)
    height, width = random.integers(64, 500, 2)
    few = random.uniform(0, 255) + random.uniform(0, 12) * random.standard_normal(random.integers(1, 5, 2))
    luma = cv2.resize(few.astype(np.float32), (int(width), int(height)), interpolation=cv2.INTER_LINEAR)
    luma += random.uniform(0, 2) * random.standard_normal(luma.shape)
    for pane in panes.still(np.clip(luma, 0, 255).astype(np.uint8)):
        assert min(pane.region.width, pane.region.height) > 0


def test_the_number_of_panes_is_bounded():
    collector = panes.Collector()
    for number in range(260):
        shown = scenery.picture(1, HEIGHT_PX, WIDTH_PX)
        # Another inset in every window, each somewhere else.
        top, left = np.random.default_rng(number // panes.WINDOW_FRAMES).integers(2, 80, 2)
        shown[top : top + 80, left : left + 160] = scenery.picture(1000 + number, 80, 160)
        collector.take(number * panes.GAP_S, lambda shown=shown: shown)
    assert len(collector.gathered(260 * panes.GAP_S)) == panes.MOST
