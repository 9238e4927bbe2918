"""Threads that write take turns in the order in which they come."""

from __future__ import annotations

import threading
import time

import pytest

from seawall import errors
from seawall.store import Store
from seawall.store.turns import Turns

LONG_S = 10.0


def wait_until(holds):
    deadline = time.monotonic() + LONG_S
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.001)
    assert holds()


def test_who_comes_first_is_called_first():
    turns, order = Turns(), []
    assert turns.take(LONG_S)

    def work(name):
        assert turns.take(LONG_S)
        order.append(name)
        turns.pass_on()

    threads = []
    for name in "abc":
        threads.append(threading.Thread(target=work, args=(name,)))
        threads[-1].start()
        wait_until(lambda: len(turns._waiting) == len(threads))
    turns.pass_on()
    # Whoever had the turn is behind all who waited for it.
    assert turns.take(LONG_S)
    assert order == ["a", "b", "c"]
    turns.pass_on()
    for one in threads:
        one.join()


def test_who_waits_too_long_goes_and_is_not_called():
    turns = Turns()
    assert turns.take(LONG_S)
    assert not turns.take(0.01)
    turns.pass_on()
    assert turns.take(0.01)
    turns.pass_on()


def test_one_at_a_time_has_the_turn():
    turns, inside, most = Turns(), 0, 0

    def work():
        nonlocal inside, most
        for _ in range(200):
            assert turns.take(LONG_S)
            inside += 1
            most = max(most, inside)
            inside -= 1
            turns.pass_on()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == 1
    assert turns.take(0)


def test_a_writer_that_waits_in_vain_is_told_so(tmp_path):
    with Store.open(tmp_path, busy_timeout_s=0.05) as store:
        began, over = threading.Event(), threading.Event()

        def hold():
            with store._database.write():
                began.set()
                assert over.wait(LONG_S)

        holding = threading.Thread(target=hold)
        holding.start()
        assert began.wait(LONG_S)
        with pytest.raises(errors.StoreBusy):
            store.create_bank("KNOWN")
        over.set()
        holding.join()
        assert store.create_bank("KNOWN").name == "KNOWN"
