"""Pictures that a report carries, from the file to the record: linked by a match, and never in the way."""

from __future__ import annotations

import hashlib
import struct
import sys
import zlib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import carriers
from carriers import PARAGRAPH, encoded, mail, page, pdf, uri

#: Claims 60,000 pixels a side: 10 GB of samples from 100 bytes.
BOMB = b"\x89PNG\r\n\x1a\n" + b"".join(
    struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    for name, data in (
        (b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(100_000))),
        (b"IEND", b""),
    )
)


def whole():
    return carriers.scene(1)


def copy() -> bytes:
    """A part of what is known, smaller and in another encoding."""
    return encoded(whole().crop((60, 40, 900, 690)).resize((640, 495)), "JPEG", quality=60)


def other() -> bytes:
    return encoded(carriers.scene(77, (640, 480)))


@pytest.fixture
def known(seawall_cli, tmp_path):
    """A bank that holds one picture; the id of its reference."""
    path = tmp_path / "known.png"
    whole().save(path)
    seawall_cli.json("bank", "create", "KNOWN")
    (added,) = seawall_cli.json("bank", "add", "KNOWN", path)["results"]
    return added["reference"]


@pytest.fixture
def opened(seawall_cli, tmp_path):
    """Opens an incident from the bytes of a report; its record."""

    def call(data: bytes, *options: str) -> dict:
        path = tmp_path / "report"
        path.write_bytes(data)
        return seawall_cli.json("incident", "open", "--from", path, "--published", "2025-03-14", *options)

    return call


FORMATS = {
    "mail": mail,
    "page": lambda data: page(uri(data)),
    "pdf": lambda data: pdf((PARAGRAPH * 2, [carriers.as_jpeg(data)]), size_px=(640, 495)),
}


def test_a_copy_in_a_report_is_linked_and_another_picture_is_not(seawall_cli, known, tmp_path):
    folder = tmp_path / "reports"
    folder.mkdir()
    for form, made in FORMATS.items():
        (folder / f"copy-{form}").write_bytes(made(copy()))
        (folder / f"other-{form}").write_bytes(made(other()))
    opened = seawall_cli.json("incident", "open", "--from", folder, "--outlet", "The Chronicle")
    records = {Path(one["path"]).name: one["incident"] for one in opened["results"]}
    assert len(records) == 2 * len(FORMATS)
    for name, record in records.items():
        (still,) = record["stills"]
        assert (still["error"], still["checked_against"]) == (None, 1)
        if name.startswith("other"):
            assert still["matches"] == []
            assert [one["references"] for one in record["media"] if one["references"]] == []
            assert still["sentence"].endswith("was checked against the banks: nothing is known of it.")
            continue
        (match,) = still["matches"]
        assert (match["reference"], match["bank"], match["recommendation"]) == (known, "KNOWN", "strong")
        assert match["segments"]
        linked = [one["id"] for one in record["media"] if one["references"]]
        assert linked == ([] if still["medium"] is None else [still["medium"]])
        assert (still["sha256"], still["size_bytes"]) == (hashlib.sha256(copy()).hexdigest(), len(copy()))
        assert still["sentence"].startswith(
            f"Picture 1 of the report of The Chronicle, without a date, matches reference {known} of bank "
            "KNOWN, strong; by the picture, not by the text"
        )
        (again,) = seawall_cli.json("incident", "show", record["incident"])["stills"]
        assert again == still


def test_a_medium_is_linked_only_where_the_captions_line_mentions_it(opened, known):
    record = opened(page(uri(copy()), uri(other())))
    matched, unknown = record["stills"]
    assert unknown["matches"] == []
    linked = [one for one in record["media"] if one["references"]]
    assert [one["id"] for one in linked] == [matched["medium"]]
    assert matched["caption"]["start"] <= linked[0]["start"] < matched["caption"]["end"]
    (reference,) = linked[0]["references"]
    assert reference["reference"] == known
    assert reference["reason"] == f"a match of picture 1 of the report, {matched['sha256']}"


def test_hostile_pictures_are_on_record_with_their_error_and_open_the_incident_all_the_same(
    seawall_cli, opened, known
):
    cut, stump = copy()[: len(copy()) // 3], copy()[:60]
    record = opened(mail(cut, stump, BOMB, b"no picture at all", copy()))
    errors = [one["error"] for one in record["stills"]]
    assert errors == [None, "damaged_media", "media_too_large", "unsupported_format", None]
    assert [bool(one["matches"]) for one in record["stills"]][1:] == [False, False, False, True]
    assert record["stills"][0]["damage"]
    assert record["claims"] is not None
    assert len(seawall_cli.json("incident", "list")["incidents"]) == 1


def test_known_good_withdrawn_and_empty_banks_link_nothing(seawall_cli, opened, known, tmp_path):
    seawall_cli.json("bank", "withdraw", known, "--reason", "wrong")
    seawall_cli.json("bank", "create", "LOGOS", "--negative")
    seawall_cli.json("bank", "add", "LOGOS", tmp_path / "known.png")
    (still,) = opened(mail(copy()))["stills"]
    assert (still["matches"], still["checked_against"]) == ([], 0)
    assert "against nothing: no bank holds a reference" in still["sentence"]


def test_every_page_and_line_names_the_picture_and_none_shows_it(seawall_cli, opened, known, tmp_path):
    record = opened(page(uri(copy())))
    (still,) = record["stills"]
    second = tmp_path / "second.eml"
    second.write_bytes(mail(other()))
    added = seawall_cli("incident", "add-report", record["incident"], "--from", second)
    (line,) = [line for line in added.out.splitlines() if line.startswith("picture")]
    assert "nothing is known of it" in line
    first = tmp_path / "third.eml"
    first.write_bytes(mail(copy()))
    lines = seawall_cli("incident", "open", "--from", first).out.splitlines()
    assert [known in line for line in lines if line.startswith("picture")] == [True]
    shown = seawall_cli("incident", "show", record["incident"]).out
    assert still["sentence"] in shown
    for form in ("html", "markdown", "json"):
        text = seawall_cli("incident", "export", record["incident"], "--format", form).out
        assert still["sha256"] in text
        assert f"{still['size_bytes']} bytes" in text or form == "json"
        assert "data:image" not in text
        assert "<img" not in text
    held = [path.read_bytes() for path in seawall_cli.data.rglob("*") if path.is_file()]
    assert not any(copy()[200:400] in data for data in held)
