"""Pages that take each other's place in one document: what they keep and leave behind, and who gets none."""

from __future__ import annotations

import hashlib
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from at_work import until
from playwright.sync_api import Page, expect

from seawall.model.access import Role
from seawall.model.decision import CaseState
from seawall.model.hold import Rule
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.recording import NewCheck
from seawall.workflows.library import Seawall

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import ledger_readings
import matched

COPIES = 120


@pytest.fixture
def cases(library: Seawall) -> list[str]:
    known = matched.reference(library)
    return [matched.item(library, known, sha256=f"{n:064x}", post=f"post-{n}") for n in range(3)]


@pytest.fixture
def incident(library: Seawall) -> str:
    """With more copies than a page holds."""
    opened = library._store.incidents.open("A ferry", ledger_readings.document(), actor="ann").id
    library.bank_create("FERRY")
    signal = Signal(SignalType.PDQ, 1, b"x" * 32, 90)
    new = NewReference(None, "video", (signal,), "ferry.mp4", "list", incident=opened)
    reference = library._store.add_reference("FERRY", new).id
    whole = Segment(SignalType.VIDEO, 0.0, 30.0, 0.0, 30.0, 1.0, (), 0.9)
    match = Match(reference, 0.9, Recommendation.STRONG, 1.0, 0.5, {"video": 0.9}, (whole,))
    keys = [hashlib.sha256(bytes([n])).hexdigest() for n in range(COPIES)]
    found = (("FERRY", match),)
    checks = [NewCheck(key, key, None, "video", 30.0, None, found, "up/key", Context()) for key in keys]
    library.seen.record_all(checks, timedelta(days=90), Rule(1, 10_000, 10.0, 168))
    return opened


def mark(page: Page) -> None:
    """So that a document that is loaded anew can be told from this one."""
    page.wait_for_load_state("networkidle")
    page.evaluate("window.marked = true")


def is_marked(page: Page) -> bool:
    return page.evaluate("window.marked === true")


def held(library: Seawall, user: str = "ann") -> set[str]:
    return {one.case for _, one in library.queue.page() if one.assigned_to == user}


def sheets(page: Page) -> list[str]:
    """Those that are in force, by name."""
    return page.evaluate(
        """() => [...document.querySelectorAll('link[rel="stylesheet"]')]
          .filter((one) => !one.sheet.disabled).map((one) => one.href.split("/").at(-1))"""
    )


def test_the_next_case_comes_in_place_and_back_and_forward_lead_where_they_should(
    browsing, library, cases, looked_at
):
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue?kind=video")
    alone = sheets(page)
    mark(page)
    page.keyboard.press("n")
    page.wait_for_url(f"**/console/cases/{cases[0]}?queue=kind%3Dvideo")
    expect(page.get_by_text("You have this case")).to_be_visible()
    assert is_marked(page)
    expect(page).to_have_title(f"Case {cases[0][:8]} · Seawall")
    expect(page.locator("main")).to_be_focused()
    expect(page.locator("[aria-live].hidden").last).to_have_text(f"Case {cases[0][:8]} · Seawall")
    expect(page.get_by_role("link", name="Queue", exact=True)).to_have_attribute("aria-current", "true")
    assert (held(library), page.evaluate("scrollY")) == ({cases[0]}, 0)
    looked_at(page, "case-in-place")
    page.keyboard.press("1")  # its modules have begun
    expect(page.get_by_role("radio", name="No action")).to_be_checked()
    wanted = sheets(page)
    page.goto(page.url)
    assert sheets(page) == wanted

    mark(page)
    page.keyboard.press("q")
    expect(page.get_by_role("heading", level=1, name="Queue")).to_be_visible()
    assert (sheets(page), is_marked(page)) == (alone, True)
    library.cases.take(cases[2], user="bob")
    page.go_back()
    expect(page.get_by_text("You have this case")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("with bob")).to_be_visible()  # asked for anew, not remembered
    assert is_marked(page)


