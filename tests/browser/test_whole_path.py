"""From an empty installation to a decided case that a platform hears of: as the how-to says, by keyboard."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from at_work import LoopbackWeb, receiver, until
from playwright.sync_api import Locator, Page, TimeoutError as NoAnswer, expect

from seawall.demo import scenes
from seawall.jobs.runner import Runner
from seawall.model.decision import Choice, Purpose, Stage, View
from seawall.model.event import EventType
from seawall.workflows import webhooks
from seawall.workflows.library import Seawall

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import reviewing

_TABS = 150


@pytest.fixture
def clips(tmp_path) -> tuple[Path, Path]:
    """A harmless clip that is known, and an upload that begins with it and goes on otherwise."""
    known, other = tmp_path / "harbour.mp4", tmp_path / "other.mp4"
    scenes.write_clip(known, 4, 6.0)
    scenes.write_clip(other, 9, 4.0)
    return known, reviewing.joined(tmp_path / "upload.mp4", known, other)


@contextmanager
def at_work(library: Seawall) -> Iterator[None]:
    """Its jobs are done until the block ends. Begun in another thread: this one has the browser's loop."""
    library.web = LoopbackWeb()
    runner = Runner(library, periodic={})
    with ThreadPoolExecutor(1) as aside:
        aside.submit(runner.start).result()
        try:
            yield
        finally:
            aside.submit(runner.stop).result()


def reach(page: Page, target: Locator) -> None:
    """Go on by Tab until something has the focus."""
    expect(target).to_be_visible()
    for _ in range(_TABS):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {target}")


def write(page: Page, target: Locator, words: str) -> None:
    reach(page, target)
    page.keyboard.type(words)


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    reach(page, target)
    page.keyboard.press(key)


def go(page: Page, name: str) -> None:
    """To a page that is always one step away."""
    press(page, page.get_by_role("link", name=name, exact=True))
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    page.wait_for_load_state()  # and so for what listens to keys


def choose(page: Page, target: Locator, path: Path) -> None:
    """As a person does, who presses again where no chooser comes: a busy browser may swallow the first."""
    page.wait_for_load_state()
    for timeout_ms in (10_000, 10_000, 60_000):
        reach(page, target)
        with suppress(NoAnswer):
            with page.expect_file_chooser(timeout=timeout_ms) as chosen:
                page.keyboard.press("Space")
            chosen.value.set_files(path)
            return
    raise AssertionError("no chooser of files came")


def remove(page: Page) -> None:
    page.keyboard.press("d")
    page.keyboard.press("o")
    page.keyboard.press("2")
    write(page, page.get_by_label("Source").first, "Terms, 4.2")
    write(page, page.get_by_label("Why it applies").first, "No harbours are posted here.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The decision is made")).to_be_visible()
    page.wait_for_load_state()


def begin(browsing, page: Page) -> None:
    """1: the first user."""
    page.goto(browsing.greetings[0].partition(browsing.address)[2])
    write(page, page.get_by_label("User name"), "ann")
    write(page, page.get_by_label("Password"), "quiet harbour wall")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Begin")).to_be_visible()
    page.wait_for_load_state()


def fill(page: Page, known: Path) -> None:
    """2 and 3: a bank, and what is known."""
    page.keyboard.press("Enter")  # the page leads on
    expect(page.get_by_role("heading", level=1, name="Banks")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.type("KNOWN")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The bank is made")
    choose(page, page.locator("#f-files"), known)
    write(page, page.locator("#f-file_note"), "A harbour, drawn by code.")
    press(page, page.get_by_role("checkbox", name="Keep"), "Space")
    press(page, page.get_by_role("button", name="Add the files"))
    expect(page.locator(".sending li")).to_contain_text("added", timeout=60_000)


def check(page: Page, upload: Path) -> None:
    """4: an upload."""
    go(page, "Search")
    page.keyboard.press("f")
    choose(page, page.locator("#f-file"), upload)
    press(page, page.get_by_label("Record it as a check"), "Space")
    write(page, page.get_by_label("Uploader"), "harbour-7")
    write(page, page.get_by_label("Post"), "post-0815")
    press(page, page.get_by_role("button", name="Search by the file"))
    expect(page.locator("#found")).to_contain_text("recorded as a check", timeout=60_000)


def look(page: Page) -> None:
    """6: a part of a frame is shown, and covered again."""
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")
    page.keyboard.press("l")
    expect(page.get_by_role("heading", name="What is depicted")).to_be_visible()
    expect(page.get_by_text("A harbour, drawn by code.").first).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator(".board li.new").first).to_be_visible(timeout=60_000)
    reach(page, page.locator(".board li.new .frame").first)
    page.keyboard.press("Enter")
    expect(page.locator(".frame.revealed")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".frame.revealed")).to_have_count(0)
    expect(page.get_by_role("checkbox", name="stills, grey and blurred")).to_be_checked()


def test_an_untrained_person_gets_from_nothing_to_a_decided_case(browsing, library, clips, looked_at):
    library.cases._undo_s = 3600.0
    known, upload = clips
    page = browsing.stranger()
    begin(browsing, page)
    with receiver() as at, at_work(library):
        webhooks.create(library, at.url, [EventType.DECISION_MADE], "a platform")
        fill(page, known)
        check(page, upload)
        until(library.cases.items)
        go(page, "Queue")
        page.keyboard.press("n")
        expect(page.get_by_text("You have this case")).to_be_visible()
        page.wait_for_load_state()
        page.set_viewport_size({"width": 390, "height": 844})  # it is as good for a small window
        look(page)
        remove(page)
        page.keyboard.press("u")
        expect(page.get_by_text("The decision is undone")).to_be_visible()
        page.wait_for_load_state()
        library.cases._undo_s = 0.5
        remove(page)
        page.set_viewport_size({"width": 1280, "height": 800})
        until(lambda: at.got)
        go(page, "Queue")
        expect(page.get_by_text("Nothing waits.")).to_be_visible()
    press(page, page.locator("summary", has_text="Menu"))
    go(page, "Audit")
    for action in ("banks_create", "queue_take_next", "viewing_reveal", "cases_decide", "decisions_undo"):
        expect(page.get_by_text(action).first).to_be_visible()
    looked_at(page, "audit-of-a-case")
    undone, out = [made for _, made in library.cases.decisions()]
    assert (undone.stage, out.stage) == (Stage.UNDONE, Stage.OUT)
    assert (out.ruling.choice, out.ruling.purpose) == (Choice.REMOVE, Purpose.NO_SUCH)
    assert out.ruling.views == (View.METADATA, View.STILLS_REDUCED)
    assert [got.record["data"]["decision"] for got in at.got] == [out.id]
