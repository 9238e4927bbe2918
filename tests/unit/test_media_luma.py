"""Luma of every pixel format is in one range, whatever the decoder stores."""

from __future__ import annotations

import sys
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from seawall.media import luma, orient
from seawall.media.frame import VideoPixels

sys.path.append(str(Path(__file__).resolve().parents[1] / "faults"))
import mutate


def grey(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    return luma.from_rgb(picture)


def off(first: NDArray[np.generic], second: NDArray[np.generic]) -> float:
    """The mean difference in levels."""
    assert first.shape == second.shape
    return float(np.abs(first.astype(float) - second.astype(float)).mean())


@pytest.mark.parametrize(
    "pixel_format",
    [
        *("yuv420p", "yuvj420p", "yuv411p", "yuv410p", "yuv440p", "nv12", "nv21", "nv24", "yuva444p", "gray"),
        *(
            "yuv420p9le",
            "yuv422p10be",
            "yuv420p12le",
            "yuv444p14le",
            "yuv420p16be",
            "p010le",
            "p012le",
            "p016be",
        ),
        *(
            "p210le",
            "nv20le",
            "gray10le",
            "gray12be",
            "gray16be",
            "grayf32le",
            "ya8",
            "yuyv422",
            "rgb24",
            "gbrp",
        ),
    ],
)
@pytest.mark.parametrize("width", [160, 98])
def test_planes_of_every_format_are_one_range(pixel_format: str, width: int) -> None:
    picture = mutate.pattern(3, width, 66)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixel_format)
    pixels = VideoPixels(frame, orient.UPRIGHT, VideoReformatter()).plane()
    assert off(pixels, grey(picture)) < 2


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le", "nv12"])
def test_black_is_0_and_white_is_255(pixel_format: str) -> None:
    for level in (0, 255):
        flat = av.VideoFrame.from_ndarray(np.full((64, 64, 3), level, np.uint8), format="rgb24")
        frame = flat.reformat(format=pixel_format)
        pixels = VideoPixels(frame, orient.UPRIGHT, VideoReformatter()).plane()
        assert (pixels == level).all()


def test_full_range_that_is_only_marked_as_such_is_left_alone() -> None:
    frame = av.VideoFrame(64, 64, "yuv420p")
    frame.planes[0].update(bytes([200]) * frame.planes[0].buffer_size)
    pixels = VideoPixels(frame, orient.UPRIGHT, VideoReformatter())
    assert set(np.unique(pixels.plane())) == {round((200 - 16) * 255 / 219)}
    frame.color_range = 2
    assert set(np.unique(pixels.plane())) == {200}


def test_limited_range_is_spread_to_the_nearest_whole_number() -> None:
    values = np.arange(256, dtype=np.uint8)
    expected = np.clip(np.rint((np.arange(256) - 16) * 255 / 219), 0, 255)
    assert luma.spread(values[None]).ravel().tolist() == expected.tolist()
    wide = np.resize(values, (67, 301))
    for plane in (wide, np.asfortranarray(wide), wide[:, 3:18], wide[:1, :1]):
        assert np.array_equal(luma.spread(plane), expected[plane])


@pytest.mark.parametrize("colours", [3, 8, 14, 15])
def test_colours_that_ffmpeg_cannot_convert_give_a_picture(colours: int) -> None:
    frame = av.VideoFrame.from_ndarray(mutate.pattern(0), format="rgb24").reformat(format="yuv420p")
    frame.colorspace = colours
    assert off(VideoPixels(frame, orient.UPRIGHT, VideoReformatter()).upright_rgb(), mutate.pattern(0)) < 6
