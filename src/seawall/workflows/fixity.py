"""What is done to preserved originals at intervals: they are read and compared, and erased in their time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from seawall import errors
from seawall.model.custody import CustodyEvent, CustodyType, NewCustody, Outcome, Value
from seawall.model.locks import Lock
from seawall.model.preservation import Preservation, PreservationState
from seawall.store.preservations import By, PreservationFilter, Preservations
from seawall.store.tasks import Json, Task
from seawall.version import TOOL
from seawall.workflows.preserving import PAGE, Preserving

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps

#: Faults of the log that one report names; how many there are, it counts.
MOST_NAMED: Final = 20


class Fixity:
    """The rounds over what is preserved in one data folder."""

    def __init__(self, preserving: Preserving, preservations: Preservations) -> None:
        self._preserving = preserving
        self._preservations = preservations

    def check(self) -> Json:
        """Read each original and the log, and compare; each failure is an event, and so is the report."""
        by = By(self._preserving.actor, TOOL)
        checked = failed = after = 0
        wanted = PreservationFilter(state=PreservationState.KEPT)
        while page := self._preservations.page(wanted, after=after, limit=PAGE):
            checked += len(page)
            failed += sum(not self._is_sound(one, by) for _, one in page)
            after = page[-1][0]
        faults = list(self._preserving.custody.faults())
        outcome = Outcome.FAILURE if failed or faults else Outcome.SUCCESS
        detail: dict[str, Value] = {
            "checked": checked,
            "failed": failed,
            "log_events": self._preserving.custody.size(),
            "log_faults": len(faults),
            "named": list(faults[:MOST_NAMED]),
        }
        told = NewCustody(CustodyType.FIXITY, by.actor, by.tool, None, outcome, detail)
        self._preserving.custody.add([told])
        return {name: detail[name] for name in ("checked", "failed", "log_events", "log_faults")}  # type: ignore[misc]

    def report(self) -> CustodyEvent | None:
        """The last report."""
        return self._preserving.custody.last(CustodyType.FIXITY)

    def expire(self) -> int:
        """Erase what has been kept as long as the law has it, and nobody needs longer; how many."""
        by = By(self._preserving.actor, TOOL)
        gone = after = 0
        while page := self._preservations.expired(after, PAGE):
            gone += sum(self._erased(one, by) for _, one in page)
            after = page[-1][0]
        for locked in self._preservations.lingering():
            with self._noted(None, {"lingers": locked}, by):
                self._preservations.let_go(locked, by, self._take_away)
        return gone

    def _take_away(self, locked_sha256: str) -> Lock | None:
        return self._preserving.vault.take_away(locked_sha256, datetime.now(UTC))

    def _is_sound(self, one: Preservation, by: By) -> bool:
        try:
            assert one.locked_sha256 is not None
            key = self._preserving.key(self._preservations.sealed_key(one.id))
            self._preserving.vault.validate(one.locked_sha256, key, one.sha256)
        except errors.RecordConflict:  # it was erased meanwhile
            return True
        except (errors.BadEvidence, errors.UnreadableFile) as error:
            detail: dict[str, Value] = {"preservation": one.id, "reason": error.message}
            told = NewCustody(CustodyType.FIXITY, by.actor, by.tool, one.sha256, Outcome.FAILURE, detail)
            self._preserving.custody.add([told])
            return False
        return True

    def _erased(self, one: Preservation, by: By) -> bool:
        gone = False
        with suppress(errors.RecordConflict), self._noted(one.sha256, {"preservation": one.id}, by):
            self._preservations.erase(one.id, by, self._take_away)  # else somebody holds it, or it went
            gone = True
        return gone

    @contextmanager
    def _noted(self, sha256: str | None, about: Mapping[str, Value], by: By) -> Iterator[None]:
        """Have a deletion's failure be an event; it is tried again at the next round."""
        try:
            yield
        except (errors.WriteFailed, errors.ObjectsUnreachable) as error:
            detail: dict[str, Value] = {**about, "reason": error.message}
            told = NewCustody(CustodyType.DELETION, by.actor, by.tool, sha256, Outcome.FAILURE, detail)
            self._preserving.custody.add([told])


def handle(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:  # noqa: ARG001 - as any handler
    """The nightly round: then the head of the log is signed, so that it stands still for no longer.

    Between the two, calendars are asked for what they promised of earlier heads.
    """
    found = steps.run("check", library.fixity.check)
    assert isinstance(found, dict)
    confirmed = steps.run("upgrade", library.preserving.upgrade)
    return {**found, "confirmed": confirmed, "head": steps.run("stamp", library.preserving.stamp_anyway)}
