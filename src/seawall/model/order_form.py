"""The fields of a removal order as Annex I of Regulation (EU) 2021/784 groups them, as data.

Each names the field of `notice_fields` that it fills, which is also its element in our XML, and the labels by
which it is found in a page of text. None of them was held against the text of the annex, which was not at
hand. Labels of one's own are added by the setting `order_labels`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

MAX_LABEL: Final = 200  #: characters
MAX_LABELS: Final = 20  #: of one's own, for one field


class Section(StrEnum):
    """The sections of the annex."""

    A = "A"  #: who issues it to whom
    B = "B"  #: the content, and why
    C = "C"  #: information to the content provider
    D = "D"  #: information to the authority of the provider's Member State
    E = "E"  #: the issuing authority, and its signature
    F = "F"  #: whom to ask
    G = "G"  #: redress


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the form."""

    name: str  #: of the field of a notice
    section: Section
    labels: tuple[str, ...]  #: in lower case, the first of which is ours
    value: str | None = None  #: what a ticked box says; None for a field that is written in


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of one field, and where: nothing of it holds before a person has confirmed it."""

    name: str
    value: str
    where: str  #: the label, as it stands there


@dataclass(frozen=True, slots=True)
class Read:
    """What was read in a file."""

    fields: tuple[Found, ...]
    unread: tuple[str, ...] = ()  #: what was not understood, in words

    def values(self) -> dict[str, tuple[str, ...]]:
        """What was found of each field, in the order in which it was."""
        found: dict[str, dict[str, None]] = {}
        for one in self.fields:
            found.setdefault(one.name, {})[one.value] = None
        return {name: tuple(each) for name, each in found.items()}


_A, _B, _C, _D, _E, _F, _G = Section

#: The order of the sections is that of the annex.
ENTRIES: Final = (
    Entry("country", _A, ("issuing member state", "member state of the issuing authority")),
    Entry("addressee", _A, ("addressee", "hosting service provider", "legal representative")),
    Entry("contact_point", _A, ("contact point of the provider", "contact point")),
    Entry(
        "establishment",
        _A,
        ("member state of main establishment", "member state where the provider has its main establishment"),
    ),
    Entry("issued_at", _A, ("time and date of issue", "date and time of issue", "issued at")),
    Entry("reference", _A, ("reference number", "reference of the order", "reference")),
    Entry("urls", _B, ("url", "urls", "exact uniform resource locator")),
    Entry("grounds", _B, ("further reasons", "additional information", "statement of reasons")),
    Entry("content_type", _B, ("incites", "article 2(7)(a)", "incitement"), "incites"),
    Entry("content_type", _B, ("solicits", "article 2(7)(b)", "solicitation"), "solicits"),
    Entry("content_type", _B, ("recruits", "article 2(7)(c)", "participation in a group"), "recruits"),
    Entry("content_type", _B, ("instructs", "article 2(7)(d)", "instruction"), "instructs"),
    Entry("content_type", _B, ("threatens", "article 2(7)(e)", "threat"), "threatens"),
    Entry("legal_basis", _B, ("legal basis",)),
    Entry("silence", _C, ("not to be disclosed", "non-disclosure", "no information to the provider"), "yes"),
    Entry("nondisclosure_until", _C, ("not to be disclosed until", "non-disclosure until")),
    Entry("cross_border", _D, ("copy to the home authority", "cross-border order"), "yes"),
    Entry("home_authority", _D, ("authority of main establishment", "home authority")),
    Entry("sender", _E, ("issuing authority", "authority", "name of the authority")),
    Entry("certified_by", _E, ("certified by", "name of the certifier", "signatory")),
    Entry("file_reference", _E, ("file reference", "file number")),
    Entry("signed", _E, ("electronic signature", "signed and stamped"), "yes"),
    Entry("contact", _F, ("contact for follow-up", "e-mail", "contact details")),
    Entry("redress", _G, ("redress", "competent court", "court and time limit")),
)

#: Every name that a file can fill.
NAMES: Final = frozenset(one.name for one in ENTRIES)


def labelled(own: Mapping[str, Iterable[str]]) -> tuple[Entry, ...]:
    """The entries, with labels of one's own for fields that are written in."""
    return tuple(
        replace(one, labels=(*one.labels, *own.get(one.name, ()))) if one.value is None else one
        for one in ENTRIES
    )


def own_labels(text: str) -> Mapping[str, tuple[str, ...]]:
    """Labels of one's own. text: TOML, a list of labels a field. Raises ValueError, naming what is wrong."""
    made: dict[str, tuple[str, ...]] = {}
    written = {one.name for one in ENTRIES if one.value is None}
    for name, said in tomllib.loads(text).items():
        if name not in written or not isinstance(said, list) or len(said) > MAX_LABELS:
            raise ValueError(f"{name}: there is no such field, or it is no list of up to {MAX_LABELS} labels")
        if not all(isinstance(one, str) and 0 < len(one.strip()) <= MAX_LABEL for one in said):
            raise ValueError(f"{name}: a label has 1 to {MAX_LABEL} characters")
        made[name] = tuple(" ".join(one.lower().split()) for one in said)
    return made
