"""What a policy does with a match, and what cannot be a policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from seawall import errors
from seawall.model import policy, policy_form
from seawall.model.bank import Reference, ReferenceState
from seawall.model.content import Kind
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.policy import Evidence, InForce, Law, Rule, Rulebook, Step, When, evaluate
from seawall.model.seen import Context
from seawall.model.signal import SignalType

REFERENCE = Reference(
    id="r1",
    bank="KNOWN",
    negative=False,
    name="original.mp4",
    kind="video",
    sha256=None,
    duration_s=20.0,
    state=ReferenceState.ACTIVE,
    labels=("Livestream",),
    origin="list.csv",
    note=None,
    incident=None,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def segment(start_s, end_s, signal=SignalType.VIDEO):
    return Segment(signal, start_s, end_s, start_s, end_s, 1.0, (), 0.9)


MATCH = Match("r1", 0.95, Recommendation.STRONG, 0.4, 0.9, {"video": 0.95}, (segment(2, 12), segment(10, 14)))
GIVEN = Evidence(MATCH, REFERENCE, kind="video", verified=True)
ACTS = InForce(Rulebook((Rule("all", Step.ACT),)), 1)


def step(when, given=GIVEN):
    return evaluate(InForce(Rulebook((Rule("one", Step.ACT, when),))), given).step


@pytest.mark.parametrize(
    ("met", "missed"),
    [
        (When(Recommendation.STRONG), None),
        (When(score=0.95), When(score=0.96)),
        (When(coverage_query=0.4), When(coverage_query=0.41)),
        (When(coverage_reference=0.9), When(coverage_reference=0.91)),
        (When(matched_s=12.0), When(matched_s=12.1)),
        (When(kinds=(Kind.VIDEO, Kind.AUDIO)), When(kinds=(Kind.IMAGE,))),
        (When(signals=(SignalType.VIDEO,)), When(signals=(SignalType.AUDIO,))),
        (When(labels_any=("livestream", "x")), When(labels_any=("x",))),
        (When(labels_none=("x",)), When(labels_none=("LIVESTREAM",))),
    ],
)
def test_each_condition_is_met_and_missed(met, missed):
    assert step(met) is Step.ACT
    if missed is not None:
        assert step(missed) is Step.NOTHING


def test_a_match_without_a_recommendation_or_a_kind_meets_little():
    assert (
        step(When(), replace(GIVEN, match=replace(MATCH, recommendation=Recommendation.NONE))) is Step.NOTHING
    )
    assert (
        step(
            When(Recommendation.STRONG),
            replace(GIVEN, match=replace(MATCH, recommendation=Recommendation.SUGGEST)),
        )
        is Step.NOTHING
    )
    assert step(When(kinds=(Kind.VIDEO,)), replace(GIVEN, kind=None)) is Step.NOTHING


def test_seconds_in_two_segments_count_once_and_a_still_has_none():
    assert policy.matched_s(MATCH) == 12.0
    assert policy.matched_s(replace(MATCH, segments=(segment(0, 0),))) == 0.0
    assert policy.matched_s(replace(MATCH, segments=(segment(0, 9), segment(2, 3), segment(20, 21)))) == 10.0


def test_the_first_rule_that_is_met_says_what_is_done():
    book = Rulebook(
        (
            Rule("news", Step.NOTIFY, When(labels_any=("news",))),
            Rule("act", Step.ACT, When(Recommendation.STRONG, verified=True)),
            Rule("hold", Step.HOLD),
        )
    )
    known = InForce(book, 4)
    assert (evaluate(known, GIVEN).rule, evaluate(known, GIVEN).version) == ("act", 4)
    assert evaluate(known, replace(GIVEN, verified=False)).rule == "hold"
    labelled = replace(REFERENCE, labels=("News",))
    assert evaluate(known, replace(GIVEN, reference=labelled)).step is Step.NOTIFY


@pytest.mark.parametrize(
    ("change", "step", "law"),
    [
        ({"match": replace(MATCH, suppressed_by="n1")}, Step.NOTHING, Law.SUPPRESSED),
        ({"reference": None}, Step.NOTHING, Law.NOT_IN_USE),
        ({"reference": replace(REFERENCE, state=ReferenceState.WITHDRAWN)}, Step.NOTHING, Law.NOT_IN_USE),
        ({"reference": replace(REFERENCE, negative=True)}, Step.NOTHING, Law.NOT_IN_USE),
        ({"reference": replace(REFERENCE, state=ReferenceState.DISPUTED)}, Step.HOLD, Law.DISPUTED),
        ({"held": True}, Step.HOLD, Law.FLOOD),
        ({"context": Context(labels=("NEWS",))}, Step.HOLD, Law.EXEMPT),
        ({"verified": False}, Step.HOLD, Law.UNPROVEN),
    ],
)
def test_each_law_takes_an_act_away_and_says_so(change, step, law):
    made = evaluate(ACTS, replace(GIVEN, **change))
    assert (made.step, made.law, made.asked) == (step, law, Step.ACT)
    assert made.why.startswith("rule 'all' asks to act; ")
    assert made.review is (step is Step.HOLD)


def test_a_signature_stands_in_for_a_verification_and_for_nothing_else():
    signed = replace(ACTS, signed=frozenset({"all"}))
    unverified = replace(GIVEN, verified=False)
    assert evaluate(signed, unverified).step is Step.ACT
    assert evaluate(signed, replace(unverified, held=True)).step is Step.HOLD
    other = replace(ACTS, signed=frozenset({"other"}))
    assert evaluate(other, unverified).step is Step.HOLD


def test_an_unsigned_rule_in_front_does_not_keep_a_surer_match_from_a_signed_one():
    book = Rulebook((Rule("sure", Step.ACT, When(score=0.9)), Rule("all", Step.ACT), Rule("rest", Step.HOLD)))
    given = replace(GIVEN, verified=False)
    made = evaluate(InForce(book, signed=frozenset({"all"})), given)
    assert (made.step, made.rule) == (Step.ACT, "all")
    unsigned = evaluate(InForce(book), given)
    assert (unsigned.step, unsigned.rule, unsigned.law) == (Step.HOLD, "sure", Law.UNPROVEN)
    between = replace(book, rules=(book.rules[0], Rule("hold", Step.HOLD), book.rules[1]))
    assert evaluate(InForce(between, signed=frozenset({"all"})), given).step is Step.HOLD


def test_an_exemption_that_is_taken_out_is_none():
    book = Rulebook((Rule("all", Step.ACT),), exempt=())
    assert evaluate(InForce(book), replace(GIVEN, context=Context(labels=("news",)))).step is Step.ACT


GOOD = {"name": "a", "step": "hold"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "must be a table"),
        ({}, "rules must be a list"),
        ({"rules": []}, "1 to 100 rules"),
        ({"rules": [GOOD] * 2}, "same name"),
        ({"rules": [{**GOOD, "name": f"r{n}"} for n in range(101)]}, "1 to 100 rules"),
        ({"rules": [{"step": "hold"}]}, "rule 1 needs a name"),
        ({"rules": [{"name": "a"}]}, "rule 'a' needs a step"),
        ({"rules": [{**GOOD, "step": "delete"}]}, "may be nothing, notify, hold, act"),
        ({"rules": [{**GOOD, "wen": {}}]}, "has 'wen'"),
        ({"rules": [{**GOOD, "name": " "}]}, "1 to 200 characters"),
        ({"rules": [{**GOOD, "review": 1}]}, "true or false"),
        ({"rules": [{**GOOD, "when": {"scores": 1}}]}, "has 'scores'"),
        ({"rules": [{**GOOD, "when": {"score": 1.1}}]}, "between 0 and 1"),
        ({"rules": [{**GOOD, "when": {"score": True}}]}, "must be a number"),
        ({"rules": [{**GOOD, "when": {"score": float("nan")}}]}, "between 0 and 1"),
        ({"rules": [{**GOOD, "when": {"matched_s": float("inf")}}]}, "matched_s"),
        ({"rules": [{**GOOD, "when": {"kinds": "video"}}]}, "must be a list"),
        ({"rules": [{**GOOD, "when": {"kinds": ["film"]}}]}, "may be image, video, audio"),
        ({"rules": [{**GOOD, "when": {"kinds": [["film"]]}}]}, "may be image, video, audio"),
        ({"rules": [{**GOOD, "when": {"labels_any": [1]}}]}, "list of words"),
        ({"rules": [{**GOOD, "when": {"recommendation": "none"}}]}, "does nothing"),
        ({"rules": [GOOD], "exempt": [""]}, "exempt"),
        ({"rules": [GOOD], "four_eyes": ["burn"]}, "four_eyes"),
    ],
)
def test_what_cannot_be_a_policy_is_refused_with_the_place(data, said):
    with pytest.raises(errors.BadPolicy, match=said):
        policy_form.read(data)


@pytest.mark.parametrize(
    "more",
    [
        {"score": 0.9},
        {"coverage_query": 0.1},
        {"coverage_reference": 0.1},
        {"matched_s": 1},
        {"verified": True},
        {"signals": ["audio"]},
        {"recommendation": "strong"},
    ],
)
def test_a_weaker_rule_that_asks_for_more_may_not_stand_in_front(more):
    weak, strong = {"name": "w", "step": "notify", "when": more}, {"name": "s", "step": "act"}
    with pytest.raises(errors.BadPolicy, match=f"asks for more {next(iter(more))}"):
        policy_form.read({"rules": [weak, strong]})
    policy_form.read({"rules": [strong, weak]})
    policy_form.read({"rules": [weak, {**strong, "when": more}]})


def test_a_policy_without_exemptions_written_gets_the_usual_ones():
    assert policy_form.read({"rules": [GOOD]}).exempt == policy.EXEMPT
