"""Decisions that follow an earlier one, and what is not known of a content."""

from __future__ import annotations

import sys
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from seawall import errors
from seawall.model.decision import Automation, Basis, Choice, Origin, Purpose, View
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.night import Night
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference, Store
from seawall.store.outcomes import Made
from seawall.store.queue import QueueFilter
from seawall.store.recording import NewCheck
from seawall.workflows.cases import Cases
from seawall.workflows.queue import MAX_CASES, Queue

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
from platforms import HELD, carried_out, dismissal, removal

DURATION_S = 30.0


def segment(start_s, end_s, signal=SignalType.VIDEO):
    return Segment(signal, start_s, end_s, start_s, end_s, 1.0, (), 0.9)


FULL = (segment(0.1, 29.9), segment(0, 30, SignalType.AUDIO))


class Site:
    """Uploads that are checked, recorded and settled as on a platform."""

    def __init__(self, folder):
        self.store = Store.open(folder)
        self.store.create_bank("K")
        self.references = [self._reference(name) for name in ("1", "2")]
        self.kept = set()
        cases = Cases(self.store, "ann/k", is_kept=self.kept.__contains__)
        self.queue = Queue(self.store, cases, "ann/k", self.kept.__contains__)

    def _reference(self, name):
        signal = Signal(SignalType.PDQ, 1, name.encode().ljust(32), 90)
        return self.store.add_reference("K", NewReference(None, "video", (signal,), name, "list")).id

    def item(self, number, *segments, reference=0, kind="video", duration_s=DURATION_S, **context):
        share = max((one.query_end_s - one.query_start_s for one in segments), default=0) / 30
        share = 1.0 if share > 0.98 else share
        match = Match(
            self.references[reference], 0.9, Recommendation.STRONG, share, share, {}, tuple(segments)
        )
        sha256 = f"{number:064x}"
        where = Context(**context)
        new = NewCheck(sha256, sha256, None, kind, duration_s, None, (("K", match),), "up", where)
        [found] = self.store.seen.record_all([new])[0].matches
        self.store.outcomes.record([Made(found, HELD, None)])
        wanted = {found.id}
        return next(
            one
            for _, one in self.store.items.page(limit=500)
            if wanted & {match.match for match in one.matches}
        )

    def decide(self, item, ruling=removal, user="zoe", **change):
        made = self.store.decisions.make(ruling(item, **change), user=user, actor=user)
        return carried_out(self.store, made)


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.store.close()


