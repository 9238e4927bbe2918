"""The work on what was seen that is done later: search new references in it, and forget what is old."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from seawall.store.tasks import Json, Task

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps

FORGOTTEN: Final = 500  #: rows that one transaction deletes, so that no check waits long


def retromatch(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:
    """Search the references that the task names."""
    named = task.payload["references"]
    assert isinstance(named, list)
    found = steps.run("retromatch", lambda: len(library.retromatch(str(one) for one in named)))
    return {"matches": found}


def retention(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:  # noqa: ARG001 - as any handler
    """Forget signals and kept files whose time is over, preserved ones too, and checks that found nothing."""
    signals = steps.run("signals", lambda: _until_none(library.seen.forget_expired))
    checks = steps.run("checks", lambda: _until_none(library.forget_checks))
    files = steps.run("files", lambda: _until_none(library.viewing.forget))
    steps.run("index", library.forget_seen)
    expired = steps.run("preserved", library.fixity.expire)
    return {"signals": signals, "checks": checks, "files": files, "preserved": expired}


def merge(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:  # noqa: ARG001 - as any handler
    """Take out of this machine's indexes what is in no bank any more."""
    steps.run("merge", library.forget_removed)
    return {}


def _until_none(forget: Callable[[int], int]) -> int:
    """How many went, some at a time."""
    total = 0
    while gone := forget(FORGOTTEN):
        total += gone
    return total
