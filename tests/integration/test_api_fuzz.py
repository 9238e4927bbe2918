"""Every operation, called with what its description allows and with what it does not."""

from __future__ import annotations

import pytest
import schemathesis
from calling import write_picture
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator
from schemathesis import checks
from schemathesis.specs.openapi import checks as described
from serving import client, key, served

import seawall
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


REPORT = """Three killed in attack on market, police say

At least three people were killed on Saturday in an attack on a market in Halle, police said.
The attacker is believed to have streamed a video of about 17 minutes, according to a spokesman.
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The address of a service in which things are, a key for it, and what those things are called."""
    folder = tmp_path_factory.mktemp("fuzz")
    report = folder / "report.txt"
    report.write_text(REPORT)
    with seawall.open(folder / "data") as library, served(library) as address:
        library.bank_create("KNOWN")
        library.access.create_user("ada", Role.ANALYST, accounts.hashed("a password of a test"))
        (added,) = library.bank_add("KNOWN", [write_picture(folder / "known.png", 1)])
        opened = library.incidents.open(report)
        named = {
            "name": "KNOWN",
            "reference": added.reference,
            "sha256": added.sha256,
            "incident": opened.id,
            "document": opened.documents[0].sha256,
            "claim": opened.claims[0].state.id,
            "place": opened.places[0].id,
            "medium": opened.media[0].id,
        }
        yield address, key(library), named


@SCHEMA.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
def test_no_call_breaks_the_service_or_its_description(case, service):
    address, sent, named = service
    headers = {"Authorization": f"Bearer {sent}"}
    case.call_and_validate(base_url=address, headers=headers, checks=CHECKS, timeout=30)
    there = {name: named[name] for name in case.path_parameters or {} if name in named}
    if there:  # what is drawn is hardly ever there
        case.path_parameters.update(there)
        (case.headers or {}).pop("Idempotency-Key", None)
        case.call_and_validate(base_url=address, headers=headers, checks=CHECKS, timeout=30)


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
            told = one.get("content", {})
            other = any(kind.startswith(("text/", "image/", "video/")) for kind in told)
            assert "204" in said["responses"] or other or told["application/json"]["schema"]
        for one in said.get("parameters", []):
            assert one.get("description") or one["in"] == "path", (method, path, one["name"])


def bodies():
    for method, path, said in openapi.operations(DOCUMENT):
        for one in (said.get("requestBody", {}), *said["responses"].values()):
            if content := one.get("content", {}).get("application/json"):
                yield pytest.param(content, id=f"{method} {path}")


@pytest.mark.parametrize("content", list(bodies()))
def test_every_body_has_an_example_that_fits(content):
    validator = Draft202012Validator({**content["schema"], "components": DOCUMENT["components"]})
    assert list(validator.iter_errors(content["example"])) == []


def test_the_description_is_served_to_everybody_and_refers_to_what_it_has(service):
    address, _, _ = service
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
