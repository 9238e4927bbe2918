"""What of an incident a recipient may see: the one place where it is decided.

`sharing.toml` says it, part by part. Texts go through the record's view, so that no protected name leaves
under any marking, a child's least of all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Final

from seawall import errors
from seawall.model.bank import Reference, ReferenceState
from seawall.model.claim import Status
from seawall.model.content import Kind
from seawall.model.copies import Copy
from seawall.model.exchange import HeldOpinion, Stance
from seawall.model.incident import Claim, Credibility, Reliability, Revision
from seawall.model.sharing import (
    RANK,
    Recipient,
    Shared,
    SharedClaim,
    SharedHash,
    SharedOpinion,
    SharedReference,
    Sighting,
    Tlp,
)
from seawall.model.signal import Signal, SignalType
from seawall.reports import sentences
from seawall.reports.view import View

#: Algorithms that other programs know, by our types.
ALGORITHMS: Final = {SignalType.SHA256: "SHA-256", SignalType.MD5: "MD5", SignalType.PDQ: "PDQ"}

_STANCES: Final = {
    Stance.POSITIVE: "agree",
    Stance.SEED: "neutral",
    Stance.NEGATIVE: "strongly-disagree",
}
_CONFIRMED: Final = frozenset({Status.CONFIRMED, Status.EDITED})


@dataclass(frozen=True, slots=True)
class Known:
    """A reference of the incident with all that there is of it."""

    reference: Reference
    signals: tuple[Signal, ...]
    opinions: tuple[HeldOpinion, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A copy, and the references that it has something of."""

    copy: Copy
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may be given what."""

    recipients: Mapping[str, str]
    fields: Mapping[str, str]

    def widest(self, tlp: Tlp) -> Recipient:
        """The recipient that a marking is made for, where none is named."""
        return next(one for one in Recipient if RANK[Tlp(self.recipients[one])] >= RANK[tlp])

    def expect(self, recipient: Recipient, tlp: Tlp) -> None:
        """Raises NotForRecipient."""
        if RANK[tlp] > RANK[Tlp(self.recipients[recipient])]:
            raise errors.NotForRecipient(tlp=tlp.value.upper(), recipient=recipient.value)

    def lets_out(self, field: str, tlp: Tlp) -> bool:
        """Whether a part of a record leaves under a marking."""
        least = self.fields.get(field)
        return least is not None and RANK[Tlp(least)] <= RANK[tlp]


@cache
def rules() -> Rules:
    """Those that come along."""
    text = resources.files("seawall.reports").joinpath("sharing.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    return Rules(found["recipients"], found["fields"])


def shared(
    view: View,
    tlp: Tlp,
    recipient: Recipient | None,
    known: Iterable[Known],
    seen: Sequence[Seen],
    *,
    complete: bool = True,
) -> Shared:
    """An incident as a recipient may see it. Raises NotForRecipient, NoCitation."""
    given = rules()
    to = given.widest(tlp) if recipient is None else recipient
    given.expect(to, tlp)
    cut = _Cut(view, given, tlp)
    references = tuple(cut.reference(one) for one in known if _is_live(one))
    names = {one.id for one in references}
    return Shared(
        incident=view.ledger.id,
        tlp=tlp,
        recipient=to,
        title=cut.text("title", view.ledger.heading.title),
        status=view.ledger.heading.status.value,
        opened_at=view.ledger.revisions[0].at,
        changed_at=view.ledger.revisions[-1].at,
        references=tuple(one for one in references if one.hashes),
        sightings=tuple(cut.sightings(seen, names)),
        claims=tuple(cut.claim(one) for one in view.counted) if cut.may("claim") else (),
        complete=complete,
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """Leaves out what a marking does not let out."""

    view: View
    rules: Rules
    tlp: Tlp

    def may(self, field: str) -> bool:
        return self.rules.lets_out(field, self.tlp)

    def text(self, field: str, text: str | None) -> str | None:
        return self.view.optional(text) if self.may(field) else None

    def reference(self, one: Known) -> SharedReference:
        of = one.reference
        disputed = of.state is ReferenceState.DISPUTED and self.may("reference.disputed")
        return SharedReference(
            id=of.id,
            kind=Kind(of.kind),
            hashes=_hashes(one) if self.may("reference.hashes") else (),
            name=self.text("reference.name", of.name),
            duration_s=of.duration_s if self.may("reference.duration_s") else None,
            labels=tuple(self.view.text(label) for label in of.labels)
            if self.may("reference.labels")
            else (),
            added_at=of.created_at,
            disputed=disputed,
            opinions=tuple(self._opinion(said) for said in one.opinions)
            if self.may("reference.opinions")
            else (),
        )

    def _opinion(self, said: HeldOpinion) -> SharedOpinion:
        owner = None if said.mine else self.text("reference.opinions.owner", said.opinion.owner)
        return SharedOpinion(_STANCES[said.opinion.stance], owner, said.at)

    def sightings(self, seen: Sequence[Seen], known: set[str]) -> Iterable[Sighting]:
        if not self.may("sighting"):
            return
        for one in seen:
            of = tuple(name for name in one.references if name in known)
            if of:
                digest = one.copy.sha256 if self.may("sighting.sha256") else None
                times = max(1, len(one.copy.seen_at))
                yield Sighting(one.copy.key, digest, of, one.copy.first_at, one.copy.last_at, times)

    def claim(self, entry: Revision[Claim]) -> SharedClaim:
        one, citation = entry.state, self.view.ledger.citation(entry.state.document)
        shown = entry if self.may("claim.by") else replace(entry, by="a person")
        judged = self.may("claim.judged")
        rated = judged and citation.info_credibility is not Credibility.CANNOT_BE_JUDGED
        trusted = judged and citation.source_reliability is not Reliability.F
        return SharedClaim(
            id=one.id,
            facet=one.said.facet.value,
            sentence=sentences.claim(self.view, shown),
            status=one.status.value,
            hedge=one.said.hedge.level.value,
            reliability=citation.source_reliability.value if trusted else None,
            credibility=int(citation.info_credibility) if rated else None,
            confirmed=one.status in _CONFIRMED,
            disputed=one.status is Status.DISPUTED,
            at=entry.at,
            by=self.text("claim.by", entry.by),
        )


def _is_live(one: Known) -> bool:
    """What is withdrawn, or known to be harmless, is nothing to pass on."""
    return one.reference.state is not ReferenceState.WITHDRAWN and not one.reference.negative


def _hashes(one: Known) -> tuple[SharedHash, ...]:
    found = {} if one.reference.sha256 is None else {"SHA-256": one.reference.sha256}
    for signal in one.signals:
        if signal.type in ALGORITHMS:
            found.setdefault(ALGORITHMS[signal.type], signal.value.hex())
    return tuple(SharedHash(name, value) for name, value in sorted(found.items()))
