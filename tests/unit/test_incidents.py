"""What a person does with incidents, by the library and on the command line, with a reader's stand-in."""

import csv
import io
import json
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from seawall import errors
from seawall.cli.main import cli
from seawall.model import match
from seawall.model.claim import Facet, HedgeLevel, SourceKind, Status
from seawall.model.content import Content, Kind
from seawall.model.incident import Answer, MediaLink
from seawall.model.report import Violation
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference, Store
from seawall.workflows import edits, readers
from seawall.workflows.check import CheckResult, Named
from seawall.workflows.incidents import About, Incidents

sys.path.insert(0, str(Path(__file__).parent))
import ledger_readings
import unread


class Hand:
    """Reads the one report that was read by hand, and counts how often it was made."""

    made = 0

    def __init__(self):
        type(self).made += 1

    def text(self, data, name):
        return unread.Plain().text(data, name)

    def read(self, text, published):
        if ledger_readings.TEXT in text.text:
            return ledger_readings.reading(text.text)
        return unread.Plain().read(text, published)

    def close(self):
        pass


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data") as opened:
        yield opened


def no_check(path):
    raise AssertionError("nothing is to be checked")


@pytest.fixture
def incidents(store):
    Hand.made = 0
    return Incidents(store.incidents, "ann", Hand, no_check, store.banks, lambda: date(2025, 6, 1))


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(ledger_readings.TEXT, encoding="utf-8")
    return path


@pytest.fixture
def opened(incidents, report):
    return incidents.open(report, About(published=ledger_readings.PUBLISHED, outlet="The Chronicle"))


def state(ledger, claim_id):
    return next(one.state for one in ledger.claims if one.state.id == claim_id)


class TestOpening:
    def test_a_file_becomes_an_incident_with_a_title_that_tells_nothing(self, incidents, opened, report):
        assert opened.heading.title == "Incident reported by The Chronicle on 2025-03-14"
        undated = incidents.open(report, About(outlet="The Chronicle"))
        assert undated.heading.title == "Incident reported by The Chronicle, opened on 2025-06-01"
        assert incidents.open(report).heading.title == "Incident reported, opened on 2025-06-01"
        assert len(opened.claims) == 11
        assert opened.documents[0].name == "report.txt"

    def test_many_files_become_as_many_incidents_and_one_that_fails_stops_no_other(
        self, incidents, report, tmp_path
    ):
        folder = tmp_path / "in"
        folder.mkdir()
        (folder / "a.txt").write_text(ledger_readings.TEXT)
        (folder / "b.txt").write_bytes(b"\xff\xfe\x00")
        (folder / "c.txt").write_text(" \n")
        (folder / "d.txt").write_bytes(b"")
        results = list(incidents.open_all([folder, report, tmp_path / "none"]))
        assert [None if one.error is None else one.error.code for one in results] == [
            None, "unsupported_format", "empty_file", "empty_file", None, "path_not_found",
        ]  # fmt: skip
        assert len(incidents.every()) == 2
        assert Hand.made == 1

    def test_no_reader_is_made_before_it_is_needed(self, incidents):
        assert incidents.every() == []
        assert Hand.made == 0

    def test_a_report_from_the_future_is_refused(self, incidents, report):
        with pytest.raises(errors.UsageError, match="2025-06-03"):
            incidents.open(report, About(published=date(2025, 6, 3)))
        assert incidents.open(report, About(published=date(2025, 6, 2)))

    def test_a_file_that_is_too_long_is_refused_unread(self, store, report):
        Hand.made = 0
        incidents = Incidents(store.incidents, "ann", Hand, no_check, store.banks, max_bytes=100)
        with pytest.raises(errors.MediaTooLarge):
            incidents.open(report)
        assert Hand.made == 0

    def test_what_no_database_takes_gives_way_without_moving_an_offset(self, store, report):
        class Odd(Hand):
            def text(self, data, name):
                text = "\0\udcff" + super().text(data, name).text
                return readers.Text(text, ledger_readings.lines(text))

        (document,) = Incidents(store.incidents, "ann", Odd, no_check, store.banks).open(report).documents
        assert document.text == "\ufffd\ufffd" + ledger_readings.TEXT

    def test_a_second_report_joins_and_the_same_one_does_not(self, incidents, opened, report):
        with pytest.raises(errors.DocumentExists):
            incidents.add_report(opened.id, report)
        report.write_text("Again\n" + ledger_readings.TEXT)
        assert len(incidents.add_report(opened.id, report).claims) == 22
        with pytest.raises(errors.IncidentNotFound):
            incidents.add_report("none", report)


