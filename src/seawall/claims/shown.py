"""Frames of footage: "the video shows", "is seen running"."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words
from seawall.claims.frames import Frame, Words
from seawall.model.claim import HedgeLevel, SourceKind

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_WHAT: Final = frozenset({"xcomp", "ccomp", "oprd", "acomp", "attr", "advcl", "dobj"})
HEARD: Final = "footage-speech"  #: the rule of what somebody in the picture says
LEAST_SHOWN: Final = 3  #: words
_VIEWERS: Final = frozenset({"you", "one", "viewers"})
_EMERGING: Final = frozenset({"emerge", "surface", "appear", "circulate"})
_INSIDE: Final = frozenset({"in", "on", "throughout"})


def frames(at: Words, doc: Doc, *, footage: bool) -> Iterator[Frame]:
    """All frames of footage in a sentence.

    `footage` says whether the text is speaking of footage: "was seen running" may then be what it shows.
    """
    for token in doc:
        lemma = token.lemma_.lower()
        if words.is_verbal(token):
            if lemma in cues.MEDIA_VERBS and not words.is_passive(token):
                yield from _shows(at, token)
            if lemma in cues.SEEN and words.is_passive(token):
                yield from _seen(at, token, footage=footage)
            if footage and lemma in {"see", "hear", "watch"}:
                yield from _perceived(at, token)
        elif lemma in cues.MEDIA and token.pos_ in {"NOUN", "PROPN"}:
            yield from _of(at, token)
            yield from _inside(at, token)


def is_media(noun: Token) -> bool:
    """Whether a noun is footage, or so much of it: "a series of images"."""
    if noun.lemma_.lower() in cues.MEDIA:
        return noun.pos_ in {"NOUN", "PROPN"}
    of = next((one for one in noun.children if one.lower_ == "of"), None)
    what = words.child(of, "pobj") if of is not None else None
    return (
        what is not None
        and what.lemma_.lower() in cues.MEDIA
        and noun.lemma_ in {"series", "set", "piece", "hour", "number"}
    )


def heard(frame: Frame, doc: Doc, start: int) -> Frame:
    """A deed of words within footage, told in the present, as what the footage shows: "He warns that ...".

    Threats, oaths and readings are such deeds; whoever merely "says" something there stays its source.
    `start` is the sentence's. Who speaks is somebody in the picture, without a name.
    """
    if frame.cue is None or frame.noun is None or frame.kind is SourceKind.PERPETRATOR_CLAIM:
        return frame
    verb = next((token for token in doc if start + token.idx == frame.cue.start), None)
    if verb is None or verb.lemma_.lower() not in cues.PERFORMED or not words.is_present(verb):
        return frame
    noun = doc[frame.noun]
    if not (noun.lower_ in {"he", "she", "they", "one", "another"} or noun.lemma_.lower() in cues.FIGURES):
        return frame
    if any(doc[i].pos_ == "PROPN" for i in range(*words.phrase(noun))):
        return frame
    content = frame.content | words.clause(verb)
    return dataclasses.replace(
        frame,
        kind=SourceKind.MEDIA_CONTENT,
        source=None,
        cue=None,
        noun=None,
        content=content,
        roots=(),
        matrix=None,
        gone=frozenset(),
        rule=HEARD,
        level=None,
        inferred=True,
    )


def _shows(at: Words, verb: Token) -> Iterator[Frame]:
    noun = _shower(verb)
    if noun is None:
        return
    content, roots = _picture(verb)
    if not roots:
        return
    seeming = _seeming(verb)
    top = verb if seeming is None else seeming
    level = None
    if seeming is not None:
        level = HedgeLevel.APPARENT if seeming.lemma_ in cues.SEEMING else HedgeLevel.ALLEGED
    first = noun.left_edge.i if noun.i < verb.i and verb.i - noun.left_edge.i <= 6 else verb.i
    # of "has been released showing ..." the release is a claim of its own
    matrix = verb.i if verb.tag_ == "VBG" else None if words.is_passive(top) else top.i
    kind = SourceKind.MEDIA_CONTENT
    cue = at.span(first, verb.i + 1)
    said = frozenset(content)
    yield Frame(kind, None, cue, said, roots, matrix, frozenset(), "media-shows", None, level)


def _seeming(verb: Token) -> Token | None:
    """The word before "to show" by which the text keeps its distance, also where it is taken for a noun."""
    if verb.i < 2 or verb.nbor(-1).lower_ != "to":
        return None
    word = verb.nbor(-2)
    known = word.lemma_.lower() in cues.SEEMING | {"purport", "claim", "say"}
    return word if known or word.lower_ in {"purports", "purporting"} else None


def _picture(verb: Token) -> tuple[set[int], tuple[int, ...]]:
    """What is shown, and the words that head it."""
    content: set[int] = set()
    roots = []
    for one in verb.children:
        if one.i > verb.i and one.dep_ in _WHAT:
            content |= words.subtree(one)
            roots.append(one.i)
        elif one.i > verb.i and one.dep_ in {"prep", "dative"}:
            content |= words.subtree(one)
    if not roots and verb.dep_ == "amod" and verb.head.i > verb.i:
        # "Footage posted online showed men ...", read as if the men were shown
        roots.append(verb.head.i)
        content = words.subtree(verb.head)
    content = {i for i in content if i > verb.i}
    roots.sort()
    if len(roots) == 2 and _are_one(verb.doc[roots[0]], verb.doc[roots[1]]):
        roots = roots[1:]
    # "cars stacked at a wall and a caravan floating by", where the parse hangs the second on the wall
    roots += [i for i in content if i not in roots and _is_beside(verb.doc[i])]
    if roots and len(content) < LEAST_SHOWN:
        # "showing boys | no older than ten practising": what follows up to the comma
        content |= set(_to_comma(verb))
    return content, tuple(i for i in roots if i in content)


def _is_beside(noun: Token) -> bool:
    doing = words.child(noun, "acl")
    return noun.dep_ == "conj" and doing is not None and doing.tag_ == "VBG"


def _are_one(noun: Token, doing: Token) -> bool:
    """As in "showing a boy running", where the parse gives both to the showing."""
    follows = doing.left_edge.i == noun.right_edge.i + 1
    return noun.dep_ == "dobj" and doing.dep_ in {"ccomp", "xcomp"} and follows


def _to_comma(verb: Token) -> Iterator[int]:
    for token in verb.doc[verb.i + 1 :]:
        if token.is_punct and token.dep_ == "punct" and token.text in {",", ".", ";", ":"}:
            return
        yield token.i


def _shower(verb: Token) -> Token | None:
    """The footage that shows: the subject, or what was released "showing"."""
    noun = words.subject(verb)
    if verb.dep_ == "amod" and verb.tag_ in {"VBD", "VBZ", "VBP"}:
        near = [one for one in verb.doc[max(0, verb.i - 8) : verb.i] if is_media(one)]
        return near[-1] if near else None
    if noun is not None and is_media(noun):
        return noun
    if _seeming(verb) is not None:
        near = [one for one in verb.doc[max(0, verb.i - 8) : verb.i] if is_media(one)]
        return near[-1] if near else None
    if verb.tag_ == "VBG" and verb.dep_ in {"advcl", "xcomp", "acl", "prep"}:
        head = verb.head
        for one in (head, words.child(head, "dobj"), words.child(head, "nsubjpass")):
            if one is not None and is_media(one):
                return one
    if noun is not None and noun.lower_ in {"it", "they"} and verb.lemma_ in {"show", "depict"}:
        return noun
    return None


def _seen(at: Words, verb: Token, *, footage: bool) -> Iterator[Frame]:
    """As in "is seen running", "can be heard shouting": unless a witness saw it."""
    doing = next(
        (one for one in verb.children if one.dep_ in {"xcomp", "advcl", "ccomp", "oprd"} and one.i > verb.i),
        None,
    )
    if words.child(verb, "agent") is not None or any(one.lower_ == "last" for one in verb.children):
        return
    modal = any(one.lower_ in {"can", "could"} for one in verb.children if one.dep_ == "aux")
    if doing is None and not (modal and footage):
        return
    if doing is not None and doing.tag_ not in {"VBG", "VBN"} and not footage:
        return
    present = words.is_present(verb) or modal
    if verb.dep_ == "acl" or not (footage or (present and words.own_subject(verb) is not None)):
        return
    first = min((one.i for one in verb.children if one.dep_ in {"aux", "auxpass"}), default=verb.i)
    yield Frame(
        SourceKind.MEDIA_CONTENT,
        None,
        at.span(first, verb.i + 1),
        frozenset(words.clause(verb)),
        (),
        None,
        frozenset(),
        "is-seen",
    )


def _perceived(at: Words, verb: Token) -> Iterator[Frame]:
    """As in "You hear three shots", "one sees men running": whoever looks at the footage."""
    noun = words.own_subject(verb)
    if noun is None or noun.lower_ not in _VIEWERS or not words.is_present(verb):
        return
    what = words.child(verb, "dobj", "ccomp")
    if what is not None and words.negation(verb) is None:
        yield _media(at.between(noun, verb), words.clause(verb), (), "one-sees")


def _of(at: Words, noun: Token) -> Iterator[Frame]:
    """As in "a video of a man running", "a video in which a man runs", "footage emerged of a man running"."""
    for one in noun.children:
        if one.dep_ == "prep" and one.lower_ == "of":
            what = words.child(one, "pobj")
            doing = what is not None and any(
                clause.dep_ == "acl" and clause.tag_ == "VBG" for clause in what.children
            )
            if what is not None and doing and noun.head.lemma_.lower() not in cues.RELEASING:
                yield _media(at.between(noun, one), words.subtree(what), (what.i,), "media-of")
    if noun.dep_ in words.SUBJECTS and noun.head.lemma_.lower() in _EMERGING:
        yield from _emerged(at, noun.head)
    for verb in _in_which(noun):
        inside = next(one for one in verb.children if one.lower_ in _INSIDE and one.i < verb.i)
        content = words.subtree(verb) - words.subtree(inside)
        yield _media(at.between(noun, inside), content, (verb.i,), "media-in-which", words.subtree(inside))


def _emerged(at: Words, verb: Token) -> Iterator[Frame]:
    """What is told of footage behind "has emerged": up to the next clause, where somebody does something."""
    of = next((one for one in verb.children if one.lower_ == "of" and one.i > verb.i), None)
    if of is None or of.i + 1 >= len(verb.doc):
        return
    end = of.i + 1
    while end < len(verb.doc) and verb.doc[end].dep_ != "mark" and not verb.doc[end].is_punct:
        end += 1
    said = set(range(of.i + 1, end))
    what = words.child(of, "pobj")
    if what is not None and any(verb.doc[i].tag_ == "VBG" for i in said):
        yield _media(at.between(verb, of), said, (what.i,), "media-of")


def _in_which(noun: Token) -> Iterator[Token]:
    """The clauses with "in which" on a noun or on what tells more of it: "pictures of a camp, in which"."""
    for verb in noun.subtree:
        inside = verb.dep_ == "relcl" and next(
            (one for one in verb.children if one.lower_ in _INSIDE and one.i < verb.i), None
        )
        if not inside or not any(one.lower_ == "which" for one in inside.children):
            continue
        above = verb.head
        while above.i != noun.i and above.dep_ == "pobj" and above.head.head.pos_ in {"NOUN", "PROPN"}:
            above = above.head.head
        if above.i == noun.i and (verb.head.i == noun.i or words.is_present(verb)):
            yield verb


def _inside(at: Words, noun: Token) -> Iterator[Frame]:
    """As in "In the footage, a man stands on a tank"."""
    where = noun.head
    if where.dep_ != "prep" or where.lower_ not in _INSIDE:
        return
    verb = where.head
    # a sentence with a verb that the parse takes for a noun: "In the video the boy waves a flag"
    torn = verb.dep_ == "ROOT" and verb.pos_ == "NOUN"
    front = where.i <= 1
    if front and (torn or (words.is_verbal(verb) and words.is_finite(verb))):
        own = words.subtree(where)
        content = set(range(len(noun.doc))) - own if verb.dep_ == "ROOT" else words.subtree(verb) - own
        yield _media(at.span(where.i, words.phrase(noun)[1]), content, (), "in-the-media", own)


def _media(
    cue: object, content: set[int], roots: tuple[int, ...], rule: str, gone: set[int] | None = None
) -> Frame:
    return Frame(
        SourceKind.MEDIA_CONTENT,
        None,
        cue,  # type: ignore[arg-type]
        frozenset(content),
        roots,
        None,
        frozenset(gone or ()),
        rule,
    )
