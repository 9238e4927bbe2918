"""The first administrator of a fresh installation, and keys, from the command line."""

from __future__ import annotations

import seawall
from seawall.model.access import Scope


def give(seawall_cli, line, *args):
    done = seawall_cli(*args, given=line)
    return done.code, done.out + done.err


def test_a_fresh_installation_gets_its_first_administrator(seawall_cli):
    code, said = give(
        seawall_cli, "a password of a test\n", "user", "create", "ada", "--role", "admin", "--password-stdin"
    )
    assert code == 0, said
    assert "password" not in said
    sent = seawall_cli("key", "create", "ada", "--name", "first", "--scope", "read").out.strip()
    with seawall.open(seawall_cli.data) as library:
        who = library.access.principal(sent)
        assert (who.name, who.scopes) == ("ada/first", {Scope.READ})
        assert library.access.password_hash("ada").startswith("$argon2id$")
    assert seawall_cli.json("user", "list")["users"][0]["name"] == "ada"


def test_a_key_is_listed_without_its_secret_and_revoked(seawall_cli):
    seawall_cli.json("user", "create", "bot", "--role", "uploader")
    made = seawall_cli.json("key", "create", "bot", "--days", "30")
    assert made["scopes"] == ["check"]
    listed = seawall_cli("key", "list", "--json")
    assert made["id"] in listed.out
    assert made["secret"] not in listed.out
    assert seawall_cli.json("key", "revoke", made["id"])["revoked_at"] is not None
    assert seawall_cli("key", "revoke", "0" * 16).code == 2


def test_what_cannot_be_is_refused(seawall_cli):
    assert seawall_cli("user", "create", "no blanks", "--role", "admin").code == 2
    code, said = give(seawall_cli, "short\n", "user", "create", "eve", "--role", "admin", "--password-stdin")
    assert code == 2
    assert "12 to" in said
    seawall_cli.json("user", "create", "eve", "--role", "reviewer")
    assert seawall_cli("user", "create", "eve", "--role", "admin").code == 2
    assert seawall_cli("key", "create", "eve", "--scope", "banks").code == 2
    assert seawall_cli("key", "create", "nobody").code == 2


def test_a_user_is_shut_out_and_let_in(seawall_cli):
    seawall_cli.json("user", "create", "eve", "--role", "reviewer")
    assert seawall_cli.json("user", "disable", "eve")["active"] is False
    assert seawall_cli.json("user", "disable", "eve", "--undo")["active"] is True
    code, said = give(seawall_cli, "a password of a test\n", "user", "password", "eve", "--password-stdin")
    assert code == 0, said
