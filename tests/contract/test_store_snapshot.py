"""A snapshot has what searching needs, under the same numbers, and nothing else."""

import pytest

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.signal import SignalType
from seawall.store import Store


@pytest.fixture
def filled(store, make):
    store.create_bank("ONE", labels=["secret"])
    store.create_bank("TWO")
    store.create_bank("GOOD", negative=True)
    added = {
        name: store.add_reference(bank, make.file(name, note="who said so", labels=("person",)), actor="ann")
        for bank, name in (("ONE", "a"), ("ONE", "withdrawn"), ("TWO", "b"), ("TWO", "a"), ("GOOD", "g"))
        if name != "a" or bank == "ONE"
    }
    listed = store.add_reference("TWO", make.listed("listed"))
    store.set_state(added["withdrawn"].id, ReferenceState.WITHDRAWN, "ann", "wrong")
    store.set_state(added["b"].id, ReferenceState.DISPUTED, "ann", "perhaps")
    return {**{name: one.seq for name, one in added.items()}, "listed": listed.seq}


def snapshot(store, folder, names):
    folder.mkdir()
    store.snapshot(folder, names)
    return Store.open(folder)


def test_all_that_may_act_is_found_under_its_number(store, make, filled, tmp_path):
    with snapshot(store, tmp_path / "copy", None) as copy:
        live = [filled[name] for name in ("a", "b", "g", "listed")]
        assert copy.live_seqs() == sorted(live)
        for number in live:
            assert copy.signals_of(number) == store.signals_of(number)
        theirs, ours = store.live(live), copy.live(live)
        for number in live:
            assert ours[number].id == theirs[number].id
            assert ours[number].state is theirs[number].state
            assert (ours[number].bank, ours[number].negative) == (
                theirs[number].bank,
                theirs[number].negative,
            )
        (listed,) = (one for one in make.listed("listed").signals)
        assert copy.exact(SignalType.PDQ, listed.value) == [filled["listed"]]


def test_named_banks_come_with_the_negative_ones(store, filled, tmp_path):
    with snapshot(store, tmp_path / "copy", ["ONE"]) as copy:
        assert copy.live_seqs() == sorted([filled["a"], filled["g"]])
        assert [one.name for one in copy.banks()] == ["GOOD", "ONE"]


def test_what_a_search_does_not_look_at_stays_behind(store, filled, tmp_path):
    with snapshot(store, tmp_path / "copy", None) as copy:
        for name in ("a", "b", "g"):
            (one,) = copy.live([filled[name]]).values()
            assert (one.note, one.origin, one.labels) == (None, "", ())
        assert copy.bank("ONE").labels == ()
        assert copy.removals() == []
    written = b"".join(path.read_bytes() for path in (tmp_path / "copy").iterdir())
    assert all(word not in written for word in (b"who said so", b"ann", b"person", b"wrong", b"/in/"))


def test_a_bank_that_is_not_there_is_named(store, filled, tmp_path):
    with pytest.raises(errors.BankNotFound):
        snapshot(store, tmp_path / "copy", ["ONE", "NONE"])
