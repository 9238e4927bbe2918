"""Certainty never rises, whatever a change is called."""

import sys
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import pytest

from seawall import errors
from seawall.model import certainty
from seawall.model.claim import UNHEDGED, Hedge, HedgeLevel, Polarity, Source, SourceKind, Status
from seawall.model.incident import Claim, Origin

sys.path.insert(0, str(Path(__file__).parent))
import ledger_readings

SAID = dict(zip((f"c{n}" for n in range(1, 12)), ledger_readings.proposals(), strict=True))


def raised(said, **changes):
    return list(certainty.raised(said, replace(said, **changes)))


def claim(name, status=Status.PROPOSED, **changes):
    return Claim(name, "0" * 64, replace(SAID[name], **changes), status, Origin.MACHINE)


def test_no_way_leads_from_a_reserve_to_none_or_to_a_higher_one():
    for first, second, third in product(HedgeLevel, repeat=3):
        if certainty.level_holds(first, second) and certainty.level_holds(second, third):
            assert certainty.level_holds(first, third)
    for level in HedgeLevel:
        assert certainty.level_holds(level, level)
        assert certainty.level_holds(HedgeLevel.NONE, level)
        assert not certainty.level_holds(level, HedgeLevel.NONE) or level is HedgeLevel.NONE
    assert certainty.level_holds(HedgeLevel.BELIEVED, HedgeLevel.POSSIBLE)
    assert not certainty.level_holds(HedgeLevel.POSSIBLE, HedgeLevel.BELIEVED)
    for there, back in ((HedgeLevel.DENIED, HedgeLevel.ALLEGED), (HedgeLevel.NEGATED, HedgeLevel.DENIED)):
        assert not certainty.level_holds(there, back)


def test_a_hedge_is_not_dropped_and_may_be_added():
    said = SAID["c7"]
    assert raised(said, hedge=UNHEDGED)
    assert raised(said, hedge=Hedge(HedgeLevel.BELIEVED, ()))
    assert raised(said, hedge=Hedge(HedgeLevel.NONE, said.hedge.cues))
    more = ledger_readings.span(ledger_readings.TEXT, "apparently")
    assert not raised(said, hedge=Hedge(HedgeLevel.POSSIBLE, (*said.hedge.cues, more)))


def test_no_link_of_the_chain_is_lost_reordered_or_made_a_stated_one():
    said = SAID["c8"]
    rower, watch, outlet = said.attribution
    assert raised(said, attribution=(watch, outlet))
    assert raised(said, attribution=(rower, outlet))
    assert raised(said, attribution=(watch, rower, outlet))
    assert raised(said, attribution=(replace(rower, source="the captain"), watch, outlet))
    assert raised(said, attribution=(replace(rower, cue=None), watch, outlet))
    assert not raised(said, attribution=(replace(rower, inferred=True), watch, outlet))
    aunt = Source(SourceKind.ANONYMOUS_SOURCE, "an aunt", None)
    assert not raised(said, attribution=(aunt, rower, watch, outlet))
    seen, narrated, outlet = SAID["c6"].attribution
    assert raised(SAID["c6"], attribution=(seen, replace(narrated, inferred=False), outlet))


def test_the_reason_names_kinds_and_no_source():
    (reason,) = raised(SAID["c8"], attribution=(ledger_readings.OUTLET,))
    assert "anonymous_source, named_source" in reason
    assert "rower" not in reason


def test_words_may_shrink_as_long_as_no_cue_is_cut_off():
    text, said = ledger_readings.TEXT, SAID["c7"]
    assert raised(said, span=ledger_readings.span(text, "the Petrel"))
    assert raised(said, span=ledger_readings.span(text, "believed to have been the Petrel"))
    assert not raised(said, span=ledger_readings.span(text, "is believed to have been"))
    assert raised(said, span=ledger_readings.span(text, "Last week"))
    assert raised(SAID["c9"], polarity=Polarity.POSITIVE)


def test_statuses_go_forward_only():
    for first, second in product(Status, repeat=2):
        before = claim("c7", first)
        allowed = second in certainty._STEPS[first] and first is not second
        if allowed:
            certainty.check(before, claim("c7", second))
        else:
            with pytest.raises(errors.ClaimConflict):
                certainty.check(before, claim("c7", second))
    for gone, other in product(certainty.GONE, Status):
        assert other not in certainty._STEPS[gone]
    assert all(Status.PROPOSED not in steps for steps in certainty._STEPS.values())


def test_words_that_an_edit_takes_in_bring_their_reserve_along():
    text = ledger_readings.TEXT
    wide = ledger_readings.span(text, "The ferry is believed to have been the Petrel")
    narrow = ledger_readings.proposal(text, "The ferry")
    before = Claim("c12", "0" * 64, narrow, Status.CONFIRMED, Origin.ANALYST)
    after = replace(before, status=Status.EDITED, said=replace(narrow, span=wide))
    with pytest.raises(errors.CertaintyRaised, match="c7"):
        certainty.check(before, after, [before, claim("c7")])
    certainty.check(before, after, [before, claim("c7", Status.REJECTED)])


def test_a_reading_confirms_nothing():
    for status in Status:
        if status is not Status.PROPOSED:
            with pytest.raises(errors.CertaintyRaised):
                certainty.check_new(claim("c1", status), ())
    certainty.check_new(claim("c1"), ())
    with pytest.raises(errors.CertaintyRaised, match="nobody"):
        certainty.check_new(claim("c1", attribution=()), ())


def test_the_weakest_of_several_hedges():
    levels = [HedgeLevel.NONE, HedgeLevel.BELIEVED, HedgeLevel.POSSIBLE, HedgeLevel.DENIED]
    for sure, less in pairwise(levels):
        assert certainty.weakest([Hedge(less), Hedge(sure)]) is less
    assert certainty.weakest([]) is HedgeLevel.NONE
