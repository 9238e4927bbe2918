"""What clients of Hasher-Matcher-Actioner set, in a store."""

from __future__ import annotations

import pytest

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.signal import SignalType
from seawall.store.hma import DISABLED, ENABLED, Curated


def test_a_ratio_is_kept_with_its_bank(store):
    store.hma.create_bank("HALF", 0.5)
    store.create_bank("WHOLE")
    assert store.hma.ratios() == {"HALF": 0.5}
    store.hma.set_ratio("WHOLE", 0.25)
    store.hma.set_ratio("HALF", 1.0)
    assert store.hma.ratios() == {"HALF": 1.0, "WHOLE": 0.25}
    store.remove_bank("HALF", "tester", "a test")
    assert store.hma.ratios() == {"WHOLE": 0.25}
    with pytest.raises(errors.BankExists):
        store.hma.create_bank("WHOLE", 0.5)
    with pytest.raises(errors.BankNotFound):
        store.hma.set_ratio("HALF", 0.5)
    assert store.hma.ratios() == {"WHOLE": 0.25}


def test_a_disabled_content_is_not_live_until_its_time(store, make):
    store.create_bank("KNOWN")
    added = store.add_reference("KNOWN", make.listed("a"))
    assert store.hma.curated(added.seq) == Curated(ENABLED, None)
    now = int(store.reference(added.id).created_at.timestamp())
    metadata = {"content_id": "x", "json": {"é": ["\0", 1.5]}}
    for until, is_live in ((DISABLED, False), (ENABLED, True), (now - 5, True), (now + 3600, False)):
        store.hma.curate(added.seq, Curated(until, metadata))
        assert store.hma.curated(added.seq) == Curated(until, metadata)
        assert (added.seq in store.live([added.seq])) is is_live, until
    assert store.reference(added.id).state is ReferenceState.ACTIVE


def test_what_was_set_goes_with_its_content(store, make):
    store.create_bank("KNOWN")
    added = store.add_reference("KNOWN", make.listed("a"))
    assert store.hma.number(added.id) == added.seq
    store.hma.curate(added.seq, Curated(DISABLED, {"content_id": "x"}))
    store.hma.set_note(added.seq, "of it")
    assert store.reference(added.id).note == "of it"
    store.remove_reference(added.id, "tester", "a test")
    store.hma.curate(added.seq, Curated(DISABLED))
    assert store.hma.curated(added.seq) == Curated()
    assert store.hma.number(added.id) is None


def test_contents_are_counted_by_their_hashes(store, make):
    assert store.hma.counts() == {}
    assert store.hma.newest() is None
    store.create_bank("KNOWN")
    store.add_references("KNOWN", [make.listed("a"), make.listed("b"), make.file("c")])
    withdrawn = store.add_reference("KNOWN", make.listed("d"))
    store.set_state(withdrawn.id, ReferenceState.WITHDRAWN, "tester", "a test")
    counts = store.hma.counts()
    assert counts[SignalType.PDQ, "image"] == 2
    assert counts[SignalType.MD5, "video"] == 1
    assert store.hma.newest() == store.reference(withdrawn.id).created_at
