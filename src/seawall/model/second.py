"""Which decisions two people take: by law whatever a policy says, and where a policy asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from seawall.model.decision import REMOVALS, RESTRICTIONS, Choice, Origin, Purpose, Ruling

#: Labels, in any case, of what shows children, and of what is hard to look at.
CHILDREN: Final = frozenset({"child", "children", "minor", "minors"})
GRAPHIC: Final = frozenset({"graphic", "gore"})


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
    if is_graphic_with_children(labels) and not ordered:
        return True
    return new.choice in four_eyes


def is_graphic_with_children(labels: Iterable[str]) -> bool:
    """By the labels alone."""
    folded = {one.casefold() for one in labels}
    return not folded.isdisjoint(CHILDREN) and not folded.isdisjoint(GRAPHIC)
