"""Whether the service answers."""

from __future__ import annotations

from fastapi.responses import PlainTextResponse

from seawall.api.hma import answers

router = answers.router("")

_ALIVE = "I-AM-ALIVE"


@router.get("/status", response_class=PlainTextResponse)
@router.get("/status/live", response_class=PlainTextResponse)
async def status() -> str:
    """That it does: no index has to be loaded first."""
    return _ALIVE
