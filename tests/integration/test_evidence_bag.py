"""A bag of evidence: what others' tools say of it, and that no change to it goes unseen."""

from __future__ import annotations

import hashlib
import json
import logging
import random
import shutil
import subprocess
import sys

import bagit
import pytest
from authority import authority
from evidence_bags import ABSENT, SHA256, SIGNER, written

from seawall import errors
from seawall.evidence import layout, timestamps, verify
from seawall.evidence.bag import Bag
from seawall.evidence.checkpoint import Signer
from seawall.outbound import guarded
from seawall.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as made:
        yield made


@pytest.fixture
def bag(store, tmp_path):
    return written(store, tmp_path / "bag")


def rewritten(bag):
    """The manifests made anew, as somebody would who knows how."""
    for kind, inside in (("manifest", True), ("tagmanifest", False)):
        texts = {}
        for algorithm in layout.ALGORITHMS:
            lines = []
            for one in sorted(bag.rglob("*")):
                path = one.relative_to(bag).as_posix()
                if (
                    one.is_file()
                    and path.startswith("data/") is inside
                    and not path.startswith("tagmanifest")
                ):
                    lines.append(f"{hashlib.new(algorithm, one.read_bytes()).hexdigest()}  {path}\n")
            texts[f"{kind}-{algorithm}.txt"] = "".join(lines)
        for name, text in texts.items():
            (bag / name).write_text(text)


def test_a_bag_holds_and_says_what_was_not_looked_at(bag):
    report = verify.verify(bag, key=SIGNER.verifier)
    assert report.faults == []
    assert report.checked["custody events"] == 3
    assert report.checked["originals"] == 1
    assert any(ABSENT in one for one in report.limits)
    assert any("nobody but the service" in one for one in report.limits)
    assert any("compare it" in one for one in verify.verify(bag).limits)


def test_another_implementation_takes_the_bag(bag):
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    made = bagit.Bag(str(bag))
    assert made.validate()
    assert set(made.algorithms) == set(layout.ALGORITHMS)
    assert made.info["Source-Organization"] == "Tests with a line"
    (bag / "data" / "record.json").write_text("{}")
    assert not bagit.Bag(str(bag)).is_valid()


def test_two_authorities_attest_the_head_of_the_bag(store, new_settings, tmp_path):
    with (
        authority(tmp_path / "a", "North") as (north, first),
        authority(tmp_path / "b", "South") as (south, second),
    ):
        hosts = ",".join(one.removeprefix("http://").rstrip("/") for one in (first, second))
        web = guarded.opened(new_settings("sqlite", fetch_hosts=hosts))
        made = written(
            store,
            tmp_path / "bag",
            lambda head: {
                "n.tsr": timestamps.obtained(web, first, head),
                "s.tsr": timestamps.obtained(web, second, head),
            },
        )
    roots = timestamps.roots_of(north.root + south.root)
    assert verify.verify(made, roots).checked["timestamps"] == 2
    assert sum("was not verified" in one for one in verify.verify(made).limits) == 2
    faults = verify.verify(made, timestamps.roots_of(north.root)).faults
    assert len(faults) == 1
    assert "s.tsr" in faults[0]


def test_every_changed_bit_is_found(bag):
    files = [one for one in sorted(bag.rglob("*")) if one.is_file()]
    places = [(one, at) for one in files for at in range(one.stat().st_size)]
    chance = random.Random(1)
    for one, at in chance.sample(places, 200):
        before = one.read_bytes()
        changed = bytearray(before)
        changed[at] ^= 1 << chance.randrange(8)
        one.write_bytes(changed)
        assert not verify.verify(bag).holds, f"{one.name} at {at}"
        one.write_bytes(before)
    assert verify.verify(bag).holds


@pytest.mark.parametrize(
    "path", [layout.RECORD, layout.CASE_FILE, layout.ORIGINALS, f"{layout.SIGNALS_FOLDER}{SHA256}.json"]
)
def test_who_writes_the_manifests_anew_is_found_by_the_log(bag, path):
    (bag / path).write_bytes((bag / path).read_bytes() + b" ")
    rewritten(bag)
    report = verify.verify(bag)
    assert report.faults == ["the record is not what the custody event of its export says"]


def tampered(bag, change):
    """With other lines of the log, and the manifests written anew."""
    lines = [json.loads(line) for line in (bag / layout.EVENTS).read_text().splitlines()]
    lines = change(lines)
    (bag / layout.EVENTS).write_text("".join(json.dumps(one) + "\n" for one in lines))
    rewritten(bag)
    return verify.verify(bag).faults


def test_events_cannot_be_changed_swapped_or_moved(bag):
    def agent(lines):
        lines[0]["opened"]["agent"][1] = "eve"
        return lines

    def hashes(lines):
        agent(lines)
        lines[0]["hashes"]["agent"] = "0" * 64
        return lines

    def time(lines):
        lines[1]["at"] = "2020-01-01T00:00:00+00:00"
        return lines

    def index(lines):
        lines[1]["index"] = 4
        return lines

    saved = (bag / layout.EVENTS).read_bytes()
    for change in (
        agent,
        hashes,
        time,
        index,
        lambda lines: lines[::-1],
        lambda lines: lines[:2],
        lambda lines: [],
    ):
        assert tampered(bag, change)
        (bag / layout.EVENTS).write_bytes(saved)


def test_a_head_of_another_key_is_found(bag):
    other = Signer("tests", b"8" * 32)
    assert verify.verify(bag, key=other.verifier).faults


def test_what_is_added_or_lost_is_found(bag, tmp_path):
    for path in (
        layout.RECORD,
        layout.EVENTS,
        layout.HEAD,
        "bagit.txt",
        "manifest-sha512.txt",
        layout.ORIGINALS,
    ):
        copy = shutil.copytree(bag, tmp_path / "copy")
        (copy / path).unlink()
        assert not verify.verify(copy).holds, path
        shutil.rmtree(copy)
    (bag / "data" / "more.txt").write_text("more")
    assert not verify.verify(bag).holds


@pytest.mark.parametrize(
    "text", ["", "{}", "[]\n", '{"index": "x"}\n', "\0", '{"index": 0, "opened": [1]}\n']
)
def test_a_log_that_is_none_is_a_fault_and_no_failure(bag, text):
    (bag / layout.EVENTS).write_text(text)
    assert verify.verify(bag).faults


def test_what_is_not_finished_leaves_nothing(tmp_path):

    def fail():
        with Bag(tmp_path / "bag") as made:
            made.add(layout.RECORD, [b"{}"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "bag").mkdir()
    with pytest.raises(errors.UsageError):
        Bag(tmp_path / "bag")


def test_the_verifier_needs_neither_database_nor_network():
    code = (
        "import sys, socket; socket.socket = None; from seawall.evidence import verify;"
        "print([one for one in sys.modules if one.split('.')[0] in"
        " ('sqlalchemy', 'fastapi', 'numpy', 'av', 'httpx2', 'dbos')])"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"
