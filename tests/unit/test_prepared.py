"""Whole reports, taken apart: what a careful reader marked as one claim lies in one sentence."""

import json
from collections import Counter

import pytest

from seawall import config, errors
from seawall.claims import documents, importing, prepared
from seawall.media.wire import Given
from seawall.model.report import LineKind, Unread
from seawall.workflows import reports

LIMIT = 1_000_000


@pytest.fixture(scope="module")
def real(reports_dir):
    """A real report that is no part of the project, and the claims that were marked in it."""
    document = importing.document((reports_dir / "report-1.txt").read_bytes(), LIMIT)
    return prepared.prepared(document.text, document.lines), json.loads(
        (reports_dir / "report-1.claims.json").read_text(encoding="utf-8")
    )


def test_the_real_reports_text_is_stored_as_it_is(real, reports_dir):
    assert real[0].text == (reports_dir / "report-1.txt").read_text(encoding="utf-8")
    assert (real[0].language, real[0].unread) == ("en", ())


def test_the_real_reports_lines(real):
    parsed, _ = real
    kinds = Counter(line.kind for line in parsed.lines)
    assert kinds == {LineKind.HEADLINE: 3, LineKind.CAPTION: 3, LineKind.CREDIT: 3, LineKind.BODY: 14}
    assert len({parsed.text[one.start : one.end] for one in parsed.lines if one.kind is LineKind.CREDIT}) == 1


def test_every_claim_of_the_real_report_lies_in_one_sentence(real):
    parsed, claims = real
    for claim in claims:
        assert any(one.start <= claim["start"] and claim["end"] <= one.end for one in parsed.sentences)


def test_the_real_reports_quotations_are_a_threat_and_a_term(real):
    parsed, _ = real
    lengths = [one.end - one.start for one in parsed.quotations]
    assert [length > 100 for length in lengths] == [True, False]


def test_what_an_import_left_out_is_told_beside_what_is_not_read():
    text = "The mayor said that three people were hurt."
    left = Unread(len(text), len(text), "attachment clip.mp4 is not read")
    assert prepared.prepared(text, (), (left,)).unread == (left,)


# The way in


def test_a_report_without_its_packages_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(reports, "find_spec", lambda name: None if name == "pypdf" else name)
    with pytest.raises(errors.ExtraMissing, match="pypdf") as raised:
        reports.sandbox(config.load(tmp_path, {}))
    assert "seawall[incident]" in raised.value.remedy


class Pool:
    """A sandbox whose child answers what a hostile file made it answer."""

    def __init__(self, answer):
        self.answer = answer

    def run(self, path, task, params, *, given):
        assert (task, given) == (documents.TASK, Given.BYTES)
        return self.answer


@pytest.mark.parametrize("answer", [None, [], {}, {"text": b"a\0"}, {"text": b"x" * 99}])
def test_an_answer_that_makes_no_sense_is_an_error_of_the_file(answer, tmp_path):
    with pytest.raises(errors.DecoderCrashed, match="makes no sense"):
        reports.imported(tmp_path / "report", Pool(answer), 50)


def test_bytes_and_a_file_of_them_are_the_same_document(tmp_path):
    path = tmp_path / "report"
    path.write_bytes("The mayor’s office said so.".encode("utf-16"))
    with reports.sandbox(config.load(tmp_path, {})) as pool:
        document = reports.imported(path, pool, LIMIT)
        assert reports.imported_bytes(path.read_bytes(), "post", pool, LIMIT) == document
        assert document.text == "The mayor’s office said so."
        for data, error in ((b"", errors.EmptyFile), (b"\0\1\2", errors.UnknownReport)):
            with pytest.raises(error, match="post"):
                reports.imported_bytes(data, "post", pool, LIMIT)
