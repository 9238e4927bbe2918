"""What every place for objects promises: the right bytes under a digest or none."""

from __future__ import annotations

import hashlib
import io
import os
import random
import threading

import pytest

from seawall import config, errors, objects as all_objects
from seawall.objects import FolderObjects
from seawall.objects.s3 import PART_BYTES, S3Objects

SMALL = random.Random(1).randbytes(2_000_017)
LARGE = random.Random(2).randbytes(2 * PART_BYTES + 17)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(params=["folder", "s3"])
def objects(request, tmp_path):
    if request.param == "folder":
        return FolderObjects(tmp_path / "data" / "objects")
    server = request.getfixturevalue("s3")
    return S3Objects(
        server.fresh(), endpoint=server.endpoint, access_key="key", secret_key="secret", patience_s=1
    )


@pytest.fixture(params=[SMALL, LARGE], ids=["small", "large"])
def data(request):
    return request.param


def read(objects, digest):
    with objects.open(digest) as stream:
        return stream.read()


class Once(io.RawIOBase):
    """A stream that cannot be read a second time, and gives few bytes at a time."""

    def __init__(self, data):
        self._inner = io.BytesIO(data)

    def read(self, size=-1):
        return self._inner.read(min(size, 300_000) if size >= 0 else size)

    def seekable(self):
        return False


def test_a_file_comes_back_byte_for_byte(objects, data, tmp_path):
    source = tmp_path / "clip.mp4"
    source.write_bytes(data)
    assert not objects.has(sha256(data))
    objects.put(source, sha256(data))
    assert objects.has(sha256(data))
    assert read(objects, sha256(data)) == data
    assert list(objects.every()) == [sha256(data)]


@pytest.mark.parametrize("stream", [io.BytesIO, Once])
def test_a_stream_comes_back_byte_for_byte(objects, data, stream):
    objects.put(stream(data), sha256(data))
    assert read(objects, sha256(data)) == data
    objects.put(stream(b""), sha256(b""))
    assert read(objects, sha256(b"")) == b""
    assert sorted(objects.every()) == sorted([sha256(b""), sha256(data)])


def test_a_stream_is_kept_from_where_it_stands(objects, data):
    stream = io.BytesIO(b"before" + data)
    stream.seek(6)
    objects.put(stream, sha256(data))
    assert read(objects, sha256(data)) == data


def test_an_object_is_read_from_any_place(objects, data):
    objects.put(io.BytesIO(data), sha256(data))
    with objects.open(sha256(data)) as stream:
        stream.seek(-10, os.SEEK_END)
        assert stream.read() == data[-10:]
        stream.seek(1_500_000)
        assert stream.read(700_000) == data[1_500_000:2_200_000]
        stream.seek(10, os.SEEK_CUR)
        assert stream.seek(0, os.SEEK_END) == len(data)
        assert stream.read(1) == b""


def test_what_is_kept_is_never_written_again(objects, data):
    objects.put(io.BytesIO(data), sha256(data))
    objects.put(io.BytesIO(b"other bytes"), sha256(data))
    assert read(objects, sha256(data)) == data


@pytest.mark.parametrize("stream", [io.BytesIO, Once])
def test_bytes_of_another_digest_are_refused_and_leave_nothing(objects, data, stream):
    other = sha256(b"other")
    with pytest.raises(errors.UnreadableFile, match="changed"):
        objects.put(stream(data), other)
    assert not objects.has(other)
    assert list(objects.every()) == []
    with pytest.raises(errors.PathNotFound):
        objects.open(other)


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "A" * 64, sha256(b"")[:-1], sha256(b"") + "\n", "/" * 64]
)
def test_only_a_digest_is_a_name(objects, name):
    for ask in (objects.has, objects.open, lambda name: objects.put(io.BytesIO(SMALL), name)):
        with pytest.raises(ValueError, match="SHA-256"):
            ask(name)


def test_what_is_not_there_is_named(objects, tmp_path):
    with pytest.raises(errors.PathNotFound, match=sha256(SMALL)):
        objects.open(sha256(SMALL))
    with pytest.raises(errors.PathNotFound):
        objects.put(tmp_path / "gone", sha256(SMALL))
    with pytest.raises(errors.UnreadableFile):
        objects.put(tmp_path, sha256(SMALL))


def test_a_source_that_fails_half_way_leaves_nothing(objects, data):
    class Failing(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= len(data) // 2:
                raise OSError(5, "planted")
            return super().read(min(size, 400_000))

    with pytest.raises(errors.UnreadableFile):
        objects.put(Failing(data), sha256(data))
    assert list(objects.every()) == []


def test_what_is_removed_is_gone_and_may_come_again(objects):
    for data in (SMALL, b"other"):
        objects.put(io.BytesIO(data), sha256(data))
    for _ in range(2):
        objects.remove(sha256(SMALL))
        assert not objects.has(sha256(SMALL))
    assert list(objects.every()) == [sha256(b"other")]
    objects.put(io.BytesIO(SMALL), sha256(SMALL))
    assert read(objects, sha256(SMALL)) == SMALL


def test_trying_out_leaves_nothing(objects):
    objects.try_out()
    objects.put(io.BytesIO(SMALL), sha256(SMALL))
    objects.try_out()
    assert list(objects.every()) == [sha256(SMALL)]


def test_many_that_keep_the_same_bytes_at_once_all_succeed(objects, data):
    failures = []

    def work():
        try:
            objects.put(io.BytesIO(data), sha256(data))
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert read(objects, sha256(data)) == data
    assert list(objects.every()) == [sha256(data)]


def test_the_settings_say_where(s3, tmp_path):
    values = {setting.name: setting.default for setting in config.SETTINGS}
    settings = config.Settings({**values, "data": str(tmp_path)})
    assert all_objects.opened(settings).place == str(tmp_path / "objects")
    address = s3.fresh()
    given = {"objects": address, "s3_endpoint": s3.endpoint, "s3_access_key": "k", "s3_secret_key": "s"}
    kept = all_objects.opened(config.Settings({**settings.values, **given}))
    assert kept.place == address
    kept.put(io.BytesIO(SMALL), sha256(SMALL))
    assert kept.has(sha256(SMALL))
    for wrong in ("http://h/b", "s3://", "s3:///x", "bucket"):
        with pytest.raises(errors.BadSetting, match="objects"):
            all_objects.opened(config.Settings({**settings.values, "objects": wrong}))
