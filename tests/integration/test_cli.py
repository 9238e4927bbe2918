"""A person's way through the command line: known things in, uploads checked, decisions taken."""

import json
import shutil
import sqlite3

from PIL import Image

from seawall import media


def test_two_commands_locate_a_copy(seawall_cli, clips, tmp_path):
    seawall_cli.json("bank", "create", "KNOWN")
    added = seawall_cli.json("bank", "add", "KNOWN", clips["known-a"], clips["known-b"])
    assert [one["error"] for one in added["results"]] == [None, None]
    assert added["results"][0]["signals"]["video"] > 8
    copy = tmp_path / "renamed.bin"  # the kind is told by content, never by name
    shutil.copy(clips["known-a"], copy)
    with copy.open("ab") as stream:
        stream.write(b"\0" * 64)  # another digest, the same picture
    checked = seawall_cli.json("check", copy, clips["unrelated"])
    assert checked["schema"] == "seawall.check/1"
    known, unrelated = checked["results"]
    (match,) = known["matches"]
    assert set(match) == {
        "bank", "reference", "reference_name", "incident", "score", "recommendation",
        "coverage_query", "coverage_reference", "parts", "segments",
    }  # fmt: skip
    assert (match["bank"], match["reference_name"]) == ("KNOWN", "known-a.mp4")
    assert match["recommendation"] == "strong"
    assert match["reference"] == added["results"][0]["reference"]
    by_signal = {one["signal"]: one for one in match["segments"]}
    assert set(by_signal) == set(match["parts"]) == {"video", "audio"}
    segment = by_signal["video"]
    assert set(segment) == {
        "signal", "query_start_s", "query_end_s", "reference_start_s", "reference_end_s",
        "speed", "transform", "score", "query_region", "reference_region",
    }  # fmt: skip
    assert segment["query_end_s"] - segment["query_start_s"] > 7.9
    assert match["coverage_query"] > 0.99
    assert unrelated["matches"] == []
    assert set(unrelated) == {
        "path", "sha256", "kind", "duration_s", "matches", "suppressed", "skipped", "error", "timing_ms",
    }  # fmt: skip


def test_the_same_bytes_match_exactly_even_under_a_limit(seawall_cli, clips):
    seawall_cli.json("bank", "create", "KNOWN")
    seawall_cli.json("bank", "add", "KNOWN", clips["known-a"])
    (result,) = seawall_cli.json("check", clips["known-a"])["results"]
    (match,) = result["matches"]
    assert match["parts"] == {"exact": 1.0}
    assert match["segments"][0]["signal"] == "exact"


def test_a_still_of_a_video_is_found_at_its_second(seawall_cli, clips, tmp_path):
    with media.open(clips["known-b"]) as opened:
        frame = next(frame for frame in opened.frames() if frame.time_s >= 3.2)
        Image.fromarray(frame.rgb()).resize((160, 90)).save(tmp_path / "still.jpg", quality=50)
    seawall_cli.json("bank", "create", "KNOWN")
    seawall_cli.json("bank", "add", "KNOWN", clips["known-a"], clips["known-b"])
    (result,) = seawall_cli.json("check", tmp_path / "still.jpg")["results"]
    best = result["matches"][0]
    assert best["reference_name"] == "known-b.mp4"
    assert abs(best["segments"][0]["reference_start_s"] - 3.2) <= 0.5
    assert best["segments"][0]["signal"] == "image"


def test_a_disputed_reference_only_suggests_and_a_withdrawn_one_is_silent(seawall_cli, clips):
    seawall_cli.json("bank", "create", "KNOWN")
    (added,) = seawall_cli.json("bank", "add", "KNOWN", clips["known-a"])["results"]

    def recommendations():
        (result,) = seawall_cli.json("check", clips["known-a"])["results"]
        return [match["recommendation"] for match in result["matches"]]

    assert recommendations() == ["strong"]
    seawall_cli.json("bank", "dispute", added["reference"], "--reason", "wrong event")
    assert recommendations() == ["suggest"]
    seawall_cli.json("bank", "confirm", added["reference"], "--reason", "checked")
    assert recommendations() == ["strong"]
    seawall_cli.json("bank", "withdraw", added["reference"], "--reason", "not what it was said to be")
    assert recommendations() == []
    refused = seawall_cli("bank", "dispute", added["reference"], "--reason", "again", "--json")
    assert refused.code == 2
    assert refused.document["error"]["code"] == "state_conflict"
    (again,) = seawall_cli.json("bank", "add", "KNOWN", clips["known-a"])["results"]
    assert again["reference"] == added["reference"]
    assert recommendations() == ["strong"]


