"""One module a noun. `ROUTERS` is all that the app serves."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from seawall.api.routes import banks, hashes, health

ROUTERS: Final[tuple[APIRouter, ...]] = (health.router, hashes.router, banks.router)
