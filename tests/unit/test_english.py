"""The parse of English: what is parsed, what is too much, and what is said where the extra is missing."""

import dataclasses
import sys
from pathlib import Path

import pytest

from seawall import errors
from seawall.claims import english
from seawall.claims.parsed import Parsed, Sentence
from seawall.model.report import LineKind, Unread

sys.path.insert(0, str(Path(__file__).parent))
from reports_in_english import parsed


def one_sentence(text, kind=LineKind.BODY, language="en"):
    return Parsed(text, language, (), (), (Sentence(0, len(text), kind, None),), ())


def test_offsets_count_from_the_sentence():
    report = parsed("The bridge fell.", "A lorry hit it.")
    second = report.sentences[1]
    assert second.doc.text == report.text[second.start : second.end] == "A lorry hit it."


def test_a_sentence_is_one_tree():
    report = english.parsed(one_sentence("Take Bayt al- Nor [the town] and Ost, he said. Then he left."))
    (sentence,) = report.sentences
    assert len([token for token in sentence.doc if token.dep_ == "ROOT"]) == 1


@pytest.mark.parametrize("kind", [LineKind.BYLINE, LineKind.CREDIT])
def test_bylines_and_credits_are_not_parsed(kind):
    assert english.parsed(one_sentence("Written by the office", kind)).sentences[0].doc is None


def test_other_languages_stay_as_they_are():
    report = one_sentence("Le pont est tombé.", language="fr")
    assert english.parsed(report) is report


def test_what_is_unread_already_is_not_parsed():
    report = parsed("The bridge fell.", "Le pont est tombé.")
    line = report.lines[1]
    left = dataclasses.replace(report, unread=(Unread(line.start, line.end, "in another language"),))
    again = english.parsed(left)
    assert [sentence.doc is None for sentence in again.sentences] == [False, True]


def test_what_is_too_long_for_a_sentence_is_named():
    text = "word " * (english.LONGEST_CHARS // 5 + 1)
    report = english.parsed(one_sentence(text))
    assert report.sentences[0].doc is None
    assert [(one.start, one.end, one.reason) for one in report.unread] == [(0, len(text), english.TOO_LONG)]


@pytest.mark.parametrize(("limit", "value"), [("MOST_CHARS", 40), ("MOST_SENTENCES", 1)])
def test_what_is_too_much_is_named_to_the_end(monkeypatch, limit, value):
    monkeypatch.setattr(english, limit, value)
    report = parsed("The bridge fell on Monday.", "A lorry hit it.", "Nobody was hurt.")
    assert [sentence.doc is None for sentence in report.sentences] == [False, True, True]
    (left,) = report.unread
    assert (left.start, left.end, left.reason) == (
        report.sentences[1].start,
        report.sentences[2].end,
        english.TOO_MUCH,
    )


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, english.MODEL, None)
    english.model.cache_clear()
    try:
        with pytest.raises(errors.ExtraMissing, match=english.MODEL) as caught:
            english.parsed(one_sentence("The bridge fell."))
    finally:
        english.model.cache_clear()
    assert "pip install 'seawall[incident]'" in caught.value.remedy
    assert caught.value.code == "extra_missing"


def test_a_text_without_sentences_needs_no_model(monkeypatch):
    monkeypatch.setitem(sys.modules, english.MODEL, None)
    english.model.cache_clear()
    try:
        assert english.parsed(Parsed("", "en", (), (), (), ())).sentences == ()
    finally:
        english.model.cache_clear()
