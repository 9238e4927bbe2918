"""Words of a text that name a place, with all that gazetteers know under that name.

Capitalised words first, the longest name first. A name that is only part of a run of capitalised words is a
person's or an organisation's more often than a place's, and is passed over unless the words around it say
that it is a place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from seawall.claims import (
    analyst_places,
    divisions,
    entries,
    facilities,
    place_words as near,
    sites,
    terms,
    towns,
    vocabulary,
)
from seawall.claims.parsed import Parsed
from seawall.claims.spans import Intervals
from seawall.model.report import Feature, LineKind

_LONGEST: Final = 5  #: words of a town's name
_MIN_LETTERS: Final = 3
_LONGEST_ACRONYM: Final = 4  #: "UTC" is no town
_KNOWN_POPULATION: Final = 15_000  #: from here on a name needs no other sign that a place is meant
_SHOUTED_POPULATION: Final = 100_000  #: the same, in a headline whose words all have capitals


@dataclass(frozen=True, slots=True)
class Found:
    """Words that name a place."""

    start: int
    end: int
    entries: tuple[entries.Entry, ...]  #: of all gazetteers, in no order
    wanted: Feature | None  #: what the words beside it call it
    site: str | None  #: the facility's word where it is the name of one: "checkpoint"
    rule: str


def find(
    parsed: Parsed, taken: Iterable[tuple[int, int]], analyst: analyst_places.Places | None = None
) -> list[Found]:
    """All names of places, in the text's order, none over another nor over stretches that are taken."""
    finder = _Finder(parsed, taken, analyst)
    return finder.places()


def of_one_country(found: Found) -> str | None:
    """The country that all places of a name are in."""
    countries = {entry.country for entry in found.entries}
    return countries.pop() if len(countries) == 1 else None


