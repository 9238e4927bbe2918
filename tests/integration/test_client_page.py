"""The page on the client shows what works."""

from __future__ import annotations

import re
from pathlib import Path

from calling import write_picture
from serving import key, served

from seawall import config, errors
from seawall.workflows.library import Seawall

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "python-client.md"


class Guarded:
    """A way out that fetches nothing."""

    def save(self, url, target, **_):
        raise errors.UnsafeUrl(url=url, reason="it is in the link-local network")


def blocks():
    return re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_every_block_of_the_page_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_picture(tmp_path / "known.png", 1).rename("known.mp4")
    write_picture(tmp_path / "other.png", 2).rename("upload.mp4")
    with Seawall(config.load(tmp_path / "data", {})) as library, served(library, web=Guarded()) as address:
        monkeypatch.setenv("SEAWALL", address)
        monkeypatch.setenv("KEY", key(library))
        names: dict = {}
        for block in blocks():
            exec(compile(block, PAGE.name, "exec"), names)  # the page's own words
        names["seawall"].close()
    shown = capsys.readouterr().out
    reference = names["added"].reference
    assert f"{reference.id} known.mp4 ('manifesto',)" in shown
    assert re.search(r"^unsafe_url [0-9a-f]+$", shown, re.MULTILINE)
    assert "upload.mp4 0\nknown.mp4 1\n" in shown
    assert "{'status': 'alive'}" in shown
    assert "not read" not in shown
