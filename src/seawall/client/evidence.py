"""Evidence: what is preserved, the custody log, and what leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from seawall.client.call import Call, given
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class Related:
    """Where it stood, as far as the basis allows that to be kept."""

    uploader: str | None
    post: str | None
    url: str | None
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What an original says of where it comes from. That it has no manifest means nothing."""

    found: str  #: present, remote, absent, unread
    at: datetime
    reader: str | None
    validation: str | None  #: of the active manifest; its signer is not judged
    failures: tuple[str, ...]  #: codes of C2PA
    address: str | None  #: of a manifest that is elsewhere
    store_sha256: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Manifests:
    """A C2PA manifest store, as the reader gave it."""

    sha256: str
    provenance: Provenance | None
    store: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody needs it longer."""

    id: str
    requester: str
    reference: str
    until: datetime
    set_at: datetime
    set_by: str
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody read the original."""

    at: datetime
    user: str
    purpose: str  #: review, prosecution
    reason: str


@dataclass(frozen=True, slots=True)
class Preservation:
    """An original that is, or was, preserved."""

    id: str
    sha256: str
    bytes: int
    kind: str | None
    locked_sha256: str | None
    at: datetime
    actor: str
    basis: str
    reference: str | None
    related: Related | None
    provenance: Provenance | None
    removed_at: datetime | None
    expires_at: datetime | None
    state: str  #: kept, erased
    holds: tuple[Held, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the custody log."""

    size: int
    root: str  #: hex
    at: datetime
    checkpoint: str  #: the signed note


@dataclass(frozen=True, slots=True)
class Key:
    """The public key that heads are signed with."""

    key: str  #: NAME+ID+KEY


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the custody log."""

    index: int
    id: str
    at: datetime
    type: str
    hashes: Mapping[str, str]
    said: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An event with the proof that it is in the log."""

    size: int
    index: int
    id: str
    at: datetime
    type: str
    hashes: Mapping[str, str]
    opened: Mapping[str, object]
    proof: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consistency:
    """The proof that the log goes on from an earlier head."""

    first: int
    second: int
    proof: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A job that was asked for."""

    job: str


class Evidence(Group):
    """Evidence: `evidence(state="kept")` lists what is preserved."""

    def __call__(self, *, sha256: str | None = None, state: str | None = None) -> Iterator[Preservation]:
        wanted = {"sha256": sha256, "state": state}
        return self._listed(Preservation, Call("GET", "/v1/evidence", query=wanted))

    def get(self, preservation: str) -> Preservation:
        """One record. Raises RecordNotFound."""
        at = {"preservation": preservation}
        return self._read(Preservation, Call("GET", "/v1/evidence/{preservation}", at))

    def manifests(self, preservation: str) -> Manifests:
        """The C2PA manifest store of an original. Raises RecordNotFound."""
        at = {"preservation": preservation}
        return self._read(Manifests, Call("GET", "/v1/evidence/{preservation}/manifests", at))

    def hold(self, preservation: str, requester: str, reference: str, until: datetime) -> Preservation:
        """Keep something longer, for somebody. Raises RecordConflict."""
        at, body = (
            {"preservation": preservation},
            given(requester=requester, reference=reference, until=until),
        )
        return self._read(Preservation, Call("POST", "/v1/evidence/{preservation}/holds", at, json=body))

    def lift(self, preservation: str, hold: str, reason: str) -> Preservation:
        """End a hold. Raises RecordNotFound."""
        at, body = {"preservation": preservation, "hold": hold}, given(reason=reason)
        path = "/v1/evidence/{preservation}/holds/{hold}/lift"
        return self._read(Preservation, Call("POST", path, at, json=body))

    def export(
        self,
        kind: str,
        id: str,  # noqa: A002 - as the field is called
        *,
        basis: str,
        recipient: str,
        reason: str,
        purpose: str | None = None,
        open_faces: str | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Have a bag of a case or an incident written; the job that does.

        purpose: None: no originals. open_faces: why faces in working copies are left open; None: covered.
        """
        body = given(
            kind=kind,
            id=id,
            basis=basis,
            recipient=recipient,
            reason=reason,
            purpose=purpose,
            open_faces=open_faces,
        )
        call = Call("POST", "/v1/evidence/exports", json=body, key=idempotency_key)
        return self._read(Asked, call).job

    def head(self) -> Head:
        """The head of the custody log, signed."""
        return self._read(Head, Call("GET", "/v1/evidence/log"))

    def key(self) -> str:
        """The public key of the custody log."""
        return self._read(Key, Call("GET", "/v1/evidence/log/key")).key

    def events(self, *, sha256: str | None = None, type: str | None = None) -> Iterator[Event]:  # noqa: A002 - as the field is called
        """Events of the custody log, in their order."""
        wanted = {"sha256": sha256, "type": type}
        return self._listed(Event, Call("GET", "/v1/evidence/log/events", query=wanted))

    def inclusion(self, event: str, *, size: int | None = None) -> Inclusion:
        """The proof that an event is in the log of a size. Raises RecordNotFound."""
        call = Call("GET", "/v1/evidence/log/events/{event}", {"event": event}, query={"size": size})
        return self._read(Inclusion, call)

    def consistency(self, first: int, *, second: int | None = None) -> Consistency:
        """The proof that the log goes on from an earlier head. Raises RecordNotFound."""
        query = {"first": first, "second": second}
        return self._read(Consistency, Call("GET", "/v1/evidence/log/consistency", query=query))
