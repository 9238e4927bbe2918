"""Frames of speech: "X said", "according to X", "X was quoted by Y as saying", "the claim that"."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, scopes, words
from seawall.claims.frames import Frame, Words, source_kind
from seawall.claims.speakers import speaker
from seawall.model.claim import HedgeLevel, SourceKind, Span

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_UNSPOKEN: Final = frozenset({"decline", "refuse", "fail", "want", "ask", "urge", "order", "force", "expect"})
_SPEAKING: Final = cues.SPEECH | cues.PAPER_VERBS | cues.WITH_NOUN | cues.HEARING | cues.BELIEVING
_MEANS: Final = frozenset({"telephone", "phone", "email", "e-mail", "text", "letter", "link", "satellite"})
_OF: Final = frozenset({"by", "from", "of"})


def frames(at: Words, doc: Doc) -> Iterator[Frame]:
    """All frames of speech in a sentence, in the order of their cues."""
    sayings = {one.i for token in doc if _quotes(token) and (one := _as_saying(token)) is not None}
    for token in doc:
        lemma = token.lemma_.lower()
        if token.i in sayings:
            continue
        if token.lower_ in {"according", "acc", "acc."} and _to(token) is not None:
            yield from _according(at, token)
        elif _quotes(token):
            yield from _cited(at, token)
        elif lemma in cues.CLAIM_NOUNS and token.pos_ == "NOUN":
            yield from _claimed(at, token)
        elif _speaks(token):
            yield from _said(at, token)


def _quotes(token: Token) -> bool:
    return token.lemma_.lower() in {"cite", "quote"} and token.pos_ in {"VERB", "AUX"}


def _speaks(token: Token) -> bool:
    if token.pos_ not in {"VERB", "AUX"} or token.dep_ in {"amod", "compound"}:
        return False
    return token.lemma_.lower() in _SPEAKING


def _according(at: Words, token: Token) -> Iterator[Frame]:
    to = _to(token)
    noun = None if to is None else words.child(to, "pobj")
    if to is None or noun is None:
        return
    doc = token.doc
    own = words.subtree(token) | words.subtree(to) | set(range(token.i, to.i))
    head = words.clause_of(token.head)
    while head.dep_ == "conj" and words.is_verbal(head.head):
        head = head.head
    ends = min(own) <= 1 or all(doc[i].is_punct for i in range(max(own) + 1, len(doc)))
    content = (set(range(len(doc))) if ends else words.subtree(head)) - own
    yield Frame(
        source_kind(noun),
        at.phrase(noun),
        at.between(token, to),
        frozenset(content),
        (),
        None,
        frozenset(own),
        "according-to",
        noun.i,
    )


def _to(according: Token) -> Token | None:
    """The "to" of "according to" and of "acc. to"."""
    after = according.doc[according.i + 1 : according.i + 3]
    return next((one for one in after if one.lower_ == "to"), None)


def _cited(at: Words, verb: Token) -> Iterator[Frame]:
    """As in "X was quoted by Y as saying", "Y cited X as saying", "said Y, citing X"."""
    saying = _as_saying(verb)
    passive = words.is_passive(verb) and words.own_subject(verb) is not None
    cited = words.own_subject(verb) if passive else _cited_one(verb, saying)
    if cited is None:
        return
    if saying is None:
        if verb.tag_ == "VBG" and verb.dep_ == "advcl":
            own = words.subtree(verb)
            content = scopes.content(verb.head)[0] or words.subtree(verb.head)
            yield _speech(at, cited, at.word(verb), content - own, (), None, own, "citing")
        return
    found, roots = scopes.content(saying)
    if not found:
        return
    yield _speech(at, cited, at.between(saying.head, saying), found, roots, saying.i, set(), "as-saying")
    agent = words.child(verb, "agent")
    outer = words.child(agent, "pobj") if agent is not None else None if passive else words.subject(verb)
    whole = found | words.subtree(saying)
    kept = verb.i
    if outer is not None:
        yield _speech(at, outer, at.word(verb), whole, (), kept, set(), "quoted")
    else:
        yield Frame(SourceKind.OUTLET_VOICE, None, None, frozenset(), (), kept, frozenset(), "quoted")


def _as_saying(verb: Token) -> Token | None:
    """The "saying" of "as saying" after the verb, wherever the parse hangs it."""
    doc = verb.doc
    for i in range(verb.i + 1, min(verb.i + 16, len(doc) - 1)):
        if doc[i].lower_ == "as" and doc[i + 1].tag_ == "VBG" and doc[i + 1].lemma_ in cues.SPEECH:
            return doc[i + 1]
    return None


def _cited_one(verb: Token, saying: Token | None) -> Token | None:
    if saying is None:
        return words.child(verb, "dobj")
    between = verb.doc[verb.i + 1 : saying.i - 1]
    within = {one.i for one in between}
    nouns = [one for one in between if one.pos_ in {"NOUN", "PROPN", "PRON"}]
    return next((one for one in nouns if one.head.i not in within), None)


def _claimed(at: Words, noun: Token) -> Iterator[Frame]:
    """As in "the claim that X", "a statement by Y that X", "reports of X"."""
    clause = next(
        (
            one
            for one in noun.children
            if one.dep_ in {"acl", "ccomp", "relcl"}
            and any(mark.dep_ == "mark" and mark.lower_ == "that" for mark in one.children)
        ),
        None,
    )
    if _is_where_said(noun):
        return
    source = words.child(noun, "poss")
    for one in noun.children:
        if one.dep_ in {"prep", "agent"} and one.lower_ in _OF and clause is not None:
            source = source or words.child(one, "pobj")
    level = HedgeLevel.REPORTED if noun.lemma_ in {"report", "statement"} else HedgeLevel.ALLEGED
    if clause is None:
        of = next((one for one in noun.children if one.lower_ == "of"), None)
        what = words.child(of, "pobj") if of is not None and noun.lower_ == "reports" else None
        if what is not None and source is None and len(words.subtree(what)) > 3:
            content = frozenset(words.subtree(what))
            kind = SourceKind.AGENTLESS_BELIEF
            yield Frame(
                kind, None, at.word(noun), content, (what.i,), None, frozenset(), "reports-of", None, level
            )
        return
    content = frozenset(words.subtree(clause))
    if source is not None:
        yield _speech(at, source, at.word(noun), set(content), (clause.i,), None, set(), "claim-noun")
    else:
        kind = SourceKind.AGENTLESS_BELIEF
        yield Frame(
            kind, None, at.word(noun), content, (clause.i,), None, frozenset(), "claim-noun", None, level
        )


def _is_where_said(noun: Token) -> bool:
    """As in "the ministry said in a statement that": what follows is what the ministry said."""
    inside = noun.dep_ == "pobj" and noun.head.lower_ in {"in", "on", "through"}
    return inside and noun.head.head.lemma_.lower() in cues.SPEECH and words.is_verbal(noun.head.head)


def _said(at: Words, verb: Token) -> Iterator[Frame]:
    lemma = verb.lemma_.lower()
    if lemma == "put" and not _puts_at(verb):
        return
    agent = _agent(verb)
    passive = words.is_passive(verb)
    noun = words.child(agent, "pobj") if agent is not None else speaker(verb)
    if (
        noun is None
        or (passive and agent is None and noun.dep_ == "nsubjpass" and not _is_told(noun, lemma))
        or not _can_speak(noun, lemma)
        or _unsaid(verb)
        or (lemma in cues.BELIEVING and not _holds(noun, verb))
    ):
        return
    content, roots = scopes.content(verb)
    level = cues.DISTANCING.get(lemma)
    cue = at.word(verb)
    if content:
        yield _speech(at, noun, cue, content, roots, verb.i, set(), f"speech:{lemma}", level)
    elif _is_as_said(verb, lemma) and (agent is not None or words.is_finite(verb)):
        own = words.subtree(verb)
        scope = words.subtree(verb.head) - own
        yield _speech(at, noun, cue, scope, (), None, own, "as-said", level)
    elif lemma in cues.WITH_NOUN and not passive and (what := words.child(verb, "dobj")) is not None:
        if lemma == "claim" and what.lemma_ not in {"responsibility", "credit"}:
            return
        if lemma in {"threaten", "warn"} and _is_addressed(what):
            return  # a deed that the text itself tells of
        level = None if lemma == "claim" else level
        frame = _speech(at, noun, cue, _plain(verb), (), None, set(), f"speech-noun:{lemma}", level)
        if what.lemma_ == "responsibility":
            frame = dataclasses.replace(frame, kind=SourceKind.PERPETRATOR_CLAIM)
        yield frame
    elif lemma in cues.AS_SAID and (before := scopes.final(verb)):
        own = set(range(max(before) + 1, len(verb.doc)))
        tops = [i for i in sorted(before) if verb.doc[i].head.i not in before or verb.doc[i].dep_ == "ROOT"]
        top = next((i for i in tops if not verb.doc[i].is_punct), verb.i)
        roots = (top,) if top in before else ()
        yield _speech(at, noun, cue, before, roots, verb.i, own, "closing", level)


def _is_as_said(verb: Token, lemma: str) -> bool:
    return verb.dep_ == "advcl" and lemma in cues.AS_SAID and scopes.mark(verb) == "as"


def _plain(verb: Token) -> set[int]:
    """A verb's clause with its subject, without what is coordinated with it."""
    own = words.clause(verb)
    noun = words.own_subject(verb)
    if noun is not None:
        own |= words.subtree(noun)
        for one in noun.subtree:
            if one.dep_ == "relcl":
                own -= words.subtree(one)
    for one in verb.children:
        if one.dep_ == "conj":
            own -= words.subtree(one)
    return own


