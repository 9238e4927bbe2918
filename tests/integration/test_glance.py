"""Files are checked by their key frames first: what is known is found as if all frames had been looked at."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import seawall
from seawall.bench import synthetic
from seawall.media import encode
from seawall.workflows import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seawall.workflows.check import CheckResult

RATE_HZ = 25


def write(path: Path, *seeds: int, mirrored: bool = False) -> Path:
    """Four seconds of each clip, one after the other, with a key frame every second; without sound."""

    def pictures() -> Iterator[tuple[float, encode.Rgb]]:
        for number, seed in enumerate(seeds):
            for time_s, picture in synthetic.frames(seed, 4.0, 320, 180, RATE_HZ):
                yield 4.0 * number + time_s, picture[:, ::-1] if mirrored else picture

    settings = encode.Settings(group_frames=RATE_HZ)
    encode.write_video(path, pictures(), rate_hz=Fraction(RATE_HZ), settings=settings)
    return path


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that knows one clip, and files to be checked beside it."""
    home = tmp_path_factory.mktemp("glance")
    write(home / "copy.mp4", 2, 1, 3)
    write(home / "mirrored.mp4", 2, 1, 3, mirrored=True)
    write(home / "other.mp4", 4, 5, 6)
    write(home / "short.mp4", 4, 5)
    with seawall.open(home / "data") as library:
        library.bank_create("KNOWN")
        (added,) = library.bank_add("KNOWN", [write(home / "known.mp4", 1)])
        assert added.error is None
    return home


def check(home: Path, monkeypatch: pytest.MonkeyPatch, name: str, glance_s: float) -> CheckResult:
    monkeypatch.setenv("SEAWALL_GLANCE_S", str(glance_s))
    with seawall.open(home / "data") as library:
        (result,) = library.check([home / name])
    assert result.error is None
    return result


@pytest.mark.parametrize("name", ["copy.mp4", "mirrored.mp4"])
def test_a_copy_is_looked_at_closely(known: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    closely, glanced = (check(known, monkeypatch, name, glance_s).as_record() for glance_s in (0.0, 2.5))
    assert glanced["matches"]
    del closely["timing_ms"], glanced["timing_ms"]
    assert glanced == closely


def test_what_is_unknown_is_only_glanced_at(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = {}
    for glance_s in (0.0, 2.5):
        monkeypatch.setenv("SEAWALL_GLANCE_S", str(glance_s))
        with seawall.open(known / "data") as library:
            looked = library._checker.look(files.Found(known / "other.mp4"))
        assert looked.result.matches == ()
        assert looked.result.duration_s == pytest.approx(12.0)
        moments[glance_s] = len(looked.query.fingerprint)
    assert moments[0.0] > 4 * 12 - 2
    assert moments[2.5] == 12


def test_a_file_of_few_key_frames_is_not_glanced_at(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAWALL_GLANCE_S", "2.5")
    with seawall.open(known / "data") as library:
        looked = library._checker.look(files.Found(known / "short.mp4"))
    assert not looked.query.glanced
    assert len(looked.query.fingerprint) > 4 * 8 - 2
