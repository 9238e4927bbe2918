"""The demo's banks and uploads, and what its people decide: cases of every sort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from seawall import errors
from seawall.demo.material import KNOWN_A, Material
from seawall.model.access import SCOPES, Principal, Role
from seawall.model.bank import ReferenceState
from seawall.model.decision import (
    Automation,
    Choice,
    Feedback,
    Ground,
    GroundKind,
    Item,
    Origin,
    Purpose,
    Redress,
    Ruling,
    Verdict,
    View,
)
from seawall.model.exchange import Stance
from seawall.model.match import Recommendation, Region
from seawall.model.policy import Rule, Rulebook, Step, When
from seawall.model.seen import Context
from seawall.model.viewing import Because, Cover, Reason
from seawall.store.items import ItemFilter
from seawall.workflows import uploads
from seawall.workflows.library import Seawall
from seawall.workflows.uploads import About
from seawall.workflows.viewing import Asked

KNOWN: Final = "HARBOUR"
HARMLESS: Final = "OPENINGS"
LISTED: Final = "PARTNERS"
_HASH: Final = "f8f8f0cce0f4a84f" * 4
_PART: Final = Region(1 / 3, 1 / 3, 1 / 3, 1 / 3)
_LABELS: Final[Mapping[str, tuple[str, ...]]] = {KNOWN_A: ("harbour",), "": ("graphic-waves", "harbour")}
#: What is done with matches of the first bank: the surest is acted on at once, somebody signs for it.
_BOOK: Final = Rulebook(
    (
        Rule(
            "full copies", Step.ACT, When(Recommendation.STRONG, coverage_query=0.9, coverage_reference=0.9)
        ),
        Rule("long parts", Step.HOLD, When(Recommendation.STRONG, matched_s=2.0)),
        Rule("the rest", Step.NOTIFY, When(), review=True),
    )
)


@dataclass(frozen=True, slots=True)
class Banked:
    """What was put into banks."""

    references: Mapping[str, str]  #: by the name of the file
    ids: Mapping[str, str]


def banked(library: Seawall, made: Material, incident: str) -> Banked:
    """Three banks: of known footage with its bytes, of known-good openings, and of a list of hashes."""
    library.bank_create(KNOWN, labels=["crisis"])
    library.bank_create(HARMLESS, negative=True)
    library.bank_create(LISTED, labels=["unverified"])
    references = {}
    for path in made.known:
        note = "The harbour, drawn by code. Nobody is in it."
        labels = _LABELS.get(path.name, _LABELS[""])
        about = About(path.name, "made by the demo", labels, note, incident, keep=True)
        references[path.name] = _added(library, KNOWN, path, about)
    for path in made.harmless:
        _added(library, HARMLESS, path, About(path.name, "made by the demo", keep=True))
    first, listed = references[KNOWN_A], _listed(library)
    library.policies.verify(first, grounds="Seen from end to end.", user="ada")
    library.exchanges.opine(library.reference(first), Stance.POSITIVE, ("harbour",), "It is what it says.")
    _policy(library)
    return Banked(references, {"reference": first, "listed": listed, "bank": KNOWN})


def _added(library: Seawall, bank: str, path: Path, about: About) -> str:
    added = library.reference_add(bank, path, about)
    if added.reference is None:
        raise added.error or errors.PathNotFound(path=str(path))
    return added.reference


def _listed(library: Seawall) -> str:
    hashes = [{"type": "pdq", "value": _HASH, "quality": 100}]
    listed = library.reference_add_hashes(LISTED, hashes, About("a picture of a list", "a list")).id
    library.reference_set_state(listed, ReferenceState.DISPUTED, "Nobody has seen what it is of.")
    return listed


def _policy(library: Seawall) -> None:
    """Two versions: one in force, and a draft that acts on less; both tried out."""
    library.policies.draft(KNOWN, _BOOK, "Full copies are acted on at once.")
    statement = "I have seen what the bank holds, and answer for this."
    library.policies.sign(KNOWN, 1, "full copies", statement=statement, user="ada")
    library.policies.dry_run(KNOWN, 1)
    library.policies.make_live(KNOWN, 1, reason="Tried out on the last days.")
    library.policies.draft(KNOWN, Rulebook(_BOOK.rules[1:]), "Nothing is acted on without a person.")


def reviewed(library: Seawall, known: Banked, made: Material) -> dict[str, str]:
    """Uploads come in and become cases: decided, appealed against, read twice, looked into, and waiting."""
    first = _brought(library, made.known[0], "wave-watcher", "p-100")
    removed = _decide(library, first, "rita", known.references[KNOWN_A])
    inherited = _brought(library, made.uploads[0].path, "harbour-7", "p-101")
    graphic = _brought(library, made.uploads[1].path, "harbour-7", "p-102")
    spliced = _brought(library, made.uploads[2].path, "ferry-news", "p-103", "news")
    appealed = _brought(library, made.uploads[3].path, "the-tide", "p-104")
    decision = _decide(library, appealed, "omar")
    library.cases.appeal(_case(appealed), "The poster says that it is a drawing.")
    still = _brought(library, made.uploads[4].path, "collage", "p-105")
    _take(library, still, "rita")
    unclear = replace(_removal(still), purpose=Purpose.UNCLEAR)
    library.cases.decide(unclear, user="rita")
    _look(library, spliced, "rita")
    _look(library, graphic, "ada")
    library.cases.release(_case(graphic), user="ada", reason="It is left to a reviewer.")
    for one in made.uploads[5:]:
        uploads.check(library, one.path, Context("calm-water", one.path.stem), "upload-path/checks")
    library.acting_as("ada").policies.dry_run(KNOWN, 2)
    return {
        "case": _case(spliced),
        "item": spliced.id,
        "inherited": _case(inherited),
        "graphic": _case(graphic),
        "appealed": _case(appealed),
        "decided": _case(first),
        "second": _case(still),
        "decision": decision,
        "removed": removed,
    }


def _brought(library: Seawall, path: Path, uploader: str, post: str, *labels: str) -> Item:
    """Check a file as one that came in; the item that it became."""
    context = Context(uploader, post, f"https://posts.example/{post}", labels)
    made = uploads.check(library, path, context, "upload-path/checks")
    if made.record is None or made.result.error is not None:
        raise made.result.error or errors.PathNotFound(path=str(path))
    library.policies.settle([one.id for one in made.record.matches])
    found = library.cases.items(ItemFilter(sha256=made.result.sha256), limit=100)
    return next(item for _, item in found if item.context == context)


def _case(item: Item) -> str:
    if item.case is None:
        raise ValueError(f"the demo's item {item.id} is in no case")
    return item.case


def _take(library: Seawall, item: Item, user: str) -> None:
    library.acting_as(user).cases.take(_case(item), user=user)


def _decide(library: Seawall, item: Item, user: str, right: str | None = None) -> str:
    """A removal that has gone out; its id. right: a reference that it says is matched rightly."""
    _take(library, item, user)
    ruling = _removal(item)
    if right is not None:
        ruling = replace(ruling, feedback=(Feedback(right, Verdict.RIGHT),))
    made = library.acting_as(user).cases.decide(ruling, user=user, undo_s=0)
    library.preserving.for_decision(made.id)
    library.cases.go_out(made.id)
    return made.id


def _removal(item: Item) -> Ruling:
    return Ruling(
        items=(item.id,),
        choice=Choice.REMOVE,
        facts="The upload agrees with the drawn harbour of the bank.",
        origin=Origin.OWN_INITIATIVE,
        automated_detection=True,
        automated_decision=Automation.NONE,
        views=(View.METADATA,),
        grounds=(Ground(GroundKind.CONTRACTUAL, "Terms of the demo, 4.2", "No drawn harbours here."),),
        territory=("WORLD",),
        redress=(Redress.INTERNAL_COMPLAINT, Redress.COURT),
        purpose=Purpose.NO_SUCH,
    )


def _look(library: Seawall, item: Item, user: str) -> None:
    """A reviewer takes a case and looks at parts of frames, so that there is something in the ledger."""
    _take(library, item, user)
    who = Principal(user, f"{user}/console", user, SCOPES[Role.REVIEWER])
    board = library.viewing.storyboard(_case(item), item.id)
    why = Because(Reason.TELL_APART, "Is it the harbour again?")
    for frame in board.frames[:3]:
        asked = Asked(board.id, frame.number, Cover.STYLISED, _PART)
        library.viewing.reveal(_case(item), item.id, asked, who, "demo")
    grey = Asked(board.id, board.frames[-1].number, Cover.GREY, _PART, because=why)
    library.viewing.reveal(_case(item), item.id, grey, who, "demo")
    if item.sha256 is not None:
        words = "Waves, a bell, and nobody who speaks."
        library.viewing.set_transcript(item.sha256, words, actor=user)
