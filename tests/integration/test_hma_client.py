"""One client, unchanged, of Seawall's `/hma` and of Hasher-Matcher-Actioner itself."""

from __future__ import annotations

import os
import secrets

import hma_client
import pytest
from serving import key, served

import seawall


def test_a_client_works_unchanged(tmp_path):
    with seawall.open(tmp_path / "data") as library, served(library) as address:
        headers = {"Authorization": f"Bearer {key(library)}"}
        hma_client.use(f"{address}/hma", headers, "CLIENT", longest_s=0.0)


def test_the_same_client_of_the_program_itself():
    peer = os.environ.get("SEAWALL_HMA_PEER")
    if not peer:
        pytest.skip("SEAWALL_HMA_PEER names no Hasher-Matcher-Actioner to compare with")
    hma_client.use(peer, {}, f"CLIENT_{secrets.token_hex(4).upper()}", longest_s=200.0)
