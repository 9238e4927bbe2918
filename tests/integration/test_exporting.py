"""What leaves: a bag that others' tools take, bound to the log, that names no more than it may."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import subprocess
import sys
from datetime import UTC, datetime

import bagit
import numpy as np
import pytest
from drawn import needs_detector
from PIL import Image
from test_preserving import BYTES, SHA256, Now, done, events, library, listed, uploaded  # noqa: F401

from seawall import errors
from seawall.evidence import layout, verify
from seawall.media import faces, mosaic, storyboard
from seawall.model.custody import CustodyType, Outcome
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


def still(seed=1):
    """Noise, of which a mosaic leaves next to nothing."""
    file = io.BytesIO()
    noise = np.random.default_rng(seed).integers(0, 256, (96, 128, 3), np.uint8)
    Image.fromarray(noise).save(file, "PNG")
    return file.getvalue()


def a_case(library, tmp_path, *labels):  # noqa: F811 - the fixture
    item = uploaded(library, tmp_path, still(), post="p-9", labels=labels)
    return library.cases.open(CaseBasis.CHOSEN, "x", [item.id]).id


def copied(made):
    """What the bag says of its working copies, with how much detail each of them has."""
    [said] = json.loads((made.place / layout.COPIES).read_text())
    spread = [
        float(np.asarray(Image.open(made.place / one["path"]).convert("L"), float).std())
        for one in said["frames"]
    ]
    return said, spread


class TestWorkingCopies:
    """No way of an export gives a picture that is not covered without somebody who takes it upon them."""

    SHA256 = hashlib.sha256(still()).hexdigest()

    def created(self, library):  # noqa: F811 - the fixture
        return [
            (one.says("outcome"), one.says("detail"))
            for one in library.preserving.events(
                sha256=self.SHA256, type_=CustodyType.CREATION, after=-1, limit=9
            )
        ]

    @needs_detector
    def test_a_copy_is_an_event_that_says_how_it_was_made(self, library, tmp_path):  # noqa: F811
        made = library.exporting.export(wanted(a_case(library, tmp_path), None), tmp_path / "bag", user="ann")
        said, _ = copied(made)
        assert (made.originals, made.copies) == (0, 1)
        assert (said["cells"], said["detector"]) == (mosaic.CELLS, faces.tool())
        assert {one["over_faces"] for one in said["frames"]} == {"found"}
        [(outcome, detail)] = self.created(library)
        assert outcome == Outcome.SUCCESS
        assert detail["frames"] == said["frames"]
        report = verify.verify(made.place)
        assert report.faults == []
        assert report.checked["frames of working copies"] == 1
        lines = [json.loads(line) for line in (made.place / layout.EVENTS).read_text().splitlines()]
        assert "creation" in {one["type"] for one in lines}
        assert self.SHA256 in (made.place / layout.CASE_FILE).read_text()

    @pytest.mark.parametrize("opened", [None, "the court asks who it is"])
    def test_where_children_are_in_it_everything_is_covered_whoever_asks(self, library, tmp_path, opened):  # noqa: F811
        case = a_case(library, tmp_path, "harmed-children")
        asked = Wanted(AboutKind.CASE, case, Basis.AUTHORITY, "Court", "r", open_faces=opened)
        said, [spread] = copied(library.exporting.export(asked, tmp_path / "bag", user="ann"))
        assert [(one["over_faces"], one["regions"]) for one in said["frames"]] == [("whole", 1)]
        assert spread < 12  # of about 40

    def test_faces_are_open_only_where_somebody_says_why_on_record(self, library, tmp_path):  # noqa: F811
        case = a_case(library, tmp_path)
        asked = Wanted(AboutKind.CASE, case, Basis.AUTHORITY, "Court", "r", open_faces="the court asks")
        made = library.exporting.export(asked, tmp_path / "bag", user="ann")
        said, [spread] = copied(made)
        assert [one["over_faces"] for one in said["frames"]] == ["open"]
        assert spread > 20
        [exported] = events(library, type=CustodyType.EXPORT)
        assert exported.says("detail")["open_faces"] == "the court asks"
        assert (
            json.loads((made.place / layout.RECORD).read_text())["export"]["open_faces"] == "the court asks"
        )
        for words in ("", " ", "x" * 501):
            with pytest.raises(errors.BadRequest):
                library.exporting.export(
                    Wanted(AboutKind.CASE, case, Basis.AUTHORITY, "Court", "r", open_faces=words),
                    tmp_path / "other",
                    user="ann",
                )
        assert not (tmp_path / "other").exists()

    def test_without_a_detector_all_of_a_picture_is_covered_and_the_bag_says_so(
        self,
        library,  # noqa: F811 - the fixture
        tmp_path,
        monkeypatch,
    ):
        def here(data, name, task, asked):
            assert task == "seawall.media.storyboard:as_it_leaves"
            return storyboard.as_it_leaves(data, **asked)

        monkeypatch.setattr(faces, "_detector", lambda: None)
        monkeypatch.setattr(library._sandbox, "run_bytes", here)
        made = library.exporting.export(wanted(a_case(library, tmp_path), None), tmp_path / "bag", user="ann")
        said, [spread] = copied(made)
        assert [(one["over_faces"], one["regions"]) for one in said["frames"]] == [("whole", 1)]
        assert said["detector"] is None
        assert spread < 12  # of about 40
        assert verify.verify(made.place).faults == []

    def test_a_frame_that_cannot_be_covered_does_not_leave_and_the_bag_says_so(
        self,
        library,  # noqa: F811 - the fixture
        tmp_path,
        monkeypatch,
    ):
        def crashed(*_, **__):
            raise errors.DecoderCrashed(path="frame", cause="signal 11")

        monkeypatch.setattr(library._sandbox, "run_bytes", crashed)
        made = library.exporting.export(wanted(a_case(library, tmp_path), None), tmp_path / "bag", user="ann")
        assert made.copies == 0
        assert not (made.place / layout.COPIES_FOLDER).exists()
        [said] = json.loads((made.place / layout.COPIES).read_text())
        assert "crash" in said["absent"]
        assert self.created(library) == [(Outcome.FAILURE, {"error": "decoder_crashed"})]
        report = verify.verify(made.place)
        assert report.faults == []
        assert any("no working copy" in one for one in report.limits)

    @pytest.mark.parametrize("answer", ["open", "found"])
    def test_a_child_that_says_it_covered_less_is_not_believed(self, library, tmp_path, monkeypatch, answer):  # noqa: F811
        told = {"jpeg": b"\xff\xd8\xff", "over": answer, "regions": 0}
        monkeypatch.setattr(library._sandbox, "run_bytes", lambda *_, **__: told)
        case = a_case(library, tmp_path, "children")
        assert library.exporting.export(wanted(case, None), tmp_path / "bag", user="ann").copies == 0

    def test_the_original_stays_as_it_is(self, library, tmp_path):  # noqa: F811
        case = a_case(library, tmp_path, "child")
        library.exporting.export(wanted(case, None), tmp_path / "bag", user="ann")
        with library.objects.open(self.SHA256) as kept:
            assert kept.read() == still()
