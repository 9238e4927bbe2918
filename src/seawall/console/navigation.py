"""Where one can go from every page, and who may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from seawall.model.access import Scope


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that is always one step away. Its text is `base.nav.` and its name."""

    name: str
    scope: Scope  #: without it, the page is neither shown nor answered
    also: tuple[str, ...] = ()  #: what is reached from it, by the first part of its path

    @property
    def path(self) -> str:
        """Of its page."""
        return f"/console/{self.name}"

    def leads_to(self, path: str) -> bool:
        """Whether a page is this one or is reached from it."""
        return any(path.startswith(f"/console/{one}") for one in (self.name, *self.also))


#: What people work with, the first being where they begin; then what they look things up in.
WORK: Final = (
    Entry("queue", Scope.REVIEW, ("cases", "second", "decisions")),
    Entry("inbox", Scope.REVIEW, ("clocks",)),
    Entry("incidents", Scope.READ),
    Entry("banks", Scope.READ, ("references",)),
    Entry("search", Scope.READ),
)
ABOUT: Final = (
    Entry("doing", Scope.READ),
    Entry("reports", Scope.READ),
    Entry("exposure", Scope.REVIEW),
    Entry("audit", Scope.AUDIT),
    Entry("policies", Scope.READ),
    Entry("exchanges", Scope.EXCHANGES),
    Entry("webhooks", Scope.POLICIES),
    Entry("keys", Scope.ADMIN),
    Entry("users", Scope.ADMIN),
    Entry("jobs", Scope.ADMIN),
)


def open_to(entries: Iterable[Entry], scopes: Iterable[Scope]) -> Iterator[Entry]:
    """Those that somebody with these scopes may go to."""
    held = frozenset(scopes)
    return (one for one in entries if one.scope in held)
