"""The clips of the corpus open, and are what their table says."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

import pytest

from seawall import media

#: the table gives the size of another stream, or how the pixels are stored, or a rate that the stream lacks
OTHER_SIZE = {"torchcodec__nasa_13013.mp4", "mediawiki-extensions-TimedMediaHandler__av1-sdr.webm"}
OTHER_SIZE |= {"mediawiki-extensions-TimedMediaHandler__stream.360p.video.vp9.mp4"}


def clips(corpus_dir: Path) -> list[dict[str, str]]:
    with (corpus_dir.parent / "clips.csv").open(newline="") as table:
        return list(csv.DictReader(table))


def test_every_clip_opens_as_its_table_says(corpus_dir: Path) -> None:
    rows = clips(corpus_dir)
    assert len(rows) > 30
    for row in rows:
        with media.open(corpus_dir / row["file"]) as file:
            assert file.kind == "video", row["file"]
            assert file.has_audio == (row["audio_codec"] != "-"), row["file"]
            times = [frame.time_s for frame in islice(file.frames(), 12)]
            assert times[0] == pytest.approx(0, abs=0.05), row["file"]
            assert times == sorted(set(times)), row["file"]
            if file.format != "h264":
                assert (
                    file.duration_s == pytest.approx(float(row["seconds"]), abs=0.5) or "nasa" in row["file"]
                )
            if row["file"] not in OTHER_SIZE:
                assert f"{file.width_px}x{file.height_px}" == row["size"], row["file"]


@pytest.mark.parametrize(
    ("name", "frames", "seconds"),
    [
        ("libopenshot__test.avi", 496, 16.533),
        ("moviepy__chaplin.mp4", 241, 9.64),
        ("openh264__LS_SVA_D.264", 1700, 68.0),
        ("testdata__Big_Buck_Bunny_180_10s.webm", 300, 10.0),
        ("mediawiki-extensions-TimedMediaHandler__VP9-tractor.webm", 248, 9.92),
    ],
)
def test_clips_are_read_to_their_end(name: str, frames: int, seconds: float, corpus_dir: Path) -> None:
    with media.open(corpus_dir / name) as file:
        count, last_s = 0, 0.0
        for frame in file.frames():
            count, last_s = count + 1, frame.time_s
        assert count == frames
        assert last_s == pytest.approx(seconds, abs=0.1)
        assert file.duration_s == pytest.approx(seconds, abs=0.05)
        assert file.partial is None
