"""A library with one known clip, an upload that holds it, and a person who may look."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from pathlib import Path

import numpy as np

from seawall import media
from seawall.bench import synthetic
from seawall.media import encode
from seawall.model.access import Principal, Role, Scope
from seawall.model.decision import Basis
from seawall.model.seen import Context
from seawall.store.items import ItemFilter
from seawall.workflows import uploads
from seawall.workflows.library import Seawall

LABELS = ("propaganda", "violence")
SIZE_PX = (192, 108)


def person(name: str = "rita", *scopes: Scope) -> Principal:
    return Principal(name, f"{name}/console", name, frozenset(scopes or (Scope.READ, Scope.REVIEW)))


def clip(path: Path, seed: int = 5, duration_s: float = 5.0) -> Path:
    synthetic.write_clip(path, seed, duration_s, *SIZE_PX, fps=12.5)
    return path


def joined(path: Path, *clips: Path) -> Path:
    """One clip after another, with the sound of none."""
    frames: list[tuple[float, np.ndarray]] = []
    at_s = 0.0
    for one in clips:
        with media.open(one) as file:
            own = [(at_s + frame.time_s, frame.rgb()) for frame in file.frames()]
        frames += own
        at_s = own[-1][0] + 0.08
    encode.write_video(path, frames, rate_hz=12.5)
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


def known(library: Seawall, path: Path, *, labels: tuple[str, ...] = LABELS, keep: bool = True) -> str:
    """A bank with one reference; its id."""
    library.bank_create("KNOWN", labels=["propaganda"])
    [added] = library.bank_add("KNOWN", [path], labels=labels, note="A parade", keep=keep)
    assert added.reference is not None
    if "rita" not in {one.name for one in library.access.users()}:
        library.access.create_user("rita", Role.REVIEWER)
    return added.reference


def reviewed(library: Seawall, reference: Path, upload: Path, **how: object) -> Reviewed:
    return taken(library, known(library, reference, **how), upload)


def taken(library: Seawall, reference: str, upload: Path, user: str = "rita", **where: str) -> Reviewed:
    """A case of the upload, which the user holds."""
    item = brought(library, upload, **where)
    case = library.cases.open(Basis.CHOSEN, "looked at", [item]).id
    library.cases.take(case, user=user)
    return Reviewed(library, case, item, reference, upload, library.cases.item(item).sha256 or "")


def brought(library: Seawall, upload: Path, **where: str) -> str:
    """Check a file as one that came in, let the policies speak, and give its item."""
    context = Context(**{"uploader": "u", **where})
    made = uploads.check(library, upload, context, "up/key")
    assert made.record is not None
    library.policies.settle([one.id for one in made.record.matches])
    found = library.cases.items(ItemFilter(sha256=made.result.sha256), limit=1000)
    return next(item.id for _, item in found if item.context == context)


@lru_cache(maxsize=1)
def clips(folder: Path) -> dict[str, Path]:
    """One that is known, and one that begins with it and goes on otherwise."""
    first = clip(folder / "known.mp4")
    other = clip(folder / "other.mp4", seed=9, duration_s=4.0)
    return {"known": first, "longer": joined(folder / "longer.mp4", first, other)}
