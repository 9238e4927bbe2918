"""References: what banks hold, which of it may act, and what is thought of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from seawall.client.call import Call, given
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class Reference:
    """One known item of a bank."""

    id: str
    bank: str
    negative: bool
    name: str
    kind: str  #: image, video, audio
    sha256: str | None  #: None where only hashes are known
    duration_s: float | None
    state: str  #: active, disputed, withdrawn
    labels: tuple[str, ...]
    origin: str
    note: str | None
    incident: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReferenceEvent:
    """One change of a reference's state."""

    at: datetime
    actor: str
    from_state: str
    to_state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """One opinion on a reference."""

    owner: str  #: the member of a list; empty for ours
    mine: bool
    stance: str
    labels: tuple[str, ...]
    by: str | None
    at: datetime
    note: str | None
    sending: str | None  #: what became of ours; None for those of others


@dataclass(frozen=True, slots=True)
class Verification:
    """A person has looked at a reference and stands by it."""

    reference: str
    user: str
    name: str
    grounds: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a person stands by a reference, and all who said so."""

    verified: bool
    verifications: tuple[Verification, ...]


class References(Group):
    """References: `references(bank="KNOWN")` lists them, the oldest first."""

    def __call__(
        self,
        *,
        bank: str | None = None,
        state: str | None = None,
        kind: str | None = None,
        label: str | None = None,
        incident: str | None = None,
        sha256: str | None = None,
    ) -> Iterator[Reference]:
        wanted = {
            "bank": bank,
            "state": state,
            "kind": kind,
            "label": label,
            "incident": incident,
            "sha256": sha256,
        }
        return self._listed(Reference, Call("GET", "/v1/references", query=wanted))

    def get(self, reference: str) -> Reference:
        """One reference. Raises ReferenceNotFound."""
        return self._read(Reference, Call("GET", "/v1/references/{reference}", {"reference": reference}))

    def events(self, reference: str) -> tuple[ReferenceEvent, ...]:
        """All changes of its state, in order."""
        call = Call("GET", "/v1/references/{reference}/events", {"reference": reference})
        return self._many(ReferenceEvent, call, "events")

    def label(self, reference: str, *labels: str) -> Reference:
        """Give a reference labels beside those that it has."""
        call = Call(
            "POST", "/v1/references/{reference}/labels", {"reference": reference}, json={"labels": labels}
        )
        return self._read(Reference, call)

    def unlabel(self, reference: str, label: str) -> Reference:
        """Take a label off a reference."""
        call = Call("DELETE", "/v1/references/{reference}/labels", {"reference": reference}, {"label": label})
        return self._read(Reference, call)

    def dispute(self, reference: str, reason: str) -> Reference:
        """Mark a reference as disputed: it is still matched, and never more than suggested."""
        return self._read(Reference, _said("/v1/references/{reference}/dispute", reference, reason))

    def clear(self, reference: str, reason: str) -> Reference:
        """Settle a dispute in the reference's favour: it is active again."""
        return self._read(Reference, _said("/v1/references/{reference}/clear", reference, reason))

    def withdraw(self, reference: str, reason: str) -> Reference:
        """Withdraw a reference: it is not matched any more. Adding its file again brings it back."""
        return self._read(Reference, _said("/v1/references/{reference}/withdraw", reference, reason))

    def remove(self, reference: str, reason: str) -> None:
        """Take a reference out of its bank. A record of it stays."""
        at = {"reference": reference}
        self._transport.ask(Call("DELETE", "/v1/references/{reference}", at, {"reason": reason}))

    def opinions(self, reference: str) -> tuple[Opinion, ...]:
        """Opinions on a reference: ours first, then those of the members of lists."""
        call = Call("GET", "/v1/references/{reference}/opinions", {"reference": reference})
        return self._many(Opinion, call, "opinions")

    def opine(
        self, reference: str, stance: str, *, labels: Sequence[str] = (), note: str | None = None
    ) -> Opinion:
        """Give our opinion, in place of an older one. A negative one disputes the reference."""
        body = given(stance=stance, labels=labels, note=note)
        at = {"reference": reference}
        return self._read(Opinion, Call("POST", "/v1/references/{reference}/opinions", at, json=body))

    def verification(self, reference: str) -> Verified:
        """Whether a person stands by a reference."""
        call = Call("GET", "/v1/references/{reference}/verification", {"reference": reference})
        return self._read(Verified, call)

    def verify(self, reference: str, grounds: str) -> Verification:
        """Stand by a reference, as the user who answers for the key. grounds: what was seen."""
        at, body = {"reference": reference}, {"grounds": grounds}
        return self._read(
            Verification, Call("POST", "/v1/references/{reference}/verification", at, json=body)
        )


def _said(path: str, reference: str, reason: str) -> Call:
    return Call("POST", path, {"reference": reference}, json={"reason": reason})
