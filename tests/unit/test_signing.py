"""A delivery's signature holds for its secret, time and bytes, and for nothing else."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given, strategies as st

from seawall import signing

BODY = b'{"id":"1"}'


def headers(secret="s", stamp=1000, body=BODY):
    return {"Seawall-Timestamp": str(stamp), "Seawall-Signature": signing.sign(secret, stamp, body)}


@given(secret=st.text(min_size=1), stamp=st.integers(0, 10**11), body=st.binary(max_size=200))
def test_what_is_signed_is_verified_and_is_what_hmac_says(secret, stamp, body):
    secret = secret.encode("utf-8", "replace").decode()
    sent = headers(secret, stamp, body)
    wanted = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert sent["Seawall-Signature"] == f"v1={wanted}"
    assert signing.verify(secret, sent, body, now_s=stamp)


def test_another_secret_body_or_time_does_not_hold():
    sent = headers()
    assert signing.verify("s", sent, BODY, now_s=1000)
    assert not signing.verify("t", sent, BODY, now_s=1000)
    assert not signing.verify("s", sent, BODY + b" ", now_s=1000)
    assert not signing.verify("s", {**sent, "Seawall-Timestamp": "1001"}, BODY, now_s=1000)


def test_what_is_too_old_or_of_the_future_does_not_hold():
    sent = headers()
    assert signing.verify("s", sent, BODY, now_s=1300)
    assert not signing.verify("s", sent, BODY, now_s=1301)
    assert not signing.verify("s", sent, BODY, now_s=699)
    assert signing.verify("s", sent, BODY, tolerance_s=400, now_s=1400)
    assert not signing.verify("s", sent, BODY), "by the clock it is of 1970"


def test_names_of_headers_may_come_in_any_case_and_signatures_may_be_several():
    sent = headers()
    lower = {name.lower(): value for name, value in sent.items()}
    assert signing.verify("s", lower, BODY, now_s=1000)
    several = {**sent, "Seawall-Signature": f"v0=1, {sent['Seawall-Signature']}"}
    assert signing.verify("s", several, BODY, now_s=1000)


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1e3", "٣", "9" * 400, "1000 "])
def test_a_time_that_is_none_does_not_hold(stamp):
    assert not signing.verify("s", {**headers(), "Seawall-Timestamp": stamp}, BODY, now_s=1000)


@pytest.mark.parametrize("signature", ["", "v1=", "ü", "v1=" + "0" * 64])
def test_a_signature_that_is_none_does_not_hold(signature):
    assert not signing.verify("s", {**headers(), "Seawall-Signature": signature}, BODY, now_s=1000)
    assert not signing.verify("s", {}, BODY, now_s=1000)
