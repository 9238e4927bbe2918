"""Hard negatives look alike and are not the same."""

import numpy as np

from seawall import media
from seawall.bench import corpus, lookalikes, scenes


def named(name, codes):
    return corpus.Clip(None, name, "0" * 64, 64, 48, np.arange(9) / 25, np.array(codes, np.uint8))


def test_pairs_made_are_nearer_than_strangers_and_say_other_things(tmp_path):
    pairs = lookalikes.made(tmp_path, 1, 1)
    assert [pair.kind for pair in pairs] == [lookalikes.TABLE, lookalikes.HEAD]
    strangers = lookalikes.distance_bits(pairs[0].a, pairs[1].a)
    assert all(0 < pair.distance_bits < strangers - 15 for pair in pairs)
    table, head = pairs
    with media.open(head.a.path) as one, media.open(head.b.path) as other, media.open(table.a.path) as silent:
        spoken = [np.concatenate(list(take.audio(16_000)))[:100_000] for take in (one, other)]
        assert not silent.has_audio
    assert abs(np.corrcoef(*spoken)[0, 1]) < 0.3
    assert lookalikes.made(tmp_path, 1, 1)[1].a.sha256 == head.a.sha256


def test_a_mouth_moves_with_the_speech():
    spoken = scenes.speech(1, 0, 4, 8000)
    frames = [picture for _, picture in scenes.head(1, 0, 4)]
    assert len(frames) == 100
    loud = np.sqrt(np.mean(spoken.reshape(100, -1) ** 2, axis=1))
    mouth = [np.all(picture == (110, 40, 45), axis=2).sum() for picture in frames]
    assert np.corrcoef(loud, mouth)[0, 1] > 0.6


def test_the_nearest_unrelated_clips_are_chosen_by_measuring():
    base = np.random.default_rng(0).integers(0, 256, (6, 32))
    near = base.copy()
    near[:, :6] ^= 255
    far = np.random.default_rng(1).integers(0, 256, (6, 32))
    clips = [named("a", base), named("copy", base), named("near", near), named("far", far)]
    found = lookalikes.nearest(clips, frozenset({frozenset(("a", "copy"))}), 2)
    assert [{pair.a.name, pair.b.name} for pair in found] == [{"a", "near"}, {"copy", "near"}]
    assert all(pair.distance_bits == 48 for pair in found)
