"""`seawall demo` through the real command line: what it finds is true, and its page needs nothing else."""

import base64
import json
import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from seawall.demo import folder, words
from seawall.reports import markup

NEAR_S = 0.2
SIDES = ("query_start_s", "query_end_s", "reference_start_s", "reference_end_s")
REFERRING = ("src", "href", "srcset", "action", "poster", "data", "xlink:href")


def seawall(*arguments):
    command = [sys.executable, "-c", "from seawall.cli.main import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The folder, with one odd name on the way, and the document printed about it."""
    out = tmp_path_factory.mktemp("<b>&'") / "out"
    ran = seawall("demo", "--out", str(out), "--json")
    assert ran.returncode == 0, ran.stderr
    return out, json.loads(ran.stdout)


@pytest.fixture(scope="module")
def page(demo):
    text = (demo[0] / "index.html").read_text("utf-8")
    return text, ET.fromstring(text.replace("<!DOCTYPE html>", "", 1))


def by_name(demo):
    return {upload["path"].rsplit("/", 1)[-1]: upload for upload in demo[1]["uploads"]}


def test_every_known_stretch_is_located(demo):
    located = [upload for upload in demo[1]["uploads"] if upload["truth"] and not upload["harmless"]]
    assert len(located) == 5
    for upload in located:
        (found,) = upload["result"]["matches"]
        truth = upload["truth"]
        assert found["reference_name"] == truth["reference_name"]
        assert found["recommendation"] == "strong"
        shown = [one for one in found["segments"] if one["signal"] != "audio"]  # sound has softer edges
        first, last = shown[0], shown[-1]
        for side in SIDES:
            segment = first if "start" in side else last
            assert segment[side] == pytest.approx(truth[side], abs=NEAR_S), (upload["path"], side)


def test_the_splice_lies_inside_both_videos(demo):
    upload = by_name(demo)["upload-3-spliced.mp4"]
    truth = upload["truth"]
    assert 1 < truth["query_start_s"] < truth["query_end_s"] < upload["result"]["duration_s"] - 1
    assert truth["query_end_s"] - truth["query_start_s"] == pytest.approx(6, abs=0.05)


def test_unrelated_footage_matches_nothing(demo):
    result = by_name(demo)["upload-6-unrelated.mp4"]["result"]
    assert result["matches"] == result["suppressed"] == []
    assert result["error"] is None


def test_known_good_content_suppresses(demo):
    result = by_name(demo)["upload-7-opening.mp4"]["result"]
    assert result["matches"] == []
    (found,) = result["suppressed"]
    assert found["suppressed_by"]["reference_name"] == "opening.mp4"


def test_the_record_judges_itself_right(demo):
    _, record = demo
    assert record["schema"] == "seawall.demo/1"
    assert record["right"] == len(record["uploads"]) == 7
    assert max(upload["off_s"] or 0 for upload in record["uploads"]) < NEAR_S


def test_the_page_refers_to_nothing_outside(page):
    text, root = page
    assert not {"script", "link", "iframe", "object", "base", "form"} & {
        element.tag for element in root.iter()
    }
    for element in root.iter():
        for name in REFERRING:
            value = element.get(name, "#")
            assert value.startswith(("#", "data:image/jpeg;base64,")), (element.tag, value[:80])
        assert not any(name.startswith("on") for name in element.attrib)
    assert not re.search(r"url\(|@import|https?:", text)


def test_the_pages_links_lead_somewhere(page):
    _, root = page
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    links = [element.get("href")[1:] for element in root.iter("a")]
    assert len(links) == 7
    assert set(links) <= set(ids)


def test_the_page_shows_frames_of_both_sides_with_words_for_each(page):
    _, root = page
    pairs = [figure for figure in root.iter("figure") if len(list(figure.iter("img"))) == 2]
    assert len(pairs) == 5 * 4 + 1
    for image in root.iter("img"):
        assert image.get("alt")
        assert base64.b64decode(image.get("src").partition(",")[2], validate=True).startswith(b"\xff\xd8\xff")
    drawings = [svg for svg in root.iter("svg") if svg.get("role") == "img"]
    assert len(drawings) == 7
    assert all(svg.get("aria-label") for svg in drawings)
    levels = [element.tag for element in root.iter() if re.fullmatch("h[1-6]", element.tag)]
    assert levels == ["h1"] + ["h2"] * (len(levels) - 1)


def test_the_time_lines_are_to_scale(demo, page):
    upload = by_name(demo)["upload-3-spliced.mp4"]
    (segment,) = upload["result"]["matches"][0]["segments"]
    article = next(one for one in page[1].iter("article") if one.get("id") == "upload-3-spliced")
    first, second = (rect for rect in article.iter("rect") if rect.get("class") == "part")
    scale = 100 / upload["result"]["duration_s"]
    for rect, side in ((first, "query"), (second, "reference")):
        start_s, end_s = segment[f"{side}_start_s"], segment[f"{side}_end_s"]
        assert float(rect.get("x").rstrip("%")) == pytest.approx(start_s * scale, abs=0.01)
        assert float(rect.get("width").rstrip("%")) == pytest.approx((end_s - start_s) * scale, abs=0.01)


def test_the_folder_holds_what_the_commands_on_the_page_need(demo):
    out, record = demo
    assert sorted(path.name for path in out.iterdir()) == [
        ".seawall-demo", "data", "harmless", "index.html", "known", "uploads",
    ]  # fmt: skip
    ran = seawall("--data", str(out / "data"), "bank", "list", "--json")
    assert {"DEMO-KNOWN", "DEMO-HARMLESS"} <= set(re.findall(r"DEMO-\w+", ran.stdout))
    assert record["page"] == str(out / "index.html")


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path):
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "mine.mp4").write_bytes(b"mine")
    ran = seawall("demo", "--out", str(tmp_path))
    assert ran.returncode == 2
    assert "no demo made" in ran.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["uploads", "mine.mp4"]


def test_a_second_run_keeps_what_is_not_the_demos(tmp_path):
    folder.fresh(tmp_path)
    (tmp_path / "uploads" / "upload-1.mp4").write_bytes(b"of an earlier run")
    (tmp_path / "notes.txt").write_text("mine")
    folder.fresh(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert list((tmp_path / "uploads").iterdir()) == []


def test_texts_are_escaped_and_markup_is_not():
    made = markup.element("p", "<b>&\x1b\udcff", markup.element("br"), title='"<')
    assert made == '<p title="&quot;&lt;">&lt;b&gt;&amp;\\x1b\\xff<br /></p>'


@pytest.mark.parametrize(
    ("time_s", "said"),
    [(0, "0:00.00"), (59.999, "1:00.00"), (62.5, "1:02.50"), (3599.996, "1:00:00.00"), (7.404, "0:07.40")],
)
def test_times_are_rounded_before_they_are_split(time_s, said):
    assert words.clock(time_s) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.004, "under 1 %"), (0.333, "33 %"), (0.9899, "99 %"), (0.9987, "99.8 %"), (1, "100 %")],
)
def test_shares_do_not_round_to_none_or_all(share, said):
    assert words.percent(share) == said
