"""Frames of footage and of belief: "the video shows", "is seen running"; "is believed to"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, heads, words
from seawall.claims.frames import Frame, Words, source_kind
from seawall.model.claim import HedgeLevel, SourceKind

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_WHAT: Final = frozenset({"xcomp", "ccomp", "oprd", "acomp", "attr", "advcl", "dobj"})
_REPORTED: Final = frozenset({"reported", "alleged", "purported", "supposed"})
_INSIDE: Final = frozenset({"in", "on", "throughout"})


def frames(at: Words, doc: Doc, *, footage: bool) -> Iterator[Frame]:
    """All frames of footage and of belief in a sentence.

    `footage` says whether the text is speaking of footage: "was seen running" may then be what it shows.
    """
    for token in doc:
        lemma = token.lemma_.lower()
        if words.is_verbal(token):
            if lemma in cues.MEDIA_VERBS and not words.is_passive(token):
                yield from _shows(at, token)
            if lemma in cues.SEEN and words.is_passive(token):
                yield from _seen(at, token, footage=footage)
            if lemma in cues.BELIEFS and words.is_passive(token):
                yield from _believed(at, token)
            if lemma in {"see", "hear", "watch", "witness"}:
                yield from _witnessed(at, token)
        elif lemma in cues.MEDIA and token.pos_ in {"NOUN", "PROPN"}:
            yield from _of(at, token)
            yield from _inside(at, token)
        if token.lower_ in _REPORTED and token.dep_ == "amod":
            yield _reported(at, token)
        if token.lower_ in cues.HEARSAY and token.dep_ == "advmod":
            yield from _hearsay(at, token)


def is_media(noun: Token) -> bool:
    """Whether a noun is footage, or so much of it: "a series of images"."""
    if noun.lemma_.lower() in cues.MEDIA:
        return True
    of = next((one for one in noun.children if one.lower_ == "of"), None)
    what = words.child(of, "pobj") if of is not None else None
    return (
        what is not None
        and what.lemma_.lower() in cues.MEDIA
        and noun.lemma_ in {"series", "set", "piece", "hour", "number"}
    )


def _shows(at: Words, verb: Token) -> Iterator[Frame]:
    noun = _shower(verb)
    if noun is None:
        return
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
    if not roots:
        return
    content = {i for i in content if i > verb.i}
    level = None
    top = verb
    if verb.dep_ == "xcomp" and verb.head.lemma_ in cues.SEEMING | {"purport", "claim", "say"}:
        top = verb.head
        level = HedgeLevel.APPARENT if top.lemma_ in cues.SEEMING else HedgeLevel.ALLEGED
    first = noun.left_edge.i if noun.i < verb.i and verb.i - noun.left_edge.i <= 6 else verb.i
    matrix = None if words.is_passive(top) else top.i
    if verb.tag_ == "VBG":
        # "has been released showing ...": the release is a claim of its own
        matrix = verb.i
    yield Frame(
        SourceKind.MEDIA_CONTENT,
        None,
        at.span(first, verb.i + 1),
        frozenset(content),
        tuple(roots),
        matrix,
        frozenset(),
        "media-shows",
        None,
        level,
    )


def _shower(verb: Token) -> Token | None:
    """The footage that shows: the subject, or what was released "showing"."""
    noun = words.subject(verb)
    if verb.dep_ == "amod" and verb.tag_ in {"VBD", "VBZ", "VBP"}:
        near = [one for one in verb.doc[max(0, verb.i - 8) : verb.i] if is_media(one)]
        return near[-1] if near else None
    if noun is not None and is_media(noun):
        return noun
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


def _of(at: Words, noun: Token) -> Iterator[Frame]:
    """As in "a video of a man running", "a video in which a man runs"."""
    for one in noun.children:
        if one.dep_ == "prep" and one.lower_ == "of":
            what = words.child(one, "pobj")
            doing = what is not None and any(
                clause.dep_ == "acl" and clause.tag_ == "VBG" for clause in what.children
            )
            if what is not None and doing and noun.head.lemma_.lower() not in cues.RELEASING:
                yield _media(at.between(noun, one), words.subtree(what), (what.i,), "media-of")
        elif one.dep_ == "relcl":
            inside = next((word for word in one.children if word.lower_ in _INSIDE and word.i < one.i), None)
            if inside is not None and any(word.lower_ == "which" for word in inside.children):
                content = words.subtree(one) - words.subtree(inside)
                yield _media(
                    at.between(noun, inside), content, (one.i,), "media-in-which", words.subtree(inside)
                )


def _inside(at: Words, noun: Token) -> Iterator[Frame]:
    """As in "In the footage, a man stands on a tank"."""
    where = noun.head
    if where.dep_ != "prep" or where.lower_ not in _INSIDE or not words.is_verbal(where.head):
        return
    verb = where.head
    front = where.i <= 1
    if front and words.is_finite(verb):
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


def _believed(at: Words, verb: Token) -> Iterator[Frame]:
    if words.child(verb, "agent") is not None:
        return
    lemma = verb.lemma_.lower()
    level = cues.BELIEFS[lemma]
    first = min((one.i for one in verb.children if one.dep_ in {"aux", "auxpass"}), default=verb.i)
    what = next((one for one in verb.children if one.dep_ in _WHAT and one.i > verb.i), None)
    noun = words.own_subject(verb)
    if noun is not None and noun.lower_ == "it":
        yield from _it_is_believed(at, verb, noun, what, level)
        return
    if what is None or verb.dep_ in {"amod", "aux"}:
        return
    if noun is None and verb.dep_ not in {"acl", "advcl", "conj", "ROOT", "relcl"}:
        return
    if what.dep_ == "ccomp" and words.own_subject(what) is not None:
        return
    to = next((one for one in what.children if one.lower_ == "to" and one.i < what.i), verb)
    last = to if to.i == verb.i + 1 else verb
    yield Frame(
        SourceKind.AGENTLESS_BELIEF,
        None,
        at.span(first, last.i + 1),
        frozenset(words.clause(verb)),
        (),
        None,
        frozenset(),
        f"belief:{lemma}",
        None,
        level,
    )


def _it_is_believed(
    at: Words, verb: Token, it: Token, what: Token | None, level: HedgeLevel
) -> Iterator[Frame]:
    """As in "It is believed that", also as an aside: "The fire, it is assumed, will"."""
    cue = at.between(it, verb)
    kind = SourceKind.AGENTLESS_BELIEF
    rule = f"it-is:{verb.lemma_.lower()}"
    if what is not None and what.dep_ == "ccomp":
        content = frozenset(words.subtree(what))
        yield Frame(kind, None, cue, content, (what.i,), verb.i, frozenset(), rule, None, level)
    elif (after := words.child(verb, "conj")) is not None and words.child(verb, "cc") is None:
        content = frozenset(words.subtree(after))
        yield Frame(kind, None, cue, content, (after.i,), verb.i, frozenset(), rule, None, level)
    elif verb.dep_ in {"parataxis", "ccomp", "advcl"} and words.is_verbal(verb.head):
        own = words.subtree(verb)
        content = frozenset(words.subtree(words.clause_of(verb.head)) - own)
        yield Frame(kind, None, cue, content, (), None, frozenset(own), rule, None, level)


def _hearsay(at: Words, adverb: Token) -> Iterator[Frame]:
    verb = words.clause_of(adverb.head)
    yield Frame(
        SourceKind.AGENTLESS_BELIEF,
        None,
        at.word(adverb),
        frozenset(words.clause(verb)),
        (),
        None,
        frozenset(),
        f"hearsay:{adverb.lower_}",
        None,
        cues.HEARSAY[adverb.lower_],
    )


def _reported(at: Words, adjective: Token) -> Frame:
    """As in "the first reported execution of its kind": of a noun that is a piece by itself."""
    kind = SourceKind.AGENTLESS_BELIEF
    noun = frozenset({adjective.head.i}) if adjective.head.dep_ != "dobj" else frozenset[int]()
    level = cues.BEFORE_NOUNS[adjective.lower_]
    rule = f"adjective:{adjective.lower_}"
    return Frame(kind, None, at.word(adjective), noun, (), None, frozenset(), rule, None, level)


def _released(verb: Token) -> set[int]:
    found: set[int] = set()
    for one in verb.subtree:
        if heads.is_released(one):
            found |= words.subtree(one.head)
    return found


def _witnessed(at: Words, verb: Token) -> Iterator[Frame]:
    """As in "Neighbours saw a man running", "expressed shock at seeing a man running"."""
    what = next((one for one in verb.children if one.dep_ == "ccomp" and one.tag_ == "VBG"), None)
    noun = words.subject(verb)
    if what is None or noun is None or words.is_passive(verb) or words.own_subject(what) is None:
        return
    if noun.pos_ not in {"NOUN", "PROPN"} or is_media(noun):
        return
    content = words.subtree(what) - _released(what)
    yield Frame(
        source_kind(noun),
        at.phrase(noun),
        at.word(verb),
        frozenset(content),
        (what.i,),
        words.clause_of(verb.head).i if verb.dep_ == "pcomp" else verb.i,
        frozenset(words.subtree(verb.head)) - content - _released(what)
        if verb.dep_ == "pcomp"
        else frozenset(),
        "witness",
        noun.i,
        inferred=True,
    )
