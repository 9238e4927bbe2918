"""A platform whose contents are matched, and rulings on them, for the tests of what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from seawall.model.decision import (
    Automation,
    Choice,
    Ground,
    GroundKind,
    Origin,
    Purpose,
    Redress,
    Ruling,
    View,
)
from seawall.model.match import Match, Recommendation
from seawall.model.policy import Outcome, Step
from seawall.model.seen import Checked, Context, How, RecordedMatch
from seawall.store.outcomes import Made
from seawall.store.preservations import By

AT = datetime(2026, 1, 2, tzinfo=UTC)
HELD = Outcome(Step.HOLD, "rest", "rule 'rest'", 1, Step.HOLD, None, review=True)


class Platform:
    """Matches as they come in, and what the store tells of them."""

    def __init__(self, store, make):
        self.store = store
        self.told = []
        for part in (store.outcomes, store.decisions):
            part._raise = lambda connection, kind, payload: self.told.append((kind, payload))
        store.create_bank("K")
        self.references = [
            one.id for one in store.add_references("K", [make.file(name) for name in ("1", "2", "3")])
        ]
        self.number = 0

    def made(self, outcome=HELD, *, sha256="a" * 64, reference=0, incident=None, how=How.CHECK, **context):
        self.number += 1
        checked = Checked(f"c{self.number}", sha256, "video", 31.2, AT, "up/key", Context(**context))
        match = Match(self.references[reference], 0.9, Recommendation.STRONG, 0.4, 1.0, {}, ())
        found = RecordedMatch(f"m{self.number}", checked, "K", match, how, AT)
        return Made(found, outcome, incident)

    def item(self, outcome=HELD, **about):
        one = self.made(outcome, **about)
        self.store.outcomes.record([one])
        return next(
            item
            for _, item in self.store.items.page(limit=1000)
            if one.found.id in {m.match for m in item.matches}
        )

    def kinds(self):
        return [kind for kind, _ in self.told]


def restriction(*items, **change):
    """What takes nothing away, and so has effect at once where it is to."""
    base = Ruling(
        items=tuple(one.id for one in items),
        choice=Choice.DEMOTE,
        facts="a full copy of it",
        origin=Origin.OWN_INITIATIVE,
        automated_detection=True,
        automated_decision=Automation.NONE,
        views=(View.STILLS_REDUCED,),
        grounds=(Ground(GroundKind.LEGAL, "Act, s. 2", "it recruits"),),
        territory=("EU",),
        redress=(Redress.COURT,),
        purpose=Purpose.NO_SUCH,
    )
    return replace(base, **change)


def removal(*items, **change):
    """What takes its items away, of which nothing can be preserved: its task has to be done first."""
    return restriction(*items, **{"choice": Choice.REMOVE, "not_preserved": "only its hash came", **change})


def carried_out(store, made):
    """A decision after its task, for which nothing could be preserved."""
    why = {one.id: made.ruling.not_preserved for one in store.relied.wanting(made.id)}
    store.relied.rely(made.id, {}, why, By(made.actor, "seawall 1"))
    store.decisions.go_out(made.id)
    return store.decisions.get(made.id)


def dismissal(*items, **change):
    return restriction(*items, choice=Choice.NO_ACTION, grounds=(), territory=(), redress=(), **change)
