"""Videos of which not every frame is decoded: what is shown is what a whole reading shows, at its time."""

from __future__ import annotations

import io
import itertools
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from seawall import media

sys.path.append(str(Path(__file__).resolve().parents[1] / "faults"))
import mutate

RATE = 25


def made(
    groups: list[int], *, container: str = "mp4", bframes: int = 2, options: dict[str, str] | None = None
) -> bytes:
    """A video at `RATE` with groups of pictures of so many frames, with frames that no other needs."""
    target = io.BytesIO()
    begins = {0, *itertools.accumulate(groups)}
    with av.open(target, "w", format=container) as output:
        stream = output.add_stream("libx264", rate=RATE)
        height, width, _ = mutate.pattern(0).shape
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, RATE)
        stream.codec_context.thread_count = 1
        plain = {"g": "1000", "sc_threshold": "0", "bf": str(bframes), "b_strategy": "0", "forced-idr": "1"}
        stream.options = plain | (options or {})
        for number in range(sum(groups)):
            frame = av.VideoFrame.from_ndarray(mutate.pattern(number), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            if number in begins:
                frame.pict_type = av.video.frame.PictureType.I
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return target.getvalue()


class Reading:
    """What came of one reading of a video."""

    def __init__(self, data: bytes, thinning: media.Thinning | None) -> None:
        with media.open(io.BytesIO(data), thinning=thinning) as file:
            self.shown: dict[float, NDArray[np.generic]] = {
                round(frame.time_s, 3): frame.luma().copy() for frame in file.frames()
            }
            self.reached_s, self.partial, self.left_out = file.reached_s, file.partial, file.left_out

    def times_s(self) -> list[float]:
        return list(self.shown)


def check_same(thin: Reading, whole: Reading) -> None:
    """All that a thinned reading shows is what the whole shows at that time, and says as much of the rest."""
    assert thin.times_s() == sorted(set(thin.times_s()) & set(whole.times_s()))
    for time_s, luma in thin.shown.items():
        assert np.array_equal(luma, whole.shown[time_s]), f"another picture at {time_s} s"
    assert thin.reached_s == pytest.approx(whole.reached_s, abs=1e-3)
    assert thin.partial == whole.partial


@pytest.mark.parametrize("container", ["mp4", "matroska", "mpegts"])
def test_a_short_group_is_shown_by_its_key_frame(container: str) -> None:
    data = made([10, 10, 10, 10, 7], container=container)
    thin = Reading(data, media.Thinning(group_s=0.5))
    check_same(thin, Reading(data, None))
    assert thin.left_out
    assert np.diff(thin.times_s()) == pytest.approx([0.4] * 4)


def test_a_long_group_is_shown_to_its_end_without_what_no_other_frame_needs() -> None:
    data = made([50])
    thin, whole = Reading(data, media.Thinning(group_s=1.0)), Reading(data, None)
    check_same(thin, whole)
    assert not thin.left_out
    assert len(thin.shown) < 0.75 * len(whole.shown)
    assert max(np.diff(thin.times_s())) <= 0.12 + 1e-3


def test_groups_of_both_kinds_follow_each_other() -> None:
    data = made([5, 30, 5, 5, 30, 30, 5])
    thin = Reading(data, media.Thinning(group_s=0.5))
    check_same(thin, Reading(data, None))
    alone = [0.0, 35 / RATE, 40 / RATE, 105 / RATE]
    assert set(np.round(alone, 3)) <= set(thin.times_s())
    assert not any(0 < time_s < 5 / RATE - 1e-3 for time_s in thin.times_s())


def test_key_frames_that_come_too_soon_are_left_out() -> None:
    data = made([1] * 50, bframes=0)
    thin = Reading(data, media.Thinning(group_s=0.5, gap_s=0.3))
    check_same(thin, Reading(data, None))
    assert min(np.diff(thin.times_s())) >= 0.3 - 1e-3
    assert max(np.diff(thin.times_s())) <= 0.3 + 1 / RATE + 1e-3


@pytest.mark.parametrize(("groups", "gap_s"), [([10] * 5, 0.0), ([1] * 50, 0.4)])
def test_a_file_of_too_few_key_frames_is_shown_by_none(groups: list[int], gap_s: float) -> None:
    data = made(groups, bframes=0)
    whole = Reading(data, None)
    for looks, left_out in ((5, True), (6, False)):
        thin = Reading(data, media.Thinning(0.5, gap_s, looks))
        check_same(thin, whole)
        assert thin.left_out == left_out
        assert (len(thin.shown) < 15) == left_out


def test_more_than_may_be_held_back_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seawall.media.thinning._MOST_HELD", 20)
    data = made([10] * 5)
    thin = Reading(data, media.Thinning(0.5, 0.0, 6))
    check_same(thin, Reading(data, None))
    assert thin.left_out


def test_frames_that_no_other_needs_are_decoded_where_there_are_no_others() -> None:
    data = made([60], bframes=16, options={"x264-params": "b-pyramid=none"})
    thin, whole = Reading(data, media.Thinning()), Reading(data, None)
    check_same(thin, whole)
    assert len(thin.shown) < len(whole.shown) / 2
    assert max(np.diff(thin.times_s())) <= 0.5


@pytest.mark.parametrize(
    ("options", "longest_s"),
    [
        ("open-gop=1:keyint=12:min-keyint=12:scenecut=0", 0.5),
        ("intra-refresh=1:keyint=12", 1.1),  # which must go by until the picture is whole
        ("interlaced=1:keyint=12", 0.1),
    ],
    ids=["pictures before a key frame need those before", "no key frame stands alone", "interlaced"],
)
def test_streams_whose_key_frames_need_others_show_nothing_broken(options: str, longest_s: float) -> None:
    data = made([60], options={"x264-params": options})
    thin = Reading(data, media.Thinning(group_s=0.5))
    check_same(thin, Reading(data, None))
    assert max(np.diff(thin.times_s())) <= longest_s


@pytest.mark.parametrize("container", ["h264", "avi"])
def test_a_stream_without_stamps_of_showing_is_shown_whole(container: str) -> None:
    data = made([10, 10, 10], container=container)
    thin, whole = Reading(data, media.Thinning(group_s=0.5)), Reading(data, None)
    check_same(thin, whole)
    assert thin.times_s() == whole.times_s()
    assert not thin.left_out


def test_what_ends_early_is_partial_though_its_end_was_not_to_be_decoded(tmp_path: Path) -> None:
    path = tmp_path / "cut.mkv"
    path.write_bytes(made([25] * 8, container="matroska"))
    whole = path.read_bytes()
    thin = Reading(whole[: len(whole) * 2 // 3], media.Thinning(group_s=2.0))
    assert thin.partial is not None
    assert thin.partial.expected_s == pytest.approx(8.0, abs=0.1)


@given(
    groups=st.lists(st.integers(1, 20), min_size=1, max_size=6),
    bframes=st.integers(0, 4),
    container=st.sampled_from(["mp4", "matroska", "mpegts"]),
    group_s=st.floats(0, 1),
    gap_s=st.floats(0, 1),
    looks=st.integers(0, 7),
)
@settings(deadline=None, max_examples=25)
def test_whatever_is_left_out_the_rest_is_as_it_was(
    groups: list[int], bframes: int, container: str, group_s: float, gap_s: float, looks: int
) -> None:
    data = made(groups, container=container, bframes=bframes)
    thin = Reading(data, media.Thinning(group_s, gap_s, looks))
    check_same(thin, Reading(data, None))
    assert max(np.diff(thin.times_s()), default=0) <= max(group_s + gap_s, 0.5) + 1 / RATE
