"""Laws of clocks: no time is lost or counted twice, and alarms depend on nothing but the record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from seawall.model import clock
from seawall.model.clock import ClockEvent, ClockState, Happened
from seawall.model.periods import PERIODS, Hold, Resumed

DECADE = (datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2030-01-01"))
ZONES = ["UTC", "Europe/Brussels", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu"]
HELD = (Hold("why", "any", "none"),)
NEXT = {
    ClockState.RUNNING: [Happened.SUSPENDED, Happened.EXTENDED, Happened.ENDED],
    ClockState.SUSPENDED: [Happened.RESUMED, Happened.EXTENDED, Happened.ENDED],
    ClockState.ENDED: [],
}


@st.composite
def histories(draw):
    """A period that can be held and extended, in a zone, with what happened, and a time after it."""
    period = replace(
        PERIODS[draw(st.sampled_from(sorted(PERIODS)))],
        holds=HELD,
        extensions=2,
        resumed=draw(st.sampled_from(Resumed)),
    )
    where = ZoneInfo(draw(st.sampled_from(ZONES)))
    at = draw(st.datetimes(*DECADE)).replace(tzinfo=UTC)
    longest_s = 2 * clock.length_s(period, at, where)
    events = [ClockEvent(Happened.STARTED, at, at, "a", "r")]
    state = ClockState.RUNNING
    for _ in range(draw(st.integers(0, 8))):
        can = [one for one in NEXT[state] if one is not Happened.EXTENDED or _extended(events) < 2]
        if not can:
            break
        what = draw(st.sampled_from(can))
        at += timedelta(seconds=draw(st.integers(0, int(longest_s))))
        new = ClockEvent(what, at, at, "a", "r", "why" if what is Happened.SUSPENDED else None)
        clock.check(period, events, new)
        events.append(new)
        state = clock.read(period, events, at, where).state
    now = at + timedelta(seconds=draw(st.integers(0, int(longest_s))))
    return period, where, tuple(events), now


def _extended(events):
    return sum(one.what is Happened.EXTENDED for one in events)


def close(a, b):
    return abs(a - b) < 1e-3


@given(histories())
def test_no_time_is_lost_and_none_is_counted_twice(history):
    period, where, events, now = history
    seen = clock.read(period, events, now, where)
    until = seen.ended_at or now
    whole = (until - events[0].at).total_seconds()
    assert close(seen.elapsed_s + seen.suspended_s + seen.set_aside_s, whole)
    assert close(seen.elapsed_s + seen.remaining_s, seen.length_s)
    assert min(seen.elapsed_s, seen.suspended_s, seen.set_aside_s) >= -1e-3
    if period.resumed is Resumed.REST:
        assert seen.set_aside_s == 0
        assert seen.run == 1


@given(histories(), st.integers(1, 10**6))
def test_time_passes_one_for_one_while_it_runs_and_not_at_all_otherwise(history, more_s):
    period, where, events, now = history
    before = clock.read(period, events, now, where)
    after = clock.read(period, events, now + timedelta(seconds=more_s), where)
    running = before.state is ClockState.RUNNING
    assert close(after.elapsed_s - before.elapsed_s, more_s if running else 0)
    if running:
        assert abs(before.due_at - after.due_at) < timedelta(milliseconds=1)


@given(histories())
def test_a_suspension_of_no_length_changes_nothing_where_the_rest_is_left(history):
    period, where, events, now = history
    period = replace(period, resumed=Resumed.REST)
    before = clock.read(period, events, now, where)
    if before.state is not ClockState.RUNNING:
        return
    pause = (
        ClockEvent(Happened.SUSPENDED, now, now, "a", "r", "why"),
        ClockEvent(Happened.RESUMED, now, now, "a", "r"),
    )
    after = clock.read(period, (*events, *pause), now, where)
    assert close(after.remaining_s, before.remaining_s)


@given(histories(), st.integers(0, 10**7))
def test_alarms_stay_as_they_were_and_come_once(history, earlier_s):
    period, where, events, now = history
    found = clock.alarms(period, events, now, where)
    assert len({(one.run, one.extensions, one.share) for one in found}) == len(found)
    earlier = now - timedelta(seconds=earlier_s)
    known = tuple(one for one in events if one.at <= earlier)
    if known:  # what was due then is due now, whatever happened since
        assert set(clock.alarms(period, known, earlier, where)) <= set(found)
    nothing_more = clock.next_alarm(period, events, now, where)
    if nothing_more is not None:
        assert nothing_more > now
        seen = clock.alarms(period, events, nothing_more, where)
        assert len(seen) > len(found)


@given(histories())
def test_an_alarm_is_due_when_its_share_has_counted(history):
    period, where, events, now = history
    for alarm in clock.alarms(period, events, now, where):
        known = tuple(one for one in events if one.at <= alarm.at)
        seen = clock.read(period, known, alarm.at, where)
        if seen.run == alarm.run:
            assert close(seen.elapsed_s, alarm.share * seen.length_s)


@given(
    st.sampled_from(sorted(PERIODS)),
    st.datetimes(*DECADE),
    st.integers(0, 86400 * 3),
    st.sampled_from(ZONES),
)
def test_what_starts_later_ends_no_earlier(name, start, more_s, where_name):
    period, where = PERIODS[name], ZoneInfo(where_name)
    first = start.replace(tzinfo=UTC)
    second = first + timedelta(seconds=more_s)
    ends = [one + timedelta(seconds=clock.length_s(period, one, where)) for one in (first, second)]
    assert ends[0] <= ends[1] + timedelta(milliseconds=1)
