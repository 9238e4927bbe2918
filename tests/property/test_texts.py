"""Laws of taking a text apart, whatever the text: nothing is lost, nothing overlaps, everything ends."""

import re

from hypothesis import given, strategies as st

from seawall.claims import documents, hidden, plain, prepared, sentences, wrapping
from seawall.model.report import Line, LineKind

#: what is told apart, next to what looks like it
PIECES = st.sampled_from(
    [
        *(
            "The mayor said",
            "three people",
            "No. 5",
            "U.S.",
            "Dr.",
            "e.g.",
            "A. B.",
            "3.5",
            "1.",
            "...",
            "\u2026",
        ),
        *(
            '"',
            "'",
            "\u201c",
            "\u201d",
            "\u2018",
            "\u2019",
            "\u00ab",
            "\u00bb",
            "\u201e",
            "``",
            "''",
            "(",
            "]",
        ),
        *(".", "!", "?", ",", "\u061f", "\u3002", "\n", "\n\n", "\r\n", "\t", " ", "\u00a0", "\u2028"),
        *("By Ann Bee", "NORTHTOWN (AN) \u2014", "Photo: Ann Bee", "YouTube", "| AFP", "Share", "\u00a9 AN"),
        *(
            "\u0642\u0627\u0644",
            "\u0641\u064a",
            "\u200b",
            "\u202e",
            "\u0430b",
            "\u00ad",
            "\ufeff",
            "\0",
            "\ud800",
        ),
        *("Headline here", "-", "@ann", "12 May 2024", "\U0001f600", "a\u0301"),
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map(" ".join) | st.lists(PIECES, max_size=60).map("".join) | st.text()
STORED = TEXTS.map(plain.normal)


@given(TEXTS)
def test_a_stored_text_stays_as_it_is(text):
    stored = plain.normal(text)
    assert plain.normal(stored) == stored
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f]", stored)


@given(STORED)
def test_lines_hold_all_that_is_not_white_space_and_do_not_overlap(text):
    parsed = prepared.prepared(text)
    last = 0
    for line in parsed.lines:
        assert last <= line.start < line.end <= len(text)
        assert not text[last : line.start].strip()
        words = text[line.start : line.end]
        assert words == words.strip()
        assert "\n" not in words
        last = line.end
    assert not text[last:].strip()


@given(STORED)
def test_sentences_hold_all_of_their_lines_but_bullets_and_have_their_kind(text):
    parsed = prepared.prepared(text)
    of_lines = iter(parsed.lines)
    line = next(of_lines, None)
    held = [False] * len(text)
    last = 0
    for one in parsed.sentences:
        assert last <= one.start < one.end <= len(text)
        assert one.end - one.start <= sentences.LONGEST
        while line is not None and one.start >= line.end:
            line = next(of_lines)
        assert line is not None
        assert line.start <= one.start
        assert one.end <= line.end
        assert one.kind is line.kind
        held[one.start : one.end] = [True] * (one.end - one.start)
        last = one.end
    left = "".join(letter for letter, is_held in zip(text, held, strict=True) if not is_held)
    assert not re.sub(r"[-*\u2022\u00b7\u2013\u2014>]", "", left).strip()


@given(STORED)
def test_quotations_lie_within_a_line_and_within_each_other_or_apart(text):
    parsed = prepared.prepared(text)
    starts = [one.start for one in parsed.quotations]
    assert starts == sorted(starts)
    around = []
    for one in parsed.quotations:
        words = text[one.start : one.end]
        assert words.strip() == words != ""
        assert any(line.start < one.start and one.end <= line.end for line in parsed.lines)
        around = [end for end in around if end > one.start]
        assert all(one.end <= end for end in around), words
        around.append(one.end)


@given(STORED)
def test_what_is_found_holds_in_the_text(text):
    parsed = prepared.prepared(text)
    assert parsed.text == text
    assert all(0 <= part.start < part.end <= len(text) and part.reason for part in parsed.unread)
    assert all(span.holds_in(text) for one in hidden.characters(text) for span in one.spans)


@given(STORED)
def test_taking_a_text_out_of_its_column_moves_nothing(text):
    joined = wrapping.unwrapped(text)
    assert len(joined) == len(text)
    assert joined.replace("\n", " ") == text.replace("\n", " ")


@given(STORED, st.sampled_from(LineKind))
def test_a_kind_that_is_known_holds(text, kind):
    parsed = prepared.prepared(text, (Line(0, len(text), kind),) if text else ())
    for line in parsed.lines:
        assert line.kind in (kind, LineKind.CREDIT)


@given(STORED.filter(str.strip))
def test_a_document_crosses_between_processes_whatever_its_text(text):
    document = documents.Document(text, documents.Format.TEXT, "utf-8")
    assert documents.parse(documents.packed(document), len(text)) == document
