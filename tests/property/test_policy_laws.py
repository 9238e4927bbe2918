"""Laws above all policies: more evidence never does less, and what must not act never acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import compress, product

from hypothesis import given, settings, strategies as st

from seawall import errors
from seawall.model import policy, policy_form
from seawall.model.bank import Reference, ReferenceState
from seawall.model.content import Kind
from seawall.model.decision import Choice
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.policy import Evidence, InForce, Rule, Rulebook, Step, When, evaluate
from seawall.model.seen import Context
from seawall.model.signal import SignalType
from seawall.store import codec

PROFILE = settings(max_examples=150, deadline=None)

LABELS = ("news", "manifesto", "Livestream", "art")
SIGNALS = (SignalType.PDQ, SignalType.VIDEO, SignalType.AUDIO)
SHARES = st.sampled_from((0.0, 0.2, 0.5, 0.8, 1.0))
SOME_LABELS = st.lists(st.sampled_from(LABELS), max_size=2, unique=True).map(tuple)

whens = st.builds(
    When,
    recommendation=st.sampled_from((Recommendation.SUGGEST, Recommendation.STRONG)),
    score=SHARES,
    coverage_query=SHARES,
    coverage_reference=SHARES,
    matched_s=st.sampled_from((0.0, 2.0, 5.0)),
    verified=st.booleans(),
    signals=st.lists(st.sampled_from(SIGNALS), max_size=2, unique=True).map(tuple),
    kinds=st.lists(st.sampled_from(list(Kind)), max_size=2, unique=True).map(tuple),
    labels_any=SOME_LABELS,
    labels_none=SOME_LABELS,
)


simple_whens = st.builds(When, score=SHARES, coverage_reference=SHARES, verified=st.booleans())
FOUND = st.sampled_from((1.0, 0.8, 0.5, 0.2))
RARELY = st.sampled_from((False,) * 7 + (True,))


@st.composite
def books(draw):
    rules = draw(
        st.lists(
            st.builds(
                lambda step, when, review: Rule("", step, when, review),
                st.sampled_from((Step.ACT, Step.ACT, *Step)),
                st.one_of(st.just(When()), st.just(When()), simple_whens, whens),
                st.booleans(),
            ),
            min_size=1,
            max_size=4,
        )
    )
    named = tuple(replace(rule, name=f"r{number}") for number, rule in enumerate(rules))
    return Rulebook(named, draw(SOME_LABELS), tuple(draw(st.sets(st.sampled_from(list(Choice)), max_size=2))))


@st.composite
def sound_books(draw):
    """Those that may be a policy, by way of putting weaker rules behind where they ask for more."""
    book = draw(books())
    try:
        policy.check(book)
    except errors.BadPolicy:
        ordered = sorted(book.rules, key=lambda rule: -rule.step.strength)
        book = replace(book, rules=tuple(ordered))
        policy.check(book)
    return book


@st.composite
def in_force(draw):
    book = draw(sound_books())
    signed = frozenset(rule.name for rule in book.rules if draw(st.booleans()))
    return InForce(book, 1, signed)


def segment(signal, length_s):
    return Segment(signal, 0.0, length_s, 0.0, length_s, 1.0, (), 0.9)


@st.composite
def evidence(draw):
    signals = draw(st.lists(st.sampled_from(SIGNALS), min_size=1, max_size=3, unique=True))
    match = Match(
        reference="r",
        score=draw(FOUND),
        recommendation=draw(st.sampled_from((Recommendation.STRONG, Recommendation.STRONG, *Recommendation))),
        coverage_query=draw(FOUND),
        coverage_reference=draw(FOUND),
        parts={},
        segments=tuple(segment(one, draw(st.sampled_from((0.0, 3.0, 6.0)))) for one in signals),
        suppressed_by="n" if draw(RARELY) else None,
    )
    return Evidence(
        match=match,
        reference=None if draw(RARELY) else draw(references),
        kind=draw(st.sampled_from((None, *Kind))),
        context=Context(labels=draw(st.one_of(st.just(()), SOME_LABELS))),
        verified=draw(st.sampled_from((True, True, False))),
        held=draw(RARELY),
    )


ACTIVE = Reference(
    id="r",
    bank="K",
    negative=False,
    name="a.mp4",
    kind="video",
    sha256=None,
    duration_s=None,
    state=ReferenceState.ACTIVE,
    labels=(),
    origin="x",
    note=None,
    incident=None,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)
references = st.builds(
    lambda state, labels, negative: replace(ACTIVE, state=state, labels=labels, negative=negative),
    st.sampled_from((*(ReferenceState.ACTIVE,) * 5, *ReferenceState)),
    SOME_LABELS,
    RARELY,
)

SURER = (Recommendation.NONE, Recommendation.SUGGEST, Recommendation.STRONG)


@st.composite
def surer(draw, less):
    """The same match of the same reference, with at least as much evidence on each count."""
    match = less.match
    more = replace(
        match,
        score=max(match.score, draw(SHARES)),
        coverage_query=max(match.coverage_query, draw(SHARES)),
        coverage_reference=max(match.coverage_reference, draw(SHARES)),
        recommendation=max(match.recommendation, draw(st.sampled_from(SURER)), key=SURER.index),
        segments=(
            *match.segments,
            *draw(st.lists(st.builds(segment, st.sampled_from(SIGNALS), st.just(9.0)))),
        ),
    )
    return replace(less, match=more, verified=less.verified or draw(st.booleans()))


@PROFILE
@given(st.data(), in_force(), evidence())
def test_more_evidence_never_does_less(data, known, less):
    more = data.draw(surer(less))
    assert evaluate(known, more).step.strength >= evaluate(known, less).step.strength
    assert evaluate(known, more).asked.strength >= evaluate(known, less).asked.strength


def small_policies():
    """All policies of up to three rules that look at a score and a verification, however they are signed."""
    conditions = [When(score=score, verified=verified) for score in (0.0, 0.9) for verified in (False, True)]
    choices = [Rule("", step, when) for step in Step for when in conditions]
    for count in (1, 2, 3):
        for chosen in product(choices, repeat=count):
            rules = tuple(replace(rule, name=f"r{number}") for number, rule in enumerate(chosen))
            try:
                policy.check(Rulebook(rules))
            except errors.BadPolicy:
                continue
            acts = [rule.name for rule in rules if rule.step is Step.ACT]
            for bits in product((False, True), repeat=len(acts)):
                yield InForce(Rulebook(rules), 1, frozenset(compress(acts, bits)))


def test_more_evidence_never_does_less_in_any_small_policy():
    """Every one, so that no corner is left to chance."""
    match = Match("r", 0.5, Recommendation.STRONG, 1.0, 1.0, {}, ())
    known = {
        (score, verified): Evidence(replace(match, score=score), ACTIVE, verified=verified)
        for score in (0.5, 0.95)
        for verified in (False, True)
    }
    looked_at = 0
    for one in small_policies():
        steps = {at: evaluate(one, given_).step.strength for at, given_ in known.items()}
        for (score, verified), (higher, surer_) in product(steps, repeat=2):
            if higher >= score and surer_ >= verified:
                assert steps[higher, surer_] >= steps[score, verified], one
        looked_at += 1
    assert looked_at > 2000


@PROFILE
@given(in_force(), evidence())
def test_a_step_is_never_stronger_than_its_rule_says(known, given_):
    made = evaluate(known, given_)
    assert made.step.strength <= made.asked.strength
    assert (made.step is made.asked) == (made.law is None)
    assert made.step not in (Step.HOLD, Step.ACT) or made.review


@PROFILE
@given(in_force(), evidence())
def test_what_acts_is_in_use_undisputed_free_proven_and_not_exempt(known, given_):
    made = evaluate(known, given_)
    if made.step is not Step.ACT:
        return
    assert given_.reference.state is ReferenceState.ACTIVE
    assert not given_.reference.negative
    assert not given_.held
    assert given_.match.suppressed_by is None
    assert not {one.casefold() for one in given_.context.labels} & {
        one.casefold() for one in known.book.exempt
    }
    assert given_.verified or made.rule in known.signed


@PROFILE
@given(in_force(), evidence())
def test_what_is_suppressed_or_out_of_use_does_nothing(known, given_):
    out = replace(given_, match=replace(given_.match, suppressed_by="n"))
    assert evaluate(known, out).step is Step.NOTHING
    assert evaluate(known, replace(given_, reference=None)).step is Step.NOTHING
    if given_.reference is not None:
        withdrawn = replace(given_.reference, state=ReferenceState.WITHDRAWN)
        assert evaluate(known, replace(given_, reference=withdrawn)).step is Step.NOTHING


@PROFILE
@given(evidence())
def test_without_a_policy_nothing_acts_or_holds(given_):
    made = evaluate(policy.DEFAULT, given_)
    assert made.step in (Step.NOTHING, Step.NOTIFY)
    assert made.review is (made.rule == "strong" and made.step is Step.NOTIFY)


@PROFILE
@given(sound_books(), st.data())
def test_another_rule_before_or_in_it_voids_a_signature_and_one_behind_does_not(book, data):
    number = data.draw(st.integers(0, len(book.rules) - 1))
    rule = book.rules[number]
    signed = book.digest(rule)
    changed = replace(rule, when=replace(rule.when, score=0.123))
    assert replace(book, rules=(*book.rules[:number], changed)).digest(changed) != signed
    before = replace(book, rules=(Rule("new", Step.NOTHING), *book.rules))
    assert before.digest(rule) != signed
    assert replace(book, exempt=(*book.exempt, "more")).digest(rule) != signed
    behind = replace(book, rules=(*book.rules, Rule("new", Step.NOTHING)))
    assert behind.digest(rule) == signed


@PROFILE
@given(sound_books())
def test_a_policy_survives_its_file_and_its_column(book):
    assert policy_form.read(policy_form.write(book)) == book
    assert codec.load(Rulebook, codec.dump(book)) == book


@PROFILE
@given(books())
def test_rules_from_the_strongest_to_the_weakest_are_always_sound(book):
    policy.check(replace(book, rules=tuple(sorted(book.rules, key=lambda rule: -rule.step.strength))))


def test_these_cases_reach_acts_and_laws():
    """Else what is said above of acts would hold of nothing."""
    acted, held_back = 0, 0

    @settings(max_examples=100, deadline=None, database=None)
    @given(in_force(), evidence())
    def look(known, given_):
        nonlocal acted, held_back
        made = evaluate(known, given_)
        acted += made.step is Step.ACT
        held_back += made.law is not None

    look()
    assert acted >= 3
    assert held_back >= 10
