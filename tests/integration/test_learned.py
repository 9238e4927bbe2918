"""A network of the user's own through the real command line: off by default, one more signal when set."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import seawall
from seawall.model import signal
from seawall.workflows import lists

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import onnx_files

OTHER_MODEL = signal.Skipped(signal.SignalType.LEARNED, signal.SkipReason.OTHER_MODEL)


def write_picture(path: Path, colours: int, shapes: int) -> Path:
    """Colours and brightness of smooth shapes, each drawn by its own seed."""

    def drawn(seed: int, strength: float) -> np.ndarray:
        grain = np.random.default_rng(seed).uniform(-strength, strength, (9, 12))
        return cv2.resize(grain, (320, 240), interpolation=cv2.INTER_CUBIC)

    luma, blue, red = 128 + drawn(shapes, 30), drawn(colours, 50), drawn(colours + 1000, 60)
    rgb = np.stack([luma + 1.402 * red, luma - 0.344 * blue - 0.714 * red, luma + 1.772 * blue], axis=-1)
    Image.fromarray(np.clip(np.rint(rgb), 0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """Sees colours, where the other signals see brightness alone."""
    path = tmp_path / "colours.onnx"
    path.write_bytes(onnx_files.of_pixels())
    return path


@pytest.fixture
def known(tmp_path: Path) -> Path:
    return write_picture(tmp_path / "known.png", colours=1, shapes=2)


@pytest.fixture
def recast(tmp_path: Path) -> Path:
    """The known picture's colours over the brightness of another."""
    return write_picture(tmp_path / "recast.png", colours=1, shapes=3)


def test_what_only_the_network_relates_is_suggested_and_says_so(
    seawall_cli, monkeypatch, network, known, recast, tmp_path
):
    other = write_picture(tmp_path / "other.png", colours=5, shapes=3)
    monkeypatch.setenv("SEAWALL_LEARNED_MODEL", str(network))
    seawall_cli.json("bank", "create", "KNOWN")
    (added,) = seawall_cli.json("bank", "add", "KNOWN", known)["results"]
    assert added["signals"]["learned"] == 1
    copied, unrelated = seawall_cli.json("check", recast, other)["results"]
    (match,) = copied["matches"]
    assert set(match["parts"]) == {"learned"}
    assert [one["signal"] for one in match["segments"]] == ["learned"]
    assert match["recommendation"] == "suggest"
    assert unrelated["matches"] == []
    assert "by a learned descriptor" in seawall_cli("check", recast).out
    # Without the setting, what the network said is left alone.
    monkeypatch.delenv("SEAWALL_LEARNED_MODEL")
    (plain,) = seawall_cli.json("check", recast)["results"]
    assert (plain["matches"], plain["skipped"]) == ([], copied["skipped"])


@pytest.fixture
def library(tmp_path, monkeypatch):
    """library(network): the library over one data folder with that network set, or none."""
    monkeypatch.setenv("SEAWALL_WORKERS", "1")

    @contextmanager
    def opened(network: Path | None = None) -> Iterator[seawall.Seawall]:
        monkeypatch.setenv("SEAWALL_LEARNED_MODEL", "" if network is None else str(network))
        with seawall.open(tmp_path / "data") as made:
            if not made.banks():
                made.bank_create("KNOWN")
            yield made

    return opened


def found(opened: seawall.Seawall, path: Path) -> list[set[str]]:
    """The parts of each match."""
    (result,) = opened.check([path])
    return [set(one.match.parts) for one in result.matches]


def test_it_is_off_by_default(library, known, recast):
    with library() as plain:
        (added,) = plain.bank_add("KNOWN", [known])
        assert "learned" not in added.signals
        assert found(plain, recast) == []
        assert "learned" not in plain.index_counts()


def test_without_it_onnxruntime_is_not_imported(tmp_path):
    program = "import sys, seawall; seawall.open(sys.argv[1]).close(); print('onnxruntime' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"


def test_another_network_is_told_and_adding_again_describes_anew(library, network, known, recast, tmp_path):
    newer = tmp_path / "newer.onnx"
    newer.write_bytes(onnx_files.of_planes())
    with library(network) as old:
        list(old.bank_add("KNOWN", [known]))
    with library(newer) as new:
        (result,) = new.check([recast])
        assert result.matches == ()
        assert OTHER_MODEL in result.skipped
        (again,) = new.bank_add("KNOWN", [known])
        assert (again.already, again.signals) == (True, {"learned": 1})
        (result,) = new.check([recast])
        assert [set(one.match.parts) for one in result.matches] == [{"learned"}]
        assert OTHER_MODEL not in result.skipped
        (settled,) = new.bank_add("KNOWN", [known])
        assert (settled.already, settled.signals) == (True, {})
    with library(network) as old:
        assert found(old, recast) == []
        assert old.index_counts()["learned"] == 1


def test_a_bank_from_before_is_described_by_adding_its_files_again(library, network, known, recast):
    with library() as plain:
        (first,) = plain.bank_add("KNOWN", [known])
    with library(network) as opened:
        assert found(opened, recast) == []
        (again,) = opened.bank_add("KNOWN", [known])
        assert again.reference == first.reference
        assert found(opened, recast) == [{"learned"}]
    with library(network) as opened:
        assert found(opened, recast) == [{"learned"}]


def test_what_is_removed_leaves_the_index_of_a_network_that_is_not_set(library, network, known, recast):
    with library(network) as opened:
        (added,) = opened.bank_add("KNOWN", [known])
    with library() as plain:
        plain.reference_remove(added.reference, "a test")
    with library(network) as opened:
        assert opened.index_counts()["learned"] == 0
        assert found(opened, recast) == []


def test_a_video_is_described_at_its_moments(library, network, clips, tmp_path):
    with library(network) as opened:
        (added,) = opened.bank_add("KNOWN", [clips["known-a"]])
        assert 4 <= added.signals["learned"] <= 16
        assert found(opened, clips["unrelated"]) == []


def test_what_the_network_says_stays_out_of_lists(library, network, known, tmp_path):
    listing = tmp_path / "list.csv"
    with library(network) as opened:
        list(opened.bank_add("KNOWN", [known]))
        assert opened.export_list("KNOWN", listing, lists.Form.CSV) > 2
        rows = listing.read_text(encoding="utf-8").splitlines()
        assert not any(row.startswith("learned,") for row in rows)
        with listing.open("a", encoding="utf-8") as stream:
            stream.write("learned," + "ab" * 32 + ",,,x,,\n")
        opened.bank_create("OTHER")
        report = opened.import_list("OTHER", listing)
        assert [line.reason for line in report.malformed] == ["lists do not carry what networks say"]


@pytest.mark.parametrize("data", [None, b"no network"], ids=["missing", "no network"])
def test_a_network_that_cannot_be_used_ends_the_call_with_what_to_do(
    seawall_cli, monkeypatch, tmp_path, known, data
):
    path = tmp_path / "bad.onnx"
    if data is not None:
        path.write_bytes(data)
    monkeypatch.setenv("SEAWALL_LEARNED_MODEL", str(path))
    ran = seawall_cli("check", known)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert "learned_model" in ran.err
    assert str(path) in ran.err
