"""The claims suite's figures, worked out by hand, and the laws that they keep."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from seawall.bench import bootstrap, claims_metrics
from seawall.model.claim import Span

sys.path.insert(0, str(Path(__file__).parent))
import readings

TEXT = "Police said two men were held. They are believed to be brothers. A bridge fell. The clip shows smoke."
CLAIMS = (
    readings.gold(TEXT, "two men were held", "named", "Police", name="A01", explicit=True),
    readings.gold(
        TEXT, "are believed to be brothers", "unattributed_belief", cue="are believed to", name="A02"
    ),
    readings.gold(TEXT, "A bridge fell", name="A03"),
    readings.gold(TEXT, "smoke", "video", name="A04"),
)
ONE = readings.annotated(TEXT, *CLAIMS)

#: right in all; a belief that becomes the outlet's own; a short span given to somebody; beside all gold
PROPOSALS = (
    readings.proposal(TEXT, "two men were held", readings.source("named_source", "Police")),
    readings.proposal(TEXT, "They are believed to be brothers"),
    readings.proposal(TEXT, "fell", readings.source("named_source", "Reuters")),
    readings.proposal(TEXT, "Police said", readings.source("named_source", "Police")),
)


def shares(*proposals):
    return claims_metrics.judge(ONE, readings.reading(*proposals)).shares


def test_a_text_worked_out_by_hand():
    judged = claims_metrics.judge(ONE, readings.reading(*PROPOSALS))
    assert judged.shares == {
        # A01, A02 and A03 are overlapped, A04 is not; of four proposals the last overlaps none.
        "overlap_recall": (3, 4),
        "overlap_precision": (3, 4),
        # "They are believed to be brothers" has 32 characters, 27 of them gold: 0.84; "fell" 4 of 13: 0.31.
        "strict_recall": (2, 4),
        "strict_precision": (2, 4),
        # Only A01.
        "all_recall": (1, 4),
        "all_precision": (1, 4),
        # A01, A02 and A04 are not the outlet's own; A01 alone has the right source.
        "attribution_recall": (1, 3),
        "hedge_recall": (0, 1),
        "hedge_cue_recall": (0, 1),
        # Two that name a source overlap gold: Police rightly, Reuters wrongly. The fourth is not judged.
        "wrong_attribution": (1, 2),
        "speech_recall": (1, 1),
        "speech_source": (1, 1),
        # Only A01: A02 became the outlet's own, A03 became another's, A04 was not found.
        "attribution_accuracy": (1, 4),
        # Only A03 is the outlet's own; all but A02 are unhedged.
        "baseline_attribution": (1, 4),
        "baseline_hedge": (3, 4),
        # A01 and A03 are unhedged and were proposed so; A02 lost its hedge; A04 was not found.
        "hedge_accuracy": (2, 4),
        # Four proposals with a span each, and no cue.
        "span_integrity": (4, 4),
    }
    assert judged.unmatched_named == 1
    assert [claims_metrics.failing(one) for one in judged.verdicts] == [
        None,
        "hedge lost",
        "wrong source",
        "not found",
    ]


def test_what_is_wrong_is_told_by_the_worst():
    def failing(number, *arguments):
        proposal = readings.proposal(TEXT, *arguments)
        return claims_metrics.failing(claims_metrics.judge(ONE, readings.reading(proposal)).verdicts[number])

    assert failing(0, "two men were held", readings.source("named_source", "Reuters")) == "wrong source"
    assert failing(0, "two men were held") == "source lost"
    assert failing(2, "A bridge fell", readings.OUTLET, readings.hedge(TEXT, "bridge")) == "hedge added"
    assert failing(2, "bridge") == "loose span"
    assert failing(2, "A bridge fell") is None


def test_speech_that_is_found_and_given_to_another():
    # Found: somebody says so. Of what was found, none has the right one.
    got = shares(readings.proposal(TEXT, "two men were held", readings.source("direct_quote", "Reuters")))
    assert got["speech_recall"] == (1, 1)
    assert got["speech_source"] == (0, 1)
    got = shares(readings.proposal(TEXT, "two men were held"))
    assert got["speech_recall"] == (0, 1)
    assert got["speech_source"] == (0, 0)


def test_every_span_of_a_reading_is_checked_cues_too():
    right = readings.proposal(TEXT, "two men were held", hedged=readings.hedge(TEXT, "said"))
    assert shares(right)["span_integrity"] == (2, 2)
    moved = replace(right, span=Span(0, 3, "two"))
    cue = replace(readings.source("named_source", "Police"), cue=Span(0, 2, "Xx"))
    wrong = replace(right, attribution=(cue, readings.OUTLET))
    assert shares(moved, wrong)["span_integrity"] == (3, 5)


def test_nothing_read_counts_as_an_empty_reading():
    assert claims_metrics.judge(ONE, None).shares == shares()
    assert shares()["overlap_recall"] == (0, 4)
    assert shares()["overlap_precision"] == (0, 0)


def test_texts_are_pooled_by_their_counts():
    # One text with 1 of 4 all right, another with 1 of 1: 2 of 5 together, not the mean of 0.25 and 1.
    other = readings.annotated(TEXT, CLAIMS[2], name="two.txt")
    both = [
        claims_metrics.judge(ONE, readings.reading(*PROPOSALS)),
        claims_metrics.judge(other, readings.perfect(other)),
    ]
    assert claims_metrics.pooled(both)["all_recall"] == (2, 5)
    figures = claims_metrics.estimates(both, seed=1)
    # Drawn twice, either text may come twice: from 0.25 to 1.
    assert figures["all_recall"] == bootstrap.Estimate(0.4, 0.25, 1.0)
    # Only the first text has a hedge, so draws without it do not count.
    assert figures["hedge_recall"] == bootstrap.Estimate(0.0, 0.0, 0.0)
    assert figures["speech_source"].value == 1.0


def test_one_text_alone_has_no_interval():
    alone = [claims_metrics.judge(ONE, readings.reading(*PROPOSALS))]
    assert claims_metrics.estimates(alone, seed=1)["all_recall"] == bootstrap.Estimate(0.25, None, None)


def test_every_figure_says_what_it_is_a_share_of():
    assert shares(*PROPOSALS).keys() == claims_metrics.FIGURES.keys()


# Laws

WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu".split()  # noqa: SIM905
LONG = " ".join(WORDS)


@st.composite
def texts(draw):
    """A text with gold claims of distinct spans, which may lie in each other."""
    bounds = st.tuples(st.integers(0, len(WORDS) - 1), st.integers(1, 4))
    places = draw(st.lists(bounds, min_size=1, max_size=8, unique=True))
    spans = {" ".join(WORDS[at : at + length]) for at, length in places}
    claims = []
    for number, span in enumerate(sorted(spans)):
        attribution = draw(st.sampled_from(sorted(readings.KINDS)))
        holder = draw(st.sampled_from(["Police", "a doctor"])) if attribution == "named" else None
        cue = draw(st.sampled_from([None, span]))
        explicit = attribution == "named"
        claims.append(
            readings.gold(LONG, span, attribution, holder, cue, name=f"A{number}", explicit=explicit)
        )
    return readings.annotated(LONG, *claims)


@st.composite
def proposals(draw):
    made = []
    for at, length in draw(st.lists(st.tuples(st.integers(0, 11), st.integers(1, 4)), max_size=8)):
        span = " ".join(WORDS[at : at + length])
        inner = readings.source(draw(st.sampled_from(sorted(readings.KINDS.values()))), "Police")
        made.append(readings.proposal(LONG, span, inner))
    return made


@given(texts())
def test_a_perfect_reading_scores_one_in_everything(text):
    for name, (hits, of) in claims_metrics.judge(text, readings.perfect(text)).shares.items():
        if name == "wrong_attribution":
            assert hits == 0
        elif not name.startswith("baseline"):
            assert hits == of, name


@given(texts())
def test_an_empty_reading_finds_nothing(text):
    got = claims_metrics.judge(text, readings.reading()).shares
    recalls = ("overlap", "strict", "all", "attribution", "hedge", "hedge_cue", "speech")
    assert all(got[f"{name}_recall"][0] == 0 for name in recalls)
    assert got["wrong_attribution"] == got["span_integrity"] == (0, 0)


@given(texts(), proposals(), st.randoms())
def test_the_order_of_claims_and_proposals_does_not_matter(text, made, chance):
    before = claims_metrics.judge(text, readings.reading(*made)).shares
    claims = list(text.claims)
    chance.shuffle(claims)
    chance.shuffle(made)
    mixed = replace(text, claims=tuple(claims))
    assert claims_metrics.judge(mixed, readings.reading(*made)).shares == before


@given(texts(), proposals())
def test_each_stricter_figure_is_no_higher_and_pairs_are_one_to_one(text, made):
    judged = claims_metrics.judge(text, readings.reading(*made))
    got = judged.shares
    assert got["overlap_recall"][0] >= got["strict_recall"][0] >= got["all_recall"][0]
    assert got["overlap_recall"][0] == got["overlap_precision"][0] <= min(len(text.claims), len(made))
    taken = [id(one.proposal) for one in judged.verdicts if one.proposal is not None]
    assert len(set(taken)) == len(taken)


@pytest.mark.parametrize("kind", ["named_source", "direct_quote", "perpetrator_claim", "anonymous_source"])
def test_the_outlets_own_words_given_to_somebody_count_as_wrong(kind):
    got = shares(readings.proposal(TEXT, "A bridge fell", readings.source(kind, "Police")))
    assert got["wrong_attribution"] == (1, 1)