class _Finder:
    def __init__(
        self, parsed: Parsed, taken: Iterable[tuple[int, int]], analyst: analyst_places.Places | None
    ) -> None:
        self._text = parsed.text
        self._taken = Intervals(taken)
        self._analyst = analyst
        self._found: list[Found] = []
        self._titles: dict[int, bool] = {}  #: by where a line begins
        lines = [line for line in parsed.lines if line.kind is not LineKind.CREDIT]
        self._lines = [terms.words(self._text, line.start, line.end) for line in lines]
        self._sentence_starts = {sentence.start for sentence in parsed.sentences}
        self._countries = frozenset(divisions.countries_named(self._text))
        self._known = self._asked_together()
        self._people = self._parts_of_people()

    def places(self) -> list[Found]:
        for among in self._lines:
            self._listed(among)
        for among in self._lines:
            self._facilities(among)
        for _ in range(2):  # what the first names tell of countries makes others likely
            for among in self._lines:
                for run in self._runs(among):
                    self._named_in(among, *run)
                self._arabic(among)
            self._countries |= {country for one in self._found if (country := of_one_country(one))}
        return sorted(self._found, key=lambda found: found.start)

    def _add(self, found: Found) -> None:
        if not self._taken.meets(found.start, found.end):
            self._found.append(found)
            self._taken.add(found.start, found.end)

    # -- names on lists

    def _listed(self, among: Sequence[terms.Word]) -> None:
        """The analyst's places, sites, countries."""
        if self._analyst is not None:
            for first, past, entry in self._analyst.found(self._text, among):
                if not among[first].text[0].islower():
                    self._add(self._of_list(among, first, past, entry))
        for first, past, entry in sites.named().found(self._text, among):
            named = among[first] if among[first].folded != "the" or past == first + 1 else among[first + 1]
            if not named.text[0].islower():
                self._add(self._of_list(among, first, past, entry))
        for first, past, entry in divisions.countries().found(self._text, among):
            longer = past < len(among) and among[past].capital and among[past].folded in near.FEATURES
            if divisions.is_name(among[first]) and not longer and not self._within_name(among, first, past):
                self._add(self._of_list(among, first, past, entry))

    def _of_list(self, among: Sequence[terms.Word], first: int, past: int, entry: entries.Entry) -> Found:
        site = entry.kind if entry.feature is Feature.SITE else None
        wanted = self._wanted(among, first, past)
        start, end = among[first].start, among[past - 1].end
        return Found(start, end, (entry,), wanted, site, f"place.{entry.gazetteer}")

    def _within_name(self, among: Sequence[terms.Word], first: int, past: int) -> bool:
        """Whether a country's name begins a longer one: "Chad Smith"."""
        if past >= len(among) or not among[past].capital or self._is_title(among):
            return False
        after = self._text[among[past - 1].end : among[past].start]
        return after == " " and among[past].folded not in near.ORDINARY

    def _is_title(self, among: Sequence[terms.Word]) -> bool:
        """Whether a line writes most words with capitals, so that one tells nothing."""
        if not among:
            return False
        if among[0].start not in self._titles:
            capitals = sum(word.capital for word in among)
            self._titles[among[0].start] = len(among) >= 3 and capitals * 3 >= len(among) * 2
        return self._titles[among[0].start]

    def _wanted(self, among: Sequence[terms.Word], first: int, past: int) -> Feature | None:
        """What the feature words beside a name call it: "province of X", "X province", "the city of X"."""
        if past < len(among) and terms.joined(self._text, among[past - 1 : past + 1]):
            after = among[past]
            if after.folded in near.FEATURES and (after.folded not in near.STATE or after.capital):
                return near.FEATURES[after.folded]
        if first >= 2 and among[first - 1].folded in {"of", "de", "d"}:
            return near.FEATURES.get(among[first - 2].folded)
        return near.ARABIC_FEATURES.get(among[first - 1].folded) if first else None

    # -- facilities

    def _facilities(self, among: Sequence[terms.Word]) -> None:
        """Capitalised words before "palace", "checkpoint", "camp" and the like, or behind some of them."""
        if self._is_title(among):
            return
        for at, word in enumerate(among):
            past = facilities.behind(self._text, among, at, self._names_none)
            if past > at + 1:
                end = among[past - 1].end
                self._add(Found(word.start, end, (), None, word.folded, "place.facility-first"))
                continue
            first = facilities.before(self._text, among, at, self._names_none)
            if first is not None:
                past = at + 1
                if word.folded == "border" or (past < len(among) and among[past].folded == "crossing"):
                    past += 1
                self._add(
                    Found(among[first].start, among[past - 1].end, (), None, word.folded, "place.facility")
                )

    def _names_none(self, word: terms.Word) -> bool:
        """Whether a word before "camp" names no camp: "Syrian", "ISIS", "north"."""
        return (
            word.folded in near.ORDINARY
            or word.folded in near.DIRECTIONS
            or divisions.demonyms().get((word.folded,)) is not None
            or self._taken.meets(word.start, word.end)
        )

    # -- names of towns and of parts of countries

    def _runs(self, among: Sequence[terms.Word]) -> Iterator[tuple[int, int]]:
        """Stretches of capitalised words, with articles between them: first word, one past the last."""
        at = 0
        while at < len(among):
            past = at
            if among[at].capital:
                past = at + 1
                while (longer := self._longer(among, past)) > past:
                    past = longer
                yield at, past
            at = max(past, at + 1)

    def _longer(self, among: Sequence[terms.Word], past: int) -> int:
        """Where a run of capitalised words goes on past an article or none; `past` where it ends."""
        bridge = past
        while bridge < len(among) and bridge - past < 2 and among[bridge].folded in near.ARTICLES:
            bridge += 1
        goes_on = bridge < len(among) and among[bridge].capital
        return bridge + 1 if goes_on and terms.joined(self._text, among[past - 1 : bridge + 1]) else past

    def _asked_together(self) -> set[str]:
        """Those of the text's names that some town bears: one question for all is the quick way."""
        asked: dict[str, None] = {}
        for among in self._lines:
            for first, past in self._runs(among):
                for at, end in _stretches(first, past):
                    asked[self._words(among, at, end)] = None
            for at, end in self._arabic_stretches(among):
                asked |= dict.fromkeys(near.arabic_spellings(self._words(among, at, end)))
        return towns.load().known(list(asked)) if asked else set()

    def _words(self, among: Sequence[terms.Word], first: int, past: int) -> str:
        return self._text[among[first].start : among[past - 1].end]

    def _parts_of_people(self) -> frozenset[str]:
        """Words of runs that are no place's name as a whole, such as a first name and a surname."""
        parts: set[str] = set()
        for among in self._lines:
            if self._is_title(among):
                continue
            for first, past in self._runs(among):
                first = self._core(among, first, past)
                if past - first > 1 and not self._entries(among, first, past):
                    last = among[past - 1].folded
                    if last not in near.FEATURES and last not in sites.FACILITIES:
                        parts.update(word.folded for word in among[first:past])
        return frozenset(parts)

    def _core(self, among: Sequence[terms.Word], first: int, past: int) -> int:
        """Where a run begins once words that only begin sentences, and directions, are off."""
        while past - first > 1 and (
            among[first].folded in near.DIRECTIONS
            or (among[first].folded in near.ORDINARY and not self._entries(among, first, past))
            or among[first].folded in near.FEATURES
        ):
            first += 1
        return first

    def _entries(self, among: Sequence[terms.Word], first: int, past: int) -> tuple[entries.Entry, ...]:
        """What gazetteers have under exactly these words."""
        name = self._words(among, first, past)
        if past - first > _LONGEST or len(name) < _MIN_LETTERS:
            return ()
        parts = divisions.parts().named(tuple(word.folded for word in among[first:past]))
        known = towns.load().named(name) if name in self._known else []
        return (*known, *parts)

    def _named_in(self, among: Sequence[terms.Word], first: int, past: int) -> None:
        """The place that a run of capitalised words names, or those within it."""
        first = self._core(among, first, past)
        while past - first > 1 and among[past - 1].folded in near.FEATURES:
            past -= 1
        if self._taken.meets(among[first].start, among[past - 1].end) or self._is_title(among):
            for at, end in self._free(among, first, past):
                self._within_run(among, at, end)
        elif known := self._entries(among, first, past):
            if self._placed(among, first, past) or self._likely(among, first, past, known):
                self._add_named(among, first, past, known, "place.name")
        else:
            self._transliterated(among, first, past)

    def _add_named(
        self, among: Sequence[terms.Word], first: int, past: int, known: tuple[entries.Entry, ...], rule: str
    ) -> None:
        wanted = self._wanted(among, first, past)
        self._add(Found(among[first].start, among[past - 1].end, known, wanted, None, rule))

    def _free(self, among: Sequence[terms.Word], first: int, past: int) -> Iterator[tuple[int, int]]:
        """What of a run is not taken."""
        at = first
        for end in range(first, past + 1):
            if end == past or self._taken.meets(among[end].start, among[end].end):
                if end > at:
                    yield at, end
                at = end + 1

    def _within_run(self, among: Sequence[terms.Word], first: int, past: int) -> None:
        """Names within a run that is no name as a whole: of large towns, or after a word that places."""
        at = first
        while at < past:
            for end in range(min(past, at + _LONGEST), at, -1):
                known = self._entries(among, at, end)
                if known and self._sure_in_title(among, at, end, known):
                    self._add_named(among, at, end, known, "place.headline")
                    at = end - 1
                    break
            at += 1

    def _sure_in_title(
        self, among: Sequence[terms.Word], first: int, past: int, known: tuple[entries.Entry, ...]
    ) -> bool:
        if among[first].folded in near.ORDINARY or among[first].folded in vocabulary.CALENDAR:
            return False
        largest = max(entry.population for entry in known)
        if any(entry.country in self._countries for entry in known):
            return self._placed(among, first, past) or largest >= _KNOWN_POPULATION
        return largest >= _SHOUTED_POPULATION and self._placed(among, first, past)

    def _placed(self, among: Sequence[terms.Word], first: int, past: int) -> bool:
        """Whether the words beside a name say that it is a place's."""
        if among[first].folded in vocabulary.CALENDAR or among[first].folded in vocabulary.CHILD:
            return False
        text = self._text
        if self._wanted(among, first, past) is not None or text.startswith("-based", among[past - 1].end):
            return True
        if first == 0 or (past - first == 1 and among[first].folded in near.ORDINARY):
            return False
        before = among[first - 1]
        gap = text[before.end : among[first].start]
        if before.folded in near.PLACED and not gap.strip():
            return True
        beside = gap.strip() in {",", "[", "("} or before.folded in {"and", "or", "et", "ou"}
        return beside and any(before.end - 4 <= found.end <= before.end + 1 for found in self._found[-3:])

    def _likely(
        self, among: Sequence[terms.Word], first: int, past: int, known: tuple[entries.Entry, ...]
    ) -> bool:
        """Whether a name with no word to place it is a place's rather than something else's."""
        word = among[first]
        if past - first == 1 and len(word.text) <= _LONGEST_ACRONYM and word.text.isupper():
            return False
        after = among[past].folded if past < len(among) else ""
        before = among[first - 1].folded if first else ""
        if past - first == 1 and (
            word.folded in near.ORDINARY or word.folded in vocabulary.CALENDAR or word.folded in self._people
        ):
            return False
        if before in near.TITLES or after in _SPEAKS:
            return False
        largest = max(entry.population for entry in known)
        here = any(entry.country in self._countries for entry in known)
        if word.start in self._sentence_starts and past - first == 1:
            return here and largest >= _KNOWN_POPULATION
        return largest >= _SHOUTED_POPULATION or (
            here and (largest >= _KNOWN_POPULATION or any(e.feature is Feature.ADMIN1 for e in known))
        )

    def _transliterated(self, among: Sequence[terms.Word], first: int, past: int) -> None:
        """A name that is another spelling of a larger town's, where it is written as transliterations are."""
        inner = any(word.folded in near.ARTICLES for word in among[first:past])
        if not (inner or among[first].folded in near.TRANSLITERATED) or past - first > _LONGEST:
            return
        if among[first - 1].folded in near.TITLES if first else False:
            return
        if alike := towns.load().alike(self._words(among, first, past)):
            self._add_named(among, first, past, tuple(alike), "place.transliterated")

    # -- Arabic, which has no capitals

    def _arabic_stretches(self, among: Sequence[terms.Word]) -> Iterator[tuple[int, int]]:
        for at, word in enumerate(among):
            if "\u0600" <= word.text[0] <= "\u06ff":
                for end in range(min(len(among), at + 3), at, -1):
                    if terms.joined(self._text, among[at:end]):
                        yield at, end

    def _arabic(self, among: Sequence[terms.Word]) -> None:
        for at, end in self._arabic_stretches(among):
            if among[at].folded in near.ARABIC_ORDINARY:
                continue
            written = self._words(among, at, end)
            for spelling in near.arabic_spellings(written):
                if terms.fold(spelling) in near.ARABIC_ORDINARY:
                    break
                start = among[end - 1].end - len(spelling) if spelling in written else among[at].start
                country = divisions.countries().get(terms.key(spelling))
                known = towns.load().named(spelling) if spelling in self._known else []
                parts = divisions.parts().named(terms.key(spelling))
                if country is not None:
                    found = Found(start, among[end - 1].end, (country,), None, None, "place.countries")
                elif self._sure_in_arabic(among, at, (*known, *parts), joined=spelling != written):
                    wanted = self._wanted(among, at, end)
                    found = Found(start, among[end - 1].end, (*known, *parts), wanted, None, "place.name")
                else:
                    continue
                self._add(found)
                break

    @staticmethod
    def _sure_in_arabic(
        among: Sequence[terms.Word], at: int, known: tuple[entries.Entry, ...], *, joined: bool
    ) -> bool:
        if not known:
            return False
        largest = max(entry.population for entry in known)
        placed = at > 0 and among[at - 1].folded in near.ARABIC_PLACED
        long = len(among[at].folded) >= 4
        return (
            (placed and largest >= 1_000)
            or (long and largest >= _SHOUTED_POPULATION)
            or (joined and long and largest >= _KNOWN_POPULATION)
        )


_SPEAKS: Final = frozenset(vocabulary.SPEECH.removeprefix("(?:").removesuffix(")").split("|"))


def _stretches(first: int, past: int) -> Iterator[tuple[int, int]]:
    for at in range(first, past):
        for end in range(at + 1, min(past, at + _LONGEST) + 1):
            yield at, end