def test_known_good_content_suppresses(seawall_cli, clips):
    seawall_cli.json("bank", "create", "KNOWN")
    seawall_cli.json("bank", "create", "NEWS", "--negative")
    seawall_cli.json("bank", "add", "KNOWN", clips["known-a"])
    seawall_cli.json("bank", "add", "NEWS", clips["known-a"])
    (result,) = seawall_cli.json("check", clips["known-a"])["results"]
    assert result["matches"] == []
    (suppressed,) = result["suppressed"]
    assert suppressed["suppressed_by"]["bank"] == "NEWS"


def test_removed_references_leave_bank_and_index_but_not_the_record(seawall_cli, clips):
    seawall_cli.json("bank", "create", "KNOWN")
    first, second = seawall_cli.json("bank", "add", "KNOWN", clips["known-a"], clips["known-b"])["results"]
    seawall_cli.json("bank", "remove", "KNOWN", "--reference", first["reference"], "--reason", "mistake")
    (result,) = seawall_cli.json("check", clips["known-a"])["results"]
    assert result["matches"] == []
    shown = seawall_cli.json("bank", "show", "KNOWN")
    assert [one["id"] for one in shown["references_listed"]] == [second["reference"]]
    with sqlite3.connect(seawall_cli.data / "seawall.sqlite") as database:
        rows = database.execute("SELECT actor, reason FROM removal").fetchall()
    database.close()
    assert rows == [("tester", "mistake")]


