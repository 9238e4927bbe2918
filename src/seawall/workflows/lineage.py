"""Whether the indexes in a folder follow this database, and not another one or another future of it.

Beside the indexes lies a witness: the number and the id of a reference that is no older than any that they
hold. Ids are random, so a database that has another id under that number, or none, is not the one that the
indexes were built from: another was set, or a backup was put back and its numbers were given anew. That can
have happened on another machine, while nobody looked here.
"""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from seawall import errors
from seawall.matching import hamming, index_files
from seawall.store.store import Store

NAME: Final = "witness.json"


@dataclass(frozen=True, slots=True)
class _Witness:
    """A reference that the database had when the indexes followed it."""

    number: int
    id: str


class Lineage:
    """The witness of one folder of indexes."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._path = folder / NAME

    def settle(self) -> None:
        """Clear away indexes that do not follow this database. To be called before they are opened.

        Raises StoreBusy, DiskFull, WriteFailed.
        """
        with errors.writing(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with index_files.locked(self._folder, hamming.WAIT_S):
            known = self._read()
            if known is not None and self._store.id_at(known.number) != known.id:
                for stale in [one for one in self._folder.iterdir() if one.is_dir()]:
                    shutil.rmtree(stale)
                self._path.unlink()
                known = None
            if known is None:
                self._write(self._store.highest_seq())

    def note(self, number: int) -> None:
        """Have a reference stand witness, before the indexes take up what is not newer."""
        with index_files.locked(self._folder, hamming.WAIT_S):
            known = self._read()
            if known is None or known.number < number:
                self._write(number)

    def _read(self) -> _Witness | None:
        """None where there is none, and for what a power cut has left of one."""
        try:
            return _Witness(**json.loads(self._path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def _write(self, number: int) -> None:
        """Not brought to the disk: without one, the indexes are taken to be this database's."""
        known = self._store.id_at(number)
        if known is None:
            return
        made = self._path.with_name(f"{NAME}.{secrets.token_hex(8)}")
        with errors.writing(made):
            made.write_text(json.dumps(asdict(_Witness(number, known))))
            made.replace(self._path)
