"""A second is counted to one stage."""

from __future__ import annotations

import pytest

from seawall.signals import stages


@pytest.fixture
def clock(monkeypatch):
    """Stages on a clock that moves only when told."""
    now = [0.0]
    monkeypatch.setattr(stages.time, "perf_counter", lambda: now[0])

    def passes(seconds: float) -> None:
        now[0] += seconds

    return stages.Stages(), passes


def test_an_inner_stage_is_not_counted_to_the_outer_one(clock):
    spent, passes = clock
    with spent.timed("sound"):
        passes(1)
        with spent.timed("decode"):
            passes(2)
            with spent.timed("wait"):
                passes(4)
        passes(8)
    assert spent.spent_s == {"sound": 9, "decode": 2, "wait": 4}


def test_coming_by_parts_is_timed_and_using_them_is_not(clock):
    spent, passes = clock

    def parts():
        for number in range(3):
            passes(1)
            yield number
        passes(1)

    taken = []
    for part in spent.each("decode", parts()):
        passes(10)
        taken.append(part)
    assert taken == [0, 1, 2]
    assert spent.spent_s == {"decode": 4}


def test_what_an_error_took_is_counted(clock):
    spent, passes = clock

    def breaks():
        passes(3)
        raise ValueError("broken")
        yield

    with pytest.raises(ValueError, match="broken"):
        list(spent.each("decode", breaks()))
    assert spent.spent_s == {"decode": 3}
