"""Errors as `application/problem+json` (RFC 9457), from the tree of errors."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from seawall import errors

MEDIA_TYPE = "application/problem+json"


def response(error: errors.SeawallError) -> JSONResponse:
    """An error of ours as its response."""
    body = {
        "type": f"urn:seawall:error:{error.code}",
        "title": error.code,
        "status": error.http_status,
        "code": error.code,
        "detail": error.message,
        "remedy": error.remedy,
    }
    return JSONResponse(body, error.http_status, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make an application answer with problems."""

    async def ours(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, errors.SeawallError)
        return response(error)

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return response(errors.BadRequest(reason=f"{where}: {first['msg']}"))

    app.add_exception_handler(errors.SeawallError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
