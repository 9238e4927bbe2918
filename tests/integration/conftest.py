"""The command line over a folder of its own, and small files to give it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from calling import CommandLine, write_picture

from seawall.bench import synthetic


@pytest.fixture
def seawall_cli(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "data")


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two clips that are known and one that is not."""
    folder = tmp_path_factory.mktemp("clips")
    made = {}
    for name, seed, duration_s in (("known-a", 1, 8.0), ("known-b", 2, 6.0), ("unrelated", 3, 6.0)):
        made[name] = folder / f"{name}.mp4"
        synthetic.write_clip(made[name], seed, duration_s)
    return made


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, seed: int) -> Path:
        return write_picture(tmp_path / name, seed)

    return make
