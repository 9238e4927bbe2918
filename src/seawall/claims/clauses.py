"""Clauses: the pieces of a sentence that each say one thing.

Every clause is a piece, whatever its verb: what matters is for a person to say. The words of a frame
("police said") are no piece, and no two pieces share words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from seawall.claims import cues, heads, words
from seawall.claims.frames import Frame
from seawall.claims.pieces import Clause, pieces

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


def clauses(doc: Doc, frames: Sequence[Frame], *, terse: bool = False) -> list[Clause]:
    """The pieces of a sentence in their order. `terse` says that it is a headline: verbs may be missing."""
    forced = {i for frame in frames for i in frame.roots}
    matrices = {frame.matrix for frame in frames if frame.matrix is not None}
    gone = set(range(words.dateline(doc))).union(*(frame.gone for frame in frames))
    tops = heads.heads(doc, forced | matrices)
    owners = _owners(doc, tops)
    found: list[Clause] = []
    _give_back(owners, frames)
    for head, own in owners.items():
        token = doc[head]
        if head in matrices:
            if not _tells_of_media(token, own):
                continue
            token, own = words.own_subject(token) or token, own - {head}
        found.extend(pieces(token, own - gone, forced=head in forced, terse=terse))
    found.sort(key=lambda piece: (piece.start, piece.end))
    return _apart(found)


def _owners(doc: Doc, tops: set[int]) -> dict[int, set[int]]:
    """The words of each head: each word belongs to the nearest above it."""
    owners: dict[int, set[int]] = {head: set() for head in tops}
    for token in doc:
        above = token
        while above.i not in tops:
            if above.dep_ == "ROOT" or above.head.i == above.i:
                break
            above = above.head
        if above.i in owners:
            owners[above.i].add(token.i)
    return owners


def _tells_of_media(verb: Token, own: set[int]) -> bool:
    """As in "Footage posted online shows": the text tells of the footage, too."""
    noun = words.own_subject(verb)
    if noun is None or noun.lemma_.lower() not in cues.MEDIA or noun.i not in own:
        return False
    return any(one.dep_ in {"acl", "relcl"} and one.i in own for one in noun.children)


def _give_back(owners: dict[int, set[int]], frames: Sequence[Frame]) -> None:
    """To what footage shows the words that the parse hangs on "shows": "shows men firing" "into the air"."""
    for frame in frames:
        root = max(frame.roots, default=-1)
        if root not in owners or frame.matrix is None or frame.matrix in frame.roots:
            continue
        for head in owners.keys() - frame.content:
            lost = owners[head] & frame.content
            owners[head] -= lost
            owners[root] |= lost


def _apart(pieces: Iterable[Clause]) -> list[Clause]:
    """Of pieces that share words only the first, unless they barely touch."""
    kept: list[Clause] = []
    for piece in pieces:
        if kept and piece.start < kept[-1].end:
            if piece.end - piece.start > kept[-1].end - kept[-1].start:
                kept[-1] = piece
            continue
        kept.append(piece)
    return kept
