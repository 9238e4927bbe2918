"""Which misses and false matches of the image suite are shown, in which order, as what."""

import numpy as np
import pytest

from seawall import media
from seawall.bench import image_judged, image_pairs, image_queries, image_sources, pictures, records
from seawall.media import encode

SHADES = {"a.jpg": 40, "b.jpg": 120, "c.jpg": 220}


@pytest.fixture
def sources(tmp_path):
    paths = {name: tmp_path / name for name in SHADES}
    for name, shade in SHADES.items():
        encode.write_jpeg(paths[name], np.full((120, 160, 3), shade, np.uint8), quality=95)
    return paths


def picture(name):
    return image_sources.Picture(path=None, name=name, group=name, sha256="")


BANKED = [picture("a.jpg"), picture("b.jpg")]


def asked(tmp_path, source, edit, *found):
    """found: (reference, score), recommended as the score says."""
    path = tmp_path / f"{source}-{edit}.jpg"
    encode.write_jpeg(path, np.full((60, 240, 3), SHADES[source] + 20, np.uint8), quality=95)
    query = image_queries.Query(path, source, (source,), edit, np.zeros(32, np.uint8))
    answer = records.Answer(
        tuple(
            records.Found(name, "strong" if score > 0.86 else "suggest", score, 1.0, 1.0, ())
            for name, score in found
        )
    )
    return image_judged.judge(query, answer, BANKED, np.array([17, 90], np.uint16))


def looks(jpeg, tmp_path, width_px, shade):
    """Whether it is as wide as that, as high as all are, and grey like that."""
    (tmp_path / "shown.jpg").write_bytes(jpeg)
    with media.open(tmp_path / "shown.jpg") as file:
        rgb = file.picture().rgb
    return rgb.shape[:2] == (pictures.HEIGHT_PX, width_px) and abs(rgb.mean() - shade) < 3


def test_the_worst_miss_is_of_the_edit_that_is_found_most_often_otherwise(tmp_path, sources):
    some = [
        asked(tmp_path, "a.jpg", "mirror"),
        asked(tmp_path, "b.jpg", "mirror"),
        asked(tmp_path, "a.jpg", "blur s=2", ("a.jpg", 0.9)),
        asked(tmp_path, "b.jpg", "blur s=2"),
        asked(tmp_path, "c.jpg", "blur s=2"),  # not banked: nothing is missed
    ]
    misses, alarms = image_pairs.taken(some, sources, tmp_path)
    assert [one.title for one in misses] == ["b.jpg, blur s=2", "a.jpg, mirror", "b.jpg, mirror"]
    assert alarms == ()
    assert misses[1].detail == "left for right; PDQ 17 bits apart"
    # The query with its own shape, and beside it what it was made from.
    assert looks(misses[0].query, tmp_path, 720, SHADES["b.jpg"] + 20)
    assert looks(misses[0].reference, tmp_path, 240, SHADES["b.jpg"])


def test_the_worst_false_match_has_the_highest_score_and_shows_what_it_was_taken_for(tmp_path, sources):
    some = [
        asked(tmp_path, "a.jpg", "mirror", ("a.jpg", 0.95), ("b.jpg", 0.55)),
        asked(tmp_path, "c.jpg", "mirror", ("a.jpg", 0.9)),
    ]
    misses, alarms = image_pairs.taken(some, sources, tmp_path)
    assert misses == ()
    assert [one.title for one in alarms] == ["c.jpg, mirror as a.jpg", "a.jpg, mirror as b.jpg"]
    assert alarms[0].detail == "left for right: strong, score 0.90"
    assert looks(alarms[0].reference, tmp_path, 240, SHADES["a.jpg"])


def test_no_more_are_taken_than_are_shown_and_nothing_stays_behind(tmp_path, sources):
    some = [asked(tmp_path, "a.jpg", "mirror", ("b.jpg", 0.6))] * (pictures.SHOWN + 5)
    before = {path.name for path in tmp_path.iterdir()}
    misses, alarms = image_pairs.taken(some, sources, tmp_path)
    assert len(misses) == len(alarms) == pictures.SHOWN
    assert {path.name for path in tmp_path.iterdir()} == before
