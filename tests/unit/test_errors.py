"""The tree of errors keeps its contract: codes, messages, exit codes, remedies, and its own drawing."""

import re
from string import Formatter

import pytest

from seawall import errors

DRAWN = re.compile(r"^ *[│ ]*(?:[├└]── )?(?P<name>[A-Z]\w+)(?: .*?)?(?:exit (?P<exit>\d+))?$")

#: a value for every field that a message names, of the kind that callers pass
FIELDS = {
    "bank": "KNOWN",
    "cause": "signal 11",
    "claim": "c1",
    "clock": "processor",
    "decision": "d1",
    "detail": "nothing to do",
    "format": "PDF",
    "end": 20,
    "entry": "place",
    "field": "title",
    "found": "9999",
    "incident": "0a1b",
    "item": "i1",
    "limit": 100,
    "maker": "ann",
    "limit_bytes": 1 << 30,
    "limit_s": 60.0,
    "name": "jobs",
    "path": "/data/clip.mp4",
    "reason": "no reason",
    "reference": "abc",
    "size": 101,
    "start": 10,
    "state": "withdrawn",
    "status": "rejected",
    "unit": "pixels",
    "value": "x",
    "version": 3,
    "cursor": "zzz",
    "id": "0b2c",
    "key": "k-1",
    "kind": "case",
    "place": "postgresql://db/seawall",
    "scope": "banks",
    "url": "https://example.org/a.mp4",
    "wait_s": 1.5,
    "method": "PATCH",
    "received_bytes": 12,
    "what": "uploads",
    "cover": "plain",
    "floor": "stylised",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015",
    "who": "key ab12",
    "adapter": "list",
    "exchange": "partner",
    "waited_s": 30.0,
    "source": "/in/archive",
    "out": "/out/scan",
    "address": "ray://head:10001",
    "times": 3,
    "wanted": "active",
    "recipient": "public",
    "tlp": "red",
    "webhook": "0f3a",
}


def tree(root=errors.SeawallError):
    return [root, *(found for branch in root.__subclasses__() for found in tree(branch))]


def own():
    """Tests of other parts may define errors of their own; these are Seawall's."""
    return [error for error in tree() if error.__module__.startswith(f"{errors.__name__}.")]


def drawn():
    """Name, exit code where one stands, and depth of each line of the drawing."""
    lines = (errors.__doc__ or "").splitlines()
    first = next(at for at, line in enumerate(lines) if line.strip() == "SeawallError")
    for line in lines[first:]:
        if not line.strip():
            return
        match = DRAWN.match(line)
        assert match, line
        yield match["name"], match["exit"], (match.start("name") - lines[first].index("S")) // 4


def test_the_docstring_draws_exactly_the_classes_in_their_places():
    above, pictured = [], []
    for name, _, depth in drawn():
        above[depth:] = [name]
        pictured.append((name, above[depth - 1] if depth else "Exception"))
    assert pictured == [(error.__name__, error.__base__.__name__) for error in own()]


def test_exit_codes_are_those_of_the_drawing():
    said = {name: int(code) for name, code, _ in drawn() if code is not None}
    assert said == {"UsageError": 2, "MediaError": 10, "OutsideError": 20, "CorruptionError": 30}
    for name, code in said.items():
        assert {error.exit_code for error in tree(getattr(errors, name))} == {code}


def test_codes_are_unique_and_plain():
    codes = [error.code for error in own()]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("error", own(), ids=lambda error: error.__name__)
def test_each_says_what_happened_and_what_to_do(error):
    names = {name for _, name, _, _ in Formatter().parse(error.template()) if name}
    raised = error(**{name: FIELDS[name] for name in names})
    assert str(raised) == raised.message
    assert "{" not in raised.message
    for name in names:
        value = FIELDS[name]
        assert str(value) in raised.message or f"{value:g}" in raised.message
    assert raised.remedy.endswith(".")
    assert raised.as_record() == {"code": error.code, "message": raised.message, "remedy": error.remedy}
    assert 400 <= error.http_status < 600


def test_a_field_that_a_message_needs_cannot_be_left_out():
    with pytest.raises(KeyError, match="limit"):
        errors.MediaTooLarge(path="a", size=1, unit="pixels")


def test_every_class_has_its_own_words():
    for error in own():
        assert "__doc__" in vars(error), f"{error.__name__} would show its parent's message"
        assert error.__doc__
