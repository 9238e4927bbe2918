"""From a file to its signals, and the way back from another process, which is not trusted."""

import io

import av
import numpy as np
import pytest
from PIL import Image

from seawall import media
from seawall.media import encode
from seawall.model import content, signal
from seawall.signals import audio, compute, local, pdq, roles, video


def picture_file(luma, name="png"):
    file = io.BytesIO()
    Image.fromarray(luma).save(file, name)
    file.seek(0)
    return file


def textured(height, width, seed=1):
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (12, 12), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def video_file(frames, fps=10):
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        stream = container.add_stream("ffv1", rate=fps)
        stream.height, stream.width = frames[0].shape
        stream.pix_fmt = "gray"
        for shown in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, "gray")))
        container.mux(stream.encode(None))
    file.seek(0)
    return file


def sound_file(samples=np.zeros(4000, np.int16)):
    file = io.BytesIO()
    with av.open(file, "w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(samples[None], "s16", "mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    file.seek(0)
    return file


NO_SOUND = signal.Skipped(signal.SignalType.AUDIO, signal.SkipReason.NO_AUDIO_TRACK)


def computed(file, role=roles.Role.QUERY):
    with media.open(file, thinning=compute.thinning(role)) as opened:
        return compute.compute(opened, role)


def moving_file():
    wide = textured(64, 300)
    return video_file([np.ascontiguousarray(wide[:, 6 * at : 6 * at + 96]) for at in range(30)])


def test_a_picture_has_a_fingerprint_and_a_hash():
    luma = textured(120, 160)
    made = computed(picture_file(luma))
    own, full, points = made.signals()
    assert (made.kind, made.format, made.duration_s) == (content.Kind.IMAGE, "png", None)
    assert (made.width_px, made.height_px, made.skipped) == (160, 120, ())
    kinds = (signal.SignalType.IMAGE, signal.SignalType.PDQ, signal.SignalType.LOCAL)
    assert (own.type, full.type, points.type) == kinds
    assert len(local.decode(points.value)) == 1
    assert video.decode(own.value).is_still
    expected = pdq.hash_luma(luma)
    assert (full.value, full.quality) == (expected.value, expected.quality)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [((4, 300), signal.SkipReason.TOO_SMALL), ((300, 300), signal.SkipReason.LOW_QUALITY)],
)
def test_a_picture_that_cannot_be_hashed_says_why(shape, reason):
    made = computed(picture_file(np.full(shape, 90, np.uint8)))
    assert made.fingerprint is None
    assert made.signals() == ()
    assert made.skipped == (signal.Skipped(signal.SignalType.IMAGE, reason),)


@pytest.mark.parametrize(
    ("role", "least", "most"), [(roles.Role.QUERY, 12, 13), (roles.Role.REFERENCE, 28, 30)]
)
def test_a_video_is_sampled_by_its_role(role, least, most):
    made = computed(moving_file(), role)
    assert made.kind is content.Kind.VIDEO
    assert least <= len(made.fingerprint) <= most
    assert made.duration_s == made.fingerprint.duration_s == pytest.approx(3.0, abs=0.05)
    own, points = made.signals()
    assert (own.type, points.type) == (signal.SignalType.VIDEO, signal.SignalType.LOCAL)
    assert made.skipped == (NO_SOUND,)
    assert made.spent_s[compute.DECODE] > 0


def grouped_file(tmp_path, group_frames=10, count=120):
    """Twelve seconds at 10 frames a second, a key frame every so many."""
    wide = textured(72, 1100)
    pictures = (np.repeat(wide[:, 8 * at : 8 * at + 96, None], 3, axis=2) for at in range(count))
    path = tmp_path / "grouped.mp4"
    frames = ((number / 10, picture) for number, picture in enumerate(pictures))
    encode.write_video(path, frames, rate_hz=10, settings=encode.Settings(group_frames=group_frames))
    return path


@pytest.mark.parametrize(
    ("role", "glance_s", "moments"),
    [
        (roles.Role.QUERY, 1.5, [1000 * at for at in range(12)]),
        (roles.Role.QUERY, 0.5, None),
        (roles.Role.QUERY, 0.0, None),
        (roles.Role.REFERENCE, 1.5, None),
    ],
)
def test_only_a_query_is_glanced_at_and_only_where_key_frames_are_dense(tmp_path, role, glance_s, moments):
    with media.open(grouped_file(tmp_path), thinning=compute.thinning(role, glance_s)) as opened:
        made = compute.compute(opened, role)
    assert made.glanced == (moments is not None)
    assert made.duration_s == made.fingerprint.duration_s == 12.0
    if moments is None:
        assert max(np.diff(made.fingerprint.times_ms)) <= 300
    else:
        assert made.fingerprint.times_ms.tolist() == moments


