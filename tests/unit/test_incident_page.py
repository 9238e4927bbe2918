"""The record's page: whole, well-formed, of nothing but itself, and no text becomes markup."""

import re
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from seawall.model.claim import Facet, Status
from seawall.model.incident import Citation
from seawall.model.report import GEONAMES_CREDIT
from seawall.reports import highlights, markup, page, sentences
from seawall.reports.view import View
from seawall.store import Store

sys.path.insert(0, str(Path(__file__).parent))
import ledger_readings

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e</style>"


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def ledger(store):
    return store.incidents.open("A ferry", ledger_readings.document(), actor="ann")


def tree(view):
    html = page.render(view)
    assert html.startswith("<!DOCTYPE html>\n")
    return ET.fromstring(html.removeprefix("<!DOCTYPE html>\n"))


def texts(element):
    return "".join(element.itertext())


def test_the_texts_words_are_all_there_with_the_childs_name_covered(ledger):
    root = tree(View.of(ledger))
    (text,) = (one for one in root.iter("div") if one.get("class") == "text")
    for mark in text.iter("sup"):
        mark.remove(mark[0])
    shown = [texts(line) for line in text.iter("p")]
    expected = [line for line in ledger_readings.TEXT.replace("Timo Varga", "█" * 10).split("\n") if line]
    assert shown == expected


def test_each_row_leads_to_its_words_and_each_mark_to_its_row(ledger):
    root = tree(View.of(ledger))
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    links = {one.get("href") for one in root.iter("a")}
    assert links == {f"#{id_}" for id_ in ids}
    assert {f"c{n}" for n in range(1, 12)} <= set(ids)


def test_every_claim_is_marked_in_its_facets_colour_with_its_letter(ledger):
    html = page.render(View.of(ledger))
    for one in ledger.claims:
        facet, name = one.state.said.facet, one.state.id
        assert f">{highlights.LETTERS[facet]}{name[1:]}</a>" in html
        assert re.search(rf'class="[^"]*s-{name}[ "]', html)
    assert len(set(highlights.LETTERS.values())) == len(Facet)
    css = html.split("<style>")[1].split("</style>")[0]
    assert all(f".f-{facet}" in css for facet in Facet)
    inferred = re.findall(r'<span class="([^"]*\binferred\b[^"]*)"', html)
    assert any("s-c6" in classes for classes in inferred)
    assert not any("s-c3" in classes for classes in inferred)


def test_every_hedge_is_marked_in_the_text(ledger):
    root = tree(View.of(ledger))
    marked = " ".join(texts(one) for one in root.iter("span") if "hedge" in (one.get("class") or "").split())
    for word in ("is believed to", "would", "not", "apparently"):
        assert word in marked


def test_what_no_text_states_is_said_to_be_so_and_groups_are_apart(ledger):
    root = tree(View.of(ledger))
    headings = [texts(one) for one in root.iter("h2")]
    assert headings.index("The incident") < headings.index("Apart from it: threat (threat-1)")
    empty = [texts(one) for one in root.iter("h3") if "not stated" in texts(one)]
    assert len(empty) == len(Facet) - len(
        {one.state.said.facet for one in ledger.claims if one.state.said.group == "main"}
    )
    assert any("Two crews, or one." in texts(one) for one in root.iter("li"))


def test_gone_claims_are_apart_and_unmarked(store, ledger):
    rejected = replace(ledger.claims[1].state, status=Status.REJECTED)
    ledger = store.incidents.revise(ledger.id, lambda _: [rejected], actor="bob", reason="no")
    root = tree(View.of(ledger))
    assert all("s-c2" not in (one.get("class") or "").split() for one in root.iter("span"))
    assert "Rejected or withdrawn" in [texts(one) for one in root.iter("h2")]
    assert not any(one.get("href") == "#t-c2" for one in root.iter("a"))


class Loads(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.loads = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.loads += [name for name, _ in attrs if name in ("src", "srcset", "data", "action", "style")]
        self.loads += [name for name, _ in attrs if name.startswith("on")]


def test_nothing_that_comes_from_outside_becomes_markup(store):
    text = ATTACK + "\n" + ledger_readings.TEXT
    read = replace(ledger_readings.reading(text), language='en" onload="x')
    said = replace(
        ledger_readings.proposal(text, "The ferry"),
        span=ledger_readings.span(text, ATTACK),
        rule=ATTACK,
        attribution=(replace(read.proposals[7].attribution[0], source=ATTACK), ledger_readings.OUTLET),
    )
    read = replace(read, proposals=(*read.proposals, said))
    new = ledger_readings.document(text, reading=read, outlet=ATTACK, author=ATTACK, name=f"{ATTACK}.html")
    ledger = store.incidents.open(f"A {ATTACK}", new, actor=ATTACK)
    ledger = store.incidents.revise(
        ledger.id,
        lambda now: [
            Citation(now.documents[0].sha256, origin=ATTACK),
            replace(now.claims[-1].state, value=ATTACK, status=Status.EDITED),
        ],
        actor=ATTACK,
        reason=ATTACK,
    )
    html = page.render(View.of(ledger))
    loads = Loads(html)
    assert loads.loads == []
    assert loads.tags.isdisjoint({"script", "img", "link", "iframe", "object", "form", "base"})
    assert html.count("</style>") == 1
    assert "\u202e" not in html
    assert "default-src 'none'" in html.replace("&#x27;", "'")
    assert not re.search(r"url\(|@import|https?:", html.replace(markup.escaped(GEONAMES_CREDIT), ""))
    tree(View.of(ledger))


def test_two_reports_are_compared_on_it(store, ledger):
    text = "Correction\n" + ledger_readings.TEXT.replace(ledger_readings.AGE, "thirteen or more years of age")
    read = ledger_readings.reading(text, "thirteen or more years of age", (13, None))
    more = ledger_readings.document(text, reading=read, outlet="The Courier")
    ledger = store.incidents.add_document(ledger.id, more, actor="bob")
    root = tree(View.of(ledger))
    assert "age: contradiction" in [texts(one) for one in root.iter("h3")]
    assert len([one for one in root.iter("div") if one.get("class") == "text"]) == 2


def test_the_page_has_every_sentence(ledger):
    view = View.of(ledger)
    shown = texts(tree(view))
    for one in ledger.claims:
        assert sentences.claim(view, one) in shown
