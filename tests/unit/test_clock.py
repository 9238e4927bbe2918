"""Clocks over the edges of calendars, and what may happen to one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from seawall import errors
from seawall.model import clock, periods
from seawall.model.clock import ClockEvent, ClockState, Happened
from seawall.model.periods import PERIODS, Span, Unit

BRUSSELS = ZoneInfo("Europe/Brussels")
T0 = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOUR = PERIODS["tco_removal"]
DAY = PERIODS["au_removal"]
WEEKS = PERIODS["tco_complaint"]
MONTHS = PERIODS["tco_preservation"]
SILENCE = PERIODS["tco_silence"]


def event(what, at, hold=None):
    return ClockEvent(what, at, at, "ann", "said so", hold)


def started(at=T0, *more):
    return (event(Happened.STARTED, at), *more)


def later(**much):
    return T0 + timedelta(**much)


def read(period, events, now, where=BRUSSELS):
    return clock.read(period, events, now, where)


class TestReading:
    def test_an_hour_is_counted_from_receipt_and_not_from_when_it_was_written_down(self):
        late = replace(event(Happened.STARTED, T0), recorded_at=later(minutes=40))
        seen = read(HOUR, (late,), later(minutes=45))
        assert (seen.elapsed_s, seen.remaining_s) == (2700.0, 900.0)
        assert seen.due_at == later(hours=1)
        assert seen.share == 0.75

    def test_past_its_end_it_says_how_long(self):
        seen = read(HOUR, started(), later(minutes=61))
        assert seen.is_past
        assert seen.remaining_s == -60.0
        assert seen.share == 1.0

    def test_at_its_very_end_it_is_not_past(self):
        ended = started(T0, event(Happened.ENDED, later(hours=1)))
        assert not read(HOUR, ended, later(days=3)).is_past

    def test_ended_it_stands_still(self):
        ended = started(T0, event(Happened.ENDED, later(minutes=30)))
        assert read(HOUR, ended, later(minutes=30)) == read(HOUR, ended, later(days=30))

    def test_a_removal_order_that_is_cured_has_the_whole_hour_again(self):
        events = started(
            T0,
            event(Happened.SUSPENDED, later(minutes=50), "unclear"),
            event(Happened.RESUMED, later(hours=5)),
        )
        seen = read(HOUR, events, later(hours=5, minutes=20))
        assert (seen.elapsed_s, seen.remaining_s, seen.run) == (1200.0, 2400.0, 2)
        assert (seen.set_aside_s, seen.suspended_s) == (3000.0, 15000.0)
        assert seen.due_at == later(hours=6)

    def test_another_period_goes_on_with_what_was_left(self):
        period = replace(DAY, holds=HOUR.holds)
        events = started(
            T0,
            event(Happened.SUSPENDED, later(hours=20), "unclear"),
            event(Happened.RESUMED, later(hours=30)),
        )
        seen = read(period, events, later(hours=31))
        assert (seen.remaining_s, seen.suspended_s, seen.run) == (3 * 3600.0, 36000.0, 1)
        assert seen.due_at == later(hours=34)

    def test_suspended_it_is_due_at_no_time(self):
        events = started(T0, event(Happened.SUSPENDED, later(minutes=50), "unclear"))
        seen = read(HOUR, events, later(days=2))
        assert (seen.state, seen.due_at, seen.remaining_s) == (ClockState.SUSPENDED, None, 600.0)

    def test_a_machine_whose_clock_was_set_back_shows_no_negative_time(self):
        assert read(HOUR, started(), T0 - timedelta(hours=1)).elapsed_s == 0.0


class TestCalendar:
    @pytest.mark.parametrize(
        ("period", "start", "end"),
        [
            (WEEKS, "2026-03-04T15:30", "2026-03-18T24:00"),
            (WEEKS, "2026-03-20T00:00", "2026-04-03T24:00"),  # summer time begins in between
            (WEEKS, "2026-10-20T23:59", "2026-11-03T24:00"),  # and ends
            (MONTHS, "2026-08-31T10:00", "2027-02-28T24:00"),
            (MONTHS, "2027-08-31T10:00", "2028-02-29T24:00"),
            (MONTHS, "2028-02-29T10:00", "2028-08-29T24:00"),
            (MONTHS, "2026-12-15T10:00", "2027-06-15T24:00"),
            (PERIODS["tco_measures_report"], "2026-11-30T08:00", "2027-02-28T24:00"),
            (PERIODS["tco_measures_report"], "2026-09-30T08:00", "2026-12-30T24:00"),
            (PERIODS["tco_transparency"], "2027-01-01T00:00", "2027-02-28T24:00"),
            (PERIODS["tco_transparency"], "2028-01-01T00:00", "2028-02-29T24:00"),
            (PERIODS["tco_transparency"], "2027-03-01T00:00", "2028-02-29T24:00"),
        ],
    )
    def test_it_ends_as_the_day_ends(self, period, start, end):
        begun = datetime.fromisoformat(start).replace(tzinfo=BRUSSELS)
        midnight = datetime.fromisoformat(end.replace("T24:00", "T00:00")) + timedelta(days=1)
        due = read(period, started(begun), begun).due_at
        assert due == midnight.replace(tzinfo=BRUSSELS)

    def test_the_date_of_the_start_is_that_of_the_zone(self):
        start = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)  # the 5th in Brussels
        assert read(WEEKS, started(start), start).due_at == datetime(2026, 3, 20, tzinfo=BRUSSELS)
        assert read(WEEKS, started(start), start, UTC).due_at == datetime(2026, 3, 19, tzinfo=UTC)

    def test_hours_are_elapsed_time_when_summer_time_begins(self):
        begun = datetime(2026, 3, 28, 12, 0, tzinfo=BRUSSELS)
        due = read(DAY, started(begun), begun).due_at
        assert due.astimezone(BRUSSELS).isoformat() == "2026-03-29T13:00:00+02:00"

    def test_two_weeks_over_the_change_are_an_hour_shorter(self):
        begun = datetime(2026, 3, 20, tzinfo=BRUSSELS)
        assert read(WEEKS, started(begun), begun).length_s == 15 * 86400 - 3600

    def test_a_day_that_begins_after_midnight_begins_at_the_jump(self):
        where = ZoneInfo("America/Sao_Paulo")  # on 2018-11-04 the wall went from 00:00 to 01:00
        begun = datetime(2018, 10, 20, 12, 0, tzinfo=where)
        due = read(WEEKS, started(begun), begun, where).due_at
        assert due == datetime(2018, 11, 4, 3, 0, tzinfo=UTC)

    def test_a_midnight_that_comes_twice_is_the_first(self):
        where = ZoneInfo("America/Havana")  # on 2026-11-01 the wall goes from 01:00 to 00:00
        begun = datetime(2026, 10, 17, 12, 0, tzinfo=where)
        assert read(WEEKS, started(begun), begun, where).due_at == datetime(2026, 11, 1, 4, 0, tzinfo=UTC)

    def test_an_extension_counts_from_the_first_day(self):
        begun = datetime(2026, 3, 4, 9, 0, tzinfo=BRUSSELS)
        events = started(begun, event(Happened.EXTENDED, begun + timedelta(weeks=5)))
        seen = read(SILENCE, events, begun + timedelta(weeks=5))
        assert seen.due_at == datetime(2026, 5, 28, tzinfo=BRUSSELS)
        assert seen.extensions == 1

    def test_an_unknown_zone_is_refused(self):
        for name in ("Mars/Olympus", "", "../../etc/passwd", "Europe", "a\0b"):
            with pytest.raises(errors.BadClock):
                clock.zone(name)


class TestOrder:
    @pytest.mark.parametrize(
        ("period", "before", "new"),
        [
            (HOUR, (), event(Happened.SUSPENDED, T0, "unclear")),
            (HOUR, started(), event(Happened.STARTED, later(minutes=1))),
            (HOUR, started(), event(Happened.RESUMED, later(minutes=1))),
            (HOUR, started(), event(Happened.ENDED, later(minutes=-1))),
            (HOUR, started(), event(Happened.SUSPENDED, later(minutes=1), "holiday")),
            (HOUR, started(), event(Happened.SUSPENDED, later(minutes=1))),
            (DAY, started(), event(Happened.SUSPENDED, later(minutes=1), "unclear")),
            (HOUR, started(), event(Happened.EXTENDED, later(minutes=1))),
            (
                SILENCE,
                started(T0, event(Happened.EXTENDED, later(days=1))),
                event(Happened.EXTENDED, later(days=2)),
            ),
            (HOUR, started(T0, event(Happened.ENDED, T0)), event(Happened.RESUMED, later(minutes=1))),
            (HOUR, started(T0, event(Happened.ENDED, T0)), event(Happened.ENDED, later(minutes=1))),
            (
                HOUR,
                started(T0, event(Happened.SUSPENDED, T0, "unclear")),
                event(Happened.SUSPENDED, later(minutes=1), "unclear"),
            ),
            (HOUR, started(), replace(event(Happened.ENDED, later(hours=1)), recorded_at=later(minutes=5))),
        ],
    )
    def test_what_cannot_follow_is_refused(self, period, before, new):
        with pytest.raises(errors.BadClock):
            clock.check(period, before, new)

    def test_it_may_end_while_it_is_suspended(self):
        before = started(T0, event(Happened.SUSPENDED, T0, "unclear"))
        clock.check(HOUR, before, event(Happened.ENDED, later(minutes=1)))


class TestAlarms:
    def test_each_share_once(self):
        found = clock.alarms(HOUR, started(), later(hours=9), UTC)
        assert [(one.share, one.at) for one in found] == [
            (0.25, later(minutes=15)),
            (0.5, later(minutes=30)),
            (0.75, later(minutes=45)),
            (1.0, later(hours=1)),
        ]

    def test_none_while_it_is_suspended_or_after_its_end(self):
        held = started(T0, event(Happened.SUSPENDED, later(minutes=20), "unclear"))
        assert [one.share for one in clock.alarms(HOUR, held, later(days=1), UTC)] == [0.25]
        assert clock.next_alarm(HOUR, held, later(minutes=20), UTC) is None
        ended = started(T0, event(Happened.ENDED, later(minutes=50)))
        assert [one.share for one in clock.alarms(HOUR, ended, later(days=1), UTC)] == [0.25, 0.5, 0.75]

    def test_a_run_that_begins_anew_has_its_own(self):
        events = started(
            T0,
            event(Happened.SUSPENDED, later(minutes=20), "unclear"),
            event(Happened.RESUMED, later(minutes=40)),
        )
        found = clock.alarms(HOUR, events, later(minutes=71), UTC)
        assert [(one.run, one.share) for one in found] == [(1, 0.25), (2, 0.25), (2, 0.5)]
        assert clock.next_alarm(HOUR, events, later(minutes=71), UTC) == later(minutes=85)

    def test_an_extended_period_ends_with_an_alarm_again(self):
        begun = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
        events = started(begun, event(Happened.EXTENDED, begun + timedelta(weeks=7)))
        found = clock.alarms(SILENCE, events, begun + timedelta(weeks=20), UTC)
        assert [(one.extensions, one.at.date().isoformat()) for one in found] == [
            (0, "2026-04-16"),
            (1, "2026-05-28"),
        ]


class TestPeriods:
    def test_each_is_started_by_its_own_event(self):
        assert len(periods.STARTED_BY) == len(PERIODS)

    def test_those_that_were_asked_for_are_there(self):
        lengths = {one.length for one in PERIODS.values()}
        assert lengths >= {Span(n, Unit.HOURS) for n in (1, 12, 24, 48, 72)}
        assert lengths >= {
            Span(2, Unit.WEEKS),
            Span(6, Unit.WEEKS),
            Span(3, Unit.MONTHS),
            Span(6, Unit.MONTHS),
        }

    def test_words_can_be_replaced_and_nothing_else(self):
        said = '[tco_removal]\nduty = "Take it down"\nsource = "Art. 3, checked"\n'
        changed = periods.reworded(said)["tco_removal"]
        assert (changed.duty, changed.source) == ("Take it down", "Art. 3, checked")
        assert changed.length == HOUR.length
        for bad in (
            "[tco_removal]\nlength = 2\n",
            "[none]\nduty = 'x'\n",
            "[tco_removal]\nduty = ' '\n",
            "[tco_removal]\nduty = 1\n",
            "tco_removal = 1\n",
            "[tco_removal\n",
        ):
            with pytest.raises(ValueError, match=r".+"):
                periods.reworded(bad)
