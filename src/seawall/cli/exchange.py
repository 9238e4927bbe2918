"""`seawall exchange`: lists that others keep, followed into banks."""

from __future__ import annotations

import json
from typing import TextIO

import click

from seawall import errors
from seawall.cli.output import Output, verb
from seawall.exchange import sources
from seawall.model.exchange import Exchange, Run


@click.group()
def exchange() -> None:
    """Lists that others keep, followed into banks."""


@exchange.command()
@verb
def adapters(output: Output) -> None:
    """List the kinds of exchange, and what each must be told."""
    for source in sources.SOURCES.values():
        output.line(f"{source.name:24} {source.about}")
        for one in source.fields:
            marks = [mark for mark, on in (("required", one.required), ("secret", one.secret)) if on]
            output.line(f"  {one.name:22} {one.help} {' '.join(f'[{mark}]' for mark in marks)}".rstrip())
    kinds = [
        {
            "name": source.name,
            "about": source.about,
            "fields": [
                {"name": one.name, "help": one.help, "required": one.required, "secret": one.secret}
                for one in source.fields
            ],
        }
        for source in sources.SOURCES.values()
    ]
    output.document({"schema": "seawall.exchange-adapters/1", "adapters": kinds})


@exchange.command()
@click.argument("name")
@click.option(
    "--adapter", required=True, help="The kind of exchange; `seawall exchange adapters` lists them."
)
@click.option("--bank", required=True, help="The bank that the list goes into; it must be there.")
@click.option("--set", "told", multiple=True, metavar="FIELD=VALUE", help="A field of the adapter.")
@click.option(
    "--secrets",
    type=click.File("r"),
    help="A JSON object of the secret fields; - for standard input. They are sealed before they are kept.",
)
@click.option(
    "--every", "every_s", type=float, default=3600.0, show_default=True, help="Seconds between runs."
)
@verb
def add(
    output: Output,
    name: str,
    adapter: str,
    bank: str,
    told: tuple[str, ...],
    secrets: TextIO | None,
    every_s: float,
) -> None:
    """Follow a list into a bank."""
    fields = {**_fields(told), **_secrets(secrets)}
    with output.open() as library:
        made = library.exchanges.add(name, adapter, bank, fields, every_s=every_s)
    output.line(f"following {made.name}: {made.adapter} into {made.bank}")
    output.document({"schema": "seawall.exchange/1", **_record(made)})


@exchange.command("list")
@verb
def list_(output: Output) -> None:
    """List the exchanges."""
    with output.open() as library:
        known = library.exchanges.every()
    for one in known:
        state = "on" if one.enabled else "off"
        output.line(f"{one.name:24} {one.adapter:24} into {one.bank}, every {one.every_s:g} s, {state}")
    output.document({"schema": "seawall.exchanges/1", "exchanges": [_record(one) for one in known]})


@exchange.command()
@click.argument("name")
@verb
def show(output: Output, name: str) -> None:
    """Show an exchange and its latest runs."""
    with output.open() as library:
        known = library.exchanges.get(name)
        runs = library.exchanges.runs(name)
    output.line(f"{known.name}: {known.adapter} into {known.bank}")
    for one in runs:
        output.line(f"  {one.started_at:%Y-%m-%d %H:%M}  {_told(one)}")
        for left in one.bad[:10]:
            output.line(f"    left out: {left.key}: {left.reason}")
    record = {**_record(known), "runs": [run_record(one) for one in runs]}
    output.document({"schema": "seawall.exchange/1", **record})


@exchange.command()
@click.argument("name")
@click.option("--from-start", is_flag=True, help="Read the list anew from its start.")
@verb
def fetch(output: Output, name: str, *, from_start: bool) -> None:
    """Fetch a list from where the last run stopped."""
    with output.open() as library:
        if from_start:
            library.exchanges.change(name, from_start=True)
        run = library.exchanges.fetch(name)
    output.line(_told(run))
    for left in run.bad:
        output.line(f"  left out: {left.key}: {left.reason}")
    output.document({"schema": "seawall.exchange-run/1", **run_record(run)})


@exchange.command()
@click.argument("name")
@verb
def send(output: Output, name: str) -> None:
    """Tell a list what we think of its items."""
    with output.open() as library:
        count = library.exchanges.send_opinions(name)
    output.line(f"{count} opinions sent")
    output.document({"schema": "seawall.exchange-sent/1", "sent": count})


@exchange.command()
@click.argument("name")
@verb
def remove(output: Output, name: str) -> None:
    """Follow a list no longer. What it brought stays in its bank."""
    with output.open() as library:
        library.exchanges.remove(name)
    output.line(f"removed   {name}")
    output.document({"schema": "seawall.removed/1", "exchange": name})


def _fields(told: tuple[str, ...]) -> dict[str, str]:
    fields = {}
    for one in told:
        name, separator, value = one.partition("=")
        if not separator:
            raise errors.UsageError(detail=f"--set takes FIELD=VALUE, not {one!r}")
        fields[name] = value
    return fields


def _secrets(file: TextIO | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        found = json.loads(file.read())
    except ValueError as cause:
        raise errors.UsageError(detail="The secrets are not JSON") from cause
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise errors.UsageError(detail="The secrets are not a JSON object of texts")
    return found


def _record(one: Exchange) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "adapter": one.adapter,
        "bank": one.bank,
        "config": dict(one.config),
        "has_credentials": one.has_credentials,
        "enabled": one.enabled,
        "every_s": one.every_s,
        "checkpoint": None if one.checkpoint is None else dict(one.checkpoint),
        "created_at": one.created_at.isoformat(),
        "created_by": one.created_by,
    }


def run_record(run: Run) -> dict[str, object]:
    """A run as it is printed."""
    return {
        "run": run.number,
        "started_at": run.started_at.isoformat(),
        "ended_at": None if run.ended_at is None else run.ended_at.isoformat(),
        "pages": run.tally.pages,
        "added": run.tally.added,
        "changed": run.tally.changed,
        "deleted": run.tally.deleted,
        "unchanged": run.tally.unchanged,
        "bad_count": run.tally.bad,
        "bad": [{"key": one.key, "reason": one.reason} for one in run.bad],
        "error": None if run.error is None else dict(run.error),
    }


def _told(run: Run) -> str:
    tally = run.tally
    text = (
        f"{tally.added} added, {tally.changed} changed, {tally.deleted} deleted, "
        f"{tally.unchanged} as they were, {tally.bad} left out"
    )
    return text if run.error is None else f"{text}; stopped: {run.error.get('message')}"
