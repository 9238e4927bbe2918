"""A folder becomes a corpus."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from seawall import errors
from seawall.bench import brute, corpus, records, stills, synthetic
from seawall.media import encode


def clip(name, codes=(), *, synthetic=False):
    return corpus.Clip(
        path=None,
        name=name,
        sha256="0" * 64,
        width_px=64,
        height_px=48,
        times_s=np.arange(100) / 25,
        codes=np.array(codes, np.uint8).reshape(-1, 32),
        synthetic=synthetic,
    )


def read(folder):
    steps = []
    with ThreadPoolExecutor(2) as pool:
        found = corpus.read(folder, pool=pool, progress=lambda *step: steps.append(step))
    assert steps[-1][0] == steps[-1][1]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "sub").mkdir()
    for seed, name in enumerate(["a.mp4", "b.mkv", "sub/c c.mp4", "d.bin.mp4"]):
        synthetic.write_clip(folder / name, seed, 5, 160, 96, fps=12.5, with_audio=False)
    synthetic.write_clip(folder / "short.mp4", 9, 3, 160, 96)
    encode.write_video(
        folder / "flat.mp4", [(n, np.full((48, 64, 3), 99, np.uint8)) for n in range(9)], rate_hz=1
    )
    encode.write_jpeg(folder / "still.jpg", np.zeros((48, 64, 3), np.uint8), quality=50)
    (folder / "copy.mp4").write_bytes((folder / "a.mp4").read_bytes())
    (folder / "notes.txt").write_text("no clip")
    return folder


def test_what_takes_part_and_what_is_left_out_with_its_reason(folder):
    found = read(folder)
    assert [one.name for one in found.clips] == ["a.mp4", "b.mkv", "d.bin.mp4", "sub/c c.mp4"]
    reasons = {one.name: one.reason for one in found.dropped}
    assert reasons.keys() == {"copy.mp4", "flat.mp4", "notes.txt", "short.mp4", "still.jpg"}
    assert reasons["copy.mp4"] == "the same bytes as a.mp4"
    assert "less than 4 s" in reasons["short.mp4"]
    assert "flat" in reasons["flat.mp4"]
    assert reasons["still.jpg"] == "it is no video"
    assert found.related == ()
    first = found.clips[0]
    assert (first.rate_hz, first.duration_s, len(first.codes)) == (12.5, pytest.approx(4.96, abs=0.1), 10)
    assert len({one.slug for one in found.clips}) == 4


def test_synthetic_clips_join(folder, tmp_path):
    synthetic.write_clip(tmp_path / "s.mp4", 0, 5, 160, 96, fps=12.5, with_audio=False)
    made = corpus.scan(tmp_path / "s.mp4", "made")
    found = read(folder).joined_by([made])
    assert [one.name for one in found.clips if one.synthetic] == ["made"]
    assert found.relatives() == {frozenset(("a.mp4", "made"))}  # made of the same seed


def test_too_few_clips_are_no_corpus(folder, tmp_path):
    (tmp_path / "a.mp4").write_bytes((folder / "a.mp4").read_bytes())
    with pytest.raises(errors.BadCorpus, match="1 of its 1 files"):
        read(tmp_path)


def test_no_folder_is_no_corpus(tmp_path):
    with pytest.raises(errors.PathNotFound):
        read(tmp_path / "missing")


def test_clips_with_enough_frames_in_common_are_related():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 256, (60, 32), dtype=np.uint8)
    shared = codes[:2].copy()
    shared[:, 0] ^= 0xFF  # 8 bits off
    a = clip("a", codes[:20])
    partly = clip("b", np.concatenate((shared, codes[40:58])))
    chance = clip("c", np.concatenate((shared[:1], codes[20:39])))
    (pair,) = corpus.related([a, partly, clip("d", codes[58:])])
    assert pair == records.Related("a", "b", 0.1, 0.1)
    assert corpus.related([a, chance]) == []


def test_related_clips_share_a_fold_and_folds_are_even():
    clips = tuple(clip(f"{n:02}", synthetic=n >= 14) for n in range(20))
    pairs = (records.Related("00", "01"), records.Related("01", "02"), records.Related("05", "03"))
    found = corpus.Corpus(clips, (), pairs)
    for seed in range(10):
        folds = [{one.name for one in fold} for fold in found.folds(np.random.default_rng(seed))]
        assert folds[0] | folds[1] == {one.name for one in clips}
        assert not folds[0] & folds[1]
        assert all({"00", "01", "02"} <= fold or not {"00", "01", "02"} & fold for fold in folds)
        assert all({"03", "05"} <= fold or not {"03", "05"} & fold for fold in folds)
        for kind in (True, False):
            sizes = [sum((int(name) >= 14) == kind for name in fold) for fold in folds]
            assert abs(sizes[0] - sizes[1]) <= 3


@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(0, 5), st.just(32))),
    hnp.arrays(np.uint8, st.tuples(st.integers(0, 5), st.just(32))),
)
def test_distances_equal_counting_bits(a, b):
    expected = [
        [sum((x ^ y).bit_count() for x, y in zip(one.tolist(), other.tolist(), strict=True)) for other in b]
        for one in a
    ]
    assert brute.distances(a, b).tolist() == expected


def test_a_still_of_each_second_is_the_frame_on_the_screen(folder, tmp_path):
    source = corpus.scan(folder / "a.mp4", "a.mp4")
    taken = stills.taken(source, tmp_path, seed=3)
    assert [int(one.time_s + 0.08) for one in taken] == pytest.approx([0, 1, 2, 3], abs=1)
    assert all(np.abs(source.times_s - one.time_s).min() < 1e-9 for one in taken)
    assert len({round(one.time_s % 1, 3) for one in taken}) > 1
    assert all(one.path.is_file() for one in taken)
    assert stills.taken(source, tmp_path, seed=3) == taken
    assert stills.taken(source, tmp_path, seed=4) != taken


def test_a_later_run_need_not_decode_again(tmp_path, monkeypatch):
    path, kept = tmp_path / "clip.mp4", tmp_path / "kept"
    synthetic.write_clip(path, 1, 5, 96, 64)
    first = corpus.scan(path, "clip.mp4", kept)
    monkeypatch.setattr(corpus.media, "open", None)
    again = corpus.scan(path, "clip.mp4", kept)
    assert again.identity() == first.identity()
    assert (again.width_px, again.height_px) == (96, 64)
    assert np.array_equal(again.times_s, first.times_s)
    assert np.array_equal(again.codes, first.codes)
    assert [one.suffix for one in kept.iterdir()] == [".npz"]
