"""What labels of banks and references say that bears on people who look: graphic material, children in it.

Labels are words of whoever fills a bank. They are compared without regard to case, and `-`, `_` and blanks
are one. A label that begins with one of these words says it too: `children-harmed`, `graphic: injuries`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

CHILD: Final = frozenset({"child", "children", "minor", "minors"})
GRAPHIC: Final = frozenset(
    {"graphic", "gore", "execution", "beheading", "torture", "killing", "injury", "injuries", "corpse"}
)

_BETWEEN: Final = re.compile(r"[\s_-]+")
_WORD: Final = re.compile(r"[^\W_]+")


def folded(label: str) -> str:
    """A label as it is compared."""
    return _BETWEEN.sub("-", label.strip().casefold())


def is_child(labels: Iterable[str]) -> bool:
    """Whether children are in it."""
    return any(_first(label) in CHILD for label in labels)


def names_child(labels: Iterable[str]) -> bool:
    """Whether any word of a label says a child, wherever it stands: too many rather than too few."""
    return any(word in CHILD for label in labels for word in _WORD.findall(folded(label)))


def is_graphic(labels: Iterable[str]) -> bool:
    """Whether it shows what hurts to see."""
    return any(_first(label) in GRAPHIC for label in labels)


def _first(label: str) -> str:
    found = _WORD.search(folded(label))
    return found.group() if found else ""
