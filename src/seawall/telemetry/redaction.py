"""Secrets taken out of what is about to be written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote, urlsplit

from seawall import config

HIDDEN: Final = "***"
_MIN_CHARACTERS: Final = 4  #: a secret that is shorter stands in too many harmless words

_PATTERNS: Final = (
    # A key of ours: whose it is may be told, the secret not.
    (re.compile(r"\b(swk_[0-9a-f]{1,16})_[\w-]+"), rf"\1_{HIDDEN}"),
    (re.compile(r"(?i)\b(authorization|cookie|set-cookie)(['\"]?\s*[:=,]\s*)[^\r\n'\"]+"), rf"\1\2{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{4,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(://[^/\s:@]*):[^/\s@]+@"), rf"\1:{HIDDEN}@"),
    (
        re.compile(
            r"(?i)(secret|password|passwd|token|api[_-]?key|signature)(['\"]?\s*[:=]\s*['\"]?)[^\s'\"&,;]+"
        ),
        rf"\1\2{HIDDEN}",
    ),
)


#: What all that the patterns find has in it. Most lines have none of it, and cost one look.
_HINTS: Final = (
    "swk_|authorization|cookie|bearer|basic|://|secret|password|passwd|token|api[_-]?key|signature"
)


class Redactor:
    """Takes secrets out of texts: those it is told of, and what looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({one for one in secrets if len(one) >= _MIN_CHARACTERS}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None
        as_json = (json.dumps(one)[1:-1] for one in known)
        self._hints = re.compile(
            "|".join([_HINTS, *map(re.escape, known), *map(re.escape, as_json)]), re.IGNORECASE
        )

    def suspects(self, text: str) -> bool:
        """Whether there may be something to take out of a text, or of what a JSON text says."""
        return self._hints.search(text) is not None

    def __call__(self, text: str) -> str:
        if not self.suspects(text):
            return text
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for pattern, shown in _PATTERNS:
            text = pattern.sub(shown, text)
        return text

    def value(self, value: object) -> object:
        """The same value, with the secrets out of every text in it."""
        match value:
            case str():
                return self(value)
            case dict():
                return {str(name): self.value(one) for name, one in value.items()}
            case list() | tuple():
                return [self.value(one) for one in value]
            case bool() | int() | float() | None:
                return value
        return self(str(value))


def of(settings: config.Settings) -> Redactor:
    """A redactor that knows the settings that are secret, and the passwords within them."""
    secrets = [settings.text(one.name) for one in config.SETTINGS if one.secret]
    parts = [piece.strip() for one in secrets for piece in one.split(",")]
    return Redactor([*secrets, *parts, *(word for one in secrets for word in _passwords(one))])


def _passwords(url: str) -> list[str]:
    try:
        password = urlsplit(url).password
    except ValueError:
        return []
    return [] if password is None else [password, unquote(password)]
