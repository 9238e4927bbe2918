"""Evidence as it leaves: one bag for a case or an incident, bound to the custody log, and verified alone.

Nothing leaves without a legal basis, and no original without a purpose that the law knows.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from seawall import errors
from seawall.evidence import calendars, layout
from seawall.media import faces, mosaic
from seawall.model.custody import CustodyEvent, CustodyType, NewCustody, Outcome, Value
from seawall.model.decision import Item
from seawall.model.faces import Faces
from seawall.model.preservation import Basis, Preservation, PreservationState, Purpose, said
from seawall.reports import case_file
from seawall.store.custody import CustodyFilter
from seawall.store.heads import Head
from seawall.store.preservations import By
from seawall.store.store import Store
from seawall.store.tasks import Json, Task
from seawall.version import TOOL
from seawall.workflows import dossier
from seawall.workflows.dossier import AboutKind
from seawall.workflows.leaving import Leaving
from seawall.workflows.preserving import Preserving
from seawall.workflows.working import Form

if TYPE_CHECKING:
    from seawall.evidence.bag import Bag
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps

FOLDER: Final = "exports"
_PAGE: Final = 500
_NO_PURPOSE: Final = "no purpose was named that it may be read for"
_NOT_PRESERVED: Final = "it was not preserved"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to leave, and why it may."""

    kind: AboutKind
    id: str  #: of the case or the incident
    basis: Basis
    recipient: str
    reason: str
    purpose: Purpose | None = None  #: None: without originals
    open_faces: str | None = None  #: why faces in working copies are left open; None: they are not


@dataclass(frozen=True, slots=True)
class Exported:
    """A bag that was written."""

    place: Path
    content_sha256: str
    originals: int
    absent: int
    copies: int  #: frames in working copies
    size: int  #: of the log that its head is of


