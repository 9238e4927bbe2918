"""The pages of the image, audio and basic suites stand alone, and say what the reports say."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from seawall.bench import (
    audio_edits,
    audio_page,
    audio_report,
    basic_page,
    bootstrap,
    image_edits,
    image_metrics,
    image_page,
    image_report,
    metrics,
    pages,
    report,
    run,
    stills,
)

sys.path.insert(0, str(Path(__file__).parent))
import page_links

WICKED = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)"


def estimate(value):
    return bootstrap.Estimate(value, value - 0.1, value + 0.05)


# Image


def at(threshold, value, false):
    return image_metrics.AtThreshold(threshold, estimate(value), false, 0)


def image_row(name, *, hard=False, missed=()):
    return image_report.EditRow(
        edit=name,
        what="cut <off>",
        hard=hard,
        queries=20,
        distractors=19,
        systems={
            "seawall": image_metrics.Figures(at(0.4, 0.91, 0), (at(0.5, 0.82, 3), at(0.86, 0.73, 4)), missed),
            "pdq": image_metrics.Figures(at(-44.0, 0.64, 0), (at(-31.0, 0.55, 5),), ()),
        },
    )


def pair(title):
    return report.PicturePair(title, "5 % off", b"\xff\xd8query", b"\xff\xd8reference")


IMAGE = image_report.ImageReport(
    settings={"seed": 1, "pdq_bits": 31, "options": {"radius_bits": 47}},
    pictures={"pictures": 40, "frames": 30, "left_out": [{"name": WICKED, "reason": "too flat"}]},
    measured=20,
    halves=("report",),
    unrelated_pairs=1234,
    edits=(image_row("crop 5 %", missed=("a.jpg", WICKED)), image_row("turn", hard=True)),
    together=image_row("all but *"),
    false_matches=(
        image_report.FalseMatch("low", "turn", "r", "suggest", 0.51),
        image_report.FalseMatch("high", "turn", WICKED, "strong", 0.91),
    ),
    errors=(("q.jpg", WICKED),),
    timings_s={"check": 2.0},
    misses=(pair(WICKED), pair("b, crop 5 %")),
    alarms=(pair("x as a"),),
)


def test_the_image_page_has_every_row_beside_pdq():
    rows = page_links.rows(image_page.page(IMAGE), "Every edit")
    assert [row[0].split(" cut ")[0].strip() for row in rows] == ["crop 5 %", "turn *", "all but *"]
    for row in rows:
        shares = [cell.split()[0] for cell in row[1:] if "%  " in cell]
        assert shares == ["91.0", "82.0", "73.0", "64.0", "55.0"]
        assert [row[n] for n in (1, 4, 6, 8, 10)] == ["20", "3", "4", "44", "5"]
        assert "81.0 to 96.0" in row[2]


def test_the_image_page_draws_edits_by_strength_beside_pdq():
    text = image_page.page(replace(IMAGE, edits=(image_row("unedited"), *IMAGE.edits)))
    assert page_links.read(text).tags.count("svg") == 1
    for words in ("crop: share found", "Seawall, suggest: 82 %", "PDQ at 99.99 %: 64 %", "own limit: 55 %"):
        assert words in text


def test_the_image_page_loads_its_pictures_and_nothing_else(tmp_path):
    pages.write(IMAGE, tmp_path / "page")
    links = page_links.read((tmp_path / "page" / "index.html").read_text(encoding="utf-8"))
    written = {path.relative_to(tmp_path / "page").as_posix() for path in (tmp_path / "page").rglob("*.jpg")}
    assert set(links.loads) == written
    assert len(links.loads) == 6
    sides = [(tmp_path / "page" / name).read_bytes() for name in links.loads]
    assert sides == [b"\xff\xd8query", b"\xff\xd8reference"] * 3


def test_no_picture_enters_the_record():
    record = IMAGE.as_record()
    json.dumps(record)
    assert record.keys() == replace(IMAGE, misses=(), alarms=()).as_record().keys()
    assert not {"misses", "alarms"} & record.keys()


def test_a_table_without_a_limit_at_that_precision_says_so():
    none = image_metrics.AtThreshold(None, bootstrap.NOTHING, 0, 0)
    figures = image_metrics.Figures(none, (none, none), ())
    row = replace(image_row("turn"), systems={"seawall": figures, "pdq": replace(figures, shipped=(none,))})
    (shown, _) = page_links.rows(image_page.page(replace(IMAGE, edits=(row,))), "Every edit")
    assert shown[2:] == ["-", "-", "0", "-", "0", "-", "-", "-", "0"]


# Audio


def audio_row(edit, excerpt_s, value=0.8, missed=()):
    return audio_report.Row(
        edit=edit,
        what="turned <down>",
        hard=edit.startswith("speed"),
        excerpt_s=excerpt_s,
        queries=30,
        distractors=29,
        recall=estimate(value),
        recall_strong=estimate(0.7),
        placed=estimate(0.6),
        offset_s=metrics.Spread(0.012, 0.034),
        false_matches=3,
        false_strong=2,
        missed=missed,
        chromaprint=estimate(0.5),
        chromaprint_false=7,
    )


AUDIO = audio_report.AudioReport(
    settings={"seed": 1, "near_s": 0.1, "sound": {"speeds": 9}},
    sounds=40,
    measured=20,
    measured_s=300.0,
    halves=("report",),
    dropped=((WICKED, "no sound"),),
    silent=4,
    unrelated_pairs=1234,
    rows=(
        audio_row("as-is", 10.0, 0.9),
        audio_row("voice-0db", 10.0, 0.2, missed=(WICKED,)),
        audio_row("mp3-32k", 10.0),
        audio_row("mp3-32k", 5.0, 0.4),
        replace(audio_row("common sounds", 10.0), queries=0, recall=bootstrap.NOTHING),
    ),
    false_matches=(audio_report.FalseMatch("q", "as-is", WICKED, "suggest", 0.51),),
    errors=(("q.wav", WICKED),),
    check_ms_per_s={"decode": 0.4, "total": 1.25},
    timings_s={"check": 2.0},
)


def test_the_audio_page_has_every_row_beside_chromaprint():
    rows = page_links.rows(audio_page.page(AUDIO), "Every edit")
    assert [(row[0].split()[0], *row[1:4]) for row in rows] == [
        ("as-is", "10 s", "30", "29"),
        ("voice-0db", "10 s", "30", "29"),
        ("mp3-32k", "10 s", "30", "29"),
        ("mp3-32k", "5 s", "30", "29"),
        ("common", "10 s", "0", "29"),
    ]
    first, last = rows[0], rows[-1]
    assert [cell.split()[0] for cell in first[4:]] == ["90.0", "3", "70.0", "2", "60.0", "0.012", "50.0", "7"]
    assert last[4:6] == ["-", "3"]


def test_the_audio_page_draws_edits_by_strength_and_excerpts_by_length():
    text = audio_page.page(AUDIO)
    assert page_links.read(text).tags.count("svg") == 2
    assert "a voice over it: share found" in text
    assert "mp3-32k, by length: share found" in text
    assert text.index(">5 s</text>") < text.index(">10 s</text>")
    assert "Chromaprint: 50 %" in text
    alone = audio_page.page(replace(AUDIO, rows=AUDIO.rows[:1]))
    assert "No edit was asked at more than one strength" in alone


@pytest.mark.parametrize(("page", "suite"), [(audio_page, audio_edits), (image_page, image_edits)])
def test_every_strength_is_an_edit_of_the_suite(page, suite):
    known = {edit.name for edit in suite.EDITS}
    assert {edit for ladder in page.LADDERS.values() for _, edit in ladder} <= known


# Basic

SPREAD = metrics.Spread(0.01, 0.2)
OWN = metrics.Row(12, 2, 8, 7, 0.8, 0.7, 3, 0, SPREAD, SPREAD, 0.9)

BASIC = report.BenchReport(
    suite="basic",
    settings={"seed": 1, "stills": {"near_s": 0.5}, "vpdq": []},
    corpus=report.CorpusSummary("clips", 12, 4, 9, 200.0, ((), ()), (), ()),
    edits=(
        report.EditRow("half", "cut <off>", OWN, {"vpdq": metrics.PeerRow(12, 0, 6, 0.5, 4)}, (WICKED, "b")),
        report.EditRow("splice", "in", OWN, {"vpdq": metrics.PeerRow(12, 0, 0, None, 0)}, ()),
    ),
    distractors=report.Distractors(16, {"seawall": 5, "vpdq": 6}, 0),
    unrelated_pairs=1234,
    false_matches=(report.FalseMatch("vpdq", WICKED, "r", None, 0.71),),
    stills=stills.Row(40, 39, 38, 0.975, 0.95, SPREAD, 1, (stills.Missed(WICKED, 10, (0.5,), (1.5, 2.5)),)),
    errors=(("q.mp4", WICKED),),
    timings_s={"check": 2.0},
)


def test_the_basic_page_has_every_row_beside_the_peers_rules():
    rows = page_links.rows(basic_page.page(BASIC), "Every edit")
    assert [row[0] for row in rows] == ["half", "splice", "not banked"]
    assert rows[0][2:] == ["10", "80.0 %", "3", "70.0 %", "50.0 %", "4"]
    assert rows[1][6:] == ["-", "0"]
    assert rows[2][2:] == ["16", "-", "5", "-", "-", "6"]
    assert "97.5 %" in basic_page.page(BASIC)


# All three


@pytest.mark.parametrize("told", [IMAGE, AUDIO, BASIC], ids=["image", "audio", "basic"])
def test_names_from_outside_are_text_and_no_mistake_is_left_out(told, tmp_path):
    pages.write(told, tmp_path / "page")
    text = (tmp_path / "page" / "index.html").read_text(encoding="utf-8")
    page_links.read(text)
    assert text.count(ESCAPED) >= 4
    assert any("&lt;" in cell for cell in page_links.rows(text, "Every edit")[0])
    for title, shown in (("Missed, by name", ESCAPED), ("False matches, by name", ESCAPED)):
        assert any(shown in cell for row in page_links.rows(text, title) for cell in row), title
    assert ESCAPED in page_links.rows(text, "Not checked")[0][1]
    assert "Seconds: check 2" in text
    assert "1234 unrelated pairs" in text
    assert "seed 1, " in text


def test_false_matches_come_with_the_highest_score_first():
    rows = page_links.rows(image_page.page(IMAGE), "False matches, by name")
    assert [row[0] for row in rows] == ["high", "low"]


def test_a_run_without_mistakes_says_so():
    for told, page in ((IMAGE, image_page), (AUDIO, audio_page), (BASIC, basic_page)):
        text = page.page(replace(told, false_matches=(), errors=()))
        for title in ("False matches, by name", "Not checked"):
            assert f"<h2>{title}</h2><p>None.</p>" in text, title


def test_every_suite_may_be_asked_for_a_page():
    assert all("html" in offered for offered in run.SUITES.values())
