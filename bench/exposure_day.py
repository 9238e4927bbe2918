"""Measures how much of a day's media a reviewer is shown: edited copies of harmless clips, each one a case.

    python bench/exposure_day.py CLIPS [--cases 300] [--spliced 0.05] [--folder DIR]

Clips of the folder are banked, with their bytes, and come in again as the benchmark's basic suite edits them;
some are spliced into twelve seconds of other footage. Each upload goes through the check, the policies, an
item and a case, as in a service. The scripted reviewer works as docs/how-to/console.md says: what can follow
an earlier decision does, without looking; so does what is known to its last second from a reference that was
decided on. Of what is new, a third by a third of four frames of the storyboard is revealed, those of unknown
seconds before others; where seconds are unknown, one piece of them is played too. What was shown is the
product's own figure.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import seawall
from seawall.bench import corpus, edits, make, splice
from seawall.model.access import Principal, Role, Scope
from seawall.model.decision import Automation, Basis, Choice, Origin, Ruling
from seawall.model.match import Region
from seawall.model.seen import Context
from seawall.model.viewing import Because, Cover, Reason
from seawall.store.items import ItemFilter
from seawall.workflows import uploads
from seawall.workflows.viewing import Asked
from seawall.workflows.working import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seawall.workflows.library import Seawall
    from seawall.workflows.under_review import About

BAR: Final = 0.05
HOSTS: Final = 3  #: clips that are in no bank
#: Of each clip, the edits of the basic suite and these of the full one.
MORE: Final = ("mirror_standard", "letterbox_standard")
HOST_S: Final = 12.0
FRAMES: Final = 4
PART: Final = Region(1 / 3, 1 / 3, 1 / 3, 1 / 3)
WHO: Final = Principal("day", "day/console", "day", frozenset({Scope.READ, Scope.REVIEW}))
WHY: Final = Because(Reason.TELL_APART, "what is in the seconds that are not known?")


@dataclass
class Day:
    """What became of the cases."""

    cases: int = 0
    inherited: int = 0
    in_words: int = 0  #: decided by what the match says
    first: int = 0
    looked_into: int = 0
    missed: int = 0  #: nothing was found, so there was no case
    decided: set[str] = field(default_factory=set)  #: references of which a person has seen something


def files(
    clips: list[corpus.Clip], hosts: list[corpus.Clip], cases: int, spliced: float, folder: Path
) -> Iterator[Path]:
    """Uploads, as many as there are cases. hosts: what some are spliced into, which nobody knows."""
    every = round(1 / spliced) if spliced else 0
    more = tuple(edit for edit in edits.FULL if edit.name in MORE)
    made = (
        query.path
        for wanted in (edits.BASIC, more)
        for clip in clips
        for query in make.edited(clip, wanted, folder, 0)
    )
    for number, path in enumerate(itertools.islice(made, cases)):
        if every and number % every == every - 1:
            clip = clips[number % len(clips)]
            yield splice.spliced(clip, hosts, folder, number, HOST_S).path
        else:
            yield path


def brought(library: Seawall, path: Path, number: int) -> str | None:
    """The item that an upload becomes; None where nothing is found in it."""
    context = Context(uploader=f"u{number}", post=f"p{number}")
    made = uploads.check(library, path, context, "day/upload")
    if made.record is None or not made.record.matches:
        return None
    library.policies.settle([one.id for one in made.record.matches])
    found = library.cases.items(ItemFilter(uploader=f"u{number}"), limit=1)
    return found[0][1].id if found else None


def decide(library: Seawall, item: str, day: Day) -> None:
    """Look no more than needed, and decide."""
    case = library.cases.item(item).case or library.cases.open(Basis.CHOSEN, "today", [item]).id
    library.cases.take(case, user=WHO.user)
    if library.queue.inherited(case) is not None:
        day.inherited += 1
        for made in library.queue.inherit(case, user=WHO.user):
            library.cases.go_out(made.id)
        return
    about = library.viewing.about(case, item, WHO)
    reference = about.matched[0].reference.id
    if about.unmatched:
        day.looked_into += 1
        reveal(library, case, about)
        play(library, case, about)
    elif reference in day.decided:
        day.in_words += 1
    else:
        day.first += 1
        reveal(library, case, about)
    day.decided.add(reference)
    ruling = Ruling(
        items=(item,),
        choice=Choice.NO_ACTION,
        facts="a copy of harmless footage",
        origin=Origin.OWN_INITIATIVE,
        automated_detection=True,
        automated_decision=Automation.NONE,
        views=library.exposure.views(WHO.user, about.item),
    )
    library.cases.decide(ruling, user=WHO.user, undo_s=0)


def reveal(library: Seawall, case: str, about: About) -> None:
    """A part of some frames, as they are shown without a reason."""
    board = library.viewing.storyboard(case, about.item.id)
    frames = [one for one in board.frames if one.unmatched] or list(board.frames)
    step = max(1, len(frames) // FRAMES)
    for frame in frames[::step][:FRAMES]:
        asked = Asked(board.id, frame.number, Cover.STYLISED, PART)
        library.viewing.reveal(case, about.item.id, asked, WHO, "day")


def play(library: Seawall, case: str, about: About) -> None:
    """The first piece of what no sure match covers."""
    item = about.item.id
    copy, task = library.viewing.proxy(case, item, Form.GREY, WHO, whole=False, from_s=0.0)
    asked = task["asked"]
    assert isinstance(asked, dict)
    assert about.item.sha256 is not None
    copy = copy or library.viewing.make(Form.GREY, about.item.sha256, asked)
    library.viewing.piece(case, item, copy.id, 0, WHY, WHO, "day")


def measure(folder: Path, clips_dir: Path, cases: int, spliced: float) -> None:
    """Live through a day, and print what the product says of it."""
    since = datetime.now(UTC) - timedelta(minutes=1)
    wanted = max(2, -(-cases // len(edits.BASIC)))
    scans = (corpus.scan(path, path.name) for path in sorted(clips_dir.iterdir()))
    usable = (one for one in scans if isinstance(one, corpus.Clip))
    hosts = list(itertools.islice(usable, HOSTS))
    clips = list(itertools.islice(usable, wanted))
    day = Day()
    with seawall.open(folder / "data") as library:
        library.access.create_user(WHO.user, Role.REVIEWER)
        library.bank_create("KNOWN")
        for _ in library.bank_add("KNOWN", [clip.path for clip in clips], keep=True):
            pass
        for number, path in enumerate(files(clips, hosts, cases, spliced, folder / "edits")):
            item = brought(library, path, number)
            if item is None:
                day.missed += 1
                continue
            day.cases += 1
            decide(library, item, day)
        saved = library.viewing.saved(since, datetime.now(UTC) + timedelta(minutes=1))
        own = library.exposure.own(WHO.user)
    print(f"cases {day.cases}: inherited {day.inherited}, by the match in words {day.in_words}")
    print(f"looked at: the first of a reference {day.first}, of unknown seconds {day.looked_into}")
    print(f"uploads in which nothing was found: {day.missed}")
    print(f"uploaded {saved.uploaded_s:.1f} s, shown {saved.shown_s:.1f} s in {own.today.reveals} reveals")
    share = saved.share_shown
    print("nothing came in" if share is None else f"share shown {share:.2%} (bar {BAR:.0%})")


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clips", type=Path, help="folder of harmless clips")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument(
        "--spliced", type=float, default=0.05, help="share that is spliced into other footage"
    )
    parser.add_argument("--folder", type=Path, help="where to build (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        measure(Path(name), options.clips, options.cases, options.spliced)


if __name__ == "__main__":
    main()
