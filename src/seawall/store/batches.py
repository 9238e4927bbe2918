"""Cuts long work into pieces that one statement can carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

#: Values in one IN list: well under the 32,766 variables that SQLite takes.
IN_LIST: Final = 1000


def batches(values: Iterable[T], size: int = IN_LIST) -> Iterator[list[T]]:
    """Lists of `size` values, the last one shorter."""
    source = iter(values)
    while batch := list(islice(source, size)):
        yield batch
