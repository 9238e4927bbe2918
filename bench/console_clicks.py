"""Measures how long a person waits for the console: from a key or a click until something else is to be seen.

    python bench/console_clicks.py [--cases 100000] [--copies 5000] [--presses 20] [--folder DIR]

A queue and an incident are filled as `console_load.py` and `incident_load.py` fill them, a server and
Debian's Chromium are begun on this machine, and a person signs in. What happens within a page is timed by the
browser itself: its entries for events say how long it was from a key until the next picture was on the
screen, in steps of 8 ms. What asks the server for a page is timed from the key until the browser has painted
the next page, what asks it for a part or a frame until that is drawn. Each is given as median and longest.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import console_load
import incident_load
from playwright.sync_api import Browser, Page, sync_playwright

import seawall
from seawall.model.access import Role
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "unit"))
import reviewing

FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
DEADLINE_MS: Final = 60_000

#: Keeps what the browser says of each event that it answered.
WATCH: Final = """() => {
  window.waited = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (one.name === "keydown") window.waited.push(one.duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: false });
}"""
#: Begins with the next key, and ends when something is there, or is gone, and the screen was painted.
UNTIL: Final = """([selector, gone]) => { window.answer = new Promise((done) => {
  const there = () => Boolean(document.querySelector(selector)) !== gone;
  document.addEventListener("keydown", (event) => {
    const look = () => there()
      ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - event.timeStamp)))
      : requestAnimationFrame(look);
    look();
  }, { capture: true, once: true });
}); }"""
#: Since when the page shows anything, against when the key was down that led to it.
PAINTED: Final = """() => new Promise((done) => {
  const look = () => {
    const [first] = performance.getEntriesByName("first-contentful-paint");
    if (!first) return requestAnimationFrame(look);
    done(performance.timeOrigin + first.startTime - Number(sessionStorage.getItem("pressed")));
  };
  look();
})"""


def within(page: Page, key: str, presses: int) -> list[float]:
    """Milliseconds from a key until the next picture; what is quicker than the browser tells counts as 16."""
    page.evaluate(WATCH)
    for _ in range(presses):
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    told: list[float] = page.evaluate("window.waited")
    return told + [16.0] * (presses - len(told))


def until(page: Page, key: str, selector: str, *, gone: bool = False) -> float:
    """Milliseconds from a key until something is there, or is gone, and painted."""
    page.evaluate(UNTIL, [selector, gone])
    page.keyboard.press(key)
    taken: float = page.evaluate("window.answer")
    return taken


def to_page(page: Page, key: str) -> float:
    """Milliseconds from a key that leads to another page until that one is painted."""
    page.evaluate(
        """() => document.addEventListener("keydown", (event) => sessionStorage.setItem(
            "pressed", performance.timeOrigin + event.timeStamp), { capture: true, once: true })"""
    )
    with page.expect_navigation(wait_until="load", timeout=DEADLINE_MS):
        page.keyboard.press(key)
    taken: float = page.evaluate(PAINTED)
    return taken


def on_the_queue(page: Page, presses: int) -> Iterator[tuple[str, list[float]]]:
    """What a person does with a queue."""
    page.goto("/console/queue")
    yield "queue: j, the next line", within(page, "j", presses)
    yield "queue: k, the line before", within(page, "k", presses)
    shown, hidden = [], []
    for _ in range(presses):
        shown.append(until(page, "?", "dialog.keys[open]"))
        hidden.append(until(page, "Escape", "dialog.keys[open]", gone=True))
    yield "queue: ?, the keys of the page", shown
    yield "queue: Escape, and away again", hidden
    yield "queue: f, the filters", [until(page, "f", "details.filters[open]")]
    claims = []
    for _ in range(presses):
        page.goto("/console/queue")
        page.wait_for_load_state("networkidle")
        claims.append(to_page(page, "n"))
    yield "queue: n, take a case and have its page", claims


def on_a_case(page: Page, case: str, presses: int) -> Iterator[tuple[str, list[float]]]:
    """What a person does with a case."""
    page.goto(f"/console/cases/{case}")
    page.wait_for_load_state("networkidle")
    yield "case: l, what there is to look at", [until(page, "l", "[data-looking]")]
    page.keyboard.press("b")
    page.locator(".board .frame").first.wait_for(timeout=DEADLINE_MS)
    shown, covered = [], []
    for _ in range(presses):
        shown.append(until(page, "Enter", ".frame.revealed"))
        covered.append(until(page, "Escape", ".frame.revealed", gone=True))
    yield "case: Enter, a part of a frame is shown", shown
    yield "case: Escape, it is covered", covered
    yield "case: an arrow, the part moves", within(page, "ArrowRight", presses)
    page.locator("h1").click()
    yield "case: d, the form", within(page, "d", presses)


def on_an_incident(page: Page, incident: str, presses: int) -> Iterator[tuple[str, list[float]]]:
    """What a person does with an incident."""
    page.goto(f"/console/incidents/{incident}")
    page.wait_for_load_state("networkidle")
    yield "incident: ?, the keys of the page", [until(page, "?", "dialog.keys[open]")]
    page.keyboard.press("Escape")
    pages = []
    for _ in range(presses):
        page.goto(f"/console/incidents/{incident}")
        page.wait_for_load_state("networkidle")
        pages.append(to_page(page, "c"))
    yield "incident: c, the page of all copies", pages


def signed_in(browser: Browser, address: str, library: Seawall) -> Page:
    """A page of a person."""
    library.access.create_user("ann", Role.ADMIN, accounts.hashed(incident_load.PASSWORD))
    page = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=address).new_page()
    page.set_default_timeout(DEADLINE_MS)
    page.goto("/console/sign-in?next=/console/preferences")
    page.get_by_label("User name").fill("ann")
    page.get_by_label("Password").fill(incident_load.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/preferences")
    page.wait_for_load_state("networkidle")
    return page


def filled(library: Seawall, cases: int, copies: int, work: Path) -> tuple[str, str]:
    """A queue, an incident and one case with media: the ids of the latter two."""
    console_load.Filling(library._store).to(cases)  # noqa: SLF001 - as it is filled there
    incident = incident_load.fill(library, copies, 2 * copies, bank="SPREAD")
    clips = reviewing.clips(work)
    library.bank_create("CLIPS")
    [added] = library.bank_add("CLIPS", [clips["known"]], labels=["violence"], note="A parade", keep=True)
    assert added.reference is not None
    return incident, reviewing.taken(library, added.reference, clips["longer"], user="ann").case


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--copies", type=int, default=5_000)
    parser.add_argument("--presses", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="where to build, or what was built before")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        work = Path(name)
        with seawall.open(work / "data") as library:
            began_s = time.perf_counter()
            incident, case = filled(library, given.cases, given.copies, work)
            print(f"filled in {time.perf_counter() - began_s:.0f} s", flush=True)
            measure(library, incident, case, given.presses)


def measure(library: Seawall, incident: str, case: str, presses: int) -> None:
    """Print what each takes."""
    parts: tuple[Callable[[Page], Iterator[tuple[str, list[float]]]], ...] = (
        lambda page: on_the_queue(page, presses),
        lambda page: on_a_case(page, case, presses),
        lambda page: on_an_incident(page, incident, presses),
    )
    with incident_load.served(library) as address, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        page = signed_in(browser, address, library)
        for part in parts:
            for what, taken in part(page):
                print(f"{what:44} median {statistics.median(taken):4.0f} ms, longest {max(taken):4.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
