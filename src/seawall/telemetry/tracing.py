"""Spans of requests and jobs, for those who collect them with OpenTelemetry; nothing for everybody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import metadata
from typing import TYPE_CHECKING, Final

from seawall import config, errors

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

NAME: Final = "seawall"


class _Tracing:
    """What this process traces with, if it does."""

    tracer: Tracer | None = None


def configure(settings: config.Settings) -> None:
    """Send spans to the collector that is set, if one is. Raises BadSetting."""
    endpoint = settings.text("otel_endpoint")
    if not endpoint:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ModuleNotFoundError as cause:
        reason = f"it needs {cause.name}, which the extra seawall[telemetry] installs"
        raise errors.BadSetting(name="otel_endpoint", value=endpoint, reason=reason) from cause
    named = {"service.name": NAME, "service.version": metadata.version(NAME)}
    provider = TracerProvider(resource=Resource.create(named))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    _Tracing.tracer = provider.get_tracer(NAME)


def span(name: str, headers: Mapping[str, str] | None = None) -> AbstractContextManager[Span | None]:
    """A span around the block; None where nothing is traced.

    headers: of a request, which may say what it is a part of. Given, the span is a server's.
    """
    tracer = _Tracing.tracer
    return nullcontext() if tracer is None else _span(tracer, name, headers)


@contextmanager
def _span(tracer: Tracer, name: str, headers: Mapping[str, str] | None) -> Iterator[Span]:
    from opentelemetry import propagate  # noqa: PLC0415 - not installed where nothing is traced
    from opentelemetry.trace import SpanKind  # noqa: PLC0415

    parent = None if headers is None else propagate.extract(headers)
    kind = SpanKind.INTERNAL if headers is None else SpanKind.SERVER
    with tracer.start_as_current_span(name, context=parent, kind=kind) as current:
        yield current
