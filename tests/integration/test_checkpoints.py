"""Heads of the log that are signed, and attested by authorities of others."""

from __future__ import annotations

import base64
import contextlib
import subprocess

import pytest
from authority import authority
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from seawall import errors
from seawall.evidence import timestamps
from seawall.evidence.checkpoint import Checkpoint, Signer, Verifier, opened
from seawall.outbound import guarded

HEAD = Checkpoint("seawall custody tests", 4711, bytes(range(32)))
SIGNER = Signer("tests", b"7" * 32)


def test_a_head_is_read_back_as_it_was_signed():
    published = SIGNER.sign(HEAD)
    assert opened(published, SIGNER.verifier) == HEAD
    assert opened(published, Verifier.decoded(SIGNER.verifier.encoded())) == HEAD


def test_the_signature_is_one_that_others_verify():
    text, _, line = SIGNER.sign(HEAD).partition("\n\n")
    signature = base64.b64decode(line.split(" ")[2])
    Ed25519PublicKey.from_public_bytes(SIGNER.verifier.public).verify(signature[4:], f"{text}\n".encode())


def test_every_changed_bit_of_a_head_is_seen():
    published = SIGNER.sign(HEAD).encode()
    for at in range(len(published) * 8):
        changed = bytearray(published)
        changed[at // 8] ^= 1 << at % 8
        try:
            made = opened(changed.decode("utf-8", "replace"), SIGNER.verifier)
        except errors.BadEvidence:
            continue
        # The last bits of a base64 text and its line end carry nothing that is signed.
        assert made == HEAD


@pytest.mark.parametrize("other", [Signer("tests", b"8" * 32), Signer("others", b"7" * 32)])
def test_the_head_of_another_is_refused(other):
    with pytest.raises(errors.BadEvidence):
        opened(other.sign(HEAD), SIGNER.verifier)


@pytest.mark.parametrize(
    "text", ["", "a", "a+b", "a+00000000+AAAA", SIGNER.verifier.encoded()[:-8] + "AAAAAAA="]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(errors.BadEvidence):
        Verifier.decoded(text)


@pytest.fixture
def web(new_settings):
    def opened_for(*addresses):
        hosts = ",".join(one.removeprefix("http://").rstrip("/") for one in addresses)
        return guarded.opened(new_settings("sqlite", fetch_hosts=hosts))

    return opened_for


def test_two_authorities_attest_a_head_and_openssl_agrees(web, tmp_path):
    published = SIGNER.sign(HEAD).encode()
    with (
        authority(tmp_path / "a", "North") as (north, first),
        authority(tmp_path / "b", "South") as (south, second),
    ):
        way_out = web(first, second)
        for one, url in ((north, first), (south, second)):
            token = timestamps.obtained(way_out, url, published)
            found = timestamps.verified(token, published, timestamps.roots_of(one.root))
            assert found.authority == f"CN={one.name}"
            (tmp_path / "token").write_bytes(token)
            (tmp_path / "head").write_bytes(published)
            command = ["openssl", "ts", "-verify", "-in", tmp_path / "token", "-data", tmp_path / "head"]
            subprocess.run([*command, "-CAfile", one.folder / "root.pem"], check=True, capture_output=True)
        with pytest.raises(errors.BadEvidence):
            timestamps.verified(token, published, timestamps.roots_of(north.root))
        with pytest.raises(errors.BadEvidence):
            timestamps.verified(token, published + b" ", timestamps.roots_of(south.root))
        with pytest.raises(errors.BadEvidence, match="no root"):
            timestamps.verified(token, published, [])
        south.refuses = True
        with pytest.raises(errors.FetchFailed):
            timestamps.obtained(way_out, second, published)


def test_every_damaged_token_is_refused(web, tmp_path):
    published = SIGNER.sign(HEAD).encode()
    with authority(tmp_path / "a", "North") as (north, address):
        token = timestamps.obtained(web(address), address, published)
    roots = timestamps.roots_of(north.root)
    good = timestamps.verified(token, published, roots)
    for at in range(0, len(token) * 8, 37):
        changed = bytearray(token)
        changed[at // 8] ^= 1 << at % 8
        with contextlib.suppress(errors.BadEvidence):
            assert timestamps.verified(bytes(changed), published, roots).at == good.at
    for end in (0, 1, len(token) // 2, len(token) - 1):
        with pytest.raises(errors.BadEvidence):
            timestamps.verified(token[:end], published, roots)
