"""Users and keys, and who one is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, status
from pydantic import AfterValidator, BaseModel, Field, SecretStr

from seawall.api.deps import Library, Recorded, Who, needs
from seawall.api.paging import Page, Paged
from seawall.model import access
from seawall.model.access import Role, Scope
from seawall.workflows import accounts

router = APIRouter(prefix="/v1", tags=["access"])

_ADMIN = [Depends(needs(Scope.ADMIN))]

UserName = Annotated[
    str, Field(min_length=1, max_length=64, pattern=f"^{access.USER_NAME.pattern}$", examples=["ada"])
]
UserPath = Annotated[str, Path(description="The user's name.", examples=["ada"])]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1024, examples=["twelve or more characters"])]


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


class NewUser(BaseModel):
    """A user to make."""

    name: UserName
    role: Annotated[Role, Field(examples=[Role.ANALYST])]
    password: Annotated[
        Password | None, Field(description="None for one who only holds keys; at least 12 characters.")
    ] = None


class User(BaseModel):
    """A person who is known by name."""

    id: str
    name: Annotated[str, Field(examples=["ada"])]
    role: Role
    active: Annotated[bool, Field(examples=[True])]
    created_at: datetime

    @classmethod
    def of(cls, known: access.User) -> User:
        """The record as it is sent."""
        return cls(
            id=known.id, name=known.name, role=known.role, active=known.active, created_at=known.created_at
        )


class NewPassword(BaseModel):
    """A password to set."""

    password: Password


class NewRole(BaseModel):
    """What a user is here for from now on."""

    role: Annotated[Role, Field(examples=[Role.REVIEWER])]


class NewKey(BaseModel):
    """A key to make."""

    user: UserName
    name: Annotated[
        str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._ -]+$", examples=["upload path"])
    ]
    scopes: Annotated[
        list[Scope], Field(min_length=1, description="Of the user's role.", examples=[[Scope.CHECK]])
    ]
    expires_at: Annotated[datetime | None, AfterValidator(_aware), Field(examples=[None])] = None
    rate_per_s: Annotated[
        float | None, Field(ge=0, le=1e6, description="Calls; null: as set.", examples=[200.0])
    ] = None
    bytes_per_day: Annotated[
        int | None, Field(ge=0, lt=1 << 62, description="Null: as set.", examples=[None])
    ] = None


class Key(BaseModel):
    """What a program calls with, without its secret."""

    id: Annotated[str, Field(examples=["0f1e2d3c4b5a6978"])]
    user: Annotated[str, Field(examples=["ada"])]
    name: Annotated[str, Field(examples=["upload path"])]
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    rate_per_s: float | None
    bytes_per_day: int | None

    @classmethod
    def of(cls, known: access.Key) -> Key:
        """The record as it is sent."""
        return cls(
            id=known.id,
            user=known.user,
            name=known.name,
            scopes=sorted(known.scopes),
            created_at=known.created_at,
            expires_at=known.expires_at,
            revoked_at=known.revoked_at,
            rate_per_s=known.rate_per_s,
            bytes_per_day=known.bytes_per_day,
        )


class MadeKey(BaseModel):
    """A key as it is made."""

    key: Key
    secret: Annotated[
        str, Field(description="What to call with. It is shown once.", examples=["swk_0f1e2d3c4b5a6978_..."])
    ]


class Me(BaseModel):
    """Who calls."""

    id: str
    name: Annotated[str, Field(description="What is recorded as the actor.", examples=["ada/upload path"])]
    user: Annotated[str, Field(description="Who answers for the call.", examples=["ada"])]
    scopes: list[Scope]


@router.get("/me", summary="Who am I")
async def me(who: Who) -> Me:
    """The caller, as the service knows it."""
    return Me(id=who.id, name=who.name, user=who.user, scopes=sorted(who.scopes))


@router.get("/users", dependencies=_ADMIN, summary="List users")
def users(library: Library, paging: Paged) -> Page[User]:
    """All users, by name, a page at a time."""
    after = paging.after(str)
    found = [(one.name, one) for one in library.access.users() if after is None or one.name > str(after)]
    return paging.page(found, User.of)


@router.post("/users", status_code=status.HTTP_201_CREATED, dependencies=_ADMIN, summary="Make a user")
def create_user(new: NewUser, library: Library, trail: Recorded) -> User:
    """Make a user, with a password for the console or without."""
    trail.subject = new.name
    trail.details["role"] = new.role
    hashed = None if new.password is None else accounts.hashed(new.password.get_secret_value())
    return User.of(library.access.create_user(new.name, new.role, hashed))


@router.get("/users/{name}", dependencies=_ADMIN, summary="Show a user")
def show_user(name: UserPath, library: Library) -> User:
    """One user."""
    return User.of(library.access.user(name))


@router.post("/users/{name}/disable", dependencies=_ADMIN, summary="Shut a user out")
def disable_user(name: UserPath, library: Library) -> User:
    """Shut a user out: keys and sessions end within two seconds."""
    return User.of(library.access.set_active(name, active=False))


@router.post("/users/{name}/enable", dependencies=_ADMIN, summary="Let a user in again")
def enable_user(name: UserPath, library: Library) -> User:
    """Let a user in again, with the keys that were not revoked."""
    return User.of(library.access.set_active(name, active=True))


@router.put("/users/{name}/password", dependencies=_ADMIN, summary="Set a user's password")
def set_password(name: UserPath, new: NewPassword, library: Library) -> User:
    """Give a user another password. The user's sessions end."""
    return User.of(library.access.set_password(name, accounts.hashed(new.password.get_secret_value())))


@router.put("/users/{name}/role", dependencies=_ADMIN, summary="Set a user's role")
def set_role(name: UserPath, new: NewRole, library: Library, trail: Recorded) -> User:
    """Give a user another role. The user's sessions end; keys keep the scopes that the role has too."""
    trail.details["role"] = new.role
    return User.of(library.access.set_role(name, new.role))


@router.get("/keys", dependencies=_ADMIN, summary="List keys")
def keys(library: Library, paging: Paged) -> Page[Key]:
    """Keys in the order in which they were made, revoked ones too, without their secrets."""
    return paging.page(library.access.every_key(after=paging.number(), limit=paging.limit + 1), Key.of)


@router.post("/keys", status_code=status.HTTP_201_CREATED, dependencies=_ADMIN, summary="Make a key")
def create_key(new: NewKey, library: Library, trail: Recorded) -> MadeKey:
    """Make a key for a user, with scopes of that user's role. Its secret is shown this once."""
    made = library.access.create_key(
        new.user,
        new.name,
        new.scopes,
        new.expires_at,
        rate_per_s=new.rate_per_s,
        bytes_per_day=new.bytes_per_day,
    )
    trail.subject = made.key.id
    trail.details.update(user=new.user, scopes=sorted(made.key.scopes))
    return MadeKey(key=Key.of(made.key), secret=made.sent)


@router.post("/keys/{key}/revoke", dependencies=_ADMIN, summary="Revoke a key")
def revoke_key(
    key: Annotated[str, Path(description="The key's id.", examples=["0f1e2d3c4b5a6978"])], library: Library
) -> Key:
    """End a key for good, within two seconds."""
    library.access.revoke_key(key)
    return Key.of(library.access.key(key))