class Exporting:
    """Bags of evidence out of one data folder."""

    def __init__(self, store: Store, preserving: Preserving, leaving: Leaving, data: Path) -> None:
        self._store = store
        self._leaving = leaving
        self._preserving = preserving
        self._folder = data / FOLDER

    def acting_as(self, preserving: Preserving) -> Self:
        """The same, in which another one is recorded as having done things."""
        other = copy.copy(self)
        other._preserving = preserving  # noqa: SLF001 - its own class
        return other

    def place(self, name: str) -> Path:
        """Where the bag of a job lies."""
        return self._folder / name

    def export(self, wanted: Wanted, place: Path, *, user: str) -> Exported:
        """Write a bag as a new folder, whole or not at all. That it leaves is an event, which binds it.

        Raises RecordNotFound, IncidentNotFound, BadRequest, UsageError where something lies at the place,
        BadEvidence, DiskFull, WriteFailed, ObjectsUnreachable.
        """
        from seawall.evidence.bag import Bag  # noqa: PLC0415 - what signs beside it comes with an extra

        about = dossier.gathered(self._store, wanted.kind, wanted.id)
        export: dict[str, Json] = {
            "basis": wanted.basis.value,
            "recipient": said("recipient", wanted.recipient),
            "reason": said("reason", wanted.reason),
            "purpose": None if wanted.purpose is None else wanted.purpose.value,
            "open_faces": None if wanted.open_faces is None else said("open_faces", wanted.open_faces),
            "by": user,
        }
        by = By(self._preserving.actor, TOOL)
        with Bag(place) as bag:
            try:
                return self._written(bag, place, wanted, about, export, by, user)
            except errors.SeawallError as error:
                detail: dict[str, Value] = {"about": wanted.id, "error": error.code}
                failed = NewCustody(CustodyType.EXPORT, by.actor, by.tool, None, Outcome.FAILURE, detail)
                self._store.custody.add([failed])
                raise

    def _written(
        self,
        bag: Bag,
        place: Path,
        wanted: Wanted,
        about: dossier.Dossier,
        export: Mapping[str, Json],
        by: By,
        user: str,
    ) -> Exported:
        originals = list(self._originals(bag, about.items, wanted, user))
        copies = list(self._copies(bag, about.items, wanted, by))
        record = {
            "schema": layout.SCHEMA,
            "about": {"kind": wanted.kind.value, "id": wanted.id},
            "export": dict(export),
            **about.record,
        }
        bag.add(layout.RECORD, [_plain(record)])
        bag.add(layout.ORIGINALS, [_plain(originals)])
        bag.add(layout.COPIES, [_plain(copies)])
        for name, signals in dossier.signals(self._store, about.items):
            bag.add(f"{layout.SIGNALS_FOLDER}{name}.json", [_plain(signals)])
        for sha256, provenance in about.provenance.items():
            bag.add(f"{layout.PROVENANCE_FOLDER}{sha256}.json", [_plain(provenance)])
        events = self._events(about)
        page = case_file.render(record, originals, copies, list(about.provenance.values()), events)
        bag.add(layout.CASE_FILE, [page.encode()])
        detail: dict[str, Value] = {
            layout.CONTENT: bag.content,
            "about": f"{wanted.kind.value} {wanted.id}",
            **{name: str(value) for name, value in export.items() if value is not None},
        }
        exported = self._store.custody.add(
            [NewCustody(CustodyType.EXPORT, by.actor, by.tool, None, detail=detail)]
        )
        content = bag.content
        head = self._preserving.stamp()
        self._add_custody(bag, [*events, *exported], head)
        bag.finish(
            {
                "External-Identifier": f"{wanted.kind.value} {wanted.id}",
                "External-Description": f"Evidence for {wanted.recipient}",
            }
        )
        there = sum(one["absent"] is None for one in originals)
        frames = sum(len(one.get("frames", [])) for one in copies)
        return Exported(place, content, there, len(originals) - there, frames, head.size)

    def _copies(self, bag: Bag, items: Sequence[Item], wanted: Wanted, by: By) -> Iterator[dict[str, Any]]:
        """Write frames of each original with what lies over faces, which is an event; or say why not."""
        for sha256 in dict.fromkeys(one.sha256 for one in items if one.sha256 is not None):
            on_it = [one for one in items if one.sha256 == sha256]
            try:
                stills = self._leaving.frames(on_it, opened=wanted.open_faces is not None)
            except (errors.MediaError, errors.MediaNotKept, errors.NothingToShow) as error:
                kept = isinstance(error, errors.MediaError)
                outcome = Outcome.FAILURE if kept else Outcome.SKIPPED
                self._created(sha256, by, outcome, {"error": error.code})
                yield {"sha256": sha256, "absent": error.message}
                continue
            frames: list[dict[str, Value]] = []
            for number, one in enumerate(stills):
                path = f"{layout.COPIES_FOLDER}{sha256}/{number:02}.jpg"
                added = bag.add(path, [one.jpeg])
                frames.append(
                    {"path": path, "sha256": added, "over_faces": one.over.value, "regions": one.regions}
                )
            made: dict[str, Value] = {
                "form": Form.STORYBOARD.value,
                "cells": mosaic.CELLS,
                "detector": faces.tool() if any(one.over is Faces.FOUND for one in stills) else None,
            }
            self._created(sha256, by, Outcome.SUCCESS, {**made, "frames": list(frames)})
            yield {"sha256": sha256, "absent": None, **made, "frames": frames}

    def _created(self, sha256: str, by: By, outcome: Outcome, detail: Mapping[str, Value]) -> None:
        created = NewCustody(CustodyType.CREATION, by.actor, by.tool, sha256, outcome, detail)
        self._store.custody.add([created])

    def _originals(
        self, bag: Bag, items: Sequence[Item], wanted: Wanted, user: str
    ) -> Iterator[dict[str, Json]]:
        """Write each original that may leave; all that there are, with why one is absent."""
        for sha256 in dict.fromkeys(one.sha256 for one in items if one.sha256 is not None):
            known = self._store.preservations.of(sha256)
            kept = next((one for one in known if one.state is PreservationState.KEPT), None)
            absent = _why_absent(known, kept, wanted.purpose)
            if absent is None and kept is not None and wanted.purpose is not None:
                absent = self._fault(kept)
                if absent is None:
                    why = f"export for {wanted.recipient}: {wanted.reason}"[:500]
                    pieces = self._preserving.read(kept.id, wanted.purpose, why, user=user)
                    bag.add(f"{layout.ORIGINALS_FOLDER}{sha256}.bin", pieces)
            yield {"sha256": sha256, "absent": absent}

    def _fault(self, kept: Preservation) -> str | None:
        """What is wrong with an original in the vault, so that nothing of it is half-written."""
        assert kept.locked_sha256 is not None
        try:
            key = self._preserving.key(self._store.preservations.sealed_key(kept.id))
            self._preserving.vault.validate(kept.locked_sha256, key, kept.sha256)
        except errors.BadEvidence as error:
            return error.message
        return None

    def _events(self, about: dossier.Dossier) -> list[CustodyEvent]:
        """What the log has of the objects of a bag, in its order."""
        found: dict[int, CustodyEvent] = {}
        for sha256 in dict.fromkeys(one.sha256 for one in about.items if one.sha256 is not None):
            found |= {one.index: one for one in self._all(CustodyFilter(object=sha256))}
        if any(one.sha256 is None for one in about.items):
            found |= {one.index: one for one in self._of_decisions(about.decisions)}
        return [found[index] for index in sorted(found)]

    def _of_decisions(self, decisions: Iterable[str]) -> Iterator[CustodyEvent]:
        """Events on items of which only hashes are known: the log finds them by no object."""
        wanted = set(decisions)
        for type_ in (CustodyType.INGESTION, CustodyType.ACTION):
            for one in self._all(CustodyFilter(type=type_)):
                detail = one.says("detail") if "detail" in one.opened else None
                if isinstance(detail, dict) and detail.get("decision") in wanted:
                    yield one

    def _all(self, wanted: CustodyFilter) -> Iterator[CustodyEvent]:
        after = -1
        while page := self._store.custody.events(wanted, after=after, limit=_PAGE):
            yield from page
            after = page[-1].index

    def _add_custody(self, bag: Bag, events: Sequence[CustodyEvent], head: Head) -> None:
        bag.add(layout.EVENTS, (self._line(one, head.size) for one in events))
        bag.add(layout.HEAD, [head.published.encode()])
        bag.add(layout.KEY, [self._preserving.verifier().encoded().encode() + b"\n"])
        self._add_tokens(bag, head, layout.TOKENS_FOLDER)
        earlier = self._store.heads.attested(head.size, calendars.MAGIC)
        if earlier is not None:
            bag.add(layout.EARLIER_HEAD, [earlier.published.encode()])
            _, proof = self._store.custody.consistency(earlier.size, head.size)
            bag.add(layout.CONSISTENCY, [json.dumps([one.hex() for one in proof]).encode()])
            self._add_tokens(bag, earlier, layout.EARLIER_TOKENS_FOLDER)

    def _add_tokens(self, bag: Bag, head: Head, folder: str) -> None:
        for number, one in enumerate(self._store.heads.tokens(head.size)):
            if one.token is not None:
                kind = "ots" if calendars.is_proof(one.token) else "tsr"
                bag.add(f"{folder}{number}.{kind}", [one.token])

    def _line(self, event: CustodyEvent, size: int) -> bytes:
        _, proof = self._store.custody.inclusion(event.index, size)
        return json.dumps(proven(event, proof)).encode() + b"\n"


