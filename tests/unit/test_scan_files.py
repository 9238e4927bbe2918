"""What a source is, and in which order its files come."""

import io
import os

import pytest

from seawall import config, errors
from seawall.workflows import scan_files

SETTINGS = config.Settings({setting.name: setting.default for setting in config.SETTINGS})


def listed(given):
    return list(scan_files.opened(str(given), SETTINGS).addresses())


def test_a_folder_is_walked_in_the_order_of_names(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("c.mp4", "b/2.mp4", "b/1.mp4", "a.mp4"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "b" / "circle").symlink_to(tmp_path)
    assert listed(tmp_path) == [f"{tmp_path}/{name}" for name in ("a.mp4", "b/1.mp4", "b/2.mp4", "c.mp4")]


def test_a_folder_has_one_name_however_it_is_given(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path)
    given = ("in", "./in/", "in/../in", tmp_path / "in")
    assert len({scan_files.opened(str(one), SETTINGS).name for one in given}) == 1


def test_a_list_has_a_path_or_address_a_line_and_each_counts_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "list.txt"
    path.write_bytes(b"b.mp4\r\n\ns3://store/x y.mp4\nb.mp4\n./b.mp4\n/in/\xff.mp4\ns3://store/x y.mp4")
    assert listed(path) == [f"{tmp_path}/b.mp4", "s3://store/x y.mp4", os.fsdecode(b"/in/\xff.mp4")]


def test_a_list_is_known_by_what_is_in_it(tmp_path, monkeypatch):
    path = tmp_path / "list.txt"
    path.write_bytes(b"a.mp4\n")
    first = scan_files.opened(str(path), SETTINGS).name
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a.mp4\n")))
    assert scan_files.opened("-", SETTINGS).name == first
    path.write_bytes(b"b.mp4\n")
    assert scan_files.opened(str(path), SETTINGS).name != first


@pytest.mark.parametrize("given", ["absent", "video.mp4", "s3://", "s3:///x", "s3://store/x?y=1"])
def test_what_is_no_source_is_refused(tmp_path, monkeypatch, given):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "video.mp4").write_bytes(b"\0\0\0\x18ftypisom")
    with pytest.raises(errors.BadSource):
        listed(given)


def test_a_file_is_where_it_is_and_an_address_without_a_name_is_none(tmp_path):
    fetcher = scan_files.Fetcher(SETTINGS)
    with fetcher.fetched(f"{tmp_path}/a.mp4") as path:
        assert path == tmp_path / "a.mp4"
    with pytest.raises(errors.PathNotFound), fetcher.fetched("s3://store"):
        pass