def test_bad_files_are_named_and_the_others_go_on(seawall_cli, clips, tmp_path):
    folder = tmp_path / "uploads"
    folder.mkdir()
    shutil.copy(clips["known-a"], folder / "good.mp4")
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("not a video\n" * 50)
    (folder / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    seawall_cli.json("bank", "create", "KNOWN")
    added = seawall_cli.json("bank", "add", "KNOWN", folder, tmp_path / "nowhere")
    codes = {one["path"].rsplit("/", 1)[1]: (one["error"] or {}).get("code") for one in added["results"]}
    assert codes == {
        "good.mp4": None,
        "empty.mp4": "empty_file",
        "text.mp4": "unsupported_format",
        "list.m3u8": "unsupported_format",
        "nowhere": "path_not_found",
    }
    only_bad = seawall_cli("check", folder / "text.mp4", "--json")
    assert only_bad.code == 10
    assert set(only_bad.document["results"][0]["error"]) == {"code", "message"}


def test_awkward_paths(seawall_cli, clips, tmp_path):
    names = [
        b"-dash.mp4",
        b"new\nline.mp4",
        b"quote'\"$(touch x).mp4",
        "emoji \U0001f600.mp4".encode(),
        b"bytes \xff\xfe.mp4",
    ]
    folder = tmp_path / "awkward"
    folder.mkdir()
    for number, name in enumerate(names):
        shutil.copy(clips["known-b"], bytes(folder) + b"/" + name)
        with open(bytes(folder) + b"/" + name, "ab") as stream:
            stream.write(bytes([number]) * 8)
    seawall_cli.json("bank", "create", "KNOWN")
    added = seawall_cli.json("bank", "add", "KNOWN", folder)
    assert [one["error"] for one in added["results"]] == [None] * len(names)
    shown = seawall_cli("bank", "show", "KNOWN")
    assert len(shown.out.splitlines()) == len(names)  # a line break in a name breaks no line
    checked = seawall_cli.json("check", folder)
    assert all(len(one["matches"]) == len(names) for one in checked["results"])


def test_lists_go_out_and_come_back_whole(seawall_cli, clips, picture, tmp_path):
    seawall_cli.json("bank", "create", "KNOWN", "--label", "x")
    seawall_cli.json("bank", "add", "KNOWN", clips["known-a"], picture("still.png", 5), "--label", "y")
    for form in ("csv", "jsonl"):
        listed = tmp_path / f"list.{form}"
        seawall_cli.json("export", "KNOWN", "--out", listed, "--form", form)
        seawall_cli.json("bank", "create", f"COPY-{form}")
        report = seawall_cli.json("import", f"COPY-{form}", listed)
        assert report["malformed"] == []
        assert report["references_added"] == 2
    (result,) = seawall_cli.json("check", clips["known-a"])["results"]
    assert {match["bank"] for match in result["matches"]} == {"KNOWN", "COPY-csv", "COPY-jsonl"}
    first_lines = (tmp_path / "list.csv").read_text().splitlines()
    assert first_lines[0] == "type,value,quality,offset_s,reference,label,source"


def test_malformed_lines_are_counted_named_and_left_out(seawall_cli, picture, tmp_path):
    (hashed,) = seawall_cli.json("hash", picture("a.png", 7))["results"]
    good = next(one["value"] for one in hashed["signals"] if one["type"] == "pdq")
    listed = tmp_path / "list.csv"
    listed.write_text(
        "type,value,quality,offset_s,reference,label,source\n"
        f"pdq,{good},100,,mine,one;two,partner\n"
        "pdq,xyz,100,,,,\n"
        f"pdq,{'0' * 64},100,,,,\n"
        f"pdq,{good},101,,,,\n"
        "colour,00,,,,,\n"
        "pdq,one,too,many,fields,in,this,line\n"
        "\n"
        f"md5,{'ab' * 16},,,other,,partner\n"
    )
    seawall_cli.json("bank", "create", "LIST")
    report = seawall_cli.json("import", "LIST", listed)
    assert (report["rows"], report["references_added"], report["malformed_count"]) == (7, 2, 5)
    assert [one["line"] for one in report["malformed"]] == [3, 4, 5, 6, 7]
    shown = seawall_cli.json("bank", "show", "LIST")["references_listed"]
    assert {one["name"]: (one["labels"], one["origin"]) for one in shown} == {
        "mine": (["one", "two"], "partner"),
        "other": ([], "partner"),
    }
    (result,) = seawall_cli.json("check", picture("b.png", 7))["results"]
    assert [match["reference_name"] for match in result["matches"]] == ["mine"]
    assert seawall_cli.json("import", "LIST", listed)["references_already"] == 2


def test_something_that_is_no_list_is_refused_whole(seawall_cli, tmp_path):
    (tmp_path / "not.csv").write_text("hello\nworld\n")
    seawall_cli.json("bank", "create", "LIST")
    refused = seawall_cli("import", "LIST", tmp_path / "not.csv", "--json")
    assert (refused.code, refused.document["error"]["code"]) == (2, "bad_list")


def test_kept_bytes_are_the_files_own(seawall_cli, clips):
    seawall_cli.json("bank", "create", "KNOWN")
    (added,) = seawall_cli.json("bank", "add", "KNOWN", clips["known-b"], "--keep")["results"]
    kept = [path for path in (seawall_cli.data / "objects").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [clips["known-b"].read_bytes()]
    assert added["sha256"] in str(kept[0]).replace("/", "")


def test_usage_and_unknown_names(seawall_cli):
    assert seawall_cli("check").code == 2
    assert seawall_cli("bank", "create", "no spaces please").code == 2
    assert seawall_cli("bank", "show", "NONE").code == 2
    seawall_cli.json("bank", "create", "KNOWN")
    twice = seawall_cli("bank", "create", "KNOWN", "--json")
    assert (twice.code, twice.document["error"]["code"]) == (2, "bank_exists")


def test_globals_stand_before_or_behind_the_verb(seawall_cli, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    assert seawall_cli("--data", elsewhere, "--json", "bank", "create", "A").code == 0
    listed = seawall_cli("bank", "list", "--data", elsewhere, "--json")
    assert [one["name"] for one in json.loads(listed.out)["banks"]] == ["A"]
    assert seawall_cli.json("bank", "list")["banks"] == []


def test_settings_come_from_the_file_and_bad_ones_are_named(seawall_cli, clips):
    seawall_cli.json("bank", "create", "KNOWN")
    (seawall_cli.data / "seawall.toml").write_text("max_bytes = 100\n")
    refused = seawall_cli("check", clips["known-a"], "--json").document["results"][0]
    assert refused["error"]["code"] == "media_too_large"
    (seawall_cli.data / "seawall.toml").write_text("max_bites = 100\n")
    bad = seawall_cli("bank", "list", "--json")
    assert (bad.code, bad.document["error"]["code"]) == (2, "bad_setting")


def test_doctor_tries_the_sandbox(seawall_cli):
    findings = {one["name"]: one["ok"] for one in seawall_cli.json("doctor")["findings"]}
    assert findings["data"]
    assert {"no files", "no network", "no programs"} <= set(findings)


def test_a_damaged_index_is_named_and_rebuilt_once_it_is_gone(seawall_cli, clips):
    seawall_cli.json("bank", "create", "KNOWN")
    seawall_cli.json("bank", "add", "KNOWN", clips["known-a"])
    for path in (seawall_cli.data / "index").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\xff" * path.stat().st_size)
    broken = seawall_cli("check", clips["known-a"], "--json")
    assert (broken.code, broken.document["error"]["code"]) == (30, "index_corrupt")
    shutil.rmtree(seawall_cli.data / "index")
    (result,) = seawall_cli.json("check", clips["known-a"])["results"]
    assert result["matches"][0]["recommendation"] == "strong"
