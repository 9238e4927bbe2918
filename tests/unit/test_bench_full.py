"""The full suite's edited files: what is said to be true of them is true of their pictures and sound."""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from numbered import HOST, clip, number_of

from seawall import media
from seawall.bench import chains, corpus, edits, footage, full, make, mixes, planes, records, synthetic
from seawall.bench.edit import Edit

EXCERPT_S = 9.0
#: edits that leave the numbers where they are
IN_PLACE = [
    edit
    for edit in edits.FULL
    if edit.group in ("time", "sound", "rate") or edit.name in ("recompress_mild", "grey_standard")
]


@pytest.fixture(scope="module", autouse=True)
def _short_excerpts():
    """Everything holds for shorter excerpts too, and takes less time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(footage, "EXCERPT_S", EXCERPT_S)
        yield


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """More than an excerpt, at uneven times."""
    steps = np.random.default_rng(7).uniform(0.03, 0.09, 180)
    return clip(tmp_path_factory.mktemp("clips") / "source.mkv", list(np.round(np.cumsum(steps), 3)))


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hosts")
    return tuple(
        clip(folder / f"host{n}.mp4", [k / 20 for k in range(160)], HOST + 512 * n, 96, 160) for n in range(3)
    )


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    """A natural picture for edits of space, with sound."""
    path = tmp_path_factory.mktemp("moving") / "moving.mp4"
    synthetic.write_clip(path, 3, 5, 320, 180, fps=12.5)
    return corpus.scan(path, "moving")


@pytest.fixture(scope="module")
def edited(source, hosts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("edited")
    queries = make.edited(source, tuple(IN_PLACE), folder, 1, hosts)
    return {query.edit: query for query in queries}


def edit_named(name):
    (edit,) = (edit for edit in edits.FULL if edit.name == name)
    return edit


def shown(path):
    """(time, number or None for black) of every frame."""
    with media.open(path) as opened:
        return [
            (frame.time_s, number_of(luma) if (luma := frame.luma())[-1, -1] > 60 else None)
            for frame in opened.frames()
        ]


def lumas(path):
    with media.open(path) as opened:
        return [(frame.time_s, frame.luma().astype(float)) for frame in opened.frames()]


def samples(path):
    with media.open(path) as opened:
        return np.concatenate(list(opened.audio(16_000))) if opened.has_audio else None


def reference_s(stretch, time_s):
    """When the reference shows what the query shows at `time_s`."""
    since_s = (time_s - stretch.query_start_s) * stretch.speed
    return stretch.reference_end_s - since_s if stretch.reversed else stretch.reference_start_s + since_s


def expected_number(clip, stretch, time_s):
    at_s = reference_s(stretch, time_s)
    if stretch.reversed:
        return np.searchsorted(clip.times_s, at_s - 2e-5, side="left") - 1
    return np.searchsorted(clip.times_s, at_s + 2e-5, side="right") - 1


def stretch_at(truth, time_s):
    inside = [
        one for one in truth if one.stretch.query_start_s - 1e-6 <= time_s < one.stretch.query_end_s - 1e-6
    ]
    assert len(inside) < 2
    return inside[0] if inside else None


@pytest.mark.parametrize("edit", IN_PLACE, ids=lambda edit: edit.name)
def test_each_frame_lies_where_the_truth_says(edit, edited, source):
    query = edited[edit.name]
    got = shown(query.path)
    assert got[0][0] == 0
    assert got[-1][0] < query.duration_s
    inside = 0
    for time_s, number in got:
        truth = stretch_at(query.truth, round(time_s * query.rate_hz) / query.rate_hz)
        if truth is None:
            # Other footage, black, or a picture that stands.
            assert number is None or number >= HOST or edit.family == "pause"
            continue
        inside += 1
        tick_s = round(time_s * query.rate_hz) / query.rate_hz
        assert abs(number - expected_number(source, truth.stretch, tick_s)) <= (
            0 if abs(tick_s - time_s) < 1e-3 else 1
        )
    assert inside > 0.5 * len(got)
    assert query.truth[0].reference == source.name
    assert query.level == edit.level
    assert len(query.chain) == 1


@pytest.mark.parametrize("edit", IN_PLACE, ids=lambda edit: edit.name)
def test_stretches_are_as_long_as_their_speed_says(edit, edited, source):
    start_s, end_s = full.excerpt(source, 1)
    assert end_s - start_s == pytest.approx(EXCERPT_S)
    for truth in edited[edit.name].truth:
        stretch = truth.stretch
        query_s = stretch.query_end_s - stretch.query_start_s
        long_s = stretch.reference_end_s - stretch.reference_start_s
        assert long_s == pytest.approx(query_s * stretch.speed)
        assert start_s - 1e-6 <= stretch.reference_start_s < stretch.reference_end_s <= end_s + 1e-6


def test_edits_in_time_do_what_their_name_says(edited):
    def stretches(name):
        return [truth.stretch for truth in edited[name].truth]

    assert [one.reversed for one in stretches("reversed_standard")] == [True]
    assert [one.speed for one in stretches("speed_1.25_standard")] == [1.25]
    assert edited["speed_0.5_severe"].duration_s == pytest.approx(2 * EXCERPT_S)
    assert len(stretches("loop_standard")) == 3
    assert len(stretches("black_severe")) == 5
    (opened,) = stretches("new_opening_standard")
    assert opened.query_start_s == pytest.approx(0.1 * EXCERPT_S)
    blocks = stretches("shuffled_standard")
    starts = [one.reference_start_s for one in blocks]
    assert starts != sorted(starts)
    assert sum(one.query_end_s - one.query_start_s for one in blocks) == pytest.approx(EXCERPT_S)
    before, after = stretches("pause_standard")
    assert after.query_start_s - before.query_end_s == pytest.approx(2)
    assert after.reference_start_s == pytest.approx(before.reference_end_s)


def test_fewer_frames_are_fewer(edited):
    counts = {name: len(shown(edited[f"frame_{name}"].path)) for name in ("rate_severe", "drops_severe")}
    assert counts["rate_severe"] == 4 * EXCERPT_S
    rate_hz = edited["frame_drops_severe"].rate_hz
    assert counts["drops_severe"] == pytest.approx(0.4 * EXCERPT_S * rate_hz, rel=0.25)


def spread(luma):
    """Undo the encoder's size: (H, W) -> its mean over 12 x 12 parts."""
    rows, columns = (np.linspace(0, side, 13).astype(int) for side in luma.shape)
    return np.array([[luma[a:b, c:d].mean() for c, d in pairwise(columns)] for a, b in pairwise(rows)])