class TestInheriting:
    def test_a_decision_that_follows_says_so(self, site):
        first = site.decide(site.item(1, *FULL), origin=Origin.NOTICE, notice="n-1", purpose=Purpose.EVIDENCE)
        copies = [site.item(2, *FULL, post=str(n)) for n in range(3)]
        found = site.queue.inherited(copies[0].case)
        assert (found.decision, found.user, found.reference) == (first.id, "zoe", site.references[0])
        assert found.items == tuple(one.id for one in copies)
        [made] = site.queue.inherit(copies[0].case, user="ann")
        new = made.ruling
        assert (made.user, made.actor, new.items) == ("ann", "ann/k", found.items)
        assert (new.choice, new.grounds, new.purpose, new.territory) == (
            Choice.REMOVE,
            first.ruling.grounds,
            Purpose.EVIDENCE,
            first.ruling.territory,
        )
        assert (new.origin, new.notice, new.views) == (Origin.OWN_INITIATIVE, None, (View.METADATA,))
        assert (new.automated_detection, new.automated_decision) == (True, Automation.PARTIALLY)
        assert new.follows == first.id
        for said in (first.id, "only metadata was seen", first.ruling.facts, site.references[0]):
            assert said in new.facts
        assert site.queue.inherited(copies[0].case) is None
        with pytest.raises(errors.RecordConflict):
            site.queue.inherit(copies[0].case, user="ann")

    def test_what_is_kept_needs_no_words_and_what_is_not_has_a_reason(self, site):
        site.decide(site.item(1, *FULL))
        same, kept, gone = site.item(1, *FULL, post="p"), site.item(2, *FULL), site.item(3, *FULL)
        site.kept.add(kept.sha256)
        said = []
        for one in (same, kept, gone):
            [made] = site.queue.inherit(one.case, user="ann")
            said.append((made.ruling.preservation, made.ruling.not_preserved is None))
        assert said == [(None, False), (None, True), (None, False)]

    def test_nothing_is_preserved_where_nothing_is_removed(self, site):
        site.decide(site.item(1, *FULL), dismissal)
        [made] = site.queue.inherit(site.item(2, *FULL).case, user="ann")
        assert (made.ruling.choice, made.ruling.preservation, made.ruling.not_preserved) == (
            Choice.NO_ACTION,
            None,
            None,
        )

    def test_contents_that_people_have_grouped_are_decided_one_by_one(self, site):
        site.decide(site.item(1, *FULL))
        items = [site.item(number, *FULL) for number in (2, 3)]
        case = site.store.cases.open(Basis.CHOSEN, "x", [one.id for one in items], actor="a")
        made = site.queue.inherit(case.id, user="ann")
        assert [one.ruling.items for one in made] == [(one.id,) for one in items]

    def test_many_cases_at_once_follow_one_decision_or_none_is_decided(self, site):
        site.decide(site.item(1, *FULL))
        cases = [site.item(number, *FULL).case for number in (2, 3)]
        site.decide(site.item(4, *FULL, reference=1), dismissal)
        other = site.item(5, *FULL, reference=1).case
        partly = site.item(6, segment(0, 10)).case
        for wrong in (
            [*cases, other],
            [*cases, partly],
            [],
            cases * 2,
            [str(n) for n in range(MAX_CASES + 1)],
        ):
            with pytest.raises(errors.BadRequest):
                site.queue.bulk(wrong, user="ann")
        assert [one.ruling.choice for one in site.queue.bulk(cases, user="ann")] == [Choice.REMOVE] * 2
        with pytest.raises(errors.RecordNotFound):
            site.queue.bulk(["no"], user="ann")

    def test_what_somebody_works_on_is_left_to_them(self, site):
        site.decide(site.item(1, *FULL))
        case = site.item(2, *FULL).case
        site.queue.take(case, user="bob")
        with pytest.raises(errors.RecordConflict, match="assigned to bob"):
            site.queue.inherit(case, user="ann")

    @pytest.mark.parametrize(
        "change",
        [
            {"automated_decision": Automation.PARTIALLY, "purpose": Purpose.UNCLEAR},
            {"origin": Origin.ORDER, "purpose": None},
            {"choice": Choice.SUSPEND_ACCOUNT},
        ],
    )
    def test_what_holds_for_one_post_or_account_is_not_inherited(self, site, change):
        made = site.decide(site.item(1, *FULL), **change)
        if made.needs_second:
            site.store.decisions.second(made.id, choice=made.ruling.choice, note="n", user="yan", actor="y")
        assert site.queue.inherited(site.item(2, *FULL).case) is None


def test_a_lease_or_a_list_of_labels_without_end_is_refused(site):
    for lease_s in (0, -1, 1e9, float("nan")):
        with pytest.raises(errors.BadRequest):
            site.queue.take_next(user="ann", lease_s=lease_s)
    for labels in (["x"] * 101, [" "], ["x" * 201]):
        with pytest.raises(errors.BadRequest):
            site.queue.opt_out("ann", labels)
    with pytest.raises(errors.BadRequest):
        Cases(site.store, "a").open(Basis.CONTENT, "x")


def test_at_night_nobody_who_works_alone_is_offered_what_is_graphic(site):
    always = Night(time(0), time(23, 59, 59, 999_999), ZoneInfo("UTC"))
    desk = Queue(site.store, Cases(site.store, "ann/k"), "ann/k", site.kept.__contains__, always)
    signal = Signal(SignalType.PDQ, 1, b"g" * 32, 90)
    new = NewReference(None, "video", (signal,), "g", "list", labels=("graphic",))
    site.references.append(site.store.add_reference("K", new).id)
    grave, other = site.item(1, *FULL, reference=2), site.item(2, *FULL)
    assert [entry.is_grave for _, entry in desk.page()] == [True, False]
    assert (desk.spares("ann"), site.queue.spares("ann")) == (True, False)
    assert desk.take_next(QueueFilter(graphic=True), user="ann") is None
    assert desk.take_next(user="ann").id == other.case
    assert desk.take_next(user="ann") is None
    assert desk.spares("ann")  # a case of one's own makes nobody two
    assert not desk.spares("bob")
    assert desk.take_next(user="bob").id == grave.case
    assert not desk.spares("ann")
    site.store.cases.release(grave.case, user="bob", actor="b", reason="tired")
    assert desk.take(grave.case, user="ann").assigned_to == "ann"  # nothing is refused
