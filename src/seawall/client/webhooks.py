"""Webhooks: addresses that are told of events, and the log of what was sent to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from seawall.client.call import Call, given
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events."""

    id: str
    url: str
    types: tuple[str, ...]
    active: bool
    inactive_reason: str | None
    created_at: datetime
    created_by: str
    #: What deliveries are signed with. It is shown once: where the webhook is made, or the secret renewed.
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook."""

    id: str
    event: str
    type: str
    state: str  #: delivered, refused, or the state of its job
    job: str
    tries: int
    created_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a delivery."""

    at: datetime
    status: int | None
    duration_ms: int
    error: str | None


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """A delivery with every try that was made."""

    id: str
    event: str
    type: str
    state: str
    job: str
    tries: int
    created_at: datetime
    delivered_at: datetime | None
    attempts: tuple[Attempt, ...]


class Webhooks(Group):
    """Webhooks: `webhooks()` lists them, the oldest first."""

    def __call__(self) -> tuple[Webhook, ...]:
        return self._many(Webhook, Call("GET", "/v1/webhooks"), "webhooks")

    def get(self, webhook: str) -> Webhook:
        """One webhook. Raises RecordNotFound."""
        return self._read(Webhook, Call("GET", "/v1/webhooks/{webhook_id}", {"webhook_id": webhook}))

    def create(self, url: str, types: Sequence[str], *, idempotency_key: str | None = None) -> Webhook:
        """Have an address told of events from now on. The answer has the secret."""
        body = given(url=url, types=types)
        return self._read(Webhook, Call("POST", "/v1/webhooks", json=body, key=idempotency_key))

    def change(
        self,
        webhook: str,
        *,
        url: str | None = None,
        types: Sequence[str] | None = None,
        active: bool | None = None,
    ) -> Webhook:
        """Change a webhook, switch it off or on again; what is not named stays."""
        at, body = {"webhook_id": webhook}, given(url=url, types=types, active=active)
        return self._read(Webhook, Call("PATCH", "/v1/webhooks/{webhook_id}", at, json=body))

    def renew_secret(self, webhook: str) -> Webhook:
        """Give a webhook another secret, which the answer has."""
        return self._read(Webhook, Call("POST", "/v1/webhooks/{webhook_id}/secret", {"webhook_id": webhook}))

    def remove(self, webhook: str) -> None:
        """Take a webhook out with the log of its deliveries."""
        self._transport.ask(Call("DELETE", "/v1/webhooks/{webhook_id}", {"webhook_id": webhook}))

    def test(self, webhook: str) -> Delivery:
        """Send the webhook an event of the type `webhook.test`."""
        return self._read(Delivery, Call("POST", "/v1/webhooks/{webhook_id}/test", {"webhook_id": webhook}))

    def deliveries(self, webhook: str) -> Iterator[Delivery]:
        """What was sent to a webhook, and is to be, the newest first."""
        call = Call("GET", "/v1/webhooks/{webhook_id}/deliveries", {"webhook_id": webhook})
        return self._listed(Delivery, call)

    def delivery(self, webhook: str, delivery: str) -> DeliveryLog:
        """One delivery with every try that was made."""
        at = {"webhook_id": webhook, "delivery_id": delivery}
        path = "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}"
        return self._read(DeliveryLog, Call("GET", path, at))

    def replay(self, webhook: str, delivery: str) -> Delivery:
        """Send the same event again, under the same ids."""
        at = {"webhook_id": webhook, "delivery_id": delivery}
        path = "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay"
        return self._read(Delivery, Call("POST", path, at))
