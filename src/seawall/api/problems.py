"""Errors as `application/problem+json` (RFC 9457), from the tree of errors."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from seawall import errors

MEDIA_TYPE: Final = "application/problem+json"
#: What a call is to wait where an error does not say so itself.
_WAIT_S: Final = 1.0
_LOG: Final = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong, as RFC 9457 lays it out."""

    type: Annotated[str, Field(examples=["urn:seawall:error:bank_not_found"])]
    title: Annotated[str, Field(examples=["bank_not_found"])]
    status: Annotated[int, Field(examples=[404])]
    code: Annotated[str, Field(description="Does not change between versions.", examples=["bank_not_found"])]
    detail: Annotated[str, Field(examples=["There is no bank 'KNOWN'"])]
    remedy: Annotated[str, Field(examples=["`seawall bank list` shows the banks that there are."])]
    request: Annotated[str, Field(description="The id of the call.", examples=["5f0c6f9e2b7a4d1c"])]


#: Answers an error to a call in its own way, as pages for people do.
Answering = Callable[[errors.SeawallError, HTTPConnection], Response]


def told(error: errors.SeawallError, request: str) -> Problem:
    """What is told of an error of ours. What failed within the service is for its log alone."""
    inside = error.http_status >= 500 and not isinstance(error, errors.ServiceBusy)
    if inside:
        _LOG.error("%s: %s: %s", request, error.code, error.message, exc_info=error)
    return Problem(
        type=f"urn:seawall:error:{error.code}",
        title=error.code,
        status=error.http_status,
        code=error.code,
        detail="The service cannot do this now; its log says why" if inside else error.message,
        remedy="Call again later; name the request's id to who runs the service." if inside else error.remedy,
        request=request,
    )


def response(error: errors.SeawallError, call: HTTPConnection) -> Response:
    """An error of ours as its response: a problem, or what the part that was called answers instead."""
    answering: Mapping[str, Answering] = call.app.state.answering
    for prefix, answer in answering.items():
        if call.url.path.startswith(prefix):
            return answer(error, call)
    problem = told(error, request_id(call))
    return JSONResponse(
        problem.model_dump(), error.http_status, headers=headers(error), media_type=MEDIA_TYPE
    )


def headers(error: errors.SeawallError) -> dict[str, str]:
    """What an error says in the head of its response."""
    if error.http_status == 401:
        return {"WWW-Authenticate": 'Bearer realm="seawall"'}
    if error.http_status in (429, 503) or isinstance(error, errors.CallUnderWay):
        wait_s = error.fields.get("wait_s", _WAIT_S)
        assert isinstance(wait_s, int | float)
        return {"Retry-After": str(max(1, math.ceil(wait_s)))}
    return {}


def request_id(call: HTTPConnection) -> str:
    """The id of the call."""
    return str(call.state.request_id)


def install(app: FastAPI, methods: Callable[[str], Iterable[str]]) -> None:
    """Make an application answer with problems. methods: those that a path takes."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.SeawallError)
        return response(error, request)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return response(errors.BadRequest(reason=f"{where}: {first['msg']}"), request)

    async def of_the_framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        made = response(_ours(error, request), request)
        if error.status_code == 405:  # the framework names those of one route alone
            made.headers["Allow"] = ", ".join(sorted(methods(request.url.path)))
        return made

    app.add_exception_handler(errors.SeawallError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, of_the_framework)


def _ours(error: HTTPException, request: Request) -> errors.SeawallError:
    """An error of the framework as one of ours; it puts its own in front of what broke off a body."""
    if isinstance(error.__cause__, errors.SeawallError):
        return error.__cause__
    if error.status_code == 404:
        return errors.NoSuchRoute(path=request.url.path)
    if error.status_code == 405:
        return errors.WrongMethod(path=request.url.path, method=request.method)
    return errors.BadRequest(reason=str(error.detail))
