"""`seawall policy`: what is done when a reference of a bank reappears: written, tried out, put in force."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from seawall import errors
from seawall.cli.output import Output, verb
from seawall.model import policy_form
from seawall.model.policy import Policy, Rule, Rulebook
from seawall.model.trial import DryRun
from seawall.workflows.trials import DAYS, MAX_DAYS

#: No policy is longer.
MAX_BYTES: Final = 1 << 20


@click.group()
def policy() -> None:
    """What is done when a bank's references reappear."""


@policy.command()
@click.argument("bank")
@click.option("--version", type=click.IntRange(1), help="That version; else what is in force.")
@verb
def show(output: Output, bank: str, *, version: int | None) -> None:
    """Show a bank's policy."""
    with output.open() as library:
        if version is None:
            known = library.policies.in_force(bank)
            book, number, state = known.book, known.version, None if known.version is None else "live"
        else:
            one = library.policies.get(bank, version)
            book, number, state = one.book, one.version, one.state.value
    output.line(f"{bank}  {'no policy' if number is None else f'version {number}  {state}'}")
    _show_rules(output, book)
    output.document(_record(bank, number, state, book))


@policy.command("set")
@click.argument("bank")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--note", required=True, help="Why; it stays on record.")
@verb
def set_policy(output: Output, bank: str, path: Path, *, note: str) -> None:
    """Make a version out of a TOML or JSON file, as a draft that is not in force yet."""
    book = policy_form.read(_data(path))
    with output.open() as library:
        made = library.policies.draft(bank, book, note)
    _show(output, made)


@policy.command("dry-run")
@click.argument("bank")
@click.argument("version", type=click.IntRange(1))
@click.option(
    "--days",
    type=click.FloatRange(0, MAX_DAYS, min_open=True),
    default=DAYS,
    show_default=True,
    help="How far back.",
)
@verb
def dry_run(output: Output, bank: str, version: int, *, days: float) -> None:
    """Say what a version would have done with the matches of the last days. Nothing else happens."""
    with output.open() as library:
        made = library.policies.dry_run(bank, version, days=days)
    _show_dry_run(output, made)
    output.document({"schema": "seawall.dry-run/1", **_plain(made)})


@policy.command()
@click.argument("bank")
@click.argument("version", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why; it stays on record.")
@click.option("--without-dry-run", help="Why it goes live without a dry run; it stays on record.")
@verb
def live(output: Output, bank: str, version: int, *, reason: str, without_dry_run: str | None) -> None:
    """Put a version in force, in the place of the one that is."""
    with output.open() as library:
        made = library.policies.make_live(bank, version, reason=reason, without_dry_run=without_dry_run)
    _show(output, made)


def _show(output: Output, made: Policy) -> None:
    output.line(f"{made.state:9} {made.bank}  version {made.version}")
    output.document(_record(made.bank, made.version, made.state.value, made.book))


def _show_rules(output: Output, book: Rulebook) -> None:
    for rule in book.rules:
        review = "  review" if rule.review else ""
        output.line(f"{rule.step:9} {rule.name}{review}")
        output.line(f"          {_conditions(rule)}")
    output.line(f"exempt    {', '.join(book.exempt) or 'nothing'}")
    output.line(f"four eyes {', '.join(book.four_eyes) or 'nothing'}")


def _conditions(rule: Rule) -> str:
    """What a rule asks for, as its file says it."""
    asked = policy_form.conditions(rule.when)
    return ", ".join(f"{name} {_shown(value)}" for name, value in asked.items())


def _shown(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value).lower()


def _show_dry_run(output: Output, made: DryRun) -> None:
    rest = "" if made.complete else ", not all: it took too long or there are too many"
    output.line(f"{made.matches} matches of {made.days:g} days{rest}")
    for did, would in zip(made.did, made.would, strict=True):
        output.line(f"{did.name:9} {did.matches:8} done  {would.matches:8} would be")
    for rule in made.rules:
        output.line(f"{rule.matches:8}  {rule.name or 'no rule'}")
    output.line(f"{made.differing:8}  would differ")
    for one in made.differences:
        output.line(f"          {one.match}  {one.did} -> {one.would}  {one.why}")


def _record(bank: str, version: int | None, state: str | None, book: Rulebook) -> dict[str, object]:
    return {
        "schema": "seawall.policy/1",
        "bank": bank,
        "version": version,
        "state": state,
        "policy": policy_form.write(book),
    }


def _plain(made: DryRun) -> dict[str, object]:
    record: dict[str, object] = json.loads(json.dumps(asdict(made), default=str))
    return record


def _data(path: Path) -> object:
    """What a file holds. Raises PathNotFound, BadPolicy."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise errors.PathNotFound(path=path) from None
    except OSError as cause:
        raise errors.BadPolicy(reason=f"{path} cannot be read: {cause.strerror}") from cause
    if len(content) > MAX_BYTES:
        raise errors.BadPolicy(reason=f"{path} is longer than {MAX_BYTES} bytes")
    try:
        text = content.decode()
        data: object = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as cause:
        raise errors.BadPolicy(reason=f"{path} is no TOML or JSON: {cause}") from None
    return data
