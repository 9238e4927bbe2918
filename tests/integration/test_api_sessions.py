"""Console sessions: how they begin, what they may do, and how they end."""

from __future__ import annotations

import time

import httpx2
import pytest
from serving import client, key, served

import seawall
from seawall import config
from seawall.model.access import Role
from seawall.store import sessions
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

PASSWORD = "a password of a test"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with seawall.open(tmp_path_factory.mktemp("sessions") / "data") as opened:
        opened.access.create_user("ada", Role.ANALYST, accounts.hashed(PASSWORD))
        opened.access.create_user("rex", Role.REVIEWER, accounts.hashed(PASSWORD))
        opened.access.create_user("keyed", Role.ADMIN)
        yield opened


@pytest.fixture(scope="module")
def address(library):
    with served(library) as where:
        yield where


@pytest.fixture
def browser(address):
    with client(address, None) as caller:
        yield caller


def sign_in(browser, user="ada", password=PASSWORD):
    return browser.post("/v1/session", json={"user": user, "password": password})


def test_a_session_reads_with_its_cookie_and_changes_with_its_token(browser, address):
    answer = sign_in(browser)
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert PASSWORD not in answer.text
    assert browser.get("/v1/me").json()["name"] == "ada"
    token = answer.json()["csrf"]
    assert browser.get("/v1/session").json()["csrf"] == token
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": "é".encode()}):
        refused = browser.post("/v1/banks", json={"name": "CSRF"}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_refused")
    made = browser.post("/v1/banks", json={"name": "CSRF"}, headers={"X-CSRF-Token": token})
    assert made.status_code == 201
    with client(address, None) as other:
        sign_in(other)
        stolen = other.post("/v1/banks", json={"name": "OTHER"}, headers={"X-CSRF-Token": token})
        assert stolen.status_code == 403


def test_a_session_has_the_scopes_of_its_role(browser):
    token = sign_in(browser, "rex").json()["csrf"]
    assert browser.get("/v1/banks").status_code == 200
    refused = browser.post("/v1/banks", json={"name": "REX"}, headers={"X-CSRF-Token": token})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def test_a_session_ends_when_it_is_signed_out_of(browser):
    token = sign_in(browser).json()["csrf"]
    kept = browser.cookies["seawall_session"]
    assert browser.delete("/v1/session", headers={"X-CSRF-Token": token}).status_code == 204
    assert "seawall_session" not in browser.cookies
    assert browser.get("/v1/me", headers={"Cookie": f"seawall_session={kept}"}).status_code == 401


@pytest.mark.parametrize("setting", ["session_idle_s", "session_longest_s"])
def test_a_session_is_over_in_time(tmp_path, setting):
    """The contract of the store says more of both, by a clock of its own."""
    settings = config.load(tmp_path / "data", {f"SEAWALL_{setting.upper()}": "1"})
    with Seawall(settings) as library, served(library) as address, client(address, None) as browser:
        library.access.create_user("ada", Role.ANALYST, accounts.hashed(PASSWORD))
        assert sign_in(browser).status_code == 201
        kept = {"Cookie": f"seawall_session={browser.cookies['seawall_session']}"}  # whatever its age
        time.sleep(1.1)
        assert browser.get("/v1/me", headers=kept).status_code == 401


def test_another_password_ends_the_sessions(browser, library):
    library.access.create_user("eve", Role.ANALYST, accounts.hashed(PASSWORD))
    sign_in(browser, "eve")
    assert browser.get("/v1/me").status_code == 200
    library.access.set_password("eve", accounts.hashed("another password of it"))
    deadline = time.monotonic() + 2
    while browser.get("/v1/me").status_code == 200:
        assert time.monotonic() < deadline
    assert sign_in(browser, "eve").status_code == 401
    assert sign_in(browser, "eve", "another password of it").status_code == 201


@pytest.mark.parametrize(
    ("user", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("keyed", ""), ("ada", "\0"), ("é", "é")]
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(browser, user, password):
    answer = sign_in(browser, user, password)
    assert answer.status_code == 401
    assert "the name or the password is wrong" in answer.json()["detail"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("user", ["locked", "no such user"])
def test_guesses_are_slowed_down_whether_or_not_there_is_such_a_user(address, library, user):
    if user == "locked":
        library.access.create_user(user, Role.ANALYST, accounts.hashed(PASSWORD))
    with client(address, None) as browser:
        answers = [sign_in(browser, user, f"guess {number}") for number in range(sessions.FREE_FAILURES + 2)]
        assert [one.status_code for one in answers[: sessions.FREE_FAILURES]] == [
            401
        ] * sessions.FREE_FAILURES
        refused = answers[-1]
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_calls")
        assert int(refused.headers["retry-after"]) >= 1
        assert sign_in(browser, user).status_code == 429  # the right one too


def test_waits_double_and_end(tmp_path):
    with seawall.open(tmp_path / "data") as library:
        waits_s = [sessions._wait(failures).total_seconds() for failures in range(1, 40)]
        assert waits_s[: sessions.FREE_FAILURES - 1] == [0] * (sessions.FREE_FAILURES - 1)
        growing = waits_s[sessions.FREE_FAILURES - 1 :]
        assert growing[:4] == [1, 2, 4, 8]
        assert max(growing) == growing[-1] == sessions.LONGEST_WAIT_S
        library.sessions.try_sign_in("x")
        library.sessions.signed_in("x")


def test_neither_password_nor_session_is_kept(library, browser):
    sign_in(browser)
    session = browser.cookies["seawall_session"]
    kept = b"".join(path.read_bytes() for path in library.settings.data.glob("seawall.sqlite*"))
    assert session.encode() not in kept
    assert PASSWORD.encode() not in kept
    assert b"$argon2id$" in kept


def test_a_key_is_no_session(library, address):
    with client(address, key(library)) as caller:
        assert caller.get("/v1/session").status_code == 404
        with pytest.raises(httpx2.HTTPStatusError):
            caller.delete("/v1/session").raise_for_status()


@pytest.mark.parametrize("password", ["short", "", "x" * 2000])
def test_a_password_has_a_length(library, address, password):
    with client(address, key(library)) as caller:
        answer = caller.put("/v1/users/ada/password", json={"password": password})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
        assert len(password) < 5 or password not in answer.text