def proven(event: CustodyEvent, proof: Sequence[bytes]) -> dict[str, Value]:
    """An event with its proof, as bags and the API have it."""
    return {
        "index": event.index,
        "id": event.id,
        "at": event.at.isoformat(),
        "type": event.type.value,
        "hashes": dict(event.hashes),
        "opened": {name: [one.salt.hex(), one.value] for name, one in event.opened.items()},
        "proof": [one.hex() for one in proof],
    }


def handle(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:
    """Of a task that names what is to leave: its bag, below `exports/` in the data folder."""
    payload = task.payload
    purpose, open_faces = payload["purpose"], payload.get("open_faces")
    wanted = Wanted(
        AboutKind(str(payload["kind"])),
        str(payload["id"]),
        Basis(str(payload["basis"])),
        str(payload["recipient"]),
        str(payload["reason"]),
        None if purpose is None else Purpose(str(purpose)),
        None if open_faces is None else str(open_faces),
    )

    def write() -> Json:
        place = library.exporting.place(task.id)
        if not place.exists():  # else it was written, and the process died before that was noted
            library.exporting.export(wanted, place, user=str(payload["user"]))
        return str(place)

    return {"bag": steps.run("export", write)}


def _why_absent(
    known: Sequence[Preservation], kept: Preservation | None, purpose: Purpose | None
) -> str | None:
    if kept is not None:
        return None if purpose is not None else _NO_PURPOSE
    if not known:
        return _NOT_PRESERVED
    return "its key was destroyed when its time was over"


def _plain(record: object) -> bytes:
    return (json.dumps(record, indent=1, default=str) + "\n").encode()
