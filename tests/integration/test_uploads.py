"""An upload is checked as any file is, and written down."""

from __future__ import annotations

import numpy as np
import pytest

import seawall
from seawall import errors
from seawall.matching import kept
from seawall.model.content import Kind
from seawall.model.seen import Context


def test_an_upload_is_checked_as_any_file_and_kept(tmp_path, clips):
    with seawall.open(tmp_path / "data") as library:
        library.bank_create("KNOWN")
        list(library.bank_add("KNOWN", [clips["known-a"]]))
        library.tasks.handed_on(library.tasks.waiting(10))
        made = library.checks.check(clips["known-a"], Context(post="7"), "site/key")
        (plain,) = library.check([clips["known-a"]])
        assert [one.as_record() for one in made.result.matches] == [one.as_record() for one in plain.matches]
        assert made.record == library.seen.check(made.record.checked.id)
        assert made.record.checked.kind == Kind.VIDEO
        assert made.record.checked.context == Context(post="7")
        (signals,) = library.seen.kept_after(0, 10)
        query = kept.decode(signals.signals, signals.sha256, signals.md5)
        assert query.duration_s == plain.duration_s
        assert query.keypoints is None
        assert len(query.fingerprint) > 20
        assert len(query.sound.frames) > 100
        np.testing.assert_array_equal(
            kept.decode(kept.encode(query), query.sha256, query.md5).fingerprint.codes,
            query.fingerprint.codes,
        )
        (task,) = library.tasks.waiting(10)
        assert task.payload == {"matches": [made.record.matches[0].id]}


def test_what_cannot_be_decoded_is_kept_by_its_digest_and_what_cannot_be_read_is_not(tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all" * 100)
    with seawall.open(tmp_path / "data") as library:
        made = library.checks.check(broken, Context(), "site/key")
        assert isinstance(made.result.error, errors.UnsupportedFormat)
        assert made.record.checked.sha256 == made.result.sha256
        with pytest.raises(errors.PathNotFound):
            library.checks.check(tmp_path / "missing.mp4", Context(), "site/key")
        assert len(library.seen.kept_after(0, 10)) == 1
