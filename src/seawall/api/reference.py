"""The API's reference page as Markdown, from the API's description of itself."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any, Final

from seawall.api import openapi

_INTRODUCTION: Final = (
    "Every operation of the HTTP API. `GET /v1/openapi.json` serves the same as an OpenAPI document, with "
    "each field of each answer. In the examples, `$SEAWALL` is the address of the service and `$KEY` a key. "
    "[Use the API](../how-to/api.md) shows how to come by both."
)
_ERRORS: Final = (
    "Every error is a problem (`application/problem+json`) whose `code` is one of [Errors](errors.md). The "
    "statuses 401, 403, 404, 405, 409, 413, 422, 429, 500 and 503 can come from any operation."
)
_LONGEST: Final = 100

Json = dict[str, Any]


def blocks(document: Json) -> Iterator[str]:
    """The page's blocks, in order: an introduction, then each operation under its tag."""
    yield "# HTTP API"
    yield _INTRODUCTION
    yield _ERRORS
    tag = ""
    found = list(openapi.operations(document))
    tags = list(dict.fromkeys(said["tags"][0] for _, _, said in found))
    for method, path, said in sorted(found, key=lambda one: tags.index(one[2]["tags"][0])):
        if said["tags"][0] != tag:
            tag = said["tags"][0]
            yield f"## {tag.capitalize()}"
        yield from _operation(document, method, path, said)


def _operation(document: Json, method: str, path: str, said: Json) -> Iterator[str]:
    yield f"### `{method} {path}`"
    scope = said.get(openapi.SCOPE)
    if scope is not None:
        needed = f"Needs the scope `{scope}`."
    else:
        needed = "For anybody who is signed in." if said["security"] else "For everybody."
    for paragraph in said["description"].split("\n\n"):
        yield " ".join(paragraph.split())
    yield needed
    rows = [_parameter(document, one) for one in said.get("parameters", []) if one["in"] in ("path", "query")]
    rows += _fields(document, said)
    if rows:
        lines = ["| field | in | meaning |", "| --- | --- | --- |"]
        yield "\n".join(lines + [f"| `{name}` | {place} | {meaning} |" for name, place, meaning in rows])
    yield f"```bash\n{curl(document, method, path, said)}\n```"
    answers = [(status, one) for status, one in said["responses"].items() if status.startswith("2")]
    yield " ".join(_answer(document, status, one) for status, one in answers)


def _answer(document: Json, status: str, said: Json) -> str:
    schema = said.get("content", {}).get("application/json", {}).get("schema", {})
    name = openapi.resolved(document, schema).get("title", "")
    return f"Answers {status}" + (f" with `{name}`." if name else ".")


def _parameter(document: Json, said: Json) -> tuple[str, str, str]:
    required = said.get("required", False)
    return said["name"], said["in"], _meaning(document, said, said["schema"], required=required)


def _fields(document: Json, said: Json) -> list[tuple[str, str, str]]:
    """The fields of a body, those of a form and of JSON each once."""
    rows: dict[str, tuple[str, str, str]] = {}
    for kind, content in said.get("requestBody", {}).get("content", {}).items():
        schema = openapi.resolved(document, content["schema"])
        place = "JSON" if kind == "application/json" else "form"
        for name, field in schema.get("properties", {}).items():
            if name in rows:
                known = rows[name]
                rows[name] = (name, f"{known[1]}, {place}", known[2])
            else:
                rows[name] = (
                    name,
                    place,
                    _meaning(document, field, field, required=name in schema.get("required", [])),
                )
    return list(rows.values())


def _meaning(document: Json, said: Json, schema: Json, *, required: bool) -> str:
    words = said.get("description", "")
    options = _options(document, schema)
    parts = [words if words.endswith((".", "")) else f"{words}."]
    if required:
        parts.append("Required.")
    if options:
        parts.append("One of " + ", ".join(f"`{one}`" for one in options) + ".")
    if schema.get("default") not in (None, [], {}, ""):
        parts.append(f"Else `{json.dumps(schema['default'])}`.")
    return " ".join(part for part in parts if part).replace("|", "\\|").replace("<", "\\<")


def _options(document: Json, schema: Json) -> list[str]:
    parts = (schema, schema.get("items", {}), *schema.get("anyOf", []))
    for one in (openapi.resolved(document, part) for part in parts):
        if "enum" in one:
            return [str(value) for value in one["enum"]]
    return []


# The line for curl


def curl(document: Json, method: str, path: str, said: Json) -> str:
    """A call of an operation, made of the examples in its description."""
    words = ["curl"]
    if method != "GET":
        words.append(f"-X {method}")
    if said["security"]:
        words.append('-H "Authorization: Bearer $KEY"')
    query = []
    for one in said.get("parameters", []):
        if one["in"] == "path":
            path = path.replace("{" + one["name"] + "}", str(openapi.example(document, one["schema"])))
        elif one["in"] == "query" and one.get("required"):
            query.append(f"{one['name']}={openapi.example(document, one['schema'])}")
    content = said.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        words += _form(openapi.resolved(document, content["multipart/form-data"]["schema"]))
    elif "application/json" in content:
        body = content["application/json"]["example"]
        words.append("-H 'Content-Type: application/json'")
        words.append(f"-d {shlex.quote(json.dumps(body))}")
    words += [f"--data-urlencode {shlex.quote(one)}" for one in query]
    if query:
        words.append("-G")
    words.append(f'"$SEAWALL{path}"')
    line = " ".join(words)
    return line if len(line) <= _LONGEST else " \\\n  ".join(words)


def _form(schema: Json) -> list[str]:
    words = []
    for name, field in schema["properties"].items():
        items = field.get("items", field)
        if items.get("format") == "binary":
            words.append(f"-F {name}=@upload.mp4")
        elif name in schema.get("required", []):
            words.append(f"-F {name}={shlex.quote(str(field.get('examples', ['...'])[0]))}")
    return words
