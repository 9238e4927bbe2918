"""The real command line in processes of its own, and small files to give it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seawall.bench import synthetic


@dataclass(frozen=True)
class Ran:
    """What a call printed and returned."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict:
        return json.loads(self.out)


class CommandLine:
    """Calls `seawall` over one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def command(self, *args: object) -> list[str]:
        return [sys.executable, "-m", "seawall", *map(str, args)]

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SEAWALL_DATA": str(self.data),
            "SEAWALL_ACTOR": "tester",
            "SEAWALL_WORKERS": "2",
        }

    def __call__(self, *args: object) -> Ran:
        done = subprocess.run(
            self.command(*args),
            capture_output=True,
            text=True,
            errors="surrogateescape",
            env=self.environment(),
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *args: object, **kwargs: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*args),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self.environment(),
            **kwargs,
        )

    def json(self, *args: object) -> dict:
        """The document of a call that must go well."""
        ran = self(*args, "--json")
        assert ran.code == 0, ran.err
        return ran.document


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


def write_picture(path: Path, seed: int, size_px: tuple[int, int] = (160, 120)) -> Path:
    """A picture of smooth shapes that differ from seed to seed."""
    grain = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), np.uint8)
    Image.fromarray(grain).resize(size_px, Image.Resampling.BICUBIC).save(path)
    return path


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, seed: int) -> Path:
        return write_picture(tmp_path / name, seed)

    return make
