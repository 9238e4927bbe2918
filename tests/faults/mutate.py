"""Damaged media: small sound files of many formats, and seeded ways to spoil them.

`sources()` encodes a second of moving pattern, with sound where the container takes it, into each format;
`mutations(data, seed)` spoils one: flipped bytes, blank blocks, cut ends, moved and doubled pieces.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH_PX, HEIGHT_PX, RATE, FRAMES = 160, 120, 25, 25
SOUND_HZ = 48000


def pattern(number: int, width: int = WIDTH_PX, height: int = HEIGHT_PX) -> NDArray[np.uint8]:
    """(height, width, 3): soft waves that move with the frame's number."""
    rows, columns = np.mgrid[0:height, 0:width]
    waves = [
        np.sin(columns / (9 + 4 * band) + number / 3 + band) + np.cos(rows / (7 + band)) for band in range(3)
    ]
    return np.stack([(wave * 50 + 128) for wave in waves], axis=2).astype(np.uint8)


@dataclass(frozen=True)
class Recipe:
    """A container with its codecs."""

    container: str
    video: str | None = None
    audio: str | None = None
    pixel_format: str = "yuv420p"


RECIPES = {
    "mp4": Recipe("mp4", "libx264", "aac"),
    "mov": Recipe("mov", "mjpeg", None, "yuvj420p"),
    "webm": Recipe("webm", "libvpx", "libopus"),
    "mkv": Recipe("matroska", "libvpx-vp9", "flac"),
    "avi": Recipe("avi", "mpeg4", "libmp3lame"),
    "ts": Recipe("mpegts", "libx264", "aac"),
    "mpg": Recipe("mpeg", "mpeg2video", "mp2"),
    "flv": Recipe("flv", "flv", "aac"),
    "ogg": Recipe("ogg", "libvpx", "libopus"),
    "h264": Recipe("h264", "libx264"),
    "wmv": Recipe("asf", "wmv2", "wmav2"),
    "mp3": Recipe("mp3", None, "libmp3lame"),
    "wav": Recipe("wav", None, "pcm_s16le"),
    "opus": Recipe("ogg", None, "libopus"),
}


def encode(recipe: Recipe, frames: int = FRAMES) -> bytes:
    """The recipe's file, of `frames` frames."""
    target = io.BytesIO()
    with av.open(target, "w", format=recipe.container) as output:
        streams: list[tuple[av.VideoStream | av.AudioStream, Iterator[av.VideoFrame | av.AudioFrame]]] = []
        if recipe.video is not None:
            video = output.add_stream(recipe.video, rate=RATE)
            video.width, video.height, video.pix_fmt = WIDTH_PX, HEIGHT_PX, recipe.pixel_format
            video.codec_context.thread_count = 1
            streams.append((video, _pictures(frames)))
        if recipe.audio is not None:
            audio = output.add_stream(recipe.audio, rate=SOUND_HZ, layout="mono")
            audio.bit_rate = 64_000
            streams.append((audio, _tones(frames / RATE)))
        for stream, contents in streams:
            for frame in contents:
                output.mux(stream.encode(frame))
        for stream, _ in streams:
            output.mux(stream.encode(None))
    return target.getvalue()


def _pictures(frames: int) -> Iterator[av.VideoFrame]:
    for number in range(frames):
        frame = av.VideoFrame.from_ndarray(pattern(number), format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, RATE)
        yield frame


def _tones(seconds: float) -> Iterator[av.AudioFrame]:
    samples = (np.sin(np.arange(round(seconds * SOUND_HZ)) / 20) * 8000).astype(np.int16)
    for first in range(0, len(samples), 1024):
        frame = av.AudioFrame.from_ndarray(samples[None, first : first + 1024], format="s16", layout="mono")
        frame.rate, frame.pts, frame.time_base = SOUND_HZ, first, Fraction(1, SOUND_HZ)
        yield frame


def picture(image_format: str, **options: object) -> bytes:
    """One picture, or with save_all and append_images a moving one, by Pillow."""
    target = io.BytesIO()
    Image.fromarray(pattern(0)).save(target, image_format, **options)
    return target.getvalue()


@lru_cache(maxsize=1)
def sources() -> dict[str, bytes]:
    """A sound file of each format, under 60 kB each."""
    others = [Image.fromarray(pattern(number)) for number in range(1, 6)]
    moving = {"save_all": True, "append_images": others, "duration": 100}
    return {
        **{name: encode(recipe) for name, recipe in RECIPES.items()},
        "jpg": picture("JPEG", quality=80),
        "progressive.jpg": picture("JPEG", quality=80, progressive=True),
        "png": picture("PNG"),
        "gif": picture("GIF", **moving),
        "webp": picture("WEBP", **moving),
        "apng": picture("PNG", **moving),
        "avif": picture("AVIF", quality=50),
        "tiff": picture("TIFF", compression="tiff_lzw"),
        "bmp": picture("BMP"),
        "jp2": picture("JPEG2000"),
        "ppm": picture("PPM"),
    }


Damage = Callable[[bytearray, random.Random], None]


def flip_bytes(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 5, 50, 500))):
        data[chance.randrange(len(data))] ^= chance.randrange(1, 256)


def flip_head(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 10))):
        data[chance.randrange(min(400, len(data)))] = chance.choice((0, 1, 127, 128, 255))


def blank_block(data: bytearray, chance: random.Random) -> None:
    first = chance.randrange(len(data))
    length = min(len(data) - first, chance.choice((4, 64, 1024, 8192)))
    data[first : first + length] = bytes([chance.choice((0, 255))]) * length


def cut_end(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(1, len(data)) :]


def move_piece(data: bytearray, chance: random.Random) -> None:
    length = chance.randrange(1, max(2, len(data) // 4))
    first = chance.randrange(len(data) - length + 1)
    piece = data[first : first + length]
    del data[first : first + length]
    to = chance.randrange(len(data) + 1)
    data[to:to] = piece


def double_piece(data: bytearray, chance: random.Random) -> None:
    length = chance.randrange(1, max(2, len(data) // 4))
    first = chance.randrange(len(data) - length + 1)
    to = chance.randrange(len(data) + 1)
    data[to:to] = data[first : first + length]


def huge_number(data: bytearray, chance: random.Random) -> None:
    """What looks like a length or a count becomes as large as it can be."""
    first = chance.randrange(max(1, len(data) - 4))
    data[first : first + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"))


WAYS: tuple[Damage, ...] = (
    flip_bytes,
    flip_head,
    blank_block,
    cut_end,
    move_piece,
    double_piece,
    huge_number,
)


def mutations(data: bytes, seed: str) -> Iterator[tuple[str, bytes]]:
    """Endless damaged copies, always the same for one seed, each with the name of what was done."""
    chance = random.Random(seed)
    while True:
        ways = chance.sample(WAYS, chance.choice((1, 1, 2)))
        copy = bytearray(data)
        for way in ways:
            way(copy, chance)
        yield "+".join(way.__name__ for way in ways), bytes(copy)
