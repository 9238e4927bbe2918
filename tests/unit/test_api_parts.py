"""Parts of the API that have laws of their own: cursors, limits of callers, digests of repeated bodies."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from seawall import config, errors
from seawall.api import paging
from seawall.api.idempotency import _Digest
from seawall.api.receiving import _name
from seawall.api.throttle import Throttle
from seawall.model.access import Principal


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


def throttle(tmp_path, **values):
    environment = {f"SEAWALL_{name.upper()}": str(value) for name, value in values.items()}
    clock = Clock()
    return Throttle(config.load(tmp_path, environment), clock), clock


def who(name="a", **limits):
    return Principal(name, name, name, frozenset(), **limits)


def takes(limited, caller):
    try:
        limited.call(caller)
    except errors.TooManyCalls:
        return False
    return True


@given(st.integers(0, 2**63 - 1) | st.text(max_size=40).filter(lambda text: text.isprintable()))
def test_a_cursor_holds_what_it_was_made_of(at):
    assert paging.decode(paging.encode(at)) == at


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{0,60}", fullmatch=True))
def test_any_other_text_is_no_cursor_and_nothing_worse(text):
    try:
        at = paging.decode(text)
    except errors.BadCursor:
        return
    assert isinstance(at, int | str)


@pytest.mark.parametrize("at", [-1, 2**63, True, None, 1.5])
def test_no_cursor_holds_what_no_list_has(at):
    with pytest.raises(errors.BadCursor):
        paging.decode(paging.encode(at))


@given(rate=st.floats(0.5, 50), pauses=st.lists(st.floats(0, 0.5), max_size=60))
def test_a_caller_makes_no_more_calls_than_the_rate_and_one_seconds_worth(tmp_path_factory, rate, pauses):
    limited, clock = throttle(tmp_path_factory.getbasetemp(), rate_per_s=rate)
    taken = 0
    for pause_s in pauses:
        clock.now_s += pause_s
        taken += takes(limited, who())
    assert taken <= rate * sum(pauses) + max(1, rate) + 1e-6


def test_who_waits_as_long_as_is_said_is_taken(tmp_path):
    limited, clock = throttle(tmp_path, rate_per_s=0.5)
    assert takes(limited, who())
    with pytest.raises(errors.TooManyCalls) as refused:
        limited.call(who())
    clock.now_s += refused.value.fields["wait_s"] + 0.001
    assert takes(limited, who())


def test_limits_of_a_key_come_before_those_that_are_set(tmp_path):
    limited, _ = throttle(tmp_path, rate_per_s=1)
    assert [takes(limited, who()) for _ in range(3)] == [True, False, False]
    assert all(takes(limited, who("b", rate_per_s=0)) for _ in range(100))
    assert [takes(limited, who("c", rate_per_s=2)) for _ in range(3)] == [True, True, False]


def test_bytes_come_back_over_a_day(tmp_path):
    limited, clock = throttle(tmp_path, bytes_per_day=1000)
    assert takes(limited, who())
    limited.sent(who(), 1500)  # the call that goes over is still taken
    assert not takes(limited, who())
    clock.now_s += 12 * 3600 + 100
    assert takes(limited, who())


def test_nothing_is_limited_by_default(tmp_path):
    limited, _ = throttle(tmp_path)
    for _ in range(1000):
        limited.call(who())
        limited.sent(who(), 1 << 40)


@given(st.lists(st.binary(max_size=30), max_size=8), st.lists(st.integers(1, 20), min_size=1, max_size=10))
def test_a_form_has_one_digest_whatever_its_boundary_and_its_pieces(parts, sizes):
    def digest(boundary):
        body = b"".join(b"--" + boundary + b"\r\n\r\n" + part + b"\r\n" for part in parts)
        found, at, turn = _Digest(boundary), 0, 0
        while at < len(body):
            size = sizes[turn % len(sizes)]
            found.update(body[at : at + size])
            at, turn = at + size, turn + 1
        return found.hexdigest()

    assert digest(b"q8Zk2Vd0-first-boundary") == digest(b"another-boundary-H4s9Lw")


def test_other_bodies_have_other_digests():
    made = set()
    for body in (b"a", b"b", b"ab", b""):
        digest = _Digest(b"boundary")
        digest.update(b"--boundary" + body)
        made.add(digest.hexdigest())
    assert len(made) == 4


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (b"a.mp4", "a.mp4"),
        (b"../../etc/passwd", "passwd"),
        (b"C:\\clips\\a.mp4", "a.mp4"),
        (b"", "upload"),
        (b"..", "upload"),
        (b"/", "upload"),
        (b"a\x1b[2J\n", "a\ufffd[2J\ufffd"),
        (b"\xff", "\ufffd"),
        (b"x" * 5000, "x" * 255),
    ],
)
def test_the_name_of_a_file_is_a_name(sent, shown):
    assert _name(sent) == shown
