"""Verifications: a person stands by a reference."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, status
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.model import policy
from seawall.model.access import Principal, Scope
from seawall.workflows.words import MAX_SAID

router = APIRouter(prefix="/v1/references", tags=["references"])

ReferenceId = Annotated[str, Path(min_length=1, max_length=64, examples=["5f0c6f9e2b7a4d1c8e3f5a6b7c8d9e0f"])]


class NewVerification(BaseModel):
    """What a person says to stand by a reference."""

    grounds: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_SAID,
            description="What you have seen, and what it rests on.",
            examples=["I have seen it whole; two outlets describe the same footage."],
        ),
    ]


class Verification(BaseModel):
    """A person has looked at a reference and stands by it."""

    reference: str
    user: Annotated[str, Field(description="Id of the user.")]
    name: Annotated[str, Field(examples=["ann"])]
    grounds: str
    at: datetime

    @classmethod
    def of(cls, known: policy.Verification) -> Verification:
        """The record as it is sent."""
        return cls(
            reference=known.reference,
            user=known.user,
            name=known.name,
            grounds=known.grounds,
            at=known.at,
        )


class Verified(BaseModel):
    """Whether a person stands by a reference, and all who said so."""

    verified: Annotated[bool, Field(description="What was said before a withdrawal does not count.")]
    verifications: list[Verification]


@router.get(
    "/{reference}/verification", dependencies=[Depends(needs(Scope.READ))], summary="Show verifications"
)
def show(reference: ReferenceId, library: Library) -> Verified:
    """Whether a person stands by a reference."""
    said = [Verification.of(one) for one in library.policies.verifications(reference)]
    return Verified(verified=library.policies.is_verified(reference), verifications=said)


@router.post("/{reference}/verification", status_code=status.HTTP_201_CREATED, summary="Verify a reference")
def verify(
    reference: ReferenceId,
    new: NewVerification,
    library: Library,
    who: Annotated[Principal, Depends(needs(Scope.REVIEW))],
) -> Verification:
    """The user who answers for the call, an analyst or administrator, stands by the reference."""
    made = library.policies.verify(reference, grounds=new.grounds, user=who.user)
    return Verification.of(made)
