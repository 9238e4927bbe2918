"""Which request is being answered, wherever the code that answers it happens to be."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

#: The id of the request that is being answered; empty outside of one.
REQUEST_ID: Final[ContextVar[str]] = ContextVar("seawall_request_id", default="")
