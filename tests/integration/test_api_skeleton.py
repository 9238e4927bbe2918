"""The service answers, knows who calls, and says what is wrong."""

from __future__ import annotations

import pytest
from serving import client, key, served

import seawall
from seawall.model.access import Scope


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path / "data") as opened:
        yield opened


def test_a_bank_is_made_and_read_by_who_may(library):
    with served(library) as address:
        with client(address, key(library)) as caller:
            assert caller.post("/v1/banks", json={"name": "KNOWN"}).status_code == 201
            assert caller.get("/v1/banks/KNOWN").json()["references"] == 0
            missing = caller.get("/v1/banks/OTHER")
            assert missing.status_code == 404
            assert missing.headers["content-type"] == "application/problem+json"
            assert missing.json()["code"] == "bank_not_found"
        with client(address, None) as stranger:
            assert stranger.get("/v1/health/live").status_code == 200
            assert stranger.get("/v1/banks/KNOWN").status_code == 401
        with client(address, key(library, Scope.READ)) as reader:
            assert reader.post("/v1/banks", json={"name": "X"}).status_code == 403
