"""A complete ffmpeg for the peers that live in it; Seawall's own decoder is built without them.

The package imageio-ffmpeg brings it, as the extra `bench`. It reads the benchmark's own files only, and
outside the sandbox: nothing that somebody uploaded ever comes here.
"""

from __future__ import annotations

import importlib
import subprocess
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from seawall import errors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PACKAGE: Final = "imageio-ffmpeg"
ABSENT: Final = f"it needs the package {PACKAGE}: pip install 'seawall[bench]'"

_QUIET: Final = ("-nostdin", "-hide_banner", "-nostats")


@lru_cache(maxsize=1)
def executable() -> str | None:
    """Where it lies; None where the package is not installed or brings none for this machine."""
    try:
        return str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


def run(
    path: Path,
    arguments: Sequence[str],
    *,
    given: bytes | None = None,
    folder: Path | None = None,
    timeout_s: float = 600.0,
) -> tuple[bytes, str]:
    """What ffmpeg writes to standard output and to standard error.

    path: what an error is about. given: its standard input. folder: where it runs.
    Raises errors.DamagedMedia where it fails or takes too long, errors.UsageError where there is none.
    """
    program = executable()
    if program is None:
        raise errors.UsageError(detail=ABSENT)
    command = [program, *_QUIET, *arguments]
    if given is not None:
        command.remove("-nostdin")
    try:
        # The arguments are the peers' own, and no shell reads them.
        done = subprocess.run(  # noqa: S603
            command, input=given, cwd=folder, capture_output=True, check=False, timeout=timeout_s
        )
    except subprocess.TimeoutExpired as error:
        raise errors.DamagedMedia(path=path, reason=f"ffmpeg took over {timeout_s:g} s") from error
    said = done.stderr.decode(errors="replace")
    if done.returncode:
        reason = said.strip().splitlines()[-1] if said.strip() else f"ffmpeg ended with {done.returncode}"
        raise errors.DamagedMedia(path=path, reason=reason)
    return done.stdout, said
