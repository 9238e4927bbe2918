"""Which proposal stands for which claim, and what counts as the same source and hedge."""

import sys
from pathlib import Path

import pytest

from seawall.bench import claims_match
from seawall.model.claim import Hedge, HedgeLevel

sys.path.insert(0, str(Path(__file__).parent))
import readings

TEXT = "Police said two men were held near the old bridge on Monday."


def test_the_share_of_common_characters():
    claim = readings.gold(TEXT, "two men were held")  # 17 characters
    assert claims_match.iou(claim, readings.proposal(TEXT, "two men were held")) == 1.0
    # 8 of "were held", all 9 characters, lie in it: 9 of 17.
    assert claims_match.iou(claim, readings.proposal(TEXT, "were held")) == pytest.approx(9 / 17)
    # "held near" has 4 in common; both together are 17 + 9 - 4.
    assert claims_match.iou(claim, readings.proposal(TEXT, "held near")) == pytest.approx(4 / 22)
    assert claims_match.iou(claim, readings.proposal(TEXT, "near the old bridge")) == 0.0


def test_a_proposal_stands_for_the_claim_that_it_shares_most_with():
    first = readings.gold(TEXT, "two men were held", name="A01")
    second = readings.gold(TEXT, "near the old bridge on Monday", name="A02")
    wide = readings.proposal(TEXT, "two men were held near the old bridge on Monday")
    exact = readings.proposal(TEXT, "two men were held")
    for proposals in ([wide, exact], [exact, wide]):
        a, b = claims_match.verdicts([first, second], proposals)
        assert (a.proposal, b.proposal) == (exact, wide)
    # Alone, the wide one goes to the longer claim (29 of 47 characters, not 17 of 47), and only to it.
    a, b = claims_match.verdicts([first, second], [wide])
    assert (a.proposal, b.proposal) == (None, wide)


def test_a_span_of_half_the_characters_is_strict():
    claim = readings.gold(TEXT, "two men were held near")  # 22 characters
    (half,) = claims_match.verdicts([claim], [readings.proposal(TEXT, "two men wer")])
    (less,) = claims_match.verdicts([claim], [readings.proposal(TEXT, "two men we")])
    assert half.iou == 0.5
    assert half.strict
    assert not less.strict


@pytest.mark.parametrize(
    ("attribution", "kinds"),
    [
        ("publication", {"outlet_voice"}),
        ("named", {"named_source", "anonymous_source", "direct_quote", "perpetrator_claim"}),
        ("unattributed_belief", {"agentless_belief"}),
        ("video", {"media_content"}),
        ("credit", {"caption"}),
    ],
)
def test_which_kinds_of_source_a_gold_attribution_means(attribution, kinds):
    claim = readings.gold(TEXT, "two men were held", attribution, "Police")
    right = {
        kind.value
        for kind in claims_match.CALLED
        if claims_match.attribution_right(claim, readings.source(kind, "Police"))
    }
    assert right == kinds


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ("the ministry", "The Ministry of Defence"),
        ("the militant (via a monitor)", "the militant"),
        ("the UK-based Observatory for Human Rights", "the Observatory"),
        ("prosecutor Helen Marwick KC", "Ms Marwick"),
        ("A spokesman for the brigade", "the brigade's spokesman"),
        ("Border officials", "officials at the border"),
        ("The driver\N{RIGHT SINGLE QUOTATION MARK}s brother", "the driver's brother"),
        ("officials", "Officials"),
        ("Ilsa Varrenko", "she"),
    ],
)
def test_wordings_that_may_call_the_same_one(gold, said):
    assert claims_match.same_holder(gold, said)
    assert claims_match.same_holder(said, gold)


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ("the brigade", "the ministry"),
        ("A spokesman for the brigade", "a spokesman for the ministry"),
        ("the militant (via the monitor)", "the monitor"),
        ("witnesses", "officials"),
        ("officials", None),
        ("officials", ""),
        ("officials", "the"),
        (None, "officials"),
    ],
)
def test_wordings_that_call_somebody_else(gold, said):
    assert not claims_match.same_holder(gold, said)


def test_a_hedge_is_right_where_both_hold_back_or_neither():
    plain, held = readings.gold(TEXT, "two men were held"), readings.gold(TEXT, "two men", cue="men")
    for level in HedgeLevel:
        one = readings.proposal(TEXT, "two men", hedged=Hedge(level))
        negated = level is HedgeLevel.NEGATED
        assert claims_match.hedge_right(plain, one) == (level is HedgeLevel.NONE or negated)
        assert claims_match.hedge_right(held, one) == (level is not HedgeLevel.NONE)


def test_a_cue_is_right_where_it_has_a_word_of_the_golds():
    text = "He may have fallen, it seems."
    claim = readings.gold(text, "He may have fallen", cue="may have")

    def right(words, level="possible"):
        hedged = readings.hedge(text, words, level)
        return claims_match.cue_right(claim, readings.proposal(text, "He may have fallen", hedged=hedged))

    assert right("may")
    assert not right("seems")
    assert not right("may", "none")
