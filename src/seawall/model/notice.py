"""Notices and orders: what came in from a person or an authority, and where the work on it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from seawall import errors
from seawall.model import clock
from seawall.model.clock import Clock
from seawall.model.notice_fields import BY_NAME, FIELDS, Field, Form, NoticeKind
from seawall.model.periods import STARTED_BY, Trigger

MAX_LINE: Final = 500  #: characters
MAX_TEXT: Final = 5000
MAX_URL: Final = 2000
MAX_PLACES: Final = 500  #: addresses, posts and digests, each
YES: Final = "yes"  #: what a field says that is ticked

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_URL: Final = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)


class NoticeState(StrEnum):
    """Where the work on a notice stands."""

    RECEIVED = "received"
    INCOMPLETE = "incomplete"  #: received, and something is missing that its kind needs
    IN_WORK = "in_work"
    ANSWERED = "answered"
    CLOSED = "closed"


#: States in which somebody has something to do.
OPEN: Final = frozenset({NoticeState.RECEIVED, NoticeState.INCOMPLETE, NoticeState.IN_WORK})


class Channel(StrEnum):
    """How it came in."""

    EMAIL = "email"
    FORM = "form"
    PLATFORM = "platform"  #: of authorities or flaggers
    POST = "post"
    PHONE = "phone"
    PROGRAM = "program"


class LinkKind(StrEnum):
    """What a notice can be joined to."""

    ITEM = "item"
    CASE = "case"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Particular:
    """A field of `notice_fields` that the record has no place of its own for."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Message:
    """What came in, as it is known. Of a person, no more than their name and where an answer goes."""

    kind: NoticeKind
    received_at: datetime  #: when it came in, whenever it was seen
    zone: str  #: of the place where it came in
    channel: Channel
    subject: str
    sender: str | None = None  #: the authority, or the person
    contact: str | None = None
    reference: str | None = None  #: the sender's own
    language: str | None = None
    urls: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    sha256s: tuple[str, ...] = ()
    file_name: str | None = None  #: of what was sent along
    grounds: str | None = None
    particulars: tuple[Particular, ...] = ()

    def value(self, name: str) -> object:
        """What a field says; None, or nothing, where it says nothing."""
        if BY_NAME[name].own:
            return getattr(self, name)
        return next((one.value for one in self.particulars if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Link:
    """What a notice was joined to."""

    kind: LinkKind
    id: str
    at: datetime
    actor: str
    why: str


@dataclass(frozen=True, slots=True)
class NoticeEvent:
    """One thing that happened to a notice. Events are only added."""

    at: datetime
    actor: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice or order on record."""

    id: str
    state: NoticeState
    message: Message
    recorded_at: datetime
    recorded_by: str
    due_at: datetime | None  #: the soonest end of a clock of it that runs
    links: tuple[Link, ...]
    clocks: tuple[Clock, ...]
    events: tuple[NoticeEvent, ...]

    @property
    def missing(self) -> tuple[Field, ...]:
        """What its kind needs and it does not have."""
        return missing(self.message)


@dataclass(frozen=True, slots=True)
class Listed:
    """A notice in a list: without what a person has said."""

    id: str
    kind: NoticeKind
    state: NoticeState
    subject: str
    authority: str | None  #: of an order; senders who are persons are in no list
    reference: str | None
    received_at: datetime
    zone: str
    due_at: datetime | None
    missing: int  #: how many fields


def missing(message: Message) -> tuple[Field, ...]:
    """The fields that a kind needs and that say nothing; of alternatives, the first stands for all."""
    found: dict[str, Field] = {}
    said: set[str] = set()
    for one in FIELDS:
        need = one.need(message.kind)
        if need is not None:
            of = need.group or one.name
            found.setdefault(of, one)
            if message.value(one.name):
                said.add(of)
    return tuple(one for of, one in found.items() if of not in said)


def triggers(message: Message) -> tuple[Trigger, ...]:
    """The events that its receipt is, for the periods of law; what is not said is taken as its default."""
    found: dict[Trigger, None] = {}
    for one in FIELDS:
        if message.kind in one.kinds:
            value = message.value(one.name) or one.default
            for start in one.starts:
                if start.kind is message.kind and start.value == value:
                    found[start.trigger] = None
    return tuple(found)


def first_contact(message: Message) -> str:
    """What is wrong with an order, where it is its authority's first: `unknown`, `early` or nothing.

    Twelve hours before, the authority informs of its procedures, except in an emergency.
    """
    if Trigger.ORDER_RECEIVED not in triggers(message):
        return ""
    said = message.value("first_contact_at")
    if not said:
        return "unknown"
    informed = datetime.fromisoformat(str(said))
    needed_s = clock.length_s(STARTED_BY[Trigger.AUTHORITY_INFORMS], informed, UTC)
    return "early" if (message.received_at - informed).total_seconds() < needed_s else ""


def check(message: Message, now: datetime) -> None:
    """Refuse what cannot be put on record; what is merely missing is no fault. Raises BadNotice."""
    if message.received_at.tzinfo is None:
        raise _bad("received_at", "it needs a time zone")
    if message.received_at > now:
        raise _bad("received_at", "it lies in the future")
    try:
        clock.zone(message.zone)
    except errors.BadClock as error:
        raise _bad("zone", error.message) from None
    for name, said in _texts(message):
        longest = MAX_TEXT if BY_NAME[name].form is Form.TEXT else MAX_LINE
        if not said.strip() or len(said) > longest:
            raise _bad(name, f"it needs 1 to {longest} characters")
    _check_places(message)
    _check_particulars(message)


def _check_places(message: Message) -> None:
    for name in ("urls", "posts", "sha256s"):
        said: tuple[str, ...] = getattr(message, name)
        if len(said) > MAX_PLACES or len(set(said)) < len(said):
            raise _bad(name, f"name up to {MAX_PLACES}, each once")
    for url in message.urls:
        if not _URL.fullmatch(url) or len(url) > MAX_URL or not url.isprintable():
            raise _bad("urls", f"an address is http or https, of up to {MAX_URL} characters, without blanks")
    for post in message.posts:
        if not post.strip() or len(post) > MAX_LINE:
            raise _bad("posts", f"a post is named in 1 to {MAX_LINE} characters")
    for digest in message.sha256s:
        if not _SHA256.fullmatch(digest):
            raise _bad("sha256s", "a digest is 64 hexadecimal digits in lower case")


def _check_particulars(message: Message) -> None:
    names = [one.name for one in message.particulars]
    if len(set(names)) < len(names):
        raise _bad("particulars", "name each field once")
    for one in message.particulars:
        field = BY_NAME.get(one.name)
        if field is None or field.own or message.kind not in field.kinds:
            raise _bad(one.name[:64] or "particulars", f"there is no such field in a {message.kind}")
        _check_particular(field, one.value)


def _check_particular(field: Field, value: str) -> None:
    match field.form:
        case Form.CHOICE | Form.TICK:
            options = field.options if field.form is Form.CHOICE else (YES,)
            if value not in options:
                raise _bad(field.name, f"it is one of {', '.join(options)}")
        case Form.TIME:
            try:
                at = datetime.fromisoformat(value)
            except ValueError:
                raise _bad(field.name, "it is a time such as 2026-03-04T12:00:00Z") from None
            if at.tzinfo is None:
                raise _bad(field.name, "it needs a time zone")
        case _:
            longest = MAX_TEXT if field.form is Form.TEXT else MAX_LINE
            if not value.strip() or len(value) > longest:
                raise _bad(field.name, f"it needs 1 to {longest} characters")


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    """The texts of the record's own fields that say something."""
    yield "subject", message.subject
    for name in ("sender", "contact", "reference", "language", "file_name", "grounds"):
        said: str | None = getattr(message, name)
        if said is not None:
            yield name, said


def _bad(field: str, reason: str) -> errors.BadNotice:
    return errors.BadNotice(field=field, reason=reason)
