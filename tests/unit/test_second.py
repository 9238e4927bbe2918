"""Which decisions two people take."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from seawall.model.decision import REMOVALS, RESTRICTIONS, Choice, Origin, Purpose
from seawall.model.second import CHILDREN, GRAPHIC, needs_two

sys.path.insert(0, str(Path(__file__).parent))
from test_decision import REMOVAL


@pytest.mark.parametrize("choice", sorted(Choice))
def test_the_law_holds_for_every_choice_and_without_a_policy(choice):
    new = replace(REMOVAL, choice=choice)
    for child in CHILDREN:
        for graphic in GRAPHIC:
            assert needs_two(new, ["x", child.upper(), graphic], ())
    assert not needs_two(new, [*CHILDREN], ())
    assert not needs_two(new, [*GRAPHIC, "childlike"], ())


@pytest.mark.parametrize("choice", sorted(Choice))
def test_only_a_removal_that_was_ordered_is_not_held_up(choice):
    new = replace(REMOVAL, choice=choice, origin=Origin.ORDER)
    assert needs_two(new, ["child", "graphic"], ()) is (choice not in REMOVALS)


@pytest.mark.parametrize("choice", sorted(Choice))
def test_an_unclear_purpose_asks_for_two_where_something_is_restricted(choice):
    new = replace(REMOVAL, choice=choice, purpose=Purpose.UNCLEAR)
    assert needs_two(new, (), ()) is (choice in RESTRICTIONS)


def test_a_policy_can_ask_for_more():
    assert needs_two(REMOVAL, (), {Choice.REMOVE})
    assert not needs_two(REMOVAL, (), {Choice.LABEL})
