"""The texts of the console: one catalogue a language, in files by area, with the plural rules of CLDR.

A text is a string with `{name}` for what is put in, or a table of such strings by plural category, chosen by
the value named `n`. Texts hold no markup: a page escapes them as it does all else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Final

from babel import Locale, dates, negotiate_locale, numbers

#: The first is what all others are compared with, and what is shown where none is asked for.
LANGUAGES: Final = ("en", "ar")

_ISOLATE: Final = "\u2068{}\u2069"  # first strong isolate, and its end

Text = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language."""

    language: str
    texts: Mapping[str, Text]

    @property
    def locale(self) -> Locale:
        """How the language counts, and writes numbers and times."""
        return Locale.parse(self.language)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self.locale.text_direction

    def text(self, key: str, /, **values: object) -> str:
        """The text of a key. Raises KeyError for a key or a value that there is not."""
        found = self.texts[key]
        if not isinstance(found, str):
            count = values["n"]
            assert isinstance(count, int | float)
            found = found.get(self.locale.plural_form(count)) or found["other"]
        return found.format(**{name: self._shown(value) for name, value in values.items()})

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return numbers.format_decimal(value, locale=self.locale)

    def share(self, value: float) -> str:
        """A share of one, in whole per cent."""
        return numbers.format_percent(value, locale=self.locale)

    def fine_share(self, value: float) -> str:
        """A share of one, in tenths of a per cent."""
        return numbers.format_percent(value, format="#,##0.0%", locale=self.locale)

    def time(self, at: datetime) -> str:
        """A time, in UTC, as the language writes it."""
        return dates.format_datetime(at, "medium", locale=self.locale) + " UTC"

    def ago(self, distance: timedelta) -> str:
        """How far a time lies from now: "3 hours ago", "in 20 minutes"."""
        return dates.format_timedelta(distance, threshold=1.2, add_direction=True, locale=self.locale)

    def date(self, day: date) -> str:
        """A day as the language writes it."""
        return dates.format_date(day, "medium", locale=self.locale)

    def _shown(self, value: object) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.number(value)
        # What people wrote keeps its own direction, and the sentence around it too.
        return _ISOLATE.format(value) if self.direction == "rtl" else str(value)


@cache
def of(language: str) -> Catalogue:
    """The catalogue of one of `LANGUAGES`."""
    texts: dict[str, Text] = {}
    folder = resources.files("seawall.console") / "text" / language
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        area = file.name.removesuffix(".toml")
        for key, text in _flat(tomllib.loads(file.read_text(encoding="utf-8"))):
            texts[f"{area}.{key}"] = text
    return Catalogue(language, texts)


def chosen(wanted: str | None, accepted: str) -> Catalogue:
    """The catalogue that a person has chosen, or that a browser accepts, as its header says."""
    if wanted in LANGUAGES:
        return of(wanted)
    asked = [one.partition(";")[0].strip().replace("-", "_") for one in accepted.split(",")]
    return of(negotiate_locale([one for one in asked if one], LANGUAGES) or LANGUAGES[0])


#: Keys of a table that make it a text in its plural forms rather than a group of texts.
_PLURAL: Final = frozenset({"zero", "one", "two", "few", "many", "other"})


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = []
    for key, value in table.items():
        if isinstance(value, Mapping) and "other" in value and value.keys() <= _PLURAL:
            found.append((prefix + key, {form: str(text) for form, text in value.items()}))
        elif isinstance(value, Mapping):
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((prefix + key, str(value)))
    return found
