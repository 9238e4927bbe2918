"""Work side by side keeps its order, takes no more than it needs, and stops when nobody listens."""

import threading

import pytest

from seawall.workflows import pool


def test_results_come_in_the_order_of_the_items():
    gates = [threading.Event() for _ in range(4)]
    gates[0].set()

    def work(number):
        assert gates[number].wait(10)
        gates[min(number + 1, 3)].set()  # each lets the next one finish
        return number

    assert list(pool.in_order(work, range(4), 4)) == [0, 1, 2, 3]


def test_items_are_taken_as_they_are_needed():
    taken = []

    def items():
        for number in range(100):
            taken.append(number)
            yield number

    results = pool.in_order(lambda number: number, items(), 2)
    assert next(results) == 0
    assert len(taken) <= 4
    results.close()
    assert len(taken) <= 4


def test_an_error_reaches_the_caller():
    def work(number):
        if number == 3:
            raise KeyError(number)
        return number

    results = pool.in_order(work, range(10), 2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(KeyError):
        next(results)
