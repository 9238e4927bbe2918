"""Tables that come with the package."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """All rows of a table of the package's data folder, by the names of its columns."""
    source = resources.files("seawall.claims").joinpath("data", name)
    return tuple(csv.DictReader(io.StringIO(source.read_text(encoding="utf-8"))))
