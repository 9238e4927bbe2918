"""Banks, and what kinds of hashes and contents there are."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import Depends, status
from fastapi.exceptions import RequestValidationError

from seawall import errors
from seawall.api.calls import Trail
from seawall.api.deps import Library, Recorded, needs
from seawall.api.hma import answers, matching
from seawall.model.access import Scope
from seawall.store.hma import ALWAYS
from seawall.workflows.hma_signals import ContentType, SignalType
from seawall.workflows.library import Seawall

router = answers.router("/c")

_READ: list[Any] = [Depends(needs(Scope.READ))]
_BANKS: list[Any] = [Depends(needs(Scope.BANKS))]
_NAME: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_REASON: Final = "deleted by a client of /hma"

Body = Annotated[dict[str, object], Depends(answers.json_object)]


def bank_record(library: Seawall, name: str) -> dict[str, object]:
    """A bank as clients know it; negative ones are not among theirs. Raises BankNotFound."""
    if library.bank(name).negative:
        raise errors.BankNotFound(bank=name)
    return _record(name, library.curated.ratios())


def _record(name: str, ratios: dict[str, float]) -> dict[str, object]:
    return {"name": name, "matching_enabled_ratio": ratios.get(name, ALWAYS)}


def _ratio(body: dict[str, object]) -> float | None:
    """The ratio that a body sets, if it does: `enabled_ratio`, else by `enabled`. Raises BadRequest."""
    ratio, on = body.get("enabled_ratio"), body.get("enabled")
    if ratio is not None:
        if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not 0 <= ratio <= 1:
            raise errors.BadRequest(reason="enabled_ratio must be a number from 0 to 1")
        return float(ratio)
    if on is None:
        return None
    if not isinstance(on, bool):
        raise errors.BadRequest(reason="enabled must be true or false")
    return 1.0 if on else 0.0


@router.get("/banks", dependencies=_READ)
def banks(library: Library) -> list[dict[str, object]]:
    """All banks."""
    ratios = library.curated.ratios()
    return [_record(one.name, ratios) for one in library.banks() if not one.negative]


@router.post("/banks", status_code=status.HTTP_201_CREATED, dependencies=_BANKS)
def bank_create(body: Body, library: Library, trail: Recorded) -> dict[str, object]:
    """Make a bank."""
    name, ratio = body.get("name"), _ratio(body)
    if not isinstance(name, str):
        raise RequestValidationError([{"type": "missing", "loc": ("body", "name"), "msg": "Field required"}])
    if not _NAME.fullmatch(name):
        raise errors.BadRequest(reason="Bank names must be UPPER_WITH_UNDERSCORE, of up to 64 characters")
    trail.subject = name
    library.curated.create_bank(name, ALWAYS if ratio is None else ratio)
    return bank_record(library, name)


@router.get("/bank/{bank_name}", dependencies=_READ)
def bank_show(bank_name: str, library: Library) -> dict[str, object]:
    """One bank."""
    return bank_record(library, bank_name)


@router.put("/bank/{bank_name}", dependencies=_BANKS)
def bank_update(bank_name: str, body: Body, library: Library, trail: Recorded) -> dict[str, object]:
    """Set the share of look-ups in which a bank is asked. Banks keep their names: records name them."""
    bank_record(library, bank_name)
    if body.get("name") not in (None, bank_name):
        raise errors.BadRequest(reason="a bank keeps its name: make another one")
    ratio = _ratio(body)
    if ratio is not None:
        library.curated.set_ratio(bank_name, ratio)
        trail.details["enabled_ratio"] = ratio
    return bank_record(library, bank_name)


@router.delete("/bank/{bank_name}", dependencies=_BANKS)
def bank_delete(bank_name: str, library: Library, trail: Recorded) -> dict[str, str]:
    """Take a bank out with all its contents; a record of each stays. Nothing happens where there is none."""
    _delete(library, bank_name, trail)
    return {"message": "Done"}


def _delete(library: Seawall, bank_name: str, trail: Trail) -> None:
    try:
        bank_record(library, bank_name)
        library.bank_remove(bank_name, _REASON)
    except errors.BankNotFound:
        trail.details["deleted"] = 0


@router.get("/exchanges", dependencies=_READ)
def exchanges(library: Library) -> list[str]:
    """The names of the exchanges that banks are filled from."""
    return [one.name for one in library.exchanges.every()]


@router.get("/signal_type", dependencies=_READ)
def signal_types() -> list[dict[str, object]]:
    """The kinds of hashes."""
    return [{"name": one, "enabled_ratio": ALWAYS} for one in SignalType]


@router.get("/signal_type/index", dependencies=_READ)
def signal_type_index(library: Library, signal_type: str | None = None) -> dict[str, dict[str, object]]:
    """How many contents there are of each kind of hash. What is stored is indexed."""
    made = {}
    for name, said in matching.index_status(library, signal_type).items():
        size, built_to = said["size"], said["built_to"]
        made[name] = {
            "db_size": size,
            "index_size": size,
            "index_out_of_date": False,
            "newest_db_item": built_to,
            "index_built_to": built_to,
        }
    return made


@router.get("/content_type", dependencies=_READ)
def content_types() -> list[dict[str, object]]:
    """The kinds of contents."""
    return [{"name": one, "enabled": True} for one in ContentType]