class TestDeciding:
    def test_claims_are_decided_on_together_or_not_at_all(self, incidents, opened):
        ledger = incidents.set_status(opened.id, ["c1", "c2", "c1"], Status.CONFIRMED, "read")
        assert [state(ledger, name).status for name in ("c1", "c2", "c3")] == [
            "confirmed", "confirmed", "proposed",
        ]  # fmt: skip
        with pytest.raises(errors.EntryNotFound):
            incidents.set_status(opened.id, ["c3", "c99"], Status.CONFIRMED, "read")
        assert state(incidents.ledger(opened.id), "c3").status is Status.PROPOSED

    def test_a_change_without_a_reason_is_refused(self, incidents, opened):
        with pytest.raises(errors.UsageError, match="reason"):
            incidents.set_status(opened.id, ["c1"], Status.CONFIRMED, " ")

    def test_an_edit_adds_reserve_and_cannot_take_any(self, incidents, opened):
        said = edits.Said(level=HedgeLevel.POSSIBLE, hedge_cues=(edits.Words("apparently"),))
        ledger = incidents.edit(opened.id, "c7", edits.Edit(said=said, value="the Petrel"), "doubtful")
        edited = state(ledger, "c7")
        assert (edited.status, edited.said.hedge.level, edited.value) == ("edited", "possible", "the Petrel")
        assert [cue.text for cue in edited.said.hedge.cues] == ["is believed to", "apparently"]
        with pytest.raises(errors.CertaintyRaised):
            incidents.edit(opened.id, "c7", edits.Edit(said=edits.Said(level=HedgeLevel.NONE)), "sure")
        with pytest.raises(errors.CertaintyRaised):
            incidents.edit(opened.id, "c7", edits.Edit(words=edits.Words("the Petrel")), "short")
        assert state(incidents.ledger(opened.id), "c7") == edited

    def test_an_edit_adds_a_source_at_the_inner_end(self, incidents, opened):
        said = edits.Said(SourceKind.ANONYMOUS_SOURCE, "the crew", edits.Words("said"))
        ledger = incidents.edit(opened.id, "c7", edits.Edit(said=said), "he says so")
        assert [link.kind for link in state(ledger, "c7").said.attribution] == [
            "anonymous_source", "agentless_belief", "outlet_voice",
        ]  # fmt: skip
        with pytest.raises(errors.UsageError, match="kind"):
            incidents.edit(opened.id, "c7", edits.Edit(said=edits.Said(source="the crew")), "he says so")

    def test_an_edit_settles_no_dispute(self, incidents, opened):
        incidents.set_status(opened.id, ["c2"], Status.DISPUTED, "who says")
        ledger = incidents.edit(opened.id, "c2", edits.Edit(value="x"), "noted")
        assert state(ledger, "c2").status is Status.DISPUTED

    def test_an_added_claim_takes_over_reserve_and_sources(self, incidents, opened):
        words = edits.Words("to have been the Petrel")
        ledger = incidents.add_claim(opened.id, edits.Entry(words, Facet.OTHER), "its name")
        added = state(ledger, "c12")
        assert (added.said.hedge.level, added.status, added.said.rule) == ("believed", "confirmed", "analyst")
        assert added.said.attribution == state(ledger, "c7").said.attribution
        wide = edits.Words("He is seen at the wheel.\nThe ferry is believed to have been the Petrel")
        ledger = incidents.add_claim(opened.id, edits.Entry(wide, Facet.OTHER), "both")
        kinds = {link.kind for link in state(ledger, "c13").said.attribution}
        assert kinds == {"media_content", "agentless_belief", "outlet_voice"}

    def test_an_added_claims_words_stand_once_in_the_text(self, incidents, opened):
        for words, error in (
            (edits.Words("ferry"), errors.UsageError),
            (edits.Words("steamer"), errors.SpanNotInText),
            (edits.Words("The boy", 0, 7), errors.SpanNotInText),
            (edits.Words(start=5, end=5000), errors.SpanNotInText),
            (edits.Words(start=5, end=5), errors.SpanNotInText),
            (edits.Words(), errors.UsageError),
        ):
            with pytest.raises(error):
                incidents.add_claim(opened.id, edits.Entry(words, Facet.OTHER), "why")
        at = ledger_readings.TEXT.index("quay")
        words = edits.Words("quay", at, at + 4)
        assert state(incidents.add_claim(opened.id, edits.Entry(words, Facet.WHERE), "why"), "c12")

    def test_places_labels_and_positions(self, incidents, opened):
        ledger = incidents.choose_place(opened.id, "p1", 2, "the bridge")
        for place, candidate in (("p1", 3), ("p9", 1)):
            with pytest.raises(errors.EntryNotFound):
                incidents.choose_place(opened.id, place, candidate, "no")
        answers = {
            "armed_conflict": Answer.NO,
            "child_under_18": Answer.YES,
            "armed_force_or_group": Answer.NOT_STATED,
        }
        incidents.label(opened.id, Violation.RECRUITMENT_USE, ["c1", "c4"], **answers, reason="used")
        with pytest.raises(errors.UsageError, match="one group"):
            incidents.label(opened.id, Violation.ABDUCTION, ["c1", "c10"], **answers, reason="mixed")
        ledger = incidents.hold(opened.id, "c4", "the only one")
        assert {one.by for one in ledger.revisions[-3:]} == {"ann"}

    def test_footage_is_linked_by_a_match_and_never_by_text(self, store, opened):
        store.create_bank("K")
        signal = Signal(SignalType.PDQ, 1, b"\x01" * 32, 90)
        content = Content("0" * 64, "0" * 32, 7, Kind.VIDEO, "mp4", 3.0, 640, 360)
        added = store.add_reference("K", NewReference(content, "video", (signal,), "clip", "test"))
        segment = match.Segment(SignalType.PDQ, 0, 0, 1.5, 1.5, 1, (), 0.9)
        strong = match.Recommendation.STRONG
        hit = match.Match(added.id, 0.97, strong, 1.0, 0.1, {"video": 0.97}, (segment,))
        named = Named(hit, store.reference(added.id), None)
        results = {
            "still.jpg": CheckResult("still.jpg", "1" * 64, matches=(named,)),
            "other.jpg": CheckResult("other.jpg", "2" * 64),
            "broken.jpg": CheckResult("broken.jpg", error=errors.EmptyFile(path="broken.jpg")),
        }
        incidents = Incidents(store.incidents, "ann", Hand, lambda path: results[path.name], store.banks)
        assert incidents.watch(opened.id, "m1", "other.jpg") == []
        assert incidents.ledger(opened.id).latest(MediaLink) == ()
        with pytest.raises(errors.EmptyFile):
            incidents.watch(opened.id, "m1", "broken.jpg")
        (link,) = incidents.watch(opened.id, "m1", "still.jpg")
        (recorded,) = incidents.ledger(opened.id).latest(MediaLink)
        assert recorded.state == link
        assert recorded.reason == "a match of the file " + "1" * 64


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs `seawall` over one data folder; what it printed, and how it ended."""
    monkeypatch.setattr(readers, "Standard", lambda _settings: Hand())

    def call(*words):
        return CliRunner().invoke(cli, ["--data", str(tmp_path / "data"), *map(str, words)])

    def as_json(*words):
        result = call(*words, "--json")
        assert result.exception is None, result.exception
        return json.loads(result.stdout)

    call.json = as_json
    return call


@pytest.fixture
def incident(run, report):
    made = run.json(
        "incident", "open", "--from", report, "--published", "2025-03-14", "--outlet", "The Chronicle"
    )
    assert made["schema"] == "seawall.incident/1"
    return made["incident"]


class TestCommands:
    def test_from_report_to_page(self, run, incident, report, tmp_path):
        shown = run.json("incident", "show", incident)
        assert shown["document"]["published"] == "2025-03-14"
        (listed,) = run.json("incident", "list")["incidents"]
        assert (listed["incident"], listed["claims"], listed["documents"]) == (incident, 11, 1)
        decided = run.json("incident", "confirm", incident, "c7", "c8", "--reason", "read")
        assert [one["status"] for one in decided["claims"]] == ["confirmed", "confirmed"]
        run.json("incident", "dispute", incident, "c2", "--reason", "who says")
        run.json("incident", "reject", incident, "c10", "--reason", "another one")
        run.json("incident", "withdraw", incident, "c7", "--reason", "mistaken")
        edited = run.json("incident", "edit", incident, "c3", "--value", "Orrin", "--reason", "noted")
        assert edited["claims"][0]["value"] == "Orrin"
        added = run.json(
            *("incident", "add-claim", incident, "--text", "is named as", "--facet", "other"),
            *("--source-kind", "named_source", "--source", "the Chronicle", "--hedge", "reported"),
            *("--hedge-cue", "named as", "--reason", "named"),
        )
        assert added["claims"][0]["attribution"][0]["source"] == "the Chronicle"
        run.json("incident", "place", incident, "p1", "--candidate", "1", "--reason", "nearest")
        run.json("incident", "position", incident, "c4", "--reason", "the only one")
        run.json(
            *("incident", "violation", incident, "recruitment_use", "c1", "--armed-conflict", "no"),
            *("--child-under-18", "yes", "--armed-force-or-group", "not_stated", "--reason", "used"),
        )
        sha256 = shown["document"]["sha256"]
        run.json(
            *("incident", "cite", incident, sha256, "--reliability", "B", "--credibility", "3"),
            *("--reason", "known"),
        )
        run.json("incident", "describe", incident, "--status", "active", "--reason", "work began")
        now = run.json("incident", "show", incident)
        assert now["status"] == "active"
        assert (now["document"]["source_reliability"], now["document"]["info_credibility"]) == ("B", 3)
        assert now["places"][0]["chosen"]["candidate"]["name"] == "Orrin"
        assert now["positions"][0]["claim"] == "c4"
        assert now["violations"][0]["preconditions"]["child_under_18"] == "yes"
        disputed = run.json("incident", "claims", incident, "--status", "disputed")["claims"]
        assert [one["id"] for one in disputed] == ["c2"]
        of_group = run.json("incident", "claims", incident, "--group", "earlier-1", "--facet", "media")
        assert [one["id"] for one in of_group["claims"]] == ["c10"]
        report.write_text("Again\n" + ledger_readings.TEXT)
        assert len(run.json("incident", "add-report", incident, "--from", report)["documents"]) == 2
        compared = run.json("incident", "compare", incident)
        assert compared["dependences"][0]["reason"] == "wording"
        for form in ("json", "csv", "markdown", "html"):
            out = tmp_path / f"out.{form}"
            run.json("incident", "export", incident, "--format", form, "--out", out)
            assert out.stat().st_size > 1000
            result = run("incident", "export", incident, "--format", form)
            assert result.stdout_bytes == out.read_bytes()
        assert len(list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text())))) == 24

    def test_the_json_page_shows_the_fields_that_are_printed(self, run, incident):
        shown = run.json("incident", "show", incident)
        page = (Path(__file__).parents[2] / "docs/reference/json.md").read_text(encoding="utf-8")
        section = page.split("## `seawall.incident/1`\n")[1]
        example = json.loads(section.split("```json\n")[1].split("```")[0])
        assert list(example) == list(shown)
        for name in ("document", "claims", "groups"):
            one, other = (made[name] if name == "document" else made[name][0] for made in (example, shown))
            assert list(one) == list(other), name

    def test_a_raised_certainty_says_what_to_do_instead(self, run, incident):
        result = run("incident", "edit", incident, "c7", "--hedge", "none", "--reason", "sure", "--json")
        assert json.loads(result.stdout)["error"]["code"] == "certainty_raised"
        assert "Reject the claim" in json.loads(result.stdout)["error"]["remedy"]
        assert isinstance(result.exception, errors.CertaintyRaised)

    def test_a_protected_name_is_shown_nowhere(self, run, incident):
        run("incident", "describe", incident, "--title", "Mara's ferry", "--reason", "called so")
        protected = run("incident", "protect", incident, "--reason", "a minor", "--name", "Mara Lund")
        assert protected.exception is None
        for words in (
            ("show", incident),
            ("show", incident, "--json"),
            ("list",),
            ("claims", incident),
            ("compare", incident),
            *(("export", incident, "--format", form) for form in ("json", "csv", "markdown", "html")),
        ):
            result = run("incident", *words)
            assert result.exception is None
            assert "Mara" not in result.output
            assert "Varga" not in result.output
        refused = run("incident", "reject", incident, "c1", "--reason", "it is MARA")
        assert isinstance(refused.exception, errors.ProtectedName)
        assert "MARA" not in str(refused.exception)

    def test_a_folder_makes_an_incident_of_each_report(self, run, tmp_path):
        folder = tmp_path / "in"
        folder.mkdir()
        (folder / "timo.txt").write_text(ledger_readings.TEXT)
        (folder / "b.txt").write_bytes(b"\xff")
        made = run.json("incident", "open", "--from", folder)
        assert made["schema"] == "seawall.incidents-opened/1"
        assert [one["error"] and one["error"]["code"] for one in made["results"]] == [
            "unsupported_format", None,
        ]  # fmt: skip
        assert made["results"][1]["path"].endswith("████.txt")
        assert made["results"][1]["incident"]["schema"] == "seawall.incident/1"

    def test_options_that_do_not_go_together_are_refused(self, run, incident):
        for words in (
            ("place", incident, "p1"),
            ("place", incident, "p1", "--none", "--candidate", "1"),
            ("describe", incident),
            ("edit", incident, "c1", "--start", "3"),
            ("add-claim", incident, "--facet", "act"),
            ("export", incident, "--format", "csv", "--json"),
        ):
            reason = () if words[0] == "export" else ("--reason", "r")
            assert isinstance(run("incident", *words, *reason).exception, errors.UsageError), words

    def test_one_file_that_cannot_be_read_is_the_runs_error(self, run, tmp_path):
        path = tmp_path / "x.txt"
        path.write_bytes(b"\xff\xff")
        result = run("incident", "open", "--from", path, "--json")
        assert json.loads(result.stdout)["error"]["code"] == "unsupported_format"
        assert isinstance(result.exception, errors.UnsupportedFormat)
