"""The peer gives the figures that its authors' own code gave."""

import csv

import numpy as np
import pytest

from seawall.bench import brute
from seawall.bench.peers import vpdq


def sample(folder, name, stride):
    rows = [line.split(",") for line in (folder / "vpdq" / f"{name}.txt").read_text().split()][::stride]
    return [bytes.fromhex(row[2]) for row in rows], [int(row[1]) for row in rows]


def test_shares_equal_those_of_the_published_hashes(conformance_dir):
    with (conformance_dir / "vpdq_pairs_1fps_stride30.csv").open() as file:
        pairs = list(csv.DictReader(file))
    assert len(pairs) > 200
    names = {pair["query"] for pair in pairs} | {pair["compared"] for pair in pairs}
    hashes = {name: vpdq.worth_comparing(*sample(conformance_dir, name, 30)) for name in names}
    for pair in pairs:
        query, compared = hashes[pair["query"]], hashes[pair["compared"]]
        assert (len(query), len(compared)) == (int(pair["q_frames"]), int(pair["c_frames"]))
        shares = vpdq.compare(query, compared)
        assert round(shares.query_pct, 3) == float(pair["q_pct"])
        assert round(shares.compared_pct, 3) == float(pair["c_pct"])


@pytest.mark.parametrize("name", ["chair-19-sd-bar", "pattern-sd-grey-bar", "test-padded-dimensions"])
def test_hashes_of_a_video_equal_the_published_ones(conformance_dir, name):
    values, qualities = sample(conformance_dir, name, 30)
    expected = vpdq.worth_comparing(values, qualities)
    got = vpdq.hash_video(conformance_dir / "video" / f"{name}.mp4", rate_hz=30.0)
    assert got.shape == expected.shape
    assert np.diagonal(brute.distances(got, expected)).max() <= 6


@pytest.mark.parametrize(
    ("rate_hz", "step"), [(30.0, 30), (29.97, 29), (12.5, 12), (0.5, 1), (59.94, 59), (25.0, 25)]
)
def test_the_step_is_cut_off_not_rounded(rate_hz, step):
    assert vpdq.frame_step(rate_hz) == step


def test_poor_and_equal_hashes_are_dropped():
    one, two, poor = bytes(32), bytes([1]) * 32, bytes([2]) * 32
    kept = vpdq.worth_comparing([one, poor, two, one], [50, 49, 100, 90])
    assert [row.tobytes() for row in kept] == [one, two]


def test_thirty_one_bits_match_and_thirty_two_do_not():
    zero = np.zeros((1, 32), np.uint8)
    for bits, share in ((31, 100.0), (32, 0.0)):
        other = np.packbits(np.arange(256) < bits)[None]
        assert vpdq.compare(zero, other) == vpdq.Shares(share, share)


def test_nothing_matches_nothing():
    none = np.empty((0, 32), np.uint8)
    shares = vpdq.compare(none, none)
    assert not any(rule.matches(shares) for rule in vpdq.RULES)


def test_the_two_rules():
    by_name = {rule.name: rule for rule in vpdq.RULES}
    assert by_name["vpdq_query_80"].matches(vpdq.Shares(80, 0))
    assert not by_name["vpdq_query_80"].matches(vpdq.Shares(79, 100))
    assert by_name["vpdq_compared_80"].matches(vpdq.Shares(0, 80))
    assert not by_name["vpdq_compared_80"].matches(vpdq.Shares(100, 79))


def test_hashes_are_kept_for_a_later_run(tmp_path, conformance_dir):
    kept = tmp_path / "later" / "a.npy"
    path = conformance_dir / "video" / "test-padded-dimensions.mp4"
    first = vpdq.kept_hashes(path, 30.0, kept)
    assert np.array_equal(vpdq.kept_hashes(tmp_path / "gone.mp4", 30.0, kept), first)
