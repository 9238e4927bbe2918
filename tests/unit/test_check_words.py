"""What `seawall check` says of where a match lies, and that each transform has words everywhere."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from seawall.cli import check
from seawall.console import incident_view
from seawall.model.match import Segment
from seawall.model.signal import SignalType

PLAIN = Segment(SignalType.VIDEO, 0.0, 2.0, 5.0, 7.0, 1.0, (), 0.9)


def test_a_plain_copy_has_only_its_place():
    assert check._where(PLAIN) == "0:00.00 to 0:02.00 is its 0:05.00 to 0:07.00"


@pytest.mark.parametrize(
    ("transform", "speed", "said"),
    [
        (("mirror", "crop"), 1.0, ", mirrored, cropped"),
        (("reverse",), -2.0, ", at 2 times its speed, backwards"),
        (("reverse",), -1.0, ", backwards"),
        (("negative", "rotate:90"), 1.0, ", as a negative, turned by 90 degrees"),
        (("inset", "perspective"), 1.0, ", set into another picture, filmed off a screen"),
        (("pitch:-1.5",), 1.0, ", -1.5 semitones off"),
        (("scene",), 1.0, ", the same scene, but something else moves in it"),
    ],
)
def test_what_was_done_to_a_copy_is_told_in_words(transform, speed, said):
    changed = dataclasses.replace(PLAIN, transform=transform, speed=speed)
    assert check._where(changed).endswith(" is its 0:05.00 to 0:07.00" + said)


ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "src" / "seawall" / "console" / "text"


def documented():
    """The transforms that the reference of the JSON names."""
    rows = (ROOT / "docs" / "reference" / "json.md").read_text("utf-8").splitlines()
    [row] = [row for row in rows if row.startswith("| `transform` |")]
    return {name.partition(":")[0] for name in re.findall(r"`([a-z:A-Z]+)`", row.split("|")[2])}


@pytest.mark.parametrize("language", sorted(path.name for path in TEXTS.iterdir() if path.is_dir()))
def test_each_transform_has_words(language):
    names = documented()
    assert {"mirror", "rotate", "scene"} <= names == check._CHANGED.keys()
    assert names <= incident_view._TRANSFORMS
    for page, table in (("case", "transform"), ("incidents", "done")):
        assert names <= tomllib.loads((TEXTS / language / f"{page}.toml").read_text("utf-8"))[table].keys()
