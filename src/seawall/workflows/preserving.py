"""Originals are kept before they are taken away: preserved, put on record, read for a purpose, and erased.

The order of steps is preserve, log, stamp, act, and no caller can leave one out: a decision that removes has
no effect before the store knows what is preserved of each of its items, or why nothing could be
(`store.relied`). A step that failed or was left out is an event of the custody log too.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from seawall import config, errors
from seawall.model.custody import CustodyEvent, CustodyType, NewCustody, Outcome, Value
from seawall.model.decision import Decision, Item
from seawall.model.locks import Lock
from seawall.model.preservation import (
    HELD_MONTHS,
    Basis,
    Preservation,
    PreservationState,
    Purpose,
    allowed,
    months_after,
    said,
)
from seawall.model.seen import Context
from seawall.objects import Objects
from seawall.outbound.web import Web
from seawall.store.custody import CustodyFilter
from seawall.store.heads import Head
from seawall.store.preservations import By, NewPreservation, PreservationFilter
from seawall.store.store import Store
from seawall.store.tasks import Json
from seawall.version import TOOL
from seawall.workflows import provenances

if TYPE_CHECKING:
    from seawall.evidence.checkpoint import Verifier
    from seawall.sealing import Sealer
    from seawall.workflows.stamping import Stamping
    from seawall.workflows.vaulting import Vault

PAGE: Final = 100
_CIPHER: Final = "AES-256-GCM in segments"
_NOT_KEPT: Final = "its bytes are not kept here"
_ONLY_HASHES: Final = "only hashes of it are known"


class Preserving:
    """What is preserved of the contents of one data folder, and the log of who did what to it."""

    def __init__(
        self,
        store: Store,
        objects: Objects,
        settings: config.Settings,
        actor: str,
        sealer: Callable[[], Sealer],
        web: Callable[[], Web],
    ) -> None:
        """sealer, web: as they are when they are needed."""
        self._store = store
        self._objects = objects
        self._settings = settings
        self._actor = actor
        self._sealer = sealer
        self._web = web
        self._provenances = provenances.Provenances(objects, settings)
        self._made: list[tuple[Vault, Stamping]] = []  # shared by all that act for others
        self.custody = store.custody
        self.heads = store.heads

    def acting_as(self, actor: str) -> Self:
        """The same, in which another one is recorded as having done things."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        return other

    def close(self) -> None:
        """End the processes that read what originals say of themselves."""
        self._provenances.close()

    # Preserving

    def preserve(
        self,
        sha256: str,
        basis: Basis,
        *,
        reference: str | None = None,
        related: Context = Context(),
        kind: str | None = None,
    ) -> Preservation:
        """Preserve a kept file; once this returns it is safe, and on record.

        reference: of the order or request that the basis is. related: where it stood; what the basis does not
        allow to be kept is left out. Raises BadRequest, MediaNotKept, BadEvidence, DiskFull, WriteFailed,
        ObjectsUnreachable.
        """
        if basis is Basis.AUTHORITY or reference is not None:
            reference = said("reference", reference or "")
        by = By(self._actor, TOOL)
        return self._preserve(by, sha256, basis, reference, allowed(basis, related), kind)

    def take_in(
        self, path: Path, basis: Basis, *, reference: str | None = None, related: Context = Context()
    ) -> Preservation:
        """Preserve a file that is not kept here. Raises PathNotFound, UnreadableFile, and as `preserve`."""
        try:
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise errors.PathNotFound(path=path) from error
        except OSError as error:
            raise errors.UnreadableFile(path=path, reason=error.strerror) from error
        self.vault.receive(path, sha256)
        return self.preserve(sha256, basis, reference=reference, related=related)

    def for_decision(self, decision_id: str) -> Json:
        """Preserve what a decision is about to take away, and put on record what it may rely on.

        Nothing for what is not due, or relies on all it needs already. Raises as `preserve`.
        """
        wanting = self._store.relied.wanting(decision_id)
        if not wanting:
            return {"preserved": 0, "skipped": 0}
        decision = self._store.decisions.get(decision_id)
        by = By(decision.actor, TOOL)
        kept: dict[str, str] = {}
        skipped: dict[str, str] = {}
        validated: set[str] = set()
        for item in wanting:
            named = self._named(decision, item)
            why = None if named is not None else self._why_not(decision, item)
            if why is not None:
                skipped[item.id] = why
            elif named is not None:
                kept[item.id] = named
            else:
                assert item.sha256 is not None
                kept[item.id] = self._for_item(item, item.sha256, by, validated)
        self._store.relied.rely(decision_id, kept, skipped, by)
        return {"preserved": len(kept), "skipped": len(skipped)}

    def is_kept(self, sha256: str) -> bool:
        """Whether there is something to preserve, or it is preserved. Raises ObjectsUnreachable."""
        return self._standing(sha256) is not None or self._objects.has(sha256)

    def _for_item(self, item: Item, sha256: str, by: By, validated: set[str]) -> str:
        basis = Basis.REMOVED_TERRORIST_CONTENT
        related = allowed(basis, item.context)
        made = self._preserve(by, sha256, basis, None, related, item.kind, is_valid=sha256 in validated)
        validated.add(sha256)
        return made.id

    def _named(self, decision: Decision, item: Item) -> str | None:
        """The record that the ruling names, where it is one of this item's content."""
        named = decision.ruling.preservation
        if named is None:
            return None
        known = self._store.preservations.get(named)
        is_of_it = item.sha256 is None or item.sha256 == known.sha256
        return known.id if is_of_it and known.state is PreservationState.KEPT else None

    def _why_not(self, decision: Decision, item: Item) -> str | None:
        """Why nothing of an item is preserved. What is kept here is, unless two persons say otherwise."""
        ruling = decision.ruling
        if item.sha256 is not None and self.is_kept(item.sha256):
            agreed = decision.second is not None and decision.second.agrees
            return ruling.not_preserved if agreed else None
        if ruling.not_preserved is not None:
            return ruling.not_preserved
        return _ONLY_HASHES if item.sha256 is None else _NOT_KEPT

    def _standing(self, sha256: str) -> Preservation | None:
        known = self._store.preservations.of(sha256)
        return next((one for one in known if one.state is PreservationState.KEPT), None)

    def _preserve(
        self,
        by: By,
        sha256: str,
        basis: Basis,
        reference: str | None,
        related: Context,
        kind: str | None,
        *,
        is_valid: bool = False,
    ) -> Preservation:
        standing = self._standing(sha256)
        if standing is not None:
            steps = [] if is_valid else [self._validated(standing, by)]
            new = NewPreservation(
                sha256, standing.bytes, standing.kind, None, None, basis, reference, related
            )
            with suppress(errors.RecordConflict):  # it was erased just now, and is preserved anew
                return self._store.preservations.add(new, by, steps)
        vault = self.vault
        with self._told(CustodyType.INGESTION, sha256, by):
            months = HELD_MONTHS[basis]
            until = None if months is None else months_after(datetime.now(UTC), months)
            locked = vault.lock(sha256, until)
        with self._told(CustodyType.VALIDATION, sha256, by):
            vault.validate(locked.sha256, locked.key, sha256)
        sealed = self._sealer().seal(locked.key.hex())
        extracted = self._provenances.of(sha256)
        new = NewPreservation(
            sha256, locked.plain_bytes, kind, locked.sha256, sealed, basis, reference, related, extracted
        )
        steps = [*self._steps(new, by, locked.lock), provenances.told(extracted.provenance, sha256, by)]
        return self._store.preservations.add(new, by, steps)

    def _validated(self, standing: Preservation, by: By) -> NewCustody:
        assert standing.locked_sha256 is not None
        with self._told(CustodyType.VALIDATION, standing.sha256, by):
            key = self.key(self._store.preservations.sealed_key(standing.id))
            self.vault.validate(standing.locked_sha256, key, standing.sha256)
        detail: dict[str, Value] = {"preservation": standing.id}
        return NewCustody(CustodyType.VALIDATION, by.actor, by.tool, standing.sha256, detail=detail)

    def _steps(self, new: NewPreservation, by: By, lock: Lock | str) -> list[NewCustody]:
        """What was done, in its order."""
        details: dict[CustodyType, dict[str, Value]] = {
            CustodyType.CAPTURE: {"from": self._objects.place, "bytes": new.bytes},
            CustodyType.DIGEST: {"algorithm": "SHA-256", "digest": new.sha256},
            CustodyType.ENCRYPTION: {"cipher": _CIPHER, "object": new.locked_sha256},
            CustodyType.INGESTION: {
                "place": self._objects.place,
                "object": new.locked_sha256,
                "lock": lock.as_record() if isinstance(lock, Lock) else None,
                "no_lock": None if isinstance(lock, Lock) else lock,
            },
            CustodyType.VALIDATION: {"bytes": new.bytes},
        }
        return [
            NewCustody(type_, by.actor, by.tool, new.sha256, detail=detail)
            for type_, detail in details.items()
        ]

    @contextmanager
    def _told(self, type_: CustodyType, sha256: str, by: By) -> Iterator[None]:
        """Have a step's failure be an event, as far as the log can be reached."""
        try:
            yield
        except errors.SeawallError as error:
            detail: dict[str, Value] = {"error": error.code, "message": error.message}
            failed = NewCustody(type_, by.actor, by.tool, sha256, Outcome.FAILURE, detail)
            with suppress(errors.OutsideError):
                self._store.custody.add([failed])
            raise

    # The log

    def stamp(self) -> Head:
        """Sign the head of the log, and ask each authority that is set to attest it. Raises BadEvidence."""
        return self.stamping.stamp(By(self._actor, TOOL))

    def stamp_anyway(self) -> Json:
        """As `stamp`, for what does not wait for it: that it failed is an event. The head's size, if any."""
        try:
            return self.stamp().size
        except errors.SeawallError as error:
            detail: dict[str, Value] = {"error": error.code, "message": error.message}
            by = (self._actor, TOOL)
            self._store.custody.add([NewCustody(CustodyType.SIGNATURE, *by, None, Outcome.FAILURE, detail)])
            return None

    def upgrade(self) -> int:
        """Ask calendars that are set for what they promised; how many proofs lead to a block now."""
        return self.stamping.upgrade(By(self._actor, TOOL))

    def head(self) -> Head:
        """The head of the log, signed. Raises BadEvidence."""
        return self.stamping.head()

    def verifier(self) -> Verifier:
        """The public key that heads are signed with."""
        return self.stamping.verifier()

    def events(
        self,
        *,
        sha256: str | None = None,
        type_: CustodyType | None = None,
        after: int = -1,
        limit: int = PAGE,
    ) -> list[CustodyEvent]:
        """The next events of the log behind a number."""
        return self._store.custody.events(CustodyFilter(sha256, type_), after=after, limit=limit)

    # What is kept

    def get(self, preservation_id: str) -> Preservation:
        """Raises RecordNotFound."""
        return self._store.preservations.get(preservation_id)

    def manifests(self, preservation_id: str) -> str | None:
        """The C2PA manifest store of an original, as JSON; None where none is on record or it is erased.

        Raises RecordNotFound.
        """
        known = self.get(preservation_id)
        return None if known.provenance is None else self._store.preservations.store_of(known.sha256)

    def page(
        self, wanted: PreservationFilter = PreservationFilter(), *, after: int = 0, limit: int = PAGE
    ) -> list[tuple[int, Preservation]]:
        """A page of what is or was kept, in the order in which it was preserved, each with its number."""
        return self._store.preservations.page(wanted, after=after, limit=limit)

    def hold(self, preservation_id: str, requester: str, reference: str, until: datetime) -> Preservation:
        """Keep it longer, for somebody. Raises RecordNotFound, RecordConflict, BadRequest."""
        return self._store.preservations.hold(
            preservation_id,
            said("requester", requester),
            said("reference", reference),
            until,
            By(self._actor, TOOL),
        )

    def lift(self, preservation_id: str, hold_id: str, reason: str) -> Preservation:
        """End a hold. Raises RecordNotFound, BadRequest."""
        by = By(self._actor, TOOL)
        return self._store.preservations.lift(preservation_id, hold_id, said("reason", reason), by)

    def read(self, preservation_id: str, purpose: Purpose, reason: str, *, user: str) -> Iterator[bytes]:
        """The bytes of an original, piece by piece. That it is read is on record when this returns.

        Raises RecordNotFound, RecordConflict, BadRequest; BadEvidence, also at a later piece.
        """
        by, why = By(self._actor, TOOL), said("reason", reason)
        known = self._store.preservations.get(preservation_id)
        sealed = self._store.preservations.read(preservation_id, user, purpose, why, by)
        return self._pieces(known, sealed, by)

    def _pieces(self, known: Preservation, sealed: str, by: By) -> Iterator[bytes]:
        assert known.locked_sha256 is not None
        with self._told(CustodyType.DECRYPTION, known.sha256, by):
            yield from self.vault.pieces(known.locked_sha256, self.key(sealed))

    # Of what it is made

    def key(self, sealed: str) -> bytes:
        """A key that was sealed. Raises BadSetting."""
        return bytes.fromhex(self._sealer().open(sealed))

    @property
    def vault(self) -> Vault:
        """Where originals lie. Raises ServiceMissing."""
        return self._parts()[0]

    @property
    def stamping(self) -> Stamping:
        """What signs heads. Raises ServiceMissing."""
        return self._parts()[1]

    @property
    def objects(self) -> Objects:
        """Where kept files lie."""
        return self._objects

    @property
    def actor(self) -> str:
        """Who is recorded as having done things."""
        return self._actor

    def _parts(self) -> tuple[Vault, Stamping]:
        """Made when they are first needed: what they take comes with the extra that serves."""
        if not self._made:
            try:
                from seawall.workflows.stamping import Stamping  # noqa: PLC0415 - as said above
                from seawall.workflows.vaulting import Vault  # noqa: PLC0415 - likewise
            except ImportError as cause:
                raise errors.ServiceMissing(name=cause.name) from cause
            vault = Vault(self._objects, self._store.working, self._settings.data)
            asked = (self._settings.text(f"timestamp_{kind}") for kind in ("authorities", "calendars"))
            self._made.append((vault, Stamping(self._store, self._sealer, self._web, *asked)))
        return self._made[0]
