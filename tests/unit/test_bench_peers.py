"""The peers give what their authors' own code gave, and find what they should."""

import csv
from pathlib import Path

import numpy as np
import pytest

from seawall import errors
from seawall.bench import synthetic
from seawall.bench.peers import ask, chromaprint, ffmpeg, signature, tmk
from seawall.media import encode

RATE_HZ = chromaprint.RATE_HZ


@pytest.fixture
def with_ffmpeg(needs):
    needs(ffmpeg.executable() is not None, "the package imageio-ffmpeg brings the peers' ffmpeg")


@pytest.fixture
def without_ffmpeg(monkeypatch):
    monkeypatch.setattr(ffmpeg, "executable", lambda: None)


def video(folder, name):
    return folder / "video" / f"{name}.mp4"


def music(seconds, seed):
    """Chords that change four times a second."""
    rng = np.random.default_rng(seed)
    times = np.arange(RATE_HZ // 4) / RATE_HZ
    chords = [
        sum(np.sin(2 * np.pi * pitch * times) for pitch in rng.uniform(200, 1500, 3))
        for _ in range(4 * seconds)
    ]
    return (np.concatenate(chords) / 4).astype(np.float32)


# TMK+PDQF


def test_tmk_scores_equal_the_published_ones(conformance_dir, with_ffmpeg):
    names = ["chair-19-sd-bar", "chair-22-with-large-logo-bar", "pattern-hd-no-bar", "pattern-sd-grey-bar"]
    hashes = {name: tmk.hashed(tmk.features(video(conformance_dir, name))) for name in names}
    with (conformance_dir / "tmk_pairs.csv").open() as file:
        pairs = [pair for pair in csv.DictReader(file) if {pair["a"], pair["b"]} <= hashes.keys()]
    assert len(pairs) == 10
    for pair in pairs:
        first, second = tmk.levels(hashes[pair["a"]], hashes[pair["b"]])
        assert first == pytest.approx(float(pair["level1"]), abs=2e-6)
        assert second == pytest.approx(float(pair["level2"]), abs=2e-6)


def test_tmk_weights_are_the_tabulated_ones():
    assert tmk._weights()[:3] == pytest.approx([0.0708042, 0.1393779, 0.1328973], abs=1e-7)
    assert tmk._weights()[-1] == pytest.approx(9.19e-8, rel=1e-3)


def test_tmk_needs_both_levels():
    rng = np.random.default_rng(0)
    frames = rng.normal(size=(60, 256)).astype(np.float32)
    peer = tmk.Tmk()
    (same,) = peer.compare(tmk.hashed(frames), tmk.hashed(frames))
    assert same.match
    assert same.score == pytest.approx(1, abs=1e-5)
    (other,) = peer.compare(tmk.hashed(frames), tmk.hashed(rng.normal(size=(60, 256)).astype(np.float32)))
    assert not other.match
    (nothing,) = peer.compare(tmk.hashed(frames[:0]), tmk.hashed(frames))
    assert (nothing.match, nothing.score) == (False, 0)


# MPEG-7 signature


def test_the_signature_finds_copies_and_nothing_else(conformance_dir, with_ffmpeg):
    peer = signature.Signature()
    names = ["chair-19-sd-bar", "chair-22-with-large-logo-bar", "pattern-hd-no-bar", "pattern-longer-no-bar"]
    chair, logo, pattern, longer = (peer.prepare(video(conformance_dir, name), 30) for name in names)
    assert (len(chair), len(pattern)) == (564, 206)
    # 18.8 s of it begin 3.7 s later, under a large logo.
    assert signature.alike(chair, logo) == pytest.approx(18.6, abs=0.3)
    assert signature.alike(pattern, longer) > 6
    assert signature.alike(chair, pattern) == 0
    assert [one.match for one in (*peer.compare(chair, logo), *peer.compare(chair, pattern))] == [True, False]


def frames(count, rate_hz=25.0, seed=0, confidence=50):
    made = np.zeros(count, signature.Frame)
    made["time_s"] = np.arange(count) / rate_hz
    made["confidence"] = confidence
    made["bits"] = np.random.default_rng(seed).integers(0, 256, (count, 96))
    return made


def test_signatures_are_followed_at_another_speed_and_over_two_bad_frames():
    reference = frames(200)
    query = reference[40:120].copy()
    query["time_s"] = np.arange(80) / 50  # twice as fast
    assert signature.alike(query, reference) == pytest.approx(80 / 50)
    other = frames(200, seed=1)
    for bad, expected in ((2, 78), (3, 40)):
        broken = reference[40:120].copy()
        broken["time_s"] = np.arange(80) / 25
        broken["bits"][40 : 40 + bad] = other["bits"][:bad]
        assert signature.alike(broken, reference) == pytest.approx(expected / 25)


def test_flat_frames_are_no_signature():
    flat = frames(100, confidence=0)
    assert signature.alike(flat, flat) == 0
    assert signature.alike(frames(0), flat) == 0


def test_differences_count_by_how_much_elements_differ():
    # Elements 0 to 2 as two bits, "at least 1" and "at least 2": 0 and 2 differ by 2.
    none, one, two = (frames(1) for _ in range(3))
    for made, first in ((none, 0), (one, 0b10000000), (two, 0b11000000)):
        made["bits"] = 0
        made["bits"][0, 0] = first
    assert signature.differences(none, two)[0, 0] == 2
    assert signature.differences(one, two)[0, 0] == 1


@pytest.mark.parametrize("data", [b"", bytes(20), bytes(16) + b"\xff" * 40])
def test_what_is_no_signature_is_refused(data):
    with pytest.raises(ValueError, match="shorter"):
        signature.read(data)


# Chromaprint


def test_an_excerpt_is_found_where_it_lies(with_ffmpeg):
    whole = music(30, 1)
    rng = np.random.default_rng(3)
    excerpt = whole[12 * RATE_HZ : 20 * RATE_HZ] + rng.normal(0, 0.05, 8 * RATE_HZ).astype(np.float32)
    rate, offset_s = chromaprint.compare(chromaprint.fingerprint(excerpt), chromaprint.fingerprint(whole))
    assert rate < 0.15
    assert offset_s == pytest.approx(12, abs=chromaprint.WORD_S)
    assert chromaprint.matches(rate)
    other, _ = chromaprint.compare(chromaprint.fingerprint(excerpt), chromaprint.fingerprint(music(30, 2)))
    assert other > 0.36
    assert not chromaprint.matches(other)


def test_silence_is_like_nothing(with_ffmpeg):
    silence = chromaprint.fingerprint(np.zeros(10 * RATE_HZ, np.float32))
    assert len(silence) > 40
    assert chromaprint.compare(silence, silence) == (1.0, 0.0)
    assert chromaprint.compare(silence[:3], silence) == (1.0, 0.0)


def test_a_file_without_sound_has_no_words(with_ffmpeg, tmp_path):
    path = tmp_path / "mute.mp4"
    encode.write_video(path, [(n / 10, np.full((64, 96, 3), n, np.uint8)) for n in range(20)], rate_hz=10)
    assert len(chromaprint.fingerprint(path)) == 0


# All of them


def test_peers_say_why_they_cannot_run(without_ffmpeg):
    lacking = {peer.name: peer.lacks() for peer in ask.ALL}
    assert lacking["vpdq"] is None
    for name in ("tmk", "mpeg7_signature", "chromaprint"):
        assert "imageio-ffmpeg" in lacking[name]
    with pytest.raises(errors.UsageError, match="imageio-ffmpeg"):
        ffmpeg.run(Path("a.mp4"), ["-version"])


def test_what_ffmpeg_cannot_read_is_damaged(with_ffmpeg, tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"not a video")
    with pytest.raises(errors.DamagedMedia):
        tmk.features(path)


@pytest.mark.parametrize("peer", ask.ALL, ids=lambda peer: peer.name)
def test_every_peer_finds_the_file_itself_and_keeps_what_it_made(peer, with_ffmpeg, tmp_path):
    path, kept = tmp_path / "clip.mp4", tmp_path / "kept" / "clip"
    synthetic.write_clip(path, 5, 8, 192, 112, fps=12.5)
    file = ask.File("clip", path, 12.5, kept)
    answers = ask.answers(peer.name, file, (file,))
    assert [name for name, _ in peer.rules]
    assert len(answers) == len(peer.rules)
    for answer in answers:
        (found,) = answer.found
        assert (found.reference, found.recommendation) == ("clip", "suggest")
    path.unlink()
    assert ask.answers(peer.name, file, (file,)) == answers


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path, with_ffmpeg):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"not a video")
    (answer,) = ask.answers("tmk", ask.File("a", path, 25.0, tmp_path / "a"), ())
    assert answer.error.startswith("damaged_media")
