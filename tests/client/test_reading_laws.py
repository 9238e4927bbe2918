"""Laws of reading answers: what was written is read back, and nothing is worse than misread."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from contextlib import suppress
from dataclasses import is_dataclass

import pytest
from hypothesis import given, strategies as st

from seawall import client
from seawall.client import reading
from seawall.client.call import Call, Form, plain
from seawall.client.checks import Context, Hashes, Moment
from seawall.client.decisions import Feedback, Ground, Ruling
from seawall.client.policies import Rule, Rulebook
from seawall.client.problems import Answer

WORDS = st.text(max_size=8)
MAYBE = st.none() | WORDS
MANY = st.lists(WORDS, max_size=3).map(tuple)
AT = st.none() | st.datetimes(timezones=st.timezones())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
RULINGS = st.builds(
    Ruling,
    *(MANY, WORDS, WORDS, WORDS, st.booleans(), WORDS, MANY),
    grounds=st.lists(st.builds(Ground, WORDS, WORDS, WORDS), max_size=2).map(tuple),
    feedback=st.lists(st.builds(Feedback, WORDS, WORDS, st.booleans()), max_size=2).map(tuple),
    territory=MANY,
    redress=MANY,
    purpose=MAYBE,
    reason=MAYBE,
)
RULES = st.builds(
    Rule, WORDS, WORDS, st.dictionaries(WORDS, WORDS | st.booleans(), max_size=2), st.booleans()
)
BOOKS = st.builds(Rulebook, st.lists(RULES, max_size=3).map(tuple), st.none() | MANY, MANY)
MOMENTS = st.builds(Moment, WORDS, st.floats(allow_nan=False), st.integers())
HASHES = st.builds(Hashes, MAYBE, st.integers(), st.lists(MOMENTS, max_size=2).map(tuple), MAYBE, MAYBE)


def records():
    for module in pkgutil.iter_modules(client.__path__, f"{client.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(value) and is_dataclass(value) and value.__module__ == module.name:
                yield value


RECORDS = sorted(set(records()) - {Answer, Call, Form}, key=lambda kind: kind.__name__)


@given(RULINGS | BOOKS | HASHES)
def test_what_was_written_is_read_back(record):
    sent = json.loads(json.dumps(plain(record)))
    assert reading.read(type(record), sent) == record
    assert reading.read(type(record), {**sent, "of a newer service": {"a": [1]}}) == record


@given(RULINGS, AT)
def test_a_time_is_the_same_moment_wherever_it_is_read(ruling, at):
    sent = plain({"at": at})["at"]
    if at is not None:
        assert reading.read(Ruling, {**plain(ruling), "starts_at": sent}).starts_at == at


@given(st.sampled_from(RECORDS), st.data())
def test_nothing_is_worse_than_misread(kind, data):
    names = list(kind.__dataclass_fields__)
    came = data.draw(JSON | st.dictionaries(st.sampled_from(names), JSON, max_size=len(names)))
    with suppress(reading.Misread):
        assert type(reading.read(kind, came)) is kind


def test_an_empty_object_is_misread_where_something_is_needed():
    assert len(RECORDS) > 50
    for kind in RECORDS:
        if kind is not Context and any(
            one.default is one.default_factory
            for one in kind.__dataclass_fields__.values()  # both missing
        ):
            with pytest.raises(reading.Misread, match=kind.__name__):
                reading.read(kind, {})
