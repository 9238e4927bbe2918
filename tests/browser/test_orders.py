"""Orders as files, answers, statements, reinstatement, the hotline and threats to life, in a browser."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from orders_given import decide, removal
from playwright.sync_api import expect

from seawall.model.access import Role
from seawall.model.decision import (
    ItemState,
)
from seawall.model.notice import Channel, NoticeState
from seawall.model.threat import Dossier, Fact, Question
from seawall.workflows.order_files import Came

sys.path.insert(0, str(Path(__file__).parent))
import matched

SCRIPT = "\"'><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
ORDER = """Reference number: BE/2026/17
Issuing authority: An authority
Issuing Member State: BE
URL: https://example.org/p/1
[x] Recruits
Redress: the court
Redress: another court
[x] Something else
"""


def came():
    return Came(datetime.now(UTC) - timedelta(minutes=5), "Europe/Brussels", Channel.EMAIL, name="order.txt")


def item(browsing, **context):
    known = matched.reference(browsing.library)
    case = matched.item(browsing.library, known, **{"uploader": "u-7", "post": "p-1", **context})
    [made] = browsing.library.cases.get(case).items
    return case, browsing.library.cases.item(made)


def test_an_order_that_is_a_file_is_sent_read_compared_and_confirmed(browsing, looked_at, tmp_path):
    page = browsing.person(role=Role.REVIEWER)
    page.goto("/console/inbox/new")
    path = tmp_path / "order.txt"
    path.write_text(ORDER, encoding="utf-8")
    page.locator("#f-file_received_at").fill("2026-03-29T01:30:00")
    page.locator("#f-file_zone").fill("Europe/Brussels")
    page.locator("#f-order_file").set_input_files(path)
    looked_at(page, "order-file-send")
    page.get_by_role("button", name="Send and read it").click()
    page.wait_for_url("**/console/order-files/*")
    expect(page.locator("#f-reference")).to_have_value("BE/2026/17")
    expect(page.locator("#f-redress")).to_have_value("")
    expect(page.locator(".failure")).to_contain_text("Redress")
    expect(page.get_by_text("a ticked box that is not known")).to_be_visible()
    looked_at(page, "order-file")
    ((_, known),) = browsing.library.notices.page()
    assert known.received_at == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert (known.state, known.reference) == (NoticeState.INCOMPLETE, None)
    page.goto(f"/console/inbox/{known.id}")
    looked_at(page, "order-with-file")
    page.keyboard.press("f")
    page.wait_for_url("**/console/order-files/*")
    page.locator("#f-redress").fill("the court")
    page.locator("form[action*='/order-files/'] #f-reason").fill("compared")
    page.get_by_role("button", name="Confirm what is in the form").click()
    page.wait_for_url("**said=orders.said.confirmed")
    assert browsing.library.notices.get(known.id).message.reference == "BE/2026/17"


def test_the_answer_is_filled_in_and_printed(browsing, looked_at, tmp_path):
    path = tmp_path / "order.txt"
    path.write_text(ORDER, encoding="utf-8")
    made = browsing.library.order_files.take(path, came())
    page = browsing.person(role=Role.REVIEWER)
    page.goto(f"/console/inbox/{made.notice}")
    page.get_by_role("link", name="Annex III").click()
    expect(page.locator("h1")).to_contain_text("cannot be carried out")
    expect(page.locator("main")).to_contain_text("Elapsed since receipt: 0 h 5 min")
    looked_at(page, "annex")


def test_scrutiny_and_what_follows(browsing, looked_at):
    library = browsing.library
    case, known = item(browsing)
    from seawall.model.notice import Message, Particular  # noqa: PLC0415 - only here
    from seawall.model.notice_fields import NoticeKind  # noqa: PLC0415

    order = library.notices.receive(
        Message(
            NoticeKind.ORDER,
            datetime.now(UTC) - timedelta(hours=2),
            "UTC",
            Channel.EMAIL,
            "A video",
            posts=("p-1",),
            particulars=(Particular("cross_border", "yes"),),
        )
    )
    decided = decide(library, removal(known, notice=order.id), user="ann")
    page = browsing.person("bea", role=Role.REVIEWER)
    page.goto(f"/console/inbox/{order.id}")
    page.locator("summary", has_text="Note that scrutiny was asked for").click()
    page.locator("#scrutiny-reason").fill("the uploader asks")
    page.locator("form[action$='/scrutiny'] button").click()
    page.wait_for_url("**said=orders.said.asked")
    page.locator("summary", has_text="Note the outcome").click()
    looked_at(page, "scrutiny")
    page.locator("#outcome-infringes").select_option("yes")
    page.locator("#outcome-reason").fill("news report")
    page.locator("form[action$='/outcome'] button").click()
    page.wait_for_url("**said=orders.said.infringes")
    assert library.cases.decision(decided.id).reversed_by != ()
    assert case


def test_content_is_reinstated_and_it_is_said_who_is_told(browsing, looked_at):
    library = browsing.library
    _, known = item(browsing)
    decided = decide(library, removal(known), user="ann")
    [(_, waiting)] = library.statements.page()
    library.statements.tell(waiting.id)
    page = browsing.person("bea", role=Role.REVIEWER)
    page.goto(f"/console/decisions/{decided.id}")
    page.locator("summary", has_text="Information on an order").click()
    looked_at(page, "decision-statements")
    page.get_by_role("link", name="Reinstate").click()
    looked_at(page, "reinstate")
    page.locator("#f-reason").fill(SCRIPT)
    page.locator("#f-facts").fill(SCRIPT)
    page.get_by_role("button", name="Reinstate").click()
    page.wait_for_url("**said=orders.said.reinstated")
    assert "taken" not in page.title()
    assert page.locator("main script, main img").count() == 0
    browsing.allowed.append("409")
    page.goto(f"/console/decisions/{decided.id}/reinstate")
    page.locator("#f-reason").fill("again")
    page.locator("#f-facts").fill("again")
    page.get_by_role("button", name="Reinstate").click()
    expect(page.locator(".failure")).to_contain_text("about to go out")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_threat_is_one_click_away_and_needs_one_fact(browsing, looked_at, language):
    page = browsing.person(role=Role.REVIEWER)
    page.context.add_cookies([{"name": "seawall_language", "value": language, "url": browsing.address}])
    for path in ("queue", "inbox", "search", "preferences", "exposure"):
        page.goto(f"/console/{path}")
        expect(page.locator("header a.threat")).to_be_visible()
    page.locator("header a.threat").click()
    page.wait_for_url("**/console/threat")
    looked_at(page, f"threat-{language}")
    browsing.allowed.append("422")
    page.locator("main form button").click()
    expect(page.get_by_role("alert")).to_contain_text("one at least")
    page.locator("#f-said_what").fill(SCRIPT)
    page.locator("#f-source_what").fill(SCRIPT)
    page.locator("#f-attachments").fill("https://example.org/p/1")
    page.locator("main form button").click()
    page.wait_for_url("**/console/threats/*")
    looked_at(page, f"threat-dossier-{language}")
    assert "taken" not in page.title()
    assert page.locator("main script, main img").count() == 0
    ((_, known),) = browsing.library.threats.page()
    assert known.dossier.facts == (Fact(Question.WHAT, SCRIPT, SCRIPT),)


def test_what_is_known_of_an_item_is_filled_in_and_one_that_is_gone_stops_nothing(browsing):
    _, known = item(browsing, url="https://example.org/p/1")
    browsing.library.threats.report(Dossier((Fact(Question.WHAT, "a plan", "post"),), "Europol"))
    page = browsing.person(role=Role.REVIEWER)
    page.goto(f"/console/threat?item={known.id}")
    expect(page.locator("#f-said_who")).to_have_value("u-7")
    expect(page.locator("#f-said_where")).to_have_value("https://example.org/p/1")
    expect(page.get_by_role("link", name="202")).to_have_count(1)
    page.goto("/console/threat?item=nobody")
    expect(page.locator("#f-said_who")).to_have_value("")


def test_suspected_abuse_of_a_child_leaves_from_the_case(browsing, looked_at):
    browsing.library.hotline.name = "A hotline"
    case, known = item(browsing)
    page = browsing.person(role=Role.REVIEWER)
    page.goto(f"/console/cases/{case}")
    page.get_by_role("link", name="Suspected abuse of a child").click()
    looked_at(page, "referral")
    page.locator("#f-reason").fill("it may be")
    page.get_by_role("button", name="Refer it").click()
    page.wait_for_url("**said=orders.said.referred")
    assert browsing.library.cases.item(known.id).state is ItemState.REFERRED
    page.goto(f"/console/items/{known.id}/referral")
    expect(page.locator(".said")).to_contain_text("Nothing of it is here")


def test_without_a_hotline_it_is_said_what_to_do(browsing):
    _, known = item(browsing)
    page = browsing.person(role=Role.REVIEWER)
    browsing.allowed.append("409")
    page.goto(f"/console/items/{known.id}/referral")
    page.locator("#f-reason").fill("it may be")
    page.get_by_role("button", name="Refer it").click()
    expect(page.locator(".failure")).to_contain_text("No hotline")
    assert browsing.library.cases.item(known.id).state is ItemState.OPEN


def test_scripts_in_a_file_are_words(browsing, tmp_path):
    path = tmp_path / "order.txt"
    path.write_text(
        f"Reference number: {SCRIPT}\nFurther reasons: {SCRIPT}\n[x] {SCRIPT}\n", encoding="utf-8"
    )
    made = browsing.library.order_files.take(path, came())
    page = browsing.person(role=Role.REVIEWER)
    for place in (
        f"/console/order-files/{made.id}",
        f"/console/inbox/{made.notice}",
        f"/console/inbox/{made.notice}/annex/ii",
    ):
        page.goto(place)
        assert "taken" not in page.title()
        assert page.locator("main script, main img").count() == 0
