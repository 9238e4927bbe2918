"""What files say of where they come from, read beside preserving: a fault in it is a fact, and stops nothing.

The bytes are hostile, and the reader is large: it runs in a sandbox of its own, so that no child that decodes
pictures has it loaded. What comes back is believed in its form alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Final

from seawall import config, errors, media
from seawall.media import wire
from seawall.model.custody import CustodyType, NewCustody, Outcome, Value
from seawall.model.provenance import (
    MAX_ADDRESS,
    MAX_FAILURES,
    MAX_STORE_BYTES,
    MAX_WORDS,
    Extracted,
    Found,
    Provenance,
)
from seawall.objects import Objects
from seawall.store.preservations import By
from seawall.workflows import kept_files
from seawall.workflows.deferred import Deferred

_PACKAGE: Final = "c2pa-python"
_TASK: Final = "seawall.media.provenance:in_sandbox"
_CPU_S: Final = 60.0
_WALL_S: Final = 120.0
_MEMORY_BYTES: Final = 512 << 20
_DEPTH: Final = 64  #: no deeper is what is kept of a store, so that whatever reads it can
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NO_READER: Final = "no reader is installed: pip install 'seawall[c2pa]'"


class Provenances:
    """Reads the C2PA manifest stores of the kept files of one data folder."""

    def __init__(self, objects: Objects, settings: config.Settings) -> None:
        self._objects = objects
        self._data = settings.data
        limits = media.Limits(
            bytes=settings.whole("max_bytes"), cpu_s=_CPU_S, wall_s=_WALL_S, memory_bytes=_MEMORY_BYTES
        )
        self._sandbox = Deferred(lambda: media.Sandbox(1, limits))

    def of(self, sha256: str) -> Extracted:
        """What is in a kept file. Raises nothing for what is wrong with the file or the reader."""
        now = datetime.now(UTC)
        try:
            reader = f"{_PACKAGE} {metadata.version(_PACKAGE)}"
        except metadata.PackageNotFoundError:
            return Extracted(Provenance(Found.UNREAD, now, None, why=_NO_READER))
        try:
            with kept_files.as_file(self._objects, self._data, sha256) as path:
                return self._read(path, now, reader)
        except errors.SeawallError as error:
            why = f"{error.code}: {error.message}"[:MAX_WORDS]
            return Extracted(Provenance(Found.UNREAD, now, reader, why=why))

    def _read(self, path: Path, now: datetime, reader: str) -> Extracted:
        answer = self._sandbox.get().run(path, _TASK, {}, given=wire.Given.FILE)
        try:
            return parsed(answer, now, reader)
        except (ValueError, RecursionError) as cause:
            raise errors.DecoderCrashed(path=str(path), cause="its answer makes no sense") from cause

    def close(self) -> None:
        """End the processes that read."""
        self._sandbox.close()


def parsed(answer: wire.Wire, at: datetime, reader: str) -> Extracted:
    """The answer of a child, of which nothing is believed. Raises ValueError, RecursionError."""
    if not isinstance(answer, Mapping):
        raise ValueError("no answer of this kind")
    failures = answer.get("failures", ())
    if not isinstance(failures, list | tuple) or len(failures) > MAX_FAILURES:
        raise ValueError("no list of codes")
    store = answer.get("store")
    if store is not None and not isinstance(store, str):
        raise ValueError("no store")
    store_sha256 = _text(answer, "store_sha256", 64)
    if store_sha256 is not None and not _SHA256.fullmatch(store_sha256):
        raise ValueError("no digest")
    if store is not None:
        _check_store(store.encode(), store_sha256)
    provenance = Provenance(
        found=Found(str(answer.get("found"))),
        at=at,
        reader=reader,
        validation=_text(answer, "validation", MAX_WORDS),
        failures=tuple(_words(one, MAX_WORDS) for one in failures),
        address=_text(answer, "address", MAX_ADDRESS),
        store_sha256=store_sha256,
        why=_text(answer, "why", MAX_WORDS),
    )
    return Extracted(provenance, store)


def told(provenance: Provenance, sha256: str, by: By) -> NewCustody:
    """The custody event of a reading, also of one that failed or was left out."""
    outcome = Outcome.SUCCESS
    if provenance.found is Found.UNREAD:
        outcome = Outcome.SKIPPED if provenance.reader is None else Outcome.FAILURE
    detail: dict[str, Value] = {
        "what": "C2PA manifest store",
        "found": provenance.found.value,
        "reader": provenance.reader,
        "validation": provenance.validation,
        "store_sha256": provenance.store_sha256,
        "why": provenance.why,
    }
    return NewCustody(CustodyType.EXTRACTION, by.actor, by.tool, sha256, outcome, detail)


def _text(answer: Mapping[str, wire.Wire], name: str, most: int) -> str | None:
    value = answer.get(name)
    return None if value is None else _words(value, most)


def _words(value: wire.Wire, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError("no text of that length")
    return "".join(letter if letter.isprintable() else "?" for letter in value)


def _check_store(data: bytes, sha256: str | None) -> None:
    if len(data) > MAX_STORE_BYTES or hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError("no store of that length and digest")
    _check_depth(json.loads(data), _DEPTH)


def _check_depth(value: object, depth: int) -> None:
    if depth == 0:
        raise ValueError("nested too deeply")
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _check_depth(one, depth - 1)
