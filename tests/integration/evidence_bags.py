"""Bags of evidence for tests: a log, a signed head, an original, and what the export says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from seawall.evidence import layout
from seawall.evidence.bag import Bag
from seawall.evidence.checkpoint import Checkpoint, Signer
from seawall.model.custody import CustodyType, NewCustody
from seawall.store import Store

SIGNER = Signer("tests", b"7" * 32)
ORIGINAL = b"a harmless original" * 1000
SHA256 = hashlib.sha256(ORIGINAL).hexdigest()
ABSENT = "f" * 64


def plain(value: object) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()


def event_lines(store: Store, size: int, indexes: range | list[int]):
    for one in store.custody.events(limit=10_000):
        if one.index in indexes:
            yield plain_line(store, one, size)


def plain_line(store: Store, one, size: int) -> bytes:
    said = {
        "index": one.index,
        "id": one.id,
        "at": one.at.isoformat(),
        "type": one.type.value,
        "hashes": dict(one.hashes),
        "opened": {name: [field.salt.hex(), field.value] for name, field in one.opened.items()},
        "proof": [hash_.hex() for hash_ in store.custody.inclusion(one.index, size)[1]],
    }
    return json.dumps(said).encode() + b"\n"


def written(store: Store, place: Path, tokens=lambda _: {}) -> Path:
    """A bag of one original, between events of others."""
    for number in range(5):
        store.custody.add([NewCustody(CustodyType.FIXITY, "other", "seawall 1", f"{number:064x}")])
    store.custody.add(
        [
            NewCustody(CustodyType.DIGEST, "ann", "seawall 1", SHA256),
            NewCustody(CustodyType.INGESTION, "ann", "seawall 1", SHA256, detail={"bytes": len(ORIGINAL)}),
        ]
    )
    with Bag(place) as bag:
        bag.add(layout.CASE_FILE, [b"<!doctype html><title>Case</title>"])
        bag.add(layout.RECORD, [plain({"case": "c1", "matches": []})])
        bag.add(f"{layout.ORIGINALS_FOLDER}{SHA256}.bin", [ORIGINAL[:100], ORIGINAL[100:]])
        absent = {"sha256": ABSENT, "absent": "its key was destroyed on 2026-01-01"}
        bag.add(layout.ORIGINALS, [plain([{"sha256": SHA256, "absent": None}, absent])])
        bag.add(f"{layout.SIGNALS_FOLDER}{SHA256}.json", [plain({"pdq": ["0" * 64]})])
        detail = {layout.CONTENT: bag.content, "recipient": "court"}
        store.custody.add([NewCustody(CustodyType.EXPORT, "ann", "seawall 1", SHA256, detail=detail)])
        store.custody.add([NewCustody(CustodyType.FIXITY, "other", "seawall 1", "0" * 64)])
        size, root = store.custody.root()
        published = SIGNER.sign(Checkpoint("seawall custody tests", size, root))
        bag.add(layout.EVENTS, event_lines(store, size, [5, 6, 7]))
        bag.add(layout.HEAD, [published.encode()])
        bag.add(layout.KEY, [SIGNER.verifier.encoded().encode() + b"\n"])
        for name, token in tokens(published.encode()).items():
            bag.add(f"{layout.TOKENS_FOLDER}{name}", [token])
        bag.finish({"External-Identifier": "c1", "Source-Organization": "Tests\nwith a line"})
    return place
