"""Orders and notices in a browser: taken in, counted, held, joined, answered; by hand and by keyboard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from seawall.model.access import Role
from seawall.model.clock import About, AboutKind, ClockState
from seawall.model.notice import Channel, Message, NoticeState, Particular
from seawall.model.notice_fields import FIELDS, Form, NoticeKind

SCRIPT = "\"'><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


def message(kind=NoticeKind.ORDER, *, ago=timedelta(), **said):
    return Message(
        kind=kind,
        received_at=datetime.now(UTC) - ago,
        zone="Europe/Brussels",
        channel=Channel.EMAIL,
        **{"subject": "Removal of a video", "sender": "An authority", "reference": "BE/2026/17", **said},
    )


def receive(browsing, *args, **said):
    return browsing.library.notices.receive(message(*args, **said))


def test_the_inbox_shows_what_is_due_first_and_says_what_is_overdue(browsing, looked_at):
    receive(browsing, NoticeKind.NOTICE, subject="A calm one", contact="a@example.org")
    late = receive(browsing, ago=timedelta(minutes=75), subject="A late one")
    receive(browsing, ago=timedelta(minutes=50), subject="A close one")
    receive(browsing, NoticeKind.COMPLAINT, ago=timedelta(days=2), subject="A complaint")
    held = receive(browsing, ago=timedelta(minutes=30), subject="A held one")
    browsing.library.clocks.suspend(held.clocks[0].id, "unclear", reason="no address")
    page = browsing.person(role=Role.REVIEWER)
    page.goto("/console/inbox")
    titles = page.locator(".inbox h2").all_inner_texts()
    assert titles == ["A late one", "A close one", "A complaint", "A held one", "A calm one"]
    expect(page.get_by_role("alert")).to_contain_text("1 is overdue")
    expect(page.locator(".inbox li").nth(0)).to_contain_text("Overdue by 15 minutes")
    expect(page.locator(".inbox li").nth(3)).to_contain_text("begins anew once it goes on")
    looked_at(page, "inbox")
    page.get_by_role("link", name="1 is overdue").click()
    assert "show=overdue" in page.url
    expect(page.locator(".inbox h2")).to_have_text(["A late one"])
    page.goto("/console/inbox?show=open&kind=complaint")
    expect(page.locator(".inbox h2")).to_have_text(["A complaint"])
    page.goto("/console/inbox?show=nonsense&kind=nonsense")
    expect(page.locator(".inbox h2")).to_have_count(5)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/inbox/{late.id}")


def test_a_clock_ticks_and_says_so_when_it_is_past(browsing):
    page = browsing.person(role=Role.REVIEWER)
    receive(browsing, ago=timedelta(minutes=59, seconds=45))
    page.goto("/console/inbox")
    words = page.locator("[data-words]")
    expect(words).to_contain_text("left")
    expect(words).to_contain_text("Overdue by", timeout=30_000)
    expect(page.locator(".clock")).to_have_class("clock bad")
    expect(page.locator("[data-clock-status]")).to_contain_text("Overdue")
    assert float(page.locator("progress").evaluate("bar => bar.value")) == 1.0


def test_an_order_is_taken_in_by_keyboard_and_worked_to_its_end(browsing, looked_at):
    page = browsing.person(role=Role.REVIEWER)
    page.goto("/console/inbox")
    looked_at(page, "inbox-empty")
    page.keyboard.press("n")
    page.wait_for_url("**/console/inbox/new")
    looked_at(page, "inbox-new")
    page.get_by_label("What it is about").focus()
    page.keyboard.type("Removal of a video")
    page.locator("#f-zone").fill("Europe/Brussels")
    received = (datetime.now(UTC) - timedelta(minutes=20)).astimezone(ZoneInfo("Europe/Brussels"))
    page.locator("#f-received_at").fill(received.strftime("%Y-%m-%dT%H:%M:%S"))
    page.get_by_label("Authority, or name").fill("An authority")
    page.get_by_label("Addresses of the content").fill("https://example.org/p/1\nhttps://example.org/p/2")
    page.get_by_label("Under which law").select_option("tco")
    page.get_by_label("It has a time stamp").check()
    page.get_by_label("Reference of the sender").press("Enter")
    page.wait_for_url("**/console/inbox/*said=*")
    expect(page.locator("[data-words]")).to_contain_text("39 minutes")
    expect(page.locator(".warning").first).to_contain_text("Redress")
    looked_at(page, "inbox-notice")
    ((_, known),) = browsing.library.notices.page()
    assert known.state is NoticeState.INCOMPLETE

    page.get_by_text("Change this clock").click()
    looked_at(page, "inbox-clock-open")
    suspend = page.locator("form[action$='/suspend']")
    suspend.get_by_label("For what").select_option("unclear")
    suspend.get_by_label("Reason").fill("no address")
    suspend.get_by_role("button").click()
    expect(page.locator("[data-words]")).to_contain_text("Suspended")
    page.get_by_text("Change this clock").click()
    page.locator("form[action$='/resume']").get_by_label("Reason").fill("they sent it")
    page.locator("form[action$='/resume']").get_by_role("button").click()
    expect(page.locator("[data-words]")).to_contain_text("59 minutes")
    expect(page.get_by_text("this is run 2")).to_be_visible()

    browsing.allowed.append("409")
    close = page.locator("form[action$='/close']")
    close.get_by_label("Reason").fill("done")
    close.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("a clock that has not ended")
    page.get_by_text("Change this clock").click()
    page.locator("form[action$='/end']").get_by_label("Reason").fill("access disabled")
    page.locator("form[action$='/end']").get_by_role("button").click()
    expect(page.locator("[data-words]")).to_contain_text("Ended in time")
    page.get_by_label("What the sender was answered").fill("disabled, told by e-mail")
    page.get_by_role("button", name="Record the answer").click()
    expect(page.get_by_role("status").first).to_contain_text("on record")
    close.get_by_label("Reason").fill("done")
    close.get_by_role("button").click()
    expect(page.locator("h1 + .row")).to_contain_text("Closed")
    assert browsing.library.notices.get(known.id).state is NoticeState.CLOSED


def test_what_cannot_be_kept_is_said_and_what_was_written_stays(browsing, looked_at):
    page = browsing.person(role=Role.REVIEWER)
    browsing.allowed.append("422")
    page.goto("/console/inbox/new?kind=notice")
    page.get_by_label("What it is about").fill("A film")
    page.locator("#f-zone").fill("Nowhere/Land")
    page.locator("#f-received_at").fill("2026-03-04T12:00:00")
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_role("alert")).to_contain_text("no time zone")
    expect(page.get_by_label("What it is about")).to_have_value("A film")
    page.locator("#f-zone").fill("UTC")
    page.get_by_label("SHA-256").fill("abc")
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_role("alert")).to_contain_text("64 hexadecimal digits")
    looked_at(page, "inbox-new-refused")
    assert browsing.library.notices.page() == []


def test_it_is_supplemented_and_is_complete_then(browsing, looked_at):
    made = receive(browsing, NoticeKind.NOTICE, contact="a@example.org", grounds="It shows it.")
    assert made.state is NoticeState.INCOMPLETE
    page = browsing.person(role=Role.REVIEWER)
    page.goto(f"/console/inbox/{made.id}")
    page.keyboard.press("e")
    page.wait_for_url("**/edit")
    looked_at(page, "inbox-edit")
    page.get_by_label("Posts").fill("p-1")
    page.get_by_label("good faith").check()
    page.get_by_label("Reason").fill("asked the sender")
    page.get_by_role("button", name="Keep").click()
    page.wait_for_url("**said=inbox.said.changed")
    known = browsing.library.notices.get(made.id)
    assert (known.state, known.missing, known.message.posts) == (NoticeState.RECEIVED, (), ("p-1",))
    assert known.message.contact == "a@example.org"


@pytest.mark.parametrize("kind", NoticeKind)
def test_scripts_in_any_field_are_words(browsing, kind):
    """Those of the form, and those of every form on the notice's page."""
    said = {}
    for one in FIELDS:
        if kind in one.kinds and one.form in (Form.LINE, Form.TEXT):
            said[one.name] = SCRIPT
    own = {name: text for name, text in said.items() if next(f for f in FIELDS if f.name == name).own}
    rest = tuple(Particular(name, text) for name, text in said.items() if name not in own)
    made = receive(
        browsing,
        kind,
        **{
            **own,
            "subject": SCRIPT,
            "posts": (SCRIPT,),
            "urls": (f"https://example.org/{SCRIPT.replace(' ', '')}",),
        },
        particulars=rest,
    )
    page = browsing.person(role=Role.REVIEWER)
    for path in (
        "",
        f"/{made.id}",
        f"/{made.id}/edit",
        f"?show={SCRIPT}&kind={SCRIPT}",
        f"/{made.id}?said={SCRIPT}",
    ):
        page.goto(f"/console/inbox{path}")
        assert "taken" not in page.title()
        assert page.locator("main script, main img").count() == 0
    page.goto(f"/console/inbox/{made.id}")
    page.locator("form[action$='/work']").get_by_label("Reason").fill(SCRIPT)
    page.locator("form[action$='/work']").get_by_role("button").click()
    page.wait_for_url("**said=*")
    page.get_by_text("Start a clock").first.click()
    form = page.locator("form[action$='/clocks']")
    form.get_by_label("Period").select_option("tco_silence")
    form.get_by_label("Reason").fill(SCRIPT)
    form.get_by_role("button").click()
    page.wait_for_url("**said=*")
    assert "taken" not in page.title()
    assert page.locator("main script, main img").count() == 0
    assert browsing.library.notices.get(made.id).events[-1].reason == SCRIPT


