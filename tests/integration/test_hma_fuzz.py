"""Whatever is sent to `/hma`, the service does not break, and what it answers can be read."""

from __future__ import annotations

import json

import httpx2
import pytest
from hma_client import picture
from hypothesis import HealthCheck, example, given, settings, strategies as st
from serving import key, served

import seawall
from seawall.api import hma as routes

CODE = "6618248bed70188667716779128fdb7411e70075e0edfe7d3f2cc00f03f515b3"
FRAMES = json.dumps([f"{CODE},100,0.0"])
PATHS = sorted({route.path.removeprefix("/hma") for router in routes.ROUTERS for route in router.routes})
PARAMETERS = [
    *("url", "content_type", "types", "signal", "signal_type", "banks", "seed", "bypass_coinflip"),
    *("include_distance", "include_signals", "include_metadata", "unknown"),
]
VALUES = st.sampled_from(
    [
        *(CODE, FRAMES, "0,100," + CODE + ",0.0", "pdq", "vpdq", "video_md5", "photo", "video", "KNOWN", "1"),
        *("true", "false", "", "\0", "é", "-1", "9" * 30, "http://[::1]/", "[" * 2000, "{", "NaN"),
    ]
) | st.text(max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["name", "enabled", "enabled_ratio", "pdq", "vpdq", "video_md5", "note", "metadata"]
OBJECTS = st.dictionaries(
    st.sampled_from([*FIELDS, "disable_until_ts"]) | st.text(max_size=8),
    JSON | st.lists(VALUES, min_size=2, max_size=2),
    max_size=4,
)
FILES = st.sampled_from([b"", b"garbage", picture(1), picture(1)[:200], b"\xff\xd8\xff\xe0" + b"\0" * 90])
PARTS = st.fixed_dictionaries(
    {
        "files": st.lists(
            st.tuples(st.sampled_from(["photo", "video", "file", ""]), FILES), min_size=0, max_size=2
        ).map(lambda some: [(name, ("a.bin", data, "image/png")) for name, data in some]),
        "data": st.dictionaries(st.sampled_from(["metadata", "note", "x"]), VALUES, max_size=2),
    }
)
BODIES = (
    st.just({})
    | OBJECTS.map(lambda one: {"content": json.dumps(one)})
    | JSON.map(lambda one: {"content": json.dumps(one)})
    | st.binary(max_size=60).map(lambda one: {"content": one})
    | PARTS
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])


@pytest.fixture(scope="module")
def hma(tmp_path_factory):
    with seawall.open(tmp_path_factory.mktemp("fuzz") / "data") as library, served(library) as address:
        headers = {"Authorization": f"Bearer {key(library)}"}
        with httpx2.Client(base_url=f"{address}/hma", headers=headers, timeout=60) as client:
            yield client


@given(
    method=METHODS,
    path=st.sampled_from(PATHS),
    bank=st.sampled_from(["KNOWN", "OTHER", "%00", "a%2Fb", "%F0%9F%8F%94"]),
    content=st.sampled_from(["1", "2", "0", "-1", "x", "9" * 40]),
    query=st.dictionaries(st.sampled_from(PARAMETERS), VALUES, max_size=4),
    body=BODIES,
)
@example("PUT", "/c/bank/{bank_name}", "KNOWN", "1", {}, {"content": '{"enabled_ratio": 1e999}'})
@example("POST", "/m/compare", "KNOWN", "1", {}, {"content": '{"\\ud800": ["\\ud800", "x"]}'})
@example("POST", "/m/compare", "KNOWN", "1", {}, {"content": "[" * 100_000})
@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_nothing_answers_500(hma, method, path, bank, content, query, body):
    if bank == "KNOWN":
        hma.post("/c/banks", json={"name": "KNOWN"})
        hma.post("/c/bank/KNOWN/signal", json={"pdq": CODE})
    where = path.replace("{bank_name}", bank).replace("{content_id}", content)
    answer = hma.request(method, where, params=query, **body)
    assert answer.status_code < 500, answer.text
    if method == "HEAD" or answer.status_code == 204 or path.startswith("/status"):
        return
    said = answer.json()
    if answer.status_code >= 400 and answer.status_code not in (404, 405, 422):
        assert list(said) == ["message"]
        assert isinstance(said["message"], str)
