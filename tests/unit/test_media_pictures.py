"""Stills and moving pictures of the picture formats: every mode, every orientation, damage and limits."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from seawall import errors, media
from seawall.media import picture

sys.path.append(str(Path(__file__).resolve().parents[1] / "faults"))
import mutate

COLOURS = mutate.pattern(0)
GREY = np.asarray(Image.fromarray(COLOURS).convert("L"))


def saved(image: Image.Image, image_format: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, image_format, **options)
    return target.getvalue()


def decoded(data: bytes) -> NDArray[np.uint8]:
    with media.open(io.BytesIO(data)) as file:
        pixels = file.picture().rgb
        assert (file.height_px, file.width_px) == pixels.shape[:2]
        assert file.partial is None
    assert pixels.dtype == np.uint8
    return pixels


def off(first: NDArray[np.generic], second: NDArray[np.generic]) -> float:
    """The mean difference in levels."""
    return float(np.abs(first.astype(float) - second.astype(float)).mean())


@pytest.mark.parametrize(
    ("mode", "image_format", "levels"),
    [
        ("RGB", "PNG", 0.0),
        ("RGBA", "PNG", 0.0),
        ("P", "PNG", 25.0),
        ("RGB", "TIFF", 0.0),
        ("CMYK", "TIFF", 1.0),
        ("YCbCr", "TIFF", 2.0),
        ("LAB", "TIFF", 6.0),
        ("RGB", "JPEG", 3.0),
        ("CMYK", "JPEG", 4.0),
        ("RGB", "BMP", 0.0),
        ("RGB", "PPM", 0.0),
        ("RGB", "WEBP", 4.0),
        ("RGB", "JPEG2000", 3.0),
        ("RGB", "AVIF", 4.0),
    ],
)
def test_colour_modes_come_out_as_red_green_blue(mode: str, image_format: str, levels: float) -> None:
    image = Image.fromarray(COLOURS)
    if mode == "LAB":
        image = ImageCms.profileToProfile(
            image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        )
    assert off(decoded(saved(image.convert(mode), image_format)), COLOURS) <= levels


def test_an_adobe_jpeg_of_four_inks_is_not_negative() -> None:
    dark = Image.new("RGB", (32, 32), (20, 20, 20)).convert("CMYK")
    assert decoded(saved(dark, "JPEG", quality=95)).mean() < 40


@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "PPM"])
def test_two_levels(image_format: str) -> None:
    two = Image.fromarray(GREY > 128)
    assert np.array_equal(decoded(saved(two, image_format))[..., 0], np.where(GREY > 128, 255, 0))


@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "PPM"])
def test_sixteen_bit_grey_loses_its_lower_half(image_format: str) -> None:
    deep = GREY.astype(np.uint16) * 256 + 200
    assert np.array_equal(decoded(saved(Image.fromarray(deep), image_format))[..., 1], GREY)


def test_whole_numbers_in_range_stay_and_others_are_spread() -> None:
    steps = np.arange(256, dtype=np.int32).reshape(16, 16)
    assert np.array_equal(decoded(saved(Image.fromarray(steps), "TIFF"))[..., 0], steps)
    assert np.array_equal(decoded(saved(Image.fromarray(steps * 1000 - 9), "TIFF"))[..., 0], steps)


def test_floats_in_range_stay_and_others_are_spread() -> None:
    steps = np.arange(256, dtype=np.float32).reshape(16, 16)
    for values in (steps, steps / 255, steps * 7 - 300):
        assert np.array_equal(decoded(saved(Image.fromarray(values), "TIFF"))[..., 0], steps)


def test_what_is_no_number_is_black() -> None:
    values = np.full((8, 8), 100, np.float32)
    values[0, :3] = (np.nan, np.inf, -np.inf)
    assert decoded(saved(Image.fromarray(values), "TIFF"))[0, :4, 0].tolist() == [0, 0, 0, 100]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_lies_on_white(mode: str) -> None:
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 10, 20))
    image.paste((0, 0, 0, 127), (10, 0, 20, 5))
    if mode == "LA":
        image = image.convert("LA")
    elif mode == "P":
        image = image.convert("P")
    pixels = decoded(saved(image, "PNG"))
    assert pixels[12, 3].tolist() == [255, 255, 255]
    assert pixels[12, 15].tolist() == [0, 0, 0]
    if mode in ("RGBA", "LA"):
        assert pixels[2, 15, 0] == pytest.approx(128, abs=1)


@pytest.mark.parametrize("mode", ["PA", "RGBa"])
def test_modes_that_few_files_have_lie_on_white_too(mode: str) -> None:
    assert picture.to_rgb(Image.new(mode, (4, 4))).min() == 255


def test_a_transparent_colour_of_a_grey_picture_lies_on_white() -> None:
    grey = Image.new("L", (8, 8), 7)
    grey.putpixel((0, 0), 50)
    pixels = decoded(saved(grey, "PNG", transparency=7))
    assert (pixels[4, 4, 0], pixels[0, 0, 0]) == (255, 50)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("value", range(1, 9))
def test_pictures_stand_upright(image_format: str, value: int) -> None:
    upright = np.zeros((40, 60, 3), np.uint8)
    upright[:20, :30], upright[20:, 30:] = (250, 10, 10), (10, 10, 250)
    turn = Image.Transpose
    undo = {
        2: turn.FLIP_LEFT_RIGHT,
        3: turn.ROTATE_180,
        4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE,
        6: turn.ROTATE_90,
        7: turn.TRANSVERSE,
        8: turn.ROTATE_270,
    }
    image = Image.fromarray(upright)
    stored = image.transpose(undo[value]) if value in undo else image
    exif = Image.Exif()
    exif[0x0112] = value
    lossless = {} if image_format in ("PNG", "TIFF") else {"quality": 100}
    assert off(decoded(saved(stored, image_format, exif=exif, **lossless)), upright) < 12


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0garbage", b"Exif\0\0MM\0\x2a\xff\xff\xff\xff", b"Exif\0\0II*\0\x08\0\0\0\xff\xff"]
)
def test_damaged_exif_turns_nothing(exif: bytes) -> None:
    assert off(decoded(saved(Image.fromarray(COLOURS), "JPEG", exif=exif)), COLOURS) < 4


def test_luma_has_the_weights_of_pdq() -> None:
    with media.open(io.BytesIO(saved(Image.fromarray(COLOURS), "PNG"))) as file:
        luma = file.picture().luma()
    assert luma.dtype == np.float32
    assert np.allclose(luma, COLOURS @ np.array([0.299, 0.587, 0.114]), atol=1e-3)


@pytest.mark.parametrize(("image_format", "share"), [("JPEG", 0.5), ("PNG", 0.5), ("BMP", 0.6), ("PPM", 0.6)])
def test_a_cut_picture_gives_what_there_is_and_says_so(image_format: str, share: float) -> None:
    whole = saved(Image.fromarray(COLOURS), image_format)
    with media.open(io.BytesIO(whole[: int(len(whole) * share)])) as file:
        pixels = file.picture().rgb
        partial = file.partial
    read = slice(-30, None) if image_format == "BMP" else slice(30)  # which is stored from the bottom
    assert off(pixels[read], COLOURS[read]) < 4
    assert partial is not None
    assert partial.read_s is None
    assert partial.reason


@pytest.mark.parametrize(
    "data",
    [
        saved(Image.fromarray(COLOURS), "JPEG")[:300],
        saved(Image.fromarray(COLOURS), "PNG")[:60],
        saved(Image.fromarray(COLOURS), "PNG")[:20],
        b"\xff\xd8\xff" + bytes(100),
        b"GIF89a",
        b"II*\0\x08\0\0\0",
        b"RIFF\x20\0\0\0WEBPVP8 ",
    ],
)
def test_a_picture_of_which_nothing_is_left_is_damaged(data: bytes) -> None:
    with pytest.raises(errors.DamagedMedia), media.open(io.BytesIO(data)) as file:
        file.picture()


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    rows = zlib.compress(bytes(1000))
    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_gigantic_picture_is_refused_by_its_header() -> None:
    with pytest.raises(errors.MediaTooLarge) as caught:
        media.open(io.BytesIO(png_header(40_000, 40_000)))
    assert caught.value.fields["size"] == 1_600_000_000
    assert caught.value.fields["unit"] == "pixels"


def test_the_limit_of_pixels_is_seawalls_own_and_pillows_stays_as_it_was() -> None:
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = 10
    try:
        assert decoded(saved(Image.fromarray(COLOURS), "PNG")).shape == COLOURS.shape
        assert Image.MAX_IMAGE_PIXELS == 10
    finally:
        Image.MAX_IMAGE_PIXELS = before


MOVING = {"GIF": 30.0, "WEBP": 6.0, "PNG": 0.0}


def moving(image_format: str, durations: list[int], **options: object) -> bytes:
    first, *others = [Image.fromarray(mutate.pattern(number)) for number in range(len(durations))]
    return saved(first, image_format, save_all=True, append_images=others, duration=durations, **options)


@pytest.mark.parametrize("image_format", MOVING)
def test_a_moving_picture_is_a_video_with_its_own_times(image_format: str) -> None:
    with media.open(io.BytesIO(moving(image_format, [100, 50, 400]))) as file:
        assert file.kind == "video"
        assert file.has_video
        assert not file.has_audio
        assert file.duration_s is None
        frames = list(file.frames())
        assert [frame.time_s for frame in frames] == pytest.approx([0, 0.1, 0.15])
        assert [frame.number for frame in frames] == [0, 1, 2]
        assert file.duration_s == pytest.approx(0.55)
        for frame in frames:
            assert off(frame.rgb(), mutate.pattern(frame.number)) <= MOVING[image_format]
            assert frame.luma().dtype == np.uint8
        assert [frame.time_s for frame in file.frames()] == pytest.approx([0, 0.1, 0.15])
        assert file.partial is None


def test_a_moving_picture_without_haste_is_shown_as_players_do() -> None:
    with media.open(io.BytesIO(moving("GIF", [0, 10, 40]))) as file:
        assert [frame.time_s for frame in file.frames()] == pytest.approx([0, 0.1, 0.2])
        assert file.duration_s == pytest.approx(0.24)


def test_the_still_that_stands_in_for_an_animation_is_not_part_of_it() -> None:
    data = moving("PNG", [100, 100, 100], default_image=True)
    with media.open(io.BytesIO(data)) as file:
        assert [off(frame.rgb(), mutate.pattern(frame.number + 1)) for frame in file.frames()] == [0, 0]


def test_one_picture_of_a_moving_format_is_a_still() -> None:
    for image_format in MOVING:
        with media.open(io.BytesIO(saved(Image.fromarray(COLOURS), image_format))) as file:
            assert file.kind == "image"
            with pytest.raises(errors.UsageError):
                next(file.frames())


def test_a_cut_moving_picture_gives_what_there_is_and_says_so() -> None:
    data = moving("GIF", [100] * 6)
    with media.open(io.BytesIO(data[: len(data) // 2])) as file:
        frames = list(file.frames())
        partial = file.partial
    assert 1 <= len(frames) <= 4
    assert partial is not None
    assert partial.read_s == pytest.approx(len(frames) / 10)


@pytest.mark.parametrize(
    ("limits", "unit"), [(media.Limits(frames=3), "frames"), (media.Limits(duration_s=0.35), "seconds")]
)
def test_a_moving_picture_has_limits(limits: media.Limits, unit: str) -> None:
    with (
        media.open(io.BytesIO(moving("GIF", [100] * 6)), limits=limits) as file,
        pytest.raises(errors.MediaTooLarge) as caught,
    ):
        list(file.frames())
    assert caught.value.fields["unit"] == unit


def test_limits_must_be_above_zero() -> None:
    with pytest.raises(errors.UsageError, match="pixels"):
        media.Limits(pixels=0)
