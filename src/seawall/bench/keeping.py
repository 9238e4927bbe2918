"""Files that a run leaves for the next one: where they lie, what they depend on, that they are whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall import errors, media
from seawall.bench import records

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from seawall.bench.corpus import Clip

SOUND_RATE_HZ: Final = 44_100

_PARTIAL: Final = "unfinished-"


def digest(parts: object) -> str:
    """12 hex digits of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def rng(seed: int, *parts: str) -> np.random.Generator:
    """Random numbers of their own for each use, whatever else runs before."""
    return np.random.default_rng([seed, int(digest(list(parts)), 16)])


def kept_path(folder: Path, slug: str, edit: str, part: str) -> Path:
    """Where an edited file lies; its record lies beside it."""
    return folder / slug / f"{edit}-{part}.mp4"


def partial_path(path: Path) -> Path:
    """Where a file is written until it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(_PARTIAL + path.name)


def remember(query: records.Query) -> None:
    """Write the query's record beside its finished file, which says that it is whole."""
    record = {**asdict(query), "path": query.path.name}
    partial = query.path.with_name(f"{_PARTIAL}{query.path.stem}.json")
    partial.write_text(json.dumps(record))
    partial.replace(query.path.with_suffix(".json"))


def recall(path: Path) -> records.Query | None:
    """The query whose file an earlier run left at `path`; None where there is none."""
    beside = path.with_suffix(".json")
    if not (path.is_file() and beside.is_file()):
        return None
    record = json.loads(beside.read_text())
    truth = tuple(
        records.Truth(one["reference"], records.Stretch(**one["stretch"])) for one in record["truth"]
    )
    lists = {name: tuple(record.get(name, ())) for name in ("clips", "chain")}
    return records.Query(**{**record, **lists, "path": path, "truth": truth})


def sound(clip: Clip, start_s: float, end_s: float) -> NDArray[np.float32] | None:
    """The clip's sound from `start_s` to `end_s` at SOUND_RATE_HZ; None where it has none that decodes."""
    parts: list[NDArray[np.float32]] = []
    with media.open(clip.path) as source:
        if not source.has_audio:
            return None
        try:
            parts.extend(source.audio(SOUND_RATE_HZ))
        except errors.MediaError:  # a damaged track: the pictures are what is measured
            return None
    samples = np.concatenate(parts) if parts else np.empty(0, np.float32)
    return samples[round(start_s * SOUND_RATE_HZ) : round(end_s * SOUND_RATE_HZ)]
