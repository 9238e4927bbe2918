"""Verifies a bag of evidence: alone, without a network, a database, or anything of the service that wrote it.

What is looked at, in this order: the bag's files against its manifests; the originals against their names;
each custody event against the hashes of its fields, and its proof against the signed head of the log; what
the bag says outside the log against the event of its export; the head's signature; the timestamps of the
head.

A finding is a fault, or a limit: something that could not be looked at. Nothing is passed over in silence.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from seawall import errors, merkle
from seawall.evidence import calendars, layout, timestamps
from seawall.evidence.checkpoint import Checkpoint, Verifier, opened
from seawall.model.custody import CustodyType, Opened, entry

_LINE: Final = re.compile(r"([0-9a-f]+)  ([^\r\n]+)")
_CHUNK_BYTES: Final = 1 << 20


@dataclass(slots=True)
class Report:
    """What was looked at, and what came of it."""

    checked: dict[str, int] = field(default_factory=dict)  #: how many of what hold
    faults: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)  #: what could not be looked at, and why

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def held(self, what: str, count: int = 1) -> None:
        """So many more hold."""
        self.checked[what] = self.checked.get(what, 0) + count

    def as_record(self) -> dict[str, object]:
        """As `evidence verify --json` prints it."""
        return {
            "schema": "seawall.evidence.verify/1",
            "holds": self.holds,
            "checked": self.checked,
            "faults": self.faults,
            "limits": self.limits,
        }


def verify(bag: Path, roots: Sequence[x509.Certificate] = (), key: Verifier | None = None) -> Report:
    """Look at a bag. roots: of timestamping authorities that are trusted. key: of the log, from elsewhere.

    Raises PathNotFound where there is no folder. What is in it raises nothing: it is a fault.
    """
    if not bag.is_dir():
        raise errors.PathNotFound(path=str(bag))
    report = Report()
    digests = _manifests(bag, report)
    _originals(bag, digests, report)
    _copies(bag, digests, report)
    try:
        head, published = _head(bag, key, report)
        content = _events(bag, head, report)
    except (errors.BadEvidence, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        report.faults.append(f"the custody log cannot be followed: {error}")
        return report
    if content is None:
        report.faults.append("no custody event tells of this export, so nothing binds the record to the log")
    elif content != layout.content_digest(digests.items()):
        report.faults.append("the record is not what the custody event of its export says")
    else:
        report.held("record bound to the log")
    if not _timestamps(bag, layout.TOKENS_FOLDER, published, roots, report):
        report.limits.append("nobody but the service attests when the head of the log was there")
    try:
        _earlier(bag, head, key, roots, report)
    except (errors.BadEvidence, ValueError, TypeError) as error:
        report.faults.append(f"the earlier head of the log cannot be followed: {error}")
    return report


def _manifests(bag: Path, report: Report) -> dict[str, str]:
    """The bag's files against its manifests; SHA-256 of the payload's files by path, as they are."""
    found = {one.relative_to(bag).as_posix() for one in bag.rglob("*") if not one.is_dir()}
    if any(one.is_symlink() for one in bag.rglob("*")):
        report.faults.append("the bag holds links")
    if _text(bag / "bagit.txt") != layout.DECLARATION:
        report.faults.append("bagit.txt is not that of a bag")
    payload = {one for one in found if one.startswith("data/")}
    tags = {one for one in found - payload if not one.startswith("tagmanifest-")}
    digests: dict[str, str] = {}
    for algorithm in layout.ALGORITHMS:
        for name, wanted in ((f"manifest-{algorithm}.txt", payload), (f"tagmanifest-{algorithm}.txt", tags)):
            listed = _listed(bag / name, report)
            report.faults += [f"{one} is missing" for one in sorted(listed.keys() - wanted)]
            report.faults += [f"{one} is not in {name}" for one in sorted(wanted - listed.keys())]
            for path in sorted(wanted & listed.keys()):
                actual = _digest(bag / path, algorithm)
                if actual != listed[path]:
                    report.faults.append(f"{path} is not what {name} says")
                else:
                    report.held("files")
                if algorithm == "sha256" and path in payload:
                    digests[path] = actual
    return digests


def _listed(manifest: Path, report: Report) -> dict[str, str]:
    listed: dict[str, str] = {}
    text = _text(manifest)
    for line in text.split("\n")[:-1]:
        parts = _LINE.fullmatch(line)
        if parts is None or parts[2] in listed or ".." in Path(parts[2]).parts:
            report.faults.append(f"{manifest.name} has a line that is none of a manifest")
        else:
            listed[parts[2]] = parts[1]
    if not text.endswith("\n"):
        report.faults.append(f"{manifest.name} is missing or cut short")
    return listed


def _originals(bag: Path, digests: dict[str, str], report: Report) -> None:
    """Each original against its name, and against the list of those that there should be."""
    try:
        said = {one["sha256"]: one["absent"] for one in json.loads(_text(bag / layout.ORIGINALS))}
    except (ValueError, KeyError, TypeError):
        report.faults.append("the list of originals cannot be read")
        return
    there = {path: sha256 for path, sha256 in digests.items() if path.startswith(layout.ORIGINALS_FOLDER)}
    for path, sha256 in there.items():
        if not path.removeprefix(layout.ORIGINALS_FOLDER).startswith(sha256):
            report.faults.append(f"{path} is not the original that its name says")
        elif sha256 not in said:
            report.faults.append(f"{path} is not among the originals that are listed")
        else:
            report.held("originals")
    for sha256, absent in said.items():
        if absent is not None:
            report.limits.append(f"the original {sha256} is not in the bag: {absent}")
        elif sha256 not in there.values():
            report.faults.append(f"the original {sha256} should be in the bag")


def _copies(bag: Path, digests: dict[str, str], report: Report) -> None:
    """Each frame of a working copy against the list of those that there should be."""
    there = {path: sha256 for path, sha256 in digests.items() if path.startswith(layout.COPIES_FOLDER)}
    if layout.COPIES not in digests:  # of before there were any
        report.faults += [f"{path} is not among the working copies that are listed" for path in there]
        return
    try:
        copies = json.loads(_text(bag / layout.COPIES))
        said = {one["path"]: one["sha256"] for copy in copies for one in copy.get("frames", [])}
        for copy in copies:
            if copy["absent"] is not None:
                report.limits.append(f"no working copy of {copy['sha256']} is in the bag: {copy['absent']}")
    except (ValueError, KeyError, TypeError, AttributeError):
        report.faults.append("the list of working copies cannot be read")
        return
    for path in sorted(there.keys() | said.keys()):
        if there.get(path) != said.get(path):
            report.faults.append(f"{path} is not the working copy that is listed")
        else:
            report.held("frames of working copies")


def _head(bag: Path, key: Verifier | None, report: Report) -> tuple[Checkpoint, str]:
    """The signed head of the log. Raises BadEvidence."""
    own = Verifier.decoded(_text(bag / layout.KEY))
    published = _text(bag / layout.HEAD)
    head = opened(published, own if key is None else key)
    report.held("head of the log signed")
    if key is None:
        report.limits.append(
            f"the head of the log is signed with the key {own.name}+{own.id}, which the bag brings itself: "
            "compare it with the key that the service publishes"
        )
    elif own != key:
        report.faults.append("the bag brings another key of the log than the one that is trusted")
    return head, published


def _events(bag: Path, head: Checkpoint, report: Report) -> str | None:
    """Each event and its proof; the digest that the last event of an export holds."""
    content, before, erased = None, -1, 0
    for line in _text(bag / layout.EVENTS).splitlines():
        said = json.loads(line)
        index = said["index"]
        if index <= before:
            report.faults.append(f"custody event {index} is out of its order")
        before = index
        fields = {name: Opened(bytes.fromhex(salt), value) for name, (salt, value) in said["opened"].items()}
        faults = [f"custody event {index} {fault}" for fault in _event_faults(said, fields, head)]
        report.faults += faults
        report.held("custody events", not faults)
        erased += len(said["hashes"].keys() - fields.keys()) > 0
        if said["type"] == CustodyType.EXPORT.value and "detail" in fields:
            detail = fields["detail"].value
            content = str(detail[layout.CONTENT]) if isinstance(detail, dict) else None
    if erased:
        report.limits.append(
            f"{erased} custody events have been erased, as the law had it; their places hold"
        )
    return content


def _event_faults(said: dict[str, Any], fields: dict[str, Opened], head: Checkpoint) -> Iterator[str]:
    for name, one in fields.items():
        if said["hashes"].get(name) != one.hash:
            yield f"says another {name} than the log"
    at = datetime.fromisoformat(said["at"])
    leaf = merkle.leaf_hash(entry(said["id"], at, said["type"], said["hashes"]))
    proof = [bytes.fromhex(one) for one in said["proof"]]
    if not merkle.proves_inclusion(leaf, said["index"], head.size, proof, head.root):
        yield "is not in the log"


def _earlier(
    bag: Path, head: Checkpoint, key: Verifier | None, roots: Sequence[x509.Certificate], report: Report
) -> None:
    """The head from which the log went on, of which calendars have had the time to say more."""
    if not (bag / layout.EARLIER_HEAD).exists():
        return
    published = _text(bag / layout.EARLIER_HEAD)
    earlier = opened(published, Verifier.decoded(_text(bag / layout.KEY)) if key is None else key)
    proof = [bytes.fromhex(one) for one in json.loads(_text(bag / layout.CONSISTENCY))]
    if not merkle.proves_consistency(earlier.size, head.size, earlier.root, head.root, proof):
        report.faults.append("the log does not go on from its earlier head")
        return
    report.held("earlier head from which the log goes on")
    report.limits.append(f"the earlier head of the log says nothing of custody events from {earlier.size} on")
    _timestamps(bag, layout.EARLIER_TOKENS_FOLDER, published, roots, report)


def _timestamps(
    bag: Path, below: str, published: str, roots: Sequence[x509.Certificate], report: Report
) -> bool:
    """What others attest of a head; whether anybody does."""
    folder = bag / below
    tokens = sorted(folder.iterdir()) if folder.is_dir() else []
    attested = False
    for one in tokens:
        name, token = one.relative_to(bag / layout.CUSTODY_FOLDER).as_posix(), one.read_bytes()
        try:
            if calendars.is_proof(token):
                attested |= _calendars(name, calendars.ends(token, published.encode()), report)
                continue
            attested = True
            if roots:
                timestamps.verified(token, published.encode(), roots)
                report.held("timestamps")
                continue
            said = timestamps.described(token)
        except errors.BadEvidence as error:
            report.faults.append(f"{name}: {error.fields['reason']}")
            continue
        named = f"{name} of {said.authority} at {said.at.isoformat()}"
        report.limits.append(f"{named} was not verified: name the roots that are trusted")
    return attested


def _calendars(name: str, found: Sequence[calendars.End], report: Report) -> bool:
    """What a calendar's proof of this head says; that holds by the block's header. True: it names a block."""
    report.held("proofs of calendars that start from the head")
    for one in found:
        if one.block is not None:
            root = one.reached[::-1].hex()  # as Bitcoin prints hashes
            said = f"claims block {one.block} of Bitcoin: compare its Merkle root, which must be {root}"
        elif one.calendar is not None:
            said = f"is pending: {one.calendar} promised to have a block attest it, and has to be asked"
        else:
            said = "ends in an attestation that is not known here"
        report.limits.append(f"{name} {said}")
    return any(one.block is not None for one in found)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _digest(path: Path, algorithm: str) -> str:
    made = hashlib.new(algorithm)
    with path.open("rb") as file:
        while piece := file.read(_CHUNK_BYTES):
            made.update(piece)
    return made.hexdigest()
