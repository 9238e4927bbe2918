"""The learned descriptor with tiny networks: what is taken, what is refused, what is near."""

from __future__ import annotations

import hashlib
import importlib
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, strategies as st

from seawall import errors
from seawall.signals import learned

sys.path.insert(0, str(Path(__file__).parent))
import onnx_files


@pytest.fixture
def write(tmp_path):
    def written(data: bytes, name: str = "net.onnx"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return written


@pytest.fixture
def model(write):
    return learned.Model(write(onnx_files.of_pixels()))


def picture(seed: int, height: int = 240, width: int = 320) -> np.ndarray:
    ground = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC)


def test_a_network_says_what_it_is(model, write):
    assert (model.width, model.side_px) == (onnx_files.WIDTH, onnx_files.SIDE_PX)
    assert model.sha256 == hashlib.sha256(onnx_files.of_pixels()).digest()
    assert 0 <= model.version < 2**31
    other = learned.Model(write(onnx_files.of_planes(), "other.onnx"))
    assert other.version != model.version
    assert learned.Model(model.path).version == model.version


@pytest.mark.parametrize("data", [onnx_files.of_pixels(), onnx_files.of_planes()], ids=["pixels", "planes"])
def test_copies_are_near_and_others_are_not(write, data):
    model = learned.Model(write(data))
    whole = picture(1)
    copies = [whole, cv2.resize(whole, (150, 120), interpolation=cv2.INTER_AREA), whole // 2 + 40]
    vectors = model.describe([*copies, picture(2), picture(3)])
    assert vectors.shape == (5, onnx_files.WIDTH)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    cosines = vectors @ vectors[0]
    assert cosines[1:3].min() > 0.97
    assert cosines[3:].max() < 0.5
    assert model.describe([]).shape == (0, onnx_files.WIDTH)


def test_planes_are_normalised_as_imagenet_networks_expect(write):
    """Against the same done by hand: 8 x 8 means of each channel, less their overall mean."""
    model = learned.Model(write(onnx_files.of_planes()))
    small = learned.prepared(picture(4), onnx_files.SIDE_PX)
    planes = (small / 255.0 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    means = planes.transpose(2, 0, 1).reshape(3, 8, 8, 8, 8).mean(axis=(2, 4)).ravel()
    expected = means - means.mean()
    assert np.allclose(model.describe([small])[0], expected / np.linalg.norm(expected), atol=1e-4)


def test_a_network_of_any_size_gets_the_usual_one(write):
    assert learned.Model(write(onnx_files.of_pixels("h"))).side_px == learned.SIDE_PX


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"no network", "", id="no ONNX"),
        pytest.param(b"", "", id="empty"),
        pytest.param(onnx_files.of_pixels(channels=4), "its input is", id="four channels"),
        pytest.param(onnx_files.of_pixels(8), "8 x 8 pixels", id="too small"),
        pytest.param(onnx_files.of_nothing(), "zero or not finite", id="zero"),
        pytest.param(onnx_files.of_narrow(), "3 numbers", id="narrow"),
    ],
)
def test_what_is_no_such_network_is_refused_by_name(write, data, reason):
    path = write(data)
    with pytest.raises(errors.BadSetting) as caught:
        learned.Model(path)
    assert caught.value.fields["name"] == "learned_model"
    assert str(path) in caught.value.message
    assert reason in caught.value.message


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(errors.BadSetting, match="No such file"):
        learned.Model(tmp_path / "none.onnx")


def test_without_the_extra_the_message_says_what_to_install(write, monkeypatch):
    real = importlib.import_module

    def missing(name: str):
        if name == "onnxruntime":
            raise ImportError(name)
        return real(name)

    monkeypatch.setattr(learned.importlib, "import_module", missing)
    with pytest.raises(errors.BadSetting, match=r"seawall\[learned\]"):
        learned.Model(write(onnx_files.of_pixels()))


def test_a_network_that_fails_later_is_the_settings_fault_too(model):
    class Broken:
        def run(self, names, feeds):
            raise RuntimeError("out of\nmemory")

    model._session = Broken()
    with pytest.raises(errors.BadSetting, match="out of memory"):
        model.describe([picture(1)])


def test_descriptors_survive_storage_and_know_their_network(model, write):
    made = learned.described(model, [picture(1), picture(2)], [0, 1500])
    again = learned.decode(made.encode())
    assert again.model == model.sha256
    assert again.times_ms.tolist() == [0, 1500]
    assert np.array_equal(again.values, made.values)
    assert np.allclose(np.diag(learned.cosines(made, again)), 1, atol=1e-5)
    exact = model.describe([picture(1), picture(2)])
    assert abs(learned.cosines(made, again) - exact @ exact.T).max() < 0.01


def test_descriptors_of_other_networks_are_never_compared(model, write):
    other = learned.Model(write(onnx_files.of_planes(), "other.onnx"))
    with pytest.raises(ValueError, match="different networks"):
        learned.cosines(learned.described(model, [picture(1)]), learned.described(other, [picture(1)]))


@given(st.data())
def test_damaged_descriptors_are_refused_or_read_as_some(data):
    rng = np.random.default_rng(1)
    made = learned.Descriptors(
        b"m" * 32, np.array([0, 9], np.uint32), rng.integers(-127, 128, (2, 20), np.int8)
    )
    stored = bytearray(made.encode())
    assert np.array_equal(learned.decode(bytes(stored)).values, made.values)
    cut = data.draw(st.integers(0, len(stored) - 1))
    with pytest.raises(ValueError, match="descriptor"):
        learned.decode(bytes(stored[:cut]))
    stored[data.draw(st.integers(0, 11))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ValueError, match="descriptor"):
        learned.decode(bytes(stored))


@pytest.mark.parametrize("width", [16, 192, 512, 700])
def test_codes_differ_as_the_angle_does(width):
    rng = np.random.default_rng(width)
    base = rng.standard_normal((300, width))
    other = rng.standard_normal((300, width))
    base /= np.linalg.norm(base, axis=1, keepdims=True)
    other -= (other * base).sum(axis=1, keepdims=True) * base
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    for degrees in (0, 30, 60, 90):
        angle = np.radians(degrees)
        turned = np.cos(angle) * base + np.sin(angle) * other
        ours, theirs = learned.codes(base.astype(np.float32)), learned.codes(turned.astype(np.float32))
        bits = np.bitwise_count(ours ^ theirs).sum(axis=1).mean()
        assert bits == pytest.approx(256 * degrees / 180, abs=4)


def test_the_rotation_is_the_same_everywhere():
    """Pinned: stored codes depend on it."""
    vector = np.linspace(-1, 1, 512, dtype=np.float32)[None]
    assert learned.codes(vector).tobytes().hex() == PINNED
    rotation = learned._rotation(512)
    assert np.array_equal(rotation @ rotation.T, 512 * np.eye(256))


PINNED = "10cf2bdde828fc7ab016565ce58f4f523e9d9fb53916d8a5d06e2326a725373a"


def test_small_pictures_from_the_decoding_process_are_checked():
    small = np.stack([learned.prepared(picture(1)), learned.prepared(picture(2, 40, 30))])
    assert small.shape == (2, learned.SIDE_PX, learned.SIDE_PX, 3)
    assert learned.checked(small) is small
    for wrong in (None, b"x", small[0], small.astype(np.float32), small[:, 1:], small[..., :2]):
        with pytest.raises(ValueError, match="expected small pictures"):
            learned.checked(wrong)
