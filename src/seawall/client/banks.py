"""Banks, and references added to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from seawall.client.call import Call, File, Form, given
from seawall.client.checks import Skipped
from seawall.client.group import Group
from seawall.client.jobs import Jobs
from seawall.client.references import Reference
from seawall.client.transport import Transport


@dataclass(frozen=True, slots=True)
class Bank:
    """A set of known references under one policy."""

    name: str
    negative: bool  #: known-good content: it suppresses
    labels: tuple[str, ...]
    created_at: datetime
    references: int  #: how many may act


@dataclass(frozen=True, slots=True)
class Hash:
    """One hash of a content, as lists have it."""

    type: str  #: such as pdq, sha256, md5
    value: str
    quality: int | None = None
    offset_s: float | None = None  #: where in a video it is


@dataclass(frozen=True, slots=True)
class Added:
    """A reference as it is in its bank now."""

    reference: Reference
    already: bool  #: the bank had it
    signals: Mapping[str, int]
    skipped: tuple[Skipped, ...]


class Banks(Group):
    """Banks: `banks()` lists them by name."""

    def __init__(self, transport: Transport, jobs: Jobs) -> None:
        super().__init__(transport)
        self._jobs = jobs

    def __call__(self, *, negative: bool | None = None) -> Iterator[Bank]:
        return self._listed(Bank, Call("GET", "/v1/banks", query={"negative": negative}))

    def get(self, name: str) -> Bank:
        """One bank. Raises BankNotFound."""
        return self._read(Bank, Call("GET", "/v1/banks/{name}", {"name": name}))

    def create(
        self,
        name: str,
        *,
        negative: bool = False,
        labels: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> Bank:
        """Make an empty bank. Raises BankExists, BadName."""
        body = given(name=name, negative=negative, labels=labels)
        return self._read(Bank, Call("POST", "/v1/banks", json=body, key=idempotency_key))

    def remove(self, name: str, reason: str) -> None:
        """Take a bank out with all its references. A record of each stays."""
        self._transport.ask(Call("DELETE", "/v1/banks/{name}", {"name": name}, {"reason": reason}))

    def add(
        self,
        name: str,
        file: File,
        *,
        labels: Sequence[str] = (),
        note: str | None = None,
        incident: str | None = None,
        reference_name: str | None = None,
        keep: bool = False,
        wait_s: float = 600.0,
        idempotency_key: str | None = None,
    ) -> Added:
        """Add a file as a reference, which can be matched once this returns.

        Args:
            name: of the bank.
            file: what is sent, piece by piece.
            labels: what it is known as.
            note: what a person should know of it.
            incident: the incident that it belongs to.
            reference_name: None for the file's.
            keep: the file's bytes too.
            wait_s: how long to wait where a job adds it. Raises JobUnfinished after that.
            idempotency_key: to add it once even where this program is run again.
        """
        about = given(labels=labels, note=note, incident=incident, name=reference_name, keep=keep)
        path = "/v1/banks/{name}/references"
        call = Call("POST", path, {"name": name}, form=Form([file], about), key=idempotency_key)
        return self._added(call, wait_s)

    def add_url(
        self,
        name: str,
        url: str,
        *,
        labels: Sequence[str] = (),
        note: str | None = None,
        incident: str | None = None,
        reference_name: str | None = None,
        keep: bool = False,
        wait_s: float = 600.0,
        idempotency_key: str | None = None,
    ) -> Added:
        """As `add`, for a file that the service fetches. Raises UnsafeUrl, FetchFailed."""
        body = given(url=url, labels=labels, note=note, incident=incident, name=reference_name, keep=keep)
        path = "/v1/banks/{name}/references"
        return self._added(Call("POST", path, {"name": name}, json=body, key=idempotency_key), wait_s)

    def add_hashes(
        self,
        name: str,
        hashes: Sequence[Hash],
        *,
        labels: Sequence[str] = (),
        note: str | None = None,
        incident: str | None = None,
        reference_name: str | None = None,
        idempotency_key: str | None = None,
    ) -> Added:
        """Add a content of which only hashes are known."""
        body = given(hashes=hashes, labels=labels, note=note, incident=incident, name=reference_name)
        path = "/v1/banks/{name}/references"
        return self._read(Added, Call("POST", path, {"name": name}, json=body, key=idempotency_key))

    def _added(self, call: Call, wait_s: float) -> Added:
        answer = self._ask(call)
        if "job" not in answer:
            return self._made(Added, answer)
        done = dict(self._jobs.result(str(answer["job"]), wait_s))
        known = {"reference": str(done.get("reference"))}
        reference = self._ask(Call("GET", "/v1/references/{reference}", known))
        return self._made(Added, {**done, "reference": cast("object", reference)})
