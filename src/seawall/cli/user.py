"""`seawall user` and `seawall key`: who may use the service, and what programs call it with."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Final

import click

from seawall.cli.output import Output, verb
from seawall.model.access import SCOPES, Key, Role, Scope, User
from seawall.workflows import accounts

_ROLES: Final = click.Choice([one.value for one in Role])
_SCOPES: Final = click.Choice([one.value for one in Scope])
#: Never an argument: whoever lists the machine's processes would read it.
_STDIN: Final = click.option(
    "--password-stdin",
    "from_stdin",
    is_flag=True,
    help="Read a password of 12 or more characters from a line.",
)


@click.group()
def user() -> None:
    """People who use the service. A fresh installation gets its first administrator here."""


@user.command("create")
@click.argument("name")
@click.option("--role", type=_ROLES, required=True, help="What the user is here for.")
@_STDIN
@verb
def create_user(output: Output, name: str, *, role: str, from_stdin: bool) -> None:
    """Make a user, who holds keys; one with a password can sign in to the console too."""
    hashed = accounts.hashed(_line()) if from_stdin else None
    with output.open() as library:
        made = library.access.create_user(name, Role(role), hashed)
    _show_user(output, made)


@user.command("list")
@verb
def list_users(output: Output) -> None:
    """Show all users."""
    with output.open() as library:
        users = library.access.users()
    for one in users:
        output.line(_user_line(one))
    output.document({"schema": "seawall.users/1", "users": [_user_record(one) for one in users]})


@user.command()
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let the user in again.")
@verb
def disable(output: Output, name: str, *, undo: bool) -> None:
    """Shut a user out, with all keys and sessions."""
    with output.open() as library:
        changed = library.access.set_active(name, active=undo)
    _show_user(output, changed)


@user.command()
@click.argument("name")
@_STDIN
@verb
def password(output: Output, name: str, *, from_stdin: bool) -> None:
    """Give a user another password for the console, which you are asked for. The user's sessions end."""
    given = _line() if from_stdin else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    hashed = accounts.hashed(given)
    with output.open() as library:
        changed = library.access.set_password(name, hashed)
    _show_user(output, changed)


@click.group()
def key() -> None:
    """Keys: what programs call the service with."""


@key.command("create")
@click.argument("user_name", metavar="USER")
@click.option("--name", default="default", show_default=True, help="What the key is for.")
@click.option(
    "--scope", "scopes", multiple=True, type=_SCOPES, help="May be repeated; without it, all of the role's."
)
@click.option("--days", type=click.FloatRange(0, min_open=True), help="How long it is in force.")
@click.option("--rate", type=click.FloatRange(0), help="Calls a second that it may make in one process.")
@verb
def create_key(
    output: Output,
    user_name: str,
    *,
    name: str,
    scopes: tuple[str, ...],
    days: float | None,
    rate: float | None,
) -> None:
    """Make a key for a user. Its secret is printed once, and kept by nobody."""
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with output.open() as library:
        role = library.access.user(user_name).role
        wanted = [Scope(one) for one in scopes] or SCOPES[role]
        made = library.access.create_key(user_name, name, wanted, expires_at, rate_per_s=rate)
    output.line(made.sent)
    output.document({"schema": "seawall.key/1", "secret": made.sent, **_key_record(made.key)})


@key.command("list")
@verb
def list_keys(output: Output) -> None:
    """Show all keys, without their secrets."""
    with output.open() as library:
        keys = [one for _, one in library.access.every_key()]
    for one in keys:
        state = "revoked" if one.revoked_at is not None else "in force"
        output.line(f"{one.id}  {state:8} {one.user}/{one.name}  {' '.join(sorted(one.scopes))}")
    output.document({"schema": "seawall.keys/1", "keys": [_key_record(one) for one in keys]})


@key.command()
@click.argument("key_id", metavar="KEY")
@verb
def revoke(output: Output, key_id: str) -> None:
    """End a key for good."""
    with output.open() as library:
        library.access.revoke_key(key_id)
        revoked = library.access.key(key_id)
    output.line(f"revoked   {revoked.id}")
    output.document({"schema": "seawall.key/1", **_key_record(revoked)})


def _line() -> str:
    return sys.stdin.readline().rstrip("\n")


def _user_line(one: User) -> str:
    return f"{one.name:24} {one.role:9} {'active' if one.active else 'shut out'}"


def _show_user(output: Output, one: User) -> None:
    output.line(_user_line(one))
    output.document({"schema": "seawall.user/1", **_user_record(one)})


def _user_record(one: User) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "role": one.role,
        "active": one.active,
        "created_at": one.created_at.isoformat(),
    }


def _key_record(one: Key) -> dict[str, object]:
    return {
        "id": one.id,
        "user": one.user,
        "name": one.name,
        "scopes": sorted(one.scopes),
        "created_at": one.created_at.isoformat(),
        "expires_at": None if one.expires_at is None else one.expires_at.isoformat(),
        "revoked_at": None if one.revoked_at is None else one.revoked_at.isoformat(),
        "rate_per_s": one.rate_per_s,
        "bytes_per_day": one.bytes_per_day,
    }
