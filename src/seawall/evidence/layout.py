"""What lies where in a bag of evidence, as its writer and its verifier know it.

Below `data/`: `case.html` to read; `record.json` with all that is on record; `originals/`, each file under
its SHA-256, and `originals.json` with every original and, where it is absent, why; `copies/`, frames of
each with mosaics over faces, and `copies.json` with what lies over faces in them and, where there are none,
why; `signals/`; `provenance/` with what each original says of itself in a C2PA manifest store; and
`custody/`: the events that concern the objects of the bag, each with its proof, the head of the log that the
proofs lead to, the key that signed it, and the timestamps of others (`.tsr` of authorities, `.ots` of
calendars). Calendars take hours; so the newest head that one of them has led to a block is there too, in
`custody/earlier/`, with the proof that the log went on from it.

All but `custody/` is bound to the log by an event of type `exporting`, which holds the digest of those
files' lines in `manifest-sha256.txt`: who writes a manifest anew cannot write that event anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

#: Of every bag (RFC 8493, section 2.1.1).
DECLARATION: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
SCHEMA: Final = "seawall.evidence/1"
CASE_FILE: Final = "data/case.html"
RECORD: Final = "data/record.json"
ORIGINALS: Final = "data/originals.json"
ORIGINALS_FOLDER: Final = "data/originals/"
COPIES: Final = "data/copies.json"
COPIES_FOLDER: Final = "data/copies/"
SIGNALS_FOLDER: Final = "data/signals/"
PROVENANCE_FOLDER: Final = "data/provenance/"
CUSTODY_FOLDER: Final = "data/custody/"
EVENTS: Final = "data/custody/events.jsonl"
HEAD: Final = "data/custody/checkpoint.txt"
KEY: Final = "data/custody/key.txt"
TOKENS_FOLDER: Final = "data/custody/timestamps/"
EARLIER_HEAD: Final = "data/custody/earlier/checkpoint.txt"
EARLIER_TOKENS_FOLDER: Final = "data/custody/earlier/timestamps/"
CONSISTENCY: Final = "data/custody/earlier/consistency.json"
ALGORITHMS: Final = ("sha256", "sha512")
#: Where the event of the export holds the digest of what it exported.
CONTENT: Final = "content_sha256"


def content_digest(digests: Iterable[tuple[str, str]]) -> str:
    """The digest over paths and SHA-256 of all payload outside `custody/`; 64 hex digits.

    digests: path below the bag, and SHA-256 in hex, of any files of the payload, in any order.
    """
    lines = sorted(f"{sha256}  {path}\n" for path, sha256 in digests if not path.startswith(CUSTODY_FOLDER))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
