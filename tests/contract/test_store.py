"""What every store promises of its banks and references."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.signal import Signal, SignalType

ACTIVE, DISPUTED, WITHDRAWN = ReferenceState


class TestBanks:
    def test_a_bank_is_found_as_it_was_made_also_after_reopening(self, store, open_store):
        made = store.create_bank("KNOWN", negative=True, labels=["b", "a", "b"])
        assert (made.name, made.negative, made.labels, made.references) == ("KNOWN", True, ("a", "b"), 0)
        assert made.created_at == datetime(2026, 1, 2, 3, 4, 6, 678901, tzinfo=UTC)
        assert made.created_at.tzinfo is not None
        assert open_store().bank("KNOWN") == made

    def test_banks_are_listed_by_name_with_their_own_labels_and_counts(self, store, make):
        store.create_bank("b", labels=["x"])
        store.create_bank("a")
        first, *_ = store.add_references("b", [make.file("1"), make.file("2"), make.listed("3")])
        store.add_reference("a", make.file("1"))
        store.set_state(first.id, WITHDRAWN, "ann", "wrong")
        assert [(one.name, one.labels, one.references) for one in store.banks()] == [
            ("a", (), 1),
            ("b", ("x",), 2),
        ]

    @pytest.mark.parametrize("name", ["", "a b", "x" * 65, "ä", "a/b", "a\n", "\udcff"])
    def test_a_name_outside_the_rule_is_refused(self, store, name):
        with pytest.raises(errors.BadName):
            store.create_bank(name)
        assert store.banks() == []

    def test_a_second_bank_of_a_name_is_refused_and_names_tell_case(self, store):
        store.create_bank("K", labels=["first"])
        with pytest.raises(errors.BankExists):
            store.create_bank("K", negative=True)
        store.create_bank("k")
        assert store.bank("K").labels == ("first",)

    def test_what_is_not_there_is_named(self, store, make):
        for ask in (
            lambda: store.bank("no"),
            lambda: store.references("no"),
            lambda: store.export_rows("no"),
            lambda: store.remove_bank("no", "ann", "why"),
            lambda: store.add_reference("no", make.file("1")),
            lambda: store.bank("\udcff"),
        ):
            with pytest.raises(errors.BankNotFound):
                ask()

    def test_a_removed_bank_leaves_its_record_and_nothing_else(self, store, make):
        store.create_bank("A", labels=["l"])
        store.create_bank("B")
        shared, own = store.add_references("A", [make.file("shared", labels=("x",)), make.listed("own")])
        other = store.add_reference("B", make.file("shared"))
        store.remove_bank("A", "ann", "closed")
        assert [bank.name for bank in store.banks()] == ["B"]
        assert store.live_seqs() == [other.seq]
        assert store.exact(SignalType.PDQ, make.pdq("own").value) == []
        assert len(store.signals_of(other.seq)) == 3
        records = [(r.bank, r.reference, r.seq, r.name, r.actor, r.reason) for r in store.removals()]
        assert records == [
            ("A", shared.id, shared.seq, "shared", "ann", "closed"),
            ("A", own.id, own.seq, "own", "ann", "closed"),
            ("A", None, None, "A", "ann", "closed"),
        ]
        store.create_bank("A")
        assert store.bank("A").references == 0
        assert store.bank("A").labels == ()


class TestAdding:
    def test_a_file_is_stored_whole(self, store, make, open_store):
        store.create_bank("K", negative=True)
        new = make.file("clip.mp4", labels=("z", "a"), note="seen", incident="i-1")
        added = store.add_reference("K", new)
        assert (added.already, added.state) == (False, ACTIVE)
        again = open_store()
        found = again.reference(added.id)
        assert (found.id, found.bank, found.negative, found.name) == (added.id, "K", True, "clip.mp4")
        assert (found.kind, found.sha256, found.duration_s) == ("video", new.content.sha256, 31.25)
        assert (found.labels, found.origin, found.note) == (("a", "z"), "/in/clip.mp4", "seen")
        assert (found.incident, found.state) == ("i-1", ACTIVE)
        assert found.created_at.utcoffset() == timedelta(0)
        assert again.content(added.id) == new.content
        assert {signal.type: signal.value for signal in again.signals_of(added.seq)} == {
            SignalType.SHA256: bytes.fromhex(new.content.sha256),
            SignalType.MD5: bytes.fromhex(new.content.md5),
            SignalType.VIDEO: new.signals[0].value,
        }

    def test_a_lists_item_has_its_hashes_and_no_file(self, store, make):
        store.create_bank("K")
        added = store.add_reference("K", make.listed("row 7"))
        found = store.reference(added.id)
        assert (found.kind, found.sha256, found.duration_s) == ("image", None, None)
        assert store.content(added.id) is None
        assert store.signals_of(added.seq) == (make.pdq("row 7"),)

    def test_several_signals_of_a_type_keep_their_order(self, store, make):
        store.create_bank("K")
        views = tuple(make.pdq(f"view {n}") for n in (3, 1, 2))
        added = store.add_reference("K", make.file("1", *views))
        assert store.entries_after(0, 10)[0].signals == views
        assert added.seq == store.entries_after(0, 10)[0].seq

    def test_the_content_says_what_the_digest_is(self, store, make):
        store.create_bank("K")
        lie = Signal(SignalType.SHA256, 9, b"\x01" * 32)
        store.add_reference("K", make.file("1", lie))
        assert store.exact(SignalType.SHA256, lie.value) == []

    def test_the_same_file_is_there_already_and_nothing_changes(self, store, make):
        store.create_bank("K")
        first = store.add_reference("K", make.file("1", note="old"))
        second = store.add_reference("K", make.file("1", *make.video("other", version=2), note="new"))
        assert (second.id, second.seq, second.already) == (first.id, first.seq, True)
        assert store.reference(first.id).note == "old"
        assert make.video("1")[0] in store.signals_of(first.seq)
        assert store.bank("K").references == 1

    def test_a_disputed_file_that_is_added_again_stays_disputed(self, store, make):
        store.create_bank("K")
        first = store.add_reference("K", make.file("1"))
        store.set_state(first.id, DISPUTED, "ann", "doubt")
        assert store.add_reference("K", make.file("1")).already
        assert store.reference(first.id).state is DISPUTED

    def test_a_withdrawn_file_that_is_added_again_acts_again_with_an_event(self, store, make):
        store.create_bank("K")
        first = store.add_reference("K", make.file("1"))
        store.set_state(first.id, WITHDRAWN, "ann", "wrong")
        again = store.add_references("K", [make.file("1"), make.file("1")], actor="bob")
        assert [(one.id, one.already, one.state) for one in again] == [
            (first.id, False, ACTIVE),
            (first.id, True, ACTIVE),
        ]
        assert list(store.live([first.seq])) == [first.seq]
        assert [(e.actor, e.from_state, e.to_state) for e in store.events(first.id)] == [
            ("ann", ACTIVE, WITHDRAWN),
            ("bob", WITHDRAWN, ACTIVE),
        ]

    def test_a_list_that_is_read_again_does_not_undo_a_withdrawal(self, store, make):
        store.create_bank("K")
        first = store.add_reference("K", make.listed("1"))
        store.set_state(first.id, WITHDRAWN, "ann", "wrong")
        again = store.add_reference("K", make.listed("1"))
        assert (again.id, again.already, again.state) == (first.id, True, WITHDRAWN)
        assert store.live_seqs() == []

    def test_another_bank_shares_the_content_and_newer_signals_replace_older_ones(self, store, make):
        for bank in ("A", "B", "C"):
            store.create_bank(bank)
        one = store.add_reference("A", make.file("1"))
        two = store.add_reference("B", make.file("1", *make.video("new", version=2), make.pdq("frame")))
        assert two.id != one.id
        assert not two.already
        store.add_reference("C", make.file("1", *make.video("old", version=1)))
        kept = [(signal.type, signal.version) for signal in store.signals_of(one.seq)]
        assert sorted(kept) == [("md5", 1), ("pdq", 1), ("sha256", 1), ("video", 2)]
        assert store.signals_of(one.seq) == store.signals_of(two.seq)

    def test_a_lists_item_is_there_already_where_one_reference_carries_all_its_hashes(self, store, make):
        store.create_bank("K")
        store.create_bank("OTHER")
        store.add_reference("OTHER", make.listed("a"))
        a, ab, again, other, pair, file_hash = store.add_references(
            "K",
            [
                make.listed("a"),
                make.listed("ab", make.pdq("a"), make.pdq("b")),
                make.listed("again", make.pdq("a")),
                make.listed("a2", Signal(SignalType.SHA256, 1, make.pdq("a").value)),
                make.listed("ba", make.pdq("b"), make.pdq("a")),
                make.listed("file", make.pdq("f")),
            ],
        )
        assert [a.already, ab.already, again.already, other.already, pair.already] == [0, 0, 1, 0, 1]
        assert (again.id, pair.id) == (a.id, ab.id)
        # The same, met in the database and not in the same call:
        assert store.add_reference("K", make.listed("x", make.pdq("b"), make.pdq("a"))).id == ab.id
        assert store.add_reference("K", make.listed("x", make.pdq("f"))).id == file_hash.id
        assert not store.add_reference("K", make.listed("x", make.pdq("f"), make.pdq("a"))).already

    def test_a_listed_hash_of_a_file_in_the_bank_is_there_already(self, store, make):
        store.create_bank("K")
        file = make.file("1")
        added = store.add_reference("K", file)
        digest = Signal(SignalType.MD5, 1, bytes.fromhex(file.content.md5))
        assert store.add_reference("K", make.listed("row", digest)).id == added.id

    def test_a_batch_keeps_its_order_and_knows_itself(self, store, make):
        store.create_bank("K")
        news = [make.listed("a"), make.file("f"), make.listed("a"), make.listed("c"), make.file("f")]
        added = store.add_references("K", news)
        assert [one.already for one in added] == [False, False, True, False, True]
        assert added[0].id == added[2].id
        assert added[1].id == added[4].id
        assert added[0].seq < added[1].seq < added[3].seq
        assert [found.name for found in store.references("K")] == ["a", "f", "c"]

    def test_kinds_stay_with_their_items(self, store, make):
        store.create_bank("K")
        news = [make.listed(str(n)) for n in range(20)]
        kinds = ["image", "video", "audio", "image"] * 5
        news = [
            type(new)(None, kind, new.signals, new.name, "") for new, kind in zip(news, kinds, strict=True)
        ]
        store.add_references("K", news)
        assert [found.kind for found in store.references("K")] == kinds

    def test_a_batch_takes_few_statements(self, store, make):
        """Row by row it would be thousands, and a list of 100,000 hashes would take minutes."""
        from sqlalchemy import event  # noqa: PLC0415

        store.create_bank("K")
        sent = []
        event.listen(store._database._engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
        news = [make.listed(str(n)) for n in range(3000)] + [make.file(str(n)) for n in range(100)]
        added = store.add_references("K", news)
        assert len({one.seq for one in added}) == 3100
        assert len(sent) < 3100 / 20  # SQLite takes no more than 999 values at once

    def test_a_failure_half_way_leaves_nothing(self, store, make):
        store.create_bank("K")

        def news():
            yield from (make.listed(str(n)) for n in range(6000))
            raise KeyError("the list ends here")

        with pytest.raises(KeyError):
            store.add_references("K", news())
        with pytest.raises(ValueError, match="neither content nor signals"):
            store.add_references("K", [make.listed("ok"), type(make.listed("x"))(None, "image", (), "x", "")])
        assert (store.highest_seq(), list(store.references("K"))) == (0, [])
        assert not store.add_reference("K", make.listed("1")).already

    def test_names_that_are_no_text_are_kept_readable(self, store, make):
        store.create_bank("K", labels=["\udcfe"])
        added = store.add_reference("K", make.file("x", note="nul\0", labels=("\udcff",)))
        odd = make.listed("row")
        odd = type(odd)(None, "image", odd.signals, "caf\udce9.jpg", "/in/caf\udce9.jpg")
        named = store.reference(store.add_reference("K", odd).id)
        assert (named.name, named.origin) == ("caf\\udce9.jpg", "/in/caf\\udce9.jpg")
        assert store.reference(added.id).note == "nul\\x00"
        assert store.reference(added.id).labels == ("\\udcff",)
        assert store.bank("K").labels == ("\\udcfe",)

    def test_an_empty_batch_is_nothing(self, store):
        store.create_bank("K")
        assert store.add_references("K", []) == []


class TestStates:
    def test_dispute_clear_and_withdraw_are_recorded(self, store, make, open_store):
        store.create_bank("K")
        added = store.add_reference("K", make.file("1"))
        assert store.set_state(added.id, DISPUTED, "ann", "doubt").state is DISPUTED
        assert store.set_state(added.id, ACTIVE, "bob", "checked").state is ACTIVE
        assert store.set_state(added.id, DISPUTED, "ann", "still").state is DISPUTED
        assert store.set_state(added.id, WITHDRAWN, "cyd", "wrong").state is WITHDRAWN
        events = open_store().events(added.id)
        assert [(e.actor, e.from_state, e.to_state, e.reason) for e in events] == [
            ("ann", ACTIVE, DISPUTED, "doubt"),
            ("bob", DISPUTED, ACTIVE, "checked"),
            ("ann", ACTIVE, DISPUTED, "still"),
            ("cyd", DISPUTED, WITHDRAWN, "wrong"),
        ]
        assert all(e.reference == added.id and e.at.tzinfo for e in events)
        assert events[0].at < events[1].at < events[2].at < events[3].at

    @pytest.mark.parametrize("wanted", [ACTIVE, DISPUTED])
    def test_a_withdrawn_reference_stays_withdrawn(self, store, make, wanted):
        store.create_bank("K")
        added = store.add_reference("K", make.file("1"))
        store.set_state(added.id, WITHDRAWN, "ann", "wrong")
        with pytest.raises(errors.StateConflict, match="is withdrawn"):
            store.set_state(added.id, wanted, "bob", "no")
        assert store.reference(added.id).state is WITHDRAWN
        assert len(store.events(added.id)) == 1

    def test_the_state_that_it_has_is_no_event(self, store, make):
        store.create_bank("K")
        added = store.add_reference("K", make.file("1"))
        assert store.set_state(added.id, ACTIVE, "ann", "same").state is ACTIVE
        assert store.events(added.id) == []

    def test_a_removed_reference_leaves_its_record_and_its_events(self, store, make):
        store.create_bank("K")
        file = make.file("1", labels=("x",))
        added = store.add_reference("K", file)
        store.set_state(added.id, DISPUTED, "ann", "doubt")
        store.remove_reference(added.id, "bob", "asked to")
        with pytest.raises(errors.ReferenceNotFound):
            store.reference(added.id)
        assert [event.to_state for event in store.events(added.id)] == [DISPUTED]
        (record,) = store.removals()
        assert (record.bank, record.reference, record.seq, record.sha256, record.name) == (
            "K",
            added.id,
            added.seq,
            file.content.sha256,
            "1",
        )
        assert (record.actor, record.reason) == ("bob", "asked to")
        assert record.at.tzinfo is not None
        assert store.signals_of(added.seq) == ()
        assert store.exact(SignalType.SHA256, bytes.fromhex(file.content.sha256)) == []
        new = store.add_reference("K", file)
        assert (new.already, new.seq > added.seq, new.id != added.id) == (False, True, True)

    def test_an_id_that_is_not_there_is_named(self, store, make):
        store.create_bank("K")
        quiet = store.add_reference("K", make.file("quiet"))
        store.remove_reference(quiet.id, "ann", "why")
        assert store.events(quiet.id) == []
        for ask in (store.reference, store.content, store.events):
            for unknown in ("no", "\udcff"):
                with pytest.raises(errors.ReferenceNotFound):
                    ask(unknown)
        with pytest.raises(errors.ReferenceNotFound):
            store.remove_reference(quiet.id, "ann", "again")
        with pytest.raises(errors.ReferenceNotFound):
            store.set_state(quiet.id, DISPUTED, "ann", "again")


class TestClockAndIds:
    def test_times_of_any_zone_come_back_as_the_same_moment_in_utc(self, open_as):
        local = datetime(2026, 7, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
        made = open_as(now=lambda: local).create_bank("K").created_at
        assert made == local
        assert made.utcoffset() == timedelta(0)

    def test_a_clock_without_a_zone_is_refused_and_nothing_changes(self, open_as):
        store = open_as(now=lambda: datetime(2026, 7, 1))  # noqa: DTZ001
        with pytest.raises(ValueError, match="no time zone"):
            store.create_bank("K")
        assert store.banks() == []

    def test_ids_are_those_that_the_caller_makes(self, open_as, make):
        ids = iter(["one", "two", "two"])
        store = open_as(new_id=lambda: next(ids))
        store.create_bank("K")
        store.add_reference("K", make.file("1"))
        store.add_reference("K", make.file("2"))
        assert [found.id for found in store.references("K")] == ["one", "two"]
        with pytest.raises(errors.OutsideError):
            store.add_reference("K", make.file("3"))
        assert store.bank("K").references == 2


class TestThreads:
    def test_threads_that_add_at_the_same_time_lose_nothing(self, store, make):
        store.create_bank("K")
        failures = []

        def work(number):
            try:
                for n in range(10):
                    store.add_reference("K", make.file(f"{number}-{n}"))
                    store.add_reference("K", make.file(f"shared-{n}"))
                    assert len(list(store.references("K"))) >= n
            except BaseException as failure:
                failures.append(failure)
                raise

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        found = list(store.references("K"))
        assert len(found) == len({one.sha256 for one in found}) == 70
        assert all(len(store.signals_of(seq)) == 3 for seq in store.live_seqs())
