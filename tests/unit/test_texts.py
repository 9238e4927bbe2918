"""The texts that tests are made with are what they say they are."""

import json
import sys
from itertools import islice
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))
import texts

TESTS = Path(__file__).resolve().parents[1]
LANGUAGES = TESTS / "reports" / "languages"
NAMES = json.loads((LANGUAGES / "names.json").read_text(encoding="utf-8"))


def test_a_long_text_has_exactly_the_bytes_that_were_asked_for():
    for size in (0, 1, 999, 100_000):
        assert len(texts.long(size).encode()) == size
    assert texts.long(5_000) == texts.long(5_000)


def test_unstopped_sentences_are_as_many_and_none_ends():
    assert texts.unstopped(1_000, "\n").count("\n") == 999
    assert not set(texts.unstopped(1_000)) & set(".!?\n")
    assert len(set(islice(texts.sentences(), 500))) > 50


def test_a_disguised_text_is_not_the_plain_one():
    for what, text in texts.disguised().items():
        assert not text.isascii() or any(ord(character) < 32 for character in text), what


def test_encoded_texts_come_back():
    for encoding, (data, text) in texts.encoded().items():
        assert data.decode(encoding) == text


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_names_of_a_text_in_another_language_stand_in_it(name):
    text = (LANGUAGES / name).read_text(encoding="utf-8")
    for found in (*NAMES[name]["organisations"], *NAMES[name]["places"]):
        assert found in text
    assert name.startswith(NAMES[name]["language"])
    assert 90 <= len(text.split()) <= 150


def test_every_text_in_another_language_has_its_names():
    assert {path.name for path in LANGUAGES.glob("*.txt")} == NAMES.keys()
