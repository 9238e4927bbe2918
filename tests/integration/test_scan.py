"""A scan finds what single checks find, says of each file what became of it, and is the same for any crew."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys

import pytest
import scanning
from calling import write_picture

import seawall
from seawall import config, errors

scanning.needs("pyarrow", "obstore")

import obstore  # noqa: E402 - of an extra
from pyarrow import parquet  # noqa: E402 - of an extra

from seawall.objects.bucket import Bucket  # noqa: E402 - of an extra
from seawall.workflows import scan as scanner  # noqa: E402 - of an extra


class Library:
    """An archive, and the data folder of banks that know some of it."""

    def __init__(self, folder):
        self.steps = []
        self.archive = scanning.archive(folder / "in", write_picture, others=4)
        self.data = folder / "data"
        with seawall.open(self.data) as library:
            for name, negative, known, incident in (
                ("KNOWN", False, ("000", "001"), "i1"),
                ("OTHER", False, ("002",), None),
                ("NEWS", True, ("001",), None),
            ):
                library.bank_create(name, negative=negative)
                paths = [self.archive / f"{one}.png" for one in known]
                assert all(one.error is None for one in library.bank_add(name, paths, incident=incident))
            self.checked = list(library.check([self.archive]))
            self.hashed = list(library.hash([self.archive]))
        self.out = folder / "out"
        self.summary = self.scan(self.archive, self.out, batch=3, workers=1)

    def scan(self, source, out, environment=None, **more):
        settings = config.load(self.data, environment)
        return scanner.scan(
            settings, scanner.Wish(str(source), out, **{"workers": 1, **more}), self.steps.append
        )


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return Library(tmp_path_factory.mktemp("library"))


def plain(row):
    """A row of matches in the form of `check --json`."""
    row = {name: value for name, value in row.items() if name not in {"batch", "path", "sha256"}}
    if row["suppressed_by"] is None:
        del row["suppressed_by"]
    return {**row, "parts": dict(row["parts"])}


def test_it_finds_what_single_checks_find(library):
    assert scanning.scanned(library.out) == scanning.named(library.archive)
    found = scanning.rows(library.out, "matches")
    failed = {row["path"]: row for row in scanning.rows(library.out, "errors")}
    for one in (result.as_record() for result in library.checked):
        mine = [plain(row) for row in found if row["path"] == one["path"]]
        assert mine == json.loads(json.dumps([*one["matches"], *one["suppressed"]])), one["path"]
        if one["error"] is not None:
            row = failed.pop(one["path"])
            assert {name: row[name] for name in ("code", "message")} == one["error"]
            assert row["sha256"] == one["sha256"]
    assert failed == {}
    counts = library.summary.counts
    assert (counts.files, counts.errors, counts.matched, counts.matches, counts.suppressed) == (
        10,
        3,
        2,
        2,
        1,
    )


def test_its_signals_are_those_that_are_printed(library):
    printed = {one.path: one for one in library.hashed if one.error is None}
    rows = scanning.rows(library.out, "signals")
    assert {row["path"] for row in rows} == printed.keys()
    for row in rows:
        theirs = printed[row["path"]]
        hashes = [one for one in row["signals"] if one["type"] == "pdq"]
        assert [(one["value"], one["quality"], one["offset_s"]) for one in hashes] == [
            (code.value, code.quality, offset_s) for code, offset_s in theirs.hashes
        ]
        assert {"image", "local"} & {one["type"] for one in row["signals"]}
        assert (row["sha256"], row["md5"], row["kind"]) == (theirs.sha256, theirs.md5, "image")


def test_a_batch_is_a_row_group_and_a_table_says_what_it_is(library):
    plan = (library.out / "plan.jsonl").read_text().splitlines()
    order = [json.loads(line)["batch"] for line in plan[1:-1]]
    for name in ("signals", "matches", "errors"):
        file = parquet.ParquetFile(library.out / f"{name}.parquet")
        said = file.schema_arrow.metadata
        assert (said[b"schema"], said[b"schema_version"]) == (f"seawall.scan-{name}".encode(), b"1")
        assert file.num_row_groups == len(order)
        for number, batch in enumerate(order):
            assert set(file.read_row_group(number)["batch"].to_pylist()) <= {batch}


def test_the_results_are_the_same_however_many_work(library, tmp_path):
    library.scan(library.archive, tmp_path / "out", workers=3, batch=3)
    assert scanning.results(tmp_path / "out") == scanning.results(library.out)


def test_progress_is_told_batch_by_batch(library):
    library.steps.clear()
    library.scan(library.archive, library.out, batch=3)
    assert library.steps == []


def test_nothing_is_searched_where_only_signals_are_asked_for(library, tmp_path):
    library.steps.clear()
    summary = library.scan(library.archive, tmp_path, signals_only=True, batch=6)
    assert scanning.rows(tmp_path, "matches") == []
    assert summary.counts.matches == 0
    assert [(one.files, one.fresh, one.of) for one in library.steps] == [(0, 0, 10), (6, 6, 10), (10, 10, 10)]
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        *("errors.parquet", "lock", "matches.parquet", "plan.jsonl", "signals.parquet", "summary.json")
    ]


def test_named_banks_and_negative_ones_are_searched_and_awkward_files_are_rows(
    library, tmp_path, monkeypatch
):
    odd = os.fsencode(tmp_path) + b"/\xff.png"
    shutil.copy(library.archive / "002.png", odd)
    lines = [
        os.fsencode(library.archive / "001.png"),
        os.fsencode(library.archive / "000.png"),
        os.fsencode(library.archive / "000.png"),
        odd,
        os.fsencode(tmp_path / "absent.png"),
        os.fsencode(library.archive),
    ]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(lines))))
    library.scan("-", tmp_path / "out", against=("OTHER",))
    (found,) = scanning.rows(tmp_path / "out", "matches")
    assert (found["bank"], found["path"]) == ("OTHER", f"{tmp_path}/\\xff.png")
    assert {row["path"]: row["code"] for row in scanning.rows(tmp_path / "out", "errors")} == {
        f"{tmp_path}/absent.png": "path_not_found",
        os.fspath(library.archive): "unreadable_file",
    }
    assert len(scanning.rows(tmp_path / "out", "signals")) == 3


@pytest.mark.parametrize(
    ("source", "more", "error"),
    [
        ("absent", {}, errors.BadSource),
        ("nothing", {}, errors.BadSource),
        ("in", {"against": ("NONE",)}, errors.BankNotFound),
        ("in", {"signals_only": True, "against": ("KNOWN",)}, errors.UsageError),
        (".", {}, errors.OtherScan),
    ],
)
def test_what_cannot_be_scanned_is_refused_and_leaves_nothing(library, tmp_path, source, more, error):
    (tmp_path / "nothing").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").touch()
    with pytest.raises(error):
        library.scan(tmp_path / source, tmp_path / "out", **more)
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["lock"]


@pytest.mark.parametrize("more", [{"batch": 5}, {"signals_only": True}, {"against": ("KNOWN",)}])
def test_a_folder_keeps_to_its_scan(library, more):
    kept = scanning.results(library.out)
    with pytest.raises(errors.OtherScan):
        library.scan(library.archive, library.out, **{"batch": 3, **more})
    assert library.scan(library.archive, library.out, batch=3) == library.summary
    assert scanning.results(library.out) == kept


def test_a_folder_with_something_else_is_left_alone(library, tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(errors.OtherScan, match=r"mine\.txt"):
        library.scan(library.archive, tmp_path)


def test_one_folder_is_scanned_by_one_process_at_a_time(library, tmp_path):
    from seawall.matching import index_files  # noqa: PLC0415 - only here

    with index_files.locked(tmp_path, 1.0), pytest.raises(errors.StoreBusy):
        library.scan(library.archive, tmp_path)


def test_the_command_says_what_was_found_and_what_is_missing(library, tmp_path):
    hidden = "import sys; sys.modules['pyarrow'] = None; from seawall.cli.main import main; main()"

    def call(*start):
        words = [
            "scan",
            library.archive,
            "--out",
            library.out,
            "--batch",
            "3",
            "--data",
            library.data,
            "--json",
        ]
        return subprocess.run(
            [sys.executable, *start, *map(str, words)], capture_output=True, text=True, check=False
        )

    done = call("-m", "seawall")
    assert (done.returncode, json.loads(done.stdout)) == (0, library.summary.as_record())
    refused = call("-c", hidden)
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (2, "scan_extra_missing")


def test_what_is_in_s3_is_found_as_it_is_in_a_folder(library, tmp_path, s3):
    place = s3.fresh()
    bucket = Bucket(place, endpoint=s3.endpoint, access_key="key", secret_key="secret")
    for path in library.archive.iterdir():
        obstore.put(bucket.store, f"deep/{path.name}", path.read_bytes())
    environment = {
        "SEAWALL_S3_ENDPOINT": s3.endpoint,
        "SEAWALL_S3_ACCESS_KEY": "key",
        "SEAWALL_S3_SECRET_KEY": "secret",
    }
    library.scan(place, tmp_path / "remote", environment, batch=3)

    def moved(rows, old):
        fields = [{name: value for name, value in row.items() if name != "batch"} for row in rows]
        return json.loads(json.dumps(fields, default=bytes.hex).replace(old, ""))

    for table in ("signals", "matches", "errors"):
        remote = moved(scanning.rows(tmp_path / "remote", table), f"{place}/deep/")
        assert remote == moved(scanning.rows(library.out, table), f"{library.archive}/"), table
    listed = tmp_path / "list.txt"
    listed.write_text(f"{place}/deep/000.png\n{place}/deep/absent.png\n{library.archive}/001.png\n")
    library.scan(listed, tmp_path / "mixed", environment, signals_only=True)
    assert [row["code"] for row in scanning.rows(tmp_path / "mixed", "errors")] == ["path_not_found"]
    assert len(scanning.rows(tmp_path / "mixed", "signals")) == 2
    with pytest.raises(errors.BadSource, match="no such bucket"):
        library.scan("s3://no-such-bucket/x", tmp_path / "none", environment)
