"""Answers as clients of Hasher-Matcher-Actioner know them: errors are `{"message": ...}`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from seawall import errors
from seawall.api import problems

#: Errors that clients know under another status than `/v1` has for them.
_STATUS: Final = {415: 400, 422: 400}


def router(prefix: str) -> APIRouter:
    """A router whose routes answer in these shapes. They are not part of the description of `/v1`."""
    return APIRouter(prefix=f"/hma{prefix}", route_class=_Route, include_in_schema=False)


class _Route(APIRoute):
    """A route whose errors are told as clients know them."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return JSONResponse([_told(one) for one in error.errors()], 422)
            except errors.SeawallError as error:
                return _refused(error, request)
            except HTTPException as error:
                if isinstance(error.__cause__, errors.SeawallError):  # what broke off a body
                    return _refused(error.__cause__, request)
                return JSONResponse({"message": str(error.detail)}, error.status_code)

        return answered


def _told(one: dict[str, object]) -> dict[str, object]:
    """What is wrong with one parameter, without what was sent for it."""
    where = one.get("loc", ())
    assert isinstance(where, tuple)
    return {"type": one.get("type"), "loc": list(where[1:]), "msg": one.get("msg")}


def _refused(error: errors.SeawallError, request: Request) -> Response:
    message = problems.told(error, problems.request_id(request)).detail
    if isinstance(error, errors.BadRequest):
        message = str(error.fields["reason"])
    status = (
        403 if isinstance(error, errors.BankExists) else _STATUS.get(error.http_status, error.http_status)
    )
    return JSONResponse({"message": message}, status, headers=problems.headers(error))


async def json_body(request: Request) -> object:
    """What a body holds as JSON; None where there is none. Raises BadRequest.

    Refused is what could not be sent back: numbers that are none, halves of characters.
    """
    sent = await request.body()
    return None if not sent.strip() else of_json(sent)


def of_json(sent: bytes | str) -> object:
    """The value of a JSON text. Raises BadRequest."""
    try:
        made: object = json.loads(sent, parse_constant=_no_number)
        json.dumps(made, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise errors.BadRequest(reason=f"not JSON that can be used: {type(error).__name__}") from None
    return made


def _no_number(name: str) -> object:
    raise ValueError(name)


async def json_object(request: Request) -> dict[str, object]:
    """A body that is a JSON object. Raises BadRequest."""
    made = await json_body(request)
    if not isinstance(made, dict):
        raise errors.BadRequest(reason="the body is to be a JSON object")
    return made
