"""Users, keys, sessions, the audit log, and answers for calls that are sent again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seawall import errors
from seawall.model.access import Principal, Role, Scope
from seawall.store import answers, sessions
from seawall.store.access import AuditFilter
from seawall.store.answers import Answer

WHO = Principal("k", "ada/k", "ada", frozenset(Scope))


@pytest.fixture
def ada(store):
    return store.access.create_user("ada", Role.ANALYST, "a hash")


def in_force(store, session, idle_s):
    try:
        store.sessions.principal(session, idle_s)
    except errors.NotSignedIn:
        return False
    return True


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 65, "é", "a\0"])
def test_a_name_of_a_user_can_be_told_apart(store, name):
    with pytest.raises(errors.BadRequest):
        store.access.create_user(name, Role.ADMIN)


def test_a_password_is_that_of_an_active_user(store, ada):
    assert store.access.password_hash("ada") == "a hash"
    assert store.access.set_password("ada", "another").name == "ada"
    assert store.access.password_hash("ada") == "another"
    assert not store.access.set_active("ada", active=False).active
    assert store.access.password_hash("ada") is None
    assert store.access.password_hash("nobody") is None
    with pytest.raises(errors.RecordNotFound):
        store.access.set_password("nobody", "x")


def test_a_key_carries_its_limits_and_ends_once(store, ada):
    made = store.access.create_key("ada", "k", [Scope.READ], rate_per_s=2.5, bytes_per_day=2**40)
    who = store.access.principal(made.sent)
    assert (who.rate_per_s, who.bytes_per_day) == (2.5, 2**40)
    assert [one for _, one in store.access.every_key()] == [made.key]
    assert store.access.every_key(after=store.access.every_key()[0][0]) == []
    store.access.revoke_key(made.key.id)
    revoked_at = store.access.key(made.key.id).revoked_at
    store.access.revoke_key(made.key.id)
    assert store.access.key(made.key.id).revoked_at == revoked_at
    with pytest.raises(errors.NotSignedIn):
        store.access.principal(made.sent)
    with pytest.raises(errors.RecordNotFound):
        store.access.revoke_key("none")


def test_the_log_is_read_from_its_end(store):
    for number in range(5):
        store.access.record(WHO, f"a{number % 2}", f"s{number}", "r", {"n": number})
    first = store.access.entries(limit=3)
    assert [one.details["n"] for one in first] == [4, 3, 2]
    assert [one.details["n"] for one in store.access.entries(before=first[-1].number, limit=3)] == [1, 0]
    assert [one.details["n"] for one in store.access.entries(AuditFilter(action="a1"), limit=9)] == [3, 1]
    assert store.access.entries(AuditFilter(user="bob"), limit=9) == []
    assert [
        one.details["n"] for one in store.access.entries(AuditFilter(subject="s2", user="ada"), limit=9)
    ] == [2]


def test_the_log_is_asked_who_what_where_and_when(store):
    for number in range(4):
        store.access.record(WHO, "a", "s", f"r{number}", {"n": number})
    every = store.access.entries(limit=9)
    third = next(one for one in every if one.details["n"] == 2)

    def asked(**wanted):
        return [one.details["n"] for one in store.access.entries(AuditFilter(**wanted), limit=9)]

    assert asked(request="r1") == [1]
    assert asked(since=third.at) == [3, 2]
    assert asked(until=third.at) == [1, 0]
    assert asked(since=third.at, until=third.at) == []
    assert asked(user="ada", action="a", subject="s", since=third.at) == [3, 2]
    wanted = AuditFilter(subject="s", until=third.at)
    assert [one.details["n"] for one in store.access.entries(wanted, before=third.number, limit=1)] == [1]
    assert store.access.entries(before=10**9, limit=9) == []


def test_a_page_of_the_log_goes_on_where_the_times_are_the_same(open_as):
    at = datetime(2026, 1, 2, tzinfo=UTC)
    store = open_as(now=lambda: at)
    for number in range(5):
        store.access.record(WHO, "a", "s", "r", {"n": number})
    read, before = [], None
    while page := store.access.entries(before=before, limit=2):
        read += [one.details["n"] for one in page]
        before = page[-1].number
    assert read == [4, 3, 2, 1, 0]


def test_another_role_ends_the_sessions_and_narrows_the_keys(store, ada):
    store.sessions.open("ada", "s", 100.0)
    made = store.access.create_key("ada", "k", [Scope.READ, Scope.BANKS])
    assert store.access.set_role("ada", Role.REVIEWER).role is Role.REVIEWER
    assert not in_force(store, "s", 100.0)
    assert store.access.principal(made.sent).scopes == {Scope.READ}
    with pytest.raises(errors.RecordNotFound):
        store.access.set_role("nobody", Role.ADMIN)


def test_a_session_lasts_while_it_is_used_and_no_longer_than_the_longest(store, ada):
    """The clock of these tests moves on by a second with every question."""
    opened = store.sessions.open("ada", "secret", longest_s=10)
    assert (opened.id, opened.scopes) == (ada.id, store.sessions.principal("secret", idle_s=4).scopes)
    lasted = sum(in_force(store, "secret", idle_s=4) for _ in range(20))
    assert 3 <= lasted < 10


def test_a_session_that_idles_is_over(store, ada):
    store.sessions.open("ada", "secret", longest_s=1000)
    for _ in range(5):
        store.access.record(WHO, "a", "s", "r", {})
    with pytest.raises(errors.NotSignedIn):
        store.sessions.principal("secret", idle_s=4)


def test_sessions_end_with_the_user_and_one_by_one(store, ada):
    for name in ("one", "two"):
        store.sessions.open("ada", name, longest_s=1000)
    store.sessions.close("one")
    with pytest.raises(errors.NotSignedIn):
        store.sessions.principal("one", idle_s=1000)
    assert store.sessions.principal("two", idle_s=1000).name == "ada"
    store.access.set_active("ada", active=False)
    store.access.set_active("ada", active=True)
    with pytest.raises(errors.NotSignedIn):
        store.sessions.principal("two", idle_s=1000)


def test_attempts_are_counted_until_one_succeeds(store):
    for _ in range(sessions.FREE_FAILURES + 1):  # the wait after the last free one is over in a second
        store.sessions.try_sign_in("eve")
    with pytest.raises(errors.TooManyCalls) as refused:
        store.sessions.try_sign_in("eve")
    assert 0 < refused.value.fields["wait_s"] <= 2
    store.sessions.try_sign_in("bob")
    store.sessions.signed_in("eve")
    store.sessions.try_sign_in("eve")


def test_a_key_is_taken_by_one_call_and_then_answers_for_it(store):
    assert store.answers.claim("c", "k", "r", "first") is None
    assert store.answers.claim("c", "k", "r", "second") == Answer("r", None, None, None)
    assert store.answers.claim("other", "k", "r", "third") is None
    kept = Answer("r", "b", 201, "sealed")
    store.answers.keep("c", "k", "second", Answer("r", "x", 500, "not the holder's"))
    store.answers.keep("c", "k", "first", kept)
    assert store.answers.claim("c", "k", "r", "fourth") == kept
    store.answers.release("c", "k", "fourth")
    assert store.answers.claim("c", "k", "r", "fifth") == kept


def test_a_key_that_is_released_can_be_taken_again(store):
    store.answers.claim("c", "k", "r", "first")
    store.answers.release("c", "k", "first")
    assert store.answers.claim("c", "k", "r2", "second") is None


def test_a_call_whose_process_died_gives_its_key_up(store, monkeypatch):
    store.answers.claim("c", "k", "r", "first")
    monkeypatch.setattr(answers, "HELD", timedelta(seconds=3))
    for _ in range(5):
        store.answers.hold("c", "k", "first")  # a second passes each time
    assert store.answers.claim("c", "k", "r", "second") is not None
    for _ in range(5):
        store.access.record(WHO, "a", "s", "r", {})
    assert store.answers.claim("c", "k", "r", "third") is None
    store.answers.keep("c", "k", "first", Answer("r", "b", 201, "too late"))
    assert store.answers.claim("c", "k", "r", "fourth").status is None


def test_answers_are_forgotten_in_time(store, monkeypatch):
    store.answers.claim("c", "k", "r", "first")
    store.answers.keep("c", "k", "first", Answer("r", "b", 201, "sealed"))
    monkeypatch.setattr(answers, "KEPT", timedelta(0))
    assert store.answers.claim("c", "k", "r", "second") is None
