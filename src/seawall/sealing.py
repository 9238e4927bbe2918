"""Credentials of others, sealed before they are stored.

Fernet of the package cryptography: AES-128 in CBC mode with an HMAC, under keys that are derived from
the passphrases. The first passphrase seals; all of them open, so that one can be replaced by another.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from seawall import errors

FILE_NAME: Final = "secret.key"
_PURPOSE: Final = b"seawall sealing 1"


class Sealer:
    """Seals and opens small texts."""

    def __init__(self, *passphrases: str) -> None:
        """The newest passphrase first."""
        self._fernet = MultiFernet([Fernet(_key(one)) for one in passphrases])

    def seal(self, text: str) -> str:
        """The text as nobody without a passphrase can read or change it."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """The text again. Raises BadSetting where no passphrase fits."""
        try:
            return self._fernet.decrypt(sealed.encode("ascii")).decode()
        except (InvalidToken, UnicodeEncodeError) as cause:
            reason = "it is not the one that stored credentials were sealed with"
            raise errors.BadSetting(name="secret_key", value="(secret)", reason=reason) from cause


def sealer(passphrases: str, data: Path) -> Sealer:
    """With the passphrases of the setting, commas between, newest first; else with the folder's own key.

    Raises DiskFull, WriteFailed.
    """
    given = tuple(one.strip() for one in passphrases.split(",") if one.strip())
    return Sealer(*given) if given else Sealer(_own(data / FILE_NAME))


def _own(path: Path) -> str:
    """The folder's key, which the first who needs it makes."""
    with errors.writing(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        if not path.exists():
            handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(32))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(made, path)  # fails where another process was quicker, whose key then holds
            except FileExistsError:
                pass
            finally:
                made.unlink()
        return path.read_text()


def _key(passphrase: str) -> bytes:
    """A Fernet key. Passphrases are long random texts, so one hash is enough."""
    return base64.urlsafe_b64encode(hashlib.sha256(_PURPOSE + passphrase.encode()).digest())