def _speech(
    at: Words,
    noun: Token,
    cue: Span,
    content: set[int],
    roots: tuple[int, ...],
    matrix: int | None,
    gone: set[int],
    rule: str,
    level: HedgeLevel | None = None,
) -> Frame:
    return Frame(
        source_kind(noun),
        at.phrase(noun),
        cue,
        frozenset(content),
        roots,
        matrix,
        frozenset(gone),
        rule,
        noun.i,
        level,
    )


def _can_speak(noun: Token, lemma: str) -> bool:
    """Papers show and find; people and institutions say. Footage does neither: it has frames of its own."""
    head = noun.lemma_.lower()
    if head in cues.MEDIA or noun.tag_ == "EX":
        return False
    if lemma in cues.HEARING:
        return head in cues.COURTS and lemma not in cues.SPEECH
    if noun.lower_ in {"it", "this", "that", "which"}:
        spoken = lemma in cues.SPEECH and lemma not in cues.PAPER_VERBS - {"say"}
        return spoken or lemma in cues.WITH_NOUN
    if lemma in cues.PAPER_VERBS and lemma not in cues.SPEECH | cues.WITH_NOUN:
        return head in cues.PAPERS
    return True


def _puts_at(verb: Token) -> bool:
    """As in "a doctor put the number of dead at 19"."""
    what = words.child(verb, "dobj")
    at = next((one for one in verb.children if one.lower_ == "at" and one.i > verb.i), None)
    return what is not None and what.lemma_.lower() in cues.COUNTED and at is not None


