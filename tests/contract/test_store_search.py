"""What every store promises to the index and to exact look-ups."""

from __future__ import annotations

import re

from sqlalchemy import event

from seawall.model.bank import ReferenceState
from seawall.model.signal import SignalType
from seawall.store import store as store_module


def test_entries_come_in_order_once_and_only_with_what_is_searched_by_likeness(store, make):
    store.create_bank("A")
    store.create_bank("B", negative=True)
    added = [
        *store.add_references("A", [make.file("1", *make.video("1"), make.pdq("1")), make.listed("2")]),
        store.add_reference("B", make.file("3")),
        store.add_reference("A", make.file("4", make.pdq("4"))),
    ]
    store.set_state(added[1].id, ReferenceState.WITHDRAWN, "ann", "wrong")
    seen = []
    while page := store.entries_after(seen[-1].seq if seen else 0, 3):
        assert len(page) <= 3
        seen += page
    assert [(entry.seq, entry.id) for entry in seen] == [(one.seq, one.id) for one in added]
    assert [sorted(signal.type for signal in entry.signals) for entry in seen] == [
        ["pdq", "video"],
        ["pdq"],
        ["video"],
        ["pdq"],
    ]
    assert seen[2].signals == make.video("3")


def test_an_entry_without_anything_to_search_is_still_an_entry(store, make):
    store.create_bank("K")
    digest = make.listed("d", type(make.pdq("d"))(SignalType.SHA256, 1, b"\x07" * 32))
    added = store.add_reference("K", digest)
    assert [(entry.seq, entry.signals) for entry in store.entries_after(0, 9)] == [(added.seq, ())]


def test_the_highest_number_never_falls_and_none_is_given_twice(store, make, open_store):
    assert store.highest_seq() == 0
    store.create_bank("K")
    first, second = store.add_references("K", [make.file("1"), make.file("2")])
    assert store.highest_seq() == second.seq
    store.remove_reference(second.id, "ann", "why")
    assert store.highest_seq() == second.seq
    store.remove_reference(first.id, "ann", "why")
    again = open_store()
    assert again.highest_seq() == second.seq
    assert again.add_reference("K", make.file("3")).seq > second.seq


def test_a_number_keeps_its_id_also_after_its_reference_was_taken_out(store, make):
    store.create_bank("K")
    first, second = store.add_references("K", [make.file("1"), make.file("2")])
    store.remove_reference(first.id, "ann", "why")
    assert [store.id_at(seq) for seq in (first.seq, second.seq, second.seq + 1)] == [
        first.id,
        second.id,
        None,
    ]
    store.remove_bank("K", "ann", "why")
    assert store.id_at(store.highest_seq()) == second.id


def test_live_leaves_out_withdrawn_removed_and_unknown_ones(store, make):
    store.create_bank("K")
    store.create_bank("N", negative=True)
    ok, disputed, withdrawn, removed = store.add_references("K", [make.file(str(n)) for n in range(4)])
    negative = store.add_reference("N", make.file("0"))
    store.set_state(disputed.id, ReferenceState.DISPUTED, "ann", "doubt")
    store.set_state(withdrawn.id, ReferenceState.WITHDRAWN, "ann", "wrong")
    store.remove_reference(removed.id, "ann", "why")
    live = store.live([ok.seq, disputed.seq, withdrawn.seq, removed.seq, negative.seq, 999, ok.seq])
    assert {seq: (found.id, found.state, found.negative) for seq, found in live.items()} == {
        ok.seq: (ok.id, ReferenceState.ACTIVE, False),
        disputed.seq: (disputed.id, ReferenceState.DISPUTED, False),
        negative.seq: (negative.id, ReferenceState.ACTIVE, True),
    }
    assert store.live_seqs() == [ok.seq, disputed.seq, negative.seq]
    assert store.live([]) == {}


