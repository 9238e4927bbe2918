"""The fields of notices and orders, as data: which kinds have them, which need them and by what law, and
which answers start a period. Forms, completeness and clocks are made of these.

`Need.checked` is False where the requirement was not held against the primary text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from seawall.model.periods import Trigger


class NoticeKind(StrEnum):
    """What came in."""

    ORDER = "order"  #: of an authority
    NOTICE = "notice"  #: of a person
    TRUSTED_FLAGGER = "trusted_flagger"
    COMPLAINT = "complaint"  #: against what was decided


class Form(StrEnum):
    """What a field takes."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"  #: several, each on its own
    TIME = "time"
    TICK = "tick"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Need:
    """That kinds are not complete without a field."""

    kinds: frozenset[NoticeKind]
    source: str
    group: str | None = None  #: one field of a group is enough
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """That an answer starts a period."""

    kind: NoticeKind
    value: str
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class Field:
    """One field."""

    name: str
    label: str
    form: Form
    kinds: frozenset[NoticeKind]
    needs: tuple[Need, ...] = ()
    options: tuple[str, ...] = ()
    own: bool = False  #: an attribute of `notice.Message`; else one of its particulars
    default: str | None = None  #: how it is read for periods where it says nothing: so that none is missed
    starts: tuple[Start, ...] = ()

    def need(self, kind: NoticeKind) -> Need | None:
        """Why a kind is not complete without it; None where it is."""
        return next((one for one in self.needs if kind in one.kinds), None)


_ORDER: Final = frozenset({NoticeKind.ORDER})
_NOTICES: Final = frozenset({NoticeKind.NOTICE, NoticeKind.TRUSTED_FLAGGER})
_FLAGGER: Final = frozenset({NoticeKind.TRUSTED_FLAGGER})
_COMPLAINT: Final = frozenset({NoticeKind.COMPLAINT})
_ALL: Final = frozenset(NoticeKind)

_TCO: Final = "Regulation (EU) 2021/784, Article "
_DSA: Final = "Regulation (EU) 2022/2065, Article "

_BY_ORDER: Final = Need(_ORDER, _TCO + "3(4)")
_BY_NOTICE: Final = Need(_NOTICES, _DSA + "16(2)", checked=True)
_BY_COMPLAINT: Final = Need(_COMPLAINT, _DSA + "20")
_PLACE: Final = (replace(_BY_ORDER, group="place"), replace(_BY_NOTICE, group="place"))

FIELDS: Final = (
    Field(
        "sender",
        "Authority, or name of the person",
        Form.LINE,
        _ALL,
        (_BY_ORDER, _BY_NOTICE, _BY_COMPLAINT),
        own=True,
    ),
    Field(
        "contact",
        "Where an answer goes",
        Form.LINE,
        _ALL,
        (_BY_NOTICE, _BY_COMPLAINT),
        own=True,
    ),
    Field("reference", "Reference of the sender", Form.LINE, _ALL, (_BY_ORDER,), own=True),
    Field("language", "Language", Form.LINE, _ALL, own=True),
    Field("urls", "Addresses of the content", Form.LINES, _ALL, _PLACE, own=True),
    Field("posts", "Posts, by the platform's own names", Form.LINES, _ALL, _PLACE, own=True),
    Field("sha256s", "SHA-256 digests of the content", Form.LINES, _ALL, _PLACE, own=True),
    Field("file_name", "Name of the file that was sent along", Form.LINE, _ALL, own=True),
    Field(
        "grounds",
        "Grounds, as the sender gives them",
        Form.TEXT,
        _ALL,
        (_BY_ORDER, _BY_NOTICE, _BY_COMPLAINT),
        own=True,
    ),
    Field(
        "law",
        "Under which law",
        Form.CHOICE,
        _ORDER,
        (_BY_ORDER,),
        options=("tco", "au_osa", "other"),
        default="tco",
        starts=(
            Start(NoticeKind.ORDER, "tco", Trigger.ORDER_RECEIVED),
            Start(NoticeKind.ORDER, "au_osa", Trigger.FOREIGN_ORDER_RECEIVED),
        ),
    ),
    Field(
        "cross_border",
        "It comes from another Member State",
        Form.TICK,
        _ORDER,
        starts=(Start(NoticeKind.ORDER, "yes", Trigger.CROSS_BORDER_ORDER_RECEIVED),),
    ),
    Field(
        "silence",
        "The authority has decided that it is not to be disclosed",
        Form.TICK,
        _ORDER,
        starts=(Start(NoticeKind.ORDER, "yes", Trigger.SILENCE_ORDERED),),
    ),
    Field("nondisclosure_until", "Until when it is not to be disclosed", Form.TIME, _ORDER),
    Field("addressee", "Whom it is addressed to", Form.LINE, _ORDER),
    Field("contact_point", "Contact point that it names", Form.LINE, _ORDER),
    Field("establishment", "Member State of the main establishment", Form.LINE, _ORDER),
    Field("home_authority", "Authority of that Member State", Form.LINE, _ORDER),
    Field("certified_by", "Who has certified it", Form.LINE, _ORDER),
    Field("file_reference", "File reference of the authority", Form.LINE, _ORDER),
    Field("country", "Country that issued it", Form.LINE, _ORDER, (_BY_ORDER,)),
    Field(
        "authenticated",
        "How the authority was found to be the one it says",
        Form.LINE,
        _ORDER,
        (_BY_ORDER,),
    ),
    Field(
        "content_type",
        "Kind of content, by Article 2(7)",
        Form.CHOICE,
        _ORDER,
        (_BY_ORDER,),
        options=("incites", "solicits", "recruits", "instructs", "threatens"),
    ),
    Field("legal_basis", "Legal basis", Form.LINE, _ORDER, (_BY_ORDER,)),
    Field("issued_at", "When it was issued", Form.TIME, _ORDER, (_BY_ORDER,)),
    Field(
        "signed",
        "It has a time stamp and the electronic signature",
        Form.TICK,
        _ORDER,
        (_BY_ORDER,),
    ),
    Field("redress", "Redress that it names", Form.LINE, _ORDER, (_BY_ORDER,)),
    Field(
        "first_contact_at",
        "When the authority first informed of its procedures",
        Form.TIME,
        _ORDER,
    ),
    Field(
        "good_faith",
        "The sender states good faith",
        Form.TICK,
        _NOTICES,
        (_BY_NOTICE,),
    ),
    Field("flagger_of", "Who awarded the status of trusted flagger", Form.LINE, _FLAGGER),
    Field("decision", "Decision that is complained of", Form.LINE, _COMPLAINT, (_BY_COMPLAINT,)),
    Field(
        "complained_under",
        "Under which law it is made",
        Form.CHOICE,
        _COMPLAINT,
        options=("tco", "dsa"),
        default="tco",
        starts=(Start(NoticeKind.COMPLAINT, "tco", Trigger.COMPLAINT_RECEIVED),),
    ),
)

BY_NAME: Final[Mapping[str, Field]] = {
    **{one.name: one for one in FIELDS},
    "subject": Field("subject", "What it is about, in a few words", Form.LINE, _ALL, own=True),
}
