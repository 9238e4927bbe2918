"""What leaves: a bag that others' tools take, bound to the log, that names no more than it may."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime

import bagit
import pytest
from test_preserving import BYTES, SHA256, Now, done, events, library, listed, uploaded  # noqa: F401

from seawall import errors
from seawall.evidence import layout, verify
from seawall.model.custody import CustodyType
from seawall.model.decision import Basis as CaseBasis
from seawall.model.preservation import Basis, Purpose
from seawall.store.tasks import Task
from seawall.workflows.dossier import AboutKind
from seawall.workflows.exporting import Wanted
from seawall.workflows.tasks import HANDLERS, Kind

from platforms import removal  # isort: skip - its folder is named by test_preserving


@pytest.fixture
def case(library, tmp_path):  # noqa: F811 - the fixture
    item = uploaded(library, tmp_path, uploader="u-1", post="p-1", url="https://e.example/<p>")
    other = listed(library, "c" * 64, post="p-2")
    made = library.cases.decide(removal(item, not_preserved=None), user="ann", undo_s=0)
    done(library, made)
    done(library, library.cases.decide(removal(other), user="ann", undo_s=0))
    return library.cases.open(CaseBasis.CHOSEN, "x", [item.id, other.id]).id


def wanted(case, purpose=Purpose.PROSECUTION):
    return Wanted(AboutKind.CASE, case, Basis.AUTHORITY, "Court of North", "order 12 K 3", purpose)


def test_a_bag_of_a_case_holds_and_others_take_it(library, case, tmp_path):  # noqa: F811
    made = library.exporting.export(wanted(case), tmp_path / "bag", user="ann")
    assert (made.originals, made.absent) == (1, 1)
    report = verify.verify(made.place, key=library.preserving.verifier())
    assert report.faults == []
    assert report.checked["record bound to the log"] == 1
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    assert bagit.Bag(str(made.place)).validate()
    assert (made.place / f"{layout.ORIGINALS_FOLDER}{SHA256}.bin").read_bytes() == BYTES
    record = json.loads((made.place / layout.RECORD).read_text())
    assert [one["sha256"] for one in record["items"]] == [SHA256, "c" * 64]
    assert {one["ruling"]["choice"] for one in record["decisions"]} == {"remove"}
    assert record["export"]["purpose"] == "prosecution"
    page = (made.place / layout.CASE_FILE).read_text()
    assert "https://e.example/&lt;p&gt;" in page
    assert "<script" not in page
    lines = [json.loads(line) for line in (made.place / layout.EVENTS).read_text().splitlines()]
    assert [one["type"] for one in lines].count("action on the platform") == 2
    assert lines[-1]["type"] == "exporting"
    [reading] = library._store.preservations.of(SHA256)[0].readings
    assert (reading.user, reading.purpose) == ("ann", Purpose.PROSECUTION)


def test_without_a_purpose_no_original_leaves(library, case, tmp_path):  # noqa: F811
    made = library.exporting.export(wanted(case, None), tmp_path / "bag", user="ann")
    assert made.originals == 0
    assert not (made.place / layout.ORIGINALS_FOLDER).exists()
    report = verify.verify(made.place)
    assert report.faults == []
    assert any("no purpose was named" in one for one in report.limits)
    assert library._store.preservations.of(SHA256)[0].readings == ()
    with pytest.raises(errors.BadRequest):
        library.exporting.export(
            Wanted(AboutKind.CASE, case, Basis.AUTHORITY, " ", "r"), tmp_path / "other", user="ann"
        )
    assert not (tmp_path / "other").exists()


def test_an_original_that_changed_is_absent_and_the_bag_says_why(library, case, tmp_path):  # noqa: F811
    [known] = library._store.preservations.of(SHA256)
    library.objects.remove(known.locked_sha256)
    made = library.exporting.export(wanted(case), tmp_path / "bag", user="ann")
    assert made.originals == 0
    assert any("gone from the vault" in one for one in verify.verify(made.place).limits)


def test_a_job_writes_it_once(library, case):  # noqa: F811
    payload = {
        "kind": "case",
        "id": case,
        "basis": "authority",
        "recipient": "Court",
        "reason": "r",
        "purpose": None,
        "user": "ann",
    }
    task = Task("export-1", "export", payload, datetime.now(UTC))
    first = HANDLERS[Kind.EXPORT](library, task, Now())
    assert HANDLERS[Kind.EXPORT](library, task, Now()) == first
    assert len(events(library, type=CustodyType.EXPORT)) == 1
    assert verify.verify(library.exporting.place("export-1")).holds


def test_the_command_verifies_alone_and_finds_a_changed_byte(library, case, tmp_path):  # noqa: F811
    made = library.exporting.export(wanted(case), tmp_path / "bag", user="ann")
    key = library.preserving.verifier().encoded()
    command = [sys.executable, "-m", "seawall", "--data", tmp_path / "nowhere", "evidence", "verify"]
    command += [made.place, "--key", key, "--json"]
    held = subprocess.run(command, capture_output=True, text=True, check=False)
    assert held.returncode == 0, held.stdout + held.stderr
    assert json.loads(held.stdout)["holds"] is True
    assert not (tmp_path / "nowhere").exists()
    path = made.place / layout.RECORD
    path.write_bytes(path.read_bytes().replace(b"remove", b"retain", 1))
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 30
    assert json.loads(found.stdout)["faults"]
