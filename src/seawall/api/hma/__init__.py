"""The routes of Hasher-Matcher-Actioner, so that its clients work unchanged.

They have shapes of their own, so they are left out of the description of `/v1`. `ROUTERS` is all there is.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from seawall.api.hma import contents, curation, hashing, matching, state

ROUTERS: Final[tuple[APIRouter, ...]] = (
    state.router,
    hashing.router,
    matching.router,
    curation.router,
    contents.router,
)
