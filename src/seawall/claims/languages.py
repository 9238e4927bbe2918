"""Which language a text is in, and what reads texts of a language.

Told by script, then by function words, the commonest of each language. A text is of a language that is known
here or "und"; nothing is concluded from names or from very few words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from seawall.claims.tables import listed
from seawall.model.report import Line

if TYPE_CHECKING:
    from seawall.claims.parsed import Parsed
    from seawall.model.claim import Proposal

ENGLISH: Final = "en"
FRENCH: Final = "fr"
ARABIC: Final = "ar"
UNKNOWN: Final = "und"

NAMES: Final = {ENGLISH: "English", FRENCH: "French", ARABIC: "Arabic"}

_WORDS: Final = {
    ENGLISH: listed(
        "the of and to in is was were that for on with by from he she they his her their it its has have "
        "had been be at an are as who which this but not will after said when where into more than or "
        "there no one two we you my i would could"
    ),
    FRENCH: listed(
        "le la les des du de un une et est dans que qui pour par sur au aux avec ont a été sont pas ne se "
        "ce cette ces son sa ses il elle ils elles en mais ou où plus selon leur après avant était "
        "étaient avait deux à d l qu n s c j"
    ),
    ARABIC: listed(
        "في من على إلى الى أن ان عن مع هذا هذه التي الذي كان كانت قال قالت بعد قبل ما لا لم وقال وفي ومن "
        "بين حيث كما أو او ولم قد وقد كل خلال أنه بأن إن وكان وأضاف وأن ذلك"
    ),
}
#: words of languages that are not known here and share many with those that are
_OTHERS: Final = {
    "es": listed("el los las del y que de la en un una por con se al"),
    "it": listed("il gli della di che e la un una per con del sono nel"),
    "pt": listed("o os as do da dos e que de um uma em no na com"),
    "de": listed("der die das und ist in den von mit ein eine im auf was"),
    "nl": listed("de het een van en in is op te dat met voor zijn was"),
}
_LANGUAGES_OF: Final = {
    word: tuple(name for name, words in (_WORDS | _OTHERS).items() if word in words)
    for word in frozenset[str]().union(*_WORDS.values(), *_OTHERS.values())
}
_TOKEN: Final = re.compile(r"[^\W\d_]+")
_ARABIC_LETTERS: Final = re.compile("[\u0620-\u064a\u066e-\u06d3]")
#: letters of Persian, Urdu, Pashto and Kurdish that Arabic has not
_NOT_ARABIC: Final = re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc\u06be\u06c1\u06d2\u0679\u06ba\u06d5]")
_LATIN_LETTERS: Final = re.compile("[A-Za-z\u00c0-\u024f]")
_SAMPLE: Final = 50_000  # characters; more of a text tells no more
_FEWEST: Final = 1  # function words
_FEWEST_OF_A_LINE: Final = 4  # in Latin script, where languages share words
_SHARE: Final = 0.12  # of the words: in running text of each of these languages, a quarter and more
_FOREIGN_SHARE: Final = 0.02
_HEAD: Final = 1000  # characters of a line
_SHORT: Final = 40  # characters of a line
_LATIN: Final = "latin"
_OTHER: Final = "other"
_LEAD: Final = 1.3  # times as many as of the next language


class Reader(Protocol):
    """What reads the texts of one language: its model and its tables of cues.

    A language is added by a module with such a reader; nothing else has to know it.
    """

    language: str  #: as `of` tells it

    def parsed(self, text: Parsed) -> Parsed:
        """The text with the parse of each sentence of the language in its place."""
        ...

    def proposals(self, text: Parsed) -> tuple[Proposal, ...]:
        """What it proposes of a text that it has parsed, in the text's order."""
        ...


def of(text: str) -> str:
    """The language of a text: "en", "fr", "ar" or "und"."""
    sample = text[:_SAMPLE]
    tokens = _TOKEN.findall(sample.lower())
    return _language(sample, tokens, _script(sample, tokens), _FEWEST)


def by_line(text: str, lines: Sequence[Line], language: str) -> tuple[str, ...]:
    """The language of each line. One that is too short to tell is of the language of the text."""
    return tuple(_of_line(text[line.start : min(line.end, line.start + _HEAD)], language) for line in lines)


def named(language: str) -> str:
    """The language's name in English."""
    return NAMES.get(language, "an unknown language")


def _of_line(words: str, language: str) -> str:
    tokens = _TOKEN.findall(words.lower())
    script = _script(words, tokens)
    if script is None:
        return language
    found = _language(words, tokens, script, _FEWEST if script == ARABIC else _FEWEST_OF_A_LINE)
    if found != UNKNOWN:
        return found
    own = ARABIC if language == ARABIC else _LATIN
    if script == own or len(words) < _SHORT:  # a name in another script changes no line's language
        return language
    return UNKNOWN


def _script(text: str, tokens: Sequence[str]) -> str | None:
    """The script that most letters are of: Arabic, Latin, another; None for a text without letters."""
    letters = sum(map(len, tokens))
    if not letters:
        return None
    if 2 * len(_LATIN_LETTERS.findall(text)) >= letters:
        return _LATIN
    return ARABIC if 2 * len(_ARABIC_LETTERS.findall(text)) >= letters else _OTHER


def _language(text: str, tokens: Sequence[str], script: str | None, fewest: int) -> str:
    if script == ARABIC:
        few = len(_NOT_ARABIC.findall(text)) <= _FOREIGN_SHARE * len(text)
        return ARABIC if few and _counted(tokens, (ARABIC,))[ARABIC] >= fewest else UNKNOWN
    if script != _LATIN:
        return UNKNOWN
    counts = _counted(tokens, (ENGLISH, FRENCH, *_OTHERS))
    (most, language), (next_most, _) = sorted(((n, name) for name, n in counts.items()), reverse=True)[:2]
    enough = most >= max(fewest, _SHARE * len(tokens)) and most >= _LEAD * next_most
    return language if enough and language in NAMES else UNKNOWN


def _counted(tokens: Sequence[str], languages: Collection[str]) -> dict[str, int]:
    """How many of the words are function words of each language."""
    counts = dict.fromkeys(languages, 0)
    for token in tokens:
        for name in _LANGUAGES_OF.get(token, ()):
            if name in counts:
                counts[name] += 1
    return counts
