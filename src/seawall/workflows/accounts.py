"""Passwords and signing in. argon2id, as RFC 9106 recommends it for a server with little memory to spare."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from seawall import errors

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from seawall.store.access import Access
    from seawall.store.sessions import Sessions

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 1024
_WRONG: Final = "the name or the password is wrong"


def hashed(password: str) -> str:
    """The argon2id hash of a new password. Raises BadRequest for one that is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        reason = f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise errors.BadRequest(reason=reason)
    return _hasher().hash(password.encode("utf-8", "surrogatepass"))


def sign_in(access: Access, sessions: Sessions, name: str, password: str, longest_s: float) -> str:
    """Begin a session; its id, which nothing but its digest is kept of.

    Takes as long for a name that there is not. Raises NotSignedIn, TooManyCalls.
    """
    sessions.try_sign_in(name)
    known = access.password_hash(name)
    if not _fits(known, password):
        raise errors.NotSignedIn(reason=_WRONG)
    session = secrets.token_urlsafe(32)
    sessions.open(name, session, longest_s)
    sessions.signed_in(name)
    return session


def _fits(known: str | None, password: str) -> bool:
    hasher = _hasher()
    given = password.encode("utf-8", "surrogatepass")
    if known is None:
        hasher.hash(given)  # for the time that it takes
        return False
    from argon2 import exceptions  # noqa: PLC0415 - as in `_hasher`

    try:
        return hasher.verify(known, given)
    except exceptions.Argon2Error:
        return False


def _hasher() -> PasswordHasher:
    """Raises ServiceExtraMissing."""
    try:
        from argon2 import PasswordHasher  # noqa: PLC0415 - only who serves has it
    except ModuleNotFoundError as error:
        raise errors.ServiceExtraMissing(name=error.name or "argon2") from error
    return PasswordHasher()
