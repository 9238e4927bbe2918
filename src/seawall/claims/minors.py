"""Names of children in a text, so that none leaves the record.

A name is withheld where the text makes its bearer a child (an age under 18, "schoolboy", (
    "the boy, named as"
)),
where a victim is named and nothing makes him or her an adult, and where a relative of a child is named. All
other occurrences of the name, of its parts, of other spellings of these, and handles and addresses that hold
one are withheld too. When in doubt a name is withheld: what is withheld without need can be looked up in the
text, what has leaked cannot be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from seawall.claims import minor_words, occurrences, person_names, terms, vocabulary
from seawall.claims.parsed import Parsed
from seawall.model.claim import Span
from seawall.model.report import Minor, Operator, Quantity

_ADULT: Final = 18


@dataclass(frozen=True, slots=True)
class Named:
    """A person whose name is withheld."""

    spans: tuple[Span, ...]  #: wherever the text has the name or a part of it
    at: int  #: where the name stands beside its cue
    minor: Minor
    cue: Span | None  #: what makes the person a child; None where only doubt does
    age: Quantity | None
    victim: bool  #: whether the text names a victim, rather than somebody's kin


@dataclass(frozen=True, slots=True)
class _Hit:
    first: int  #: number of the name's first word
    past: int
    minor: Minor
    cue: Span | None
    age: Quantity | None = None
    victim: bool = False


def is_minor(age: Quantity) -> bool:
    """Whether an age may be a child's: "under 20" may, "at least 16" may."""
    if age.operator in {Operator.GE, Operator.GT}:
        return age.low is not None and age.low < _ADULT
    if age.operator in {Operator.LE, Operator.LT}:
        return age.high is not None and age.high <= _ADULT
    return age.low is not None and age.low < _ADULT


def named(
    parsed: Parsed, ages: Sequence[Quantity], taken: Iterable[tuple[int, int]], published: date | None = None
) -> tuple[Named, ...]:
    """People whose names are to be withheld; `taken` are names of organisations, which are nobody's."""
    finder = _Finder(parsed, ages, taken, published)
    hits = finder.hits()
    return tuple(finder.everywhere(hits))


