"""Which decisions two people take, by law whatever a policy says, and who may not be one of them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from seawall.model.decision import REMOVALS, RESTRICTIONS, Choice, Origin, Purpose, Ruling
from seawall.model.labels import is_child, is_graphic


class Barred(StrEnum):
    """Why a case calls for another person than one who would work on it."""

    OWN = "own"  #: what waits for a second person is their own decision
    APPEAL = "appeal"  #: they have decided what is appealed against
    THIRD = "third"  #: they have disagreed with another, and a third decides

    @property
    def reason(self) -> str:
        """In words."""
        return _WHY[self]


_WHY: Final = {
    Barred.OWN: "the decision is their own",
    Barred.APPEAL: "an appeal is decided by another person than the one who decided first",
    Barred.THIRD: "two have disagreed, and a third person decides",
}


def needs_two(new: Ruling, labels: Iterable[str], four_eyes: Iterable[Choice]) -> bool:
    """Whether a second person has to agree.

    labels: of the items and of the references that they were matched with. four_eyes: the choices for which
    the policies that brought the items up ask for it.

    What shows children and is graphic is decided by two, whatever is chosen; only a removal that an authority
    has ordered is not held up, as its clock runs in minutes.
    """
    if new.purpose is Purpose.UNCLEAR and new.choice in RESTRICTIONS:
        return True
    ordered = new.origin is Origin.ORDER and new.choice in REMOVALS
    said = tuple(labels)
    if is_graphic(said) and is_child(said) and not ordered:
        return True
    return new.choice in four_eyes
