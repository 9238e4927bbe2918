"""A posted still finds the video that it was taken from, and the second."""

import os
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "unit")]
import moments  # noqa: E402
import prints  # noqa: E402

from seawall.signals import video  # noqa: E402

FULL = "SEAWALL_FULL" in os.environ
NEAR_S = 0.5
LEAST_SHARE = 0.98
#: short, and each hard in its own way: handheld, drawn, standing, few colours, a fixed camera
HANDFUL = (
    "CarND-LaneLines-P1__solidWhiteRight.mp4",
    "learning-area__rabbit.mp4",
    "openh264__BA1_FT_C.264",
    "sam2__02_cups.mp4",
    "testdata__Big_Buck_Bunny_180_10s.webm",
)


@pytest.fixture(scope="session")
def taken(corpus_dir):
    names = sorted(path.name for path in corpus_dir.iterdir()) if FULL else HANDFUL
    return prints.at_once(prints.stills, [corpus_dir / name for name in names])


def test_a_still_finds_its_video_and_its_second(taken):
    bank = moments.Bank()
    for clip in taken:
        bank.add(clip.name, video.decode(clip.reference))
    asked, missed = 0, []
    for clip in taken:
        for time_s, encoded in clip.stills:
            if not encoded:
                continue  # a frame too flat to hash
            asked += 1
            matches = [one for one in bank.search(video.decode(encoded)) if one.reference == clip.name]
            placed = [segment.reference_start_s for one in matches for segment in one.segments]
            if not any(abs(place_s - time_s) <= NEAR_S for place_s in placed):
                missed.append((clip.name, round(time_s, 2), placed))
    assert asked > (500 if FULL else 40)
    assert len(missed) <= (1 - LEAST_SHARE) * asked, f"{len(missed)} of {asked}: {missed}"