def _is_addressed(what: Token) -> bool:
    """Whether the object of "threatened" is whom somebody threatens, and not with what."""
    return what.tag_ in {"NNS", "NNPS", "NNP", "PRP"} or what.ent_type_ in {"PERSON", "ORG", "NORP", "GPE"}


def _agent(verb: Token) -> Token | None:
    """The "by" of who says it, and not of how: "said by telephone"."""
    by = words.child(verb, "agent")
    noun = words.child(by, "pobj") if by is not None else None
    return None if noun is None or noun.lemma_.lower() in _MEANS else by


def _is_told(noun: Token, lemma: str) -> bool:
    """As in "the court was told that": by whom does not matter, it is said in court."""
    return lemma == "tell" and noun.lemma_.lower() in cues.COURTS


def _holds(noun: Token, verb: Token) -> bool:
    """Whether a belief is told as a source's: an institution's, or as an aside, "it is hers, he believes"."""
    if noun.lemma_.lower() in cues.INSTITUTIONS and noun.i < verb.i:
        return not words.is_passive(verb)
    after = scopes.is_aside(verb) or any(one.dep_ == "ccomp" and one.i < noun.i for one in verb.children)
    return after and noun.lower_ not in {"i", "we", "you"}


def _unsaid(verb: Token) -> bool:
    """As in "did not say that", "declined to say whether"."""
    if words.negation(verb) is not None and verb.lemma_ != "deny":
        return True
    return verb.dep_ == "xcomp" and verb.head.lemma_ in _UNSPOKEN
