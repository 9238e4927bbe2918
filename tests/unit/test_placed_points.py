"""What a placement is worth: less where what agrees is a lump, moves about, or lies on an odd line."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import scenery

from seawall.matching import placed, placement
from seawall.matching.sides import Sides
from seawall.matching.sightings import Sighting
from seawall.matching.traces import Trace
from seawall.signals import keypoints, local, roles, video

LUMA = scenery.picture(1)
TIMES_S = (0.0, 1.0, 2.0, 3.0)


class Shown:
    def __init__(self, time_s):
        self.time_s = time_s

    def luma(self):
        return LUMA


def side(role):
    shown = [Shown(time_s) for time_s in TIMES_S]
    found = keypoints.find(LUMA, local.KEPT)
    gathered = local._gather(
        [(time_s, found) for time_s in TIMES_S], LUMA.shape, with_mirrored=role is roles.Role.QUERY
    )
    return video.fingerprint(shown, role), gathered


SIDES = Sides(*side(roles.Role.QUERY), *side(roles.Role.REFERENCE))
ALL = placement.agree(SIDES.query_local.points(0), SIDES.reference_local.points(0))


def some(most, within=1.0, shift=0.0):
    """So many of the agreeing keypoints, in a part of the picture's width; placed a little aside."""
    x = SIDES.query_local.points(0).xy[ALL.query_points, 0]
    chosen = np.flatnonzero(np.abs(x - 0.5) <= within / 2)
    chosen = chosen[np.linspace(0, len(chosen) - 1, most).astype(int)]
    matrix = ALL.placement.matrix + np.array([[0, 0, shift], [0, 0, 0]])
    return placement.Agreement(
        placement.Placement(matrix), ALL.query_points[chosen], ALL.reference_points[chosen], most
    )


def trace(*agreements, speed=1.0):
    sightings = tuple(
        Sighting(time_s, time_s, False, one) for time_s, one in zip(TIMES_S, agreements, strict=False)
    )
    return Trace(speed, 0.0, 0.0, 4.0, sightings, 0.9, 16)


def test_keypoints_all_over_the_picture_count_in_full():
    spread_out = placed.points(trace(some(15)), SIDES)
    worth = (15 - placed.CHANCE_POINTS) / placed.KEYPOINTS_A_POINT
    assert spread_out == pytest.approx(worth - placed.CHOSEN_POINTS)


def test_keypoints_in_a_lump_count_for_less():
    lump = placed.points(trace(some(15, within=0.06)), SIDES)
    assert 0 <= lump < 0.6 * placed.points(trace(some(15)), SIDES)


def test_sightings_that_place_the_picture_elsewhere_do_not_count():
    steady = placed.points(trace(some(20), some(15), some(15)), SIDES)
    moving = placed.points(trace(some(20), some(15, shift=0.3), some(15, shift=-0.3)), SIDES)
    assert moving == pytest.approx(placed.points(trace(some(20)), SIDES))
    assert moving < steady


@pytest.mark.parametrize("speed", [-1.0, 0.66, 1.5])
def test_an_odd_line_must_bring_more(speed):
    usual = placed.points(trace(some(15)), SIDES)
    assert placed.points(trace(some(15), speed=speed), SIDES) == pytest.approx(
        usual - placed.OTHER_LINE_POINTS
    )
    assert placed.points(trace(some(15), speed=1.02), SIDES) == usual


def test_a_picture_has_no_line():
    still = dataclasses.replace(SIDES, query=video.still(LUMA))
    assert placed.points(trace(some(30), speed=0.0), still) > placed.points(
        trace(some(30), speed=-1.0), SIDES
    )
