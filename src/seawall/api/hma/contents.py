"""What banks hold: added by file, address or hashes; shown, disabled, noted, taken out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.concurrency import run_in_threadpool

from seawall import errors
from seawall.api import forms
from seawall.api.deps import Library, Recorded, needs
from seawall.api.hma import answers, curation, files
from seawall.api.receiving import Received
from seawall.model.access import Scope
from seawall.model.bank import Reference, ReferenceState
from seawall.store.hma import DISABLED, ENABLED, Curated
from seawall.store.lookup import Wanted
from seawall.workflows import hma, uploads
from seawall.workflows.library import Seawall

router = answers.router("/c/bank/{bank_name}")

_READ: list[Any] = [Depends(needs(Scope.READ))]
_BANKS: list[Any] = [Depends(needs(Scope.BANKS))]
_NOTE_CHARACTERS: Final = 255
_LATEST_S: Final = 5 * 366 * 24 * 3600
_METADATA: Final = ("content_id", "content_uri", "json")
_MOST_DIGITS: Final = 18

ContentId = Annotated[str, Path()]


@dataclass(frozen=True, slots=True)
class Said:
    """What a client says of a content that it adds."""

    metadata: Mapping[str, object] | None = None
    note: str | None = None

    @classmethod
    def of(cls, metadata: object, note: object) -> Said:
        """Checked. Raises BadRequest."""
        return cls(_metadata(metadata), _note(note))


def _metadata(given: object) -> Mapping[str, object] | None:
    if given is None:
        return None
    if not isinstance(given, dict):
        raise errors.BadRequest(reason="metadata should be a json object")
    said = {name: value for name, value in given.items() if name != "collab" and value is not None}
    if unknown := said.keys() - set(_METADATA):
        raise errors.BadRequest(reason=f"Invalid metadata: there is no {min(unknown)[:40]!r}")
    for name, value in said.items():
        if not isinstance(value, dict if name == "json" else str):
            raise errors.BadRequest(reason=f"Invalid metadata: {name} is of another type")
    return said or None


def _note(given: object) -> str | None:
    if not given:
        return None
    if not isinstance(given, str):
        raise errors.BadRequest(reason="note should be a string")
    if len(given) > _NOTE_CHARACTERS:
        raise errors.BadRequest(reason=f"note must be at most {_NOTE_CHARACTERS} characters")
    return given


@router.post("/content", dependencies=_BANKS)
async def content_add(
    bank_name: str,
    request: Request,
    library: Library,
    trail: Recorded,
    url: files.Url = None,
    content_type: str | None = None,
    types: files.Types = None,
) -> dict[str, object]:
    """Add a file that comes as a part of a form, or that lies at an address. It can be matched at once."""
    await run_in_threadpool(curation.bank_record, library, bank_name)
    if url:
        body = await answers.json_body(request)
        said = Said.of(body.get("metadata"), body.get("note")) if isinstance(body, dict) else Said()
        async with files.fetched(request, library, url, content_type, types) as sent:
            added = await _add(request, library, bank_name, sent, said, url)
    else:
        async with files.uploaded(request, library, types) as sent:
            said = _of_form(sent.form)
            added = await _add(request, library, bank_name, sent, said, f"upload by {library.actor}")
    trail.details["content"] = added["id"]
    return added


def _of_form(form: Received | None) -> Said:
    metadata = None if form is None else form.field("metadata")
    note = None if form is None else form.field("note")
    return Said.of(None if metadata is None else answers.of_json(metadata), note)


async def _add(
    request: Request, library: Seawall, bank_name: str, sent: files.Sent, said: Said, origin: str
) -> dict[str, object]:
    def work() -> dict[str, object]:
        about = uploads.About(sent.file.name, origin, note=said.note)
        added = hma.add_file(library, bank_name, sent.file.path, sent.kind, sent.types, about)
        return _kept(library, added, said)

    return await forms.working_on(sent.file, forms.at_a_time(request, "files"), work)


@router.post("/signal", dependencies=_BANKS)
def signal_add(bank_name: str, body: curation.Body, library: Library, trail: Recorded) -> dict[str, object]:
    """Add a content of which only hashes are known. It can be matched at once."""
    curation.bank_record(library, bank_name)
    said = Said.of(None, body.get("note"))
    sent = {name: text for name, text in body.items() if name != "note"}
    if not sent:
        raise errors.BadRequest(reason="No signals given")
    given = [files.given(name, text, f"Invalid {name[:40]} signal") for name, text in sent.items()]
    about = uploads.About("hashes", f"hashes by {library.actor}", note=said.note)
    added = _kept(library, hma.add_hashes(library, bank_name, given, about), said)
    trail.details["content"] = added["id"]
    return added


def _kept(library: Seawall, added: hma.Added, said: Said) -> dict[str, object]:
    """What was said of a content is kept. One that is added again is enabled again."""
    before = library.curated.curated(added.number)
    now = Curated(ENABLED, said.metadata or before.metadata)
    if now != before:
        library.curated.curate(added.number, now)
    if said.note is not None:
        library.curated.set_note(added.number, said.note)
    return {"id": added.number, "signals": dict(added.signals)}


def _content(library: Seawall, bank_name: str, content_id: str) -> tuple[int, Reference]:
    """A content of a bank, with its number. Raises BankNotFound, RecordNotFound."""
    curation.bank_record(library, bank_name)
    if content_id.isascii() and content_id.isdecimal() and len(content_id) <= _MOST_DIGITS:
        number = int(content_id)
        found = library.lookup.references(Wanted(bank=bank_name), after=number - 1, limit=1)
        if found and found[0][0] == number:
            return found[0]
    raise errors.RecordNotFound(kind="content", id=content_id[:40])


def _until(reference: Reference, curated: Curated) -> int:
    return DISABLED if reference.state is ReferenceState.WITHDRAWN else curated.disable_until_ts


@router.get("/content/{content_id}", dependencies=_READ)
def content_show(
    bank_name: str,
    content_id: ContentId,
    library: Library,
    include_signals: str = "false",
    include_metadata: str = "true",
) -> dict[str, object]:
    """One content."""
    number, reference = _content(library, bank_name, content_id)
    curated = library.curated.curated(number)
    shown: dict[str, object] = {
        "id": number,
        "disable_until_ts": _until(reference, curated),
        "original_media_uri": None,
        "bank": curation.bank_record(library, bank_name),
    }
    if include_signals.lower() == "true":
        shown["signals"] = library.hma.texts(number, reference.kind)
    if include_metadata.lower() == "true" and curated.metadata:
        shown["metadata"] = {"collab": None, **dict.fromkeys(_METADATA), **curated.metadata}
    if reference.note is not None:
        shown["note"] = reference.note
    return shown


@router.put("/content/{content_id}", dependencies=_BANKS)
def content_update(
    bank_name: str, content_id: ContentId, body: curation.Body, library: Library, trail: Recorded
) -> dict[str, object]:
    """Disable a content for good or until a time, enable it, or note something of it."""
    number, reference = _content(library, bank_name, content_id)
    curated = library.curated.curated(number)
    note = reference.note
    if "disable_until_ts" in body:
        curated = replace(curated, disable_until_ts=_timestamp(body["disable_until_ts"]))
        if reference.state is ReferenceState.WITHDRAWN and curated.disable_until_ts != DISABLED:
            wanted, state = ReferenceState.ACTIVE, reference.state
            raise errors.StateConflict(reference=reference.id, state=state, wanted=wanted)
    if "note" in body:
        note = _note(body["note"])
        library.curated.set_note(number, note)
    if "disable_until_ts" in body:
        library.curated.curate(number, curated)
        trail.details["disable_until_ts"] = curated.disable_until_ts
    return {
        "id": number,
        "disable_until_ts": _until(reference, curated),
        "original_media_uri": None,
        "bank": curation.bank_record(library, bank_name),
        "collab_metadata": {},
        "user_metadata": None if curated.metadata is None else dict(curated.metadata),
        "note": note,
    }


def _timestamp(given: object) -> int:
    """0, 1 or a second up to five years ahead. Raises BadRequest."""
    try:
        made = int(given) if isinstance(given, int | float | str) and not isinstance(given, bool) else None
    except ValueError:
        made = None
    if made is None:
        raise errors.BadRequest(reason="disable_until_ts must be an integer")
    if made < 0:
        raise errors.BadRequest(reason="disable_until_ts must be a non-negative integer")
    if made > time.time() + _LATEST_S:
        raise errors.BadRequest(reason="disable_until_ts must be less than 5 years in the future")
    return made


@router.delete("/content/{content_id}", dependencies=_BANKS)
def content_delete(
    bank_name: str, content_id: ContentId, library: Library, trail: Recorded
) -> dict[str, int]:
    """Take a content out of its bank; a record of it stays."""
    try:
        _, reference = _content(library, bank_name, content_id)
        library.reference_remove(reference.id, "deleted by a client of /hma")
    except (errors.RecordNotFound, errors.ReferenceNotFound):
        trail.details["deleted"] = 0
        return {"deleted": 0}
    return {"deleted": 1}
