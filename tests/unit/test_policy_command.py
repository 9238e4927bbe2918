"""`seawall policy`, from a file to what is in force."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import seawall
from seawall import errors
from seawall.cli.main import cli
from seawall.model.match import Match, Recommendation
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.recording import NewCheck


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path / "data") as opened:
        opened.bank_create("K")
        yield opened


class TestCommandLine:
    TOML = """
exempt = ["news"]
four_eyes = ["remove"]

[[rules]]
name = "full copies"
step = "act"
when = { recommendation = "strong", coverage_reference = 0.8, verified = true, kinds = ["video", "image"] }

[[rules]]
name = "rest"
step = "notify"
review = true
"""

    def call(self, library, *args):
        ran = CliRunner().invoke(cli, ["--data", str(library.settings.data), *map(str, args)])
        assert ran.exception is None, ran.output
        return ran.stdout

    def document(self, library, *args):
        return json.loads(self.call(library, "--json", *args))

    def test_from_a_file_to_what_is_in_force(self, library, tmp_path):
        path = tmp_path / "policy.toml"
        path.write_text(self.TOML)
        assert "no policy" in self.call(library, "policy", "show", "K")
        made = self.document(library, "policy", "set", "K", path, "--note", "first")
        assert (made["schema"], made["version"], made["state"]) == ("seawall.policy/1", 1, "draft")
        rules = made["policy"]["rules"]
        assert rules[0]["when"] == {
            "recommendation": "strong",
            "coverage_reference": 0.8,
            "verified": True,
            "kinds": ["video", "image"],
        }
        as_json = tmp_path / "policy.json"
        as_json.write_text(json.dumps(made["policy"]))
        again = self.document(library, "policy", "set", "K", as_json, "--note", "same")
        assert again["policy"] == made["policy"]
        signal = Signal(SignalType.PDQ, 1, b"\1" * 32, 90)
        one = library._store.add_reference("K", NewReference(None, "image", (signal,), "1", "l")).id
        match = Match(one, 0.9, Recommendation.STRONG, 0.5, 1.0, {}, ())
        found = (("K", match),)
        new = NewCheck("a" * 64, "a" * 64, None, "image", None, None, found, "u", Context())
        library.seen.record_all([new])
        with pytest.raises(errors.NoDryRun):
            library.policies.make_live("K", 2, reason="r")
        shown = self.call(library, "policy", "dry-run", "K", "2", "--days", "1")
        assert "1 matches of 1 days" in shown
        run = self.document(library, "policy", "dry-run", "K", "2")
        assert (run["schema"], run["matches"], run["complete"]) == ("seawall.dry-run/1", 1, True)
        assert "live" in self.call(library, "policy", "live", "K", "2", "--reason", "r")
        shown = self.call(library, "policy", "show", "K")
        assert "version 2  live" in shown
        assert "act       full copies" in shown
        assert "kinds video or image" in shown
        assert self.document(library, "policy", "show", "K", "--version", "1")["state"] == "draft"

    @pytest.mark.parametrize(
        ("name", "content"),
        [("p.toml", b"rules = ["), ("p.json", b"{"), ("p.json", b"\xff"), ("p.json", b"[" * 100_000)],
    )
    def test_a_file_that_is_none_is_refused(self, library, tmp_path, name, content):
        path = tmp_path / name
        path.write_bytes(content)
        ran = CliRunner().invoke(
            cli, ["--data", str(library.settings.data), "policy", "set", "K", str(path), "--note", "n"]
        )
        assert isinstance(ran.exception, errors.BadPolicy)
        assert library.policies.versions("K") == []

    def test_a_file_that_is_not_there_or_too_long_is_named(self, library, tmp_path):
        long = tmp_path / "long.toml"
        long.write_bytes(b"#" * ((1 << 20) + 1))
        for path, error in (
            (tmp_path / "no", errors.PathNotFound),
            (tmp_path, errors.BadPolicy),
            (long, errors.BadPolicy),
        ):
            ran = CliRunner().invoke(
                cli, ["--data", str(library.settings.data), "policy", "set", "K", str(path), "--note", "n"]
            )
            assert isinstance(ran.exception, error)
