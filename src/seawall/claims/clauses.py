"""Clauses: the pieces of a sentence that each say one thing.

Every clause is a piece, whatever its verb: what matters is for a person to say. The words of a frame
("police said") are no piece, and a piece has no words of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words
from seawall.claims.frames import Frame

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LONG_CHARS: Final = 110  #: two verbs of one subject that together are longer are two pieces
_EVENTS: Final = frozenset(
    """
    abduction arrest assassination assault attack beating beheading bombing collapse collision crash
    decapitation demolition detention execution explosion fire hanging killing kidnapping looting massacre
    murder raid rape shooting siege stabbing stoning strike theft torture
    """.split()
)
_LIGHT: Final = frozenset({"carry", "commit", "perform", "conduct", "stage", "execute"})
_IDLE: Final = frozenset({"be", "come", "do", "get", "go", "have", "make", "mean", "seem", "happen", "follow", "take", "say", "let"})
_ANONYMOUS: Final = frozenset({"name", "anonymity", "anonymous", "identify"})
_TIMES: Final = frozenset(
    "day week month year hour minute morning evening night time today yesterday tomorrow".split()
)
_DATELINE: Final = re.compile(r"[A-Z][A-Z.'’/-]+(?:[ ,/][^—–()]{0,40})?(?:\([^()]{2,30}\))? ?(?:—|–|--|- ) *")
_EDGES: Final = " \t\r\n,;:.-–—…\"“”„«»"
_DASHES: Final = frozenset({"-", "–", "—", "--"})
_ASPECTS: Final = frozenset({"see", "hear", "begin", "start", "stop", "keep", "show", "spot", "film", "picture", "catch", "photograph", "continue", "try", "avoid", "leave"})
_WHENCE: Final = frozenset({"time", "day", "way", "moment", "reason", "place", "year"})
_MARKS: Final = frozenset({"mark", "cc", "preconj"})
_LEADING: Final = frozenset({"however", "meanwhile", "moreover", "also", "then", "but", "and", "so"})


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """One piece. Offsets count from the sentence's start."""

    head: Token
    start: int
    end: int
    kind: str  #: "finite", "participle", "nominal", "apposition", "fragment" or "subject"
    own: frozenset[int]  #: places of its words


def clauses(doc: Doc, frames: Sequence[Frame], *, terse: bool = False) -> list[Clause]:
    """The pieces of a sentence in their order. `terse` says that it is a headline: verbs may be missing."""
    forced = {i for frame in frames for i in frame.roots}
    matrices = {frame.matrix for frame in frames if frame.matrix is not None}
    gone = set(range(_dateline(doc))).union(*(frame.gone for frame in frames))
    heads = _heads(doc, forced, matrices)
    owners = _owners(doc, heads)
    found: list[Clause] = []
    _give_back(owners, frames)
    for head, own in owners.items():
        token = doc[head]
        if head in matrices and not _tells_of_media(token, own, doc):
            continue
        found.extend(_pieces(token, own - gone, forced=head in forced, terse=terse))
    found.sort(key=lambda piece: (piece.start, piece.end))
    return _apart(found)


def _dateline(doc: Doc) -> int:
    """How many words at the start say where a report was written: "KHOR (News Agency) — "."""
    found = _DATELINE.match(doc.text)
    return sum(1 for token in doc if token.idx < found.end()) if found else 0


def _heads(doc: Doc, forced: set[int], matrices: set[int]) -> dict[int, bool]:
    heads: dict[int, bool] = {}
    for token in doc:
        if token.i in forced or token.i in matrices or _is_head(token, forced | matrices):
            heads[token.i] = True
    return heads


def _is_head(token: Token, chosen: set[int]) -> bool:
    size = sum(1 for one in token.subtree if not one.is_punct)
    if token.dep_ == "ROOT":
        return True
    if token.dep_ == "appos":
        return size >= 5 and token.lemma_.lower() in _EVENTS
    if _is_aside(token):
        return size >= 5
    if not words.is_verbal(token):
        return _is_nominal(token, size)
    subject = any(one.dep_ in words.SUBJECTS for one in token.children)
    match token.dep_:
        case "conj":
            return _splits(token, chosen)
        case "parataxis":
            return size >= 4
        case "advcl":
            return size >= (4 if subject else 6 if token.tag_ != "VB" else 99)
        case "xcomp":
            return token.tag_ == "VBG" and size >= 6 and token.head.lemma_ not in _ASPECTS
        case "relcl":
            return size >= 4 and token.head.lemma_ not in _WHENCE
        case "acl":
            return token.tag_ != "VB" and token.head.i not in chosen and size >= 8 and not is_released(token)
        case "ccomp" | "dep":
            before = token.head.dep_ == "ROOT" and token.i < token.head.i and subject
            return before and size >= 4 and token.lemma_ != "be"
        case _:
            return False


