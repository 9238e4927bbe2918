"""What follows from an order: the answer to the authority, scrutiny across borders, and reinstatement."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from seawall import config, errors
from seawall.model import decision as records
from seawall.model.clock import About, AboutKind, Clock, ClockState
from seawall.model.decision import (
    RESTRICTIONS,
    Automation,
    Choice,
    Decision,
    Origin,
    Ruling,
    Stage,
    View,
)
from seawall.model.notice import YES, LinkKind, Notice
from seawall.model.periods import STARTED_BY, Trigger
from seawall.reports import annexes
from seawall.reports.annexes import Annex, Form, Known, Provider
from seawall.store.decision_rows import DecisionFilter
from seawall.store.store import Store
from seawall.workflows.cases import Cases
from seawall.workflows.clocks import Clocks
from seawall.workflows.words import said

_ASK: Final = STARTED_BY[Trigger.CROSS_BORDER_ORDER_RECEIVED].id
_DECIDE: Final = STARTED_BY[Trigger.SCRUTINY_REQUESTED].id
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Back:
    """Why something is to be there again."""

    reason: str
    facts: str
    views: tuple[View, ...] = (View.METADATA,)
    origin: Origin = Origin.OTHER_NOTICE
    notice: str | None = None  #: the complaint or order that it follows
    items: tuple[str, ...] = ()  #: none: all that stand as decided


class Orders:
    """Orders of one data folder, beyond taking them in."""

    def __init__(
        self, store: Store, settings: config.Settings, cases: Cases, clocks: Clocks, actor: str
    ) -> None:
        self._store = store
        self._cases = cases
        self._clocks = clocks
        self._actor = actor
        self._provider = Provider(settings.text("provider_name"), settings.text("provider_contact"))
        self._fields = wording(settings)

    def acting_as(self, actor: str, cases: Cases, clocks: Clocks) -> Self:
        """The same orders, in which another one is recorded as having changed things."""
        other = copy.copy(self)
        other._actor, other._cases, other._clocks = actor, cases, clocks  # noqa: SLF001 - its own class
        return other

    def annex(self, notice_id: str, annex: Annex, *, signatory: str = "") -> Form:
        """The answer to an order, filled in as far as is known. Raises RecordNotFound."""
        notice = self._store.notices.get(notice_id)
        known = Known(
            notice=notice,
            decisions=tuple(self._following(notice)),
            provider=self._provider,
            signatory=signatory,
            periods=self._clocks.wording,
            now=self._store.now(),
        )
        return annexes.filled(annex, known, self._fields)

    def reinstate(self, decision_id: str, back: Back, *, user: str, undo_s: float | None = None) -> Decision:
        """Have what a decision took away be there again: a decision of its own, which goes out like any.

        Raises RecordNotFound, BadDecision, SecondPerson, and RecordConflict where nothing stands as decided.
        """
        known = self._cases.decision(decision_id)
        items = back.items or known.stands_for
        if not items:
            raise errors.RecordConflict(
                kind="decision", id=decision_id, state="without an item that stands so", wanted="reinstated"
            )
        new = Ruling(
            items=items,
            choice=Choice.RESTORE,
            facts=back.facts,
            origin=back.origin,
            automated_detection=known.ruling.automated_detection,
            automated_decision=Automation.NONE,
            views=back.views,
            notice=back.notice,
            incident=known.ruling.incident,
            reverses=decision_id,
            reason=back.reason,
        )
        records.check(new)
        return self._cases.decide(new, user=user, undo_s=undo_s)

    def ask_scrutiny(self, notice_id: str, reason: str, *, at: datetime | None = None) -> Clock:
        """The authority of the own Member State is asked to scrutinise an order: the clock of its answer.

        Raises RecordNotFound; RecordConflict for an order that is not cross-border, and past the 48 hours.
        """
        notice = self._store.notices.get(notice_id)
        asked = self._running(notice, _ASK, "scrutinised")
        when = at or self._store.now()
        if asked.reading.due_at is not None and when > asked.reading.due_at:
            raise errors.RecordConflict(
                kind="notice", id=notice_id, state="past the time to ask", wanted="scrutinised"
            )
        why = said("reason", reason)
        self._clocks.end(asked.id, reason=why, at=at)
        about = About(AboutKind.NOTICE, notice_id)
        return self._clocks.start(_DECIDE, about, at=at, reason=why)

    def scrutinised(
        self, notice_id: str, reason: str, *, infringes: bool, user: str, at: datetime | None = None
    ) -> Sequence[Decision]:
        """What the authority has decided; where the order infringes rights, what it took away is reinstated.

        at: when its decision came. Those decisions go out at once. Raises RecordNotFound, RecordConflict.
        """
        notice = self._store.notices.get(notice_id)
        waits = self._running(notice, _DECIDE, "decided by the authority")
        why = said("reason", reason)
        back = Back(reason=why, facts=why, origin=Origin.ORDER, notice=notice_id)
        standing = [one for one in self._following(notice) if one.stands_for]
        made = [self.reinstate(one.id, back, user=user, undo_s=0.0) for one in standing] if infringes else []
        self._clocks.end(waits.id, reason=why, at=at)
        return made

    def _running(self, notice: Notice, period: str, wanted: str) -> Clock:
        found = [one for one in notice.clocks if one.period == period]
        running = [one for one in found if one.reading.state is not ClockState.ENDED]
        if not running:
            crossing = notice.message.value("cross_border") == YES
            state = "without a clock of that" if crossing else "not from another Member State"
            raise errors.RecordConflict(kind="notice", id=notice.id, state=state, wanted=wanted)
        return running[0]

    def _following(self, notice: Notice) -> list[Decision]:
        """The decisions that have effect, follow an order and take something away, in their order."""
        found: dict[str, Decision] = {}
        for link in notice.links:
            if link.kind is LinkKind.ITEM:
                made = self._cases.decisions(DecisionFilter(item=link.id), limit=_PAGE)
                found.update({one.id: one for _, one in made})
        return sorted(
            (
                one
                for one in found.values()
                if one.stage is Stage.OUT
                and one.ruling.notice == notice.id
                and one.ruling.choice in RESTRICTIONS
            ),
            key=lambda one: one.at,
        )


def wording(settings: config.Settings) -> Mapping[Annex, tuple[annexes.Entry, ...]]:
    """The fields of the annexes in the words that are set. Raises BadSetting."""
    path = settings.text("annex_words")
    if not path:
        return annexes.FIELDS
    try:
        return annexes.reworded(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as cause:
        raise errors.BadSetting(name="annex_words", value=path, reason=str(cause)) from cause
