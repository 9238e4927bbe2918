"""A case is read and decided: match first, decision, undo, second reader, appeal, and what is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from at_work import LoopbackWeb, receiver, until
from playwright.sync_api import Page, expect

from seawall import errors
from seawall.jobs.runner import Runner
from seawall.model.access import Role
from seawall.model.decision import Choice, ItemState, Purpose, Stage, View
from seawall.model.event import EventType
from seawall.model.match import Segment
from seawall.model.signal import SignalType
from seawall.workflows import webhooks
from seawall.workflows.library import Seawall

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
import matched
from platforms import carried_out, dismissal

HOSTILE = "<img src=x onerror=alert(1)>\"'{{7*7}}"


@pytest.fixture
def reference(library: Seawall) -> str:
    return matched.reference(library, labels=("recruiting",), note="A wall, waves, a person speaking.")


@pytest.fixture
def case(library: Seawall, reference: str) -> str:
    return matched.item(library, reference, uploader="u-1", post="p-1", url="https://example.org/p-1")


def take(page: Page, case: str) -> None:
    page.goto(f"/console/cases/{case}")
    page.keyboard.press("t")
    expect(page.get_by_text("You have this case")).to_be_visible()
    page.wait_for_load_state()  # and so for what listens to keys


def remove(page: Page) -> None:
    """By keys, and what has to be written."""
    page.keyboard.press("o")
    page.keyboard.press("2")
    page.get_by_label("Source").first.fill("Terms, 4.2")
    page.get_by_label("Why it applies").first.fill("It recruits.")
    page.get_by_label("Or why nothing could be preserved").fill("only its hash came")
    page.keyboard.press("Control+Enter")


def decisions(library: Seawall) -> list[object]:
    return [made for _, made in library.cases.decisions()]


@contextmanager
def at_work(library: Seawall) -> Iterator[None]:
    """The jobs of the library are done, until the block ends."""
    library.web = LoopbackWeb()
    runner = Runner(library, periodic={})
    _elsewhere(runner.start)
    try:
        yield
    finally:
        _elsewhere(runner.stop)


def _elsewhere(call: Callable[[], object]) -> None:
    """In another thread: in this one the browser's event loop runs, which the queue takes for its own."""
    with ThreadPoolExecutor(1) as other:
        other.submit(call).result()


def test_a_case_is_read_decided_undone_and_decided_by_keys_and_told_of_once(
    browsing, library, case, reference, looked_at
):
    library.cases._undo_s = 3.0
    page = browsing.person()
    page.goto(f"/console/cases/{case}")
    expect(page.get_by_text("Nobody works on this case")).to_be_visible()
    expect(page.get_by_text("A wall, waves, a person speaking.")).to_be_visible()
    assert page.locator("img, video, audio").count() == 0
    looked_at(page, "case-free")
    take(page, case)
    slider = page.get_by_label("Place in the upload")
    slider.focus()
    for _ in range(130):
        slider.press("ArrowRight")
    expect(page.locator("[data-place]")).to_have_text(
        "upload 0:13.0 = reference 0:01.0 (picture); upload 0:13.0 = reference 0:11.0 (sound)"
    )
    page.get_by_text("As a table").click()
    looked_at(page, "case")
    with receiver() as at, at_work(library):
        webhooks.create(library, at.url, [EventType.DECISION_MADE], "tester")
        page.locator("h1").click()
        remove(page)
        expect(page.get_by_text("It goes out in")).to_be_visible()
        page.keyboard.press("u")
        expect(page.get_by_text("The decision is undone")).to_be_visible()
        page.wait_for_load_state()
        [undone] = decisions(library)
        assert undone.stage is Stage.UNDONE
        remove(page)
        expect(page.get_by_text("It goes out in")).to_be_visible()
        expect(page.get_by_text("It goes out in")).to_be_hidden(timeout=10_000)
        until(lambda: at.got)
    again = decisions(library)[-1]
    assert [got.record["data"]["decision"] for got in at.got] == [again.id]
    assert library.cases.item(again.ruling.items[0]).decision == again.id
    assert (again.ruling.choice, again.ruling.purpose) == (Choice.REMOVE, Purpose.NO_SUCH)
    assert "a harbour wall" in again.ruling.facts
    assert again.ruling.views == (View.METADATA,)


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(browsing, library, case, looked_at):
    page = browsing.person()
    browsing.allowed.append("422")
    take(page, case)
    page.keyboard.press("2")
    page.get_by_label("Facts").fill(HOSTILE)
    page.get_by_label("Where", exact=True).fill("Germany")
    page.get_by_label("Until").fill("2020-01-01")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("5 things are missing or wrong")
    expect(page.get_by_label("Facts")).to_have_value(HOSTILE)
    expect(page.get_by_label("Where", exact=True)).to_have_value("Germany")
    expect(page.get_by_role("radio", name="Remove")).to_be_checked()
    expect(page.locator("#e-territory")).to_be_visible()
    looked_at(page, "case-faults")
    assert decisions(library) == []