def _is_aside(token: Token) -> bool:
    """Whether a word heads what stands between two dashes: "the incident - the first of its kind - was"."""
    doc = token.doc
    left, right = token.left_edge.i, token.right_edge.i
    if left == 0 or right + 1 >= len(doc) or token.dep_ == "ROOT":
        return False
    return doc[left - 1].text in _DASHES and doc[right + 1].text in _DASHES


def is_released(verb: Token) -> bool:
    """ "a video released by the group"."""
    noun = verb.head
    return verb.dep_ == "acl" and noun.lemma_.lower() in cues.MEDIA and verb.lemma_.lower() in cues.RELEASING


def _is_nominal(token: Token, size: int) -> bool:
    """ "into carrying out the beheading of an officer": the deed is a piece, beside who was forced to it."""
    if size >= 5 and token.dep_ in {"pobj", "dobj"} and any(is_released(one) for one in token.children):
        return token.head.lemma_.lower() not in cues.RELEASING
    if token.dep_ != "dobj" or token.lemma_.lower() not in _EVENTS or size < 4:
        return False
    return token.head.lemma_ in _LIGHT and token.head.dep_ in {"pcomp", "xcomp", "advcl"}


def _splits(token: Token, chosen: set[int]) -> bool:
    """Whether a second verb is a piece of its own."""
    first = token.head
    if not words.is_verbal(first):
        return words.own_subject(token) is not None
    if first.i in chosen and first.lemma_.lower() in cues.SPEECH:
        return True
    if any(one.dep_ in words.SUBJECTS for one in token.children):
        return True
    while first.dep_ == "conj" and words.is_verbal(first.head):
        first = first.head
    right = token.right_edge
    left = words.own_subject(first) or first
    size = sum(1 for one in token.subtree if not one.is_punct)
    return size >= 4 and right.idx + len(right.text) - left.left_edge.idx > LONG_CHARS


def _owners(doc: Doc, heads: dict[int, bool]) -> dict[int, set[int]]:
    """The words of each head: each word belongs to the nearest above it."""
    owners: dict[int, set[int]] = {head: set() for head in heads}
    for token in doc:
        above = token
        while above.i not in heads:
            if above.dep_ == "ROOT" or above.head.i == above.i:
                break
            above = above.head
        if above.i in owners:
            owners[above.i].add(token.i)
    return owners


def _tells_of_media(verb: Token, own: set[int], doc: Doc) -> bool:
    """ "Footage posted online shows": beside what it shows the text says something of the footage itself."""
    noun = words.own_subject(verb)
    if noun is None or noun.lemma_.lower() not in cues.MEDIA or noun.i not in own:
        return False
    return any(one.dep_ in {"acl", "relcl"} and one.i in own for one in noun.children)


def _give_back(owners: dict[int, set[int]], frames: Sequence[Frame]) -> None:
    """To what footage shows the words that the parse hangs on "shows": "shows men firing" "into the air"."""
    for frame in frames:
        if frame.matrix in owners and frame.roots and frame.matrix not in frame.roots:
            lost = owners[frame.matrix] & frame.content
            root = max(frame.roots)
            if root in owners and root != frame.matrix:
                owners[frame.matrix] -= lost
                owners[root] |= lost


def _pieces(head: Token, own: set[int], *, forced: bool, terse: bool) -> list[Clause]:
    runs = _runs(head.doc, _without_tail(head, own))
    if not runs:
        return []
    found = []
    main = next((run for run in runs if head.i in run), None)
    if main is None:
        return []
    if head.i != main[0] and _longest(runs) is not main and not words.is_verbal(head):
        main = _longest(runs)
    kind = _kind(head, forced=forced)
    trimmed = _trimmed(head, main)
    if trimmed and _is_worth(head, trimmed, kind, terse=terse):
        piece = _clause(head, trimmed, kind)
        if piece is not None:
            found.append(piece)
    subject = words.own_subject(head)
    if subject is not None and subject.i not in main:
        run = next((one for one in runs if subject.i in one), None)
        if run is not None and any(one.dep_ == "amod" for one in subject.children):
            first, end = words.phrase(subject)
            piece = _clause(subject, [i for i in range(first, end) if i in own], "subject")
            if piece is not None and piece.end - piece.start >= 8:
                found.append(piece)
    return found


