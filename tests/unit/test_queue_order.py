"""The order of a queue as one number, and what labels say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from seawall.model import labels
from seawall.model.match import Recommendation
from seawall.model.policy import Step
from seawall.model.queue import Order, Severity, due_before, ranks, severity

AT = datetime(2026, 1, 1, tzinfo=UTC)
CASES = st.tuples(
    st.none() | st.integers(0, 10**6).map(lambda s: AT + timedelta(seconds=s)),
    st.integers(0, 4),
    st.integers(0, 2**20 - 1),
)


@given(CASES, CASES)
def test_ranks_order_as_the_columns_do(one, other):
    def key(case, order):
        due, severe, spread = case
        parts = {
            Order.DUE: (due is None, due or AT),
            Order.SEVERITY: (-severe,),
            Order.SPREAD: (-spread,),
        }
        return (parts[order], *(parts[rest] for rest in Order if rest is not order))

    for order in Order:
        first, second = ranks(*one)[order], ranks(*other)[order]
        assert 0 <= first < 2**63
        assert (first < second) is (key(one, order) < key(other, order))


@given(CASES, st.integers(0, 10**6).map(lambda s: AT + timedelta(seconds=s)))
def test_a_rank_tells_what_is_due_before_a_time(case, at):
    assert (ranks(*case)[Order.DUE] < due_before(at)) is (case[0] is not None and case[0] < at)


@pytest.mark.parametrize(
    ("step", "recommendation", "said", "expected"),
    [
        (Step.NOTIFY, Recommendation.SUGGEST, (), Severity.LOW),
        (Step.NOTIFY, Recommendation.SUGGEST, ("gore",), Severity.NOTIFIED),
        (Step.NOTIFY, Recommendation.STRONG, (), Severity.NOTIFIED),
        (Step.HOLD, Recommendation.SUGGEST, (), Severity.HELD),
        (Step.HOLD, Recommendation.STRONG, ("gore",), Severity.GRAPHIC),
        (Step.NOTIFY, Recommendation.SUGGEST, ("child",), Severity.FIRST),
        (Step.ACT, Recommendation.STRONG, (), Severity.FIRST),
    ],
)
def test_severity(step, recommendation, said, expected):
    assert severity(step, recommendation, said) is expected


def test_labels_are_compared_by_their_first_word():
    assert labels.is_child(["Children harmed"])
    assert labels.is_child(["x", "minor_victim"])
    assert not labels.is_child(["minority", "childish", "no children"])
    assert labels.is_graphic(["GRAPHIC: injuries"])
    assert not labels.is_graphic(["", "-", "graphics card"])
    assert labels.folded("  Child  Soldiers_now ") == "child-soldiers-now"
