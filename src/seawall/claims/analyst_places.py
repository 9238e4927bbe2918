"""Places that an analyst brings: a CSV with columns named as GeoNames names them.

Columns, by name and in any order: `name`, `latitude`, `longitude` (degrees, WGS 84); and, where known,
`geonameid` or `id`, `alternatenames` (set apart by commas or bars), `country code`, `admin1 code`,
`feature code` (PPL*, ADM1, ADM2, PCL*; any other is a site), `population`, `source`. Commas, tabs and
semicolons part the columns.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping
from typing import Final

from seawall import errors
from seawall.claims import entries, terms
from seawall.model.report import Feature

_MOST_ROWS: Final = 200_000
_MOST_CHARS: Final = 64 << 20
_NEEDED: Final = ("name", "latitude", "longitude")

Places = terms.Names[entries.Entry]


def read(text: str, path: str) -> Places:
    """The places of a file's text; `path` is what errors call it. Raises errors.BadGazetteer."""
    if len(text) > _MOST_CHARS:
        raise errors.BadGazetteer(path=path, reason=f"it is longer than {_MOST_CHARS:,} characters")
    text = text.removeprefix("\ufeff")
    header = text.split("\n", 1)[0]
    separator = max(",\t;", key=header.count)
    names = [name.strip().lower().replace("_", " ") for name in header.strip().split(separator)]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise errors.BadGazetteer(path=path, reason=f"its first line names no column {missing[0]!r}")
    return of_rows(_rows(text, separator, names, path), path)


def of_rows(rows: Iterable[Mapping[str, str]], path: str) -> Places:
    """The places of rows by the names of their columns. Raises errors.BadGazetteer."""
    named: list[tuple[str, entries.Entry]] = []
    for number, row in enumerate(rows, start=2):
        if number > _MOST_ROWS + 1:
            raise errors.BadGazetteer(path=path, reason=f"it has more than {_MOST_ROWS:,} rows")
        entry = _entry(number, row, path)
        named.append((entry.name, entry))
        alternates = re.split(r"[,|]", row.get("alternatenames") or "")
        named.extend((name.strip(), entry) for name in alternates if name.strip())
    return terms.Names(named)


def _rows(text: str, separator: str, names: list[str], path: str) -> Iterable[Mapping[str, str]]:
    lines = text.splitlines()[1:]
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 20))
    try:
        for values in csv.reader(lines, delimiter=separator, strict=True):
            if any(value.strip() for value in values):
                if len(values) > len(names):
                    reason = f"a row has {len(values)} fields where the header has {len(names)}"
                    raise errors.BadGazetteer(path=path, reason=reason)
                yield dict(zip(names, values, strict=False))
    except csv.Error as cause:
        raise errors.BadGazetteer(path=path, reason=f"not CSV: {cause}") from cause


def _entry(number: int, row: Mapping[str, str], path: str) -> entries.Entry:
    name = (row.get("name") or "").strip()
    if not terms.key(name):
        raise errors.BadGazetteer(path=path, reason=f"line {number} has no name")
    feature, kind = _feature((row.get("feature code") or "").strip().upper())
    country = (row.get("country code") or "").strip().upper() or None
    if country is not None and not re.fullmatch("[A-Z]{2}", country):
        raise errors.BadGazetteer(path=path, reason=f"line {number}: {country!r} is no code of a country")
    part = (row.get("admin1 code") or "").strip()
    return entries.Entry(
        "analyst",
        (row.get("geonameid") or row.get("id") or str(number)).strip(),
        name,
        country,
        f"{country}.{part}" if country and part else None,
        feature,
        (_degrees(number, row, "latitude", 90.0, path), _degrees(number, row, "longitude", 180.0, path)),
        _population(row),
        kind,
        (row.get("source") or "").strip(),
    )


def _degrees(number: int, row: Mapping[str, str], column: str, most: float, path: str) -> float:
    written = (row.get(column) or "").strip()
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not -most <= value <= most:
        reason = f"line {number}: {written[:40]!r} is no {column} in degrees"
        raise errors.BadGazetteer(path=path, reason=reason)
    return value


def _population(row: Mapping[str, str]) -> int:
    written = (row.get("population") or "").strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 11 else 0


def _feature(code: str) -> tuple[Feature, str]:
    if code.startswith("PPL"):
        return Feature.CITY, "town"
    if code.startswith("PCL"):
        return Feature.COUNTRY, "country"
    if code.startswith("ADM"):
        return (Feature.ADMIN1 if code == "ADM1" else Feature.ADMIN2), code
    return Feature.SITE, code.lower() or "site"
