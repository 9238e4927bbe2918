"""No way of an export gives a picture that is not covered without somebody who takes it upon them."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from pathlib import Path

import drawn
import numpy as np
import pytest
from drawn import needs_detector
from evidence_bags import rewritten
from PIL import Image
from serving import client, key, served
from test_preserving import Now, events, uploaded

from seawall import config, errors
from seawall.evidence import layout, verify
from seawall.media import faces, mosaic, storyboard
from seawall.model.custody import CustodyType, Outcome
from seawall.model.decision import Basis as CaseBasis
from seawall.model.preservation import Basis
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.access import AuditFilter
from seawall.workflows.dossier import AboutKind
from seawall.workflows.exporting import Wanted
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import HANDLERS, Kind

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    values = {setting.name: setting.default for setting in config.SETTINGS}
    data = str(tmp_path_factory.mktemp("data"))
    with Seawall(config.Settings({**values, "data": data, "workers": 1, "hotline": "hotline"})) as made:
        made.bank_create("K")
        made.bank_create("CHILDREN", labels=["Children"])
        yield made


def a_case(library, tmp_path, data, *, bank="K", **context):
    """A case on one upload, and the upload's SHA-256."""
    number = next(_numbers)
    signal = Signal(SignalType.PDQ, 1, number.to_bytes(32, "big"), 90)
    library.known = library._store.add_reference(bank, NewReference(None, "image", (signal,), "1", "l")).id
    item = uploaded(library, tmp_path, data, post=f"p-{number}", **context)
    return library.cases.open(CaseBasis.CHOSEN, "x", [item.id]).id, item


def still():
    """Noise, of which a mosaic leaves next to nothing; another picture each time."""
    noise = np.random.default_rng(next(_numbers)).integers(0, 256, (96, 128, 3), np.uint8)
    return drawn.encoded(noise, "PNG")


def exported(library, tmp_path, case, opened=None):
    wanted = Wanted(AboutKind.CASE, case, Basis.AUTHORITY, "Court", "r", open_faces=opened)
    return library.exporting.export(wanted, tmp_path / "bag", user="ann")


def copied(made):
    """What the bag says of its working copies, and the pictures."""
    [said] = json.loads((made.place / layout.COPIES).read_text())
    pictures = [
        np.asarray(Image.open(io.BytesIO((made.place / one["path"]).read_bytes())), float)
        for one in said["frames"]
    ]
    return said, pictures


def lies(said):
    return [(one["over_faces"], one["regions"]) for one in said["frames"]]


def created(library, item):
    known = events(library, object=item.sha256, type=CustodyType.CREATION)
    return [(one.says("outcome"), one.says("detail")) for one in known]


@needs_detector
def test_a_face_is_covered_and_the_copy_is_an_event_that_says_how(library, tmp_path):
    rgb, box = drawn.face(240)
    case, item = a_case(library, tmp_path, drawn.encoded(rgb, "PNG"))
    made = exported(library, tmp_path, case)
    said, [picture] = copied(made)
    assert (made.originals, made.copies) == (0, 1)
    assert (said["cells"], said["detector"]) == (mosaic.CELLS, faces.tool())
    [(over, regions)] = lies(said)
    assert (over, regions > 0) == ("found", True)
    face = np.s_[round(box.top) : round(box.bottom), round(box.left) : round(box.right)]
    assert np.abs(np.diff(picture[face], axis=1)).max() < 12  # there are no eyes and no mouth
    assert np.abs(picture - rgb)[:16, :16].max() < 8  # what is far from it stays
    [(outcome, detail)] = created(library, item)
    assert outcome == Outcome.SUCCESS
    assert detail["frames"] == said["frames"]
    assert (
        said["frames"][0]["sha256"]
        == hashlib.sha256((made.place / said["frames"][0]["path"]).read_bytes()).hexdigest()
    )
    report = verify.verify(made.place)
    assert report.faults == []
    assert report.checked["frames of working copies"] == 1
    lines = [json.loads(line) for line in (made.place / layout.EVENTS).read_text().splitlines()]
    assert "creation" in {one["type"] for one in lines}
    page = (made.place / layout.CASE_FILE).read_text()
    assert (item.sha256 in page, "<img" in page, "data:image" in page) == (True, False, False)


@pytest.mark.parametrize("opened", [None, "the court asks who it is"])
@pytest.mark.parametrize("said_by", [{"labels": ("harmed-children",)}, {"bank": "CHILDREN"}])
def test_where_children_are_in_it_everything_is_covered_whoever_asks(library, tmp_path, opened, said_by):
    data = still()
    case, item = a_case(library, tmp_path, data, **said_by)
    said, [picture] = copied(exported(library, tmp_path, case, opened))
    assert lies(said) == [("whole", 1)]
    assert picture.std() < 20  # of about 70
    with library.objects.open(item.sha256) as kept:
        assert kept.read() == data  # the original stays as it is


