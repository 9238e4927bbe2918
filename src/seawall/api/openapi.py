"""The API's description of itself: what FastAPI sees of the routes, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

import seawall
from seawall.api import calls, deps, problems
from seawall.api.routes import ROUTERS
from seawall.model.access import Scope

URL: Final = "/v1/openapi.json"
_DESCRIPTION: Final = """\
Seawall finds where known violent-extremist video, stills and sound reappear, keeps a sourced incident record,
and lets a person decide.

Every call but those for health, this description and signing in comes with a key
(`Authorization: Bearer swk_...`) or a console session. Every error is a problem (RFC 9457) with a `code`
that does not change. Lists come in pages: pass on `next_cursor` as `cursor`. What changes something may
come with an `Idempotency-Key`: the same call sent again with it is answered as it was, and not done again.
Every answer has an `X-Request-Id`.
"""
_IDEMPOTENCY: Final = {
    "name": calls.IDEMPOTENCY_HEADER,
    "in": "header",
    "required": False,
    "description": "Names the call, so that it can be sent again without being done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21-\\x7e]+$"},
    "example": "9f6c1c3e-upload-17",
}
#: Extension of an operation: the scope that a key needs for it.
SCOPE: Final = "x-scope"
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
#: Examples where a field has none of its own.
_SIMPLE: Final = {
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "date-time": "2026-03-01T09:00:00Z",
    "date": "2026-03-01",
}
_METHODS: Final = ("get", "put", "post", "delete", "patch")

Json = dict[str, Any]


def described() -> FastAPI:
    """An application that has all routes and describes them."""
    app = FastAPI(
        title="Seawall",
        version=seawall.__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=URL,
        redirect_slashes=False,  # by the name that the caller gives for the host
        generate_unique_id_function=_operation_id,
    )
    for router in ROUTERS:
        app.include_router(router)

    def document() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI has it replaced
    return app


def _operation_id(route: APIRoute) -> str:
    return calls.operation(route.endpoint)


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Each operation of a description: method, path, and what is said of it."""
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield method.upper(), path, methods[method]


def _document(app: FastAPI) -> Json:
    document: Json = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = problems.Problem.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)  # what FastAPI would answer
    document["components"]["securitySchemes"] = deps.SCHEMES
    scopes, signed = dict(_scopes()), set(_signed_in())
    for method, _, operation in operations(document):
        is_open = operation["operationId"] not in signed
        operation["security"] = [] if is_open else [{name: []} for name in deps.SCHEMES]
        _complete(method, operation)
        if (scope := scopes[operation["operationId"]]) is not None:
            operation[SCOPE] = scope.value
    for _, _, operation in operations(document):
        for said in (operation.get("requestBody", {}), *operation["responses"].values()):
            content = said.get("content", {}).get("application/json")
            if content is not None:
                content["example"] = example(document, content["schema"])
    return document


def example(document: Json, schema: Json) -> Any:  # noqa: ANN401 - any JSON
    """A value of a schema: its own example, or one that is made of those of its parts."""
    schema = resolved(document, schema)
    for place in ("examples", "enum"):
        if schema.get(place):
            return schema[place][0]
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        return example(document, schema["anyOf"][0])
    if schema.get("type") == "object" or "properties" in schema:
        required = schema.get("required", [])
        parts = schema.get("properties", {}).items()
        return {name: example(document, part) for name, part in parts if name in required}
    if schema.get("type") == "array":
        return [example(document, schema["items"])]
    return _SIMPLE.get(schema.get("format") or schema.get("type", ""), "...")


def resolved(document: Json, schema: Json) -> Json:
    """What a schema refers to, if it does."""
    if "$ref" in schema:
        found: Json = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def methods(path: str) -> set[str]:
    """What a path takes."""
    return {
        method
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and route.path_regex.match(path)
        for method in route.methods or ()
    }


def _scopes() -> Iterator[tuple[str, Scope | None]]:
    """What scope each operation needs, by its id."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                needed = (getattr(one.call, "scope", None) for one in route.dependant.dependencies)
                yield _operation_id(route), next((one for one in needed if one is not None), None)


def _signed_in() -> Iterator[str]:
    """The ids of operations that need to know who calls."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and any(
                one.call in (deps.principal, deps.acting) or hasattr(one.call, "scope")
                for one in route.dependant.dependencies
            ):
                yield _operation_id(route)


def _complete(method: str, operation: Json) -> None:
    """Say of an operation what holds for all."""
    responses = operation["responses"]
    responses.pop("422", None)
    if operation["security"]:
        responses["401"] = _problem("No valid key or session came with the call.", "WWW-Authenticate")
        responses["403"] = _problem("The key or role lacks the scope.")
        responses["429"] = _problem("The caller has used up a limit.", "Retry-After")
    responses["4XX"] = _problem("The call cannot be carried out as it came.")
    responses["5XX"] = _problem("The service cannot carry it out now.")
    if method != "GET":
        operation.setdefault("parameters", []).append(_IDEMPOTENCY)


def _problem(description: str, *headers: str) -> Json:
    response: Json = {
        "description": description,
        "content": {problems.MEDIA_TYPE: {"schema": _PROBLEM}},
    }
    if headers:
        response["headers"] = {name: {"schema": {"type": "string"}} for name in headers}
    return response
