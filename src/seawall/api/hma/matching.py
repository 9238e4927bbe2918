"""Look-ups of hashes and of files, and comparisons of two hashes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from seawall import errors
from seawall.api import forms
from seawall.api.deps import Library, needs
from seawall.api.hma import answers, files
from seawall.model.access import Scope
from seawall.store.hma import ALWAYS
from seawall.workflows import hma, hma_signals
from seawall.workflows.hma_signals import SignalType
from seawall.workflows.library import Seawall

router = answers.router("/m")

Found = dict[str, list[dict[str, object]]]
_CHECK: list[Any] = [Depends(needs(Scope.CHECK))]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which banks a look-up asks."""

    banks: Annotated[str | None, Query()] = None  #: their names, with commas between
    seed: Annotated[str | None, Query()] = None  #: makes the coin fall the same way again
    bypass_coinflip: Annotated[bool, Query()] = False

    def names(self) -> frozenset[str] | None:
        """None for all."""
        return frozenset(self.banks.split(",")) if self.banks else None

    def coin(self) -> float:
        """Banks with a ratio as large are asked."""
        return 0.0 if self.bypass_coinflip else random.Random(self.seed).random()  # noqa: S311 - no secret


Chosen = Annotated[Choice, Depends()]


@router.get("/raw_lookup", dependencies=_CHECK)
def raw_lookup(
    library: Library,
    signal: str,
    signal_type: str,
    banks: str | None = None,
    *,
    include_distance: bool = False,
) -> dict[str, list[Any]]:
    """The contents that match a hash, whatever ratio their banks have; disabled ones do not match."""
    names = Choice(banks=banks).names()
    hits = library.hma.find(files.given(signal_type, signal))
    told = [one for one in hits if names is None or one.reference.bank in names]
    return {"matches": [_told(one) if include_distance else one.number for one in told]}


@router.get("/lookup", dependencies=_CHECK)
async def lookup(
    request: Request,
    library: Library,
    choice: Chosen,
    url: files.Url = None,
    content_type: str | None = None,
    types: files.Types = None,
    signal: str | None = None,
    signal_type: str | None = None,
) -> dict[str, Any]:
    """The contents that match a hash, by bank; or what lies at an address, by signal type and bank."""
    if not url:
        if not signal or not signal_type:
            raise errors.BadRequest(reason="Either url or both signal and signal_type are required")
        given = files.given(signal_type, signal)
        return await run_in_threadpool(_of_hash, library, choice, given)
    async with files.fetched(request, library, url, content_type, types) as sent:
        found = await _of_file(request, library, choice, sent)
    return found if signal_type is None else found.get(signal_type, {})


@router.post("/lookup", dependencies=_CHECK)
async def lookup_file(
    request: Request, library: Library, choice: Chosen, types: files.Types = None
) -> dict[str, Any]:
    """The contents that match a file, by signal type and bank."""
    async with files.uploaded(request, library, types) as sent:
        return await _of_file(request, library, choice, sent)


async def _of_file(request: Request, library: Seawall, choice: Choice, sent: files.Sent) -> dict[str, Any]:
    def work() -> dict[str, Found]:
        found = hma.find_file(library, sent.file.path, sent.kind, sent.types)
        coin = choice.coin()
        return {name: _by_bank(library, choice, coin, hits) for name, hits in found.items()}

    return await forms.working_on(sent.file, forms.at_a_time(request, "files"), work)


def _of_hash(library: Seawall, choice: Choice, given: hma_signals.Given) -> dict[str, Any]:
    return _by_bank(library, choice, choice.coin(), library.hma.find(given))


def _by_bank(library: Seawall, choice: Choice, coin: float, hits: Sequence[hma.Hit]) -> Found:
    """Those in banks that are asked."""
    ratios, names = library.curated.ratios() if hits else {}, choice.names()
    found: Found = {}
    for hit in hits:
        bank = hit.reference.bank
        if ratios.get(bank, ALWAYS) >= coin and (names is None or bank in names):
            found.setdefault(bank, []).append(_told(hit))
    return found


def _told(hit: hma.Hit) -> dict[str, object]:
    return {"bank_content_id": hit.number, "distance": hit.distance}


@router.post("/compare", dependencies=_CHECK)
def compare(body: Annotated[dict[str, object], Depends(answers.json_object)]) -> dict[str, list[object]]:
    """Whether two hashes of each type match, and how far apart they are."""
    made: dict[str, list[object]] = {}
    for name, pair in body.items():
        if not isinstance(pair, list):
            raise errors.BadRequest(reason=f"Comparison hashes for {name[:40]} was not a list")
        if len(pair) != 2:
            raise errors.BadRequest(reason="Comparison hash list length must be exactly 2")
        left, right = (files.given(name, one, f"Invalid {name[:40]} hash") for one in pair)
        made[name] = list(hma.compared(left, right))
    return made


@router.get("/index/status", dependencies=_CHECK)
def index_status(library: Library, signal_type: str | None = None) -> dict[str, dict[str, object]]:
    """How many contents each type of hash finds. What was added is there at once."""
    wanted = list(SignalType) if signal_type is None else [files.signal_type(signal_type)]
    sizes, newest = library.hma.sizes(), library.curated.newest()
    built_to = -1 if newest is None else int(newest.timestamp())
    return {name: {"present": True, "built_to": built_to, "size": sizes[name]} for name in wanted}
