"""`seawall bank`: make banks, fill them, and decide which of their references may act."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from seawall import errors
from seawall.cli.output import Interrupted, Output, exit_code, verb
from seawall.model.bank import Bank, Reference, ReferenceState
from seawall.model.seen import RecordedMatch
from seawall.workflows.ingest import AddResult


@click.group()
def bank() -> None:
    """Banks of known references."""


@bank.command()
@click.argument("name")
@click.option("--negative", is_flag=True, help="Known-good content: it suppresses instead of matching.")
@click.option("--label", "labels", multiple=True, help="What the bank stands for; may be repeated.")
@verb
def create(output: Output, name: str, *, negative: bool, labels: tuple[str, ...]) -> None:
    """Make an empty bank."""
    with output.open() as library:
        made = library.bank_create(name, negative=negative, labels=labels)
    output.line(f"created   {made.name}")
    output.document({"schema": "seawall.bank/1", **_bank_record(made)})


@bank.command()
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--label", "labels", multiple=True, help="A label of these references; may be repeated.")
@click.option("--note", help="A note on these references.")
@click.option("--incident", help="The id of the incident that they belong to.")
@click.option("--keep", is_flag=True, help="Store a copy of each file's bytes too.")
@click.option("--retro", is_flag=True, help="Search them in what was checked before, without waiting for it.")
@verb
def add(
    output: Output,
    name: str,
    paths: tuple[Path, ...],
    *,
    labels: tuple[str, ...],
    note: str | None,
    incident: str | None,
    keep: bool,
    retro: bool,
) -> int:
    """Add files, and those in folders, to a bank.

    Each line that is printed is a reference that is safe and can be matched from then on.
    """
    results: list[AddResult] = []
    stopped: errors.SeawallError | None = None
    with output.open() as library:
        adding = library.bank_add(name, paths, labels=labels, note=note, incident=incident, keep=keep)
        try:
            for result in output.progress(adding, "adding", paths):
                results.append(result)
                _show_added(output, result)
        except (errors.OutsideError, errors.CorruptionError) as error:
            stopped = error
        fresh = [one.reference for one in results if one.reference is not None and not one.already]
        earlier = library.retromatch(fresh) if retro and stopped is None else []
    for match in earlier:
        _show_earlier(output, match)
    record: dict[str, object] = {
        "schema": "seawall.bank-add/1",
        "bank": name,
        "results": [result.as_record() for result in results],
        "error": None if stopped is None else stopped.as_record(),
    }
    if retro:
        record["earlier"] = [_earlier_record(match) for match in earlier]
    output.document(record)
    if stopped is not None:
        raise Interrupted(stopped)
    return exit_code(result.error for result in results)


def _show_earlier(output: Output, found: RecordedMatch) -> None:
    what = found.checked.sha256 or "hashes"
    output.line(f"earlier   {found.match.reference}  {found.match.recommendation:9} {what}")


def _earlier_record(found: RecordedMatch) -> dict[str, object]:
    return {
        "reference": found.match.reference,
        "check": found.checked.id,
        "checked_at": found.checked.at.isoformat(),
        "sha256": found.checked.sha256,
        "score": found.match.score,
        "recommendation": found.match.recommendation,
        "held": found.held,
    }


def _show_added(output: Output, result: AddResult) -> None:
    if result.error is not None:
        output.failed(result.path, result.error)
        return
    state = "already" if result.already else "added"
    output.line(f"{state:9} {result.reference}  {result.path}")
    for skipped in result.skipped:
        output.line(f"          {skipped.signal}: skipped, {skipped.reason}")
    if result.partial is not None:
        output.line(f"          damaged: {result.partial.reason}")


@bank.command("list")
@verb
def list_banks(output: Output) -> None:
    """Show all banks."""
    with output.open() as library:
        banks = library.banks()
    for one in banks:
        kind = "negative" if one.negative else ""
        output.line(f"{one.name:24} {one.references:8} references  {kind:8} {', '.join(one.labels)}".rstrip())
    output.document({"schema": "seawall.banks/1", "banks": [_bank_record(one) for one in banks]})


@bank.command()
@click.argument("name")
@click.option("--all", "everything", is_flag=True, help="Withdrawn references too.")
@verb
def show(output: Output, name: str, *, everything: bool) -> None:
    """Show a bank's references."""
    with output.open() as library:
        found = library.bank(name)
        references = list(library.references(name, include_withdrawn=everything))
    for one in references:
        length = "" if one.duration_s is None else f"{one.duration_s:8.2f} s"
        output.line(f"{one.id}  {one.state:9} {one.kind:5} {length:>10}  {one.name}")
    output.document(
        {
            "schema": "seawall.bank/1",
            **_bank_record(found),
            "references_listed": [_reference_record(one) for one in references],
        }
    )


@bank.command()
@click.argument("name")
@click.option("--reference", help="Take out only this reference.")
@click.option("--reason", required=True, help="Why; it stays on record.")
@verb
def remove(output: Output, name: str, reference: str | None, reason: str) -> None:
    """Take a bank out, or one reference of it. A record of what was removed stays."""
    with output.open() as library:
        if reference is None:
            library.bank_remove(name, reason)
        else:
            _in_bank(library.references(name, include_withdrawn=True), reference)
            library.reference_remove(reference, reason)
    output.line(f"removed   {reference or name}")
    output.document({"schema": "seawall.removed/1", "bank": name, "reference": reference})


def _in_bank(references: Iterable[Reference], reference: str) -> None:
    if not any(one.id == reference for one in references):
        raise errors.ReferenceNotFound(reference=reference)


@bank.command()
@click.argument("reference")
@click.option("--reason", required=True, help="Why; it stays on record.")
@verb
def dispute(output: Output, reference: str, reason: str) -> None:
    """Mark a reference as disputed: it is still matched, and never more than suggested."""
    _set_state(output, reference, ReferenceState.DISPUTED, reason)


@bank.command()
@click.argument("reference")
@click.option("--reason", required=True, help="Why; it stays on record.")
@verb
def confirm(output: Output, reference: str, reason: str) -> None:
    """Settle a dispute in the reference's favour: it is active again."""
    _set_state(output, reference, ReferenceState.ACTIVE, reason)


@bank.command()
@click.argument("reference")
@click.option("--reason", required=True, help="Why; it stays on record.")
@verb
def withdraw(output: Output, reference: str, reason: str) -> None:
    """Withdraw a reference: it is not matched any more. Adding its file again brings it back."""
    _set_state(output, reference, ReferenceState.WITHDRAWN, reason)


def _set_state(output: Output, reference: str, state: ReferenceState, reason: str) -> None:
    with output.open() as library:
        changed = library.reference_set_state(reference, state, reason)
    output.line(f"{changed.state:9} {changed.id}  {changed.name}")
    output.document({"schema": "seawall.reference/1", **_reference_record(changed)})


def _bank_record(one: Bank) -> dict[str, object]:
    return {
        "name": one.name,
        "negative": one.negative,
        "labels": list(one.labels),
        "references": one.references,
        "created_at": one.created_at.isoformat(),
    }


def _reference_record(one: Reference) -> dict[str, object]:
    return {
        "id": one.id,
        "bank": one.bank,
        "name": one.name,
        "kind": one.kind,
        "sha256": one.sha256,
        "duration_s": one.duration_s,
        "state": one.state,
        "labels": list(one.labels),
        "origin": one.origin,
        "note": one.note,
        "incident": one.incident,
        "created_at": one.created_at.isoformat(),
    }
