"""Every page of the console with something on it, wide and narrow: without a fault, and from here alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from seawall.console.app import ROUTERS
from seawall.demo import served as demo

#: The demo that is looked at is filled once, by whichever process has these tests.
pytestmark = pytest.mark.xdist_group("every page")

#: Addresses of each page; {names} are those of the demo's ids.
PAGES: dict[str, tuple[str, ...]] = {
    "/console/": ("/console/",),
    "/console/audit": ("/console/audit",),
    "/console/banks": ("/console/banks",),
    "/console/banks/{name}": ("/console/banks/{bank}",),
    "/console/cases/{case}": tuple(
        f"/console/cases/{{{name}}}"
        for name in ("case", "inherited", "graphic", "appealed", "decided", "second")
    ),
    "/console/cases/{case}/appeal": ("/console/cases/{decided}/appeal",),
    "/console/clocks/{clock}": ("/console/clocks/{clock}",),
    "/console/second": ("/console/second",),
    "/console/decisions/{decision}": ("/console/decisions/{decision}",),
    "/console/doing": ("/console/doing",),
    "/console/exchanges": ("/console/exchanges",),
    "/console/exchanges/new/{adapter}": ("/console/exchanges/new/local-file",),
    "/console/exchanges/{name}": ("/console/exchanges/{exchange}",),
    "/console/exposure": ("/console/exposure",),
    "/console/preferences": ("/console/preferences",),
    "/console/inbox": ("/console/inbox",),
    "/console/inbox/new": ("/console/inbox/new",),
    "/console/inbox/{notice}": ("/console/inbox/{notice}",),
    "/console/inbox/{notice}/annex/{annex}": (
        "/console/inbox/{notice}/annex/ii",
        "/console/inbox/{notice}/annex/iii",
    ),
    "/console/items/{item}/referral": ("/console/items/{item}/referral",),
    "/console/decisions/{decision}/reinstate": ("/console/decisions/{removed}/reinstate",),
    "/console/order-files/{file}": ("/console/order-files/{file}",),
    "/console/threat": ("/console/threat",),
    "/console/threats/{threat}": ("/console/threats/{threat}",),
    "/console/inbox/{notice}/edit": ("/console/inbox/{notice}/edit",),
    "/console/incidents": ("/console/incidents",),
    "/console/incidents/{incident}": ("/console/incidents/{incident}",),
    "/console/incidents/{incident}/copies": ("/console/incidents/{incident}/copies",),
    "/console/incidents/{incident}/family": ("/console/incidents/{incident}/family",),
    "/console/incidents/{incident}/map": ("/console/incidents/{incident}/map",),
    "/console/incidents/{incident}/print": ("/console/incidents/{incident}/print",),
    "/console/jobs": ("/console/jobs",),
    "/console/jobs/{job}": ("/console/jobs/{job}",),
    "/console/keys": ("/console/keys",),
    "/console/policies": ("/console/policies",),
    "/console/policies/{bank}": ("/console/policies/{bank}",),
    "/console/policies/{bank}/new": ("/console/policies/{bank}/new",),
    "/console/policies/{bank}/{version}": ("/console/policies/{bank}/1", "/console/policies/{bank}/2"),
    "/console/queue": ("/console/queue", "/console/queue?order=severity&graphic=1"),
    "/console/queue/away": ("/console/queue/away",),
    "/console/queue/inherit": ("/console/queue/inherit?case={inherited}",),
    "/console/references/{reference}": ("/console/references/{reference}", "/console/references/{listed}"),
    "/console/reports": ("/console/reports?year=2026",),
    "/console/reports/{year}/{figure}": ("/console/reports/2026/dsa_detected",),
    "/console/search": ("/console/search", "/console/search?q=harbour"),
    "/console/start": ("/console/start",),
    "/console/users": ("/console/users",),
    "/console/users/{name}": ("/console/users/{user}",),
    "/console/webhooks": ("/console/webhooks",),
    "/console/webhooks/{webhook}": ("/console/webhooks/{webhook}",),
    "/console/webhooks/{webhook}/deliveries/{delivery}": (
        "/console/webhooks/{webhook}/deliveries/{delivery}",
    ),
}
#: Of nobody who has signed in.
OPEN: dict[str, tuple[str, ...]] = {
    "/console/sign-in": ("/console/sign-in",),
    "/console/first": ("/console/first",),
}
PARTS: dict[str, str] = {
    "/console/cases/{case}/items/{item}/look": "/console/cases/{case}/items/{item}/look",
    "/console/decisions/soon": "/console/decisions/soon",
    "/console/exposure/break": "/console/exposure/break",
    "/console/incidents/record.css": "/console/incidents/record.css",
    "/console/queue/counts": "/console/queue/counts",
}
ROUTES = sorted({route.path for router in ROUTERS for route in router.routes if "GET" in route.methods})


@dataclass
class Tour:
    """One browser that goes through all pages of one filled installation."""

    browsing: Any
    page: Page
    ids: dict[str, str]


@pytest.fixture(scope="module")
def tour(browsed, tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    with demo.opened(out) as library, browsed(library) as browsing:
        filled = demo.fill(library, out, lambda _: None)
        page = browsing.stranger()
        page.goto("/console/sign-in")
        page.get_by_label("User name").fill("ada")
        page.get_by_label("Password").fill(filled.passwords["ada"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/console/queue")
        yield Tour(browsing, page, dict(filled.ids))


def name_of(address: str) -> str:
    """Of the pictures of a page."""
    return "every-" + re.sub(r"\W+", "-", address.removeprefix("/console/")).strip("-")


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_is_good_wide_and_narrow(tour, looked_at, route):
    if route in PARTS:
        answer = tour.page.request.get(PARTS[route].format(**tour.ids))
        assert answer.ok, answer.text()
        return
    tour.browsing.troubles.clear()
    page = tour.browsing.stranger() if route in OPEN else tour.page
    for address in OPEN.get(route) or PAGES[route]:
        page.goto(address.format(**tour.ids))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("[data-part] > p > a")).to_have_count(0)  # what a script asks for has come
        looked_at(page, name_of(address), dark=False)
    tour.browsing.check()


def test_no_page_is_passed_by():
    assert set(ROUTES) == set(PAGES) | set(OPEN) | set(PARTS)


def test_what_there_is_to_look_at_is_good_too(tour, looked_at):
    tour.browsing.troubles.clear()
    tour.page.goto(f"/console/cases/{tour.ids['case']}")
    tour.page.keyboard.press("l")
    expect(tour.page.get_by_role("heading", name="What is depicted")).to_be_visible()
    looked_at(tour.page, "every-case-looked-into")
    tour.browsing.check()
