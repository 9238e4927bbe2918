"""The demo's incident: a report of what never happened, and copies of its footage over some days."""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from seawall import errors
from seawall.demo.material import Material
from seawall.model.claim import Status
from seawall.model.seen import Context
from seawall.store.recording import NewCheck
from seawall.store.store import Store
from seawall.workflows import opening, recorded_checks
from seawall.workflows.incidents import About
from seawall.workflows.library import Seawall

_DAYS: Final = 5
_REPORT: Final = """Ferry held at Ostend by man with a toy pistol, police say

OSTEND, Belgium, {date} - A man threatened passengers of a ferry in the harbour of Ostend on {day}, \
police said. No one was killed, and two people were treated for shock.
The man, who was carrying a toy pistol, was arrested after 20 minutes, the prosecutor's office in Bruges said.
He is believed to have streamed a video of about 18 seconds on a live service, the harbour authority said.
Copies of the video were posted in Ghent and Rotterdam the same evening, according to the newspaper The Tide.
"The footage shows the harbour and nothing else," the harbour master told The Tide.
An earlier report said that three people were hurt. That could not be confirmed.
"""


def incident(library: Seawall, out: Path) -> str:
    """An incident out of the report, with some of its claims decided on; its id."""
    day = datetime.now(UTC).date() - timedelta(days=_DAYS)
    path = out / "uploads" / "report.txt"
    with errors.writing(path):
        path.write_text(_REPORT.format(date=f"{day:%B} {day.day}", day=f"{day:%A}"), encoding="utf-8")
    about = About(published=day, outlet="The Tide", author="A writer of the demo")
    made = library.incidents.open(path, about, "A ferry in Ostend")
    claims = [one.state.id for one in made.claims]
    library.incidents.set_status(
        made.id, claims[:2], Status.CONFIRMED, "The prosecutor's office says the same."
    )
    library.incidents.set_status(made.id, claims[2:3], Status.DISPUTED, "Two reports differ.")
    _place(library, made.id)
    return made.id


def _place(library: Seawall, incident_id: str) -> None:
    """Say which of the candidates the first place is."""
    for document in library.incidents.ledger(incident_id).documents:
        for place in document.reading.places:
            if place.candidates:
                library.incidents.choose_place(incident_id, place.id, 1, "It has a harbour.")
                return


def spread(library: Seawall, made: Material) -> None:
    """Copies that were seen on the days before: what is in the demo's uploads, under other digests."""
    files = [one.path for one in made.uploads if one.reference is not None and not one.harmless]
    results = [one for one in library.check(files) if one.matches]
    now = datetime.now(UTC)
    at = now
    with Store.open(library.settings.data, now=lambda: at) as past:
        for number, result in enumerate(itertools.islice(itertools.cycle(results), 4 * len(results))):
            at = now - timedelta(days=_DAYS) * (0.95**number) + timedelta(minutes=7 * number)
            digest = hashlib.sha256(f"copy {number // 2}".encode()).hexdigest()
            new = NewCheck(
                key=digest,
                sha256=digest,
                md5=None,
                kind=result.kind,
                duration_s=result.duration_s,
                signals=None,
                matches=recorded_checks.banked(result.matches),
                actor="upload-path",
                context=Context(f"harbour-{number % 7}", f"post-{number}", f"https://posts.example/{number}"),
            )
            past.seen.record_all([new], rule=opening.flood_rule(library.settings))
