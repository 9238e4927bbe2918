"""The hours in which nobody is to look at what is graphic alone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from seawall import config, errors
from seawall.model.night import Night
from seawall.workflows import clocks

BRUSSELS = ZoneInfo("Europe/Brussels")
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))
MOMENTS = st.timedeltas(timedelta(), timedelta(days=4000)).map(datetime(2020, 1, 1, tzinfo=UTC).__add__)


@pytest.mark.parametrize(
    ("at", "is_night"),
    [
        (datetime(2026, 1, 1, 20, 59, tzinfo=UTC), False),
        (datetime(2026, 1, 1, 21, 0, tzinfo=UTC), True),
        (datetime(2026, 1, 2, 4, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 1, 2, 5, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 20, 0, tzinfo=UTC), True),  # the wall shows an hour more in summer
    ],
)
def test_it_is_read_from_the_wall_and_goes_past_midnight(at, is_night):
    assert Night.read("22:00-06:00", BRUSSELS).holds(at) is is_night


@given(TIMES, TIMES, MOMENTS)
def test_a_day_is_night_or_what_is_left_of_it(start, end, at):
    if start == end:
        return
    night, rest = Night(start, end, UTC), Night(end, start, UTC)
    assert night.holds(at) is not rest.holds(at)
    assert night.holds(at) is night.holds(at + timedelta(days=1))


@pytest.mark.parametrize(
    "text", ["22-6", "22:00", "24:00-06:00", "22:60-06:00", "22:00-22:00", "2:00-6:00", "x"]
)
def test_what_names_no_hours_is_refused(tmp_path, text):
    with pytest.raises(ValueError, match=r"written|begins"):
        Night.read(text, UTC)
    settings = config.load(tmp_path, {"SEAWALL_NIGHT": text})
    with pytest.raises(errors.BadSetting):
        clocks.night(settings)


def test_without_hours_there_is_none(tmp_path):
    assert clocks.night(config.load(tmp_path, {})) is None
    given = {"SEAWALL_NIGHT": "23:00-05:30", "SEAWALL_TIME_ZONE": "Europe/Brussels"}
    assert clocks.night(config.load(tmp_path, given)) == Night(time(23), time(5, 30), BRUSSELS)
