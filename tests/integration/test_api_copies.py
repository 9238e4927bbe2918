"""Copies of an incident over HTTP: listed, counted over time, and hung below each other."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from at_work import until
from serving import client, key, served

import seawall
from seawall.client import Client
from seawall.model.hold import Rule
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.recording import NewCheck
from seawall.workflows import copies

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import ledger_readings

RULE = Rule(window_h=1, floor=10_000, factor=10.0, baseline_h=168)


def check(library, name, reference, start, end, *transforms):
    sha256 = f"{name:0>64}"
    segment = Segment(SignalType.VIDEO, 0.0, end - start, start, end, 1.0, transforms, 0.9)
    match = Match(reference, 0.9, Recommendation.STRONG, 1.0, 0.5, {"video": 0.9}, (segment,))
    context = Context(uploader="u", post=name)
    new = NewCheck(sha256, sha256, sha256[:32], "video", 60.0, None, (("K", match),), "up/key", context)
    library.seen.record_all([new], timedelta(days=1), RULE)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A library with an incident that has copies."""
    with seawall.open(tmp_path_factory.mktemp("copies") / "data") as library:
        incident = library._store.incidents.open("A", ledger_readings.document(), actor="ann").id
        library.bank_create("K")
        signals = (Signal(SignalType.PDQ, 1, b"x" * 32, 90),)
        new = NewReference(None, "video", signals, "n", "list", incident=incident)
        reference = library._store.add_reference("K", new).id
        for name, start, end in (("a", 0.0, 100.0), ("b", 20.0, 80.0), ("c", 30.0, 60.0), ("a", 0.0, 100.0)):
            check(library, name, reference, start, end)
        check(library, "d", reference, 20.0, 80.0, "mirror")
        yield library, incident


@pytest.fixture(scope="module")
def address(filled):
    with served(filled[0]) as at:
        yield at


def short(key):
    return key.lstrip("0")


def test_copies_are_listed_a_page_at_a_time(filled, address):
    library, incident = filled
    with client(address, key(library)) as caller:
        first = caller.get(f"/v1/incidents/{incident}/copies", params={"limit": 3}).json()
        assert [short(one["content"]) for one in first["items"]] == ["a", "b", "c"]
        assert first["items"][0]["times"] == 2
        rest = {"limit": 3, "cursor": first["next_cursor"]}
        last = caller.get(f"/v1/incidents/{incident}/copies", params=rest).json()
        assert ([short(one["content"]) for one in last["items"]], last["next_cursor"]) == (["d"], None)
        assert last["items"][0]["parts"][0]["transforms"] == ["mirror"]
        assert caller.get("/v1/incidents/none/copies").status_code == 404
        assert caller.get("/v1/incidents/none/family").status_code == 404
        assert caller.get("/v1/incidents/none/spread").status_code == 404


def test_the_client_reads_copies_spread_and_family(filled, address):
    library, incident = filled
    with Client(address, key=key(library)) as service:
        assert [short(one.content) for one in service.incidents.copies(incident)] == ["a", "b", "c", "d"]
        spread = service.incidents.spread(incident)
        assert (sum(one.new for one in spread.bins), sum(one.repeated for one in spread.bins)) == (4, 1)
        assert spread.complete
        family = {short(one.content): one for one in service.incidents.family(incident)}
        assert {name: one.cut_from and short(one.cut_from.content) for name, one in family.items()} == {
            "a": None,
            "b": "a",
            "c": "b",
            "d": "b",
        }
        assert (family["a"].root, family["a"].size, family["d"].cut_from.added) == (
            "none_fits",
            4,
            ("mirror",),
        )


def test_what_comes_in_is_in_the_next_answer(filled, address):
    library, incident = filled
    reference = library.copies.references(incident)[0][1].id
    with Client(address, key=key(library)) as service:
        before = len(list(service.incidents.family(incident)))
        check(library, "e", reference, 5.0, 15.0)
        assert len(list(service.incidents.family(incident))) == before + 1


def members(picture):
    """How many copies there are in a family: two that nothing tells apart are one of its nodes."""
    return sum(len(one.copies) for one in picture.family.nodes)


def test_a_family_that_is_slow_to_find_out_is_shown_while_a_newer_one_is_found_out(filled, monkeypatch):
    library, incident = filled
    reference = library.copies.references(incident)[0][1].id
    monkeypatch.setattr(copies, "_SLOW_S", 0.0)
    monkeypatch.setattr(copies, "_WORTH", 1e9)
    old = library.copies.with_family(incident)
    check(library, "f", reference, 7.0, 9.0)
    assert library.copies.with_family(incident) is old
    assert len(library.copies.of(incident).known.copies) == len(old.known.copies) + 1
    monkeypatch.setattr(copies, "_WORTH", 0)
    until(lambda: library.copies.with_family(incident) is not old)
    new = library.copies.with_family(incident)
    assert members(new) == members(old) + 1
    assert new.at > old.at
    check(library, "g", reference, 8.0, 9.5)
    monkeypatch.setattr(copies, "OLDEST_S", -1.0)
    assert members(library.copies.with_family(incident)) == members(new) + 1
