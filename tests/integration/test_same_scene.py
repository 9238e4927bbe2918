"""Other footage of the same scene is a suggestion that says so; copies of the scene's footage are found."""

from __future__ import annotations

import pytest

import seawall
from seawall.bench import lookalikes, scenes
from seawall.media import encode
from seawall.model.match import SCENE, Recommendation

SEED, SCENES = 41, 2


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    return lookalikes.made(tmp_path_factory.mktemp("scenes"), SEED, SCENES)


@pytest.fixture(scope="module")
def banked(pairs, tmp_path_factory):
    with seawall.open(tmp_path_factory.mktemp("bank")) as sw:
        sw.bank_create("scenes")
        list(sw.bank_add("scenes", [pair.a.path for pair in pairs]))
        yield sw


def cropped(path, stage: int, speed: float) -> None:
    """A copy of the first take of a table: cut off by a tenth all round, flatter, at another speed."""
    drawn = scenes.table(stage, 0, lookalikes.LENGTH_S)
    frames = ((at / speed, (40 + 0.7 * picture[27:-27, 48:-48]).astype("uint8")) for at, picture in drawn)
    encode.write_video(path, frames, rate_hz=25)


def test_another_take_of_the_same_scene_is_suggested_as_that_at_most(banked, pairs):
    checked = list(banked.check([pair.b.path for pair in pairs]))
    assert len(checked) == 2 * SCENES
    named = [one.match for result in checked for one in result.matches]
    assert named
    for found in named:
        assert found.recommendation is Recommendation.SUGGEST
        assert all(SCENE in part.transform for part in found.segments)


@pytest.mark.parametrize("speed", [1.0, 1.25])
def test_a_copy_of_a_take_is_found_on_its_line(banked, pairs, tmp_path, speed):
    tables = [pair for pair in pairs if pair.kind == lookalikes.TABLE]
    for number, pair in enumerate(tables):
        path = tmp_path / f"{number}.mp4"
        cropped(path, SEED * 1000 + number, speed)
        (result,) = banked.check([path])
        best = result.matches[0]
        assert best.reference.name == pair.a.path.name
        assert best.match.recommendation is Recommendation.STRONG
        part = max(best.match.segments, key=lambda one: one.query_end_s - one.query_start_s)
        assert part.speed == pytest.approx(speed, abs=0.03)
        off_s = part.reference_start_s - part.speed * part.query_start_s
        assert off_s == pytest.approx(0, abs=0.4)
        assert SCENE not in part.transform
