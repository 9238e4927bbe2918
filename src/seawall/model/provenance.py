"""What a file itself says of where it comes from: its C2PA manifest store, as a reader found it.

It is a fact about the file with its source, the reader, and no more. A signature that holds says that the
bytes are those that somebody signed, not that what they show is true, nor who that was. No manifest means
nothing: most files never had one, and most that had one lost it on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

#: A store whose JSON is longer is not kept as a text beside the original; the original has it.
MAX_STORE_BYTES: Final = 256 << 10
MAX_WORDS: Final = 500
MAX_ADDRESS: Final = 2000
MAX_FAILURES: Final = 50


class Found(StrEnum):
    """What became of the reading."""

    PRESENT = "present"  #: a manifest store was read
    REMOTE = "remote"  #: the file names an address of one, which is not fetched
    ABSENT = "absent"  #: there is none, which says nothing of the file
    UNREAD = "unread"  #: nobody can say whether there is one: `why`


@dataclass(frozen=True, slots=True)
class Provenance:
    """The manifest store of one file, or why none is here."""

    found: Found
    at: datetime  #: when it was read; a certificate's time is judged by that clock
    reader: str | None  #: what says all of this, with its version; None where there was none
    validation: str | None = None  #: of the active manifest, in the reader's word: invalid, valid, trusted
    failures: tuple[str, ...] = ()  #: codes of what does not hold, as C2PA names them
    address: str | None = None  #: of a remote manifest
    store_sha256: str | None = None  #: of the store's JSON in UTF-8, also where it is too long to be kept
    why: str | None = None  #: why there is no more


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was read, with the store itself."""

    provenance: Provenance
    store: str | None = None  #: JSON, as the reader gives it
