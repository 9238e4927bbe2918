"""Which pictures take part in the image suite, and which show the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from seawall import errors
from seawall.bench import image_distinct, image_sources, image_suite
from seawall.bench.image_sources import Picture
from seawall.media import encode


def scene(seed: int, height: int = 300, width: int = 400) -> np.ndarray:
    """Smooth ground with many sharp shapes on it, as photographs have."""
    rng = np.random.default_rng(seed)
    out = cv2.resize(
        rng.integers(0, 256, (6, 8, 3), dtype=np.uint8), (width, height), interpolation=cv2.INTER_CUBIC
    )
    for _ in range(60):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        axes = (int(rng.integers(3, 24)), int(rng.integers(3, 24)))
        cv2.ellipse(out, centre, axes, float(rng.integers(180)), 0, 360, colour, -1)
    return out


def gallery(*pictures: np.ndarray) -> image_distinct.Gallery:
    made = image_distinct.Gallery()
    for picture in pictures:
        made.add(image_distinct.features(picture))
    return made


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda one: one[:, ::-1], id="mirror"),
        pytest.param(
            lambda one: cv2.resize(one, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA), id="smaller"
        ),
        pytest.param(lambda one: one[60:240, 20:260], id="off-centre crop"),
        pytest.param(lambda one: np.pad(one, ((90, 0), (0, 200), (0, 0))), id="in a frame"),
    ],
)
def test_a_picture_and_its_edits_show_the_same(edit):
    known = gallery(scene(1), scene(2), scene(3))
    twin = known.twin(image_distinct.features(np.ascontiguousarray(edit(scene(2)))))
    assert twin is not None
    assert twin.number == 1


def test_different_scenes_do_not_show_the_same():
    known = gallery(*(scene(seed) for seed in range(6)))
    assert all(known.twin(image_distinct.features(scene(seed))) is None for seed in range(10, 16))


def test_a_picture_without_points_is_compared_by_hash():
    ramp = np.repeat(np.tile(np.linspace(0, 255, 400, dtype=np.uint8), (300, 1))[:, :, None], 3, axis=2)
    flat = image_distinct.features(ramp)
    assert len(flat.points) < image_distinct.MIN_ALIKE
    assert gallery(scene(1), ramp).twin(flat) == image_distinct.Twin(1, "looks like")


def write(folder: Path, pictures: dict[str, np.ndarray]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        encode.write_jpeg(folder / name, picture, quality=92)
    return folder


def test_read_leaves_out_twins_flat_and_small_pictures_and_says_why(tmp_path):
    pictures = {f"{number:02}.jpg": scene(number) for number in range(image_sources.MIN_PICTURES)}
    pictures["90-twin.jpg"] = np.ascontiguousarray(scene(3)[:, ::-1])
    pictures["91-flat.jpg"] = np.full((300, 400, 3), 128, np.uint8)
    pictures["92-small.jpg"] = scene(99, 100, 140)
    folder = write(tmp_path / "set", pictures)
    (folder / "93-text.txt").write_text("no picture")
    (tmp_path / "clips").mkdir()
    with ThreadPoolExecutor(1) as pool:
        for _ in range(2):  # the second time from what the first one kept
            read = image_sources.read(
                tmp_path / "clips", [folder], tmp_path / "work", pool=pool, progress=lambda done, of: None
            )
    assert [one.name for one in read.pictures] == [f"set/{number:02}.jpg" for number in range(16)]
    assert all(one.path.is_file() for one in read.pictures)
    reasons = {Path(one.name).name: one.reason for one in read.left_out}
    assert reasons["90-twin.jpg"] == "looks like set/03.jpg"
    assert reasons["91-flat.jpg"] == "too flat: PDQ quality 0"
    assert reasons["92-small.jpg"] == "140x100 pixels are too few"
    assert reasons["93-text.txt"] == "unsupported_format"
    assert read.frames == 0


def test_read_needs_a_folder_and_enough_pictures(tmp_path):
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(errors.PathNotFound):
            image_sources.read(tmp_path / "no", [], tmp_path, pool=pool, progress=lambda done, of: None)
        folder = write(tmp_path / "few", {"1.jpg": scene(1)})
        with pytest.raises(errors.BadCorpus):
            image_sources.read(folder, [], tmp_path / "work", pool=pool, progress=lambda done, of: None)


def test_halves_keep_a_clips_frames_together_and_every_picture_has_one_place():
    pictures = [
        Picture(Path(f"{n}.jpg"), f"p{n}", f"clip{n % 7}" if n < 30 else f"p{n}", str(n)) for n in range(80)
    ]
    divided = image_suite.divide(pictures, seed=3)
    assert divided == image_suite.divide(pictures, seed=3)
    assert divided != image_suite.divide(pictures, seed=4)
    halves = {name: [*first, *second] for name, (first, second) in divided.items()}
    assert sorted(one.name for half in halves.values() for one in half) == sorted(
        one.name for one in pictures
    )
    assert {one.group for one in halves["tune"]}.isdisjoint(one.group for one in halves["report"])
    assert abs(len(halves["tune"]) - len(halves["report"])) <= 6
    for first, second in divided.values():
        assert abs(len(first) - len(second)) <= 1


def test_a_few_pictures_more_move_few_others_to_the_other_half():
    pictures = [Picture(Path(f"{n}.jpg"), f"p{n}", f"p{n}", str(n)) for n in range(100)]

    def tuned(count: int) -> set[str]:
        first, second = image_suite.divide(pictures[:count], seed=1)["tune"]
        return {one.name for one in (*first, *second)}

    assert len(tuned(90) - tuned(100)) <= 10
