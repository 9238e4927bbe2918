"""What is looked at in a case: words first, covers that come back, and nothing that is not asked for."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from at_work import until
from playwright.sync_api import expect

import seawall
from seawall.jobs.runner import Runner
from seawall.model.access import Role
from seawall.model.viewing import Cover, Medium
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))
import reviewing

PICTURES = Path(os.environ.get("SEAWALL_PICTURES", Path(__file__).parents[2] / "build" / "pages"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A data folder in which a case waits for somebody to look, and what is in it. Each test has a copy."""
    folder = tmp_path_factory.mktemp("reviewed") / "data"
    clips = reviewing.clips(tmp_path_factory.mktemp("clips"))
    with seawall.open(folder) as library:
        library.access.create_user("rita", Role.REVIEWER, accounts.hashed("quiet harbour wall"))
        return folder, reviewing.reviewed(library, clips["known"], clips["longer"])


@pytest.fixture
def library(new_settings, request, prepared):
    settings = new_settings("sqlite", **getattr(request, "param", {}))
    shutil.copytree(prepared[0], settings.data, dirs_exist_ok=True)
    with Seawall(settings) as made:
        yield made


@contextmanager
def at_work(library):
    """Its jobs are done until the block ends. Begun in another thread: this one has the browser's loop."""
    runner = Runner(library)
    with ThreadPoolExecutor(1) as aside:
        aside.submit(runner.start).result()
        try:
            yield
        finally:
            aside.submit(runner.stop).result()


@pytest.fixture
def reviewed(browsing, prepared):
    browsing.allowed.append("willReadFrequently")  # the tests read the canvas, the page never does
    page = browsing.person("rita", Role.REVIEWER)
    one = dataclasses.replace(prepared[1], library=browsing.library)
    page.goto(f"/console/cases/{one.case}")
    return one, page


def shown(library):
    return [entry.shown for _, entry in library.exposure.entries("rita", before=None, limit=1000)]


def painted(frame):
    """How many pixels of a frame's canvas hold anything, as a share."""
    return frame.locator("canvas").evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let at = 3; at < data.length; at += 4) if (data[at]) count += 1;
            return count / (canvas.width * canvas.height);
        }"""
    )


def opened(page):
    page.get_by_role("button", name="Look into it").click()
    expect(page.get_by_role("heading", name="What is depicted")).to_be_visible()


def laid_out(page):
    opened(page)
    page.get_by_role("button", name="Lay out the covered frames").click()
    frames = page.locator(".board .frame")
    expect(frames.first).to_be_visible(timeout=60_000)
    return frames


def test_nothing_is_loaded_before_it_is_asked_for_and_words_come_first(reviewed, looked_at):
    one, page = reviewed
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    expect(page.get_by_role("button", name="Look into it")).to_be_visible()
    assert not any("/v1/" in url for url in asked)
    looked_at(page, "viewing-closed")
    opened(page)
    expect(page.locator(".viewing").get_by_text("A parade")).to_be_visible()
    expect(page.locator(".viewing").get_by_text("violence", exact=True)).to_be_visible()
    assert not any("/v1/" in url for url in asked)
    assert page.locator("canvas, img, video[src], audio[src]").count() == 0
    looked_at(page, "viewing-words")
    assert shown(one.library) == []


def test_a_part_is_shown_and_covers_itself_again(reviewed, looked_at):
    one, page = reviewed
    frames = laid_out(page)
    assert 4 <= page.locator(".board li").count() <= 16
    assert {painted(frame) for frame in frames.all()} == {0}
    looked_at(page, "viewing-covered")
    page.set_viewport_size({"width": 1280, "height": 800})
    first = frames.first
    box = first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".frame.revealed")).to_have_count(1)
    assert painted(first) == pytest.approx(1 / 9, abs=0.01)
    page.screenshot(path=PICTURES / "viewing-revealed.png")
    page.mouse.move(5, 5)
    expect(page.locator(".frame.revealed")).to_have_count(0)
    assert painted(first) == 0
    [row] = shown(one.library)
    assert (row.cover, row.area) == (Cover.STYLISED, pytest.approx(1 / 9, abs=0.01))
    # By itself, after five seconds.
    page.clock.install()
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".frame.revealed")).to_have_count(1)
    page.clock.fast_forward(3000)
    assert painted(first) > 0
    page.clock.fast_forward(2000)
    expect(page.locator(".frame.revealed")).to_have_count(0)
    assert painted(first) == 0


def test_the_keyboard_alone_moves_shows_and_covers(reviewed):
    one, page = reviewed
    page.keyboard.press("l")
    expect(page.get_by_role("heading", name="What is depicted")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator(".board .frame").first).to_be_focused(timeout=60_000)
    frame = page.locator(".board .frame").first
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".frame.revealed")).to_have_count(1)
    place = frame.locator("canvas").evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let least = canvas.width;
            for (let at = 3; at < data.length; at += 4)
                if (data[at]) least = Math.min(least, ((at - 3) / 4) % canvas.width);
            return least / canvas.width;
        }"""
    )
    assert place == pytest.approx(2 / 3, abs=0.02)
    page.keyboard.press("Escape")
    expect(page.locator(".frame.revealed")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".frame.revealed")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator(".frame.revealed")).to_have_count(0)
    assert len(shown(one.library)) == 2


