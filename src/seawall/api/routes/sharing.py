"""Incidents for other programs and other people: no more than their marking lets out."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from seawall.api.deps import Library, Recorded, needs
from seawall.api.routes.incidents import IncidentId
from seawall.model.access import Scope
from seawall.model.sharing import Recipient, Tlp

router = APIRouter(prefix="/v1/incidents/{incident}", tags=["incidents"])


class Form(StrEnum):
    """What an incident is written as."""

    STIX = "stix"
    MISP = "misp"


class NewExport(BaseModel):
    """For whom an incident is to be written, and how it is marked."""

    format: Form
    tlp: Annotated[Tlp, Field(description="Only what this marking lets out is written.")]
    recipient: Annotated[
        Recipient | None, Field(description="None: whom the marking is made for.", examples=["partner"])
    ] = None


class Export(BaseModel):
    """An incident for other programs."""

    format: Form
    tlp: Tlp
    document: Annotated[dict[str, Any], Field(description="A STIX 2.1 bundle, or an event of MISP.")]


@router.post("/export", dependencies=[Depends(needs(Scope.EXCHANGES))], summary="Export an incident")
def export(incident: IncidentId, new: NewExport, library: Library, trail: Recorded) -> Export:
    """What a recipient may see of an incident. That it was given, and how marked, is in the audit log."""
    text = library.sharing.export(incident, new.format.value, new.tlp, new.recipient)
    trail.details.update(format=new.format.value, tlp=new.tlp.value)
    return Export(format=new.format, tlp=new.tlp, document=json.loads(text))