def _without_tail(head: Token, own: set[int]) -> set[int]:
    """Without what only leads over to the piece that was taken out: "into carrying out"."""
    kept = set(own)
    for one in head.subtree:
        if one.dep_ == "pcomp" and one.i in kept and one.lemma_ in _LIGHT and one.head.dep_ == "prep":
            left = {word.i for word in one.head.subtree} & kept
            if len(left) <= 4:
                kept -= left
    return kept


def _runs(doc: Doc, own: set[int]) -> list[list[int]]:
    """Stretches of neighbouring words; a lone punctuation mark does not part them."""
    runs: list[list[int]] = []
    for i in sorted(own):
        if runs and all(doc[j].is_punct or doc[j].is_space for j in range(runs[-1][-1] + 1, i)):
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=len)


def _kind(head: Token, *, forced: bool) -> str:
    if head.dep_ == "appos":
        return "apposition"
    if words.is_verbal(head):
        return "finite" if words.is_finite(head) or head.dep_ in {"ROOT", "conj"} else "participle"
    return "nominal" if forced or head.dep_ != "ROOT" else "fragment"


def _trimmed(head: Token, run: Sequence[int]) -> list[int]:
    """Without the conjunction before it, the relative pronoun, and punctuation at its ends."""
    doc = head.doc
    kept = list(run)
    while kept:
        token = doc[kept[0]]
        leads = token.is_punct or token.is_space or (token.dep_ in _MARKS and token.head.i in {head.i, head.head.i})
        relative = token.tag_ in {"WDT", "WP", "WRB"} and head.dep_ in {"relcl", "advcl", "ccomp"}
        bare = token.lower_ in _LEADING and token.i < head.i and token.dep_ in {"advmod", "cc", "mark"}
        if (leads or relative or bare) and token.i != head.i:
            kept.pop(0)
        else:
            break
    while kept and kept[-1] != head.i:
        token = doc[kept[-1]]
        dangling = token.dep_ in {"cc", "mark", "prep", "agent"} and token.i + 1 < len(doc) and bool(
            [one for one in token.children]
        )
        closing = token.is_punct and token.text not in {")", "]"}
        if closing or token.is_space or token.dep_ in {"cc", "mark"} or dangling:
            kept.pop()
        else:
            break
    return kept


def _is_worth(head: Token, run: Sequence[int], kind: str, *, terse: bool) -> bool:
    """Whether a piece says anything by itself: "It came a day" does not."""
    doc = head.doc
    said = [doc[i] for i in run if not doc[i].is_punct]
    if len(said) < 3:
        return False
    if kind == "fragment":
        return len(said) >= 6 or (terse and len(said) >= 5)
    weight = sum(
        1
        for one in said
        if (one.pos_ in {"NOUN", "PROPN", "NUM", "ADJ"} or (one.pos_ == "VERB" and one.i != head.i)) and one.lemma_.lower() not in _TIMES
    ) + sum(1 for one in said if one.pos_ == "NUM")
    if kind == "participle" and len(said) < 4:
        return False
    if head.dep_ == "relcl" and {doc[i].lemma_.lower() for i in run} & _ANONYMOUS:
        return False
    if head.lemma_.lower() in _IDLE:
        return weight >= 2 or (weight >= 1 and len(said) >= 4)
    return words.is_verbal(head) or weight >= 2


def _clause(head: Token, run: Sequence[int], kind: str) -> Clause | None:
    if not run:
        return None
    doc = head.doc
    start, end = words.chars(doc, run[0], run[-1] + 1)
    text = doc.text
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    start, end = _balanced(text, *_unquoted(text, start, end))
    return Clause(head, start, end, kind, frozenset(run)) if start < end else None


def _unquoted(text: str, start: int, end: int) -> tuple[int, int]:
    """Without a single quotation mark that has no partner among the words."""
    if start < end and text[start] in "'‘" and "'" not in text[start + 1 : end] and "’" not in text[start + 1 : end]:
        start += 1
    if end - start > 1 and text[end - 1] in "'’" and text[end - 2] != "s":
        end -= 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return start, end


def _balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """With the mark that closes or opens what is opened or closed among the words."""
    said = text[start:end]
    for opening, closing in ('""', "“”", "()", "[]"):
        odd = said.count(opening) % 2 if opening == closing else said.count(opening) != said.count(closing)
        if not odd:
            continue
        if text[end : end + 1] == closing and opening in said:
            end += 1
        elif text[end : end + 2] == "." + closing and opening in said:
            end += 2
        elif start and text[start - 1] == opening and closing in said:
            start -= 1
    return start, end


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
