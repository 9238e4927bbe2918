"""A kept object as a file for a while: decoders read files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from seawall import errors
from seawall.objects import Objects

#: Beside the database, as it may be large.
FOLDER: Final = "uploads"


@contextmanager
def as_file(objects: Objects, data: Path, sha256: str) -> Iterator[Path]:
    """A kept object as a file, until the block ends. data: the data folder. Raises PathNotFound."""
    folder = data / FOLDER
    with errors.writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as target, objects.open(sha256) as source, errors.writing(path):
            shutil.copyfileobj(source, target, 1 << 20)
        yield path
    finally:
        path.unlink(missing_ok=True)