def test_joined_to_an_incident_its_clocks_are_that_ones_too(browsing, tmp_path):
    made = receive(browsing)
    page = browsing.person(role=Role.REVIEWER)
    browsing.allowed.append("404")
    page.goto(f"/console/inbox/{made.id}")
    form = page.locator("form[action$='/links']")
    form.get_by_label("To what").select_option("incident")
    form.get_by_label("Id").fill("none")
    form.get_by_label("Reason").fill("seen")
    form.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("none")
    expect(page.locator("form[action$='/unlink']")).to_have_count(0)
    report = tmp_path / "report.txt"
    report.write_text("A man was killed in Town.", encoding="utf-8")
    incident = browsing.library.incidents.open(report, title="It").id
    form.get_by_label("To what").select_option("incident")
    form.get_by_label("Id").fill(incident)
    form.get_by_label("Reason").fill("the same event")
    form.get_by_role("button").click()
    expect(page.get_by_role("link", name=incident)).to_be_visible()
    (clock,) = browsing.library.clocks.concerning(AboutKind.INCIDENT, incident)
    assert clock.id == made.clocks[0].id
    page.locator("form[action$='/unlink'] summary").click()
    page.locator("form[action$='/unlink']").get_by_label("Reason").fill("another event")
    page.locator("form[action$='/unlink']").get_by_role("button").click()
    expect(page.get_by_role("status").first).to_contain_text("taken off")
    assert browsing.library.clocks.concerning(AboutKind.INCIDENT, incident) == []


