"""Incidents in a browser: opened by pasting, decided on, with their copies, family tree, map and paper."""

from __future__ import annotations

import hashlib
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from seawall.model.access import Role
from seawall.model.hold import Rule
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.recording import NewCheck

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import ledger_readings

ATTACK = "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>\"'&</textarea>"
REPORT = f"""Three killed in attack on market, police say

HALLE, Germany, March 1 - At least three people were killed on Saturday in an attack on a market, police said.
The attacker is believed to have streamed a video of about 17 minutes {ATTACK}
"""
KEEP = timedelta(days=90)
RULE = Rule(window_h=1, floor=10_000, factor=10.0, baseline_h=168)


def segments(start, end, *transforms):
    return (Segment(SignalType.VIDEO, 0.0, end - start, start, end, 1.0, transforms, 0.9),)


def check(library, number, reference, *cut, duration_s=60.0, **context):
    key = hashlib.sha256(bytes([number])).hexdigest()
    match = Match(reference, 0.9, Recommendation.STRONG, 1.0, 0.5, {"video": 0.9}, segments(*cut))
    found = (("K", match),)
    new = NewCheck(key, key, key[:32], "video", duration_s, None, found, "up/key", Context(**context))
    library.seen.record_all([new], KEEP, RULE)


@pytest.fixture
def incident(library):
    """An incident with copies, a reference of a name that attacks, and places of the gazetteer."""
    opened = library._store.incidents.open("A ferry " + ATTACK, ledger_readings.document(), actor="ann")
    library.bank_create("K")
    new = NewReference(
        None,
        "video",
        (Signal(SignalType.PDQ, 1, b"x" * 32, 90),),
        ATTACK,
        "list",
        (ATTACK,),
        "Timo Varga " + ATTACK,
        opened.id,
    )
    reference = library._store.add_reference("K", new).id
    check(library, 1, reference, 0.0, 100.0, post="p1", uploader="u1")
    check(library, 2, reference, 10.0, 60.0, post="p2", uploader="u2")
    check(library, 3, reference, 10.2, 60.0, post=ATTACK, uploader=ATTACK)
    check(library, 4, reference, 20.0, 40.0, "mirror")
    check(library, 1, reference, 0.0, 100.0, post="p4", uploader="u1")
    return opened.id


def hurt(page):
    return page.evaluate("window.hurt")


