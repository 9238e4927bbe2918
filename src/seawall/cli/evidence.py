"""`seawall evidence`: preserve originals, read them for a purpose, export what is on record, verify it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from seawall import errors
from seawall.cli.output import Output, verb
from seawall.model.custody import CustodyEvent
from seawall.model.preservation import Basis, Preservation, PreservationState, Purpose
from seawall.model.provenance import Found, Provenance
from seawall.model.seen import Context
from seawall.store.custody import CustodyFilter
from seawall.store.preservations import PreservationFilter

_BASIS: Final = click.option(
    "--basis", type=click.Choice([one.value for one in Basis]), required=True, help="Why the law allows it."
)
_REASON: Final = click.option("--reason", required=True, help="Why; it stays on record.")
_ID: Final = click.argument("preservation", metavar="ID")
_PURPOSES: Final = click.Choice([one.value for one in Purpose])
_TIME: Final = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def evidence() -> None:
    """What is preserved, who did what to it, and what leaves."""


@evidence.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@_BASIS
@click.option("--reference", help="Of the order or request that the basis is.")
@click.option("--uploader", help="Who put it on the platform.")
@click.option("--post", help="Where it stood there.")
@click.option("--url", help="The address at which it was seen.")
@verb
def preserve(
    output: Output,
    paths: tuple[Path, ...],
    *,
    basis: str,
    reference: str | None,
    uploader: str | None,
    post: str | None,
    url: str | None,
) -> None:
    """Preserve files, each under a key of its own."""
    made: list[Preservation] = []
    related = Context(uploader, post, url)
    with output.open() as library:
        for path in paths:
            one = library.preserving.take_in(path, Basis(basis), reference=reference, related=related)
            made.append(one)
            output.line(f"preserved {one.id}  {path}")
        library.preserving.stamp_anyway()
    output.document(_documents(made))


@evidence.command("list")
@click.option("--sha256", help="Only of this content.")
@click.option("--state", type=click.Choice([one.value for one in PreservationState]), help="Only in this.")
@verb
def list_(output: Output, *, sha256: str | None, state: str | None) -> None:
    """List what is, or was, preserved."""
    wanted = PreservationFilter(sha256, None if state is None else PreservationState(state))
    made: list[Preservation] = []
    with output.open() as library:
        after = 0
        while page := library.preserving.page(wanted, after=after):
            for _, one in page:
                made.append(one)
                until = "" if one.expires_at is None else f"  until {one.expires_at:%Y-%m-%d}"
                output.line(f"{one.state:9} {one.id}  {one.sha256[:16]}  {one.basis}{until}")
            after = page[-1][0]
    output.document(_documents(made))


@evidence.command()
@_ID
@verb
def show(output: Output, preservation: str) -> None:
    """Show one record with all that is kept beside the original. None of its bytes is shown."""
    with output.open() as library:
        one = library.preserving.get(preservation)
        manifests = library.preserving.manifests(preservation)
    output.line(f"{one.state:11} {one.id}  {one.basis}")
    output.line(f"original    {one.sha256}  {one.bytes} bytes")
    for name, value in asdict(one.related).items() if one.related is not None else ():
        if value:
            output.line(f"{name:11} {', '.join(value) if name == 'labels' else value}")
    for line in _provenance_lines(one.provenance):
        output.line(f"C2PA        {line}")
    record = _plain(asdict(one))
    store = None if manifests is None else json.loads(manifests)
    output.document({"schema": "seawall.evidence.preservation/1", "preservation": record, "store": store})


@evidence.command()
@_ID
@click.option("--purpose", type=_PURPOSES, required=True, help="What the law lets it be read for.")
@_REASON
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where to write it.")
@verb
def read(output: Output, preservation: str, *, purpose: str, reason: str, out: Path) -> None:
    """Write an original to a new file. That it is read is on record first."""
    if out.exists():
        raise errors.UsageError(detail=f"{out} is there already: name a new file")
    with output.open() as library:
        user = library.actor
        pieces = library.preserving.read(preservation, Purpose(purpose), reason, user=user)
        try:
            with errors.writing(out), out.open("xb") as file:
                for piece in pieces:
                    file.write(piece)
        except BaseException:
            out.unlink(missing_ok=True)
            raise
    output.line(f"read      {preservation}  {out}")
    output.document({"schema": "seawall.evidence.read/1", "preservation": preservation, "path": str(out)})


@evidence.command()
@_ID
@click.option("--requester", required=True, help="Who needs it longer.")
@click.option("--reference", required=True, help="Of their request, as they number it.")
@click.option("--until", type=_TIME, required=True, help="In UTC.")
@verb
def hold(output: Output, preservation: str, *, requester: str, reference: str, until: datetime) -> None:
    """Keep an original longer, for somebody."""
    with output.open() as library:
        made = library.preserving.hold(preservation, requester, reference, until.replace(tzinfo=UTC))
    output.line(f"held      {made.id}  hold {made.holds[-1].id}")
    output.document(_documents([made]))


@evidence.command()
@_ID
@click.argument("hold", metavar="HOLD")
@_REASON
@verb
def lift(output: Output, preservation: str, hold: str, *, reason: str) -> None:
    """End a hold."""
    with output.open() as library:
        made = library.preserving.lift(preservation, hold, reason)
    output.line(f"lifted    {made.id}  hold {hold}")
    output.document(_documents([made]))


@evidence.command()
@click.argument("kind", type=click.Choice(["case", "incident"]))
@click.argument("id", metavar="ID")
@click.argument("place", metavar="FOLDER", type=click.Path(path_type=Path))
@_BASIS
@click.option("--recipient", required=True, help="Who gets it.")
@_REASON
@click.option("--purpose", type=_PURPOSES, help="What originals are read for; without one, none leaves.")
@click.option("--open-faces", metavar="WHY", help="Leave faces in working copies open, and why.")
@verb
def export(
    output: Output,
    kind: str,
    id: str,  # noqa: A002 - as the argument is called
    place: Path,
    *,
    basis: str,
    recipient: str,
    reason: str,
    purpose: str | None,
    open_faces: str | None,
) -> None:
    """Write a bag (RFC 8493) with all that is on record of a case or an incident."""
    from seawall.workflows.dossier import AboutKind  # noqa: PLC0415 - it takes long to load
    from seawall.workflows.exporting import Wanted  # noqa: PLC0415 - likewise

    why = None if purpose is None else Purpose(purpose)
    wanted = Wanted(AboutKind(kind), id, Basis(basis), recipient, reason, why, open_faces)
    with output.open() as library:
        made = library.exporting.export(wanted, place, user=library.actor)
        key = library.preserving.verifier().encoded()
    output.line(
        f"exported  {made.place}  originals {made.originals}, absent {made.absent}, copies {made.copies}"
    )
    output.line(f"key       {key}")
    record = {**asdict(made), "place": str(made.place), "key": key}
    output.document({"schema": "seawall.evidence.export/1", **record})


@evidence.command()
@click.argument("bag", type=click.Path(path_type=Path))
@click.option("--roots", type=click.Path(path_type=Path), help="PEM of authorities of time to trust.")
@click.option("--key", help="The log's key, as the service gives it out.")
@verb
def verify(output: Output, bag: Path, *, roots: Path | None, key: str | None) -> int:
    """Say what holds of a bag, what does not, and what could not be looked at. It needs nothing else."""
    try:
        from seawall.evidence import timestamps, verify as verifying  # noqa: PLC0415 - of an extra
        from seawall.evidence.checkpoint import Verifier  # noqa: PLC0415 - likewise
    except ImportError as cause:
        raise errors.ServiceMissing(name=cause.name) from cause
    trusted = [] if roots is None else timestamps.roots_of(_bytes(roots))
    report = verifying.verify(bag, trusted, None if key is None else Verifier.decoded(key))
    for what, count in report.checked.items():
        output.line(f"holds     {what}: {count}")
    for one in report.limits:
        output.line(f"open      {one}")
    for one in report.faults:
        output.line(f"FAULT     {one}")
    output.line("It holds." if report.holds else "It does not hold.")
    output.document(report.as_record())
    return 0 if report.holds else errors.BadEvidence.exit_code


@evidence.command()
@click.option("--report", is_flag=True, help="Show the last report, and check nothing.")
@verb
def fixity(output: Output, *, report: bool) -> int:
    """Read each preserved original and the log, and compare."""
    with output.open() as library:
        if not report:
            library.fixity.check()
        made = library.fixity.report()
    said = None if made is None else made.says("detail")
    if made is None or not isinstance(said, dict):
        output.line("no report yet")
        output.document({"schema": "seawall.evidence.fixity/1", "at": None})
        return 0
    output.line(
        f"{made.at:%Y-%m-%d %H:%M} UTC  checked {said['checked']}, failed {said['failed']}, "
        f"events {said['log_events']}, faults of the log {said['log_faults']}"
    )
    output.document({"schema": "seawall.evidence.fixity/1", "at": made.at.isoformat(), **said})
    return errors.BadEvidence.exit_code if said["failed"] or said["log_faults"] else 0


@evidence.command()
@click.option("--sha256", help="Only on this object.")
@click.option("--after", default=-1, show_default=True, help="Only behind this number.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000))
@verb
def log(output: Output, *, sha256: str | None, after: int, limit: int) -> None:
    """Show the custody log and its head, signed."""
    with output.open() as library:
        events = library.preserving.custody.events(CustodyFilter(object=sha256), after=after, limit=limit)
        head = library.preserving.head()
        key = library.preserving.verifier().encoded()
    for one in events:
        output.line(_line(one))
    output.line(f"head      {head.size} events  {head.root.hex()}")
    output.line(f"key       {key}")
    listed = list(map(_event, events))
    record = {"events": listed, "head": head.published, "key": key}
    output.document({"schema": "seawall.evidence.log/1", **record})


def _line(one: CustodyEvent) -> str:
    said = {name: one.opened[name].value for name in ("outcome", "object", "agent") if name in one.opened}
    of = str(said.get("object") or "")[:16]
    outcome, agent = said.get("outcome", "erased"), said.get("agent", "")
    return f"{one.index:8} {one.at:%Y-%m-%d %H:%M:%S} {outcome:8} {one.type:30} {of:16} {agent}"


def _event(one: CustodyEvent) -> dict[str, object]:
    said = {name: opened.value for name, opened in one.opened.items()}
    at = one.at.isoformat()
    return {"index": one.index, "id": one.id, "at": at, "type": one.type.value, **said}


def _documents(made: list[Preservation]) -> dict[str, object]:
    records = [_plain(asdict(one)) for one in made]
    return {"schema": "seawall.evidence.preservations/1", "preservations": records}


def _plain(record: dict[str, object]) -> object:
    return json.loads(json.dumps(record, default=str))


def _provenance_lines(said: Provenance | None) -> Iterator[str]:
    """What an original says of itself, in words that claim no more than was found."""
    if said is None:
        yield "nobody has looked for a manifest"
        return
    match said.found:
        case Found.PRESENT:
            yield f"a manifest, {said.validation}, read by {said.reader}; its signer was not judged"
        case Found.REMOTE:
            yield f"a manifest elsewhere, which was not fetched: {said.address}"
        case Found.ABSENT:
            yield "no manifest, which means nothing"
        case Found.UNREAD:
            yield "not read"
    yield from (f"does not hold: {one}" for one in said.failures)
    if said.why is not None:
        yield f"because: {said.why}"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise errors.PathNotFound(path=path) from None
    except OSError as cause:
        raise errors.UnreadableFile(path=path, reason=cause.strerror) from cause
