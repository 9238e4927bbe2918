"""Signals that are kept come back as they were, and nothing else passes for them."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import moments
import sounds
from moments import moving

from seawall.matching import few, kept, search
from seawall.matching.references import References
from seawall.model.match import Region
from seawall.signals import panes, pdq, video

SHOWN = moments.query(moving(4, 1))
PANE = panes.Pane(Region(0.25, 0.0, 0.5, 1.0), 0.5, 3.0, moments.query(moving(4, 2)))
WHOLE = search.Query("a" * 64, "b" * 32, 4.0, SHOWN, sound=sounds.query(sounds.music(4, 1)), panes=(PANE,))
ENCODED = kept.encode(WHOLE)


def test_all_but_keypoints_comes_back():
    back = kept.decode(ENCODED, "a" * 64, "b" * 32)
    assert (back.sha256, back.md5, back.duration_s) == (WHOLE.sha256, WHOLE.md5, WHOLE.duration_s)
    assert back.fingerprint.encode() == SHOWN.encode()
    assert back.sound.encode() == WHOLE.sound.encode()
    assert [one.encode() for one in back.panes] == [PANE.encode()]
    assert back.keypoints is back.descriptors is None
    assert not back.glanced


def test_what_was_glanced_at_comes_back_as_such():
    glanced = dataclasses.replace(WHOLE, glanced=True)
    assert kept.decode(kept.encode(glanced), None, None).glanced


def test_what_holds_nothing_comes_back_as_that():
    back = kept.decode(kept.encode(search.Query("a" * 64, None, None, None)), None, None)
    assert (back.duration_s, back.fingerprint, back.sound, back.panes) == (None, None, None, ())


@given(st.integers(0, len(ENCODED) - 1), st.integers(0, 255), st.booleans())
@settings(max_examples=150, deadline=None)
def test_damaged_bytes_are_told(at, value, cut):
    damaged = ENCODED[:at] if cut else ENCODED[:at] + bytes([value]) + ENCODED[at + 1 :]
    try:
        kept.decode(damaged, None, None)
    except ValueError:
        return
    assert not cut or damaged == ENCODED


def one_reference(code):
    """A bank of one listed picture."""
    entry = video.listed([pdq.Pdq(code.tobytes(), 100)], [0.0], 0.0)
    ids = np.array([1 << 24], np.uint64)
    known = search.Entry("r", negative=False, disputed=False, duration_s=None, fingerprint=entry)
    return References(
        own=few.Codes(),
        listed=few.Codes([(code[None], ids)]),
        hashes=few.Codes(),
        keypoints=few.Codes(),
        sounds=few.Codes(),
        load=lambda numbers: {1: known} if 1 in numbers else {},
        load_keypoints=lambda _: None,
        load_sound=lambda _: None,
        exact=lambda sha256, md5: [],
    )


@pytest.mark.parametrize("bits", [0, 16, 30, 31, 32, 33, 60])
def test_what_may_not_be_found_is_not_found(bits):
    random = np.random.default_rng(bits)
    code = random.integers(0, 256, (1, 32), np.uint8)
    references = one_reference(moments.flip(code, bits, random)[0])
    asked = video.listed([pdq.Pdq(code.tobytes(), 100)], [0.0], 0.0)
    query = search.Query(None, None, None, asked)
    assert search.may_find([query], references) == [bits <= pdq.MATCH_BITS]
    assert bool(search.search(query, references)) is (bits <= pdq.MATCH_BITS)


def test_of_many_moments_each_is_told_to_whom_it_belongs():
    random = np.random.default_rng(3)
    known = random.integers(0, 256, (1, 32), np.uint8)
    queries = []
    for count, has in ((200, False), (1, True), (130, True), (0, False), (90, False)):
        codes = random.integers(0, 256, (count, 32), np.uint8)
        codes[-1:] = known if has else codes[-1:]
        hashes = [pdq.Pdq(code.tobytes(), 100) for code in codes]
        shown = video.listed(hashes, [float(at) for at in range(count)], float(count))
        queries.append(search.Query(None, None, None, shown))
    assert search.may_find(queries, one_reference(known[0])) == [False, True, True, False, False]


def test_of_more_than_hashes_it_is_not_said_what_may_be_found():
    references = one_reference(np.zeros(32, np.uint8))
    digest, nothing = search.Query("a" * 64, None, None, None), search.Query(None, None, None, None)
    assert search.may_find([WHOLE, digest, nothing], references) == [True, True, False]