def test_the_keyboard_goes_on_from_the_page_that_came(browsing, library, cases):
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue")
    mark(page)
    page.keyboard.press("n")
    page.wait_for_url("**/console/cases/*")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Decide")
    page.keyboard.press("Escape")
    page.get_by_text("Menu", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    assert is_marked(page)


def test_who_presses_twice_takes_one_case(browsing, library, cases):
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue")
    mark(page)
    page.evaluate("for (let n = 0; n < 3; n++) document.querySelector('form[action$=next]').requestSubmit()")
    page.wait_for_url("**/console/cases/*")
    assert held(library) == {cases[0]}


def test_a_case_that_was_left_is_not_kept(browsing, library, cases):
    """Nor counted on: nothing that runs with time goes on behind the page that came."""
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue")
    mark(page)
    page.keyboard.press("n")
    page.wait_for_url("**/console/cases/*")
    page.wait_for_load_state("networkidle")
    before = library.cases.get(cases[0]).lease_until
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    until(lambda: library.cases.get(cases[0]).lease_until > before)
    asked = []
    page.on("request", lambda one: asked.append(one.url.rpartition("/")[2]))
    page.keyboard.press("q")
    expect(page.get_by_role("heading", level=1, name="Queue")).to_be_visible()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    until(lambda: "counts" in asked)
    assert not [one for one in asked if one.startswith("lease")]
    assert is_marked(page)


def test_where_nothing_is_left_the_queue_says_so(browsing, library, cases):
    for case in cases:
        library.cases.take(case, user="bob")
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue")
    mark(page)
    page.keyboard.press("n")
    expect(page.get_by_role("status")).to_contain_text("nobody works on")
    expect(page.locator("[aria-live].hidden").last).to_contain_text("nobody works on")
    assert is_marked(page)


def test_without_scripts_it_is_a_page_after_the_other(browsing, library, cases, incident):
    page = browsing.person("ann", java_script_enabled=False)
    page.goto("/console/queue")
    page.get_by_role("button", name="Take the next case").click()
    page.wait_for_url("**/console/cases/*")
    assert held(library) == {cases[0]}
    page.goto(f"/console/incidents/{incident}/copies")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("rowheader").first).to_be_visible()
    assert "at=51" in page.url


def test_who_is_signed_out_is_led_to_the_sign_in(browsing, library, cases):
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue")
    mark(page)
    page.context.clear_cookies()
    page.locator("[data-line] .name").first.click()
    page.wait_for_url("**/console/sign-in?next=*")
    assert not is_marked(page)


def test_what_is_refused_is_read_as_a_page_and_nothing_is_taken(browsing, library, cases):
    browsing.allowed.append("403")
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue")
    mark(page)
    page.evaluate("document.querySelector('form[action$=next] [name=csrf]').value = 'x'")
    page.keyboard.press("n")
    expect(page.get_by_role("alert")).to_contain_text("csrf_refused")
    assert held(library) == set()
    assert library.cases.get(cases[0]).state is CaseState.OPEN


def test_in_another_language_the_page_is_loaded_anew(browsing, library, cases, looked_at):
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue")
    mark(page)
    other = page.context.new_page()
    other.goto("/console/preferences")
    other.get_by_label("Language").select_option("ar")
    other.get_by_role("button", name="Keep").click()
    expect(other.locator("html")).to_have_attribute("dir", "rtl")
    page.locator("[data-line] .name").first.click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.wait_for_url("**/console/cases/*")
    assert not is_marked(page)
    page.wait_for_load_state("networkidle")
    mark(page)
    page.keyboard.press("q")
    expect(page.locator("#counts")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("form[action$=decide]")).to_be_visible()
    assert is_marked(page)
    looked_at(page, "case-in-place-rtl")


def test_pages_of_copies_come_in_place(browsing, incident, looked_at):
    page = browsing.person("ann")
    page.goto(f"/console/incidents/{incident}")
    expect(page.locator("[data-part] > p > a")).to_have_count(0)
    mark(page)
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1, name="Copies")).to_be_visible()
    expect(page).to_have_title(f"Copies 1 to 50 of {COPIES} · A ferry · Seawall")
    page.evaluate("scrollTo(0, 400)")
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_title(f"Copies 51 to 100 of {COPIES} · A ferry · Seawall")
    assert (page.evaluate("scrollY"), page.url.rpartition("?")[2]) == (0, "at=51")
    expect(page.locator("[aria-live].hidden").last).to_contain_text("Copies 51 to 100")
    looked_at(page, "incident-copies-in-place")
    page.go_back()
    expect(page).to_have_title(f"Copies 1 to 50 of {COPIES} · A ferry · Seawall")
    assert page.evaluate("scrollY") > 0  # where it was left
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1, name="A ferry")).to_be_visible()
    expect(page.locator("[data-part] > p > a")).to_have_count(0)  # what a script asks for has come
    assert is_marked(page)
