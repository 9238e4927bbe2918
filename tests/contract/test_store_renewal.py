"""Signals that a reference gets later than the rest, such as the word of a network that is newly set."""

from seawall.model.signal import Signal, SignalType


def said(version: int, value: bytes = b"what it said") -> Signal:
    return Signal(SignalType.LEARNED, version, value * 20)


def of_networks(store, seq):
    return store.signals_of(seq, [SignalType.LEARNED])


def test_another_networks_word_replaces_the_last_ones_whatever_its_number(store, make):
    store.create_bank("K")
    added = store.add_reference("K", make.file("1"))
    before = store.signals_of(added.seq)
    for version in (5, 9, 2):
        store.renew_signals(added.seq, [said(version)])
        assert of_networks(store, added.seq) == (said(version),)
    store.renew_signals(added.seq, [said(2, b"again")])
    assert of_networks(store, added.seq) == (said(2),)
    assert set(before) < set(store.signals_of(added.seq))


def test_other_signals_are_renewed_only_by_newer_ones(store, make):
    store.create_bank("K")
    added = store.add_reference("K", make.file("1", *make.video("a", version=3)))
    store.renew_signals(added.seq, make.video("b", version=2))
    assert store.signals_of(added.seq, [SignalType.VIDEO]) == make.video("a", version=3)
    store.renew_signals(added.seq, make.video("b", version=4))
    assert store.signals_of(added.seq, [SignalType.VIDEO]) == make.video("b", version=4)


def test_a_number_that_is_not_there_changes_nothing(store, make):
    store.create_bank("K")
    store.renew_signals(77, [said(1)])
    assert store.signals_of(77) == ()


def test_it_is_known_whether_another_version_is_in_use(store, make):
    store.create_bank("K")
    assert not store.has_other_version(SignalType.LEARNED, 5)
    added = store.add_reference("K", make.file("1", *make.video("1"), said(5)))
    assert not store.has_other_version(SignalType.LEARNED, 5)
    assert store.has_other_version(SignalType.LEARNED, 6)
    store.remove_reference(added.id, "me", "a test")
    assert not store.has_other_version(SignalType.LEARNED, 6)
