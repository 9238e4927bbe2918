"""Reports through the real command line: opened, read, exported; one from outside where it is present."""

from __future__ import annotations

import os

import pytest

import forks

REPORT = (
    "Ferry seized off Port Velin\n"
    "\n"
    "By Ana Dorr\n"
    "\n"
    "PORT VELIN, March 3 - A ferry with 40 people aboard was seized on Saturday by fighters of the Grey "
    "Tide, the harbour master said. A boy believed to be about 11 is understood to have been put ashore at "
    "Camp Oskar in the province of Homs.\n"
    "\n"
    'According to the Harbour Watch, a rower said: "They took the ropes first." The video could not be '
    "verified.\n"
)


def seawall(data, *words, **variables):
    return forks.seawall("--data", data, *words, environment={**os.environ, **variables})


def as_json(data, *words, **variables):
    done = seawall(data, *words, "--json", **variables)
    assert done.code == 0, done.err
    return done.document


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("incident")
    report = folder / "report.txt"
    report.write_text(REPORT, "utf-8")
    said = ("--published", "2025-03-03", "--outlet", "The Velin Post")
    return folder / "data", as_json(folder / "data", "incident", "open", "--from", report, *said)


def claims_of(record, words):
    return [one for one in record["claims"] if words in one["text"]]


def test_a_report_becomes_claims_with_their_sources_and_hedges(opened):
    _, record = opened
    (seized,) = claims_of(record, "was seized")
    assert seized["attribution"][0]["source"] == "the harbour master"
    (ashore,) = claims_of(record, "put ashore")
    assert ashore["attribution"][0]["kind"] == "agentless_belief"
    assert "is understood to" in [cue["text"] for cue in ashore["hedge"]["cues"]]
    (ropes,) = claims_of(record, "took the ropes")
    chain = [(link["kind"], link["source"]) for link in ropes["attribution"]]
    assert chain[0][1] == "a rower"
    assert chain[1] == ("named_source", "the Harbour Watch")
    assert chain[-1] == ("outlet_voice", None)


def test_every_span_is_the_texts_own_words(opened):
    data, record = opened
    exported = seawall(data, "incident", "export", record["incident"], "--format", "json").document
    text = exported["documents"][0]["text"]

    def spans(value):
        if isinstance(value, dict):
            if {"start", "end", "text"} <= value.keys():
                yield value
            for part in value.values():
                yield from spans(part)
        elif isinstance(value, list):
            for part in value:
                yield from spans(part)

    found = list(spans(exported))
    assert len(found) > 12
    assert all(text[one["start"] : one["end"]] == one["text"] for one in found)


@pytest.mark.parametrize("form", ["json", "markdown", "html"])
def test_places_are_shown_with_what_their_licence_asks(opened, form):
    data, record = opened
    shown = seawall(data, "incident", "export", record["incident"], "--format", form).out
    assert "GeoNames" in shown
    assert "CC BY 4" in shown.replace("\\", "")


def test_places_of_an_analyst_are_looked_up(opened, tmp_path):
    (tmp_path / "places.csv").write_text(
        "name,latitude,longitude,source\nCamp Oskar,34.5,37.1,a survey\n", "utf-8"
    )
    (tmp_path / "report.txt").write_text(REPORT, "utf-8")
    record = as_json(
        tmp_path / "data",
        *("incident", "open", "--from", tmp_path / "report.txt"),
        SEAWALL_PLACES=str(tmp_path / "places.csv"),
    )
    (camp,) = [one for one in record["places"] if one["text"] == "Camp Oskar"]
    assert [(one["gazetteer"], one["latitude"]) for one in camp["candidates"]] == [("analyst", 34.5)]
    assert camp["chosen"] is None
    _, without = opened
    (camp,) = [one for one in without["places"] if one["text"] == "Camp Oskar"]
    assert camp["candidates"] == []


def test_a_bad_file_of_places_is_told(tmp_path):
    (tmp_path / "report.txt").write_text(REPORT, "utf-8")
    words = ("incident", "open", "--from", tmp_path / "report.txt", "--json")
    done = seawall(tmp_path / "data", *words, SEAWALL_PLACES=str(tmp_path / "absent.csv"))
    assert done.code == 2
    assert done.document["error"]["code"] == "bad_gazetteer"


@pytest.fixture(scope="module")
def record(tmp_path_factory, reports_dir):
    report = reports_dir / "report-1.txt"
    return as_json(tmp_path_factory.mktemp("outside"), "incident", "open", "--from", report)


class TestReportFromOutside:
    def test_the_threat_is_a_chain_of_three(self, record):
        (threat,) = claims_of(record, "Our goal is")
        assert [link["kind"] for link in threat["attribution"]] == [
            "perpetrator_claim",
            "named_source",
            "outlet_voice",
        ]
        assert threat["attribution"][1]["source"].endswith("Syrian Observatory for Human Rights")

    def test_the_site_is_only_where_a_list_with_a_source_has_it(self, record):
        (site,) = [one for one in record["places"] if one["text"] == "Western Hir Palace"]
        assert (site["role"], site["inside"]) == ("incident_site", "Homs governorate")
        assert site["chosen"] is None
        assert all(one["gazetteer"] == "sites" and "source:" in one["why"] for one in site["candidates"])
        (checkpoint,) = [one for one in record["places"] if "checkpoint" in one["text"]]
        assert (checkpoint["role"], checkpoint["candidates"]) == ("capture_site", [])

    def test_one_town_has_three_roles_and_what_is_threatened_is_no_site(self, record):
        roles = [one["role"] for one in record["places"] if one["text"] == "Palmyra"]
        assert len(set(roles)) == len(roles) == 3
        named = {one["text"]: one["role"] for one in record["places"] if one["text"] in ("Rome", "Jerusalem")}
        assert set(named.values()) == {"threat_target"}

    def test_the_child_has_no_name_and_was_used_rather_than_killed(self, record):
        child = record["people"][0]
        assert (child["role"], child["name"]) == ("child_used", None)
        assert {one["violation"] for one in record["violations_suggested"]} == {"recruitment_use"}

    def test_other_incidents_are_groups_of_their_own(self, record):
        group = {
            words: claims_of(record, words)[0]["group"]
            for words in ("massacre at Tikrit", "25 child executioners", "former classmate", "training camps")
        }
        assert len(set(group.values())) == 4
        assert "main" not in group.values()

    def test_contradictions_inside_the_text_are_listed(self, record):
        kinds = {one["kind"] for one in record["discrepancies"]}
        assert {"role", "first_of_kind", "no_date"} <= kinds
