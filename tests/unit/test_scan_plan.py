"""A plan says the same whenever it is read, and a batch's name follows from its files alone."""

import json

import pytest
from hypothesis import given, strategies as st

from seawall import errors
from seawall.workflows import scan_plan

CALL = scan_plan.Call("/in", None, signals_only=False, batch=3, seawall="1", model=None)


def addresses(count):
    return [f"/in/{number}.mp4" for number in range(count)]


def written(tmp_path, count=8):
    return scan_plan.write(tmp_path / "plan.jsonl", CALL, iter(addresses(count)), "in")


def test_what_is_written_is_read(tmp_path):
    made = written(tmp_path)
    read = scan_plan.read(made.path)
    assert read == made
    assert (read.batches, read.files) == (3, 8)
    assert [one for batch in read.each() for one in batch.files] == addresses(8)
    assert [len(batch.files) for batch in read.each()] == [3, 3, 2]


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_two_batches_have_one_name_only_where_they_have_the_same_files(one, other):
    assert (scan_plan.batch_id(one) == scan_plan.batch_id(other)) == (one == other)


def test_a_name_with_bytes_that_are_no_text_stays_as_it_is(tmp_path):
    awkward = ["/in/a\udcff\n.mp4", "/in/\u00e9 '\".mp4"]
    plan = scan_plan.write(tmp_path / "plan.jsonl", CALL, iter(awkward), "in")
    assert [one for batch in scan_plan.read(plan.path).each() for one in batch.files] == awkward


def test_a_source_without_a_file_leaves_no_plan(tmp_path):
    with pytest.raises(errors.BadSource, match="in cannot be scanned: there is no file in it"):
        written(tmp_path, 0)
    assert list(tmp_path.iterdir()) == []


def spoil_cut(lines):
    return lines[:-1]


def spoil_swapped(lines):
    record = json.loads(lines[1])
    return [lines[0], json.dumps({**record, "files": ["/in/other.mp4"]}), *lines[2:]]


def spoil_schema(lines):
    return [lines[0].replace("seawall.scan-plan/1", "seawall.scan-plan/9"), *lines[1:]]


def spoil_text(lines):
    return ["no plan", *lines[1:]]


@pytest.mark.parametrize("spoil", [spoil_cut, spoil_swapped, spoil_schema, spoil_text])
def test_a_damaged_plan_is_named(tmp_path, spoil):
    path = written(tmp_path).path
    path.write_text("\n".join(spoil(path.read_text().splitlines())) + "\n")
    with pytest.raises(errors.ScanCorrupt, match=r"plan\.jsonl"):
        list(scan_plan.read(path).each())
