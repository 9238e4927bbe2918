"""A reference that is added finds what was checked before."""

from __future__ import annotations

import shutil

import seawall
from seawall.model.seen import Context


def test_a_new_reference_is_searched_in_what_was_checked_before(seawall_cli, clips, tmp_path):
    copy = tmp_path / "upload.mp4"
    shutil.copy(clips["known-a"], copy)
    with copy.open("ab") as stream:
        stream.write(b"\0" * 64)
    with seawall.open(tmp_path / "data") as library:
        checks = [library.checks.check(path, Context(), "tests") for path in (copy, clips["unrelated"])]
    seawall_cli.json("bank", "create", "KNOWN")
    added = seawall_cli.json("bank", "add", "KNOWN", clips["known-a"], "--retro")
    (earlier,) = added["earlier"]
    assert earlier["reference"] == added["results"][0]["reference"]
    assert earlier["sha256"] == checks[0].result.sha256
    assert (earlier["recommendation"], earlier["held"]) == ("strong", False)
    again = seawall_cli.json("bank", "add", "KNOWN", clips["known-a"], clips["known-b"], "--retro")
    assert again["earlier"] == []
    assert "earlier" not in seawall_cli.json("bank", "add", "KNOWN", clips["known-b"])
