"""The demo that is served: a data folder in which every page of the console shows something.

All in it is made by code: drawn landscapes, a report of what never happened, people who do not exist.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seawall import config, errors
from seawall.demo import folder, material, office, reviewed, told
from seawall.model.access import Role
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

Say = Callable[[str], None]

_PASSWORD_BYTES: Final = 12
PEOPLE: Final[Mapping[str, Role]] = {
    "ada": Role.ADMIN,
    "ines": Role.ANALYST,
    "rita": Role.REVIEWER,
    "omar": Role.REVIEWER,
    "theo": Role.AUDITOR,
    "upload-path": Role.UPLOADER,
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What a person needs to look about, and what a program needs to find each page."""

    passwords: Mapping[str, str]  #: by user name
    ids: Mapping[str, str]  #: of what the pages are about


def opened(out: Path) -> Seawall:
    """A library over a new data folder in `out`, as is set for nobody; to be closed.

    Settings from variables are left aside: what is made here goes to no database but its own. Raises as
    `folder.fresh`.
    """
    folder.fresh(out)
    return Seawall(config.load(out / "data", {}))


def fill(library: Seawall, out: Path, say: Say) -> Filled:
    """Fill an empty library, telling each step in a line. out: where the clips go.

    Raises the errors of making, banking, decoding and reading.
    """
    say("Making harmless clips, and uploads from them ...")
    folders = material.Folders.under(out)
    made = material.produce(folders, library.settings.workers)
    with errors.writing(folders.work):
        shutil.rmtree(folders.work)
    passwords = _people(library)
    say("Reading a report of what never happened ...")
    incident = told.incident(library.acting_as("ines"), out)
    say("Banking, checking and deciding ...")
    banked = reviewed.banked(library.acting_as("ada"), made, incident)
    told.spread(library, made)
    ids = reviewed.reviewed(library, banked, made)
    say("Filling the inbox and the administration ...")
    ids |= {**banked.ids, "incident": incident, "user": "rita"}
    return Filled(passwords, ids | office.filled(library, out, ids))


def _people(library: Seawall) -> dict[str, str]:
    """Each with a password of their own, but for the program."""
    passwords = {}
    for name, role in PEOPLE.items():
        if role is Role.UPLOADER:
            library.access.create_user(name, role)
            continue
        passwords[name] = secrets.token_urlsafe(_PASSWORD_BYTES)
        library.access.create_user(name, role, accounts.hashed(passwords[name]))
    return passwords
