"""What is encoded comes back through `media.open`: the same times, pictures and sound."""

from fractions import Fraction

import numpy as np
import pytest

from seawall import errors, media
from seawall.media import encode

HEIGHT, WIDTH = 96, 128


def picture(number, height=HEIGHT, width=WIDTH):
    """A smooth picture whose brightness says which it is."""
    ramp = np.linspace(0, 100, width)[None, :, None] + np.linspace(0, 60, height)[:, None, None]
    return np.broadcast_to(ramp + 8 * number, (height, width, 3)).astype(np.uint8)


def tone(rate_hz, seconds, channels=1):
    samples = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate_hz * seconds)) / rate_hz)
    return np.stack([samples] * channels, axis=-1).astype(np.float32)


def read(path):
    with media.open(path) as source:
        return [(frame.time_s, frame.rgb()) for frame in source.frames()]


def test_uneven_times_come_back_to_the_tick(tmp_path):
    times = [0.0, 0.04, 0.1, 0.1 + 1001 / 30000, 0.5, 0.5083]
    frames = [(time_s, picture(number)) for number, time_s in enumerate(times)]
    assert encode.write_video(tmp_path / "a.mp4", frames, rate_hz=25) == len(times)
    got = read(tmp_path / "a.mp4")
    assert [time_s for time_s, _ in got] == pytest.approx(times, abs=0.5 / 60_000)
    for number, (_, rgb) in enumerate(got):
        assert np.abs(rgb.astype(int) - picture(number)).mean() < 3


@pytest.mark.parametrize(
    ("name", "codec", "crf", "sound_codec", "rate_hz"),
    [
        ("a.mp4", "libx264", 20, "aac", 44_100),
        ("a.mp4", "mpeg4", 3, "libmp3lame", 44_100),
        ("a.webm", "libvpx-vp9", 20, "libopus", 48_000),
        ("a.mkv", "libx264", 20, "libopus", 48_000),
    ],
)
def test_each_codec_keeps_pictures_and_sound(tmp_path, name, codec, crf, sound_codec, rate_hz):
    path = tmp_path / name
    encode.write_video(
        path,
        [(number / 25, picture(number % 12)) for number in range(50)],
        rate_hz=25,
        settings=encode.Settings(codec=codec, crf=crf),
        sound=encode.Sound(tone(rate_hz, 2, channels=2), rate_hz, sound_codec),
    )
    got = read(path)
    assert [time_s for time_s, _ in got] == pytest.approx([n / 25 for n in range(50)], abs=1e-3)
    assert max(np.abs(rgb.astype(int) - picture(n % 12)).mean() for n, (_, rgb) in enumerate(got)) < 6
    with media.open(path) as source:
        samples = np.concatenate(list(source.audio(16_000)))
    assert len(samples) / 16_000 == pytest.approx(2, abs=0.1)
    spectrum = np.abs(np.fft.rfft(samples[8_000:24_000]))
    assert np.argmax(spectrum) == pytest.approx(440, abs=2)


def test_the_same_input_gives_the_same_bytes(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        encode.write_video(
            tmp_path / name,
            [(number / 25, picture(number)) for number in range(8)],
            rate_hz=25,
            sound=encode.Sound(tone(44_100, 0.3)[:, 0], 44_100),
        )
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_frames_are_scaled_to_the_files_even_sides(tmp_path):
    with encode.Writer(tmp_path / "a.mp4", 65, 49, rate_hz=Fraction(25)) as writer:
        writer.write(0, picture(3))
        writer.write(0.04, encode.planes(picture(4), WIDTH, HEIGHT))
    got = read(tmp_path / "a.mp4")
    assert [rgb.shape for _, rgb in got] == [(48, 64, 3)] * 2
    assert [int(rgb.mean()) for _, rgb in got] == pytest.approx([picture(n).mean() for n in (3, 4)], abs=3)


def test_time_must_advance(tmp_path):
    with encode.Writer(tmp_path / "a.mp4", 64, 48, rate_hz=Fraction(25)) as writer:
        writer.write(0.5, picture(0))
        with pytest.raises(ValueError, match=r"0\.5 s"):
            writer.write(0.5, picture(1))


def test_no_frames_are_no_video(tmp_path):
    with pytest.raises(ValueError, match="no frames"):
        encode.write_video(tmp_path / "a.mp4", [], rate_hz=25)


def test_a_folder_that_is_not_there_is_a_failed_write(tmp_path):
    with pytest.raises(errors.WriteFailed, match="missing"):
        encode.write_video(tmp_path / "missing" / "a.mp4", [(0, picture(0))], rate_hz=25)
    with pytest.raises(errors.WriteFailed, match="missing"):
        encode.write_jpeg(tmp_path / "missing" / "a.jpg", picture(0), quality=50)


def test_a_decoded_frame_and_its_rgb_become_the_same_planes(tmp_path):
    encode.write_video(tmp_path / "a.mp4", [(0, picture(5))], rate_hz=25, settings=encode.Settings(crf=10))
    with media.open(tmp_path / "a.mp4") as source:
        frame = next(iter(source.frames()))
        direct, through_rgb = (encode.planes(one, 64, 48) for one in (frame, frame.rgb()))
    for plane in ("y", "u", "v"):
        one, other = getattr(direct, plane).astype(int), getattr(through_rgb, plane).astype(int)
        assert one.shape == other.shape
        assert np.abs(one - other).max() <= 2


@pytest.mark.parametrize(("width", "height"), [(64, 48), (64, 50), (66, 48), (66, 50)])
def test_planes_of_any_even_sides_come_back(tmp_path, width, height):
    colours = picture(5, height, width) + np.array([0, 30, 60], np.uint8)
    with encode.Writer(
        tmp_path / "a.mp4", width, height, rate_hz=Fraction(25), settings=encode.Settings(crf=5)
    ) as writer:
        writer.write(0, encode.planes(colours, width, height))
    ((_, rgb),) = read(tmp_path / "a.mp4")
    assert np.abs(rgb.astype(int) - colours).mean() < 3


def test_scaling_keeps_the_range():
    white = np.full((80, 120, 3), 255, np.uint8)
    small = encode.scaled(white, 60, 40)
    assert small.shape == (40, 60, 3)
    assert small.min() >= 254
    assert encode.scaled(np.zeros_like(white), 60, 40).max() <= 1


def test_jpeg_reads_back(tmp_path):
    encode.write_jpeg(tmp_path / "a.jpg", picture(6), quality=90)
    with media.open(tmp_path / "a.jpg") as source:
        assert np.abs(source.picture().rgb.astype(int) - picture(6)).mean() < 2
