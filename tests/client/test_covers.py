"""The client has a method for every operation of the API, and none for what there is not."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from pathlib import Path

from seawall import client
from seawall.api import openapi

#: Operations without a method, each with its reason.
WITHOUT = {
    ("GET", "/v1/health/live"): "for what starts and watches the service; `call` gets it",
    ("GET", "/v1/health/ready"): "for what starts and watches the service; `call` gets it",
    ("GET", "/v1/session"): "of browsers: a program calls with a key",
    ("POST", "/v1/session"): "of browsers: a program calls with a key",
    ("DELETE", "/v1/session"): "of browsers: a program calls with a key",
}
FOLDER = Path(inspect.getfile(client)).parent


def calls():
    """The method and path of every call that the client can make, with where it stands."""
    for path in sorted(FOLDER.glob("*.py")):
        for top in ast.parse(path.read_text(encoding="utf-8")).body:
            owner = top.name if isinstance(top, ast.ClassDef) else ""
            for function in ast.walk(top):
                if isinstance(function, ast.FunctionDef):
                    yield from ((found, f"{owner}.{function.name}") for found in made_in(function))


def made_in(function):
    """Calls of a function. A path may stand in the function, in a variable, or in a call of a helper."""
    words = [
        node.value for node in ast.walk(function) if isinstance(node, ast.Constant) and is_path(node.value)
    ]
    methods = {
        node.args[0].value
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Call"
        if isinstance(node.args[0], ast.Constant)
    }
    if words and not methods:
        methods = {"POST"}  # `_said` of references
    return {(method, word) for word in words for method in methods}


def is_path(value):
    return isinstance(value, str) and value.startswith("/v1/")


@cache
def served():
    return {
        (method, path)
        for method, path, _ in openapi.operations(openapi.described().openapi())
        if path.startswith("/v1/")
    }


def test_every_operation_has_a_method():
    used = {found for found, _ in calls()}
    assert served() - used == WITHOUT.keys() & served()
    assert used.isdisjoint(WITHOUT)


def test_every_method_calls_what_there_is():
    assert {(found, where) for found, where in calls() if found not in served()} == set()


def test_one_function_makes_one_kind_of_call():
    """So the reading above is right: no path is paired with the method of another call."""
    made = {}
    for found, where in calls():
        made.setdefault(where, set()).add(found)
    assert {where: found for where, found in made.items() if len(found) > 1} == {}
    assert all(not where.rpartition(".")[2].startswith("__init__") for where in made)
