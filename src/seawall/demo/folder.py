"""The demo's own folder: marked when it is made, and emptied only of what the demo put there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from seawall import errors

MARK: Final = ".seawall-demo"
PAGE: Final = "index.html"
FOLDERS: Final = ("known", "harmless", "uploads", "work", "data")

_SAYS: Final = "`seawall demo` made this folder. A later run replaces index.html and the folders beside it.\n"


def fresh(out: Path) -> None:
    """Make the folder, or empty it of an earlier demo.

    Raises errors.UsageError where it holds anything and is not a demo's, errors.DiskFull, errors.WriteFailed.
    """
    with errors.writing(out):
        out.mkdir(parents=True, exist_ok=True)
        mark = out / MARK
        if not mark.is_file():
            if any(out.iterdir()):
                raise errors.UsageError(
                    detail=f"{os.fspath(out)} holds files that no demo made: name another folder with --out"
                )
            mark.write_text(_SAYS, encoding="utf-8")
        (out / PAGE).unlink(missing_ok=True)
        for name in FOLDERS:
            if (out / name).exists():
                shutil.rmtree(out / name)
            (out / name).mkdir()
