"""What the client makes of answers: errors, records, pages, jobs."""

from __future__ import annotations

import io
import itertools
from types import SimpleNamespace

import pytest
from stub_service import BANK, CHECKED, problem

from seawall import errors
from seawall.client import Job, group, jobs, transport


def job(state, **more):
    return {
        "id": "j1",
        "kind": "check",
        "state": state,
        "tries": 1,
        "error": None,
        "result": None,
        "created_at": "2026-03-01T12:00:00+00:00",
        **more,
    }


# Errors


def tree(root=errors.SeawallError):
    return [root, *(found for branch in root.__subclasses__() for found in tree(branch))]


@pytest.mark.parametrize(
    "kind", [one for one in tree() if one.__module__.startswith("seawall.errors.")], ids=lambda one: one.code
)
def test_every_code_is_raised_as_its_class(service, seawall, waited, kind):
    service.says(problem(kind.code, kind.http_status, "There it is {as said}"))
    with pytest.raises(kind) as raised:
        seawall.me()
    error = raised.value
    assert type(error) is kind
    assert (str(error), error.message) == ("There it is {as said}", "There it is {as said}")
    assert (error.code, error.http_status, error.remedy) == (kind.code, kind.http_status, "Do so.")
    assert error.request_id == "5f0c"
    assert error.as_record() == {"code": kind.code, "message": error.message, "remedy": "Do so."}


def test_a_code_of_a_newer_service_keeps_its_name_and_words(service, seawall):
    service.says(problem("moon_in_the_way", 418, "The moon is in the way"))
    with pytest.raises(errors.SeawallError, match="The moon is in the way") as raised:
        seawall.me()
    error = raised.value
    assert type(error) is errors.SeawallError
    assert (error.code, error.http_status, error.request_id) == ("moon_in_the_way", 418, "5f0c")
    assert errors.SeawallError.code == "seawall_error"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((404, b"<html>not here"), errors.BadAnswer),
        ((503, b"<html>nobody"), errors.ServiceUnreachable),
        ((500, b'["a list"]'), errors.BadAnswer),
        ((200, b"<html>welcome"), errors.BadAnswer),
        ((200, ["no object"]), errors.BadAnswer),
        ((200, {**BANK, "references": "many"}), errors.BadAnswer),
        ((200, {**BANK, "created_at": "yesterday"}), errors.BadAnswer),
        ((200, {**BANK, "negative": 0}), errors.BadAnswer),
        ((200, {"name": "KNOWN"}), errors.BadAnswer),
        ((200, b"[" * 100_000), errors.BadAnswer),
    ],
)
def test_what_is_not_the_services_is_refused(service, seawall, waited, answer, expected):
    service.says(answer)
    with pytest.raises(expected):
        seawall.banks.get("KNOWN")


def test_an_answer_without_end_is_broken_off(service, seawall, monkeypatch):
    monkeypatch.setattr(transport, "_LARGEST_ANSWER_BYTES", 1 << 20)
    service.says((200, b" " * (2 << 20)))
    with pytest.raises(errors.BadAnswer, match="does not end"):
        seawall.me()
    service.says((200, BANK))
    assert seawall.banks.get("KNOWN").name == "KNOWN"


def test_what_a_newer_service_says_more_is_passed_over(service, seawall):
    service.says((200, {**BANK, "colour": "red", "owner": {"deep": [1]}}))
    assert seawall.banks.get("KNOWN").labels == ("a",)
    found = {**CHECKED, "matches": [{"bank": "B", "reference": "r", "reference_name": "n", "score": 1}]}
    found["matches"][0] |= {
        "recommendation": "certain",
        "coverage_query": 1,
        "coverage_reference": 0.5,
        "parts": {"smell": 1},
        "segments": [],
        "new": "field",
    }
    service.says((200, {"results": [found]}))
    (match,) = seawall.check(io.BytesIO(b"x")).matches
    assert (match.score, match.recommendation, match.parts) == (1.0, "certain", {"smell": 1.0})
    assert match.record["new"] == "field"


# Pages


def test_pages_are_asked_for_when_they_are_come_to(service, seawall, monkeypatch):
    monkeypatch.setattr(group, "PAGE_ITEMS", 2)
    service.says(
        (200, {"items": [BANK, {**BANK, "name": "B"}], "next_cursor": "c1"}),
        (200, {"items": [{**BANK, "name": "C"}], "next_cursor": None}),
    )
    listed = seawall.banks()
    assert service.asked == []
    assert [next(listed).name for _ in range(2)] == ["KNOWN", "B"]
    assert len(service.asked) == 1
    assert [one.name for one in listed] == ["C"]
    assert [one.query.get("cursor") for one in service.asked] == [None, ["c1"]]


def test_a_page_that_follows_itself_ends_in_an_error(service, seawall):
    service.says((200, {"items": [BANK], "next_cursor": "c1"}))
    with pytest.raises(errors.BadAnswer, match="follows itself"):
        list(itertools.islice(seawall.banks(), 10))


# Jobs


@pytest.fixture
def no_wait(monkeypatch):
    clock = itertools.count()
    monkeypatch.setattr(
        jobs, "time", SimpleNamespace(sleep=lambda _: None, monotonic=lambda: float(next(clock)))
    )


def test_a_large_file_is_waited_for(service, seawall, no_wait):
    done = job("done", result={"results": [CHECKED]})
    service.says((202, {"job": "j1"}), (200, job("waiting")), (200, job("running")), (200, done))
    assert seawall.check(io.BytesIO(b"x")).kind == "image"
    assert [one.path for one in service.asked] == ["/v1/check", *3 * ["/v1/jobs/j1"]]


def test_a_job_comes_back_where_nothing_is_to_be_waited_for(service, seawall):
    service.says((202, {"job": "j1"}), (200, job("waiting")))
    found = seawall.check(io.BytesIO(b"x"), wait_s=None)
    assert isinstance(found, Job)
    assert (found.id, found.ended) == ("j1", False)


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        (job("failed", error={"code": "damaged_media", "message": "a.mp4 is damaged"}), errors.DamagedMedia),
        (job("parked", error={"code": "disk_full", "message": "No room left"}), errors.DiskFull),
        (job("cancelled"), errors.RecordConflict),
        (job("running"), errors.JobUnfinished),
    ],
    ids=["failed", "parked", "cancelled", "unfinished"],
)
def test_a_job_that_comes_to_nothing_is_an_error(service, seawall, no_wait, ended, expected):
    service.says((202, {"job": "j1"}), (200, ended))
    with pytest.raises(expected):
        seawall.check_url("https://example.org/a.mp4", wait_s=5.0)


def test_a_reference_that_a_job_adds_is_what_comes_back(service, seawall, no_wait):
    reference = {"id": "r1", "bank": "KNOWN", "negative": False, "name": "n", "kind": "video", "labels": []}
    reference |= {"state": "active", "origin": "o", "created_at": "2026-03-01T12:00:00Z"}
    result = {"reference": "r1", "already": False, "signals": {"video": 3}, "skipped": []}
    service.says((202, {"job": "j1"}), (200, job("done", result=result)), (200, reference))
    added = seawall.banks.add("KNOWN", io.BytesIO(b"x"), labels=["a", "b"])
    assert (added.reference.id, added.signals) == ("r1", {"video": 3})
    assert service.asked[0].body.count(b'name="labels"') == 2
