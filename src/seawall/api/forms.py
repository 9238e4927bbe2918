"""Requests that come as a form with a file, or as JSON: read by one model, described by it too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Final, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from seawall import errors
from seawall.api.receiving import NAMELESS, File, Received
from seawall.outbound.web import Web
from seawall.workflows import uploads
from seawall.workflows.library import Seawall

Model = TypeVar("Model", bound=BaseModel)
P = ParamSpec("P")
R = TypeVar("R")

_MANY: Final = "array"


class Nothing(BaseModel):
    """A form that has no fields beside its file."""


def made(model: type[Model], values: Mapping[str, object]) -> Model:
    """A model of these values. Raises BadRequest."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise _refused(error) from None


async def of_json(request: Request, model: type[Model]) -> Model:
    """A model of a JSON body. Raises BadRequest."""
    try:
        return model.model_validate_json(await _body(request))
    except ValidationError as error:
        raise _refused(error) from None


async def _body(request: Request) -> bytes:
    """As the framework's own, which passes each piece through a generator."""
    pieces: list[bytes] = []
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def of_form(form: Received, model: type[Model]) -> Model:
    """A model of a form's fields. A field that may be repeated is a list. Raises BadRequest."""
    values: dict[str, object] = {}
    for name, repeats in _fields(model).items():
        if repeats:
            values[name] = list(form.fields.get(name, []))
        elif (value := form.field(name)) is not None:
            values[name] = value
    unknown = form.fields.keys() - values.keys() - model.model_fields.keys()
    if unknown:
        raise errors.BadRequest(reason=f"{min(unknown)}: there is no such field")
    return made(model, values)


@cache
def _fields(model: type[BaseModel]) -> Mapping[str, bool]:
    """The fields of a form, each with whether it may be repeated. To describe a model takes a millisecond."""
    described = model.model_json_schema().get("properties", {})
    return {name: said.get("type") == _MANY for name, said in described.items()}


def _refused(error: ValidationError) -> errors.BadRequest:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "body"
    return errors.BadRequest(reason=f"{where}: {first['msg']}")


def described(
    *,
    form: type[BaseModel] | None = None,
    files: str = "file",
    many: bool = False,
    json: type[BaseModel] | None = None,
) -> dict[str, Any]:
    """What a route that reads its body itself adds to its description."""
    content: dict[str, Any] = {}
    if form is not None:
        content["multipart/form-data"] = {"schema": _form(form, files, many=many)}
    if json is not None:
        content["application/json"] = {"schema": _whole(json)}
    return {"requestBody": {"required": True, "content": content}}


def _form(form: type[BaseModel], files: str, *, many: bool) -> dict[str, Any]:
    schema = _whole(form)
    file = {"type": "string", "format": "binary", "description": "The file's bytes; a part with a filename."}
    schema["properties"] = {
        files: {"type": _MANY, "items": file, "minItems": 1} if many else file,
        **schema.get("properties", {}),
    }
    schema["required"] = [files, *schema.get("required", [])]
    return schema


def _whole(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema with those that it refers to put in: the framework names only what it sees itself."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})

    def put_in(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            part = value.get("$ref")
            if isinstance(part, str):
                rest = {key: one for key, one in value.items() if key != "$ref"}
                return put_in({**parts[part.rpartition("/")[2]], **rest})
            return {key: put_in(one) for key, one in value.items()}
        return [put_in(one) for one in value] if isinstance(value, list) else value

    whole: dict[str, Any] = put_in(schema)
    return whole


@asynccontextmanager
async def fetched(request: Request, library: Seawall, url: str) -> AsyncIterator[File]:
    """What lies at an address, as a file until the block ends. Raises UnsafeUrl, FetchFailed."""
    web = cast("Web | None", request.app.state.web)
    if web is None:
        raise errors.FetchFailed(url=url, reason="this service fetches nothing")
    path = await to_thread.run_sync(request.app.state.spool.new)
    max_bytes, max_s = library.settings.whole("max_bytes"), library.settings.number("max_fetch_s")

    def fetch() -> None:
        with errors.writing(path), path.open("wb") as target:
            answer = web.save(url, target, max_bytes=max_bytes, max_s=max_s)
        if not 200 <= answer.status < 300:
            raise errors.FetchFailed(url=url, reason=f"its server answered {answer.status}")

    try:
        await to_thread.run_sync(fetch, limiter=at_a_time(request, "fetches"))
        name = PurePosixPath(urlsplit(url).path).name[:255]
        yield File(path, name or NAMELESS, path.stat().st_size)
    finally:
        path.unlink(missing_ok=True)


def at_a_time(request: Request, what: str) -> CapacityLimiter:
    """How many are worked on at a time, of `files`, `reports`, `fetches`, `sign-ins`; the others wait.

    They wait without a thread.
    """
    return cast("CapacityLimiter", request.app.state.limiters[what])


async def working(at: CapacityLimiter, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of work that takes long. Its threads are its own: no other call waits for one."""
    return await to_thread.run_sync(lambda: work(*args, **kwargs), limiter=at)


async def working_on(
    file: File, at: CapacityLimiter, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
) -> R:
    """As `working`; errors call the file as its sender does."""

    def named() -> R:
        with uploads.under_name(file.path, file.name):
            return work(*args, **kwargs)

    return await working(at, named)
