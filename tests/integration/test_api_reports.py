"""The yearly report over HTTP, by the client and on the console."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from serving import client, key, served

from seawall import errors
from seawall.client import Client
from seawall.model.access import Role, Scope
from seawall.model.notice import Channel, Message, Particular
from seawall.model.notice_fields import NoticeKind
from seawall.model.yearly_figures import FIGURES
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

PASSWORD = "quiet harbour wall"
SENDER = "Person Who-Is-Named"


@pytest.fixture
def library(new_settings):
    with Seawall(new_settings("sqlite")) as made:
        for number, country in enumerate(("BE", "BE", "Norway", "DE")):
            given = (Particular("law", "tco"), Particular("country", country))
            at = datetime(2026, 1 + number, 2, tzinfo=UTC)
            message = Message(NoticeKind.ORDER, at, "UTC", Channel.EMAIL, "x", SENDER, particulars=given)
            made._store.notices.receive(message, "UTC", actor="ann")
        yield made


def test_each_number_leads_to_as_many_rows(library):
    with served(library) as address, Client(address, key(library)) as seawall:
        made = seawall.reports(2026)
        assert [one.id for one in made.figures] == [one.id for one in FIGURES]
        orders = made.figures[0]
        assert (orders.count, {part.id: part.count for part in orders.parts if part.count}) == (
            4,
            {"BE": 2, "DE": 1, "elsewhere": 1},
        )
        assert [month.count for month in orders.months] == [1, 1, 1, 1, *([0] * 8)]
        rows = list(seawall.reports.rows(2026, "tco_orders"))
        assert len(rows) == 4
        assert {row.subject for row in rows} == {"notice"}
        assert list(seawall.reports.rows(2026, "tco_orders", part="BE")) == rows[:2]
        assert list(seawall.reports.rows(2026, "tco_orders", month=4)) == rows[3:]
        with client(address, key(library)) as plain:
            assert len(plain.get(orders.rows).json()["items"]) == orders.count
            first = plain.get(f"{orders.rows}?limit=3").json()
            rest = plain.get(f"{orders.rows}?limit=3&cursor={first['next_cursor']}").json()
            assert [one["id"] for one in (*first["items"], *rest["items"])] == [row.id for row in rows]
            assert rest["next_cursor"] is None
        assert seawall.reports(2025).figures[0].count == 0
        for wrong in ({"figure": "nothing"}, {"figure": "tco_orders", "part": "XX"}):
            with pytest.raises(errors.RecordNotFound):
                list(seawall.reports.rows(2026, **wrong))


def test_table_and_page_say_the_same_and_name_nobody(library):
    with served(library) as address, Client(address, key(library)) as seawall:
        table, page = seawall.reports.csv(2026), seawall.reports.html(2026, links=False)
        whole = next(csv.DictReader(io.StringIO(table)))
        assert (whole["figure"], whole["count"]) == ("tco_orders", "4")
        assert "<svg" in page
        assert "<a " not in page
        assert '"/v1/reports/2026/rows/tco_orders"' in seawall.reports.html(2026)
        for text in (table, page):
            assert SENDER not in text
            assert "Norway" not in text
        with client(address, key(library)) as plain:
            shown = plain.get("/v1/reports/2026/html")
            assert "'unsafe-inline'" in shown.headers["content-security-policy"]
            assert plain.get("/v1/reports/1999").status_code in (400, 422)
        with client(address, key(library, Scope.CHECK)) as uploader:
            assert uploader.get("/v1/reports/2026").status_code == 403


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_console_shows_it_and_its_rows(library, language):
    library.access.create_user("ann", Role.AUDITOR, accounts.hashed(PASSWORD))
    with served(library) as address, client(address, None) as browser:
        browser.cookies.set("seawall_language", language)
        assert browser.post("/console/sign-in", data={"user": "ann", "password": PASSWORD}).status_code == 303
        page = browser.get("/console/reports?year=2026").text
        for link in sorted(set(re.findall(r'href="(/console/reports/2026/[^"]+)"', page))):
            assert browser.get(link.replace("&amp;", "&")).status_code == 200
        assert "/console/reports/2026/tco_orders?part=BE" in page
        rows = browser.get("/console/reports/2026/tco_orders?part=BE").text
        assert rows.count("<tr data-line>") == 2
        assert SENDER not in rows
        assert "/console/inbox/" not in rows.partition("<main")[2]  # an auditor has no inbox
        assert browser.get("/console/reports?year=x").status_code == 200
