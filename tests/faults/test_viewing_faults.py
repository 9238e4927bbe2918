"""Working copies of damaged and hostile files: an answer or an error of the tree, within limits."""

from __future__ import annotations

import contextlib
import io
import itertools
import sys
from pathlib import Path

import pytest
from PIL import Image

from seawall import errors, media
from seawall.media import covers

sys.path.insert(0, str(Path(__file__).parent))
import mutate

LIMITS = media.Limits(
    cpu_s=20, wall_s=40, memory_bytes=512 << 20, pixels=4_000_000, frames=2000, duration_s=60
)
TASKS = {
    "seawall.media.storyboard:in_sandbox": {"preferred": [[0.2, 0.6]]},
    "seawall.media.storyboard:at_times": {"times": [0.1, 0.5, 7.0]},
    "seawall.media.proxy:pictures": {"spans": [[0.0, 0.4], [0.5, 1.0]], "cover": "grey"},
    "seawall.media.proxy:sound": {"spans": [[0.0, 1.0]]},
    "seawall.media.peaks:in_sandbox": {},
}


@pytest.fixture(scope="module")
def sandbox():
    with media.Sandbox(1, LIMITS) as pool:
        yield pool


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", sorted(mutate.sources()))
def test_every_format_gives_bounded_parts(sandbox, tmp_path, name, task):
    path = tmp_path / name
    path.write_bytes(mutate.sources()[name])
    parts = sandbox.run(path, task, TASKS[task])["parts"]
    assert len(parts) <= 16
    if "storyboard" in task:
        for one in parts:
            with Image.open(io.BytesIO(one["data"])) as image:
                assert max(image.size) <= covers.FULL_PX


@pytest.mark.parametrize("name", ["mp4", "webm", "avi", "gif", "png", "jpg", "mp3"])
def test_damage_gives_parts_or_an_error_of_the_tree(sandbox, tmp_path, name):
    source = mutate.sources()[name]
    path = tmp_path / name
    for _, data in itertools.islice(mutate.mutations(source, seed=7), 6):
        path.write_bytes(data or b"x")
        for task, asked in TASKS.items():
            with contextlib.suppress(errors.MediaError):
                assert len(sandbox.run(path, task, asked)["parts"]) <= 16


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"\xff\xd8\xff" + b"\0" * 1000, b"GIF89a" + b"\0" * 50, b"<svg/>"]
)
def test_what_is_no_kept_frame_is_not_shown(sandbox, data):
    asked = {"cover": "plain", "full": False, "x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
    with pytest.raises(errors.MediaError):
        sandbox.run_bytes(data, "frame", "seawall.media.covers:in_sandbox", asked)


def test_a_frame_larger_than_any_that_is_kept_is_refused(sandbox):
    large = io.BytesIO()
    Image.new("RGB", (covers.FULL_PX + 1, 8)).save(large, "JPEG")
    asked = {"cover": "plain", "full": True, "x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
    with pytest.raises(errors.DamagedMedia, match="larger"):
        sandbox.run_bytes(large.getvalue(), "frame", "seawall.media.covers:in_sandbox", asked)


def test_a_proxy_has_an_end(sandbox, tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(mutate.sources()["mp4"])
    with pytest.raises(errors.MediaTooLarge):
        sandbox.run(path, "seawall.media.proxy:pictures", {"spans": [[0.0, 901.0]], "cover": "grey"})


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (3, 2), (2000, 3)])
@pytest.mark.parametrize("cover", ["stylised", "grey", "plain"])
def test_the_oddest_pictures_can_be_covered(sandbox, tmp_path, size, cover):
    path = tmp_path / "odd.png"
    Image.effect_noise(size, 90).convert("RGB").save(path)
    [part] = sandbox.run(path, "seawall.media.storyboard:in_sandbox", {"preferred": []})["parts"]
    asked = {"cover": cover, "full": False, "x": 0.99, "y": 0.99, "width": 0.01, "height": 0.01}
    shown = sandbox.run_bytes(part["data"], "frame", "seawall.media.covers:in_sandbox", asked)
    assert shown["jpeg"].startswith(b"\xff\xd8")
    assert 0 < shown["area"] <= 1
