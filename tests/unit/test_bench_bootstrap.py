"""Intervals over source clips."""

import numpy as np
import pytest

from seawall.bench import bootstrap


def share(hits, owners, sources):
    return bootstrap.ratio(np.array(hits, float), np.ones(len(hits)), sources.numbers(owners))


def test_the_figure_itself_is_that_of_the_sample():
    sources = bootstrap.Sources(["a", "b", "a"], seed=1)
    assert sources.names == ("a", "b")
    assert sources.estimate(share([1, 0, 1], ["a", "a", "b"], sources)).value == pytest.approx(
        2 / 3, abs=1e-4
    )


def test_queries_of_one_clip_vary_together():
    # Twenty clips, half of them found: a share of 0.5 with a spread of sqrt(0.25 / 20) = 0.11, so about
    # 0.28 to 0.72, however many queries each clip has.
    names = [f"clip{number}" for number in range(20)]
    sources = bootstrap.Sources(names, seed=2)
    for copies in (1, 30):
        owners = names * copies
        got = sources.estimate(share([number % 2 for number in range(20)] * copies, owners, sources))
        assert got.value == 0.5
        assert got.low == pytest.approx(0.28, abs=0.05)
        assert got.high == pytest.approx(0.72, abs=0.05)


def test_what_never_varies_has_no_width():
    sources = bootstrap.Sources(["a", "b"], seed=0)
    assert sources.estimate(share([1, 1], ["a", "b"], sources)) == bootstrap.Estimate(1, 1, 1)


def test_the_same_seed_draws_the_same():
    estimates = []
    for seed in (3, 3, 4):
        sources = bootstrap.Sources([str(number) for number in range(9)], seed)
        owners = list(sources.names)
        values = np.arange(9.0)
        estimates.append(sources.estimate(bootstrap.quantile(values, sources.numbers(owners), 0.5)))
    assert estimates[0] == estimates[1]
    assert [one.value for one in estimates] == [4, 4, 4]


def test_of_nothing_there_is_no_figure():
    sources = bootstrap.Sources(["a"], seed=0)
    assert sources.estimate(share([], [], sources)) == bootstrap.NOTHING
    assert sources.estimate(bootstrap.quantile(np.empty(0), sources.numbers([]), 0.5)) == bootstrap.NOTHING


@pytest.mark.parametrize(
    ("weights", "share_of", "expected"),
    [
        ((1, 1, 1), 0.5, 20),
        ((1, 1, 1), 0.95, 30),
        ((2, 0, 0), 0.95, 10),
        ((1, 0, 3), 0.5, 30),
        ((0, 0, 0), 0.5, None),
    ],
)
def test_quantiles_count_weights(weights, share_of, expected):
    statistic = bootstrap.quantile(np.array([30.0, 10.0, 20.0]), np.array([2, 0, 1]), share_of)
    got = statistic(np.array([weights], float))[0]
    assert np.isnan(got) if expected is None else got == expected


def test_words():
    estimate = bootstrap.Estimate(0.9123, 0.85, 0.961)
    assert estimate.percent() == "91.2 % (85.0 to 96.1)"
    assert estimate.plain() == "0.91 (0.85 to 0.96)"
    assert bootstrap.NOTHING.percent() == "-"
    assert bootstrap.Estimate(0.5, None, None).percent() == "50.0 %"
