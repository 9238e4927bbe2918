"""A protected name is found however it is spelled, and what is no name is left alone."""

import sys
from pathlib import Path

import pytest

from seawall import errors
from seawall.model.names import MASK, Names

sys.path.insert(0, str(Path(__file__).parent))

NAMES = Names(("Zoë Marin Osk",))


@pytest.mark.parametrize(
    "text",
    [
        "Zoë",
        "ZOE",
        "Zoe\u0308",
        "Z\u200bo\u00ade",
        "\uff3a\uff4f\uff45",
        "Z\u043e\u0435",  # Cyrillic o and e
        "\u0396\u03bf\u03b5\u0301",  # Greek
        "Mar\u0131n",
        "m\u0430r\u0456n",
        "MarinOsk",
        "zoemarinosk",
        "OSK",
        "marin's",
        "#Marin",
        "Osk-Lund",
    ],
)
def test_a_name_is_covered_in_every_spelling_and_no_offset_moves(text):
    shown = NAMES.mask(f"a {text} b")
    assert MASK * 3 in shown
    assert len(shown) == len(text) + 4
    assert (shown[:2], shown[-2:]) == ("a ", " b")
    assert NAMES.within(shown) == []
    with pytest.raises(errors.ProtectedName, match="note"):
        NAMES.refuse("note", text)


@pytest.mark.parametrize("text", ["", "Zoology", "Submarine", "Kiosk", "Oskar", "Z o e"])
def test_other_words_stay(text):
    assert NAMES.mask(text) == text
    NAMES.refuse("note", text)
    NAMES.refuse("note", None)


def test_parts_that_are_no_names_alone_are_covered_only_with_the_rest():
    names = Names(("Li bin Bo",))
    assert names.mask("the bin, Li and Bo") == "the bin, Li and Bo"
    assert names.mask("It was LI BIN BO.") == "It was ██ ███ ██."


def test_arabic_and_cyrillic_names_are_found_in_their_own_script():
    names = Names(("عمر", "Иван Петров"))
    assert names.mask("قال عُمَر هنا") == "قال █████ هنا"
    assert "عمر" not in names.mask("قال عمر هنا")
    assert names.mask("сказал ИВАН ПЕТРОВ") == "сказал ████ ██████"


def test_a_name_without_letters_cannot_be_known_again():
    assert not Names.can_protect(" \u200b-")
    assert Names.can_protect("Bo")
    assert Names(("-",)).mask("a - b") == "a - b"
