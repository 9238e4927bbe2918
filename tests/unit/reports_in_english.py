"""Short invented reports, taken apart by a simple rule and parsed, for the tests of what is read in them."""

import itertools
import re

from seawall.claims import english, proposals as proposing
from seawall.claims.parsed import Parsed, Quotation, Sentence
from seawall.model.report import Line, LineKind

SENTENCE = re.compile("(?<=[.!?:])[\"\u201d')]?\\s+(?=[\"\u201c'A-Z])")
QUOTED = re.compile("\"([^\"\n]+)\"|\u201c([^\u201d\n]+)\u201d|(?<!\\w)'([^'\n]+)'(?!\\w)")
NO_SENTENCE = {LineKind.CREDIT, LineKind.BYLINE}


def parsed(*lines):
    """The lines, each a string or a pair of its kind and a string."""
    text, found, quotations, sentences = "", [], [], []
    for line in lines:
        kind, words = line if isinstance(line, tuple) else (LineKind.BODY, line)
        start = len(text)
        found.append(Line(start, start + len(words), kind))
        for match in QUOTED.finditer(words):
            number = next(i for i in (1, 2, 3) if match[i])
            quotations.append(Quotation(start + match.start(number), start + match.end(number)))
        if kind not in NO_SENTENCE:
            edges = [0, *(match.end() for match in SENTENCE.finditer(words)), len(words)]
            for left, right in itertools.pairwise(edges):
                right = left + len(words[left:right].rstrip())
                sentences.append(Sentence(start + left, start + right, kind, None))
        text += words + "\n"
    whole = Parsed(text, "en", tuple(found), tuple(quotations), tuple(sentences), ())
    return english.parsed(whole)


def proposals(*lines):
    return proposing.proposals(parsed(*lines))


def only(*lines, of):
    """The one proposal whose span has these words."""
    found = [one for one in proposals(*lines) if of in one.span.text]
    assert len(found) == 1, [one.span.text for one in proposals(*lines)]
    return found[0]


def chain(proposal):
    """Kinds and sources from the innermost speaker on, without the outlet."""
    return [(link.kind.value, link.source) for link in proposal.attribution[:-1]]
