"""Synthetic clips follow from their seed, and two seeds have nothing in common."""

import numpy as np
import pytest

from seawall import media
from seawall.bench import brute, synthetic
from seawall.signals import pdq


def codes(seed):
    lumas = [
        picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
        for number, (_, picture) in enumerate(synthetic.frames(seed, 8, 320, 180, 25))
        if number % 10 == 0
    ]
    hashes = pdq.hash_batch(lumas)
    assert min(hashed.quality for hashed in hashes) >= 50
    return np.frombuffer(b"".join(hashed.value for hashed in hashes), np.uint8).reshape(-1, 32)


def test_seeds_share_no_picture():
    one, other, again = codes(1), codes(2), codes(1)
    assert np.array_equal(one, again)
    assert brute.distances(one, other).min() > 60


def test_it_moves_and_is_cut():
    clip = codes(3)
    steps = np.diagonal(brute.distances(clip[:-1], clip[1:]))
    assert steps.min() > 0
    assert steps.max() > 80


@pytest.mark.parametrize("with_audio", [True, False])
def test_the_file_has_what_was_asked_for(tmp_path, with_audio):
    path = tmp_path / "a.mp4"
    synthetic.write_clip(path, 7, 2, 160, 120, fps=10, with_audio=with_audio)
    with media.open(path) as source:
        times = [frame.time_s for frame in source.frames()]
        assert (source.width_px, source.height_px, source.has_audio) == (160, 120, with_audio)
        if with_audio:
            samples = np.concatenate(list(source.audio(16_000)))
            assert np.sqrt(np.mean(samples**2)) > 0.02
    assert times == pytest.approx([number / 10 for number in range(20)])


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        synthetic.write_clip(tmp_path / name, 7, 1, 160, 120)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
