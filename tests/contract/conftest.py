"""A store to hold to its contract. Another database joins with one more parameter of `open_as`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from seawall.model.content import Content, Kind, Partial
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference, Store


class Clock:
    """A second passes from one question to the next."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


class Make:
    """New references that differ where their names do."""

    def pdq(self, name: str, version: int = 1) -> Signal:
        return Signal(SignalType.PDQ, version, hashlib.sha256(name.encode()).digest(), 87)

    def listed(self, name: str, *signals: Signal, **fields: object) -> NewReference:
        """An item of a list: hashes only."""
        return NewReference(None, "image", signals or (self.pdq(name),), name, "list.csv", **fields)

    def file(self, name: str, *signals: Signal, **fields: object) -> NewReference:
        """A video that was read."""
        data = name.encode()
        content = Content(
            sha256=hashlib.sha256(data).hexdigest(),
            md5=hashlib.md5(data).hexdigest(),
            size_bytes=len(data) + 2**33,
            kind=Kind.VIDEO,
            format="mp4",
            duration_s=31.25,
            width_px=1280,
            height_px=720,
            partial=Partial(read_s=30.5, expected_s=None, damaged_packets=3, reason="cut short"),
        )
        return NewReference(content, "video", signals or self.video(name), name, f"/in/{name}", **fields)

    def video(self, name: str, version: int = 1) -> tuple[Signal, ...]:
        return (Signal(SignalType.VIDEO, version, name.encode() * 5000),)


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
