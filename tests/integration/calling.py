"""The real command line in processes of its own, and pictures to give it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image


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


def write_picture(path: Path, seed: int, size_px: tuple[int, int] = (160, 120)) -> Path:
    """A picture of smooth shapes that differ from seed to seed."""
    grain = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), np.uint8)
    Image.fromarray(grain).resize(size_px, Image.Resampling.BICUBIC).save(path)
    return path
