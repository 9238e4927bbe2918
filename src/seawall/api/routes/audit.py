"""The audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.api.fields import aware
from seawall.api.paging import Page, Paged
from seawall.model import access
from seawall.model.access import Scope
from seawall.store.access import AuditFilter

router = APIRouter(prefix="/v1/audit", tags=["audit"])


class Entry(BaseModel):
    """One thing that was done."""

    at: datetime
    actor: Annotated[str, Field(examples=["ada/upload path"])]
    user: Annotated[str, Field(examples=["ada"])]
    action: Annotated[str, Field(description="The operation's id.", examples=["banks_create"])]
    subject: Annotated[str, Field(description="What it was done to.", examples=["KNOWN"])]
    request: Annotated[str, Field(description="The call's id.", examples=["5f0c6f9e2b7a4d1c"])]
    details: Annotated[dict[str, Any], Field(examples=[{"reason": "a mistake"}])]

    @classmethod
    def of(cls, known: access.AuditEntry) -> Entry:
        """The record as it is sent."""
        return cls(
            at=known.at,
            actor=known.actor,
            user=known.user,
            action=known.action,
            subject=known.subject,
            request=known.request,
            details=dict(known.details),
        )


@router.get("", dependencies=[Depends(needs(Scope.AUDIT))], summary="Read the audit log")
def list_(
    library: Library,
    paging: Paged,
    user: Annotated[str | None, Query(description="Only of this user.")] = None,
    action: Annotated[str | None, Query(description="Only this operation.")] = None,
    subject: Annotated[str | None, Query(description="Only on this subject.")] = None,
    request: Annotated[str | None, Query(description="Only of this call, by its id.")] = None,
    since: Annotated[datetime | None, Query(description="With its zone; UTC where it has none.")] = None,
    until: Annotated[datetime | None, Query(description="Before this time.")] = None,
) -> Page[Entry]:
    """What was written and revealed, the newest first."""
    wanted = AuditFilter(user, action, subject, request, aware(since), aware(until))
    found = library.access.entries(wanted, before=paging.number() or None, limit=paging.limit + 1)
    return paging.page([(one.number, one) for one in found], Entry.of)
