"""The C2PA manifest store of a file, read in the sandbox's child by the reader of those who make C2PA.

Only a child imports this: the reader comes with an extra. It is told to fetch nothing, neither manifests, nor
answers on revocation, nor identities, and no list of trusted signers is given to it; the child could not
reach a network anyhow. So the best that it says of a signature is that it holds, and beside that stands that
the signer is not known.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, BinaryIO, Final

import c2pa

from seawall.media import wire
from seawall.model.provenance import MAX_ADDRESS, MAX_FAILURES, MAX_STORE_BYTES, MAX_WORDS, Found

_SETTINGS: Final = {
    "core": {
        "allowed_network_hosts": [],
        "allow_redirects": False,
        "decode_identity_assertions": False,
        "max_decompressed_manifest_size_in_mb": 32,
    },
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
}
_REMOTE: Final = re.compile(r"Remote: must fetch remote manifests from url (\S+)", re.ASCII)
_CONTEXT: Final = c2pa.Context.from_dict(_SETTINGS)

with suppress(c2pa.C2paError):  # what it loads at first use it loads now, while there is a file system
    c2pa.Reader.try_create(io.BytesIO(b"-"), context=_CONTEXT)


def in_sandbox(file: BinaryIO) -> dict[str, wire.Wire]:
    """What there is in a file: `found`, and what `model.provenance.Provenance` has beside it."""
    try:
        reader = c2pa.Reader.try_create(file, context=_CONTEXT)
        if reader is None:
            return {"found": Found.ABSENT.value}
        with reader:
            return _present(reader.json(), reader.get_remote_url())
    except c2pa.C2paError as error:
        remote = _REMOTE.fullmatch(str(error))
        if remote is not None:
            return {"found": Found.REMOTE.value, "address": remote[1][:MAX_ADDRESS]}
        return {"found": Found.UNREAD.value, "why": str(error)[:MAX_WORDS]}


def _present(text: str, address: str | None) -> dict[str, wire.Wire]:
    store = json.loads(text)
    data = text.encode()
    is_long = len(data) > MAX_STORE_BYTES
    return {
        "found": Found.PRESENT.value,
        "validation": str(store["validation_state"]).lower(),
        "failures": list(dict.fromkeys(_failures(store)))[:MAX_FAILURES],
        "address": None if address is None else address[:MAX_ADDRESS],
        "store": None if is_long else text,
        "store_sha256": hashlib.sha256(data).hexdigest(),
        "why": f"its {len(data)} bytes of JSON are more than {MAX_STORE_BYTES}" if is_long else None,
    }


def _failures(store: Mapping[str, Any]) -> Iterator[str]:
    """The codes of what does not hold: of the active manifest, then of those of its ingredients."""
    results = store.get("validation_results") or {}
    deltas = [one["validationDeltas"] for one in results.get("ingredientDeltas") or ()]
    for codes in (results.get("activeManifest") or {}, *deltas):
        yield from (str(one["code"])[:MAX_WORDS] for one in codes.get("failure") or ())
