"""Whether the service answers."""

from __future__ import annotations

from typing import Final

from fastapi.responses import PlainTextResponse

from seawall.api.hma import answers

router = answers.router("")

_ALIVE: Final = "I-AM-ALIVE"
_METHODS: Final = ["GET", "HEAD"]  # load balancers may ask for the head alone


@router.api_route("/status", methods=_METHODS, response_class=PlainTextResponse)
@router.api_route("/status/live", methods=_METHODS, response_class=PlainTextResponse)
async def status() -> str:
    """That it does: no index has to be loaded first."""
    return _ALIVE
