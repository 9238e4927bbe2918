"""The yearly report: its words, its year, and its forms."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies

from seawall import config, errors
from seawall.cli.main import cli
from seawall.model.performance import Rate, Times
from seawall.model.yearly import Counted, Report, year
from seawall.model.yearly_figures import FIGURES, TEXTS, WORDING, reworded
from seawall.reports import yearly
from seawall.workflows.yearly import wording

BRUSSELS = ZoneInfo("Europe/Brussels")


def counted(figure):
    parts = tuple((part, number) for number, (part, _) in enumerate(figure.parts))
    count = sum(number for _, number in parts) if parts else 3
    months = (count, *([0] * 11))
    times = Times.of([60.0, 7200.0, 300_000.0]) if figure.timed else None
    rate = None if figure.wrong is None else Rate(dict(parts)[figure.wrong], count)
    return Counted(figure, count, parts, months, times, rate)


def report(**words):
    known = reworded(words.get("toml", ""))
    made = tuple(counted(one) for one in known.figures)
    at = datetime(2027, 2, 3, tzinfo=UTC)
    return Report(2026, year(2026, BRUSSELS), "Europe/Brussels", at, "Harbour <Ltd>", known.texts, made)


def test_each_figure_and_text_is_there_once_and_of_no_text_that_was_at_hand():
    ids = [one.id for one in (*FIGURES, *TEXTS)]
    assert len(set(ids)) == len(ids)
    assert not any(one.checked for one in FIGURES)
    for one in FIGURES:
        parts = [part for part, _ in one.parts]
        assert len(set(parts)) == len(parts)
        assert one.wrong is None or one.wrong in parts


@given(strategies.integers(2000, 2999), strategies.sampled_from(["UTC", "Europe/Brussels", "Asia/Tokyo"]))
def test_years_follow_each_other_without_a_gap(number, name):
    where = ZoneInfo(name)
    span = year(number, where)
    assert span.since.astimezone(where) == datetime(number, 1, 1, tzinfo=where)
    assert list(span.months) == sorted(span.months)
    assert span.month(1)[0] == span.since
    assert span.month(12)[1] == span.until
    assert number == 2999 or year(number + 1, where).since == span.until


@pytest.mark.parametrize("number", [1999, 3000])
def test_a_year_of_no_calendar_is_refused(number):
    with pytest.raises(errors.BadRequest):
        year(number, UTC)


def test_words_of_ones_own_take_the_place_of_ours():
    known = reworded('[labels]\ntco_orders = "Orders"\nmeasures = "What we do"\n[texts]\nmeasures = "All."')
    assert known.figure("tco_orders").label == "Orders"
    assert (known.texts[0].label, known.texts[0].text) == ("What we do", "All.")
    assert known.figures[1:] == WORDING.figures[1:]
    with pytest.raises(errors.RecordNotFound):
        known.figure("nothing")


@pytest.mark.parametrize(
    "given_words",
    ["[labels]\nnothing = 'x'", "[texts]\ntco_orders = 'x'", "[labels]\ntco_orders = 1", "other = 1", "[x"],
)
def test_words_for_what_is_not_there_are_refused(tmp_path, given_words):
    path = tmp_path / "words.toml"
    path.write_text(given_words)
    settings = config.load(tmp_path, {"SEAWALL_REPORT_WORDS": str(path)})
    with pytest.raises(errors.BadSetting):
        wording(settings)


def test_json_leads_from_each_number_to_its_rows():
    made = yearly.record(report(), yearly.rows_at("/r"))
    assert made["schema"] == "seawall.report/1"
    assert json.loads(json.dumps(made)) == made
    hour = next(one for one in made["figures"] if one["id"] == "tco_orders_acted")
    assert hour["rows"] == "/r/tco_orders_acted"
    assert hour["parts"][1]["rows"] == "/r/tco_orders_acted?part=missed"
    assert hour["months"][0]["rows"] == "/r/tco_orders_acted?month=1"
    assert hour["times"] == {"count": 3, "median_s": 7200.0, "p90_s": 300_000.0}
    reads = next(one for one in made["figures"] if one["id"] == "dsa_second_reads")
    low, high = reads["rate"]["interval"]
    assert low <= reads["rate"]["share"] <= high


def test_csv_has_a_line_a_figure_and_one_a_part():
    lines = list(csv.DictReader(io.StringIO(yearly.table(report()))))
    assert len(lines) == len(FIGURES) + sum(len(one.parts) for one in FIGURES)
    for one in FIGURES:
        whole, *parts = [line for line in lines if line["figure"] == one.id]
        assert whole["part"] == ""
        assert not parts or int(whole["count"]) == sum(int(line["count"]) for line in parts)
        assert (whole["wording_checked"], whole["source"]) == ("no", one.source)


def test_the_page_is_one_file_with_charts_and_nothing_from_elsewhere():
    text = yearly.page(report(toml='[texts]\nmeasures = "One.\\n\\n<Two>"'), yearly.rows_at("/r"))
    tree = ET.fromstring(text.removeprefix("<!DOCTYPE html>"))
    assert len(list(tree.iter("svg"))) == sum(counted(one).count > 0 for one in FIGURES)
    assert {one.tag for one in tree.iter()}.isdisjoint({"script", "link", "img", "iframe"})
    assert "Harbour &lt;Ltd&gt;" in text
    assert "&lt;Two&gt;" in text
    links = {one.get("href") for one in tree.iter("a")}
    assert {"/r/tco_orders", "/r/tco_orders_acted?part=missed", "/r/tco_orders?month=1"} <= links
    numbers = [one for one in tree.iter("p") if one.get("class") == "large"]
    assert [int("".join(one.itertext())) for one in numbers] == [counted(one).count for one in FIGURES]


def test_a_page_to_publish_leads_nowhere():
    tree = ET.fromstring(yearly.page(report(), None).removeprefix("<!DOCTYPE html>"))
    assert list(tree.iter("a")) == []


@pytest.mark.parametrize("form", ["json", "csv", "html"])
def test_the_command_writes_each_form(tmp_path, form, capsys):
    out = tmp_path / f"report.{form}"
    data = ["--data", str(tmp_path / "data")]
    cli.main(["report", "year", "2026", "--format", form, "--out", str(out), *data], standalone_mode=False)
    capsys.readouterr()
    cli.main(["report", "year", "2026", "--format", form, *data], standalone_mode=False)
    printed = capsys.readouterr().out
    assert out.read_bytes().decode().startswith({"json": "{", "csv": "law,", "html": "<!DOCTYPE"}[form])
    assert len(printed) > 1000
    with pytest.raises(errors.UsageError):
        cli.main(["report", "year", "2026", "--out", str(out), *data], standalone_mode=False)


def test_the_command_lists_rows_and_knows_its_figures(tmp_path, capsys):
    data = ["--json", "--data", str(tmp_path)]
    cli.main(["report", "rows", "2026", "tco_orders", *data], standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["rows"] == []
    with pytest.raises(errors.RecordNotFound):
        cli.main(["report", "rows", "2026", "nothing", *data], standalone_mode=False)
    with pytest.raises(errors.RecordNotFound):
        cli.main(["report", "rows", "2026", "tco_orders", "--part", "XX", *data], standalone_mode=False)