def test_an_incident_shows_all_of_it_and_runs_nothing_of_it(browsing, incident, looked_at):
    page = browsing.person()
    page.goto(f"/console/incidents/{incident}")
    expect(page.get_by_text("towns of the gazetteer")).to_be_visible()
    expect(page.get_by_text("Could have been cut from the one above").first).to_be_visible()
    assert "Timo Varga" not in page.content()
    expect(page.get_by_role("rowheader").first).to_contain_text(hashlib.sha256(b"\1").hexdigest()[:12])
    page.get_by_text("The same as a table").click()
    page.get_by_text("Show 1 report").click()
    looked_at(page, "incident")
    assert hurt(page) is None
    for part in ("copies", "family", "map", "print"):
        page.goto(f"/console/incidents/{incident}/{part}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        looked_at(page, f"incident-{part}")
        assert hurt(page) is None


def test_it_reads_from_right_to_left_and_in_the_dark(browsing, incident, looked_at):
    page = browsing.person()
    page.get_by_label("Language").select_option("ar")
    page.get_by_role("button", name="Keep").click()
    page.goto(f"/console/incidents/{incident}")
    expect(page.locator("svg.map")).to_be_visible()
    expect(page.locator(".tree").first).to_be_visible()
    looked_at(page, "incident-rtl")
    page.goto("/console/incidents")
    looked_at(page, "incidents-rtl")


def test_a_pasted_report_opens_an_incident(browsing, looked_at):
    page = browsing.person()
    page.goto("/console/incidents")
    page.get_by_role("button", name="Open the incident").click()
    expect(page.get_by_text("Paste a text or choose a file.")).to_be_visible()
    page.get_by_label("Text of the report").fill(REPORT)
    page.get_by_label("Outlet").fill("The Outlet " + ATTACK)
    page.get_by_label("Published on").fill("2026-03-01")
    looked_at(page, "incidents-open")
    page.get_by_role("button", name="Open the incident").click()
    page.wait_for_url("**/console/incidents/*", timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Incident reported by The Outlet")
    expect(page.get_by_text("attack on a market").first).to_be_attached()
    expect(page.get_by_text("No copy of a reference").first).to_be_visible()
    assert hurt(page) is None
    page.goto("/console/incidents?title=outlet&status=open")
    expect(page.get_by_role("link", name="Incident reported by The Outlet")).to_be_visible()
    looked_at(page, "incidents")
    assert hurt(page) is None
    page.goto(f"/console/incidents?title={'%3Cscript%3Ewindow.hurt=1%3C/script%3E'}")
    expect(page.get_by_text("There is no incident that fits.")).to_be_visible()
    assert hurt(page) is None


def test_what_is_no_report_is_refused_with_its_reason(browsing, tmp_path):
    page = browsing.person()
    page.goto("/console/incidents")
    wrong = tmp_path / "<img src=x onerror=window.hurt=1>.pdf"
    wrong.write_bytes(b"%PDF-1.4 \0 nothing")
    page.get_by_label("File of the report").set_input_files(wrong)
    browsing.allowed.append("4[0-9][0-9]")
    page.get_by_role("button", name="Open the incident").click()
    expect(page.locator("[data-answer].fault")).not_to_be_empty()
    assert hurt(page) is None
    assert browsing.library.incidents.every() == []


def test_claims_are_decided_on_with_the_keyboard_alone(browsing, incident):
    page = browsing.person()
    page.goto(f"/console/incidents/{incident}")
    first = page.get_by_role("checkbox", name="Claim c1", exact=True)
    first.focus()
    page.keyboard.press("Space")
    page.locator("#k-reason").focus()
    page.keyboard.type("read " + ATTACK)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("on record")
    (claim,) = (one for one in browsing.library.incidents.claims(incident) if one.state.id == "c1")
    assert (claim.state.status, claim.by) == ("confirmed", "ann")
    assert hurt(page) is None
    assert "incidents_decide" in [one.action for one in browsing.library.access.entries(limit=100)]


def test_a_refused_decision_says_why_and_keeps_what_was_written(browsing, incident):
    page = browsing.person()
    page.goto(f"/console/incidents/{incident}")
    page.locator("#k-reason").fill("because")
    browsing.allowed.append("4[0-9][0-9]")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("alert")).to_contain_text("choose at least one claim")
    expect(page.locator("#k-reason")).to_have_value("because")


def test_who_may_only_read_changes_nothing(browsing, incident):
    page = browsing.person("rev", Role.AUDITOR)
    page.goto(f"/console/incidents/{incident}")
    expect(page.get_by_role("heading", name="Claims")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(0)
    token = page.locator('meta[name="csrf"]').get_attribute("content")
    answer = page.request.post(
        f"/console/incidents/{incident}/claims",
        form={"csrf": token, "claim": "c1", "decision": "confirm", "reason": "x"},
    )
    assert answer.status == 403


def test_a_forged_form_changes_nothing(browsing, incident):
    page = browsing.person()
    for part, form in (
        ("claims", {"claim": "c1", "decision": "confirm"}),
        ("describe", {"title": "x"}),
        ("protect", {"name": "x"}),
        ("places", {"place": "p1", "candidate": "1"}),
    ):
        answer = page.request.post(f"/console/incidents/{incident}/{part}", form={**form, "reason": "x"})
        assert answer.status == 403
    assert {one.state.status for one in browsing.library.incidents.claims(incident)} == {"proposed"}


def test_title_status_places_and_names(browsing, incident):
    page = browsing.person()
    page.goto(f"/console/incidents/{incident}")
    page.locator("#d-title").fill("Another title")
    page.locator("#d-status").select_option("monitoring")
    page.locator("#d-reason").fill("calmer")
    page.get_by_role("button", name="Describe it so").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Another title")
    page.get_by_text("Say which places are meant").click()
    form = page.locator("form[action$='/places']").first
    form.get_by_role("radio").first.check()
    form.get_by_label("Reason").fill("known")
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("choice of the place")
    expect(page.locator(".spots").get_by_text("chosen by a person")).to_be_visible()
    page.locator("#p-name").fill("Harbour Watch")
    page.locator("#p-reason").fill("asked for")
    page.get_by_role("button", name="Cover the name").click()
    expect(page.get_by_role("status")).to_contain_text("covered")
    assert "Harbour Watch" not in page.content()


def test_the_page_to_print_is_cut_nowhere(browsing, incident, tmp_path):
    page = browsing.person()
    page.goto(f"/console/incidents/{incident}/print")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    cut = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter((one) => one.getClientRects().length
          && getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1)
          .map((one) => one.outerHTML.slice(0, 100))"""
    )
    assert cut == []
    expect(page.get_by_text("Who worked on it")).to_have_count(0)
    data = page.pdf(path=tmp_path / "incident.pdf", prefer_css_page_size=True)
    assert data.startswith(b"%PDF")
