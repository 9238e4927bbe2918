"""Webhooks: addresses that are told of events, and the log of what was sent to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, status
from pydantic import BaseModel, ConfigDict, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import event as model
from seawall.model.access import Principal, Scope
from seawall.model.event import EventType
from seawall.workflows import webhooks

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
Who = Annotated[Principal, Depends(needs(Scope.POLICIES))]
_MAY = [Depends(needs(Scope.POLICIES))]

Url = Annotated[str, Field(max_length=2048, examples=["https://platform.example/seawall"])]
Types = Annotated[list[EventType], Field(min_length=1, examples=[["match.created", "item.opened"]])]


class NewWebhook(BaseModel):
    """An address to tell, and of what."""

    url: Url
    types: Types


class WebhookChange(BaseModel):
    """What is to change; what is not named stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"active": False}]})

    url: Url | None = None
    types: Types | None = None
    active: bool | None = None


class Webhook(BaseModel):
    """An address that is told of events."""

    id: str
    url: str
    types: list[EventType]
    active: bool
    inactive_reason: str | None
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, known: model.Webhook) -> Webhook:
        """The record as it is sent."""
        return cls(
            id=known.id,
            url=known.url,
            types=list(known.types),
            active=known.active,
            inactive_reason=known.inactive_reason,
            created_at=known.created_at,
            created_by=known.created_by,
        )


class WebhookWithSecret(Webhook):
    """A webhook with the secret that its deliveries are signed with, which is shown this once."""

    secret: str

    @classmethod
    def made(cls, new: webhooks.NewWebhook) -> WebhookWithSecret:
        """The record as it is sent."""
        return cls(**Webhook.of(new.webhook).model_dump(), secret=new.secret)


class WebhookList(BaseModel):
    """Webhooks, the oldest first."""

    webhooks: list[Webhook]


class Attempt(BaseModel):
    """One try at a delivery."""

    at: datetime
    status: int | None
    duration_ms: int
    error: str | None


class Delivery(BaseModel):
    """One event on its way to one webhook."""

    id: str
    event: str
    type: EventType
    state: Annotated[str, Field(description="`delivered`, `refused`, or the state of its job.")]
    job: str
    tries: int
    created_at: datetime
    delivered_at: datetime | None

    @classmethod
    def of(cls, known: model.Delivery) -> Delivery:
        """The record as it is sent."""
        return cls(
            id=known.id,
            event=known.event,
            type=known.type,
            state=known.state,
            job=known.job,
            tries=known.tries,
            created_at=known.at,
            delivered_at=known.delivered_at,
        )


class DeliveryWithLog(Delivery):
    """A delivery with every try that was made."""

    attempts: list[Attempt]


@router.post("", status_code=status.HTTP_201_CREATED)
def create(new: NewWebhook, library: Library, who: Who) -> WebhookWithSecret:
    """Have an address told of events from now on. The secret is shown this once."""
    return WebhookWithSecret.made(webhooks.create(library, new.url, new.types, who.name))


@router.get("", dependencies=_MAY)
def every(library: Library) -> WebhookList:
    """All webhooks."""
    return WebhookList(webhooks=[Webhook.of(one) for one in library.webhooks.every()])


@router.get("/{webhook_id}", dependencies=_MAY)
def show(webhook_id: str, library: Library) -> Webhook:
    """One webhook."""
    return Webhook.of(library.webhooks.get(webhook_id))


@router.patch("/{webhook_id}", dependencies=_MAY)
def change(webhook_id: str, wanted: WebhookChange, library: Library) -> Webhook:
    """Change a webhook, switch it off or on again."""
    changed = webhooks.change(library, webhook_id, url=wanted.url, types=wanted.types, active=wanted.active)
    return Webhook.of(changed)


@router.post("/{webhook_id}/secret", dependencies=_MAY)
def renew_secret(webhook_id: str, library: Library) -> WebhookWithSecret:
    """Give a webhook another secret, which is in force at once and shown this once."""
    return WebhookWithSecret.made(webhooks.renew_secret(library, webhook_id))


@router.delete("/{webhook_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=_MAY)
def remove(webhook_id: str, library: Library) -> None:
    """Take a webhook out with the log of its deliveries. What waits to be sent is not sent."""
    library.webhooks.remove(webhook_id)


@router.post("/{webhook_id}/test", status_code=status.HTTP_202_ACCEPTED, dependencies=_MAY)
def test(webhook_id: str, library: Library) -> Delivery:
    """Send the webhook an event of the type `webhook.test`."""
    return Delivery.of(library.webhooks.test(webhook_id))


@router.get("/{webhook_id}/deliveries", dependencies=_MAY)
def deliveries(webhook_id: str, library: Library, paging: Paged) -> Page[Delivery]:
    """What was sent to the webhook, and is to be, the newest first."""
    after = paging.after(str)
    found = library.webhooks.deliveries(
        webhook_id, after=None if after is None else str(after), limit=paging.limit + 1
    )
    return paging.page([(one.id, one) for one in found], Delivery.of)


@router.get("/{webhook_id}/deliveries/{delivery_id}", dependencies=_MAY)
def delivery(webhook_id: str, delivery_id: str, library: Library) -> DeliveryWithLog:
    """One delivery with every try that was made."""
    found, log = library.webhooks.delivery(webhook_id, delivery_id)
    tries = [
        Attempt(at=one.at, status=one.status, duration_ms=one.duration_ms, error=one.error) for one in log
    ]
    return DeliveryWithLog(**Delivery.of(found).model_dump(), attempts=tries)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=_MAY,
)
def replay(webhook_id: str, delivery_id: str, library: Library) -> Delivery:
    """Send the same event again, under the same ids."""
    return Delivery.of(library.webhooks.replay(webhook_id, delivery_id))
