"""Every form of the console, found by reading its pages.

None does anything without the token of a session, and none brings words of others to run, there or on any
page that shows them later.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from console_forms import Form, forms
from serving import client, served

from seawall.console import app
from seawall.model.access import Role
from seawall.model.decision import Purpose
from seawall.model.notice import Channel, Message
from seawall.model.notice_fields import NoticeKind
from seawall.model.threat import Dossier, Fact, Question
from seawall.workflows import accounts
from seawall.workflows.library import Seawall
from seawall.workflows.order_files import Came

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
import ledger_readings
import matched
from administered import MARKUP, filled
from platforms import carried_out, removal

PASSWORD = "quiet harbour wall"
HASHED = accounts.hashed(PASSWORD)
RUNS = re.compile(r"<script>document|<img src=x|alert\(1\)(?:>|&gt;)49", re.IGNORECASE)
#: Forms that end the session in which they are sent, or need no session.
OTHERS = {"/console/sign-out", "/console/sign-in", "/console/first"}
#: Changes that no form of a page sends, but a script of ours with the token in a header.
SCRIPTED = {"/console/search/file", "/console/cases/{case}/lease"}
GETS = {route.path: route for router in app.ROUTERS for route in router.routes if "GET" in route.methods}
POSTS = {route.path for router in app.ROUTERS for route in router.routes if "POST" in route.methods}


@dataclass
class Site:
    """A console in which there is something of everything, and who may do all."""

    library: Seawall
    caller: httpx2.Client
    addresses: list[str]

    @property
    def token(self) -> str:
        return self.caller.get("/v1/session").json()["csrf"]

    def pages(self) -> dict[str, str]:
        """The text of each page that is there, by address."""
        found = {}
        for address in self.addresses:
            answer = self.caller.get(address, follow_redirects=True)
            assert answer.status_code < 500, (address, answer.text)
            found[address] = answer.text
        return found

    def forms(self, method: str) -> list[Form]:
        """All forms of all pages, each once."""
        seen: dict[tuple[object, ...], Form] = {}
        for address, text in self.pages().items():
            for form in forms(text, address):
                names = tuple(
                    (one.name, one.value if one.kind in ("button", "hidden") else "") for one in form.fields
                )
                key = (form.action, *(one for one in names if one[0] != "csrf"))
                ours = form.action.startswith("/console/") and route_of(form.action) not in OTHERS
                if form.method == method and ours:
                    seen.setdefault(key, form)
        return list(seen.values())


def route_of(address: str) -> str:
    """The route that an address leads to."""
    path = address.partition("?")[0]
    for route in sorted(POSTS | set(GETS), key=lambda one: (one.count("{"), one)):
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)), path):
            return route
    raise AssertionError(f"no route is at {address}")


def everything(library: Seawall, folder: Path) -> dict[str, str]:
    """Something of everything; ids by the names that routes have for them."""
    ids = filled(library, folder)
    opened = library._store.incidents.open("A ferry " + MARKUP, ledger_readings.document(), actor="ann")
    known = matched.reference(library, MARKUP, labels=(MARKUP,), note=MARKUP, incident=opened.id)
    case = matched.item(library, known, uploader=MARKUP, post=MARKUP)
    second = matched.item(library, known, sha256="b" * 64, post="second")
    [waits] = [one for _, one in library.cases.items(limit=1000) if one.case == second]
    library._store.decisions.make(removal(waits, purpose=Purpose.UNCLEAR), user="bob", actor="bob")
    library.cases.take(second, user="ann")
    mine = matched.item(library, known, sha256="d" * 64, post="mine")
    [own] = [one for _, one in library.cases.items(limit=1000) if one.case == mine]
    library.cases.decide(removal(own), user="ann")
    decided = matched.item(library, known, sha256="c" * 64, post="decided")
    [item] = [one for _, one in library.cases.items(limit=1000) if one.case == decided]
    made = library._store.decisions.make(removal(item), user="bob", actor="bob")
    carried_out(library._store, made)
    library.cases.take(case, user="ann")
    notice = library.notices.receive(
        Message(
            kind=NoticeKind.ORDER,
            received_at=datetime.now(UTC) - timedelta(minutes=5),
            zone="UTC",
            channel=Channel.EMAIL,
            subject=MARKUP,
            posts=(MARKUP,),
            grounds=MARKUP,
        )
    )
    path = folder / "order.txt"
    path.write_text(f"SECTION A\nReference number: {MARKUP}\n", encoding="utf-8")
    came = Came(datetime.now(UTC) - timedelta(minutes=5), "UTC", name=MARKUP)
    dossier = Dossier((Fact(Question.WHAT, MARKUP, MARKUP),), MARKUP)
    return {
        **ids,
        "file": library.order_files.take(path, came).id,
        "threat": library.threats.report(dossier).id,
        "annex": "ii",
        "year": "2026",
        "figure": "tco_orders",
        "name": "KNOWN",
        "bank": "KNOWN",
        "case": case,
        "item": library.cases.get(case).items[0],
        "second": second,
        "decided": decided,
        "decision": made.id,
        "incident": opened.id,
        "notice": notice.id,
        "clock": notice.clocks[0].id,
        "reference": ids["picture"],
        "version": "2",
        "adapter": "local-file",
    }


def addresses(ids: dict[str, str]) -> list[str]:
    """Of each page, some of them more than once."""
    named = {"/console/exchanges/{name}": "partner", "/console/users/{name}": "bob@example.org"}
    found = [
        path.format_map({**ids, "name": named.get(path, ids["name"])})
        for path in GETS
        if path not in OTHERS | {"/console/incidents/record.css"}
    ]
    more = [f"/console/cases/{ids[one]}" for one in ("second", "decided")]
    more += [
        f"/console/references/{ids['listed']}",
        "/console/policies/KNOWN/1",
        "/console/queue?order=severity",
    ]
    more += [
        f"/console/queue/inherit?case={ids['case']}",
        "/console/search?q=harbour",
        "/console/jobs?state=parked",
    ]
    return found + more


@pytest.fixture
def site(new_settings, tmp_path):
    with Seawall(new_settings("sqlite", undo_s=3600)) as library:
        library.access.create_user("ann", Role.ADMIN, HASHED)
        library.access.create_user("bob", Role.REVIEWER, HASHED)
        ids = everything(library, tmp_path)
        with served(library) as address, client(address, None) as caller:
            sent = {"user": "ann", "password": PASSWORD}
            assert caller.post("/console/sign-in", data=sent).status_code == 303
            yield Site(library, caller, addresses(ids))


def test_every_change_of_the_console_is_a_form_that_is_tried(site):
    found = {route_of(form.action) for form in site.forms("post")}
    conditional = {
        "/console/cases/{case}/take",  # of a case that nobody has
        "/console/policies/{bank}/{version}/sign",  # of a rule that acts
        "/console/clocks/{clock}/resume",
        "/console/clocks/{clock}/extend",
        "/console/queue/inherit",
        "/console/references/{reference}/release",
        "/console/jobs/{job}/cancel",
        "/console/users/{name}/enable",
        "/console/webhooks/{webhook}/deliveries/{delivery}/replay",
        "/console/inbox/{notice}/unlink",
        "/console/inbox/{notice}/scrutiny",  # of an order across borders
        "/console/inbox/{notice}/scrutiny/outcome",
    }
    assert found | SCRIPTED | OTHERS | conditional == POSTS


def test_no_form_does_anything_without_the_token_of_its_session(site):
    other = client(str(site.caller.base_url), None)
    with other:
        assert other.post("/console/sign-in", data={"user": "bob", "password": PASSWORD}).status_code == 303
        others = other.get("/v1/session").json()["csrf"]
    before = (site.library.access.entries(limit=1)[0].number, site.pages())
    actions = {form.action for form in site.forms("post")}
    actions |= {re.sub(r"\{\w+\}", "x", one) for one in POSTS - OTHERS}
    for action in sorted(actions):
        for token in (None, "", "0" * 64, others):
            given = {} if token is None else {"csrf": token}
            answer = site.caller.post(action, data=given)
            assert answer.status_code == 403, (action, token, answer.status_code)
        answer = site.caller.post(
            action, headers={"X-CSRF-Token": site.token, "Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 403, action
    written = site.library.access.entries(limit=1000)
    assert {one.number for one in written if one.number > before[0]} == set()


def test_words_of_others_run_nowhere_whatever_form_they_were_written_in(site):
    token = site.token
    for form in site.forms("post"):
        sent = [(name, token if name == "csrf" else value) for name, value in form.filled(MARKUP)]
        answer = site.caller.post(form.action, data=dict(sent), follow_redirects=True)
        assert answer.status_code < 500, (form.action, answer.text)
        assert not RUNS.search(answer.text), (form.action, RUNS.search(answer.text))
    for address, text in site.pages().items():
        assert not RUNS.search(text), (address, RUNS.search(text))


def test_words_in_an_address_run_nowhere(site):
    for form in site.forms("get"):
        answer = site.caller.get(form.action, params=form.filled(MARKUP), follow_redirects=True)
        assert answer.status_code < 500, form.action
        assert not RUNS.search(answer.text), form.action
    for path, route in GETS.items():
        names = [one.alias for one in route.dependant.query_params] + [
            "q",
            "said",
            "cursor",
            "after",
            "queue",
        ]
        place = re.sub(r"\{\w+\}", "x%3Cimg%20src=x%3E", path)
        for address in (place, *(one for one in site.addresses if route_of(one) == path)):
            answer = site.caller.get(
                address.partition("?")[0], params=dict.fromkeys(names, MARKUP), follow_redirects=True
            )
            assert answer.status_code < 500, (address, answer.text)
            assert not RUNS.search(answer.text), address