def test_what_is_only_the_same_scene_is_not_told_as_the_reference(browsing, library, reference, looked_at):
    part = Segment(SignalType.VIDEO, 1.0, 7.0, 0.0, 6.0, 1.0, ("scene",), 0.5)
    scene = matched.item(library, reference, segments=(part,), uploader="u-2")
    page = browsing.person("ann", Role.REVIEWER)
    take(page, scene)
    expect(page.get_by_text("it may be other footage by the same camera")).to_be_visible()
    facts = page.get_by_label("Facts").input_value()
    assert "shows the same scene as the reference from 0:00.0, but something else moves" in facts
    assert "is the reference from" not in facts
    looked_at(page, "case-scene")


def test_restrictions_ask_for_their_grounds_and_no_action_for_none(browsing, library, case):
    page = browsing.person()
    take(page, case)
    page.keyboard.press("1")
    expect(page.get_by_label("Source").first).to_be_hidden()
    page.get_by_role("radio", name="no match").check()
    page.get_by_label("Dispute the reference").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("It goes out in")).to_be_visible()
    [made] = decisions(library)
    assert made.ruling.choice is Choice.NO_ACTION
    [said] = made.ruling.feedback
    assert (said.verdict, said.dispute) == ("no_match", True)


def test_two_people_decide_what_is_graphic_and_shows_children(browsing, library, looked_at):
    library.cases._undo_s = 3600.0
    known = matched.reference(library, labels=("child", "graphic"))
    case = matched.item(library, known, uploader="u-1")
    ann = browsing.person("ann")
    take(ann, case)
    remove(ann)
    expect(ann.get_by_text("Nothing happens until another person")).to_be_visible()
    assert ann.get_by_text("Read it a second time").count() == 0
    bob = browsing.person("bob", Role.REVIEWER)
    bob.goto("/console/second")
    looked_at(bob, "second-list")
    bob.get_by_role("link", name="u-1").click()
    bob.wait_for_url(f"**/cases/{case}")
    take(bob, case)
    expect(bob.get_by_role("heading", name="Read it a second time")).to_be_visible()
    [made] = decisions(library)
    assert "It recruits." not in bob.content()
    bob.goto(f"/console/decisions/{made.id}")
    expect(bob.get_by_text("You see what was chosen once")).to_be_visible()
    assert "It recruits." not in bob.content()
    bob.goto(f"/console/cases/{case}")
    looked_at(bob, "case-second")
    bob.keyboard.press("6")
    bob.get_by_label("Why").fill("It is a report.")
    bob.keyboard.press("Control+Enter")
    expect(bob.get_by_text("The two differ")).to_be_visible()
    expect(bob.get_by_text("It recruits.")).to_be_visible()
    looked_at(bob, "decision-differ")
    bob.goto(f"/console/cases/{case}")
    expect(bob.get_by_text("A third person decides.")).to_be_visible()
    cid = browsing.person("cid", Role.REVIEWER)
    take(cid, case)
    remove(cid)
    expect(cid.get_by_text("Nothing happens until another person")).to_be_visible()
    take(ann, case)
    ann.keyboard.press("2")
    ann.get_by_label("Why").fill("As before.")
    ann.keyboard.press("Control+Enter")
    expect(ann.get_by_text("The two agree")).to_be_visible()
    assert decisions(library)[-1].stage is Stage.DUE


