"""Asks a peer about one file: made once, kept, compared with every reference. Runs in its own process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from seawall import errors
from seawall.bench import keeping, records
from seawall.bench.peers import chromaprint, signature, tmk, vpdq
from seawall.bench.peers.peer import Peer, Prepared

ALL: Final[tuple[Peer, ...]] = (vpdq.Vpdq(), tmk.Tmk(), signature.Signature(), chromaprint.Chromaprint())

_BY_NAME: Final = {peer.name: peer for peer in ALL}


@dataclass(frozen=True, slots=True)
class File:
    """A file to be asked about, or to be compared with."""

    name: str
    path: Path
    rate_hz: float
    kept: Path  #: where what peers make of it is kept, without the peer's name


def answers(peer: str, query: File, references: tuple[File, ...]) -> list[records.Answer]:
    """What each of the peer's rules says of the query: every reference that is like it at all, best first.

    What the rule calls a match is recommended as "suggest", anything else as "none".
    """
    asked = _BY_NAME[peer]
    try:
        prepared = _prepared(asked, query)
        pairs = [(one.name, asked.compare(prepared, _reference(peer, one))) for one in references]
    except errors.MediaError as error:
        return [records.Answer(error=f"{error.code}: {error.message}")] * len(asked.rules)
    out = []
    for number in range(len(asked.rules)):
        said = [(name, each[number]) for name, each in pairs if each[number].score > 0]
        found = [
            records.Found(name, "suggest" if one.match else "none", one.score, 0.0, 0.0, ())
            for name, one in sorted(said, key=lambda pair: -pair[1].score)
        ]
        out.append(records.Answer(tuple(found)))
    return out


@lru_cache(maxsize=1024)
def _reference(peer: str, file: File) -> Prepared:
    return _prepared(_BY_NAME[peer], file)


def _prepared(peer: Peer, file: File) -> Prepared:
    kept = file.kept.with_name(f"{file.kept.name}.{peer.name}-{peer.file_version}.npy")
    if kept.is_file():
        prepared: Prepared = np.load(kept, allow_pickle=False)
        return prepared
    prepared = peer.prepare(file.path, file.rate_hz)
    partial = keeping.partial_path(kept)
    np.save(partial, prepared, allow_pickle=False)
    partial.replace(kept)
    return prepared