def cut_to(share):
    def change(luma):
        down, across = (2 * (round(side * share) // 2) for side in luma.shape)
        return luma[down : luma.shape[0] - down, across : luma.shape[1] - across]

    return change


SPATIAL = {
    "crop_standard": (cut_to(0.1), None),
    "crop_severe": (cut_to(0.25), None),
    "mirror_standard": (np.fliplr, None),
    "vertical_flip_standard": (np.flipud, None),
    "turn_90_standard": (lambda luma: np.rot90(luma, 1), None),
    "turn_180_standard": (lambda luma: np.rot90(luma, 2), None),
    "turn_270_standard": (lambda luma: np.rot90(luma, 3), None),
    "resize_standard": (lambda luma: luma, None),
    "aspect_standard": (lambda luma: luma, None),
    "recompress_standard": (lambda luma: luma, None),
    "saturation_standard": (lambda luma: luma, None),
    "negate_severe": (lambda luma: 255 - luma, None),
    "letterbox_standard": (lambda luma: luma, lambda luma: luma[22:-22]),
    "pillarbox_standard": (lambda luma: luma, lambda luma: luma[:, 40:-40]),
    "blurred_vertical_standard": (lambda luma: luma, lambda luma: luma[110:-110]),
    "stack_standard": (lambda luma: luma, None),
    "pip_mild": (lambda luma: luma, None),
}


def window_of(name, label, luma):
    """The part of an edited picture where the label says that the source's lies."""
    height, width = luma.shape
    if name == "stack_standard":
        own = int(label.split("own=")[1].rstrip(")"))
        down, across = own // 2 * height // 2, own % 2 * width // 2
        return luma[down : down + height // 2, across : across + width // 2]
    down, across = round(height * 0.7) // 2 * 2, round(width * 0.7) // 2 * 2
    top, left = round(height * 0.03) // 2 * 2, round(width * 0.03) // 2 * 2
    if "centre" in label:
        top, left = (height - down) // 2, (width - across) // 2
    if "bottom" in label:
        top = height - down - top
    if "right" in label:
        left = width - across - left
    return luma[top : top + down, left : left + across]


@pytest.mark.parametrize("name", SPATIAL)
def test_pictures_are_the_references_edited(name, moving, hosts, tmp_path):
    change, window = SPATIAL[name]
    (query,) = make.edited(moving, (edit_named(name),), tmp_path, 2, hosts)
    (truth,) = query.truth
    source = lumas(moving.path)
    for time_s, luma in lumas(query.path)[::6]:
        if name in ("stack_standard", "pip_mild"):
            luma = window_of(name, query.chain[0], luma)
        elif window:
            luma = window(luma)
        at_s = reference_s(truth.stretch, time_s)
        expected = spread(change(source[expected_number(moving, truth.stretch, time_s)][1]))
        error = np.abs(spread(luma) - expected).mean()
        assert error < 8, (at_s, error)
        if name in ("mirror_standard", "vertical_flip_standard"):
            unchanged = spread(source[expected_number(moving, truth.stretch, time_s)][1])
            assert np.abs(spread(luma) - unchanged).mean() > 2 * error


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("crop_severe", (160, 90)),
        ("crop_off_centre_standard", (176, 108)),
        ("letterbox_severe", (320, 300)),
        ("pillarbox_standard", (400, 180)),
        ("blurred_vertical_standard", (180, 320)),
        ("blurred_vertical_mild", (180, 180)),
        ("turn_90_standard", (180, 320)),
        ("rotate_10_standard", (320, 180)),
        ("stack_mild", (160 * 2, 90)),
        ("resize_mild", (224, 126)),
        ("resize_severe", (114, 64)),
    ],
)
def test_sizes(name, size, moving, hosts, tmp_path):
    (query,) = make.edited(moving, (edit_named(name),), tmp_path, 2, hosts)
    with media.open(query.path) as opened:
        assert (opened.width_px, opened.height_px) == size


@pytest.mark.parametrize(
    ("name", "share"),
    [("logo_standard", 0.1), ("logo_severe", 0.3), ("caption_bars_severe", 0.3), ("banner_standard", 0.14),
     ("pip_behind_standard", 0.35), ("pip_behind_severe", 0.5)],
)  # fmt: skip
def test_covers_cover_as_much_as_they_say(name, share, moving, hosts, tmp_path):
    base, covered = make.edited(moving, (edit_named("recompress_mild"), edit_named(name)), tmp_path, 4, hosts)
    pairs = zip(lumas(base.path)[::8], lumas(covered.path)[::8], strict=True)
    changed = np.mean([np.abs(a - b) for (_, a), (_, b) in pairs], axis=0) > 12
    rows, columns = changed.any(axis=1).sum() / changed.shape[0], changed.any(axis=0).sum() / changed.shape[1]
    assert rows * columns == pytest.approx(share, rel=0.2)


def test_a_blend_is_the_sum_of_both(moving, tmp_path):
    base, blended = make.edited(
        moving, (edit_named("recompress_mild"), edit_named("blend_severe")), tmp_path, 4
    )
    one, other = ([luma for _, luma in lumas(query.path)][5] for query in (base, blended))
    over = 2 * other - one
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] < 0.95
    assert -20 < over.min() < over.max() < 275