def test_an_appeal_is_decided_by_another_person(browsing, library, case, looked_at):
    library.cases._undo_s = 0.0
    ann = browsing.person("ann")
    take(ann, case)
    remove(ann)
    expect(ann.get_by_text("It goes out at").first).to_be_visible()  # as soon as a worker has preserved it
    carried_out(library._store, decisions(library)[0])
    ann.goto(f"/console/cases/{case}")
    ann.get_by_role("link", name="Record an appeal").click()
    looked_at(ann, "appeal")
    ann.get_by_label("What the person who appeals says").fill("It is news.")
    ann.get_by_role("button", name="Record the appeal").click()
    expect(ann.get_by_text("Another person decides on the appeal")).to_be_visible()
    assert ann.get_by_role("button", name="Decide").count() == 0
    bob = browsing.person("bob", Role.REVIEWER)
    take(bob, case)
    looked_at(bob, "case-appeal")
    bob.keyboard.press("9")
    bob.get_by_label("Why the earlier decision is replaced").fill("It is news indeed.")
    bob.keyboard.press("Control+Enter")
    expect(bob.get_by_text("The decision is made")).to_be_visible()
    first, second = decisions(library)
    assert (second.ruling.choice, second.ruling.reverses, second.user) == (Choice.RESTORE, first.id, "bob")


def test_a_case_that_is_held_is_read_only_and_a_lost_one_says_so(browsing, library, case, looked_at):
    ann, bob = browsing.person("ann"), browsing.person("bob", Role.REVIEWER)
    take(ann, case)
    bob.goto(f"/console/cases/{case}")
    expect(bob.get_by_text("This case is with ann")).to_be_visible()
    assert bob.locator("form[action$=decide]").count() == 0
    looked_at(bob, "case-held")
    ann.get_by_label("Facts").fill("My own words.")
    ann.keyboard.press("Escape")
    ann.locator("h1").click()
    ann.keyboard.press("1")
    library.cases.release(case, user="ann", reason="r")
    library.cases.take(case, user="bob")
    browsing.allowed.append("409")
    ann.keyboard.press("Control+Enter")
    expect(ann.get_by_role("alert")).to_contain_text("assigned to bob")
    expect(ann.get_by_text("This case is with bob")).to_be_visible()
    assert decisions(library) == []


def test_a_lease_that_ran_out_is_said_while_somebody_writes(browsing, library, case, looked_at):
    page = browsing.person("ann")
    take(page, case)
    page.get_by_label("Facts").fill("My own words.")
    before = library.cases.get(case).lease_until
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    until(lambda: library.cases.get(case).lease_until > before)
    library.cases.release(case, user="ann", reason="r")
    library.cases.take(case, user="bob")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("alert")).to_contain_text("This case is with bob")
    expect(page.get_by_role("button", name="Decide")).to_be_disabled()
    expect(page.get_by_label("Facts")).to_have_value("My own words.")
    looked_at(page, "case-lost")
    assert [event.what for event in library.cases.get(case).events] == [
        "opened",
        "assigned",
        "released",
        "assigned",
    ]


