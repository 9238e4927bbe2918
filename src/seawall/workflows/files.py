"""From what a user names to the files in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seawall import errors


@dataclass(frozen=True, slots=True)
class Found:
    """A file to work on, or what stood in the way of listing it."""

    path: Path
    error: errors.SeawallError | None = None


def walk(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Found]:
    """Every file that the paths name, folders walked in the order of names.

    A path that is not there and a folder that cannot be listed come with their error, so that the
    others go on. Links to files are followed, links to folders are not: they may lead in a circle.
    """
    for given in paths:
        path = Path(given)
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a parent may not be entered
            yield from _folder(path)
        elif not os.path.lexists(path):
            yield Found(path, errors.PathNotFound(path=os.fspath(path)))
        else:
            yield Found(path)


def _folder(folder: Path) -> Iterator[Found]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as cause:
        yield Found(
            folder, errors.UnreadableFile(path=os.fspath(folder), reason=cause.strerror or str(cause))
        )
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _folder(Path(entry.path))
        elif not entry.is_dir():
            yield Found(Path(entry.path))