def test_faces_are_open_only_where_somebody_says_why_on_record(library, tmp_path):
    case, _ = a_case(library, tmp_path, still())
    for words in ("", " ", "x" * 501):
        with pytest.raises(errors.BadRequest):
            exported(library, tmp_path, case, words)
    assert not (tmp_path / "bag").exists()
    made = exported(library, tmp_path, case, "the court asks")
    said, [picture] = copied(made)
    assert lies(said) == [("open", 0)]
    assert picture.std() > 40
    assert events(library, type=CustodyType.EXPORT)[-1].says("detail")["open_faces"] == "the court asks"
    record = json.loads((made.place / layout.RECORD).read_text())
    assert record["export"]["open_faces"] == "the court asks"


def test_over_http_the_words_are_in_the_audit_log_and_in_the_bag(library, tmp_path):
    case, _ = a_case(library, tmp_path, still())
    asked = {"kind": "case", "id": case, "basis": "authority", "recipient": "Court", "reason": "r"}
    with served(library) as address, client(address, key(library, user="ann")) as ann:
        job = ann.post("/v1/evidence/exports", json={**asked, "open_faces": "the court asks"}).json()["job"]
        assert ann.post("/v1/evidence/exports", json={**asked, "open_faces": ""}).status_code == 422
    [entry] = library.access.entries(AuditFilter(action="evidence_export"), limit=9)
    assert (entry.user, entry.details["open_faces"]) == ("ann", "the court asks")
    [task] = [one for one in library.tasks.waiting(99) if one.id == job]
    bag = Path(HANDLERS[Kind.EXPORT](library, task, Now())["bag"])
    [said] = json.loads((bag / layout.COPIES).read_text())
    assert lies(said) == [("open", 0)]


def test_without_a_detector_all_of_a_picture_is_covered_and_the_bag_says_so(library, tmp_path, monkeypatch):
    def here(data, name, task, asked):
        assert task == "seawall.media.storyboard:as_it_leaves"
        return storyboard.as_it_leaves(data, **asked)

    monkeypatch.setattr(faces, "_detector", lambda: None)
    monkeypatch.setattr(library._sandbox, "run_bytes", here)
    case, _ = a_case(library, tmp_path, still())
    made = exported(library, tmp_path, case)
    said, [picture] = copied(made)
    assert lies(said) == [("whole", 1)]
    assert said["detector"] is None
    assert picture.std() < 20
    assert verify.verify(made.place).faults == []


def crashed(*_, **__):
    raise errors.DecoderCrashed(path="frame", cause="signal 11")


def open_all_the_same(*_, **__):
    return {"jpeg": b"\xff\xd8\xff", "over": "open", "regions": 0}


@pytest.mark.parametrize("child", [crashed, open_all_the_same])
def test_what_the_child_does_not_cover_does_not_leave_and_the_bag_says_so(
    library, tmp_path, monkeypatch, child
):
    monkeypatch.setattr(library._sandbox, "run_bytes", child)
    case, item = a_case(library, tmp_path, still())
    made = exported(library, tmp_path, case)
    assert made.copies == 0
    assert not (made.place / layout.COPIES_FOLDER).exists()
    [said] = json.loads((made.place / layout.COPIES).read_text())
    assert "crash" in said["absent"]
    assert created(library, item) == [(Outcome.FAILURE, {"error": "decoder_crashed"})]
    report = verify.verify(made.place)
    assert report.faults == []
    assert any("no working copy" in one for one in report.limits)


def test_of_what_was_referred_to_a_hotline_nothing_leaves(library, tmp_path):
    data = still()
    _, item = a_case(library, tmp_path, data)
    library.hotline.refer(item.id, "suspected")
    case, again = a_case(library, tmp_path, data)
    assert again.sha256 == item.sha256
    library.objects.put(io.BytesIO(data), item.sha256)  # kept for something else
    made = exported(library, tmp_path, case, "the court asks")
    [said] = json.loads((made.place / layout.COPIES).read_text())
    assert (made.copies, "hotline" in said["absent"]) == (0, True)


@pytest.mark.parametrize("change", ["another", "one more", "one less"])
def test_copies_that_are_not_those_listed_are_found_whoever_wrote_the_manifests(library, tmp_path, change):
    case, _ = a_case(library, tmp_path, still(), labels=("child",))
    made = exported(library, tmp_path, case)
    said, _ = copied(made)
    path = made.place / said["frames"][0]["path"]
    changed = path.with_name("77.jpg") if change == "one more" else path
    if change == "one less":
        changed.unlink()
    else:
        changed.write_bytes(b"\xff\xd8\xff another picture")
    rewritten(made.place)
    name = changed.relative_to(made.place).as_posix()
    assert f"{name} is not the working copy that is listed" in verify.verify(made.place).faults