class TestForged:
    """What a page does not offer, the server refuses."""

    @pytest.fixture
    def made(self, browsing, library, case):
        library.cases._undo_s = 3600.0
        browsing.person("cid", Role.REVIEWER)
        [item] = library.cases.get(case).items
        found = library.cases.item(item)
        new = dismissal(found)
        library.cases.take(case, user="cid")
        return library.cases.decide(new, user="cid")

    def test_another_user_cannot_undo(self, browsing, library, made):
        page = browsing.person("eve", Role.REVIEWER)
        answer = _post(page, f"/console/decisions/{made.id}/undo")
        assert answer.status == 403
        assert "not_their_own" in answer.text()
        assert library.cases.decision(made.id).stage is Stage.DUE

    def test_nobody_decides_a_case_of_another(self, browsing, library, made, case):
        library.cases.undo(made.id, user="cid")
        page = browsing.person("eve", Role.REVIEWER)
        said = {"choice": "no_action", "facts": "f", "views": "metadata", "items": made.ruling.items[0]}
        assert _post(page, f"/console/cases/{case}/decide", **said).status == 409
        assert _post(page, f"/console/cases/{case}/take").status == 409
        assert library.cases.item(made.ruling.items[0]).state is ItemState.OPEN
        assert len(decisions(library)) == 1

    def test_items_of_another_case_are_not_decided(self, browsing, library, reference, case):
        other = matched.item(library, reference, sha256="b" * 64, uploader="u-2")
        [theirs] = library.cases.get(other).items
        page = browsing.person("eve", Role.REVIEWER)
        said = {"choice": "no_action", "facts": "f", "views": "metadata", "items": theirs}
        answer = _post(page, f"/console/cases/{case}/decide", **said)
        assert answer.status == 422
        assert decisions(library) == []

    def test_without_the_token_or_the_scope_nothing_is_done(self, browsing, library, made):
        page = browsing.person("cid")
        for token in ("", "guessed"):
            answer = _post(page, f"/console/decisions/{made.id}/undo", csrf=token)
            assert answer.status == 403
            assert "csrf_refused" in answer.text()
        auditor = browsing.person("aud", Role.AUDITOR)
        assert _post(auditor, f"/console/decisions/{made.id}/undo").status == 403
        assert library.cases.decision(made.id).stage is Stage.DUE

    def test_the_first_person_is_not_the_second(self, browsing, library):
        known = matched.reference(library, "other", labels=("minors", "gore"))
        case = matched.item(library, known, sha256="c" * 64, uploader="u-9")
        page = browsing.person("eve", Role.REVIEWER)
        [item] = library.cases.get(case).items
        library.cases.take(case, user="eve")
        made = library.cases.decide(dismissal(library.cases.item(item)), user="eve")
        answer = _post(page, f"/console/cases/{case}/second", choice="no_action", note="n")
        assert answer.status == 409
        assert library.cases.decision(made.id).stage is Stage.SECOND


@pytest.mark.parametrize("hostile", [HOSTILE, "</script><script>alert(1)</script>"])
def test_words_of_others_are_words(browsing, library, hostile):
    known = matched.reference(library, hostile, labels=(hostile,), note=hostile)
    case = matched.item(library, known, uploader=hostile, post=hostile, url=hostile, labels=(hostile,))
    page = browsing.person()
    page.on("dialog", lambda _: browsing.troubles.append("a script ran"))
    take(page, case)
    assert page.locator("main img, main script").count() == 0
    expect(page.get_by_role("heading", name=hostile)).to_be_visible()


def test_it_reads_from_right_to_left_too(browsing, library, case, looked_at):
    page = browsing.person()
    page.goto("/console/preferences")
    page.get_by_label("Language").select_option("ar")
    page.get_by_role("button", name="Keep").click()
    page.goto(f"/console/cases/{case}")
    page.keyboard.press("t")
    expect(page.locator("form[action$=decide]")).to_be_visible()
    looked_at(page, "case-rtl")


def test_a_match_whose_record_is_gone_says_so(browsing, library, case):

    def gone(match_id):
        raise errors.RecordNotFound(kind="match", id=match_id)

    library._store.seen.match = gone
    page = browsing.person()
    page.goto(f"/console/cases/{case}")
    expect(page.get_by_text("is not kept any more")).to_be_visible()


def _post(page: Page, path: str, **fields: str):
    token = page.locator('meta[name="csrf"]').get_attribute("content")
    form = {"csrf": token, **fields}
    return page.request.post(path, form=form, max_redirects=0)
