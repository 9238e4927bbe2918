"""Search by text, figures of the work, filters of the audit log, and a role, over HTTP and by the client."""

from __future__ import annotations

import pytest
from serving import client, key, served

from seawall.client import Client
from seawall.model.access import Role, Scope
from seawall.workflows.library import Seawall
from seawall.workflows.uploads import About


@pytest.fixture
def library(new_settings):
    with Seawall(new_settings("sqlite")) as made:
        made.bank_create("KNOWN")
        yield made


def test_what_was_written_is_found_page_by_page(library):
    for number in range(3):
        hashes = [{"type": "sha256", "value": f"{number}" * 64}]
        library.reference_add_hashes("KNOWN", hashes, About(f"Harbour {number}.mp4", "a list"))
    with served(library) as address, Client(address, key(library)) as seawall:
        assert [one.name for one in seawall.overview.search("reference", "HARB")] == [
            "Harbour 2.mp4",
            "Harbour 1.mp4",
            "Harbour 0.mp4",
        ]
        (one,) = seawall.overview.search("reference", "harbour 1")
        assert (one.subject, one.bank, one.state, one.case) == ("reference", "KNOWN", "active", None)
        with client(address, key(library)) as plain:
            page = plain.get("/v1/search?subject=reference&q=harbour&limit=2").json()
            more = f"&cursor={page['next_cursor']}"
            rest = plain.get("/v1/search?subject=reference&q=harbour&limit=2" + more).json()
            assert [one["name"] for one in rest["items"]] == ["Harbour 0.mp4"]
            assert rest["next_cursor"] is None
            assert plain.get("/v1/search?subject=nobody&q=x").status_code in (400, 422)


def test_figures_are_of_whole_days_and_of_no_person(library):
    with served(library) as address, Client(address, key(library)) as seawall:
        made = seawall.overview.performance(7)
        assert len(made.days) == 7
        assert made.saved_s == 0.0
        assert made.second_reads.share is None
        with client(address, key(library)) as plain:
            assert plain.get("/v1/performance?days=0").status_code in (400, 422)
            assert "tester" not in plain.get("/v1/performance").text


def test_neither_is_for_who_only_has_content_checked(library):
    with served(library) as address, client(address, key(library, Scope.CHECK)) as uploader:
        assert uploader.get("/v1/search?subject=item&q=x").status_code == 403
        assert uploader.get("/v1/performance").status_code == 403


def test_the_log_is_asked_by_call_and_time_and_a_role_is_on_it(library):
    library.access.create_user("bob", Role.ANALYST)
    with served(library) as address, Client(address, key(library)) as seawall:
        assert seawall.users.set_role("bob", "reviewer").role == "reviewer"
        (entry,) = seawall.audit(action="access_set_role")
        assert (entry.subject, entry.details) == ("bob", {"role": "reviewer"})
        assert list(seawall.audit(request=entry.request)) == [entry]
        assert list(seawall.audit(subject="bob", since=entry.at)) == [entry]
        assert list(seawall.audit(until=entry.at)) == []
    assert library.access.user("bob").role is Role.REVIEWER