def test_a_filmed_screen_lies_in_a_dark_surround_and_shakes(moving, tmp_path):
    (query,) = make.edited(moving, (edit_named("screen_recording_severe"),), tmp_path, 4)
    frames = [luma for _, luma in lumas(query.path)]
    edge = np.concatenate([frames[0][0], frames[0][-1], frames[0][:, 0], frames[0][:, -1]])
    assert edge.mean() < 45
    assert frames[0][60:120, 100:220].mean() > edge.mean() + 20
    assert query.rate_hz == moving.rate_hz


def test_the_sound_goes_with_the_pictures(moving, hosts, tmp_path):
    names = (
        "recompress_mild", "reversed_standard", "speed_2_severe", "muted_standard",
        "replaced_sound_standard", "screen_recording_standard",
    )  # fmt: skip
    queries = make.edited(moving, tuple(map(edit_named, names)), tmp_path, 5, hosts)
    own, back, fast, none, other, filmed = (samples(query.path) for query in queries)

    def alike(a, b):
        """The highest correlation over small shifts, which codecs bring."""
        length = min(len(a), len(b)) - 4000
        spectrum = np.fft.rfft(a[:length]) * np.conj(np.fft.rfft(b[:length]))
        return np.fft.irfft(spectrum).max() / (np.linalg.norm(a[:length]) * np.linalg.norm(b[:length]))

    assert none is None
    assert alike(own, back[::-1]) > 0.9
    assert alike(own, back) < 0.5
    assert len(fast) == pytest.approx(len(own) / 2, rel=0.05)
    assert alike(own, other) < 0.3
    assert 0.5 < alike(own, filmed) < 0.99


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_values(moving, hosts, tmp_path):
    wanted = tuple(edit_named(name) for name in ("pip_standard", "chain_5_severe", "noise_standard"))
    one, again, other = (
        make.edited(moving, wanted, tmp_path / folder, seed, hosts)
        for folder, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    for a, b in zip(one, again, strict=True):
        assert (a.path.name, a.chain, a.truth) == (b.path.name, b.chain, b.truth)
        assert a.path.read_bytes() == b.path.read_bytes()
    assert one[1].chain != other[1].chain
    assert {a.path.name for a in one}.isdisjoint(b.path.name for b in other)
    kept = make.edited(moving, wanted, tmp_path / "a", 1, hosts)
    assert kept == one


def test_other_footage_is_named_where_it_shows(moving, hosts, tmp_path):
    names = ("mirror_standard", "pip_standard")
    mirrored, framed = make.edited(moving, tuple(map(edit_named, names)), tmp_path, 1, hosts)
    assert mirrored.clips == (moving.name,)
    assert framed.clips == (moving.name, *sorted(host.name for host in hosts))
    assert all(truth.reference == moving.name for truth in framed.truth)


def test_chains_take_one_edit_of_a_kind():
    for seed in range(30):
        drawn = chains.draw(np.random.default_rng(seed), 5)
        assert len({edit.group for edit in drawn}) == 5
        assert {edit.level for edit in drawn} == {"standard"}
    assert len({tuple(e.name for e in chains.draw(np.random.default_rng(n), 3)) for n in range(30)}) > 25
    with pytest.raises(ValueError, match="different kinds"):
        chains.draw(np.random.default_rng(0), 50)


def test_a_chain_logs_every_step(moving, hosts, tmp_path):
    for name, count in (("chain_2_mild", 2), ("chain_3_standard", 3), ("chain_5_severe", 5)):
        (query,) = make.edited(moving, (edit_named(name),), tmp_path, 9, hosts)
        assert len(query.chain) == count
        assert query.truth


def test_distractors_hold_no_truth(moving, hosts, tmp_path):
    queries = make.distractors(moving, tmp_path, 1, hosts, count=2)
    assert [query.edit for query in queries] == ["distractor_0", "distractor_1"]
    assert all(query.truth == () and query.chain and query.source == moving.name for query in queries)


def test_the_catalogue():
    assert len({edit.name for edit in edits.FULL}) == len(edits.FULL)
    assert all(edit.name == f"{edit.family}_{edit.level}" for edit in edits.FULL)
    assert all(isinstance(edit, Edit) and edit.group and edit.draw for edit in edits.FULL)
    standard = {edit.family for edit in edits.FULL if edit.level == "standard"}
    assert {"crop", "crop_off_centre", "letterbox", "pillarbox", "blurred_vertical", "mirror", "rotate",
            "rotate_10", "turn_90", "turn_180", "turn_270", "logo", "caption_bars", "pip", "stack", "blend",
            "speed_0.8", "speed_1.25", "speed_1.5", "screen_recording", "new_opening", "reversed",
            "shuffled", "chain_3"} <= standard  # fmt: skip
    promised = {edit.name for edit in edits.FULL if edit.promised}
    assert {"speed_2_severe", "frame_rate_severe", "crop_severe", "caption_bars_severe"} <= promised


@pytest.mark.parametrize("number", range(4))
def test_a_compilation_holds_the_parts_where_the_truth_says(number, source, hosts, tmp_path, monkeypatch):
    second = clip(tmp_path / "second.mp4", [k / 25 for k in range(200)], 8192)
    monkeypatch.setattr(mixes, "HOST_S", (12.0, 16.0))
    monkeypatch.setattr(chains, "draw", lambda *_args, **_named: ())
    query = mixes.mixed(source, (source, second), hosts, tmp_path, 3, number)
    by_name = {source.name: source, second.name: second}
    assert query.source == source.name
    assert any(truth.reference == source.name for truth in query.truth)
    for time_s, shown_number in shown(query.path):
        tick_s = round(time_s * query.rate_hz) / query.rate_hz
        truth = stretch_at(query.truth, tick_s)
        if truth is None:
            assert shown_number >= HOST
            continue
        first = 8192 if truth.reference == second.name else 0
        assert shown_number - first == expected_number(by_name[truth.reference], truth.stretch, tick_s)
    for truth in query.truth:
        assert mixes.SPEEDS[0] <= truth.stretch.speed <= mixes.SPEEDS[1]
        assert truth.stretch.query_end_s - truth.stretch.query_start_s <= mixes.COPIED_S[1] + 1e-6


def test_compilations_are_drawn_as_widely_as_they_say(source, hosts):
    plans = [mixes.planned(source, (source,), hosts, np.random.default_rng(n)) for n in range(200)]
    parts = [[piece for piece in plan.line if piece.footage < plan.copied] for plan in plans]
    speeds = [piece.speed for some in parts for piece in some]
    assert np.mean([speed != 1 for speed in speeds]) == pytest.approx(1 / 3, abs=0.1)
    assert {len(plan.edits) for plan in plans} == {1, 2}
    assert np.percentile([piece.length_s for some in parts for piece in some], (5, 95)).tolist() == (
        pytest.approx([2.2, 10], rel=0.3)
    )
    assert all(edit.group != "time" for plan in plans for edit in plan.edits)


def test_a_compilation_needs_hosts(source, tmp_path):
    with pytest.raises(ValueError, match="no references"):
        mixes.mixed(source, (source,), (), tmp_path, 0)


def test_records_of_earlier_runs_are_read_back(tmp_path):
    stretch = records.Stretch(0, 1, 2, 3, 1.0, reversed=True)
    path = tmp_path / "a.mp4"
    path.write_bytes(b"")
    query = records.Query(
        path, "a", "b", ("c",), 1.0, 25.0, (records.Truth("c", stretch),), "mild", ("x", "y")
    )
    make.remember(query)
    assert make.recall(path) == query


def test_planes_are_put_even_where_they_stick_out():
    under = planes.filled(8, 8, planes.BLACK)
    planes.put(under, planes.filled(8, 8, planes.WHITE), -4, 6)
    assert (under.y == planes.LIMITED_MAX).sum() == 4 * 2
    assert under.y[3, 7] == planes.LIMITED_MAX