def test_who_goes_on_in_place_is_shown_nothing_any_more(reviewed):
    one, page = reviewed
    frames = laid_out(page)
    frames.first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".frame.revealed")).to_have_count(1)
    held = []
    page.route("**/reveal", lambda route, _: held.append(route))  # is not answered before the page is left
    frames.nth(1).focus()
    page.keyboard.press("Enter")
    until(lambda: page.evaluate("1") and held)
    page.evaluate("window.marked = true")
    with page.expect_event("requestfailed", lambda request: request == held[0].request):
        page.keyboard.press("q")
    expect(page.get_by_role("heading", level=1, name="Queue")).to_be_visible()
    held[0].continue_()
    page.go_back()
    expect(page.get_by_role("button", name="Look into it")).to_be_visible()
    assert page.evaluate("window.marked === true")
    assert page.locator("canvas, img, video[src], audio[src]").count() == 0
    opened(page)
    assert len(shown(one.library)) == 1


def test_more_than_the_floor_needs_a_reason(reviewed, browsing):
    one, page = reviewed
    frames = laid_out(page)
    browsing.allowed.append("403")
    page.get_by_label("Under which cover").select_option("plain")
    frames.first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_contain_text("needs a reason")
    assert painted(frames.first) == 0
    assert shown(one.library) == []
    page.get_by_label("In your own words").fill("which flag is it?")
    page.get_by_label("Reason", exact=True).select_option("identify")
    frames.first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".frame.revealed")).to_have_count(1)
    [row] = shown(one.library)
    assert (row.cover, row.words) == (Cover.PLAIN, "which flag is it?")


def test_who_does_not_hold_the_case_is_shown_no_frame(reviewed):
    one, page = reviewed
    one.library.cases.release(one.case, user="rita", reason="not me")
    opened(page)
    expect(page.locator(".viewing").get_by_text("Take the case first")).to_be_visible()
    page.get_by_role("button", name="Lay out the covered frames").click()
    expect(page.locator(".board .frame").first).to_be_disabled(timeout=60_000)


def test_video_comes_in_pieces_without_sound_and_sound_starts_muted(reviewed, looked_at):
    one, page = reviewed
    with at_work(one.library):
        opened(page)
        page.get_by_role("button", name="Make the video").click()
        expect(page.locator("[data-status]")).to_contain_text("Say in your own words")
        page.get_by_label("In your own words").fill("what happens after the parade?")
        page.get_by_role("button", name="Make the video").click()
        expect(page.get_by_role("button", name="Play on")).to_be_visible(timeout=60_000)
        assert shown(one.library) == []
        page.get_by_role("button", name="Play on").click()
        video = page.locator("video")
        expect(video).to_be_visible()
        page.wait_for_function("() => document.querySelector('video').readyState >= 2")
        state = video.evaluate("v => [v.muted, v.volume, v.videoHeight, v.error]")
        assert state == [True, 0.2, 108, None]
        first = shown(one.library)[-1]
        assert (first.medium, first.cover) == (Medium.VIDEO, Cover.GREY)
        assert first.start_s > 4.0
        looked_at(page, "viewing-video")


def test_my_exposure_is_mine(reviewed, browsing, looked_at):
    one, page = reviewed
    frames = laid_out(page)
    for at in range(2):
        frames.nth(at).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".frame.revealed")).to_have_count(1)
    page.goto("/console/exposure")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("covered", exact=True).check()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("status")).to_contain_text("Your floor is kept")
    assert one.library.exposure.floor("rita") is Cover.COVERED
    looked_at(page, "exposure")
    manager = browsing.person("max")
    manager.goto("/console/exposure")
    expect(manager.get_by_text("Too few people")).to_be_visible()
    expect(manager.get_by_text("You were shown nothing yet")).to_be_visible()
    looked_at(manager, "exposure-manager")


@pytest.mark.parametrize("library", [{"exposure_run_s": 0.5}], indirect=True)
def test_a_break_is_proposed_and_nothing_refused(reviewed):
    one, page = reviewed
    frames = laid_out(page)
    for count in (1, 2, 3):
        frames.first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".frame.revealed")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(page.locator(".frame.revealed")).to_have_count(0)
        expect(page.locator("[data-break][aria-busy]")).to_have_count(0)
        assert len(shown(one.library)) == count
    expect(page.get_by_role("heading", name="Time for a break")).to_be_visible()
