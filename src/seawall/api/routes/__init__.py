"""One module a noun. `ROUTERS` is all that the app serves."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from seawall.api.routes import banks, hashes, health, matches

ROUTERS: Final[tuple[APIRouter, ...]] = (health.router, hashes.router, matches.router, banks.router)
