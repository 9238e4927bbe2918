"""Texts with gold ledgers: what a careful reader takes from each, written before any code read it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seawall import errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PUBLICATION: Final = "publication"  #: the outlet's own voice: what holds where nothing else is said
NAMED: Final = "named"
ATTRIBUTIONS: Final = (PUBLICATION, NAMED, "unattributed_belief", "video", "credit")
#: Texts in a folder of this name are judged but never shown one by one, so that nobody tunes by them.
HELD: Final = "held"

_HEDGED: Final = {"hedged": True, "none": False}
_SUFFIX: Final = ".claims.json"
#: What makes an attribution explicit, as reports word it. "To claim", "to deny" and the like are speech too.
_SPEECH: Final = re.compile(
    r"\b(?:accord(?:s|ing) to|said|says?|saying|told|tells|add(?:s|ed|ing)|announc\w+|assur\w+|affirm\w+|"
    r"acknowledg\w+|agreed|alleg(?:es?|ed)|ask(?:s|ed)|believes|claim(?:s|ed)|conclud\w+|confirm(?:s|ed)|declar\w+|"
    r"den(?:y|ies|ied)|describ\w+|estimat\w+|indicated|inform(?:s|ed)?|insist\w*|maintain(?:s|ed)?|"
    r"quot\w+|recall(?:s|ed)|repl(?:y|ies|ied)|report(?:s|ed)|stat(?:es|ed)|stress\w*|testified|"
    r"threaten(?:s|ed)|warn(?:s|ed)|wr(?:ites|ote))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Gold:
    """One claim as a person took it from a text."""

    id: str
    start: int  #: code points of the text
    end: int
    span: str
    attribution: str  #: one of ATTRIBUTIONS
    holder: str | None  #: who says so, where somebody does
    hedged: bool
    cue: str | None  #: the words that hold back
    explicit: bool  #: a word of speech in its line, outside of all claims, says that somebody says so


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text with its gold ledger."""

    name: str  #: its path within the folder that was asked for
    folder: str  #: "." for that folder itself
    held: bool  #: judged, never shown
    text: str
    claims: tuple[Gold, ...]

    @property
    def words(self) -> int:
        """How many, parted by white space."""
        return len(self.text.split())


def read(folder: Path) -> tuple[Annotated, ...]:
    """Every `*.txt` under the folder that has a `*.claims.json` beside it, by name.

    Raises errors.PathNotFound; errors.BadGold for a ledger without its text, one that cannot be read or
    does not hold in its text, and a folder without any.
    """
    if not folder.is_dir():
        raise errors.PathNotFound(path=folder)
    ledgers = sorted(folder.rglob(f"*{_SUFFIX}"))
    if not ledgers:
        raise errors.BadGold(path=folder, reason=f"it holds no text with a {_SUFFIX} beside it")
    return tuple(_annotated(folder, ledger) for ledger in ledgers)


def _annotated(folder: Path, ledger: Path) -> Annotated:
    path = ledger.with_name(ledger.name.removesuffix(_SUFFIX) + ".txt")
    try:
        # As bytes: reading as text would turn each \r\n into one code point and move every offset.
        text = path.read_bytes().decode("utf-8")
        rows = json.loads(ledger.read_bytes())
    except FileNotFoundError as error:
        raise errors.BadGold(path=ledger, reason=f"there is no {path.name} beside it") from error
    except (OSError, ValueError) as error:
        raise errors.BadGold(path=ledger, reason=str(error)) from error
    if not isinstance(rows, list) or not rows:
        raise errors.BadGold(path=ledger, reason="it is not a list of claims")
    spans = [_offsets(ledger, text, row) for row in rows]
    speech = [cue.start() for cue in _SPEECH.finditer(text) if not _inside(cue.start(), spans)]
    claims = tuple(_claim(ledger, text, row, span, speech) for row, span in zip(rows, spans, strict=True))
    within = ledger.parent.relative_to(folder).as_posix()
    return Annotated(
        name=path.relative_to(folder).as_posix(),
        folder=within,
        held=ledger.resolve().parent.name == HELD,
        text=text,
        claims=claims,
    )


def _offsets(ledger: Path, text: str, row: object) -> tuple[int, int]:
    if not isinstance(row, dict):
        raise errors.BadGold(path=ledger, reason=f"{row!r} is not a claim")
    start, end, span = row.get("start"), row.get("end"), row.get("span")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text):
        raise errors.BadGold(path=ledger, reason=f"claim {row.get('id')}: no words at its offsets")
    if text[start:end] != span:
        raise errors.BadGold(
            path=ledger, reason=f"claim {row.get('id')}: the text has {text[start:end]!r} there, not {span!r}"
        )
    return start, end


def _claim(
    ledger: Path, text: str, row: Mapping[str, object], span: tuple[int, int], speech: list[int]
) -> Gold:
    name, attribution, hedge = row.get("id"), row.get("attr"), row.get("hedge")
    holder, cue = row.get("holder"), row.get("cue")
    if not isinstance(name, str):
        raise errors.BadGold(path=ledger, reason=f"a claim at {span[0]} has no id")
    if not isinstance(attribution, str) or attribution not in ATTRIBUTIONS:
        raise errors.BadGold(
            path=ledger, reason=f"claim {name}: attr {attribution!r} is none of {', '.join(ATTRIBUTIONS)}"
        )
    if not isinstance(hedge, str) or hedge not in _HEDGED:
        raise errors.BadGold(path=ledger, reason=f"claim {name}: hedge {hedge!r} is neither hedged nor none")
    if not isinstance(holder, str | None) or (attribution == NAMED and not holder):
        raise errors.BadGold(path=ledger, reason=f"claim {name}: holder {holder!r} is not who says so")
    if not isinstance(cue, str | None) or (_HEDGED[hedge] and not cue):
        raise errors.BadGold(path=ledger, reason=f"claim {name}: cue {cue!r} is not what hedges it")
    line = text.rfind("\n", 0, span[0]) + 1, len(text) if (end := text.find("\n", span[1])) < 0 else end
    return Gold(
        id=name,
        start=span[0],
        end=span[1],
        span=text[slice(*span)],
        attribution=attribution,
        holder=holder,
        hedged=_HEDGED[hedge],
        cue=cue if _HEDGED[hedge] else None,
        explicit=attribution == NAMED and any(line[0] <= at < line[1] for at in speech),
    )


def _inside(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)
