"""What is said to be true of an edited file is true of its pixels.

Each picture of these clips carries its own number (`numbered`), so each frame of an edited file tells
which frame of the source it is.
"""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from numbered import HOST, clip, numbers

from seawall.bench import corpus, edits, make, records, splice
from seawall.media import encode


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    return clip(tmp_path_factory.mktemp("clips") / "steady.mp4", [n * 1001 / 30_000 for n in range(150)])


@pytest.fixture(scope="module")
def uneven(tmp_path_factory):
    steps = np.random.default_rng(5).uniform(0.01, 0.09, 110)
    return clip(tmp_path_factory.mktemp("clips") / "uneven.mkv", list(np.round(np.cumsum(steps), 3)))


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hosts")
    return [
        clip(folder / f"host{n}.mp4", [k / 20 for k in range(120)], HOST + 512 * n, 96, 160) for n in range(3)
    ]


@pytest.mark.parametrize("edit", edits.BASIC, ids=lambda edit: edit.name)
@pytest.mark.parametrize("source", ["steady", "uneven"])
def test_each_frame_lies_where_the_truth_says(edit, source, tmp_path, request):
    source = request.getfixturevalue(source)
    (query,) = make.edited(source, (edit,), tmp_path, seed=1)
    got = numbers(query.path)
    (truth,) = query.truth
    assert got[0][0] == 0
    assert query.duration_s == pytest.approx(truth.stretch.query_end_s)
    for time_s, number in got:
        shown_at_s = truth.stretch.reference_start_s + time_s - truth.stretch.query_start_s
        # The frame on the screen at a time is the last one at or before it.
        expected = np.searchsorted(source.times_s, shown_at_s + 2e-5, side="right") - 1
        assert number == expected
    length_s = edit.end_share - edit.start_share
    assert query.duration_s == pytest.approx(length_s * source.duration_s, abs=0.1)
    if edit.rate_hz:
        assert np.diff([time_s for time_s, _ in got]) == pytest.approx(1 / edit.rate_hz, abs=1e-3)
    else:
        assert len(got) == pytest.approx(length_s * len(source.times_s), rel=0.1)


def test_trims_cut_a_quarter_off(steady):
    shares = {edit.name: (edit.start_share, edit.end_share) for edit in edits.BASIC}
    assert shares["trim_25_start"] == (0.25, 1)
    assert shares["trim_25_end"] == (0, 0.75)
    assert shares["trim_25_both"] == (0.25, 0.75)


@pytest.mark.parametrize("seed", range(4))
def test_the_stretch_lies_in_the_host_where_the_truth_says(seed, uneven, hosts, tmp_path):
    query = splice.spliced(uneven, hosts, tmp_path, seed, host_s=20)
    (truth,) = query.truth
    stretch = truth.stretch
    got = numbers(query.path)
    start_s, end_s = stretch.query_start_s - 1e-6, stretch.query_end_s - 1e-6
    inside = [(time_s, number) for time_s, number in got if start_s <= time_s < end_s]
    assert all(number < HOST for _, number in inside)
    assert all(number >= HOST for time_s, number in set(got) - set(inside))
    for time_s, number in inside:
        shown_at_s = stretch.reference_start_s + time_s - stretch.query_start_s
        assert number == max(0, np.searchsorted(uneven.times_s, shown_at_s + 2e-5, side="right") - 1)
    assert len(got) / 25 == pytest.approx(20 + len(inside) / 25, abs=0.05)
    assert set(query.clips[1:]) <= {host.name for host in hosts}
    assert query.source == truth.reference == uneven.name


def test_the_stretch_is_six_seconds_at_a_time_of_no_grid(steady, hosts):
    long = corpus.Clip(
        steady.path, "long", "0" * 64, 320, 240, np.arange(0, 60, 0.04), np.empty((0, 32), np.uint8)
    )
    offsets = set()
    for seed in range(20):
        chain, stretch = splice.time_line(long, hosts, np.random.default_rng(seed), 120)
        assert stretch.length_s == pytest.approx(6)
        assert chain.count(stretch) == 1
        for one, following in pairwise(chain):
            assert following.at_s == pytest.approx(one.at_s + one.length_s)
        assert chain[-1].at_s + chain[-1].length_s == pytest.approx(126)
        assert all(piece.clip in hosts for piece in chain if piece is not stretch)
        offsets.add(round(stretch.at_s * 25 % 1, 2))
    assert len(offsets) > 10


def test_a_stretch_without_a_host_is_refused(steady, tmp_path):
    with pytest.raises(ValueError, match="host"):
        splice.spliced(steady, [], tmp_path, 0)


def test_pixels_change_as_named():
    rng = np.random.default_rng(0)
    luma = np.tile(np.linspace(40, 200, 160, dtype=np.uint8), (120, 1))
    chroma = np.full((60, 80), 90, np.uint8)
    before = encode.Planes(luma, chroma, chroma)

    grey = edits.grey_contrast(rng, 120, 160)(before)
    assert np.unique(grey.u).tolist() == np.unique(grey.v).tolist() == [128]
    assert np.ptp(grey.y.astype(int)) == pytest.approx(1.3 * np.ptp(luma.astype(int)), abs=2)

    noisy = edits.noise_blur(rng, 120, 160)
    one, other = (noisy(before).y.astype(float) - luma for _ in range(2))
    assert np.std(one) == pytest.approx(edits.NOISE_SIGMA * 219 / 255, rel=0.05)
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.05

    logo = edits.small_logo(rng, 120, 160)(before)
    rows, columns = np.nonzero(logo.y != luma)
    area = (np.ptp(rows) + 1) * (np.ptp(columns) + 1) / luma.size
    assert area == pytest.approx(0.03, rel=0.1)
    assert rows.min() > 90
    assert columns.min() > 120


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("reencode_crf36_240p", (1280, 720), (426, 240)),
        ("resize_half", (1280, 720), (640, 360)),
        ("resize_half", (1920, 1080), (960, 540)),
        ("grey_contrast", (1280, 720), (852, 480)),
        ("grey_contrast", (321, 181), (320, 180)),
    ],
)
def test_sizes(name, size, expected):
    (edit,) = (edit for edit in edits.BASIC if edit.name == name)
    assert edit.encoded_size(*size) == expected


def test_finished_files_are_used_again_until_something_changes(steady, tmp_path):
    edit = edits.BASIC[-1]
    (first,) = make.edited(steady, (edit,), tmp_path, 0)
    written = first.path.stat().st_mtime_ns
    (again,) = make.edited(steady, (edit,), tmp_path, 0)
    assert again == first
    assert again.path.stat().st_mtime_ns == written
    assert make.key(steady, edits.BASIC[4], 0) != make.key(steady, edits.BASIC[4], 1)
    first.path.with_suffix(".json").unlink()
    (made,) = make.edited(steady, (edit,), tmp_path, 0)
    assert made == first
    assert made.path.stat().st_mtime_ns != written


def test_a_query_names_its_source():
    query = records.Query(path=None, name="q", edit=None, clips=("a", "b"), duration_s=1, rate_hz=25)
    assert query.source == "a"
