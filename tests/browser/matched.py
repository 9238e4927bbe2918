"""Contents under decision that were matched with references, without a file that has to be decoded."""

from __future__ import annotations

import hashlib

from seawall.model.decision import Basis
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.policy import Outcome, Step
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference
from seawall.store.outcomes import Made
from seawall.store.recording import NewCheck
from seawall.workflows.library import Seawall

HELD = Outcome(Step.HOLD, "rest", "rule 'rest'", 1, Step.HOLD, None, review=True)
SEGMENTS = (
    Segment(SignalType.VIDEO, 12.0, 24.8, 0.0, 12.8, 1.0, ("mirror",), 0.96),
    Segment(SignalType.VIDEO, 26.0, 30.0, 16.0, 20.0, 1.0, ("reverse",), 0.9),
    Segment(SignalType.AUDIO, 2.0, 24.8, 0.0, 22.8, 1.0, ("pitch:+2",), 0.8),
)


def bank(library: Seawall, name: str = "KNOWN") -> None:
    if name not in {one.name for one in library.banks()}:
        library.bank_create(name)


def reference(library: Seawall, name: str = "a harbour wall", **about: object) -> str:
    """A reference of which only a hash is known; its id."""
    bank(library)
    signal = Signal(SignalType.PDQ, 1, hashlib.sha256(name.encode()).digest(), 90)
    new = NewReference(None, "video", (signal,), name, "list.csv", **about)
    return library._store.add_reference("KNOWN", new).id


def item(
    library: Seawall,
    known: str,
    *,
    sha256: str = "a" * 64,
    segments: tuple[Segment, ...] = SEGMENTS,
    **context: object,
) -> str:
    """A content that was matched with a reference, in a case; the id of the case."""
    parts = {"video": 0.96, "audio": 0.8}
    match = Match(known, 0.95, Recommendation.STRONG, 0.53, 0.8, parts, segments)
    place = Context(**context)
    new = NewCheck(sha256, sha256, None, "video", 31.2, None, (("KNOWN", match),), "up/key", place)
    [found] = library.seen.record_all([new])[0].matches
    library._store.outcomes.record([Made(found, HELD, None)])
    [made] = [one for _, one in library.cases.items(limit=1000) if one.context == place]
    return made.case or library.cases.open(Basis.CHOSEN, "by hand", [made.id]).id