def names_of_adults(
    parsed: Parsed, ages: Sequence[Quantity], taken: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Names of two words or more whose bearers the text makes adults: where each begins and ends."""
    return _Finder(parsed, ages, taken, None).adults()


class _Finder(person_names.Names):
    """Finds names of children, of victims in doubt and of kin."""

    def adults(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        at = 0
        while at < len(self._words):
            past = self._name_from(at) if self._words[at].capital else None
            if past is None:
                at += 1
                continue
            first = at
            while first < past and self._words[first].folded in minor_words.ADULT:
                first += 1
            end = past
            while end > first and self._words[end - 1].folded in minor_words.ADULT:
                end -= 1
            if end - first >= 2 and self._adult_at(first, end):
                found.append((self._words[first].start, self._words[end - 1].end))
            at = past
        return found

    # -- what makes somebody a child

    def hits(self) -> list[_Hit]:
        found: list[_Hit] = []
        for age in self._ages:
            if is_minor(age):
                found += self._beside_age(age)
        for at, word in enumerate(self._words):
            if word.folded in minor_words.NOUNS:
                found += self._beside_noun(at)
            elif word.folded in minor_words.NAMING:
                found += self._doubtful(at)
            elif word.folded in minor_words.KIN:
                found += self._relative(at)
            elif word.folded in minor_words.ARABIC_NOUNS:
                found += self._arabic(at)
            elif word.folded in {"birthday", "born"}:
                found += self._by_birth(at)
            elif word.folded in _KILLED or word.folded in _DEATHS:
                found += self._victim(at)
        found += self._pairs_of_ages()
        return found + self._relatives_of(found)

    def _relatives_of(self, hits: list[_Hit]) -> list[_Hit]:
        """Names of kin of those found: "X's mother, Y"."""
        parts = {part for hit in hits for part in self._parts(hit)}
        return [
            _Hit(first, past, Minor.UNKNOWN, None)
            for at, word in enumerate(self._words)
            if at and word.folded in minor_words.KIN and self._words[at - 1].folded in parts
            if _GENITIVE.search(self._words[at - 1].text) or self._gap(at).startswith(("'", "\u2019"))
            for first, past in self._forwards(at + 1)
        ]

    def _beside_age(self, age: Quantity) -> list[_Hit]:
        """Such as "X, 11," "X (11)", "X, who is 11", "11-year-old X", "the 11-year-old, named as X"."""
        cue = age.span
        if re.search("[\u0600-\u06ff]", cue.text):
            return self._arabic_before(self._at(cue.start), cue, age)
        found = self._backwards(self._at(cue.start)) or self._forwards(self._at(cue.end))
        return [_Hit(first, past, Minor.STATED, cue, age) for first, past in found]

    def _beside_noun(self, at: int) -> list[_Hit]:
        """So schoolboy X", "the boy, named as X", "X, a schoolboy", "the children, X, Y and Z"."""
        word = self._words[at]
        if word.capital and at and self._words[at - 1].capital and self._joins(at):
            return []  # "Government Girls Secondary School"
        if _GENITIVE.search(word.text) or self._text.startswith(("'s", "\u2019s"), word.end):
            return []
        stated = Minor.STATED if word.folded in vocabulary.STATED else Minor.IMPLIED
        cue = Span.of(self._text, word.start, word.end)
        many = word.folded in vocabulary.CHILDREN
        found = self._forwards(at + 1, many=many)
        found += [] if many else self._backwards(at)
        return [_Hit(first, past, stated, cue) for first, past in found]

    # -- in doubt

    def _doubtful(self, at: int) -> list[_Hit]:
        """As "identified as X" of a victim whom nothing makes an adult."""
        said = [word.folded for word in self._words[max(0, at - 8) : at]]
        names = self._forwards(at, many=True)
        about = {*said, *(word.folded for word in self._words[at : names[0][0]])} if names else set()
        if (
            not about & (minor_words.VICTIMS | minor_words.NOUNS | minor_words.YOUNGER_KIN)
            or about & minor_words.ADULT
        ):
            return []
        return [
            _Hit(first, past, Minor.UNKNOWN, None) for first, past in names if not self._adult(first, past)
        ]

    def _victim(self, at: int) -> list[_Hit]:
        """Such as "X was killed", "the death of X": a victim whom nothing makes an adult."""
        if self._words[at].folded in _DEATHS:
            if at + 2 >= len(self._words) or self._words[at + 1].folded not in {"of", "de"}:
                return []
            past = self._name_from(at + 2)
            found = [] if past is None else [(at + 2, past)]
        else:
            number = at
            while number > 0 and self._words[number - 1].folded in _PASSIVE:
                number -= 1
            found = self._backwards(number, plain=True) if number < at else []
        return [
            _Hit(first, past, Minor.UNKNOWN, None, victim=True)
            for first, past in found
            if not self._adult(first, past) and not self._is_placed(first, past)
        ]

    def _adult(self, first: int, past: int) -> bool:
        """Whether the text makes the bearer of a name an adult, here or where it names the same in full.

        A last name alone tells nothing: it is also the father's.
        """
        name = [word.folded for word in self._words[first:past]]
        ends = self._numbers.get(name[-1], [])[:_MOST_MENTIONS]
        return any(
            self._adult_at(end + 1 - len(name), end + 1)
            for end in ends
            if [word.folded for word in self._words[max(0, end + 1 - len(name)) : end + 1]] == name
        )

    def _adult_at(self, first: int, past: int) -> bool:
        around = self._words[max(0, first - 2) : past + 7]
        if any(word.folded in minor_words.ADULT for word in around if self._same_sentence(first, word)):
            return True
        start, end = self._words[max(0, first)].start, self._words[past - 1].end
        return any(
            not is_minor(age) and (0 <= age.span.start - end <= 12 or 0 <= start - age.span.end <= 12)
            for age in self._ages
        )

    def _same_sentence(self, first: int, word: terms.Word) -> bool:
        start = self._words[max(0, first)].start
        between = self._text[min(start, word.start) : max(start, word.start)]
        return "\n" not in between and ". " not in between.replace("Dr. ", "").replace("Mr. ", "")

    # -- relatives, births, lists

    def _relative(self, at: int) -> list[_Hit]:
        """Such as "The boy's father, X", "X, the girl's mother", "his son X": names that lead to a child."""
        before = self._words[max(0, at - 3) : at]
        of_child = any(word.folded in minor_words.NOUNS for word in before) or self._of_child_after(at)
        possessive = bool(before) and bool(
            before[-1].folded in _POSSESSIVE or _GENITIVE.search(before[-1].text)
        )
        here = self._words[at]
        recent = self._words[max(0, at - 80) : at]
        since = recent[0].start if recent else here.start
        near_child = possessive and (
            any(word.folded in minor_words.NOUNS for word in recent)
            or any(is_minor(age) and since <= age.span.start < here.start for age in self._ages)
        )
        younger = here.folded in minor_words.YOUNGER_KIN
        if not (of_child or near_child or (younger and possessive)):
            return []
        names = self._forwards(at + 1)
        if of_child:
            names += self._backwards(at - (1 if before and before[-1].folded in minor_words.NOUNS else 0))
        doubt = younger and not (of_child or near_child)
        return [
            _Hit(first, past, Minor.UNKNOWN, None)
            for first, past in names
            if not (doubt and self._adult(first, past))
        ]

    def _of_child_after(self, at: int) -> bool:
        after = [word.folded for word in self._words[at + 1 : at + 5]]
        return bool(after) and after[0] in {"of", "de", "du"} and any(w in minor_words.NOUNS for w in after)

    def _by_birth(self, at: int) -> list[_Hit]:
        """Such as "X's 11th birthday", "X, born in 2009"."""
        word = self._words[at]
        if word.folded == "birthday" and at >= 2:
            ordinal = _ORDINAL.fullmatch(self._words[at - 1].folded)
            if ordinal and int(ordinal[1]) <= _ADULT:
                cue = Span.of(self._text, self._words[at - 1].start, word.end)
                return [_Hit(f, p, Minor.STATED, cue) for f, p in self._backwards(at - 1, plain=True)]
        year = next((w.folded for w in self._words[at + 1 : at + 5] if _BIRTH_YEAR.fullmatch(w.folded)), None)
        if word.folded == "born" and year and self._published and self._published.year - int(year) <= _ADULT:
            cue = Span.of(self._text, word.start, word.end)
            return [_Hit(f, p, Minor.STATED, cue) for f, p in self._backwards(at, plain=True)]
        return []

    def _pairs_of_ages(self) -> list[_Hit]:
        """Such as "X and Y, 9 and 11,"."""
        found: list[_Hit] = []
        for pair in _AGES_OF_SEVERAL.finditer(self._text):
            if any(int(number) >= _ADULT for number in re.findall(r"\d+", pair[0])):
                continue
            cue = Span.of(self._text, pair.start(1), pair.end())
            past: int | None = self._at(pair.start(1))
            while past is not None and len(found) < _MOST_MENTIONS:
                first = self._name_to(past)
                if first is None:
                    break
                found.append(_Hit(first, past, Minor.STATED, cue))
                and_ = first > 0 and self._words[first - 1].folded in {"and", "et"}
                past = first - 1 if and_ else first
        return found

    def _arabic(self, at: int) -> list[_Hit]:
        """Up to three words after a word for a child, as far as they may be a name."""
        past = at + 1
        while past < min(len(self._words), at + 4) and not self._gap(past).strip():
            if self._words[past].folded in minor_words.ARABIC_STOPS:
                break
            past += 1
        cue = Span.of(self._text, self._words[at].start, self._words[at].end)
        return [_Hit(at + 1, past, Minor.STATED, cue)] if past > at + 1 else []

    def _arabic_before(self, at: int, cue: Span, age: Quantity) -> list[_Hit]:
        first = at
        while first > max(0, at - 3) and not self._text[
            self._words[first - 1].end : self._words[first].start if first < at else cue.start
        ].strip(" (\u060c,"):
            if self._words[first - 1].folded in minor_words.ARABIC_STOPS | minor_words.ARABIC_NOUNS:
                break
            first -= 1
        return [_Hit(first, at, Minor.STATED, cue, age)] if first < at else []

    # -- all occurrences

    def everywhere(self, hits: list[_Hit]) -> list[Named]:
        """One person for names that have their words in common, with every place where the text has them."""
        people: list[tuple[set[str], list[_Hit]]] = []
        bearers: dict[str, list[int]] = {}  #: by part of a name, numbers of the people
        for hit in sorted(hits, key=lambda one: (one.minor is Minor.UNKNOWN, one.first)):
            parts = self._parts(hit)
            near = [number for part in parts for number in bearers.get(part, ())[:_MOST_BEARERS]]
            same = next((n for n in near if parts <= people[n][0] or people[n][0] <= parts), len(people))
            if same == len(people):
                people.append((set(), []))
            for part in parts - people[same][0]:
                bearers.setdefault(part, []).append(same)
            people[same][0].update(parts)
            people[same][1].append(hit)
        every = occurrences.Occurrences(self._text, self._words)
        named = []
        for parts, its in people:
            age = next((hit.age for hit in its if hit.age), None)
            own = [(hit.first, hit.past) for hit in its]
            at = self._words[its[0].first].start
            victim = any(hit.victim for hit in its)
            named.append(Named(every.of(parts, own), at, its[0].minor, its[0].cue, age, victim))
        return named

    def _parts(self, hit: _Hit) -> set[str]:
        words = self._words[hit.first : hit.past]
        return {w.folded for w in words if w.folded not in minor_words.PARTICLES and len(w.folded) > 1} or {
            w.folded for w in words
        }


_GENITIVE: Final = re.compile("['\u2019]s$")
_POSSESSIVE: Final = terms.listed("his her their son sa ses leur leurs")
_DEATHS: Final = terms.listed(
    "death killing murder abduction kidnapping beheading execution body funeral mort assassinat"
)
_KILLED: Final = terms.listed(
    "killed"
    " beheaded executed abducted kidnapped wounded murdered stabbed raped slain shot injured tortured"
    " enslaved"
)
_PASSIVE: Final = terms.listed(
    "was is been being has had who allegedly reportedly brutally later also then who"
)
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_BIRTH_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_AGES_OF_SEVERAL: Final = re.compile(
    r"(?<=[^\W\d_]),\s(\d{1,2})(?:,\s\d{1,2}){0,5},?\s(?:and|et)\s\d{1,2}\b(?!\s*(?:people|,\d))"
)
_MOST_MENTIONS: Final = 200
_MOST_BEARERS: Final = 50  #: people of one name who are told apart
