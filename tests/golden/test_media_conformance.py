"""Decoded pictures and frames, held against hashes that other implementations made of the same files."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from seawall import media
from seawall.signals import pdq

MODES = [
    *("1.png", "CMYK.jpg", "F.webp", "HSV.webp", "I.webp", "L.png", "LA.png", "LAB.webp", "P.png", "PA.webp"),
    *("RGB.jpg", "RGBA.png", "YCbCr.jpg"),
]
VIDEOS = [
    *("chair-19-sd-bar", "chair-20-sd-bar", "chair-22-sd-grey-bar", "chair-22-with-large-logo-bar"),
    *("pattern-hd-no-bar", "pattern-sd-grey-bar", "test-padded-dimensions"),
]


def hashed(path: Path) -> pdq.Pdq:
    with media.open(path) as file:
        return pdq.hash_luma(file.picture().luma())


@pytest.fixture(scope="module")
def original(conformance_dir: Path) -> pdq.Pdq:
    return hashed(conformance_dir / "pdq/modes/original.jpg")


@pytest.mark.parametrize("name", MODES)
def test_a_picture_keeps_its_hash_in_every_mode(name: str, conformance_dir: Path, original: pdq.Pdq) -> None:
    assert hashed(conformance_dir / "pdq/modes" / name).distance(original) <= 2


@pytest.mark.parametrize(
    ("name", "size"), [("exif-rotn-1.jpg", (4032, 3024)), ("exif-rotn-6.jpg", (3024, 4032))]
)
def test_a_photo_stands_upright(name: str, size: tuple[int, int], conformance_dir: Path) -> None:
    with media.open(conformance_dir / "pdq/exif" / name) as file:
        assert (file.width_px, file.height_px) == size
        pixels = file.picture().rgb
    assert pixels.shape == (size[1], size[0], 3)
    wall, desk = pixels[: size[1] // 8], pixels[-size[1] // 8 :]
    assert wall.mean() > desk.mean() + 30  # a bright wall above, a wooden desk below


@pytest.mark.parametrize("name", VIDEOS)
def test_frames_have_the_hashes_of_vpdq(name: str, conformance_dir: Path) -> None:
    lines = (conformance_dir / "vpdq" / f"{name}.txt").read_text().split()
    expected = [line.split(",") for line in lines]
    with media.open(conformance_dir / "video" / f"{name}.mp4") as file:
        for frame in islice(file.frames(source=media.LumaSource.RGB), 0, 200, 40):
            number, quality, value, time_s = expected[frame.number]
            found = pdq.hash_luma(frame.luma())
            assert int(number) == frame.number
            assert frame.time_s == pytest.approx(float(time_s), abs=0.01)
            assert found.distance(pdq.Pdq(bytes.fromhex(value), int(quality))) <= 6
            assert pdq.hash_luma(frame.pixels.plane()).distance(found) <= 6


@pytest.mark.parametrize("name", VIDEOS)
def test_videos_have_as_many_frames_as_vpdq_saw(name: str, conformance_dir: Path) -> None:
    lines = (conformance_dir / "vpdq" / f"{name}.txt").read_text().split()
    with media.open(conformance_dir / "video" / f"{name}.mp4") as file:
        assert sum(1 for _ in file.frames()) == len(lines)
        assert file.partial is None
