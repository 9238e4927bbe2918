"""Objects in a folder: the right bytes under a digest or none, whatever the disk does."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import random
import threading
import time

import pytest

from seawall import errors
from seawall.objects import FolderObjects
from seawall.objects.folder import ABANDONED_S
from seawall.objects.source import CHUNK_BYTES

DATA = random.Random(1).randbytes(2 * CHUNK_BYTES + 17)
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def objects(tmp_path):
    return FolderObjects(tmp_path / "data" / "objects")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(DATA)
    return path


def files(tmp_path):
    return [path for path in (tmp_path / "data").rglob("*") if path.is_file()]


def read(objects, sha256=SHA256):
    with objects.open(sha256) as stream:
        return stream.read()


def test_a_file_and_a_stream_come_back_byte_for_byte(objects, source, tmp_path):
    assert not objects.has(SHA256)
    objects.put(source, SHA256)
    assert objects.has(SHA256)
    assert read(objects) == DATA
    empty = hashlib.sha256(b"").hexdigest()
    objects.put(io.BytesIO(b""), empty)
    assert read(objects, empty) == b""
    assert source.read_bytes() == DATA
    assert len(files(tmp_path)) == 2


def test_what_is_kept_is_never_written_again(objects, source, tmp_path):
    objects.put(source, SHA256)
    (kept,) = files(tmp_path)
    before = kept.stat()
    objects.put(io.BytesIO(b"other bytes"), SHA256)
    assert kept.stat() == before
    assert before.st_mode & 0o777 == 0o400
    assert read(objects) == DATA


def test_bytes_of_another_digest_are_refused_and_leave_nothing(objects, source, tmp_path):
    other = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(errors.UnreadableFile, match=r"clip\.mp4.*changed"):
        objects.put(source, other)
    assert not objects.has(other)
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, errors.DiskFull), (errno.EDQUOT, errors.DiskFull), (errno.EROFS, errors.WriteFailed)],
)
@pytest.mark.parametrize("step", ["fsync", "fchmod", "open"])
def test_a_write_that_fails_is_named_and_leaves_nothing(
    objects, source, tmp_path, monkeypatch, number, error, step
):
    def fail(*_args, **_keywords):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, fail)
    with source.open("rb") as stream, pytest.raises(error):
        objects.put(stream, SHA256)
    monkeypatch.undo()
    assert not objects.has(SHA256)
    assert files(tmp_path) == []
    objects.put(source, SHA256)
    assert read(objects) == DATA


def test_a_source_that_fails_is_not_taken_for_the_disk(objects, tmp_path):
    class Failing(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError(errno.ENOSPC, "planted")
            return super().read(size)

    with pytest.raises(errors.UnreadableFile):
        objects.put(Failing(DATA), SHA256)
    assert files(tmp_path) == []


def test_the_bytes_are_on_the_disk_before_they_have_their_name(objects, source, monkeypatch):
    brought = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (brought.append(objects.has(SHA256)), fsync(handle)))
    objects.put(source, SHA256)
    assert brought[0] is False
    assert brought[1:] == [True] * 3


def test_what_a_killed_process_left_is_cleared_a_day_later(objects, source, tmp_path):
    incoming = tmp_path / "data" / "objects" / "incoming"
    incoming.mkdir(parents=True)
    old, young = incoming / "old", incoming / "young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    past = time.time() - ABANDONED_S - 60
    os.utime(old, (past, past))
    objects.put(source, SHA256)
    assert not old.exists()
    assert young.exists()


def test_many_that_keep_the_same_bytes_at_once_all_succeed(objects, source, tmp_path):
    failures = []

    def work():
        try:
            objects.put(source, SHA256)
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert read(objects) == DATA
    assert len(files(tmp_path)) == 1
