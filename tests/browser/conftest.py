"""A real browser, a real server, and people who sign in."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from serving import served

from seawall import config
from seawall.model.access import Role
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

ROOT = Path(__file__).resolve().parents[2]
#: Where pictures of the pages are kept, to be looked at.
PICTURES = Path(os.environ.get("SEAWALL_PICTURES", ROOT / "build" / "pages"))
#: A hash takes a tenth of a second; all users of the tests share one.
PASSWORD = "quiet harbour wall"
HASH = accounts.hashed(PASSWORD)
expect.set_options(timeout=60_000)  # a machine that does other things too is slow, not wrong
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def library(new_settings: Callable[..., config.Settings]) -> Iterator[Seawall]:
    """A new and empty library on SQLite."""
    with Seawall(new_settings("sqlite")) as made:
        yield made


@dataclass
class Browsing:
    """A console that is served, and browsers of people who use it."""

    library: Seawall
    address: str
    chromium: Browser
    until: ExitStack
    greetings: list[str]  #: what the server said when it began
    troubles: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)  #: patterns of troubles that a test brings about itself

    def stranger(self, **options: object) -> Page:
        """A page of nobody who is known."""
        context = self.chromium.new_context(viewport=WIDE, base_url=self.address, **options)
        self.until.callback(context.close)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda said: said.type in ("error", "warning") and self.troubles.append(said.text))
        page.on("pageerror", lambda error: self.troubles.append(f"uncaught: {error}"))
        page.on("request", self._request)
        return page

    def person(self, name: str = "ann", role: Role = Role.ADMIN, **options: object) -> Page:
        """A page of a person who has signed in as any person does; the user is made where there is none."""
        if name not in {one.name for one in self.library.access.users()}:
            self.library.access.create_user(name, role, HASH)
        page = self.stranger(**options)
        sent = {"user": name, "password": PASSWORD, "next": "/console/preferences"}
        answer = page.request.post("/console/sign-in", form=sent)
        assert answer.url.endswith("/console/preferences"), answer.text()
        page.goto("/console/preferences")
        return page

    def _request(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith((self.address + "/", "data:", "blob:")):
            self.troubles.append(f"a request off the server: {url}")

    def check(self) -> None:
        """Nothing went wrong in any page, but for what is allowed."""
        left = [one for one in self.troubles if not any(re.search(known, one) for known in self.allowed)]
        assert not left, left


@pytest.fixture(scope="module")
def browsed(chromium: Browser) -> Callable[[Seawall], AbstractContextManager[Browsing]]:
    """with browsed(library) as browsing: a console over a library, and browsers for it."""

    @contextmanager
    def begin(library: Seawall) -> Iterator[Browsing]:
        greetings: list[str] = []
        with served(library, greetings=greetings) as address, ExitStack() as until:
            made = Browsing(library, address, chromium, until, greetings)
            yield made
            made.check()

    return begin


@pytest.fixture
def browsing(
    library: Seawall, browsed: Callable[[Seawall], AbstractContextManager[Browsing]]
) -> Iterator[Browsing]:
    """browsing.person("ann") is a page of somebody who has signed in."""
    with browsed(library) as made:
        yield made


#: What axe holds against a page. Of its rules, only these depend on the colours.
_OF_COLOURS = ["color-contrast", "link-in-text-block"]
_VIOLATIONS = """options => axe.run({ resultTypes: ["violations"], ...options }).then(
  found => found.violations.map(
    one => ({ id: one.id, nodes: one.nodes.map(node => [node.html, node.failureSummary]) })))"""


@pytest.fixture(scope="session")
def looked_at() -> Callable[[Page, str], None]:
    """looked_at(page, "queue"): keep pictures, wide in both colours and narrow, none of which axe faults."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    def look(page: Page, name: str, *, dark: bool = True) -> None:
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(AXE_SCRIPT)
        for size, view in (("wide", WIDE), ("narrow", NARROW)):
            page.set_viewport_size(view)
            for colours in ("light", "dark") if dark and size == "wide" else ("light",):
                page.emulate_media(color_scheme=colours)
                page.screenshot(path=PICTURES / f"{name}-{size}-{colours}.png", full_page=True)
                found = page.evaluate(_VIOLATIONS, {"runOnly": _OF_COLOURS} if colours == "dark" else {})
                assert not found, f"{name}, {size}, {colours}: {json.dumps(found, indent=1)}"
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider <= 0, f"{name}, {size}: {wider} pixels wider than its window"
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")

    return look


@pytest.fixture(autouse=True)
def _no_home() -> Iterator[None]:
    """Chromium writes nothing into anybody's home."""
    before = os.environ.get("HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        yield
    if before is None:
        os.environ.pop("HOME", None)
    else:
        os.environ["HOME"] = before
