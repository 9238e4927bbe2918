"""A new reference finds what was seen of it before, as a check would have."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings as hypothesis, strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import moments
import sounds
from moments import moving, noisy, play

import seawall
from seawall.matching import kept, search
from seawall.model.bank import ReferenceState
from seawall.model.content import Content, Kind
from seawall.model.hold import Rule
from seawall.model.seen import Context, How
from seawall.model.signal import Signal, SignalType
from seawall.signals import audio, pdq, turns, video
from seawall.store import NewReference, Store
from seawall.store.recording import NewCheck
from seawall.workflows import seen_index
from seawall.workflows.seen_index import MOST_HEARD, SeenIndex, moments as chosen
from seawall.workflows.tasks import HANDLERS, Kind as Task

KEEP = timedelta(days=90)
RULE = Rule(window_h=1, floor=0, factor=10, baseline_h=168)
SHOWN = moving(40, 1)


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path / "data") as opened:
        opened.bank_create("KNOWN")
        yield opened


def digest(name):
    return hashlib.sha256(name.encode()).hexdigest()


def seen(name, fingerprint, **fields):
    """A check of a content that shows this, in which nothing was found."""
    duration_s = None if fingerprint is None or fingerprint.is_still else fingerprint.duration_s
    query = search.Query(digest(name), digest(name)[:32], duration_s, fingerprint)
    new = NewCheck(
        query.sha256,
        query.sha256,
        query.md5,
        "video",
        duration_s,
        kept.encode(query),
        (),
        "site/key",
        Context(),
    )
    return dataclasses.replace(new, **fields)


def remember(library, *news):
    library.seen.record_all(news, KEEP, RULE)


def bank(library, name, fingerprint, kind=SignalType.VIDEO, bank="KNOWN"):
    content = Content(
        digest(name), digest(name)[:32], 10, Kind.VIDEO, "mp4", fingerprint.duration_s, 1, 1, None
    )
    new = NewReference(content, "video", (Signal(kind, video.VERSION, fingerprint.encode()),), name, name)
    return library._store.add_reference(bank, new).id


def work(library):
    """Do what the outbox asks for; the ids of the references that were found."""

    class Steps:
        def run(self, name, work):
            return work()

    done = 0
    for task in library.tasks.waiting(100):
        if task.kind == Task.RETROMATCH:
            done += HANDLERS[Task.RETROMATCH](library, task, Steps())["matches"]
            library.tasks.handed_on([task])
    return done


def names(matches, *known):
    return sorted(next(name for name in known if digest(name) == one.checked.sha256) for one in matches)


def test_copies_that_were_seen_before_are_found_and_nothing_else(library):
    others = [seen(f"other {at}", moments.query(moving(20, 100 + at))) for at in range(30)]
    mirrored = turns.turned(moments.query(SHOWN.part(5, 15)), turns.MIRRORED)
    remember(
        library,
        *others,
        seen("whole", moments.query(SHOWN)),
        seen("noisy part", moments.query(noisy(SHOWN.part(10, 22), 20, 3))),
        seen("within", moments.query(play(moving(30, 7), SHOWN.part(1, 9), moving(40, 8)))),
        seen("mirrored", mirrored),
    )
    reference = bank(library, "known", moments.reference(SHOWN))
    assert work(library) == 4
    found = [one for _, one in library.seen.matches(reference=reference)]
    assert names(found, "whole", "noisy part", "within", "mirrored") == [
        "mirrored",
        "noisy part",
        "whole",
        "within",
    ]
    assert {one.how for one in found} == {How.RETRO}
    outcomes = [task.payload["matches"] for task in library.tasks.waiting(100) if task.kind == Task.OUTCOME]
    assert sorted(one for some in outcomes for one in some) == sorted(one.id for one in found)


def test_a_retro_match_is_what_a_check_would_have_said(library):
    shown = moments.query(noisy(SHOWN.part(10, 22), 15, 3))
    remember(library, seen("copy", shown))
    bank(library, "known", moments.reference(SHOWN))
    assert work(library) == 1
    ((_, found),) = library.seen.matches()
    (checked,) = library.search(search.Query(digest("copy"), None, shown.duration_s, shown))
    assert found.match == checked.match
    assert found.bank == checked.reference.bank


def test_what_known_good_content_explains_is_no_match(library):
    library.bank_create("GOOD", negative=True)
    bank(library, "titles", moments.reference(SHOWN.part(0, 10)), bank="GOOD")
    remember(
        library, seen("titles alone", moments.query(SHOWN.part(1, 9))), seen("more", moments.query(SHOWN))
    )
    reference = bank(library, "known", moments.reference(SHOWN))
    assert work(library) == 1
    assert names([one for _, one in library.seen.matches(reference=reference)], "more") == ["more"]


def test_pairs_that_are_known_are_not_found_again(library):
    remember(library, seen("copy", moments.query(SHOWN)))
    reference = bank(library, "known", moments.reference(SHOWN))
    assert work(library) == 1
    assert library.retromatch([reference]) == []
    remember(library, seen("later", moments.query(SHOWN.part(3, 20))))
    assert names(library.retromatch([reference]), "later") == ["later"]
    library.reference_set_state(reference, ReferenceState.WITHDRAWN, "a mistake")
    remember(library, seen("after", moments.query(SHOWN)))
    assert library.retromatch([reference]) == []


def test_the_very_bytes_are_found_without_any_signal(library):
    remember(library, seen("copy", None, signals=None))
    bank(library, "copy", moments.reference(SHOWN))
    assert work(library) == 1
    ((_, found),) = library.seen.matches()
    assert found.match.parts == {"exact": 1.0}


def test_a_hash_of_a_list_finds_a_picture_and_a_hash_that_was_seen(library):
    random = np.random.default_rng(5)
    code = random.integers(0, 256, (1, 32), np.uint8)
    near, far = moments.flip(code, 20, random), moments.flip(code, 60, random)

    def picture(full):
        made = moments.still(moving(1, 9), 0.5)
        return dataclasses.replace(made, pdq=video.Hashes(full, np.array([100], np.uint8)))

    only_hash = video.listed([pdq.Pdq(near.tobytes(), 100)], [0.0], 0.0)
    remember(
        library, seen("near", picture(near)), seen("far", picture(far)), seen("hash", only_hash, sha256=None)
    )
    listed = NewReference(None, "image", (Signal(SignalType.PDQ, 1, code.tobytes(), 100),), "x", "list.csv")
    library._store.add_reference("KNOWN", listed)
    assert work(library) == 2
    found = {one.checked.sha256 for _, one in library.seen.matches()}
    assert found == {digest("near"), None}


def test_a_sound_alone_is_found(library):
    def heard(samples):
        return search.Query("", "", len(samples) / sounds.RATE_HZ, None, sound=sounds.query(samples))

    shown = sounds.music(40, 1)
    cut = shown[10 * sounds.RATE_HZ : 30 * sounds.RATE_HZ] + sounds.noise(20 * sounds.RATE_HZ, 0.01, 3)
    contents = {"cut": cut, "other": sounds.music(30, 2), "whole": shown}
    remember(
        library,
        *(
            seen(name, None, signals=kept.encode(heard(samples)), kind="audio")
            for name, samples in contents.items()
        ),
    )
    content = Content(digest("song"), digest("song")[:32], 10, Kind.AUDIO, "mp3", 40.0, None, None, None)
    signal = Signal(SignalType.AUDIO, audio.VERSION, sounds.reference(shown).encode())
    library._store.add_reference("KNOWN", NewReference(content, "audio", (signal,), "song", "song"))
    assert work(library) == 2
    assert names([one for _, one in library.seen.matches()], "cut", "whole") == ["cut", "whole"]
    assert 100 < library.seen_counts()["sound"] <= 3 * MOST_HEARD


def test_what_is_not_kept_any_more_is_not_found(library):
    library.seen.record_all([seen("old", moments.query(SHOWN))], timedelta(0), RULE)
    remember(library, seen("new", moments.query(SHOWN.part(2, 30))))
    library._seen_index.follow()
    before = library._seen_index.counts()
    assert library.seen.forget_expired(10) == 1
    library.forget_seen()
    after = library._seen_index.counts()
    assert 0 < after["area"] < before["area"]
    assert after["given"] == before["given"] == 0
    bank(library, "known", moments.reference(SHOWN))
    assert work(library) == 1
    assert names([one for _, one in library.seen.matches()], "new") == ["new"]


def test_no_task_is_made_where_there_is_nothing_to_search(library):
    bank(library, "first", moments.reference(SHOWN))
    assert library.tasks.waiting(10) == []
    remember(library, seen("any", moments.query(moving(5, 3))))
    library.bank_create("GOOD", negative=True)
    bank(library, "good", moments.reference(moving(5, 4)), bank="GOOD")
    assert library.tasks.waiting(10) == []
    bank(library, "second", moments.reference(moving(5, 5)))
    bank(library, "second", moments.reference(moving(5, 5)))
    assert [task.kind for task in library.tasks.waiting(10)] == [Task.RETROMATCH]


def test_forgetting_leaves_checks_that_found_something(library):
    remember(library, seen("copy", moments.query(SHOWN)), seen("other", moments.query(moving(5, 6))))
    bank(library, "known", moments.reference(SHOWN))
    assert work(library) == 1
    ((_, found),) = library.seen.matches()
    later = found.at + timedelta(days=1)
    assert library.seen.forget_checks(found.at - timedelta(days=1), 10) == 0
    assert library.seen.forget_checks(later, 10) == 1
    assert library.seen.check(found.checked.id).matches == (found,)


@pytest.mark.parametrize("marked", [1, 3, 100])
def test_an_index_that_was_cut_off_while_it_followed_goes_on_without_doubles(library, tmp_path, marked):
    remember(library, *[seen(str(at), moments.query(moving(5, at))) for at in range(12)])
    highest = library.seen.highest_kept()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen_index, "BATCH", 2)
        patch.setattr(seen_index, "MARKED", marked)
        cut_off = SeenIndex(library.seen, tmp_path / "index")
        for _ in range(4):
            assert cut_off._follow_on(cut_off._indexes(), highest)
        cut_off.close()
        other = SeenIndex(library.seen, tmp_path / "index")
        other.follow()
    assert {one.mark for one in other._indexes()} == {highest}
    other.close()
    whole = SeenIndex(library.seen, tmp_path / "whole")
    whole.follow()
    again = SeenIndex(library.seen, tmp_path / "index")
    assert again.counts() == whole.counts()
    again.close()
    whole.close()


@given(st.integers(0, 2**32 - 1), st.integers(1, 7), st.sampled_from([20, 31, 47]))
@hypothesis(max_examples=8, deadline=None)
def test_the_index_finds_what_brute_force_finds(tmp_path_factory, seed, count, radius):
    folder = tmp_path_factory.mktemp("seen")
    random = np.random.default_rng(seed)
    footage = [moving(float(random.uniform(0.5, 12)), seed + at) for at in range(count)]
    prints = [moments.query(one) for one in footage]
    with Store.open(folder) as store:
        for at in range(0, count, 5):
            news = [seen(f"{at} {number}", one) for number, one in enumerate(prints[at : at + 5])]
            store.seen.record_all(news, KEEP, RULE)
            index = SeenIndex(store.seen, folder / "index")
            index.follow()
            index.close()
        index = SeenIndex(store.seen, folder / "index")
        index.follow()
        whose = footage[int(random.integers(count))]
        asked = moments.flip(moments.every_frame(whose).codes, int(random.integers(0, 40)), random)[::7]
        found = index.area(asked, radius, radius)
        index.close()
    pairs = set(zip(found.asked.tolist(), found.numbers.tolist(), strict=True))
    expected = set()
    for number, one in enumerate(prints, 1):
        codes = one.codes[chosen(one)]
        distance = np.bitwise_count(asked[:, None] ^ codes[None]).sum(axis=2)
        expected |= {(int(at), number) for at in np.flatnonzero((distance <= radius).any(axis=1))}
    assert pairs == expected


def test_few_moments_of_each_content_are_indexed_and_spread():
    for seconds, least, most in ((0.5, 1, 4), (6, 4, 5), (60, 25, 31), (3600, 512, 1025)):
        footage = moving(seconds, 5) if seconds < 1000 else moving(60, 5)
        fingerprint = moments.query(footage)
        if seconds >= 1000:
            stretched = (fingerprint.times_ms * np.uint32(60)).astype(np.uint32)
            fingerprint = dataclasses.replace(fingerprint, times_ms=stretched, duration_ms=3_600_000)
            least, most = 200, 245
        assert least <= len(chosen(fingerprint)) <= most
