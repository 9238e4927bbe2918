"""Policies at work over a data folder: signed by people, tried out, at once in force."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from datetime import UTC, datetime

import pytest

import seawall
from seawall import errors
from seawall.model.access import Role
from seawall.model.bank import ReferenceState
from seawall.model.match import Match, Recommendation
from seawall.model.policy import DEFAULT, Law, Rule, Rulebook, Step, When
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.recording import NewCheck
from seawall.store.tasks import Task
from seawall.workflows import outcomes, trials
from seawall.workflows.check import Named
from seawall.workflows.tasks import HANDLERS, Kind as TaskKind

ACTS = Rulebook((Rule("strong acts", Step.ACT, When(Recommendation.STRONG)), Rule("rest", Step.HOLD)))


class Now:
    """Runs each step at once, as a queue that never fails."""

    def __init__(self):
        self.names = []

    def run(self, name, work):
        self.names.append(name)
        return json.loads(json.dumps(work()))


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path / "data") as opened:
        opened.bank_create("K")
        opened.access.create_user("ann", Role.ADMIN)
        yield opened


def reference(library, name="1", bank="K"):
    digest = hashlib.sha256(name.encode()).digest()
    new = NewReference(None, "image", (Signal(SignalType.PDQ, 1, digest, 90),), name, "list.csv")
    return library._store.add_reference(bank, new).id


def match(reference_id, recommendation=Recommendation.STRONG, **fields):
    return Match(reference_id, 0.95, recommendation, 0.5, 1.0, {"image": 0.95}, (), **fields)


def recorded(library, reference_id, recommendation=Recommendation.STRONG, sha256="a" * 64, **context):
    found = (("K", match(reference_id, recommendation)),)
    new = NewCheck(sha256, sha256, None, "image", None, None, found, "up/key", Context(**context))
    [[made]] = (one.matches for one in library.seen.record_all([new]))
    return made.id


def named(library, *ids, **fields):
    return [Named(match(one, **fields), library._store.reference(one), None) for one in ids]


def go_live(library, book=ACTS, sign=None):
    made = library.policies.draft("K", book, "note")
    if sign is not None:
        library.policies.sign("K", made.version, sign, statement="I answer for it", user="ann")
    library.policies.dry_run("K", made.version)
    return library.policies.make_live("K", made.version, reason="good")


def settle(library, *ids):
    task = Task("t1", "outcome", {"matches": list(ids)}, datetime.now(UTC))
    return HANDLERS[TaskKind.OUTCOME](library, task, Now())


class TestPeople:
    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.UPLOADER, Role.AUDITOR])
    def test_only_analysts_and_administrators_stand_by_anything(self, library, role):
        library.access.create_user("bob", role)
        one = reference(library)
        library.policies.draft("K", ACTS, "note")
        for user in ("bob", "nobody"):
            with pytest.raises(errors.CannotSign):
                library.policies.verify(one, grounds="g", user=user)
            with pytest.raises(errors.CannotSign):
                library.policies.sign("K", 1, "strong acts", statement="s", user=user)
        assert not library.policies.is_verified(one)
        assert library.policies.signatures("K", 1) == []

    def test_an_analyst_verifies(self, library):
        library.access.create_user("cid", Role.ANALYST)
        one = reference(library)
        library.policies.verify(one, grounds="seen", user="cid")
        assert library.policies.is_verified(one)
        assert [said.name for said in library.policies.verifications(one)] == ["cid"]

    @pytest.mark.parametrize("words", ["", "  ", "x" * 501])
    def test_words_are_asked_for(self, library, words):
        one = reference(library)
        library.policies.draft("K", ACTS, "note")
        for call in (
            lambda: library.policies.draft("K", ACTS, words),
            lambda: library.policies.verify(one, grounds=words, user="ann"),
            lambda: library.policies.sign("K", 1, "rest", statement=words, user="ann"),
            lambda: library.policies.make_live("K", 1, reason=words),
            lambda: library.policies.make_live("K", 1, reason="r", without_dry_run=words),
            lambda: library.policies.retire("K", 1, reason=words),
        ):
            with pytest.raises(errors.BadRequest):
                call()

    def test_importing_a_list_verifies_nothing(self, library, tmp_path):
        path = tmp_path / "list.csv"
        path.write_text(f"type,value\npdq,{'ab' * 32}\n")
        assert library.import_list("K", path).references_added == 1
        [one] = library.references("K")
        assert not library.policies.is_verified(one.id)


class TestAtOnce:
    def test_a_check_knows_what_is_done_before_anything_is_recorded(self, library):
        one, two = reference(library, "1"), reference(library, "2")
        go_live(library)
        library.policies.verify(one, grounds="seen", user="ann")
        made = library.policies.outcomes(named(library, one, two), kind="image")
        assert [(each.step, each.law) for each in made] == [(Step.ACT, None), (Step.HOLD, Law.UNPROVEN)]
        news = library.policies.outcomes(named(library, one), kind="image", context=Context(labels=("news",)))
        assert (news[0].step, news[0].law) == (Step.HOLD, Law.EXEMPT)
        hidden = library.policies.outcomes(named(library, one, suppressed_by="n"), kind="image")
        assert hidden[0].step is Step.NOTHING
        assert library.cases.items() == []

    def test_a_signed_rule_acts_without_a_verification_but_not_when_disputed(self, library):
        one = reference(library)
        go_live(library, sign="strong acts")
        assert library.policies.outcomes(named(library, one), kind=None)[0].step is Step.ACT
        library.reference_set_state(one, ReferenceState.DISPUTED, "is it?")
        assert library.policies.outcomes(named(library, one), kind=None)[0].law is Law.DISPUTED

    def test_a_bank_without_a_policy_tells_a_person(self, library):
        one = reference(library)
        made = library.policies.outcomes(named(library, one), kind=None)[0]
        assert (made.step, made.review, made.version) == (Step.NOTIFY, True, None)
        assert library.policies.in_force("K") is DEFAULT
        with pytest.raises(errors.BankNotFound):
            library.policies.in_force("no")

    def test_a_policy_put_in_force_elsewhere_decides_within_a_second(self, library, tmp_path):
        one = reference(library)
        assert library.policies.outcomes(named(library, one), kind=None)[0].version is None
        with seawall.open(tmp_path / "data") as other:
            go_live(other, sign="strong acts")
        changed_at_s = time.monotonic()
        while library.policies.outcomes(named(library, one), kind=None)[0].version is None:
            assert time.monotonic() - changed_at_s < 1.0
            time.sleep(0.01)

    def test_one_put_in_force_here_decides_at_once(self, library):
        one = reference(library)
        library.policies.outcomes(named(library, one), kind=None)
        go_live(library)
        assert library.policies.outcomes(named(library, one), kind=None)[0].version == 1
        library.policies.retire("K", 1, reason="over")
        assert library.policies.outcomes(named(library, one), kind=None)[0].version is None

    def test_a_database_that_fails_once_is_asked_again(self, library, monkeypatch):
        one = reference(library)
        go_live(library)

        def fails():
            raise errors.StoreBusy(waited_s=1.0)

        with monkeypatch.context() as broken:
            broken.setattr(library._store.policies, "in_force", fails)
            with pytest.raises(errors.StoreBusy):
                library.policies.outcomes(named(library, one), kind=None)
        assert library.policies.outcomes(named(library, one), kind=None)[0].version == 1

    def test_a_held_reference_never_acts(self, library):
        one, two = reference(library, "1"), reference(library, "2")
        go_live(library, sign="strong acts")
        judge = outcomes.Judge(library._store, lambda ids: {one})
        made = judge.outcomes(named(library, one, two), kind=None)
        assert [each.law for each in made] == [Law.FLOOD, None]

    def test_many_threads_ask_while_policies_change(self, library):
        one = reference(library)
        asked, ended = [], threading.Event()

        def ask():
            while not ended.is_set():
                asked.append(library.policies.outcomes(named(library, one), kind=None)[0].version)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            go_live(library)
        ended.set()
        for thread in threads:
            thread.join()
        assert set(asked) <= {None, 1, 2, 3}
        assert library.policies.outcomes(named(library, one), kind=None)[0].version == 3


class TestOnRecord:
    def test_a_task_settles_its_matches_once(self, library):
        one = reference(library)
        go_live(library)
        ids = [recorded(library, one, post="p"), recorded(library, one, Recommendation.SUGGEST, "b" * 64)]
        assert settle(library, *ids) == {"matches": 2, "settled": 2}
        assert settle(library, *ids, "gone") == {"matches": 3, "settled": 0}
        found = [item for _, item in library.cases.items()]
        assert [(item.matches[0].step, item.matches[0].version) for item in found] == [("hold", 1)] * 2
        assert found[0].context.post == "p"

    def test_a_task_without_matches_is_refused(self, library):
        with pytest.raises(errors.BadRequest):
            HANDLERS[TaskKind.OUTCOME](library, Task("t", "outcome", {}, datetime.now(UTC)), Now())

    def test_a_reference_removed_meanwhile_does_nothing(self, library):
        one = reference(library)
        go_live(library, sign="strong acts")
        match_id = recorded(library, one)
        library.reference_remove(one, "mistake")
        assert settle(library, match_id)["settled"] == 1
        assert library.cases.items() == []

    def test_without_a_policy_only_strong_matches_open_an_item(self, library):
        one = reference(library)
        strong, weak = recorded(library, one), recorded(library, one, Recommendation.SUGGEST, "b" * 64)
        settle(library, strong, weak)
        assert [item.matches[0].match for _, item in library.cases.items()] == [strong]


class TestDryRun:
    def test_it_says_what_would_have_been_done_and_does_nothing(self, library):
        one = reference(library)
        ids = [recorded(library, one), recorded(library, one, Recommendation.SUGGEST, "b" * 64)]
        settle(library, ids[0])
        items = library.cases.items()
        library.policies.draft("K", ACTS, "note")
        library.policies.sign("K", 1, "strong acts", statement="s", user="ann")
        made = library.policies.dry_run("K", 1)
        assert (made.matches, made.complete, made.differing, made.version) == (2, True, 2, 1)
        assert {count.name: count.matches for count in made.did} == {
            "nothing": 0,
            "notify": 2,
            "hold": 0,
            "act": 0,
        }
        assert {count.name: count.matches for count in made.would if count.matches} == {"hold": 1, "act": 1}
        assert [(count.name, count.matches) for count in made.rules] == [
            ("strong acts", 1),
            ("rest", 1),
            ("", 0),
        ]
        assert [(one.match, one.did, one.would) for one in made.differences] == [
            (ids[0], Step.NOTIFY, Step.ACT),
            (ids[1], Step.NOTIFY, Step.HOLD),
        ]
        assert library.policies.dry_runs("K", 1) == [made]
        assert library.cases.items() == items
        assert library.policies.in_force("K") is DEFAULT

    def test_what_was_done_is_what_is_on_record_and_not_what_holds_now(self, library):
        match_id = recorded(library, reference(library))
        settle(library, match_id)
        go_live(library)
        library.policies.draft("K", ACTS, "note")
        [difference] = library.policies.dry_run("K", 2).differences
        assert (difference.did, difference.would) == (Step.NOTIFY, Step.HOLD)

    def test_other_banks_and_older_matches_are_left_out(self, library):
        library.bank_create("L")
        reference(library, "2", "L")
        recorded(library, reference(library))
        library.policies.draft("L", ACTS, "note")
        assert library.policies.dry_run("L", 1).matches == 0
        library.policies.draft("K", ACTS, "note")
        assert library.policies.dry_run("K", 1, days=1e-9).matches == 0

    def test_it_ends_in_time_and_says_that_it_is_not_all(self, library, monkeypatch):
        one = reference(library)
        for number in range(5):
            recorded(library, one, sha256=f"{number:064d}")
        draft = library.policies.draft("K", ACTS, "note")
        monkeypatch.setattr(trials, "BATCH", 2)
        ticks = iter((0.0, 1.0, trials.MAX_S + 1))
        judge = outcomes.Judge(library._store, lambda ids: set())
        made = trials.run(
            library._store,
            judge,
            draft,
            days=7,
            actor="ann",
            now=datetime.now(UTC),
            clock_s=lambda: next(ticks),
        )
        assert (made.matches, made.complete) == (2, False)
        monkeypatch.setattr(trials, "MAX_MATCHES", 3)
        monkeypatch.setattr(trials, "LISTED", 1)
        made = library.policies.dry_run("K", 1)
        assert (made.matches, made.complete, made.differing, len(made.differences)) == (3, False, 3, 1)

    @pytest.mark.parametrize("days", [0, -1, 91, float("nan")])
    def test_days_without_sense_are_refused(self, library, days):
        library.policies.draft("K", ACTS, "note")
        with pytest.raises(errors.BadRequest):
            library.policies.dry_run("K", 1, days=days)
