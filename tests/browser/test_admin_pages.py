"""Every page of banks, search and administration, filled with words that try to be markup."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

import seawall
from seawall.model.access import Role

sys.path.insert(0, str(Path(__file__).parent))
from administered import MARKUP, filled

PAGES = (
    ("banks", "banks", "Banks"),
    ("bank", "banks/KNOWN", "KNOWN"),
    ("bank-negative", "banks/HARMLESS", "HARMLESS"),
    ("reference", "references/{picture}", "harbour"),
    ("reference-disputed", "references/{listed}", "listed.png"),
    ("search", "search", "Search"),
    ("search-words", "search?q=harbour", "Search"),
    ("search-subject", "search?q=post&subject=item", "Search"),
    ("webhooks", "webhooks", "Webhooks"),
    ("webhook", "webhooks/{webhook}", "hook.example"),
    ("delivery", "webhooks/{webhook}/deliveries/{delivery}", "Delivery"),
    ("keys", "keys", "Keys"),
    ("users", "users", "Users"),
    ("user", "users/bob@example.org", "bob@example.org"),
    ("user-oneself", "users/ann", "ann"),
    ("policies", "policies", "Policies"),
    ("policy", "policies/KNOWN", "Policy of KNOWN"),
    ("policy-default", "policies/HARMLESS", "Policy of HARMLESS"),
    ("policy-version", "policies/KNOWN/1", "Version 1"),
    ("policy-draft", "policies/KNOWN/2", "Version 2"),
    ("policy-form", "policies/KNOWN/new", "A new version"),
    ("exchanges", "exchanges", "Exchanges"),
    ("exchange", "exchanges/partner", "partner"),
    ("exchange-form", "exchanges/new/list", "Follow a list"),
    ("jobs", "jobs", "Jobs"),
    ("jobs-parked", "jobs?state=parked", "Jobs"),
    ("job", "jobs/{job}", "Job"),
    ("audit", "audit", "Audit log"),
    ("doing", "doing", "How we are doing"),
)


@pytest.fixture(scope="module")
def site(browsed, tmp_path_factory):
    """A console with something of everything, and ids of what there is."""
    folder = tmp_path_factory.mktemp("administered")
    with seawall.open(folder / "data") as library, browsed(library) as browsing:
        browsing.person("ann", Role.ADMIN)
        yield browsing, filled(library, folder)


@pytest.fixture
def filled_page(site):
    """Somebody who may do all, and ids of what there is."""
    browsing, ids = site
    browsing.troubles.clear()
    yield browsing.person("ann", Role.ADMIN), ids
    browsing.check()


def test_every_page_is_there_and_faultless(filled_page, looked_at):
    page, ids = filled_page
    for name, path, heading in PAGES:
        answer = page.goto(f"/console/{path.format(**ids)}")
        assert answer.status == 200, (name, answer.status)
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        assert page.title() != "run", name
        looked_at(page, name)


def test_every_page_reads_from_right_to_left(filled_page, looked_at):
    page, ids = filled_page
    page.goto("/console/preferences")
    page.get_by_label("Language").select_option("ar")
    page.get_by_role("button", name="Keep").click()
    for name, path, _ in PAGES:
        assert page.goto(f"/console/{path.format(**ids)}").status == 200, name
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, name
    for name in ("reference/{picture}", "doing"):
        page.goto(f"/console/{name}".replace("reference/", "references/").format(**ids))
        looked_at(page, f"{name.partition('/')[0]}-rtl")


def test_what_others_wrote_is_shown_as_it_was_written(filled_page):
    page, ids = filled_page
    page.goto("/console/banks/KNOWN")
    expect(page.get_by_role("link", name=f"harbour {MARKUP}.png")).to_be_visible()
    page.goto(f"/console/references/{ids['picture']}")
    for said in (f"A wall {MARKUP}", f"upload {MARKUP}", f"seen {MARKUP}", f"post {MARKUP}"):
        expect(page.get_by_text(said).first).to_be_visible()
    assert page.title().startswith(f"harbour {MARKUP}")
    page.goto("/console/jobs")
    expect(page.get_by_text(f"no room {MARKUP}")).to_be_visible()
