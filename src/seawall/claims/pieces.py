"""From the words of a clause to the stretch of text that says it, verbatim and without its frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

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


def pieces(head: Token, own: set[int], *, forced: bool, terse: bool) -> list[Clause]:
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
    trimmed = _with_subject(head, _trimmed(head, main), own)
    if trimmed and _is_worth(head, trimmed, kind, forced=forced, terse=terse):
        piece = _clause(head, trimmed, kind)
        if piece is not None:
            found.append(piece)
    subject = words.own_subject(head)
    if subject is not None and subject.i not in trimmed and subject.i not in main:
        run = next((one for one in runs if subject.i in one), None)
        if run is not None and any(one.dep_ == "amod" for one in subject.children):
            first, end = words.phrase(subject)
            piece = _clause(subject, [i for i in range(first, end) if i in own], "subject")
            if piece is not None and piece.end - piece.start >= 8:
                found.append(piece)
    return found


def _with_subject(head: Token, run: list[int], own: set[int]) -> list[int]:
    """Two words say nothing alone: "The man, who had taken hostages, was killed" stays whole."""
    subject = words.own_subject(head)
    if len(run) >= 3 or not run or subject is None or subject.i in run or subject.i not in own:
        return run
    return list(range(words.phrase(subject)[0], run[-1] + 1)) if subject.i < run[0] else run


def _without_tail(head: Token, own: set[int]) -> set[int]:
    """Without what only leads over to the piece that was taken out: "into carrying out"."""
    kept = set(own)
    for one in head.subtree:
        if one.dep_ == "pcomp" and one.i in kept and one.lemma_ in cues.LIGHT and one.head.dep_ == "prep":
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
        leads = (
            token.is_punct
            or token.is_space
            or (token.dep_ in _MARKS and token.head.i in {head.i, head.head.i})
        )
        relative = token.tag_ in {"WDT", "WP", "WRB"} and head.dep_ in {"relcl", "advcl", "ccomp"}
        bare = token.lower_ in _LEADING and token.i < head.i and token.dep_ in {"advmod", "cc", "mark"}
        if (leads or relative or bare) and token.i != head.i:
            kept.pop(0)
        else:
            break
    while kept and kept[-1] != head.i:
        token = doc[kept[-1]]
        dangling = (
            token.dep_ in {"cc", "mark", "prep", "agent"}
            and token.i + 1 < len(doc)
            and any(True for _ in token.children)
        )
        closing = token.is_punct and token.text not in {")", "]"}
        if closing or token.is_space or token.dep_ in {"cc", "mark"} or dangling:
            kept.pop()
        else:
            break
    return kept


def _is_worth(head: Token, run: Sequence[int], kind: str, *, forced: bool, terse: bool) -> bool:
    """Whether a piece says anything by itself: "It came a day" does not."""
    said = [head.doc[i] for i in run if not head.doc[i].is_punct]
    if len(said) < 3 or _asks(head, run) or _is_of_name(head, said):
        return False
    if kind == "fragment":
        bare = head.pos_ in {"ADP", "SCONJ", "ADV", "INTJ"}
        return not bare and len(said) >= (5 if terse else 6)
    weight = sum(_weight(head, one) for one in said)
    if head.lemma_.lower() in cues.IDLE:
        return weight >= 2 or (weight >= 1 and (forced or len(said) >= 4))
    if kind == "participle":
        return len(said) >= 4
    return words.is_verbal(head) or weight >= 2


def _weight(head: Token, word: Token) -> int:
    """What a word adds to a piece: a number most, a time or an auxiliary nothing."""
    if word.lemma_.lower() in cues.TIMES:
        return 0
    if word.pos_ == "NUM":
        return 2
    return int(word.pos_ in {"NOUN", "PROPN", "ADJ"} or (word.pos_ == "VERB" and word.i != head.i))


def _is_of_name(head: Token, said: Sequence[Token]) -> bool:
    """As in "who asked not to be named": of the source, and not of what happened."""
    return head.dep_ in {"relcl", "advcl", "acl"} and any(
        one.lemma_.lower() in cues.ANONYMOUS for one in said
    )


def _asks(head: Token, run: Sequence[int]) -> bool:
    """A question or a command: neither says that something is so."""
    doc = head.doc
    after = doc[run[-1] + 1].text if run[-1] + 1 < len(doc) else ""
    command = (
        head.dep_ == "ROOT"
        and head.tag_ == "VB"
        and not any(one.dep_ in words.SUBJECTS | {"aux"} for one in head.children)
    )
    return after == "?" or doc[run[-1]].text == "?" or command


def _clause(head: Token, run: Sequence[int], kind: str) -> Clause | None:
    if not run:
        return None
    doc = head.doc
    start, end = words.chars(doc, run[0], run[-1] + 1)
    text = doc.text
    while start < end and text[start] in cues.EDGES:
        start += 1
    while end > start and text[end - 1] in cues.EDGES:
        end -= 1
    start, end = _balanced(text, *_unquoted(text, start, end))
    return Clause(head, start, end, kind, frozenset(run)) if start < end else None


def _unquoted(text: str, start: int, end: int) -> tuple[int, int]:
    """Without a single quotation mark that has no partner among the words."""
    if (
        start < end
        and text[start] in cues.APOSTROPHES
        and not set(text[start + 1 : end]) & set(cues.APOSTROPHES)
    ):
        start += 1
    if end - start > 1 and text[end - 1] in cues.APOSTROPHES and text[end - 2] != "s":
        end -= 1
    while end > start and text[end - 1] in cues.EDGES:
        end -= 1
    return start, end


def _balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """With the mark that closes or opens what is opened or closed among the words."""
    said = text[start:end]
    for opening, closing in cues.PAIRS:
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
