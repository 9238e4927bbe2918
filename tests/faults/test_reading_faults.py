"""Texts made to break a reader are read, or said to be unread; what is found is the text's own words."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import texts

from seawall import config, errors
from seawall.claims import english, reading
from seawall.model.claim import Span
from seawall.workflows import readers

LANGUAGES = Path(__file__).parents[1] / "reports" / "languages"
NAMES = json.loads((LANGUAGES / "names.json").read_text("utf-8"))


def spans(value):
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from spans(one)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from spans(getattr(value, field.name))


def read(text):
    """The reading of a text, held to what is true of every reading."""
    found = reading.read(text)
    assert all(span.holds_in(text) for span in spans(found))
    assert all(0 <= one.start <= one.end <= len(text) for one in found.unread)
    return found


@pytest.mark.parametrize(
    "text",
    [
        texts.long(20_000),
        texts.unstopped(300),
        texts.unstopped(300, "\n"),
        texts.one_word(100_000),
        texts.quotes(300),
        texts.nested(300),
        texts.subordinate(400),
    ],
    ids=["long", "one line", "lines", "one word", "quotes", "nested", "subordinate"],
)
def test_a_text_without_end_is_read(text):
    read(text)


@pytest.mark.parametrize(("name", "text"), texts.disguised().items())
def test_a_text_that_is_not_what_it_looks_like_is_read(name, text):
    found = read(text.replace("\ud800", "\N{REPLACEMENT CHARACTER}"))  # as the workflow hands it over
    if name in ("zero width", "homoglyphs", "overridden", "isolated"):
        assert {one.kind for one in found.discrepancies} & {
            "invisible_characters",
            "lookalike_letters",
            "bidi_controls",
        }


def test_what_is_too_much_to_parse_is_said_to_be_unread(monkeypatch):
    monkeypatch.setattr(english, "MOST_CHARS", 2000)
    text = texts.long(10_000)
    found = read(text)
    assert found.proposals
    assert max(one.span.end for one in found.proposals) <= 2500
    assert max(one.end for one in found.unread) >= 9_900


@pytest.mark.parametrize("name", NAMES)
def test_of_another_language_known_names_are_found_and_the_rest_is_said_to_be_unread(name):
    text = (LANGUAGES / name).read_text("utf-8")
    found = read(text)
    assert found.language == NAMES[name]["language"]
    assert found.proposals == ()
    for kind, words in (("organisations", found.organisations), ("places", found.places)):
        shown = [one.span.text for one in words]
        assert all(any(known in one for one in shown) for known in NAMES[name][kind])
    assert found.unread
    assert all("not read" in one.reason for one in found.unread)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    made = readers.Standard(config.load(tmp_path_factory.mktemp("data")))
    yield made
    made.close()


#: Undeclared, ISO 8859-6 cannot be told from Windows' Latin letters by its bytes.
TOLD = {name: given for name, given in texts.encoded().items() if name != "iso8859-6"}


@pytest.mark.parametrize(("encoding", "given"), TOLD.items())
def test_a_file_in_an_encoding_of_old_is_text(reader, encoding, given):
    data, text = given
    assert reader.text(data, encoding).text.strip() == text


@pytest.mark.parametrize(("name", "data"), texts.torn().items())
def test_bytes_that_hold_no_text_are_refused_or_read(reader, name, data):
    with contextlib.suppress(errors.MediaError):
        read(reader.text(data, name).text.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def test_a_text_over_the_limit_is_refused(reader):
    with pytest.raises(errors.MediaTooLarge):
        reader.text(texts.long(20_000_000).encode(), "long.txt")
