"""A header of a call, looked for where it came in: a mapping in between costs many times as much.

Half a dozen are asked for of each call, most of which few calls bring.
"""

from __future__ import annotations

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of that name, which is in lower case; None where there is none."""
    for given, value in scope["headers"]:
        if given == name:
            text: str = value.decode("latin-1")
            return text
    return None
