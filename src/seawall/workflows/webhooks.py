"""Webhooks: their secrets, and the delivery of one event to one of them."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from seawall import errors, sealing, signing
from seawall.model.event import Attempt, Event, EventType, Webhook
from seawall.outbound.web import Answer
from seawall.store import webhooks
from seawall.store.tasks import Json, Task
from seawall.store.webhooks import Due
from seawall.telemetry import measures

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps

MAX_S: Final = 10.0  #: a receiver takes the event and answers; what it does with it comes later
MAX_ANSWER_BYTES: Final = 64 << 10
_GONE: Final = 410


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook as it is made, or given a new secret."""

    webhook: Webhook
    secret: str  #: not to be had again


def create(library: Seawall, url: str, types: Iterable[EventType], actor: str) -> NewWebhook:
    """Have an address told of events from now on. Raises UnsafeUrl, BadRequest."""
    secret = _new_secret()
    sealed = _sealer(library).seal(secret)
    return NewWebhook(library.webhooks.create(checked(url), _wanted(types), sealed, actor), secret)


def renew_secret(library: Seawall, webhook_id: str) -> NewWebhook:
    """Give a webhook another secret, which is in force at once. Raises RecordNotFound."""
    secret = _new_secret()
    sealed = _sealer(library).seal(secret)
    return NewWebhook(library.webhooks.change(webhook_id, sealed_secret=sealed), secret)


def change(
    library: Seawall,
    webhook_id: str,
    *,
    url: str | None = None,
    types: Iterable[EventType] | None = None,
    active: bool | None = None,
) -> Webhook:
    """Change what is given. Raises RecordNotFound, UnsafeUrl, BadRequest."""
    return library.webhooks.change(
        webhook_id,
        url=None if url is None else checked(url),
        types=None if types is None else _wanted(types),
        active=active,
        inactive_reason="it was switched off",
    )


def checked(url: str) -> str:
    """An address that can be one; what it resolves to is looked at with every delivery. Raises UnsafeUrl."""
    no_address = errors.UnsafeUrl(url=url, reason="it is no http or https address")
    try:
        parts = urlsplit(url)
        fit = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError as cause:
        raise no_address from cause
    if not fit or any(not one.isprintable() or one.isspace() for one in url):
        raise no_address
    if parts.username is not None or parts.password is not None:
        raise errors.UnsafeUrl(url="the address", reason="it holds a user name or password")
    return url


def deliver(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:
    """Make a delivery. Raises DeliveryFailed, after which it is tried again; UnsafeUrl."""
    due = library.webhooks.due(str(task.payload["delivery"]))
    if due is None:
        return {"delivered": False, "reason": "it was made already, or its webhook is gone"}
    if not due.webhook.active:
        library.webhooks.refuse(due.id)
        return {"delivered": False, "reason": "its webhook is switched off"}

    def send() -> Json:
        return _send(library, due)

    return {"delivered": steps.run("send", send)}


def body(event: Event) -> bytes:
    """What is sent of an event: the same bytes at every try."""
    at = event.at.isoformat().replace("+00:00", "Z")
    record = {"id": event.id, "type": event.type.value, "at": at, "data": dict(event.data)}
    return json.dumps(record, separators=(",", ":")).encode()


def _send(library: Seawall, due: Due) -> bool:
    """Whether the receiver took it; False where it is gone for good."""
    began, at = time.monotonic(), datetime.now(UTC)

    def log(status: int | None, error: str | None, outcome: str | None) -> None:
        taken_ms = round(1000 * (time.monotonic() - began))
        library.webhooks.tried(due.id, Attempt(at, status, taken_ms, error), outcome)
        measures.DELIVERIES.add("failed" if outcome is None else outcome)

    try:
        status = _post(library, due, int(at.timestamp())).status
    except errors.UnsafeUrl as error:
        log(None, error.message, None)
        raise
    except errors.FetchFailed as error:
        log(None, error.message, None)
        raise errors.DeliveryFailed(webhook=due.webhook.id, reason=error.message) from error
    if status == _GONE:
        library.webhooks.change(due.webhook.id, active=False, inactive_reason="it answered 410 Gone")
        log(status, None, webhooks.REFUSED)  # whoever reads that finds the webhook inactive
        return False
    if not 200 <= status < 300:
        log(status, f"it answered {status}", None)
        raise errors.DeliveryFailed(webhook=due.webhook.id, reason=f"it answered {status}")
    log(status, None, webhooks.DELIVERED)
    return True


def _post(library: Seawall, due: Due, timestamp: int) -> Answer:
    content = body(due.event)
    headers = {
        "Content-Type": "application/json",
        signing.EVENT: due.event.type.value,
        signing.DELIVERY: due.id,
        signing.TIMESTAMP: str(timestamp),
        signing.SIGNATURE: signing.sign(_sealer(library).open(due.sealed_secret), timestamp, content),
    }
    return library.web.call(
        "POST", due.webhook.url, headers=headers, body=content, max_bytes=MAX_ANSWER_BYTES, max_s=MAX_S
    )


def _wanted(types: Iterable[EventType]) -> tuple[EventType, ...]:
    wanted = tuple(dict.fromkeys(types))
    if not wanted:
        raise errors.BadRequest(reason="a webhook wants one type of event at least")
    return wanted


def _new_secret() -> str:
    return f"whs_{secrets.token_urlsafe(32)}"


def _sealer(library: Seawall) -> sealing.Sealer:
    return sealing.sealer(library.settings.text("secret_key"), library.settings.data)
