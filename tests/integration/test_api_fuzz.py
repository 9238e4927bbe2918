"""Every operation, called with what its description allows and with what it does not."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as described
from serving import client, key, served

import seawall
from conftest import write_picture
from seawall.api import openapi
from seawall.model.access import Role
from seawall.workflows import accounts

DOCUMENT = openapi.described().openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
CHECKS = [
    checks.not_a_server_error,
    described.status_code_conformance,
    described.content_type_conformance,
    described.response_headers_conformance,
    described.response_schema_conformance,
]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The address of a service in which what the examples name is there, and a key for it."""
    folder = tmp_path_factory.mktemp("fuzz")
    with seawall.open(folder / "data") as library, served(library) as address:
        library.bank_create("KNOWN")
        library.access.create_user("ada", Role.ANALYST, accounts.hashed("a password of a test"))
        list(library.bank_add("KNOWN", [write_picture(folder / "known.png", 1)]))
        yield address, key(library)


@SCHEMA.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
def test_no_call_breaks_the_service_or_its_description(case, service):
    address, sent = service
    case.call_and_validate(
        base_url=address, headers={"Authorization": f"Bearer {sent}"}, checks=CHECKS, timeout=30
    )


def test_the_description_says_all_of_each_operation():
    ids = [said["operationId"] for _, _, said in openapi.operations(DOCUMENT)]
    assert len(ids) == len(set(ids))
    for method, path, said in openapi.operations(DOCUMENT):
        assert said["summary"], (method, path)
        assert said["description"], (method, path)
        assert "security" in said
        good = [one for status, one in said["responses"].items() if status.startswith("2")]
        assert good, (method, path)
        for one in good:
            assert "204" in said["responses"] or one["content"]["application/json"]["schema"], (method, path)
        for one in said.get("parameters", []):
            assert one.get("description") or one["in"] == "path", (method, path, one["name"])


def test_the_description_is_served_to_everybody_and_refers_to_what_it_has(service):
    address, _ = service
    with client(address, None) as stranger:
        served_document = stranger.get("/v1/openapi.json").json()
    assert served_document == DOCUMENT
    names = set(DOCUMENT["components"]["schemas"])

    def references(value):
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"].rpartition("/")[2]
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                yield from references(one)

    assert set(references(DOCUMENT)) <= names
