"""The yearly report on every store: its numbers are those of another count, and as many rows each has."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median_low
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, text

from seawall import errors
from seawall.model import yearly
from seawall.model.clock import Happened
from seawall.model.decision import Automation, Choice, Ground, GroundKind, ItemState, Origin
from seawall.model.notice import Channel, Message, Particular
from seawall.model.notice_fields import NoticeKind
from seawall.model.policy import Outcome, Step
from seawall.model.preservation import Basis
from seawall.model.submission import NewSubmission, SubmissionState
from seawall.model.threat import Dossier, Fact, Question
from seawall.model.yearly_figures import FIGURES
from seawall.store.schema_preservation import preservation
from seawall.store.yearly_rows import ROWS

sys.path.insert(0, str(Path(__file__).parent))
from platforms import HELD, Platform, carried_out, dismissal, removal, restriction

ZONE = ZoneInfo("Europe/Brussels")
YEAR = yearly.year(2026, ZONE)
ACTED = Outcome(Step.ACT, "rest", "rule 'rest'", 1, Step.ACT, None, review=True)
REMOVES = {"remove", "disable"}
RESTRICTS = REMOVES | {"demote", "age_restrict", "label", "suspend_account", "terminate_account"}


class Hand:
    def __init__(self) -> None:
        self.at = datetime(2025, 12, 20, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class Year:
    """More than a year of work, drawn by chance."""

    def __init__(self, store, platform, clock, seed):
        self.store, self.platform, self.clock = store, platform, clock
        self.draw = random.Random(seed)
        self.refused = self.posts = 0

    def work(self, steps):
        kinds = [self.order, self.order, self.notice, self.own, self.own, self.complaint, self.complaint]
        kinds += [self.back, self.aside]
        for _ in range(steps):
            self.clock.at += timedelta(hours=self.draw.uniform(0, 2 * 400 * 24 / steps))
            try:
                self.draw.choice(kinds)()
            except errors.SeawallError:
                self.refused += 1

    def item(self, outcome=HELD):
        self.posts += 1
        where = {"post": f"p{self.posts}", "uploader": f"u{self.posts % 7}"}
        return self.platform.item(outcome, sha256=f"{self.posts:064x}", **where)

    def received(self, kind, **particulars):
        given = tuple(Particular(name, value) for name, value in particulars.items() if value is not None)
        words = self.draw.choice(["it recruits", 'it says {"name":"law","value":"other"}'])
        message = Message(
            kind, self.clock.at, "UTC", Channel.EMAIL, "About it", particulars=given, grounds=words
        )
        return self.store.notices.receive(message, "Europe/Brussels", actor="ann")

    def decided(self, new, **how):
        made = self.store.decisions.make(new, user="ann", actor="ann", **how)
        if made.needs_second:
            self.clock.at += timedelta(minutes=3)
            agrees = self.draw.random() < 0.6
            other = Choice.LABEL if new.choice is not Choice.LABEL else Choice.DEMOTE
            choice = new.choice if agrees else other
            made = self.store.decisions.second(made.id, user="bob", actor="bob", note="x", choice=choice)
            if not agrees:
                return made
        if how.get("undo_s"):
            return self.store.decisions.undo(made.id, user="ann", actor="ann")
        return carried_out(self.store, made)

    def order(self):
        law = self.draw.choice(["tco", "tco", None, "au_osa", "other"])
        country = self.draw.choice(["BE", "be", "Germany", "DE", "US", None])
        known = self.received(NoticeKind.ORDER, law=law, country=country)
        running = [one for one in known.clocks if one.period == "tco_removal"]
        if running and self.draw.random() < 0.4:
            hold = self.draw.choice(["impossible", "unclear"])
            how = {"actor": "a", "reason": "r"}
            self.clock.at += timedelta(minutes=self.draw.choice([20, 90]))
            self.store.clocks.add(running[0].id, Happened.SUSPENDED, at=None, hold=hold, **how)
            if self.draw.random() < 0.6:
                self.clock.at += timedelta(minutes=30)
                self.store.clocks.add(running[0].id, Happened.RESUMED, at=None, **how)
        self.clock.at += timedelta(minutes=self.draw.choice([10, 60, 61, 300]))
        if self.draw.random() < 0.7:
            choice = self.draw.choice([Choice.REMOVE, Choice.DISABLE])
            origin = Origin.ORDER
            self.decided(removal(self.item(), self.item(), choice=choice, notice=known.id, origin=origin))
        elif self.draw.random() < 0.5:
            self.decided(dismissal(self.item(), notice=known.id, origin=Origin.ORDER))

    def notice(self):
        kind = self.draw.choice([NoticeKind.NOTICE, NoticeKind.TRUSTED_FLAGGER])
        known = self.received(kind)
        self.clock.at += timedelta(hours=self.draw.uniform(1, 90))
        ground = Ground(self.draw.choice(list(GroundKind)), "s. 2", "it recruits")
        machine = self.draw.random() < 0.3
        how = {"notice": known.id, "origin": Origin(kind.value), "automated_detection": machine}
        how["automated_decision"] = Automation.FULLY if machine else Automation.NONE
        of = self.item(ACTED if machine else HELD)
        made = self.draw.choice([removal, restriction, dismissal, None])
        if made is dismissal:
            self.decided(dismissal(of, **how))
        elif made is not None:
            self.decided(made(of, grounds=(ground,), **how))

    def own(self):
        machine = self.draw.random() < 0.4
        how = {"automated_decision": Automation.FULLY if machine else self.draw.choice(list(Automation)[:2])}
        of = self.item(ACTED if machine else HELD)
        two = self.draw.random() < 0.3
        undo_s = 60.0 if self.draw.random() < 0.1 and not two else 0.0
        made = self.draw.choice([removal, restriction, dismissal])
        self.decided(made(of, **how), needs_two=two, undo_s=undo_s)

    def standing(self):
        """An item of which something stands, with the decision that does."""
        found = [one for _, one in self.store.items.page(limit=1000) if one.state is ItemState.DECIDED]
        for of in self.draw.sample(found, min(4, len(found))):
            known = self.store.decisions.get(of.decision)
            if known.ruling.choice in RESTRICTS:
                return of, known
        return None

    def complaint(self):
        pair = self.standing()
        if pair is None:
            return
        law = self.draw.choice(["tco", "dsa", None])
        self.received(NoticeKind.COMPLAINT, decision=pair[1].id, complained_under=law)
        self.clock.at += timedelta(days=self.draw.uniform(0, 5))
        became = self.draw.choice([Choice.RESTORE, pair[1].ruling.choice, Choice.LABEL, None])
        if became is not None:
            self.again(pair, became, Origin.OTHER_NOTICE)

    def back(self):
        pair = self.standing()
        if pair is not None:
            self.again(pair, Choice.RESTORE, self.draw.choice([Origin.ORDER, Origin.OTHER_NOTICE]))

    def again(self, pair, choice, origin):
        of, before = pair
        new = replace(
            before.ruling,
            items=(of.id,),
            choice=choice,
            origin=origin,
            notice=None,
            automated_decision=Automation.NONE,
            not_preserved="only its hash came" if choice in REMOVES else None,
            reverses=before.id,
            reason="looked at again",
        )
        made = self.store.decisions.make(new, user="cyd", actor="cyd")
        carried_out(self.store, made)

    def aside(self):
        facts = (Fact(Question.WHAT, "a threat", "a post"),)
        self.store.threats.report(Dossier(facts, "police"), actor="ann")
        for _, one in self.store.statements.page(limit=1000):
            if one.told_at is None and self.draw.random() < 0.5:
                self.store.statements.tell(one.id, lambda _: "told")
        for decision_id in self.store.submissions.due(2):
            of = self.store.decisions.get(decision_id).ruling.items
            news = [NewSubmission(one, f"{decision_id}-{one}", {"x": "y"}, ()) for one in of]
            self.store.submissions.state_all(decision_id, news, actor="s")
        for _, one in self.store.submissions.page(SubmissionState.PENDING):
            state = self.draw.choice([SubmissionState.SENT, SubmissionState.REFUSED])
            self.store.submissions.answered(one.id, state, {}, actor="s", reason="x")
        self.keep()

    def keep(self):
        with self.store._database.write() as connection:
            row = {"id": f"k{self.clock.at.timestamp()}", "sha256": "a" * 64, "bytes": 1, "state": "kept"}
            basis = self.draw.choice(list(Basis)).value
            connection.execute(insert(preservation).values(**row, at=self.clock.at, actor="a", basis=basis))


def read(store, table):
    """All rows of a table, by plain SQL, times as times."""
    with store._database.read() as connection:
        rows = [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {table}"))]
    for row in rows:
        for name, value in row.items():
            if name == "at" or name.endswith("_at"):
                at = datetime.fromisoformat(value) if isinstance(value, str) else value
                row[name] = None if at is None else at.replace(tzinfo=at.tzinfo or UTC)
            elif name in ("ruling", "message"):
                row[name] = json.loads(value)
    return rows


class Count:
    """Another way to the same numbers: all rows, and what the words of the report say."""

    def __init__(self, store):
        self.store = store
        self.notices = read(store, "notice")
        self.out = {one["decision_number"]: one["at"] for one in read(store, "decision_out")}
        self.all = {one["number"]: one for one in read(store, "decision")}
        self.by_id = {one["id"]: one for one in self.all.values()}
        self.done = [
            {**one, "out": self.out[number]} for number, one in self.all.items() if number in self.out
        ]
        self.items = Counter(one["decision_number"] for one in read(store, "decision_item"))
        outcomes = [one for one in read(store, "statement") if one["kind"] == "outcome"]
        self.outcomes = [one for one in outcomes if self.all[one["decision_number"]]["reverses"]]
        self.told = {one["decision_number"] for one in self.outcomes}

    def of(self, kind, law=None):
        name, default = {"order": ("law", "tco"), "complaint": ("complained_under", "tco")}.get(kind, (0, 0))
        found = [one for one in self.notices if one["kind"] == kind and within(one["received_at"])]
        return [one for one in found if law is None or said(one, name, default) == law]

    def following(self, known):
        return [one for one in self.done if one["ruling"]["notice"] == known["id"]]

    def before(self, one):
        return self.by_id[one["reverses"]] if one["reverses"] else None

    def orders(self, law):
        names = {"be": "BE", "germany": "DE", "de": "DE", "us": "elsewhere", None: "unsaid"}
        return Counter(
            names[(said(one, "country", "") or "").lower() or None] for one in self.of("order", law)
        )

    def removed_at(self, known):
        return min((one["out"] for one in self.following(known) if one["choice"] in REMOVES), default=None)

    def acted(self):
        found = Counter()
        for one in self.of("order", "tco"):
            if self.removed_at(one):
                (clock,) = [
                    each for each in self.store.notices.get(one["id"]).clocks if each.period == "tco_removal"
                ]
                ended = clock.reading.ended_at is not None
                found["missed" if clock.reading.is_past else "kept" if ended else "running"] += 1
        return found

    def not_acted(self):
        found = Counter()
        for one in self.of("order", "tco"):
            if not self.removed_at(one):
                known = self.store.notices.get(one["id"])
                holds = {each.hold for clock in known.clocks for each in clock.events}
                found[
                    "impossible"
                    if "impossible" in holds
                    else "unclear"
                    if "unclear" in holds
                    else "open"
                    if known.state in ("received", "incomplete", "in_work")
                    else "no_ground"
                ] += 1
        return found

    def pairs(self, wanted, part):
        found = Counter()
        for one in self.done:
            if within(one["out"]) and wanted(one, (self.before(one) or {}).get("choice")):
                found[part(one)] += self.items[one["number"]]
        return found

    def complaints(self, law):
        found = Counter()
        for known in self.of("complaint", law):
            made = [
                self.all[one["decision_number"]] for one in self.outcomes if one["recipient"] == known["id"]
            ]
            if any(one["choice"] == "restore" for one in made):
                found["reinstated"] += 1
            elif any(one["choice"] != self.before(one)["choice"] for one in made):
                found["changed"] += 1
            else:
                found["upheld" if made else "open"] += 1
        return found

    def reinstated(self, one):
        if one["ruling"]["origin"] == "order":
            return "authority"
        return "complaint" if one["number"] in self.told else "own"

    def notices_decided(self):
        found = Counter()
        for known in (*self.of("notice"), *self.of("trusted_flagger")):
            made = self.following(known)
            limits = [one for one in made if one["choice"] in RESTRICTS]
            legal = any(g["kind"] == "legal" for one in limits for g in one["ruling"]["grounds"])
            if made:
                found["legal" if legal else "contractual" if limits else "nothing"] += 1
        return found

    def detected(self):
        found = Counter()
        for one in read(self.store, "item"):
            if within(one["opened_at"]):
                stands = self.all.get(one["decision_number"])
                limits = stands is not None and stands["choice"] in RESTRICTS
                found["restricted" if limits else "left" if stands else "open"] += 1
        return found

    def second_reads(self):
        gone = {one["decision_number"] for one in read(self.store, "decision_undone")}
        return Counter(
            "agreed" if one["agrees"] else "disagreed"
            for one in read(self.store, "decision_second")
            if within(one["at"])
            and one["decision_number"] not in gone
            and self.all[one["decision_number"]]["ruling"]["automated_detection"]
        )

    def appeals(self, against):
        """Each complaint was decided at once here, and nothing else was appealed."""
        return Counter(
            "upheld" if one["choice"] == self.before(one)["choice"] else "changed"
            for one in self.done
            if within(one["out"]) and one["number"] in self.told and against(self.before(one)["ruling"])
        )

    def rows(self, table, at, part=None):
        return Counter(
            None if part is None else one[part] for one in read(self.store, table) if within(one[at])
        )

    def every(self):
        new = lambda one, before: one["choice"] in RESTRICTS and one["choice"] != before  # noqa: E731
        own = lambda one, before: new(one, before) and one["ruling"]["origin"] == "own_initiative"  # noqa: E731
        rule = lambda name: lambda one: one["ruling"][name]  # noqa: E731
        by = lambda one: "machine" if one["ruling"]["automated_detection"] else "person"  # noqa: E731
        is_new = lambda one, before: one["choice"] in REMOVES and before not in REMOVES  # noqa: E731
        return {
            "tco_orders": self.orders("tco"),
            "tco_orders_acted": self.acted(),
            "tco_orders_not_acted": self.not_acted(),
            "tco_removals": self.pairs(is_new, rule("origin")),
            "tco_complaints": self.complaints("tco"),
            "tco_reinstated": self.pairs(lambda one, _: one["choice"] == "restore", self.reinstated),
            "tco_preserved": self.rows("preservation", "at", "basis"),
            "tco_threats": self.rows("threat", "at"),
            "dsa_orders": self.orders(None),
            "dsa_notices": Counter(one["kind"] for one in (*self.of("notice"), *self.of("trusted_flagger"))),
            "dsa_notices_decided": self.notices_decided(),
            "dsa_notices_machine": Counter(),
            "dsa_measures": self.pairs(own, lambda one: one["choice"]),
            "dsa_measures_found": self.pairs(own, by),
            "dsa_complaints": self.complaints("dsa"),
            "dsa_detected": self.detected(),
            "dsa_automation": self.pairs(new, rule("automated_decision")),
            "dsa_second_reads": self.second_reads(),
            "dsa_appeals": self.appeals(lambda ruling: ruling["automated_detection"]),
            "dsa_appeals_machine": self.appeals(lambda ruling: ruling["automated_decision"] == "fully"),
            "dsa_statements": self.rows("statement", "told_at", "kind"),
            "dsa_submissions": self.rows("transparency_submission", "sent_at"),
        }


def within(at):
    return at is not None and YEAR.since <= at < YEAR.until


def said(known, name, default):
    found = [one["value"] for one in known["message"]["particulars"] if one["name"] == name]
    return found[0] if found else default


@pytest.fixture
def clock():
    return Hand()


@pytest.fixture
def store(open_as, clock):
    return open_as(now=clock)


def test_the_numbers_are_those_of_another_count(store, make, clock):
    worked = Year(store, Platform(store, make), clock, 1)
    worked.work(45)
    other = Count(store)
    wanted = other.every()
    assert worked.refused < 6
    assert set(wanted) == {one.id for one in FIGURES} == set(ROWS)
    assert sum(bool(sum(counted.values())) for counted in wanted.values()) > 16
    made = store.yearly.count(FIGURES, YEAR)
    expect_times_and_rates({one.figure.id: one for one in made}, other)
    for one in made:
        counted = +wanted[one.figure.id]
        assert one.count == sum(counted.values()) == sum(one.months), one.figure.id
        if one.figure.parts:
            assert {part: count for part, count in one.parts if count} == dict(counted), one.figure.id
        rows = store.yearly.rows(one.figure, YEAR, limit=10_000)
        assert len(rows) == one.count
        assert len({(row.id, row.decision) for row in rows}) == one.count
        paged = [store.yearly.rows(one.figure, YEAR, skip=skip, limit=7) for skip in range(0, one.count, 7)]
        assert [row for page in paged for row in page] == rows
        for number, count in enumerate(one.months, start=1):
            assert len(store.yearly.rows(one.figure, YEAR, month=number, limit=10_000)) == count
        for part, count in one.parts:
            assert len(store.yearly.rows(one.figure, YEAR, part=part, limit=10_000)) == count


def expect_times_and_rates(made, other):
    """Times are from receipt, and rates are of what was wrong."""
    took = sorted(
        (other.removed_at(one) - one["received_at"]).total_seconds()
        for one in other.of("order", "tco")
        if other.removed_at(one)
    )
    times = made["tco_orders_acted"].times
    assert (times.count, times.median_s) == (len(took), median_low(took))
    for name in ("dsa_second_reads", "dsa_appeals"):
        one = made[name]
        assert (one.rate.part, one.rate.whole) == (dict(one.parts)[one.figure.wrong], one.count)
        assert one.count > 0
        low, high = one.rate.interval
        assert low <= one.rate.share <= high


def test_a_year_begins_and_ends_in_its_zone(store, clock):
    kept = preservation.c
    ends = [YEAR.since - timedelta(seconds=1), YEAR.since, YEAR.until - timedelta(seconds=1), YEAR.until]
    with store._database.write() as connection:
        for number, at in enumerate(ends):
            row = {kept.id.name: f"k{number}", "sha256": "a" * 64, "bytes": 1, "state": "kept"}
            more = {"at": at, "actor": "a", "basis": "archive"}
            connection.execute(insert(preservation).values(**row, **more))
    assert YEAR.since == datetime(2025, 12, 31, 23, tzinfo=UTC)
    (figure,) = [one for one in FIGURES if one.id == "tco_preserved"]
    (made,) = store.yearly.count((figure,), YEAR)
    assert [row.id for row in store.yearly.rows(figure, YEAR)] == ["k1", "k2"]
    assert made.months == (1, *([0] * 10), 1)
