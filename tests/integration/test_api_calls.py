"""What holds for every call: who may make it, what it is answered with, what is recorded of it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from serving import client, key, served

import seawall
from seawall.api import openapi
from seawall.api.routes import ROUTERS
from seawall.model.access import SCOPES, Role, Scope
from seawall.workflows import accounts

PUBLIC = {("GET", "/v1/health/live"), ("POST", "/v1/session")}
PASSWORD = "a password of a test"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with seawall.open(tmp_path_factory.mktemp("calls") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def address(library):
    with served(library) as where:
        yield where


@pytest.fixture(scope="module")
def admin(library, address):
    with client(address, key(library)) as caller:
        yield caller


def operations():
    document = openapi.described().openapi()
    return [(method, path, said) for method, path, said in openapi.operations(document)]


def filled(path):
    return path.replace("{", "").replace("}", "")


def test_every_route_wants_a_key_of_the_right_scope(library, address):
    none = key(library, user="without")
    library.access.create_user("nobody", Role.ADMIN)
    with client(address, None) as stranger, client(address, none) as known:
        needed = {}
        for method, path, _ in operations():
            if (method, path) in PUBLIC:
                continue
            answer = stranger.request(method, filled(path))
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["code"] == "not_signed_in"
            needed[method, path] = known.request(method, filled(path)).status_code
        assert 401 not in needed.values()


def test_a_key_of_another_scope_is_refused_everywhere(library, address):
    scopes = sorted(SCOPES[Role.ADMIN])
    keys = {one: key(library, one) for one in scopes}
    with client(address, None) as caller:
        for method, path, said in operations():
            if not said["security"]:
                continue
            answers = {
                one: caller.request(method, filled(path), headers={"Authorization": f"Bearer {sent}"})
                for one, sent in keys.items()
            }
            refused = {one for one, answer in answers.items() if answer.status_code == 403}
            assert all(answers[one].json()["code"] == "not_allowed" for one in refused)
            if path not in ("/v1/me", "/v1/session"):
                assert len(refused) == len(scopes) - 1, (method, path)
