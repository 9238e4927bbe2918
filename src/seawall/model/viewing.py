"""How much of a content a person is shown: covers, graphic levels, the floor, and reasons to go below it.

No cover is known to protect who looks. What is held to here is that little is shown, that nothing is shown
unasked, and that what was shown is on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from seawall import errors
from seawall.model.match import Region

MAX_WORDS: Final = 500  #: of a reason
MIN_SIDE: Final = 0.01  #: of a region, as a share of the frame's side
WHOLE: Final = Region(0.0, 0.0, 1.0, 1.0)


class Cover(StrEnum):
    """What lies over a picture, from all to nothing."""

    COVERED = "covered"  #: a drawn cover: no information of the picture
    STYLISED = "stylised"  #: greyscale, flat areas instead of detail, blurred
    GREY = "grey"  #: greyscale
    PLAIN = "plain"  #: full colour

    @property
    def shows(self) -> int:
        """The higher, the more is shown."""
        return list(Cover).index(self)


class Graphic(IntEnum):
    """How hard to look at a content is taken to be, by its labels. Seconds are weighted by it."""

    MILD = 1
    VIOLENT = 2
    GRAPHIC = 3


class Reason(StrEnum):
    """Why more is looked at than the floor allows."""

    TELL_APART = "tell_apart"  #: the stylised picture does not tell this content from another
    CONTEXT = "context"  #: what it is there for: news, counter-speech, research, art
    IDENTIFY = "identify"  #: a person, a place, a thing that matters to the decision
    CHILD = "child"  #: whether a child is shown
    EVIDENCE = "evidence"  #: what it shows has to be put on record
    APPEAL = "appeal"  #: a decision is challenged
    ORDER = "order"  #: an authority asks what it shows
    OTHER = "other"  #: as the words say


class Medium(StrEnum):
    """What was shown or played."""

    STILL = "still"
    VIDEO = "video"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Because:
    """A reason with the person's own words."""

    reason: Reason
    words: str

    def __post_init__(self) -> None:
        if not self.words.strip() or len(self.words) > MAX_WORDS:
            raise errors.BadRequest(reason=f"words: say in 1 to {MAX_WORDS} characters why")


@dataclass(frozen=True, slots=True)
class Rules:
    """What an organisation sets."""

    floors: Mapping[Graphic, Cover]  #: by graphic level, what may be shown without a reason
    labels: Mapping[str, Graphic]  #: by label, how graphic what has it is taken to be
    unlabelled: Graphic  #: what has none of these labels

    def graphic(self, labels: Iterable[str]) -> Graphic:
        """That of the hardest label."""
        known = [self.labels[one.lower()] for one in labels if one.lower() in self.labels]
        return max(known, default=self.unlabelled)

    def floor(self, graphic: Graphic, own: Cover | None) -> Cover:
        """The organisation's, or the user's own where that covers more."""
        set_here = self.floors[graphic]
        return set_here if own is None else min(set_here, own, key=lambda cover: cover.shows)


def rules(floors: str, labels: str, unlabelled: int) -> Rules:
    """Of the settings `view_floor`, `graphic_labels` and `graphic_unlabelled`. Raises BadSetting."""
    covers = [one.strip() for one in floors.split(",")]
    if len(covers) != len(Graphic) or not all(one in _FLOORS for one in covers):
        reason = f"it has to be {len(Graphic)} of {', '.join(_FLOORS)}, with commas between"
        raise errors.BadSetting(name="view_floor", value=floors, reason=reason)
    if unlabelled not in {level.value for level in Graphic}:
        raise errors.BadSetting(name="graphic_unlabelled", value=unlabelled, reason="it has to be 1, 2 or 3")
    return Rules(
        dict(zip(Graphic, map(Cover, covers), strict=True)), dict(_labels(labels)), Graphic(unlabelled)
    )


#: Full colour needs a reason always, so no floor lies there.
_FLOORS: Final = (Cover.COVERED.value, Cover.STYLISED.value, Cover.GREY.value)


def _labels(said: str) -> Iterable[tuple[str, Graphic]]:
    levels = {str(level.value): level for level in Graphic}
    for one in filter(None, (part.strip() for part in said.split(","))):
        label, _, level = one.rpartition("=")
        if not label.strip() or level.strip() not in levels:
            reason = "it has to be LABEL=1, 2 or 3, with commas between"
            raise errors.BadSetting(name="graphic_labels", value=one, reason=reason)
        yield label.strip().lower(), levels[level.strip()]


def check_region(region: Region) -> None:
    """Raises BadRequest for one that does not lie in the frame."""
    right, bottom = region.x + region.width, region.y + region.height
    inside = region.x >= 0 and region.y >= 0 and right <= 1 + 1e-9 and bottom <= 1 + 1e-9
    if not (inside and region.width >= MIN_SIDE and region.height >= MIN_SIDE):
        raise errors.BadRequest(reason="region: it has to lie within the frame, in shares of its sides")
