"""Labels that members of GIFCT and of ThreatExchange give, as tags of a descriptor.

The tags are kept word for word as labels. What is read here besides: the group, the source, the behaviour
and how urgent the source holds it to be, so that a policy can go by them. Behaviours and incident levels
change with the programme's rules, so they are data and an unknown one is kept as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from seawall.model.exchange import Json

#: Behaviour labels of the shared database, by the short names that tags use.
BEHAVIOURS: Final[Mapping[str, str]] = {
    "ict": "imminent credible threat",
    "gvadp": "graphic violence against defenseless people",
    "gta": "glorification of terrorist acts",
    "rri": "radicalization, recruitment, instruction",
    "am": "attacker manifesto",
    "irf": "incident response",
}
_PRIORITY: Final = "media_priority_"


@dataclass(frozen=True, slots=True)
class Tags:
    """What tags say."""

    groups: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    behaviours: tuple[str, ...] = ()
    priority: str | None = None  #: as its tag ends: `s0` to `s3`, `t0` and on, `crisis`

    def as_record(self) -> dict[str, Json]:
        """As it is kept beside an item."""
        return {
            "groups": list(self.groups),
            "sources": list(self.sources),
            "behaviours": list(self.behaviours),
            "priority": self.priority,
        }


def read(tags: Iterable[str]) -> Tags:
    """What tags say; those of no known form say nothing here."""
    groups, sources, behaviours, priorities = [], [], [], []
    for tag in tags:
        name, _, value = tag.partition(":")
        if name == "group" and value:
            groups.append(value)
        elif name == "source" and value:
            sources.append(value)
        elif name == "cat" and value:
            behaviours.append(BEHAVIOURS.get(value.lower(), value))
        elif tag.startswith(_PRIORITY) and len(tag) > len(_PRIORITY):
            priorities.append(tag.removeprefix(_PRIORITY))
    return Tags(tuple(groups), tuple(sources), tuple(behaviours), _most_urgent(priorities))


def _most_urgent(priorities: Iterable[str]) -> str | None:
    """A crisis before a severity, a higher number before a lower."""
    return max(priorities, key=lambda one: (one == "crisis", one[-1:], one), default=None)
