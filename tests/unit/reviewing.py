"""A library with one known clip, an upload that holds it, and a person who may look."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from seawall import media
from seawall.bench import synthetic
from seawall.media import encode
from seawall.model.access import Principal, Role, Scope
from seawall.model.decision import Basis
from seawall.model.seen import Context
from seawall.workflows import uploads
from seawall.workflows.library import Seawall

LABELS = ("propaganda", "violence")


def person(name: str = "rita", *scopes: Scope) -> Principal:
    return Principal(name, f"{name}/console", name, frozenset(scopes or (Scope.READ, Scope.REVIEW)))


def clip(path: Path, seed: int = 5, duration_s: float = 8.0) -> Path:
    synthetic.write_clip(path, seed, duration_s, 320, 180)
    return path


def joined(path: Path, *clips: Path) -> Path:
    """One clip after another, without sound."""
    frames, at_s = [], 0.0
    for one in clips:
        with media.open(one) as file:
            own = [(at_s + frame.time_s, frame.rgb()) for frame in file.frames()]
        frames += own
        at_s = own[-1][0] + 0.04
    encode.write_video(path, frames, rate_hz=25)
    return path


@dataclasses.dataclass
class Reviewed:
    """A case of one item."""

    library: Seawall
    case: str
    item: str
    reference: str
    upload: Path
    sha256: str


def reviewed(library: Seawall, known: Path, upload: Path, *, labels=LABELS, keep=True) -> Reviewed:
    library.bank_create("KNOWN", labels=["propaganda"])
    [added] = library.bank_add("KNOWN", [known], labels=labels, note="A parade", keep=keep)
    if "rita" not in {one.name for one in library.access.users()}:
        library.access.create_user("rita", Role.REVIEWER)
    item = brought(library, upload)
    case = library.cases.open(Basis.CHOSEN, "looked at", [item]).id
    library.cases.take(case, user="rita")
    return Reviewed(library, case, item, added.reference, upload, library.cases.item(item).sha256)


def brought(library: Seawall, upload: Path, **where: str) -> str:
    """Check a file as one that came in, let the policies speak, and give its item."""
    made = uploads.check(library, upload, Context(**{"uploader": "u", **where}), "up/key")
    assert made.record is not None
    library.policies.settle([one.id for one in made.record.matches])
    from seawall.store.items import ItemFilter

    [(_, item)] = library.cases.items(ItemFilter(sha256=made.result.sha256), limit=2)
    return item.id
