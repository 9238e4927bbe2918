"""What the console asks of each call, and its texts."""

from __future__ import annotations

import re
from importlib import resources
from string import Formatter

import pytest
from fastapi.routing import APIRoute
from serving import client, key, served

from seawall.console import app, catalogue, forms
from seawall.model.access import Role
from seawall.model.event import EventType
from seawall.workflows import accounts
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import Kind

PASSWORD = "quiet harbour wall"
ROUTES = [route for router in app.ROUTERS for route in router.routes]
TEMPLATES = resources.files("seawall.console") / "templates"
USED = re.compile(r"""\bt\(\s*"([a-z0-9_.]+)"(\s*~)?""")


@pytest.fixture
def library(new_settings):
    with Seawall(new_settings("sqlite")) as made:
        yield made


def test_every_route_is_guarded():
    for route in ROUTES:
        assert isinstance(route, APIRoute)
        guards = {one.call for one in route.dependant.dependencies}
        assert guards & {forms._person, forms._from_here}, route.path
        if forms._from_here in guards:
            assert route.path in {"/console/sign-in", "/console/first"}, route.path


def test_a_stranger_is_led_to_the_sign_in_and_changes_nothing(library):
    with served(library) as address, client(address, None) as stranger:
        for route in ROUTES:
            if forms._person not in {one.call for one in route.dependant.dependencies}:
                continue
            path = re.sub(r"\{[^}]+\}", "1", route.path)
            for method in route.methods:
                answer = stranger.request(method, path)
                expected = (303, 307) if method == "GET" else (401,)
                assert answer.status_code in expected, (method, path, answer.text)


def test_a_change_needs_the_token_of_the_session(library):
    library.access.create_user("ann", Role.ADMIN, accounts.hashed(PASSWORD))
    with served(library) as address, client(address, None) as browser:
        sent = {"user": "ann", "password": PASSWORD}
        assert browser.post("/console/sign-in", data=sent).status_code == 303
        for given in ({}, {"csrf": "0" * 64}):
            answer = browser.post("/console/preferences", data={"theme": "dark", **given})
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers
        token = browser.get("/v1/session").json()["csrf"]
        answer = browser.post("/console/preferences", data={"theme": "dark", "csrf": token})
        assert answer.status_code == 303
        other = {"csrf": token, "theme": "dark"}
        answer = browser.post("/console/preferences", data=other, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403


def test_a_key_opens_no_page(library):
    with served(library) as address, client(address, key(library)) as program:
        assert program.get("/console/preferences").status_code == 303
        assert program.post("/console/preferences", data={"theme": "dark"}).status_code == 401


def test_nobody_is_led_elsewhere_by_the_sign_in(library):
    library.access.create_user("ann", Role.ADMIN, accounts.hashed(PASSWORD))
    with served(library) as address:
        for place in (
            "https://elsewhere.example/",
            "//elsewhere.example",
            "/console/../v1",
            "/console\\..",
            "javascript:0",
        ):
            with client(address, None) as browser:
                sent = {"user": "ann", "password": PASSWORD, "next": place}
                led = browser.post("/console/sign-in", data=sent).headers["location"]
                assert led.startswith("/console/"), (place, led)
                assert "elsewhere" not in led


def test_languages_have_the_same_texts_with_the_same_places():
    chief = catalogue.of(catalogue.LANGUAGES[0])
    for other in map(catalogue.of, catalogue.LANGUAGES[1:]):
        assert set(other.texts) == set(chief.texts)
        for one, text in chief.texts.items():
            assert _places(other.texts[one]) == _places(text), one
            if not isinstance(text, str):
                assert set(other.texts[one]) >= {"other"}, one


def test_pages_use_texts_that_there_are():
    texts = catalogue.of(catalogue.LANGUAGES[0]).texts
    for template in _templates(TEMPLATES):
        for found, goes_on in USED.findall(template.read_text(encoding="utf-8")):
            if goes_on:
                assert any(one.startswith(found) for one in texts), (template.name, found)
            else:
                assert found in texts, (template.name, found)


@pytest.mark.parametrize(
    ("stem", "values"),
    [
        ("webhooks.type.", [one.value.replace(".", "_") for one in EventType]),
        ("jobs.kind.", list(Kind)),
    ],
)
def test_every_value_that_a_page_names_has_a_text(stem, values):
    texts = catalogue.of(catalogue.LANGUAGES[0]).texts
    assert {one.removeprefix(stem) for one in texts if one.startswith(stem)} == set(values)


def _templates(folder):
    for one in folder.iterdir():
        if one.is_dir():
            yield from _templates(one)
        elif one.name.endswith(".html"):
            yield one


def _places(text):
    texts = [text] if isinstance(text, str) else list(text.values())
    return {name for one in texts for _, name, _, _ in Formatter().parse(one) if name} - {"n"}
