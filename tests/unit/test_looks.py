"""Looking up together: what comes in one turn of the event loop costs one look."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from seawall.matching import few, search
from seawall.matching.references import References
from seawall.signals import pdq, video
from seawall.workflows import looks
from seawall.workflows.looks import MOST, Looks

KNOWN = np.random.default_rng(1).integers(0, 256, (40, 32), np.uint8)


class Counted(few.Codes):
    """An index that notes how many codes it is asked for at a time."""

    def __init__(self, codes):
        super().__init__([(codes, np.arange(len(codes), dtype=np.uint64))])
        self.asked = []

    def query(self, codes, radius, sure=None):
        self.asked.append(len(codes))
        return super().query(codes, radius, sure)


class Broken(few.Codes):
    def query(self, codes, radius, sure=None):
        raise OSError("gone")


def references(listed):
    nothing = few.Codes()
    return References(
        own=nothing,
        listed=listed,
        hashes=few.Codes(),
        keypoints=nothing,
        sounds=nothing,
        load=lambda numbers: {},
        load_keypoints=lambda _: None,
        load_sound=lambda _: None,
        exact=lambda sha256, md5: [],
    )


def query(code):
    shown = video.listed([pdq.Pdq(code.tobytes(), 100)], [0.0], 0.0)
    return search.Query(None, None, None, shown)


def asked(queries, index):
    async def all_of_them():
        together = Looks()
        return await asyncio.gather(*(together.may_find(one, references(index)) for one in queries))

    return asyncio.run(all_of_them())


def test_each_gets_its_own_answer_whatever_it_is_looked_up_with():
    unknown = np.random.default_rng(2).integers(0, 256, (40, 32), np.uint8)
    mixed = [code for pair in zip(KNOWN, unknown, strict=True) for code in pair]
    digest = search.Query("a" * 64, None, None, None)
    index = Counted(KNOWN)
    assert asked([query(code) for code in mixed] + [digest], index) == [True, False] * 40 + [True]
    assert max(index.asked) <= MOST
    assert len(index.asked) <= len(mixed) // MOST + 1


def test_one_that_comes_alone_does_not_wait_for_others():
    async def alone():
        together = Looks()
        return [await together.may_find(query(code), references(Counted(KNOWN))) for code in KNOWN[:3]]

    assert asyncio.run(asyncio.wait_for(alone(), 5)) == [True] * 3


def test_those_that_come_soon_after_a_look_share_the_next(monkeypatch):
    monkeypatch.setattr(looks, "APART_S", 0.2)
    index = Counted(KNOWN)

    async def one_after_the_other():
        together = Looks()
        assert await together.may_find(query(KNOWN[0]), references(index))
        tasks = []
        for code in KNOWN[1:5]:
            tasks.append(asyncio.ensure_future(together.may_find(query(code), references(index))))
            for _ in range(5):  # turns of the loop, in which a first one would be looked up
                await asyncio.sleep(0)
        return await asyncio.gather(*tasks)

    assert asyncio.run(one_after_the_other()) == [True] * 4
    assert index.asked == [1, 4]


def test_an_index_that_fails_is_told_to_all_and_the_next_are_looked_up():
    async def first_and_next():
        together = Looks()
        failed = await asyncio.gather(
            *(together.may_find(query(code), references(Broken())) for code in KNOWN[:3]),
            return_exceptions=True,
        )
        return failed, await together.may_find(query(KNOWN[0]), references(Counted(KNOWN)))

    failed, after = asyncio.run(first_and_next())
    assert [type(one) for one in failed] == [OSError] * 3
    assert after


def test_one_who_hangs_up_takes_nobody_along():
    async def hung_up():
        together = Looks()
        index = Counted(KNOWN)
        tasks = [
            asyncio.ensure_future(together.may_find(query(code), references(index))) for code in KNOWN[:3]
        ]
        await asyncio.sleep(0)
        tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third = asyncio.run(hung_up())
    assert (first, third) == (True, True)
    assert isinstance(second, asyncio.CancelledError)


def test_loops_of_several_threads_do_not_meet():
    shared = Looks()

    async def one():
        return await shared.may_find(query(KNOWN[0]), references(Counted(KNOWN)))

    async def several():
        return await asyncio.gather(*(asyncio.to_thread(asyncio.run, one()) for _ in range(4)))

    assert asyncio.run(several()) == [True] * 4
    with pytest.raises(RuntimeError):
        one().send(None)  # outside of a loop
