"""What holds for every call: who may make it, what it is answered with, what is recorded of it."""

from __future__ import annotations

import functools
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from serving import client, key, served

import seawall
from seawall import errors
from seawall.api import openapi
from seawall.model.access import SCOPES, Role, Scope
from seawall.workflows import accounts

PUBLIC = {("GET", "/v1/health/live"), ("GET", "/v1/health/ready"), ("POST", "/v1/session")}
PASSWORD = "a password of a test"
DOCUMENT = openapi.described().openapi()
OPERATIONS = list(openapi.operations(DOCUMENT))


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with seawall.open(tmp_path_factory.mktemp("calls") / "data") as opened:
        opened.access.create_user("ada", Role.ADMIN, accounts.hashed(PASSWORD))
        yield opened


@pytest.fixture(scope="module")
def address(library):
    with served(library) as where:
        yield where


@pytest.fixture(scope="module")
def admin(library, address):
    with client(address, key(library)) as caller:
        yield caller


@pytest.fixture(scope="module")
def only(library):
    """A key with these scopes alone."""
    return functools.cache(lambda scopes: key(library, *scopes))


def filled(path):
    return re.sub(r"\{(\w+)\}", r"\1", path)


# Who may call


@pytest.mark.parametrize(
    ("method", "path", "said"), OPERATIONS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_route_wants_a_key_with_its_scope(only, address, method, path, said):
    if (method, path) in PUBLIC:
        assert said["security"] == []
        return
    with client(address, None) as caller:
        answer = caller.request(method, filled(path))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "not_signed_in"
        if path in ("/v1/me", "/v1/session", "/v1/jobs/{job_id}"):
            return  # for anybody who is signed in
        needed = Scope(said[openapi.SCOPE])
        others = only(frozenset(Scope) - {needed})
        answer = caller.request(method, filled(path), headers={"Authorization": f"Bearer {others}"})
        assert answer.status_code == 403
        assert answer.json()["code"] == "not_allowed"
        right = {"Authorization": f"Bearer {only(frozenset({needed}))}"}
        assert caller.request(method, filled(path), headers=right).status_code not in (401, 403)


@pytest.mark.parametrize(
    "sent",
    ["Bearer", "Bearer x", "Basic YTpi", "Bearer swk_0123456789abcdef_" + "x" * 43, "Bearer é", "x" * 5000],
)
def test_what_is_no_key_is_refused(address, sent):
    with client(address, None) as caller:
        assert caller.get("/v1/me", headers={"Authorization": sent.encode()}).status_code == 401


def test_a_revoked_key_and_a_disabled_user_are_shut_out_within_two_seconds(library, address, admin):
    library.access.create_user("eve", Role.ANALYST)
    made = [library.access.create_key("eve", "k", [Scope.READ]) for _ in range(2)]
    callers = [client(address, one.sent) for one in made]
    assert [one.get("/v1/banks").status_code for one in callers] == [200, 200]
    assert admin.post(f"/v1/keys/{made[0].key.id}/revoke").json()["revoked_at"]
    assert until(lambda: callers[0].get("/v1/banks").status_code == 401)
    assert callers[1].get("/v1/banks").status_code == 200
    assert admin.post("/v1/users/eve/disable").json()["active"] is False
    assert until(lambda: callers[1].get("/v1/banks").status_code == 401)
    assert admin.post("/v1/users/eve/enable").json()["active"] is True
    assert until(lambda: callers[1].get("/v1/banks").status_code == 200)
    for one in callers:
        one.close()


def until(condition, longest_s=2.0):
    """Whether it comes true in time."""
    deadline = time.monotonic() + longest_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_key_can_do_no_more_than_its_users_role(admin, library):
    library.access.create_user("rex", Role.REVIEWER)
    answer = admin.post("/v1/keys", json={"user": "rex", "name": "k", "scopes": ["banks"]})
    assert answer.status_code == 403
    made = admin.post("/v1/keys", json={"user": "rex", "name": "k", "scopes": ["read"]}).json()
    assert made["secret"].startswith("swk_")
    listed = admin.get("/v1/keys", params={"limit": 500})
    assert made["key"]["id"] in listed.text
    assert made["secret"] not in listed.text


# What calls are answered with


def test_answers_carry_an_id_and_headers_of_safety(admin):
    mine = admin.get("/v1/me", headers={"X-Request-Id": "trace-0123456789"})
    assert mine.headers["x-request-id"] == "trace-0123456789"
    made = {admin.get("/v1/me", headers={"X-Request-Id": "<b>"}).headers["x-request-id"] for _ in range(3)}
    assert len(made) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in made)
    for name, value in {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cache-control": "no-store",
    }.items():
        assert mine.headers[name] == value


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "no_such_route"),
        ("GET", "/v1/banks/NONE", {}, 404, "bank_not_found"),
        ("PATCH", "/v1/banks", {}, 405, "wrong_method"),
        (
            "POST",
            "/v1/banks",
            {"content": b"{", "headers": {"content-type": "application/json"}},
            422,
            "bad_request",
        ),
        ("POST", "/v1/banks", {"json": {"negative": 1}}, 422, "bad_request"),
        ("POST", "/v1/banks", {"content": b"[" * 100_000}, 422, "bad_request"),
        ("POST", "/v1/banks", {"content": b'{"name": "\\ud800"}'}, 422, "bad_request"),
        ("POST", "/v1/banks", {"json": {"name": "no blanks please"}}, 400, "bad_name"),
        ("GET", "/v1/banks?cursor=zzz", {}, 422, "bad_cursor"),
        ("GET", "/v1/banks?cursor=WzFd", {}, 422, "bad_cursor"),
        ("GET", "/v1/references?cursor=WyJhIl0", {}, 422, "bad_cursor"),
        ("GET", "/v1/banks?limit=501", {}, 422, "bad_request"),
        ("GET", "/v1/banks?limit=0", {}, 422, "bad_request"),
        ("POST", "/v1/check", {"content": b"x"}, 422, "bad_request"),
        ("POST", "/v1/check", {"json": {"url": "http://example.org/a"}}, 422, "fetch_failed"),
    ],
)
def test_every_error_is_a_problem(admin, method, path, sent, status, code):
    answer = admin.request(method, path, **sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["request"] == answer.headers["x-request-id"]
    assert problem["status"] == status
    assert problem["type"] == f"urn:seawall:error:{code}"
    if status == 405:
        assert set(answer.headers["allow"].replace(" ", "").split(",")) == {"GET", "POST"}


def test_what_breaks_inside_does_not_show_itself(library, admin, monkeypatch):
    def broken():
        raise RuntimeError("/secret/place")

    monkeypatch.setattr(library.access, "users", broken)
    answer = admin.get("/v1/users")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert answer.json()["request"] == answer.headers["x-request-id"]


def test_lists_come_in_pages_that_hold_everything_once(admin):
    names = [f"PAGED-{number}" for number in range(5)]
    for name in names:
        assert admin.post("/v1/banks", json={"name": name}).status_code == 201
    found, cursor = [], None
    while True:
        page = admin.get("/v1/banks", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        assert len(page["items"]) <= 2
        found += [one["name"] for one in page["items"] if one["name"].startswith("PAGED")]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == names


# What is recorded


def test_writes_are_recorded_and_reads_and_failures_are_not(admin):
    def log(**asked):
        return admin.get("/v1/audit", params={"user": "tester", **asked}).json()["items"]

    made = admin.post("/v1/banks", json={"name": "LOGGED"}, headers={"X-Request-Id": "log-12345678"})
    assert made.status_code == 201
    admin.get("/v1/banks/LOGGED")
    assert admin.post("/v1/banks", json={"name": "LOGGED"}).status_code == 409
    assert admin.delete("/v1/banks/LOGGED", params={"reason": "a test"}).status_code == 204
    removed, created = log(subject="LOGGED")
    assert (created["action"], created["request"]) == ("banks_create", "log-12345678")
    assert created["actor"] == "tester/test"
    assert (removed["action"], removed["details"]) == ("banks_remove", {"reason": "a test"})
    admin.post("/v1/users", json={"name": "pw", "role": "analyst", "password": PASSWORD})
    assert PASSWORD not in admin.get("/v1/audit").text


def test_what_cannot_be_recorded_is_not_acknowledged(library, admin, monkeypatch):
    def busy(*_):
        raise errors.StoreBusy(waited_s=1)

    with monkeypatch.context() as broken:
        broken.setattr(library.access, "record", busy)
        answer = admin.post("/v1/banks", json={"name": "UNRECORDED"})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "store_busy"
    assert int(answer.headers["retry-after"]) >= 1


# Calls that are sent again


def test_a_repeated_call_is_answered_as_it_was_and_done_once(admin):
    again = {"Idempotency-Key": "bank-once"}
    first = admin.post("/v1/banks", json={"name": "ONCE"}, headers=again)
    second = admin.post("/v1/banks", json={"name": "ONCE"}, headers=again)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert len(admin.get("/v1/audit", params={"subject": "ONCE"}).json()["items"]) == 1


def test_a_key_serves_one_request(admin):
    again = {"Idempotency-Key": "one-request"}
    assert admin.post("/v1/banks", json={"name": "FIRST"}, headers=again).status_code == 201
    for answer in (
        admin.post("/v1/banks", json={"name": "SECOND"}, headers=again),
        admin.post("/v1/users", json={"name": "FIRST", "role": "analyst"}, headers=again),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")
    assert admin.get("/v1/banks/SECOND").status_code == 404


def test_of_many_calls_at_once_one_is_done(library, address):
    sent = key(library)

    def call(_):
        with client(address, sent) as caller:
            body = {"user": "tester", "name": "raced", "scopes": ["read"]}
            return caller.post("/v1/keys", json=body, headers={"Idempotency-Key": "race"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(call, range(8)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["secret"] for one in answers}) == 1
    assert sum(one.name == "raced" for _, one in library.access.every_key()) == 1


def test_what_is_kept_for_a_repeated_call_shows_no_secret(library, admin):
    body = {"user": "tester", "name": "sealed", "scopes": ["read"]}
    secret = admin.post("/v1/keys", json=body, headers={"Idempotency-Key": "seal"}).json()["secret"]
    for path in library.settings.data.glob("seawall.sqlite*"):
        assert secret.encode() not in path.read_bytes()


def test_what_failed_may_be_tried_again_with_its_key(library, address, monkeypatch):
    again = {"Idempotency-Key": "second-try"}
    with client(address, key(library)) as caller:
        with monkeypatch.context() as broken:
            broken.setattr(library.access, "create_user", None)
            sent = {"name": "later", "role": "analyst"}
            assert caller.post("/v1/users", json=sent, headers=again).status_code == 500
        assert caller.post("/v1/users", json=sent, headers=again).status_code == 201


# Limits


def test_a_key_is_held_to_its_rate(library, address):
    made = library.access.create_key("ada", "slow", [Scope.READ], rate_per_s=2)
    with client(address, made.sent) as caller, client(address, key(library)) as other:
        answers = [caller.get("/v1/me") for _ in range(10)]
        refused = [one for one in answers if one.status_code == 429]
        assert len(refused) >= 6
        assert refused[0].json()["code"] == "too_many_calls"
        assert int(refused[0].headers["retry-after"]) >= 1
        assert other.get("/v1/me").status_code == 200


def test_a_key_is_held_to_its_bytes_a_day(library, address):
    made = library.access.create_key("ada", "small", [Scope.BANKS], bytes_per_day=1000)
    with client(address, made.sent) as caller:
        body = {"name": "SMALL", "labels": ["x" * 100] * 20}
        assert caller.post("/v1/banks", json=body).status_code == 201
        answer = caller.post("/v1/banks", json={"name": "NEXT"})
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_calls")


def test_roles_and_scopes_cover_each_other():
    needed = {Scope(said[openapi.SCOPE]) for _, _, said in OPERATIONS if openapi.SCOPE in said}
    assert needed <= set(SCOPES[Role.ADMIN])
