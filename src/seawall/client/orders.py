"""Orders as files, answers to authorities, statements, threats to life, and referrals to a hotline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from seawall.client.call import Call, File, Form, given, plain
from seawall.client.decisions import Decision
from seawall.client.group import Group
from seawall.client.notices import Clock


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a field."""

    name: str
    value: str
    where: str


@dataclass(frozen=True, slots=True)
class OrderFile:
    """What was read in the file of an order: a proposal, until a person confirms it."""

    id: str
    notice: str
    sha256: str
    name: str
    form: str  #: xml, pdf, text
    fields: tuple[Found, ...]
    contradicted: tuple[str, ...]
    unread: tuple[str, ...]
    at: datetime
    actor: str
    settled: str | None  #: confirmed, put_aside
    settled_at: datetime | None
    settled_by: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is told to one person."""

    id: str
    kind: str  #: reasons, information, reinstatement, outcome
    decision: str
    notice: str | None
    recipient: str | None
    items: tuple[str, ...]
    created_at: datetime
    due_at: datetime | None  #: None: silence is ordered without a known end
    told_at: datetime | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a threat, and from where."""

    question: str  #: what, who, where, when
    said: str
    source: str


@dataclass(frozen=True, slots=True)
class Threat:
    """A dossier of a threat to life."""

    id: str
    at: datetime
    actor: str
    facts: tuple[Fact, ...]
    authority: str
    attachments: tuple[str, ...]
    country: str | None
    items: tuple[str, ...]
    follows: str | None


@dataclass(frozen=True, slots=True)
class Referral:
    """That a content was referred to a hotline, and is out of review."""

    id: str
    at: datetime
    actor: str
    hotline: str
    receipt: str | None
    reason: str
    sha256: str | None
    items: tuple[str, ...]


class Orders(Group):
    """Orders, beyond taking them in as notices."""

    def take(
        self,
        file: File,
        received_at: datetime,
        *,
        zone: str = "UTC",
        channel: str = "program",
        subject: str | None = None,
        idempotency_key: str | None = None,
    ) -> OrderFile:
        """Take in an order that is a file. It is on record at once; what it says has to be confirmed."""
        fields = given(received_at=received_at, zone=zone, channel=channel, subject=subject)
        form = Form([file], fields)
        return self._read(OrderFile, Call("POST", "/v1/orders/files", form=form, key=idempotency_key))

    def file(self, file: str) -> OrderFile:
        """What was read in a file. Raises RecordNotFound."""
        return self._read(OrderFile, Call("GET", "/v1/orders/files/{file}", {"file": file}))

    def confirm(self, file: str, reason: str, changes: Mapping[str, object]) -> OrderFile:
        """Have the order say what was confirmed, by fields' names; further ones stand under `particulars`.

        Raises RecordConflict, BadNotice.
        """
        body = {"reason": reason, **{name: plain(value) for name, value in changes.items()}}
        return self._read(
            OrderFile, Call("POST", "/v1/orders/files/{file}/confirm", {"file": file}, json=body)
        )

    def put_aside(self, file: str) -> OrderFile:
        """Let nothing of what was read hold. Raises RecordConflict."""
        return self._read(OrderFile, Call("POST", "/v1/orders/files/{file}/put-aside", {"file": file}))

    def annex(self, notice: str, annex: str, *, signatory: str | None = None) -> Mapping[str, object]:
        """The answer to an order, as `seawall.annex/1` has it. annex: `ii` or `iii`."""
        at = {"notice": notice, "annex": annex}
        path = "/v1/notices/{notice}/annexes/{annex}"
        return self._ask(Call("GET", path, at, query=given(signatory=signatory)))

    def ask_scrutiny(self, notice: str, reason: str, *, at: datetime | None = None) -> Clock:
        """Ask for scrutiny of a cross-border order; the clock of the answer. Raises RecordConflict."""
        body = given(reason=reason, at=at)
        return self._read(Clock, Call("POST", "/v1/notices/{notice}/scrutiny", {"notice": notice}, json=body))

    def scrutinised(
        self, notice: str, reason: str, *, infringes: bool, at: datetime | None = None
    ) -> tuple[Decision, ...]:
        """What the authority has decided; the reinstatements that follow. Raises RecordConflict."""
        body = given(reason=reason, infringes=infringes, at=at)
        path = "/v1/notices/{notice}/scrutiny/outcome"
        return self._many(Decision, Call("POST", path, {"notice": notice}, json=body), "items")

    def reinstate(
        self,
        decision: str,
        reason: str,
        facts: str,
        *,
        views: Sequence[str] = ("metadata",),
        origin: str = "other_notice",
        notice: str | None = None,
        items: Sequence[str] = (),
        undo_s: float | None = None,
        idempotency_key: str | None = None,
    ) -> Decision:
        """Have what a decision took away be there again. Raises RecordConflict, SecondPerson."""
        said = given(reason=reason, facts=facts, views=views, origin=origin, notice=notice, undo_s=undo_s)
        call = Call(
            "POST",
            "/v1/decisions/{decision}/reinstate",
            {"decision": decision},
            json={**said, "items": list(items)},
            key=idempotency_key,
        )
        return self._read(Decision, call)


class Statements(Group):
    """Statements: `statements(told=False)` lists those that wait."""

    def __call__(
        self, *, told: bool | None = None, decision: str | None = None, recipient: str | None = None
    ) -> Iterator[Statement]:
        wanted = {"told": told, "decision": decision, "recipient": recipient}
        return self._listed(Statement, Call("GET", "/v1/statements", query=wanted))

    def get(self, statement: str) -> Statement:
        """One statement. Raises RecordNotFound."""
        return self._read(Statement, Call("GET", "/v1/statements/{statement}", {"statement": statement}))


class Threats(Group):
    """Threats to life: `threats()` lists the dossiers in the order in which they were made."""

    def __call__(self) -> Iterator[Threat]:
        return self._listed(Threat, Call("GET", "/v1/threats"))

    def report(
        self,
        facts: Sequence[Fact],
        authority: str,
        *,
        attachments: Sequence[str] = (),
        country: str | None = None,
        items: Sequence[str] = (),
        follows: str | None = None,
        idempotency_key: str | None = None,
    ) -> Threat:
        """Put a dossier on record, and have it told of. Raises BadThreat."""
        body = given(
            facts=facts,
            authority=authority,
            attachments=attachments,
            country=country,
            items=items,
            follows=follows,
        )
        return self._read(Threat, Call("POST", "/v1/threats", json=body, key=idempotency_key))

    def get(self, threat: str) -> Threat:
        """One dossier. Raises RecordNotFound."""
        return self._read(Threat, Call("GET", "/v1/threats/{threat}", {"threat": threat}))


class Referrals(Group):
    """Referrals: `referrals()` lists them in the order in which they were made."""

    def __call__(self) -> Iterator[Referral]:
        return self._listed(Referral, Call("GET", "/v1/referrals"))

    def refer(self, item: str, reason: str, *, receipt: str | None = None) -> Referral:
        """Refer an item to the hotline that is set. Raises HotlineMissing, RecordConflict."""
        body = given(reason=reason, receipt=receipt)
        return self._read(Referral, Call("POST", "/v1/items/{item}/referral", {"item": item}, json=body))

    def get(self, referral: str) -> Referral:
        """One referral. Raises RecordNotFound."""
        return self._read(Referral, Call("GET", "/v1/referrals/{referral}", {"referral": referral}))
