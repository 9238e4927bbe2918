"""What of a suite is run: edits by name, halves of the material."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from seawall import errors

TUNE: Final = "tune"
REPORT: Final = "report"


class Named(Protocol):
    """What is chosen by name."""

    @property
    def name(self) -> str:
        """As it is asked for."""
        ...


Edit = TypeVar("Edit", bound=Named)


def edits(known: Sequence[Edit], names: Sequence[str]) -> tuple[Edit, ...]:
    """Those of these names, in their order; all where there is none. Raises errors.UsageError."""
    by_name = {edit.name: edit for edit in known}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise errors.UsageError(detail=f"there is no edit {unknown[0]!r}; there is: {', '.join(by_name)}")
    return tuple(by_name[name] for name in names) or tuple(known)


def halves(names: Sequence[str]) -> tuple[str, ...]:
    """The same, if they are halves and there is one. Raises errors.UsageError."""
    if not names or not set(names) <= {TUNE, REPORT}:
        raise errors.UsageError(detail=f"halves are {TUNE!r} and {REPORT!r}, not {', '.join(names)!r}")
    return tuple(names)
