"""What every store promises of kept files, working copies, and the ledger of what was shown."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from seawall import errors
from seawall.model.access import Principal, Scope
from seawall.model.exposure import Shown, summed
from seawall.model.viewing import Cover, Graphic, Medium, Reason
from seawall.store.working import Wanted

sys.path.insert(0, str(Path(__file__).parent))
from platforms import Platform, dismissal

ANN = Principal("k", "ann/k", "ann", frozenset({Scope.REVIEW}))
OTTO = Principal("l", "otto/l", "otto", frozenset({Scope.REVIEW}))
LONG_AGO, AHEAD = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
FILE = "a" * 64
SHOWN = Shown(
    "c", "i", FILE, Medium.STILL, Cover.PLAIN, Graphic.GRAPHIC, 1.5, 3.0, 1.0, Reason.OTHER, "w\0<b>"
)
WANTED = Wanted(FILE, "storyboard", 1, "b" * 64)


@pytest.fixture
def platform(store, make):
    return Platform(store, make)


class TestLedger:
    def test_what_is_shown_is_in_both_records_or_in_none(self, store):
        store.exposures.add(ANN, "r1", SHOWN, {"cover": "plain"})
        [(_, line)] = store.exposures.page("ann", before=None, limit=10)
        assert line.shown == replace(SHOWN, words="w\\x00<b>")
        [entry] = store.access.entries(limit=10)
        assert (entry.action, entry.subject, entry.actor, entry.user) == (
            "viewing_reveal",
            "c/i",
            "ann/k",
            "ann",
        )
        with pytest.raises(TypeError):
            store.exposures.add(ANN, "r2", SHOWN, {"no": object()})
        assert len(store.exposures.page("ann", before=None, limit=10)) == 1
        assert len(store.access.entries(limit=10)) == 1

    def test_each_has_their_own_the_newest_first_a_page_at_a_time(self, store):
        for number in range(5):
            store.exposures.add(ANN, "r", replace(SHOWN, start_s=float(number)), {})
            store.exposures.add(OTTO, "r", SHOWN, {})
        first = store.exposures.page("ann", before=None, limit=3)
        rest = store.exposures.page("ann", before=first[-1][0], limit=3)
        assert [line.shown.start_s for _, line in (*first, *rest)] == [4.0, 3.0, 2.0, 1.0, 0.0]
        assert store.exposures.page("nobody", before=None, limit=3) == []

    def test_sums_are_of_all_and_by_person_and_between_times(self, store):
        kinds = [(Cover.PLAIN, Medium.STILL), (Cover.GREY, Medium.VIDEO), (Cover.PLAIN, Medium.STILL)]
        for cover, medium in kinds:
            store.exposures.add(ANN, "r", replace(SHOWN, cover=cover, medium=medium), {})
        store.exposures.add(OTTO, "r", replace(SHOWN, seconds=100.0), {})
        lines = [line for _, line in store.exposures.page("ann", before=None, limit=10)]
        everything = summed(store.exposures.slices(LONG_AGO, AHEAD))
        assert (everything.seconds, everything.reveals, everything.weighted) == (109.0, 4, 327.0)
        own = summed(store.exposures.slices(LONG_AGO, AHEAD, "ann"))
        assert (own.seconds, own.by_cover[Cover.GREY], own.by_medium[Medium.STILL]) == (9.0, 3.0, 6.0)
        middle = lines[1].at
        parts = [store.exposures.slices(*ends, "ann") for ends in ((LONG_AGO, middle), (middle, AHEAD))]
        assert [summed(one).reveals for one in parts] == [1, 2]
        assert store.exposures.people(LONG_AGO, AHEAD) == 2
        day = datetime(2026, 1, 2, tzinfo=UTC)
        assert store.exposures.over(day, day + timedelta(days=2), 50.0) == 1
        assert [seconds for _, seconds in store.exposures.recent("ann")] == [3.0, 3.0, 3.0]

    def test_a_floor_is_a_persons_own_and_the_last_that_was_chosen(self, store):
        for cover in (Cover.COVERED, Cover.GREY):
            store.exposures.set_floor("ann", cover)
        assert store.exposures.floor("ann") is Cover.GREY
        assert store.exposures.floor("otto") is None

    def test_what_came_in_is_of_items(self, store, platform):
        assert store.exposures.uploaded_s(LONG_AGO, AHEAD, 3.0) == 0
        platform.item(post="1")
        platform.item(post="2")
        assert store.exposures.uploaded_s(LONG_AGO, AHEAD, 3.0) == pytest.approx(62.4)


class TestKept:
    def test_a_working_copy_is_kept_once_as_it_was_first_made(self, store, open_store):
        assert store.working.find(WANTED) is None
        first = store.working.put(WANTED, "d" * 64, [{"time_s": 1.5, "offset": 0, "bytes": 7}])
        again = open_store().working.put(WANTED, "e" * 64, [])
        assert again == first == store.working.find(WANTED) == store.working.get(first.id)
        assert first.parts == ({"time_s": 1.5, "offset": 0, "bytes": 7},)
        assert store.working.find(replace(WANTED, version=2)) is None
        with pytest.raises(errors.RecordNotFound):
            store.working.get("no")

    def test_what_is_held_longer_stays_longer(self, store):
        gone = []
        for days in (2, 5, 1):
            store.working.hold(FILE, timedelta(days=days))
        now = store.working._now()
        for days, expected in ((4, []), (6, [FILE])):
            store.working._now = lambda days=days: now + timedelta(days=days)
            store.working.forget(10, timedelta(days=90), gone.append)
            assert gone == expected

    def test_a_file_stays_while_it_waits_or_a_bank_has_it(self, store, platform, make):
        item = platform.item(sha256=FILE)
        banked = make.file("1").content.sha256
        for sha256 in (FILE, banked):
            store.working.hold(sha256, timedelta())
        copy = store.working.put(WANTED, "d" * 64, [])
        gone = []
        store.working.forget(10, timedelta(days=90), gone.append)
        assert gone == []
        store.decisions.make(dismissal(item), user="ann", actor="ann/k")
        assert store.working.forget(10, timedelta(days=90), gone.append) == 2
        assert gone == [FILE, copy.object]
        assert store.working.forget(10, timedelta(days=90), gone.append) == 0

    def test_where_it_cannot_be_taken_away_it_is_still_known(self, store):
        store.working.hold(FILE, timedelta())

        def fails(sha256):
            raise errors.WriteFailed(path=sha256, reason="no")

        with pytest.raises(errors.WriteFailed):
            store.working.forget(10, timedelta(days=90), fails)
        gone = []
        store.working.forget(10, timedelta(days=90), gone.append)
        assert gone == [FILE]

    def test_a_transcript_is_the_last_that_was_given(self, store):
        assert store.working.transcript(FILE) is None
        for text in ("first", "second"):
            store.working.set_transcript(FILE, text, actor="ann/k")
        assert store.working.transcript(FILE) == "second"