def test_a_clock_has_a_page_of_its_own(browsing, looked_at):
    clock = browsing.library.clocks.start(
        "tco_transparency",
        About(AboutKind.PROVIDER, ""),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        reason="the year has ended",
    )
    page = browsing.person(role=Role.REVIEWER)
    page.goto(f"/console/clocks/{clock.id}")
    expect(page.locator("[data-words]")).to_contain_text("Overdue by")
    looked_at(page, "clock")
    browsing.allowed.append("409")
    page.get_by_text("Change this clock").click()
    form = page.locator("form[action$='/end']")
    form.get_by_label("Reason").fill("published")
    form.get_by_label("When it happened").fill("2020-01-01T00:00:00")
    form.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("it was started after that")
    page.get_by_text("Change this clock").click()
    form.get_by_label("Reason").fill("published")
    form.get_by_label("When it happened").fill("2026-02-20T12:00:00")
    form.get_by_role("button").click()
    expect(page.locator("[data-words]")).to_contain_text("Ended in time")
    known = browsing.library.clocks.get(clock.id)
    assert (known.reading.state, known.reading.is_past) == (ClockState.ENDED, False)


def test_who_only_reads_does_not_see_the_inbox(browsing):
    made = receive(browsing)
    page = browsing.person("aud", role=Role.AUDITOR)
    browsing.allowed.append("403")
    for path in ("", "/new", f"/{made.id}"):
        answer = page.goto(f"/console/inbox{path}")
        assert answer.status == 403


def test_in_a_language_from_the_right(browsing, looked_at):
    made = receive(browsing, ago=timedelta(minutes=10))
    page = browsing.person(role=Role.REVIEWER)
    page.get_by_label("Language").select_option("ar")
    page.get_by_role("button", name="Keep").click()
    page.goto("/console/inbox")
    looked_at(page, "inbox-rtl")
    page.goto(f"/console/inbox/{made.id}")
    looked_at(page, "inbox-notice-rtl")
