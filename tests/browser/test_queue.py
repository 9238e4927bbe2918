"""The queue: who takes which case, what follows an earlier decision, and words of strangers on its pages."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from seawall.model.access import Role
from seawall.model.decision import (
    Automation,
    CaseState,
    Choice,
    Ground,
    GroundKind,
    Origin,
    Purpose,
    Redress,
    Ruling,
    View,
)
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.policy import Outcome, Step
from seawall.model.queue import Severity
from seawall.model.seen import Checked, Context, How, RecordedMatch
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.outcomes import Made
from seawall.workflows.library import Seawall

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
from platforms import carried_out

AT = datetime(2026, 1, 2, tzinfo=UTC)
WHOLE = Segment(SignalType.SHA256, 0.0, 31.2, 0.0, 31.2, 1.0, (), 1.0)
ATTACK = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{7*7}}"


class Uploads:
    """Contents that are matched, as they come in."""

    def __init__(self, library):
        self.store = library._store
        self.number = 0
        self.references = {}

    def reference(self, name, *labels):
        if not self.store.banks():
            self.store.create_bank("KNOWN")
        signal = Signal(SignalType.PDQ, 1, name.encode()[:32].ljust(32), 90)
        new = NewReference(None, "video", (signal,), name, "test", labels=labels)
        self.references[name] = self.store.add_reference("KNOWN", new).id

    def item(self, name="known.mp4", *, full=True, step=Step.HOLD, sha256=None, bank="KNOWN", **context):
        if name not in self.references:
            self.reference(name)
        self.number += 1
        sha256 = sha256 or f"{self.number:064x}"
        checked = Checked(f"c{self.number}", sha256, "video", 31.2, AT, "up", Context(**context))
        match = Match(
            self.references[name],
            0.97,
            Recommendation.STRONG,
            1.0 if full else 0.4,
            1.0,
            {"exact": 1.0},
            (WHOLE,) if full else (),
        )
        found = RecordedMatch(f"m{self.number}", checked, bank, match, How.CHECK, AT)
        made = Made(found, Outcome(step, "rest", "rule 'rest'", 1, step, None, review=True), None)
        self.store.outcomes.record([made])
        [(_, item)] = self.store.items.page(after=self.number - 1, limit=1)
        return item

    def decided(self, item, user="zoe"):
        ruling = Ruling(
            items=(item.id,),
            choice=Choice.REMOVE,
            facts="Its makers published it to recruit.",
            origin=Origin.OWN_INITIATIVE,
            automated_detection=True,
            automated_decision=Automation.NONE,
            views=(View.STILLS_REDUCED,),
            grounds=(Ground(GroundKind.CONTRACTUAL, "Terms, 4.2", "4.2 bars what recruits."),),
            territory=("WORLD",),
            redress=(Redress.COURT,),
            purpose=Purpose.NO_SUCH,
            not_preserved="only its hash came",
        )
        return carried_out(self.store, self.store.decisions.make(ruling, user=user, actor=user))


@pytest.fixture
def library(new_settings):
    """What is decided goes out at once."""
    with Seawall(new_settings("sqlite", undo_s=0)) as made:
        yield made


@pytest.fixture
def uploads(library):
    return Uploads(library)


def lines(page):
    return page.locator("[data-line]")


def test_an_inherited_verdict_takes_three_keys_and_shows_no_media(browsing, uploads, looked_at):
    made = uploads.decided(uploads.item())
    waits = uploads.item(uploader="user-1", post="post-1")
    media = []
    page = browsing.person("ann", Role.REVIEWER)
    page.on("request", lambda one: one.resource_type in ("image", "media") and media.append(one.url))
    page.goto("/console/queue")
    expect(lines(page)).to_have_count(1)
    expect(page.get_by_text("full copy, decided before")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", name="Decide as before")).to_be_visible()
    assert page.locator("video, audio, main img, canvas").count() == 0
    looked_at(page, "queue-inherit")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Decided as before")
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    pending = browsing.library.cases.decisions()[-1][1]
    carried_out(browsing.library._store, pending)
    known = browsing.library.cases.item(waits.id)
    followed = browsing.library.cases.decision(known.decision)
    assert (followed.user, followed.ruling.follows, followed.ruling.views) == (
        "ann",
        made.id,
        (View.METADATA,),
    )
    assert followed.ruling.grounds == made.ruling.grounds
    assert made.id in followed.ruling.facts
    assert followed.ruling.not_preserved is not None
    assert browsing.library.cases.get(waits.case).state is CaseState.DECIDED
    assert [url for url in media if not url.endswith("icon.svg") and "icon.svg?" not in url] == []


def test_all_copies_are_decided_at_once(browsing, uploads):
    made = uploads.decided(uploads.item())
    for n in range(5):
        uploads.item(sha256=f"{n % 2 + 100:064x}", post=str(n))
    other = uploads.item("other.mp4")
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue?inherits=1")
    expect(lines(page)).to_have_count(2)
    page.keyboard.press("a")
    page.keyboard.press("b")
    expect(page.get_by_text("2 cases, 5 items")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Decided as before")
    assert "inherits=1" in page.url
    later = [one for _, one in browsing.library.cases.decisions() if one.id != made.id]
    assert {one.ruling.follows for one in later} == {made.id}
    assert browsing.library.cases.item(other.id).decision is None


def test_two_browsers_never_hold_one_case(browsing, uploads):
    cases = {uploads.item(full=False).case for _ in range(6)}
    browsing.allowed.append("404")  # a page of the case may be elsewhere
    people = [browsing.person(name, Role.REVIEWER) for name in ("ann", "bob")]
    for page in people:
        page.goto("/console/queue")
    for _ in range(3):
        for page in people:  # both from pages that were loaded before either took a case
            page.get_by_role("button", name="Take the next case").click(no_wait_after=True)
        for page in people:
            page.wait_for_url("**/console/cases/*")
            page.goto("/console/queue")
    held = {}
    for name in ("ann", "bob"):
        found = browsing.library.queue.page(user=name)
        held[name] = {one.case for _, one in found if one.assigned_to == name}
    assert held["ann"] & held["bob"] == set()
    assert held["ann"] | held["bob"] == cases
    assert {len(some) for some in held.values()} == {3}
    people[0].get_by_role("button", name="Take the next case").click()
    expect(people[0].get_by_role("status")).to_contain_text("nobody works on")


def test_a_case_that_is_passed_on_is_somebody_elses(browsing, uploads):
    item = uploads.item(full=False)
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue?kind=video&order=spread")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("status")).to_contain_text("not be offered it again")
    assert "kind=video" in page.url
    expect(lines(page)).to_have_count(0)
    other = browsing.person("bob", Role.REVIEWER)
    other.goto("/console/queue")
    expect(lines(other)).to_have_count(1)
    said = [one.action for one in browsing.library.access.entries(limit=100)]
    assert not [one for one in said if "not_me" in one]
    assert [event.what for event in browsing.library.cases.get(item.case).events] == ["opened"]


def test_labels_are_kept_away_and_nobody_is_told(browsing, uploads, looked_at):
    uploads.reference("child.mp4", "Child soldiers")
    uploads.item("child.mp4")
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue")
    expect(lines(page)).to_have_count(1)
    page.get_by_role("link", name="What I am not offered").click()
    page.get_by_label("child-soldiers").check()
    page.get_by_label("Other labels").fill("language:xx")
    looked_at(page, "queue-away")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("status")).to_contain_text("Kept")
    expect(lines(page)).to_have_count(0)
    assert browsing.library.queue.opted_out("ann") == ("child-soldiers", "language:xx")
    assert not [one for one in browsing.library.access.entries(limit=100) if "away" in one.action]
    browsing.allowed.append("422")
    page.goto("/console/queue/away")
    page.get_by_label("Other labels").fill("x" * 300)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("at most 100 labels")).to_be_visible()


def test_the_counts_keep_up_without_a_reload(browsing, uploads):
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue")
    expect(page.get_by_text("0 cases wait")).to_be_visible()
    uploads.item()
    expect(page.get_by_text("1 case waits")).to_be_visible(timeout=20_000)


def test_filters_are_an_address_that_can_be_shared(browsing, uploads, looked_at):
    uploads.reference("gore.mp4", "graphic", "language:xx")
    uploads.reference("child.mp4", "children", "manifesto", "speech", "one", "two", "three")
    made = uploads.decided(uploads.item())
    late = uploads.item("gore.mp4", uploader="user-17", post="post-4")
    browsing.library.queue.set_due(late.case, datetime.now(UTC) - timedelta(hours=3))
    soon = uploads.item("other.mp4", full=False, uploader="u" * 120)
    browsing.library.queue.set_due(soon.case, datetime.now(UTC) + timedelta(hours=3))
    uploads.item("child.mp4", step=Step.NOTIFY)
    for n in range(3):
        uploads.item(sha256="c" * 64, post=str(n), uploader=f"user-{n}")
    browsing.library.cases.take(soon.case, user="bob")
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue")
    expect(lines(page)).to_have_count(4)
    names = [one.inner_text() for one in page.locator("[data-line] .name").all()]
    assert names == ["gore.mp4", "other.mp4", "child.mp4", "known.mp4"]
    looked_at(page, "queue")
    page.keyboard.press("f")
    page.get_by_label("Severity, at least").select_option("3")
    page.get_by_label("nobody works on them").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(lines(page)).to_have_count(2)
    other = browsing.person("bob", Role.REVIEWER)
    other.goto(page.url)
    expect(lines(other)).to_have_count(2)
    other.goto(f"/console/queue?mine=1&follows={made.id}")
    expect(lines(other)).to_have_count(0)
    other.goto("/console/queue?mine=1")
    expect(lines(other)).to_have_count(1)
    other.goto("/console/queue?order=x&severity=9&state=z&kind=q&after=1-x&label=" + "y" * 500)
    expect(lines(other)).to_have_count(4)


def test_the_next_case_is_of_the_sort_that_was_asked_for(browsing, uploads):
    uploads.reference("gore.mp4", "graphic")
    other = uploads.item("other.mp4", full=False)
    browsing.library.queue.set_due(other.case, datetime.now(UTC) + timedelta(hours=3))
    asked = {uploads.item("gore.mp4", full=False, post=str(n)).case for n in range(2)}
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue?graphic=1")
    taken = []
    for _ in asked:
        page.keyboard.press("n")
        expect(page.get_by_text("You have this case")).to_be_visible()
        page.wait_for_load_state()
        taken.append(re.search(r"/cases/(\w+)", page.url)[1])
        page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("The decision is made")).to_be_visible()
        page.wait_for_load_state()
        assert "queue=graphic%3D1" in page.url
    assert set(taken) == asked
    page.keyboard.press("n")
    expect(page.get_by_role("status")).to_contain_text("No case waits")
    assert "graphic=1" in page.url
    page.goto(f"/console/cases/{other.case}?queue=graphic%3D1%26x%3D%22%3E%3Cb%3E")
    page.keyboard.press("q")
    page.wait_for_url("**/console/queue?graphic=1")


def test_it_reads_from_right_to_left(browsing, uploads, looked_at):
    uploads.decided(uploads.item())
    uploads.item(uploader="user-17", post="post-4")
    page = browsing.person("ann", Role.REVIEWER)
    page.get_by_label("Language").select_option("ar")
    page.get_by_role("button", name="Keep").click()
    page.goto("/console/queue")
    looked_at(page, "queue-rtl")
    page.keyboard.press("j")
    page.keyboard.press("i")
    page.wait_for_url("**/console/queue/inherit*")
    looked_at(page, "queue-inherit-rtl")


def test_a_long_queue_goes_on(browsing, uploads):
    for _ in range(52):
        uploads.item(full=False)
    page = browsing.person("ann", Role.REVIEWER)
    page.goto("/console/queue?order=severity")
    expect(lines(page)).to_have_count(50)
    page.get_by_role("link", name="Next page").click()
    expect(lines(page)).to_have_count(2)
    page.get_by_role("link", name="First page").click()
    expect(lines(page)).to_have_count(50)


def test_words_of_strangers_stay_words(browsing, uploads):
    uploads.reference(ATTACK, ATTACK)
    uploads.decided(uploads.item(ATTACK), user=ATTACK)
    uploads.item(ATTACK, uploader=ATTACK, post=ATTACK, url="javascript:alert(3)", bank=ATTACK[:60])
    page = browsing.person("ann", Role.REVIEWER)
    said = []
    page.on("dialog", lambda one: (said.append(one.message), one.dismiss()))
    for address in (
        "/console/queue",
        f"/console/queue?label={ATTACK}&bank={ATTACK}&follows={ATTACK}",
        f"/console/queue?after={ATTACK}&said={ATTACK}",
        "/console/queue/away",
        f"/console/queue/inherit?back={ATTACK}",
    ):
        page.goto(address)
        assert page.locator("script:not([src])").count() == 0
        assert page.locator("img").count() == 0
    page.goto("/console/queue")
    expect(page.locator("[data-line] .name")).to_have_text(ATTACK)
    expect(lines(page)).to_contain_text("post " + ATTACK)
    page.keyboard.press("j")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", level=2)).to_have_text(ATTACK)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Decided as before")
    assert said == []


def test_a_change_without_the_token_or_the_right_is_refused(browsing, uploads):
    item = uploads.item(full=False)
    page = browsing.person("ann", Role.REVIEWER)
    auditor = browsing.person("eve", Role.AUDITOR)
    page.goto("/console/queue")
    for path in ("next", f"{item.case}/not-me", "inherit", "away"):
        answer = page.request.post(f"/console/queue/{path}", form={"csrf": "x", "case": item.case})
        assert answer.status == 403, path
    token = auditor.locator("meta[name=csrf]").get_attribute("content")
    for path in ("next", "inherit"):
        answer = auditor.request.post(f"/console/queue/{path}", form={"csrf": token, "case": item.case})
        assert answer.status == 403, path
    assert auditor.request.get("/console/queue").status == 403
    assert browsing.library.queue.entry(item.case).assigned_to is None


def test_what_somebody_else_holds_cannot_be_decided_by_a_forged_form(browsing, uploads):
    uploads.decided(uploads.item())
    item = uploads.item()
    browsing.library.cases.take(item.case, user="bob")
    page = browsing.person("ann", Role.REVIEWER)
    token = page.locator("meta[name=csrf]").get_attribute("content")
    answer = page.request.post("/console/queue/inherit", form={"csrf": token, "case": item.case})
    assert answer.status == 409
    assert re.search("assigned to bob", answer.text())
    assert browsing.library.queue.entry(item.case).severity is Severity.HELD