def test_more_numbers_than_one_statement_carries(store, make):
    store.create_bank("K")
    added = store.add_references("K", [make.listed(str(n), labels=(f"l{n}",)) for n in range(2500)])
    live = store.live(list(range(40_000)))
    assert {seq: found.id for seq, found in live.items()} == {one.seq: one.id for one in added}
    assert [live[one.seq].labels for one in added] == [(f"l{n}",) for n in range(2500)]


def test_exact_finds_every_live_reference_of_a_value_and_of_its_type_only(store, make):
    store.create_bank("A")
    store.create_bank("B")
    file = make.file("1", make.pdq("p"), make.pdq("p"))
    one = store.add_reference("A", file)
    two = store.add_reference("B", file)
    listed = store.add_reference("B", make.listed("row", make.pdq("p"), make.pdq("q")))
    other = store.add_reference("B", make.listed("r", type(make.pdq("p"))(SignalType.MD5, 1, b"\0" * 16)))
    sha256 = bytes.fromhex(file.content.sha256)
    assert store.exact(SignalType.SHA256, sha256) == [one.seq, two.seq]
    assert store.exact(SignalType.MD5, bytes.fromhex(file.content.md5)) == [one.seq, two.seq]
    assert store.exact(SignalType.PDQ, make.pdq("p").value) == [one.seq, two.seq, listed.seq]
    assert store.exact(SignalType.MD5, b"\0" * 16) == [other.seq]
    assert store.exact(SignalType.MD5, sha256) == []
    assert store.exact(SignalType.SHA256, b"") == []
    assert store.exact(SignalType.VIDEO, make.video("1" * 100)[0].value) == []
    store.set_state(two.id, ReferenceState.WITHDRAWN, "ann", "wrong")
    assert store.exact(SignalType.SHA256, sha256) == [one.seq]


def test_references_and_export_go_page_by_page_while_others_write(store, make, monkeypatch):
    monkeypatch.setattr(store_module, "PAGE", 2)
    store.create_bank("A")
    store.create_bank("B")
    added = store.add_references("A", [make.file(str(n), make.pdq(str(n))) for n in range(5)])
    store.add_reference("B", make.listed("b"))
    store.set_state(added[1].id, ReferenceState.WITHDRAWN, "ann", "wrong")
    rows = store.export_rows("A")
    first, signal = next(rows)
    assert (first.name, signal.type in SignalType) == ("0", True)
    store.remove_reference(added[4].id, "ann", "why")
    rest = {(found.name, signal.type.value) for found, signal in rows}
    assert {name for name, _ in rest} == {"0", "2", "3"}
    assert {type_ for name, type_ in rest if name == "3"} == {"sha256", "md5", "pdq"}
    assert [found.name for found in store.references("A")] == ["0", "2", "3"]
    assert [found.name for found in store.references("A", include_withdrawn=True)] == ["0", "1", "2", "3"]
    assert {found.bank for found, _ in store.export_rows()} == {"A", "B"}
    withdrawn = {found.state for found, _ in store.export_rows("A", include_withdrawn=True)}
    assert ReferenceState.WITHDRAWN in withdrawn


def test_a_look_up_by_value_reads_the_index_and_not_the_table(store, make):
    """A condition that the planner does not recognise would make each look-up read all signals."""
    store.create_bank("K")
    store.add_references("K", [make.listed(str(n)) for n in range(50)])
    sent = {}
    for engine in (store._database._backend.reads, store._database._backend.writes):
        event.listen(engine, "before_cursor_execute", lambda *args: sent.update([args[2:4]]))
    store.exact(SignalType.PDQ, make.pdq("1").value)
    store.add_reference("K", make.listed("1"))
    asked = [(statement, given) for statement, given in sent.items() if "length(value)" in statement]
    assert len(asked) == 2
    for statement, given in asked:
        with store._database.read() as connection:
            if connection.dialect.name == "sqlite":
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
            else:
                for way in ("seqscan", "bitmapscan"):  # which it prefers while there are few rows
                    connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
                plan = connection.exec_driver_sql(f"EXPLAIN {statement}", given).all()
        assert re.search(r"(COVERING INDEX|Index Only Scan using) ix_signal_type_value_content_id", str(plan))