def test_a_file_of_few_key_frames_is_looked_at_closely_at_once(tmp_path):
    path = grouped_file(tmp_path, count=10 * compute.GLANCE_LOOKS - 10)
    with media.open(path, thinning=compute.thinning(roles.Role.QUERY, 1.5)) as opened:
        made = compute.compute(opened, roles.Role.QUERY)
    assert not made.glanced
    assert max(np.diff(made.fingerprint.times_ms)) <= 300


def test_what_a_glance_shows_is_what_a_close_look_shows(tmp_path):
    path = grouped_file(tmp_path)
    shown = []
    for glance_s in (1.5, 0.0):
        with media.open(path, thinning=compute.thinning(roles.Role.QUERY, glance_s)) as opened:
            shown.append(compute.compute(opened, roles.Role.QUERY).fingerprint)
    glanced, close = shown
    same = np.searchsorted(close.times_ms, glanced.times_ms)
    assert np.array_equal(close.codes[same], glanced.codes)
    assert np.array_equal(close.thumbs[same], glanced.thumbs)
    assert np.array_equal(close.pdq.codes[same], glanced.pdq.codes)


def test_a_flat_video_says_why_it_has_no_signal():
    made = computed(video_file([np.full((64, 96), 40, np.uint8)] * 10))
    assert (made.fingerprint, made.signals()) == (None, ())
    flat = signal.Skipped(signal.SignalType.VIDEO, signal.SkipReason.LOW_QUALITY)
    assert made.skipped == (flat, NO_SOUND)


def test_a_silent_sound_says_that_it_has_neither():
    made = computed(sound_file())
    assert made.kind is content.Kind.AUDIO
    assert made.skipped == (
        signal.Skipped(signal.SignalType.VIDEO, signal.SkipReason.NO_VIDEO_TRACK),
        signal.Skipped(signal.SignalType.AUDIO, signal.SkipReason.LOW_QUALITY),
    )


def test_a_sound_has_a_fingerprint():
    random = np.random.default_rng(0)
    notes = [random.choice(np.geomspace(300, 2500, 24), 3) for _ in range(40)]
    steps = np.arange(800) / 8000
    samples = np.concatenate([np.sin(2 * np.pi * note[:, None] * steps).sum(axis=0) for note in notes])
    made = computed(sound_file((samples * 8000).astype(np.int16)))
    (heard,) = made.signals()
    assert heard.type is signal.SignalType.AUDIO
    assert len(audio.decode(heard.value)) > 50


@pytest.mark.parametrize("make", [moving_file, sound_file, lambda: picture_file(textured(90, 90))])
def test_what_crosses_to_another_process_is_the_same(make):
    with media.open(make(), thinning=compute.thinning(roles.Role.QUERY)) as opened:
        crossed = compute.parse(compute.in_sandbox(opened, role="query"))
    here = computed(make())
    for name in ("kind", "format", "duration_s", "width_px", "height_px", "partial", "skipped", "glanced"):
        assert getattr(crossed, name) == getattr(here, name)
    assert crossed.signals() == here.signals()


def record(**changes):
    with media.open(picture_file(textured(90, 90))) as opened:
        return compute.in_sandbox(opened, role="query") | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "film"},
        {"kind": None},
        {"format": 3},
        {"duration_s": "long"},
        {"duration_s": True},
        {"width_px": 1.5},
        {"fingerprint": b"SWVF"},
        {"fingerprint": "SWVF"},
        {"partial": []},
        {"partial": {"read_s": None, "expected_s": None, "damaged_packets": 1}},
        {"skipped": [["pdq"]]},
        {"skipped": [["pdq", "tired"]]},
        {"skipped": {}},
    ],
)
def test_what_a_taken_over_process_sends_is_refused(changes):
    compute.parse(record())
    with pytest.raises(ValueError, match=r".+"):
        compute.parse(record(**changes))


@pytest.mark.parametrize("value", [None, [], 3, b"", "text"])
def test_what_is_no_record_is_refused(value):
    with pytest.raises(ValueError, match="mapping"):
        compute.parse(value)
