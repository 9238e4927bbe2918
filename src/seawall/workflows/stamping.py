"""Signs the head of the custody log, and has authorities of time, and calendars, attest it."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from seawall import errors
from seawall.evidence import calendars, timestamps
from seawall.evidence.checkpoint import Checkpoint, Signer, Verifier
from seawall.model.custody import CustodyType, NewCustody, Outcome, Value
from seawall.outbound.web import Web
from seawall.store.heads import PENDING, Head, Key, Token
from seawall.store.preservations import By
from seawall.store.store import Store

if TYPE_CHECKING:
    from seawall.sealing import Sealer

#: An authority that failed is not asked again for so long: decisions do not wait for it each time.
PAUSE_S: Final = 300.0
_NO_AUTHORITY: Final = "no authority is set"
_PAUSED: Final = "it failed a moment ago, and is not asked yet"

#: What one calendar is asked for again in one round, as long as that takes, and fails no more often.
_MOST_ASKED: Final = 1000
_ROUND_S: Final = 300.0
_MOST_FAILURES: Final = 3


@dataclass(slots=True)
class _Asked:
    """What one process knows of its authorities."""

    lock: threading.Lock
    stamped: int  #: size of the largest head that this process had stamped
    paused_until_s: dict[str, float]


class Stamping:
    """The head of one store's log."""

    def __init__(
        self,
        store: Store,
        sealer: Callable[[], Sealer],
        web: Callable[[], Web],
        authorities: str,
        calendars_: str,
    ) -> None:
        """authorities, calendars_: addresses, with commas between. web: the way out, when it is needed."""
        self._store = store
        self._sealer = sealer
        self._web = web
        self._authorities = _addresses(authorities)
        self._calendars = _addresses(calendars_)
        self._asked = _Asked(threading.Lock(), 0, {})

    def verifier(self) -> Verifier:
        """The public key of the log, made with the private one where there is none yet."""
        key = self._key()
        return Verifier(key.name, key.public)

    def head(self) -> Head:
        """The head of the log as it is now, signed. Raises BadEvidence where the log is not what it was."""
        size, root = self._store.custody.root()
        newest = self._store.heads.newest()
        if newest is not None:
            if size < newest.size or self._store.custody.root(newest.size)[1] != newest.root:
                reason = f"the custody log does not go on from its head of {newest.size} events"
                raise errors.BadEvidence(reason=reason)
            if newest.size == size:
                return newest
        key = self._key()
        signer = Signer(key.name, bytes.fromhex(self._sealer().open(key.sealed)))
        return self._store.heads.keep(size, root, signer.sign(Checkpoint(key.name, size, root)))

    def stamp(self, by: By) -> Head:
        """Sign the head, and ask all to attest it that are set. That one fails stops nothing: it is an event.

        Where others of this process wait, one stamps for all. Raises BadEvidence as `head`.
        """
        wanted = self._store.custody.size()
        with self._asked.lock:
            newest = self._store.heads.newest()
            if newest is not None and wanted <= newest.size <= self._asked.stamped:
                return newest
            head = self.head()
            tokens = [self._token(head, one, timestamps.obtained) for one in self._authorities]
            tokens += [self._token(head, one, calendars.asked) for one in self._calendars]
            told = [_told(one, by) for one in tokens]
            if not told:
                detail: dict[str, Value] = {"size": head.size, "why": _NO_AUTHORITY}
                told = [NewCustody(CustodyType.SIGNATURE, by.actor, by.tool, None, Outcome.SKIPPED, detail)]
            self._store.heads.attest(tokens, told)
            self._asked.stamped = head.size
            return head

    def upgrade(self, by: By) -> int:
        """Ask calendars again for what they promised; how many proofs lead to a block now.

        That one fails stops nothing: it is an event. That one has nothing yet is none.
        """
        return sum(self._upgraded(url, by) for url in self._calendars)

    def _upgraded(self, url: str, by: By) -> int:
        confirmed = failed = 0
        name, until_s = _name(url), time.monotonic() + _ROUND_S
        for one in self._store.heads.promised(name, _MOST_ASKED):
            if failed == _MOST_FAILURES or time.monotonic() > until_s:
                break
            try:
                made = calendars.upgraded(self._web(), url, one.proof, one.published.encode())
            except errors.SeawallError as error:
                failed += 1
                told = Token(one.size, name, datetime.now(UTC), None, f"{error.code}: {error.message}")
                self._store.custody.add([_told(told, by)])
                continue
            if made is not None:
                told = Token(one.size, name, datetime.now(UTC), made, None)
                confirmed += self._store.heads.confirm(one, made, _told(told, by))
        return confirmed

    def _token(self, head: Head, url: str, ask: Callable[[Web, str, bytes], bytes]) -> Token:
        now, name = datetime.now(UTC), _name(url)
        if time.monotonic() < self._asked.paused_until_s.get(url, 0.0):
            return Token(head.size, name, now, None, _PAUSED)
        try:
            made = ask(self._web(), url, head.published.encode())
        except errors.SeawallError as error:
            self._asked.paused_until_s[url] = time.monotonic() + PAUSE_S
            return Token(head.size, name, now, None, f"{error.code}: {error.message}")
        pending = calendars.is_proof(made) and calendars.block(made) is None
        return Token(head.size, name, now, made, PENDING if pending else None)

    def _key(self) -> Key:
        known = self._store.heads.key()
        if known is not None:
            return known
        private = secrets.token_bytes(32)
        name = f"seawall-{secrets.token_hex(4)}"
        public = Signer(name, private).verifier.public
        return self._store.heads.keep_key(Key(name, public, self._sealer().seal(private.hex())))


def _addresses(said: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in said.split(",") if one.strip())


def _name(url: str) -> str:
    return urlsplit(url).netloc or url


def _told(token: Token, by: By) -> NewCustody:
    outcome = Outcome.SUCCESS
    detail: dict[str, Value] = {"size": token.size, "authority": token.authority, "error": token.error}
    if token.token is not None and calendars.is_proof(token.token):
        pending = token.error == PENDING
        detail |= {"error": None, "pending": pending, "block": calendars.block(token.token)}
    elif token.error is not None:
        outcome = Outcome.SKIPPED if token.error == _PAUSED else Outcome.FAILURE
    return NewCustody(CustodyType.SIGNATURE, by.actor, by.tool, None, outcome, detail)
