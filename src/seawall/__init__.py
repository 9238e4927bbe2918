"""Seawall: where known footage and stills reappear, and exactly where.

import seawall

with seawall.open("data") as library:
    library.bank_create("KNOWN")
    for added in library.bank_add("KNOWN", ["known/"]): ...
    for result in library.check(["uploads/"]): ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.version import VERSION

if TYPE_CHECKING:
    from seawall.workflows.library import (
        Seawall,
        open_library as open,  # noqa: A004 - `seawall.open` is its name
    )

__version__ = VERSION
__all__ = ["Seawall", "__version__", "open"]


def __getattr__(name: str) -> object:
    """Load the library when it is first used: decoding processes import this package without it."""
    if name not in ("Seawall", "open"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from seawall.workflows import library  # noqa: PLC0415 - on first use, as said above

    return library.Seawall if name == "Seawall" else library.open_library
