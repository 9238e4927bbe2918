"""The map of places: what the record says of a place, and no more."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from seawall.claims import land
from seawall.model.report import Feature, PlacePrecision
from seawall.reports import chart_map
from seawall.reports.spots import Spot, Sureness, spots
from seawall.reports.view import View
from seawall.store import Store
from seawall.workflows.maps import Maps

sys.path.insert(0, str(Path(__file__).parent))
import ledger_readings

NOBODY = np.zeros((0, 2), np.float32)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path) as opened:
        yield opened


def spot(latitude, longitude, sureness=Sureness.LIKELIEST, feature=Feature.CITY, number=1):
    precision = PlacePrecision(feature.value)
    return Spot(number, "n", "SY", feature, precision, sureness, latitude, longitude, True, 1, ())


def test_each_candidate_is_one_spot_and_a_choice_is_the_only_one(store):
    opened = store.incidents.open("A ferry", ledger_readings.document(), actor="ann")
    found, unplaced = spots(View.of(opened))
    assert [(one.name, one.sureness, one.rivals) for one in found] == [
        ("Orrin", "likeliest", 2),
        ("Orrin Bridge", "other", 2),
    ]
    assert [one.mention.words for one in unplaced] == ["Ulm"]
    place = found[0].mentions[0].place
    candidate = next(one for one in opened.places if one.id == place).candidates[1]
    from seawall.model.incident import PlaceChoice  # noqa: PLC0415 - read beside its use

    chosen = store.incidents.revise(
        opened.id, lambda _: [PlaceChoice(place, candidate)], actor="ann", reason="known"
    )
    assert [(one.name, one.sureness) for one in spots(View.of(chosen))[0]] == [("Orrin Bridge", "chosen")]
    none = store.incidents.revise(opened.id, lambda _: [PlaceChoice(place, None)], actor="ann", reason="no")
    found, unplaced = spots(View.of(none))
    assert (found, len(unplaced)) == ((), 2)
    assert Maps().of(View.of(none)).map is None


def test_a_protected_name_is_on_no_map(store):
    opened = store.incidents.open("A ferry", ledger_readings.document(), actor="ann")
    from seawall.model.incident import Protection  # noqa: PLC0415 - as above

    covered = store.incidents.revise(opened.id, lambda _: [Protection("Orrin")], actor="ann", reason="r")
    found, _ = spots(View.of(covered))
    assert "Orrin" not in str(found)


latitudes, longitudes = st.floats(-80, 80), st.floats(-180, 180)


@given(st.lists(st.tuples(latitudes, longitudes, st.sampled_from(Sureness)), min_size=1, max_size=8))
def test_every_place_is_on_the_map_or_told_to_be_off_it(places):
    given_spots = [spot(*one, number=number) for number, one in enumerate(places, 1)]
    drawn = chart_map.drawn(given_spots, NOBODY, [])
    shown = [one.spot for one in drawn.markers]
    assert sorted(one.number for one in (*shown, *drawn.outside)) == list(range(1, len(places) + 1))
    assert all(0 <= one.x <= drawn.width and 0 <= one.y <= drawn.height for one in drawn.markers)
    sure = [one for one in given_spots if one.sureness is not Sureness.OTHER] or given_spots
    assert all(one in shown for one in sure)
    assert 0 < drawn.height <= chart_map.MOST_HEIGHT * 2
    assert drawn.scale_px <= drawn.width


def test_the_scale_and_the_grid_are_right():
    drawn = chart_map.drawn([spot(0.0, 10.0), spot(0.0, 20.0, number=2)], NOBODY, [])
    west, east = sorted(one.x for one in drawn.markers)
    assert (east - west) / drawn.scale_px * drawn.scale_km == pytest.approx(1113, rel=0.01)
    lines = {(one.degrees, one.letter): one.at for one in drawn.meridians}
    assert lines[10, "E"] == pytest.approx(west, abs=0.2)
    assert [(one.degrees, one.letter) for one in drawn.parallels if one.degrees == 0] == [(0, "")]


def test_over_the_date_line_the_map_takes_the_short_way():
    drawn = chart_map.drawn([spot(-17.0, 178.0), spot(-14.0, -172.0, number=2)], NOBODY, [])
    west, east = (one.x for one in drawn.markers)
    assert 0 < west < east < drawn.width
    assert {one.letter for one in drawn.meridians} <= {"E", "W", ""}
    assert all(one.degrees <= 180 for one in drawn.meridians)


def test_an_area_is_its_towns_and_no_point():
    known = land.load()
    country = spot(33.5, 36.3, feature=Feature.COUNTRY)
    towns = known.degrees[known.within("SY")]
    drawn = chart_map.drawn([country, spot(34.7, 36.7, number=2)], known.degrees, [(country, towns)])
    assert [one.is_area for one in drawn.markers] == [True, False]
    ((area, path),) = drawn.areas
    assert area is country
    assert 50 < path.count("M") <= len(towns)
    assert drawn.land.count("M") <= chart_map.MOST_DOTS
    assert re.fullmatch(r"(M[0-9.]+ [0-9.]+h0)+", drawn.land)


def test_the_land_is_the_gazetteers():
    known = land.load()
    assert len(known.degrees) > 200_000
    assert np.abs(known.degrees[:, 0]).max() <= 90
    assert 100 < known.within("SY").sum() < known.within("DE").sum()
    assert known.within("SY.11").sum() < known.within("SY").sum()
    assert known.part_at(34.72682, 36.72339) == "SY.11"
    assert known.part_at(0.0, -30.0) is None


def test_a_map_is_drawn_once_for_each_state_of_a_record(store):
    opened = store.incidents.open("A ferry", ledger_readings.document(), actor="ann")
    maps = Maps()
    first = maps.of(View.of(opened))
    assert maps.of(View.of(store.incidents.ledger(opened.id))) is first
    heading = replace(opened.heading, title="B")
    again = store.incidents.revise(opened.id, lambda _: [heading], actor="ann", reason="r")
    assert maps.of(View.of(again)) is not first
