"""The claims suite: from texts with gold ledgers to its report, by readers that stand in for the real one."""

import json
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from seawall import errors
from seawall.bench import claims_gold, claims_page, claims_report, claims_suite
from seawall.cli import main

sys.path.insert(0, str(Path(__file__).parent))
import readings

REPORTS = Path(__file__).resolve().parents[1] / "reports"
GOLD = {one.text: one for one in claims_gold.read(REPORTS)}


def perfect(text, published):
    """As the ledgers say; nothing of any other text."""
    return readings.perfect(GOLD[text]) if text in GOLD else readings.reading()


def careless(text, published):
    """Every claim is given to a ministry, unhedged, with words before it."""
    ministry = readings.source("named_source", "<b>the ministry</b>")
    claims = GOLD[text].claims if text in GOLD else ()
    return readings.reading(*(readings.proposal(text, one.span, ministry) for one in claims))


def run(reader, folder=REPORTS):
    return claims_suite.run(folder, 1, lambda *_: None, reader)


def test_a_perfect_reader_has_nothing_to_mend():
    report = run(perfect)
    for row in (*report.folders, report.together):
        for name, figure in row.figures.items():
            if name == "wrong_attribution":
                assert figure.value == 0
            elif not name.startswith("baseline"):
                assert (figure.value, figure.low, figure.high) == (1, 1, 1), name
        assert row.failings == {}
    assert report.misses == ()
    assert {row.name: row.texts for row in report.folders} == {".": 12, "held": 5}
    assert report.together.texts == len(report.texts) == len(GOLD)


def test_the_baseline_is_what_the_outlets_own_voice_would_score():
    figures = run(perfect).together.figures
    claims = [claim for one in GOLD.values() for claim in one.claims]
    own = sum(claim.attribution == "publication" for claim in claims)
    assert figures["baseline_attribution"].value == pytest.approx(own / len(claims), abs=1e-4)
    plain = sum(not claim.hedged for claim in claims)
    assert figures["baseline_hedge"].value == pytest.approx(plain / len(claims), abs=1e-4)


def test_nothing_of_a_held_text_is_shown():
    report = run(careless)
    held = [one for one in GOLD.values() if one.held]
    for row in report.texts:
        assert (row.shares is None) == (row.proposals is None) == row.held
    assert report.misses
    shown = json.dumps(report.as_record()) + claims_page.page(report)
    for one in held:
        assert not any(claim.span in shown for claim in one.claims)


def test_the_worst_misses_come_first_from_every_text_in_turn():
    misses = run(careless).misses
    worst = misses[: sum(not one.held for one in GOLD.values())]
    assert {one.failing for one in worst} == {"wrong source"}
    assert len({one.text for one in worst}) == len(worst)
    assert worst[0].proposed_source == "<b>the ministry</b>"


def test_a_text_that_cannot_be_read_counts_as_an_empty_reading():
    bad = next(one for one in GOLD.values() if not one.held)

    def reader(text, published):
        if text == bad.text:
            raise errors.UsageError(detail="too long")
        return perfect(text, published)

    report = run(reader)
    assert report.errors == ((bad.name, "too long"),)
    (row,) = (row for row in report.texts if row.name == bad.name)
    assert row.shares["overlap_recall"] == (0, len(bad.claims))


def test_the_model_is_loaded_before_the_clock_runs():
    read = []

    def reader(text, published):
        read.append(text)
        return readings.reading()

    run(reader)
    assert read[0] not in GOLD
    assert len(read) == len(GOLD) + 1


def test_the_document_is_what_the_reference_says():
    record = json.loads(json.dumps(run(careless).as_record()))
    assert record["schema"] == "seawall.bench.claims/1"
    page = (REPORTS.parents[1] / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
    section = page.partition("## `seawall.bench.claims/1`")[2].partition("\n## ")[0]
    parts = (record, record["texts"][0], record["together"], record["misses"][0], record["speed"])
    for name in {name for part in parts for name in part} - {"schema"}:
        assert f"`{name}`" in section, name
    for name in record["together"]["figures"]:
        assert f"`{name}`" in section, name


def test_the_page_stands_alone_and_escapes(tmp_path):
    claims_page.write(run(careless), tmp_path / "page")
    page = (tmp_path / "page" / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=", page)
    assert "<b>the ministry" not in page
    assert "&lt;b&gt;the ministry" in page
    for name in (*claims_report.COLUMNS, "01-wire-market.txt", "wrong source"):
        assert name in page


def test_the_terminals_table_has_every_text_that_is_not_held():
    console = Console(width=240, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(run(careless).as_renderable())
    printed = capture.get()
    for one in GOLD.values():
        assert (one.name in printed) != one.held


# The command


def call(*arguments):
    return CliRunner().invoke(main.cli, [*arguments])


@pytest.fixture
def reader(monkeypatch):
    monkeypatch.setattr(claims_suite, "shipped", lambda: careless)


def test_the_command_prints_one_document_and_writes_the_page(reader, tmp_path):
    got = call("--json", "bench", "--suite", "claims", str(REPORTS), "--html", str(tmp_path / "page"))
    assert got.exit_code == 0, got.output
    assert json.loads(got.stdout)["together"]["texts"] == len(GOLD)
    assert (tmp_path / "page" / "index.html").is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--suite", "claims"),
        ("--suite", "claims", "a", "--corpus", "b"),
        ("--suite", "claims", str(REPORTS), "--half", "tune"),
        ("--suite", "claims", str(REPORTS / "none")),
        ("--suite", "claims", str(REPORTS.parent / "unit")),
    ],
)
def test_a_wrong_call_is_refused(reader, arguments):
    assert isinstance(call("bench", *arguments).exception, errors.UsageError)
