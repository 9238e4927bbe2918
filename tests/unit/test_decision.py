"""What a decision must say before it can be one."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import seawall
from seawall import errors
from seawall.model import decision
from seawall.model.decision import (
    REMOVALS,
    RESTRICTIONS,
    Automation,
    Choice,
    Ground,
    GroundKind,
    Origin,
    Purpose,
    Redress,
    Ruling,
    View,
)
from seawall.store import codec

sys.path.insert(0, str(Path(__file__).parent))
import ledger_readings

AT = datetime(2026, 1, 2, tzinfo=UTC)
GROUND = Ground(GroundKind.CONTRACTUAL, "Terms, 4.2", "it recruits")
REMOVAL = Ruling(
    items=("i1",),
    choice=Choice.REMOVE,
    facts="a full copy of it",
    origin=Origin.OWN_INITIATIVE,
    automated_detection=True,
    automated_decision=Automation.NONE,
    views=(View.METADATA,),
    grounds=(GROUND,),
    territory=("DE", "EU", "EEA", "WORLD"),
    starts_at=AT,
    ends_at=AT.replace(year=2027),
    redress=(Redress.COURT,),
    purpose=Purpose.NO_SUCH,
    preservation="e-1",
)


def test_a_full_one_passes_and_survives_its_column():
    decision.check(REMOVAL)
    assert codec.load(Ruling, codec.dump(REMOVAL)) == REMOVAL


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"items": ()}, "items"),
        ({"items": ("a", "a")}, "items"),
        ({"items": tuple(map(str, range(501)))}, "items"),
        ({"facts": " "}, "facts"),
        ({"facts": "x" * 5001}, "facts"),
        ({"views": ()}, "views"),
        ({"grounds": ()}, "grounds"),
        ({"grounds": (replace(GROUND, source=""),)}, "grounds"),
        ({"grounds": (replace(GROUND, source="x" * 501),)}, "grounds"),
        ({"grounds": (replace(GROUND, explanation="\n"),)}, "grounds"),
        ({"grounds": (replace(GROUND, explanation="x" * 2001),)}, "grounds"),
        ({"territory": ()}, "territory"),
        ({"territory": ("Germany",)}, "territory"),
        ({"territory": ("de",)}, "territory"),
        ({"redress": ()}, "redress"),
        ({"ends_at": AT}, "ends_at"),
        ({"purpose": None}, "purpose"),
        ({"preservation": None}, "preservation"),
        ({"not_preserved": "both"}, "preservation"),
        ({"preservation": " "}, "preservation"),
        ({"reverses": "d1"}, "reverses"),
        ({"reason": "r"}, "reverses"),
        ({"reverses": "d1", "reason": " "}, "reason"),
        ({"choice": Choice.RESTORE}, "reverses"),
        ({"incident": ""}, "incident"),
    ],
)
def test_what_is_missing_or_too_long_is_named(change, field):
    with pytest.raises(errors.BadDecision) as refused:
        decision.check(replace(REMOVAL, **change))
    assert refused.value.fields["field"] == field


@pytest.mark.parametrize("choice", sorted(RESTRICTIONS))
def test_every_restriction_needs_a_statement_of_reasons(choice):
    bare = {"grounds": (), "territory": (), "redress": ()}
    for name, empty in bare.items():
        with pytest.raises(errors.BadDecision):
            decision.check(replace(REMOVAL, choice=choice, **{name: empty}))
    decision.check(replace(REMOVAL, choice=choice))


@pytest.mark.parametrize("choice", sorted(RESTRICTIONS - REMOVALS))
def test_only_what_takes_the_content_away_asks_for_preservation_and_purpose(choice):
    decision.check(replace(REMOVAL, choice=choice, preservation=None, purpose=None))


def test_no_action_needs_facts_and_what_was_seen_alone():
    none = replace(REMOVAL, choice=Choice.NO_ACTION, grounds=(), territory=(), redress=(), purpose=None)
    decision.check(replace(none, preservation=None))


def test_an_order_is_followed_without_the_question_of_purpose():
    decision.check(replace(REMOVAL, origin=Origin.ORDER, purpose=None, notice="o-1"))


def test_what_cannot_be_preserved_has_a_reason():
    decision.check(replace(REMOVAL, preservation=None, not_preserved="the platform has deleted it"))


@pytest.mark.parametrize("field", ["facts", "grounds", "reason", "not_preserved"])
def test_a_name_that_is_protected_in_its_incident_is_refused_wherever_it_stands(tmp_path, field):
    with seawall.open(tmp_path / "data") as library:
        ledger = library._store.incidents.open("A ferry", ledger_readings.document(), actor="ann")
        library.incidents.protect(ledger.id, "Zorbla Quimfex", "a child")
        words = "zorbla QUIMFEX was seen"
        changes = {
            "facts": {"facts": words},
            "grounds": {"grounds": (replace(GROUND, explanation=words),)},
            "reason": {"reverses": "d1", "reason": words},
            "not_preserved": {"preservation": None, "not_preserved": words},
        }
        with pytest.raises(errors.ProtectedName, match=field):
            library.cases.decide(replace(REMOVAL, incident=ledger.id, **changes[field]), user="ann")
        with pytest.raises(errors.IncidentNotFound):
            library.cases.decide(replace(REMOVAL, incident="no"), user="ann")
