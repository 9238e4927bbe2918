"""A store to hold to its contract. Another database joins with one more parameter of `open_as`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from seawall.store import Store

sys.path.insert(0, str(Path(__file__).parent))
from makes import Make


class Clock:
    """A second passes from one question to the next."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture(params=["sqlite", "postgres"])
def open_as(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Opens one and the same database, as often as it is called, with what `Store.open` can be told."""
    with ExitStack() as opened:
        if request.param == "postgres":
            server = request.getfixturevalue("postgres")
            url = server.fresh(request.getfixturevalue("postgres_with_tables"))
            opened.callback(server.drop, url)
            yield lambda **options: opened.enter_context(Store.connect(url, **options))
        else:
            yield lambda **options: opened.enter_context(Store.open(tmp_path / "store", **options))


@pytest.fixture
def open_store(open_as: Callable[..., Store]) -> Callable[[], Store]:
    """Opens it with one clock."""
    clock = Clock()
    return lambda: open_as(now=clock)


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()
