"""Spans where they are asked for, and nothing where they are not."""

from __future__ import annotations

import importlib.util
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry import trace
from starlette.testclient import TestClient

from seawall import config, errors
from seawall.api.observed import Observed
from seawall.telemetry import tracing

HAS_SDK = importlib.util.find_spec("opentelemetry.sdk") is not None
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Tracer:
    """Remembers spans; all that OpenTelemetry's own does for us."""

    def __init__(self) -> None:
        self.spans = []

    @contextmanager
    def start_as_current_span(self, name, context=None, kind=None):
        parent = trace.get_current_span(context).get_span_context()
        span = Span({"name": name, "kind": kind, "parent": format(parent.trace_id, "032x")})
        self.spans.append(span)
        yield span


class Span(dict):
    def update_name(self, name):
        self["name"] = name

    def set_attribute(self, name, value):
        self[name] = value


@pytest.fixture
def tracer(monkeypatch):
    made = Tracer()
    monkeypatch.setattr(tracing._Tracing, "tracer", made)
    return made


async def answer(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_a_request_is_a_span_of_its_caller_and_holds_no_path(tracer):
    TestClient(Observed(answer)).get("/v1/banks/SECRETLY?q=1", headers={"traceparent": PARENT})
    assert tracer.spans == [
        {
            "name": "GET unmatched",
            "kind": trace.SpanKind.SERVER,
            "parent": "0af7651916cd43dd8448eb211c80319c",
            "http.request.method": "GET",
            "http.route": "unmatched",
            "http.response.status_code": 204,
        }
    ]


def test_other_work_is_a_span_within(tracer):
    with tracing.span("job check") as span:
        assert span["kind"] is trace.SpanKind.INTERNAL


def test_nothing_is_traced_where_nothing_is_set(tmp_path):
    tracing.configure(config.load(tmp_path, {}))
    with tracing.span("job check") as span:
        assert span is None


def test_without_the_extra_the_setting_cannot_be_used(tmp_path, needs):
    needs(not HAS_SDK, "needs OpenTelemetry's SDK to be absent")
    with pytest.raises(errors.BadSetting, match=r"seawall\[telemetry\]"):
        tracing.configure(config.load(tmp_path, {"SEAWALL_OTEL_ENDPOINT": "http://collector.test/v1/traces"}))


def test_with_the_extra_spans_arrive(tmp_path, monkeypatch, needs):
    needs(HAS_SDK, "needs OpenTelemetry's SDK")
    arrived = threading.Event()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()
            arrived.set()

        def log_message(self, *_):
            return

    monkeypatch.setattr(tracing._Tracing, "tracer", None)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://{server.server_address[0]}:{server.server_port}/v1/traces"
        try:
            tracing.configure(config.load(tmp_path, {"SEAWALL_OTEL_ENDPOINT": address}))
            with tracing.span("job check"):
                pass
            assert arrived.wait(20)
        finally:
            server.shutdown()
