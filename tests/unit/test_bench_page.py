"""The full suite's page stands alone, and says what the report says."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from seawall.bench import bootstrap, charts, figures, full_report, metrics, page, report, weight

sys.path.insert(0, str(Path(__file__).parent))
import page_links

SURE = bootstrap.Estimate(0.75, 0.5, 1.0)
RECALL = figures.Recall(4, SURE, bootstrap.NOTHING, SURE, SURE)
SPREAD = metrics.Spread(0.01, 0.2)
ROW = metrics.Row(4, 0, 3, 3, 0.75, 0.75, 0, 0, SPREAD, SPREAD, 0.9)
LOCATED = figures.Located(SURE, SURE, SURE, SURE, (SURE, SURE), (SURE, SURE))


def system(name, located):
    false = figures.FalseMatches(0, 0, 1.5, bootstrap.Estimate(0, 0, 0), figures.Limits(None, None))
    return figures.System(
        name, f"what {name} is", RECALL, figures.Ranked(SURE, SURE, SURE), located, false, 0
    )


def edit(name, level):
    recall = {"seawall": RECALL, "tmk": RECALL}
    return full_report.EditRow(name, "crop", level, "cut <off>", True, ROW, recall, {"seawall": 0, "tmk": 0})


def pair(title):
    return report.PicturePair(title, "crop(0.1)", b"\xff\xd8query", b"\xff\xd8reference")


REPORT = full_report.FullReport(
    settings={"half": "report", "seed": 1, "banked": 2},
    corpus=report.CorpusSummary("clips", 2, 0, 9, 20.0, ((), ()), (), ()),
    systems=(system("seawall", LOCATED), system("tmk", None)),
    peers_left_out=(full_report.LeftOut("signature", "it needs <ffmpeg>"),),
    spliced=LOCATED,
    compilations=LOCATED,
    levels=(full_report.LevelRow("mild", {"seawall": RECALL, "tmk": RECALL}),),
    edits=(edit("crop_mild", "mild"), edit("crop_severe", "severe")),
    unrelated=(full_report.Unrelated("as it is", 3, 1.0, {"seawall": 0, "tmk": 1}),),
    unrelated_pairs=12,
    cost=figures.Cost({"total": 3.0}, {"total": 1.0}, {"total": 1.02}, SURE, 0.02, 0.41, None),
    weight=weight.Weight(0.5, {"local": weight.PartAnHour(1_234_567, 8e7)}, 9e6),
    false_matches=(report.FalseMatch("tmk", "<q>", "r", None, 0.71),),
    asked=(),
    timings_s={"check": 2.0},
    misses=(pair("<script>alert(1)</script>"),),
    alarms=(pair("x as a"),),
)


@pytest.fixture
def written(tmp_path):
    page.write(REPORT, tmp_path / "out")
    text = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    return tmp_path / "out", text, page_links.read(text)


def test_everything_it_loads_lies_beside_it(written):
    folder, _, links = written
    assert len(links.loads) == 4
    for name in links.loads:
        assert (folder / name).read_bytes().startswith(b"\xff\xd8")


def test_names_from_outside_are_text(written):
    _, text, _ = written
    assert "&lt;script&gt;alert(1)" in text
    assert "it needs &lt;ffmpeg&gt;" in text
    assert "&lt;q&gt;" in text
    assert "cut &lt;off&gt;" in text


def test_it_has_every_system_edit_and_curve(written):
    _, text, links = written
    for words in ("what tmk is", "crop_severe", "75.0 %", "0.01", "50 times as fast", "under 2.0"):
        assert words in text, words
    assert links.tags.count("svg") == 1


def test_a_page_without_pictures_or_curves_says_so():
    bare = replace(REPORT, misses=(), alarms=(), edits=REPORT.edits[:1], false_matches=())
    text = page.page(bare)
    assert text.count("no pictures were taken") == 2
    assert "No edit was asked at more than one strength" in text


def test_a_chart_puts_shares_upwards_and_strengths_to_the_right():
    line = charts.Line("one", "s0", (charts.Point(0.0), None, charts.Point(1.0, 0.5, 1.0)))
    drawn = charts.chart("title", ("mild", "standard", "severe"), [line])
    (points,) = re.findall(r'polyline points="([^"]+)"', drawn)
    (low_x, low_y), (high_x, high_y) = (map(float, point.split(",")) for point in points.split())
    assert low_x < high_x
    assert low_y > high_y
    assert drawn.count("<circle") == 2
    assert drawn.count('class="interval"') == 1
