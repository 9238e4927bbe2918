"""No name of a child is anywhere but among what is withheld."""

from __future__ import annotations

import dataclasses
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from report_texts import parsed, proposals

from seawall.claims import entities
from seawall.model.claim import Span

PUBLISHED = date(2015, 7, 17)


def read(text: str, language: str = "en") -> entities.Entities:
    taken_apart = parsed(text, language)
    return entities.entities(taken_apart, proposals(taken_apart), PUBLISHED)


def withheld(found: entities.Entities) -> list[str]:
    return [span.text for person in found.people for span in person.withheld]


def spans(thing: object) -> list[Span]:
    """Every span of a record, however deep, but for what is withheld and the claims themselves."""
    if isinstance(thing, Span):
        return [thing]
    if isinstance(thing, tuple | list):
        return [span for one in thing for span in spans(one)]
    if dataclasses.is_dataclass(thing):
        names = [field.name for field in dataclasses.fields(thing)]
        return [s for n in names if n not in {"withheld", "proposals"} for s in spans(getattr(thing, n))]
    return []


NAMED = [
    ("{} , 11, was seen in the footage.".replace(" ,", ","), "Zayd Mansouri"),
    ("{} (11) was seen in the footage.", "Zayd Mansouri"),
    ("12-year-old {} was seen.", "Yusuf al-Rashidi"),
    ("The 12-year-old, known only as {}, is safe.", "A.B."),
    ("The boy, named as {}, was taken.", "Omar Salim"),
    ("A boy called {} fled.", "Sami"),
    ("{}, a schoolboy from Raqqa, was shot.", "Sami Haddad"),
    ("Schoolgirl {} told reporters.", "Amina Yusuf"),
    ("{}, who was 13 when the war came, spoke.", "Tarek Bin Hamid"),
    ("{} celebrated his 11th birthday.", "Ahmed"),
    ("The victim was identified as {}.", "Karim Nasser"),
    ("{} was killed on Friday.", "Layla Fares"),
    ("The death of {} was reported.", "Layla Fares"),
    ("the boy's father, {}, spoke.", "Hassan Mahdi"),
    ("{}, the girl's uncle, spoke.", "Hassan Mahdi"),
    ("Mr Doe's son, named as {}, is missing.", "Timur Sadykov"),
    ("{}, 14, was seen.", "J. K. Mansour"),
    ("{}, 16, fought.", "Abu Bakr al-Shami"),
    ("The teenager, {}, was arrested.", "Adam Kone"),
    ("{}, 13, ARRESTED", "ADAM KONE"),
    ("Malian boy {}, 15, joined.", "Ibrahim ag Attaher"),
    ("\u201cMy name is {}, I am 12,\u201d she said.", "Nadia"),
    ("Her friend {}, also 12, agreed.", "Bilal Hadi"),
    ("Little {} (8yrs) is safe.", "Amal"),
    ("{}, who turned 10 in May, sang.", "Yara"),
    ("{}, aged 9, ran.", "Said"),
    ("a photo of {}, then aged nine, was found.", "Bilal"),
    ("The teen, whose name is {}, ran.", "Faris Odeh"),
    ("Police named the dead as {}, 7, and others.", "Huda Amin"),
    ("{}, born in 2004, is missing.", "Idris Barakat"),
]


@pytest.mark.parametrize(("shape", "name"), NAMED)
def test_a_childs_name_is_withheld_wherever_it_stands(shape, name):
    last = name.split()[-1].rstrip(".")
    found = read(f"{shape.format(name)}\nNeighbours remember {name}. They miss {last} much.")
    hidden = withheld(found)
    assert sum(last in words for words in hidden) >= 2, hidden
    assert not [span for span in spans(found) if last in span.text]
    assert all(person.name is None for person in found.people if person.withheld)


@pytest.mark.parametrize(
    ("text", "name", "language"),
    [
        ("La petite Amina Traoré, 8 ans, a été enlevée.", "Amina Traoré", "fr"),
        ("Le jeune Moussa, âgé de 12 ans, est vivant.", "Moussa", "fr"),
        ("Une fillette nommée Awa Diallo est vivante.", "Awa Diallo", "fr"),
        ("قال الطفل أحمد الراشد إن البيت بعيد.", "أحمد الراشد", "ar"),
        ("محمد سالم (11 عاما) في المدينة", "محمد سالم", "ar"),
    ],
)
def test_names_are_withheld_in_french_and_arabic(text, name, language):
    assert name in withheld(read(text, language))


def test_every_child_of_a_list_is_withheld():
    found = read(
        "The children, Ali, Sara and Omar Haddad, fled.\nBrothers Zaki and Nuri Aziz, 9 and 11, too."
    )
    hidden = " ".join(withheld(found))
    assert all(name in hidden for name in ("Ali", "Sara", "Omar Haddad", "Zaki", "Nuri Aziz"))


def test_handles_and_other_spellings_are_withheld():
    found = read("Zayd Mansouri, 11, is missing. Zaid Mansuri was last seen here. #FreeZayd @zayd_m")
    assert {"Zaid Mansuri", "#FreeZayd", "@zayd_m"} <= {
        word for s in withheld(found) for word in [s, *s.split()]
    }


def test_a_mother_who_is_named_with_the_child_is_withheld():
    found = read("Eleven-year-old Fanta Cisse survived. Fanta's mother, Aissata Cisse, is here.")
    assert any("Aissata" in words for words in withheld(found))


@pytest.mark.parametrize(
    "text",
    [
        "In Palmyra, a boy of ten was seen.",
        "A boy from Mosul fled. Mosul was taken.",
        "On Monday, a child was seen in Raqqa.",
        "Children in Homs fled.",
        "Child killers dubbed the Cubs of the Caliphate were seen.",
        "Pupils of the Government Girls Secondary School fled.",
    ],
)
def test_a_place_is_no_childs_name(text):
    assert withheld(read(text)) == []


def test_an_adult_keeps_a_name_only_with_age_office_or_rank():
    found = read(
        "Rami Darwish, director of the observatory, said a boy was seen.\n"
        "Colonel Karim Nasser was killed in the attack.\n"
        "Salim Hadi said nothing was left."
    )
    assert [person.name.text for person in found.people if person.name] == [
        "Karim Nasser",
        "Rami Darwish",
    ] or [person.name.text for person in found.people if person.name] == ["Rami Darwish", "Karim Nasser"]


@given(st.sampled_from(NAMED), st.sampled_from(["\u200b", "", "\u2060"]), st.booleans())
def test_no_field_holds_a_name_whatever_is_around(named, invisible, caps):
    shape, name = named
    written = name.upper() if caps else name
    written = written[:2] + invisible + written[2:]
    text = (
        f"A video of a boy was released by ISIS in Raqqa.\n{shape.format(name)}\nIt shows {written} in Homs."
    )
    found = read(text)
    last = name.split()[-1].rstrip(".").casefold()
    assert not [s for s in spans(found) if last in s.text.casefold().split() or name in s.text]
    assert all(span.holds_in(text) for span in spans(found))
    assert all(span.holds_in(text) for person in found.people for span in person.withheld)
