"""Into a bank: each file is hashed, stored in one transaction, indexed, and only then acknowledged."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seawall import errors, media
from seawall.model import bank, content, signal
from seawall.objects import Objects
from seawall.signals import compute, exact, learned, roles
from seawall.store.records import NewReference
from seawall.store.store import Store
from seawall.workflows import compute as computing, files, pool
from seawall.workflows.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of one file."""

    path: str
    reference: str | None  #: its id in the bank; None where it could not be added
    sha256: str | None
    kind: content.Kind | None
    signals: dict[str, int]  #: how many codes of each type; 1 for a digest
    skipped: tuple[signal.Skipped, ...]
    partial: content.Partial | None
    already: bool  #: the bank had it; nothing changed but what `signals` counts
    error: errors.SeawallError | None

    def as_record(self) -> dict[str, object]:
        """As `bank add --json` prints it."""
        record: dict[str, object] = {
            "path": self.path,
            "reference": self.reference,
            "sha256": self.sha256,
            "kind": self.kind,
            "signals": self.signals,
            "already": self.already,
            "skipped": [{"signal": one.signal, "reason": one.reason} for one in self.skipped],
            "error": None if self.error is None else self.error.as_brief(),
        }
        if self.partial is not None:
            record["partial"] = dataclasses.asdict(self.partial)
        return record


@dataclass(frozen=True, slots=True)
class Note:
    """What is recorded with every file of one call."""

    actor: str
    labels: tuple[str, ...] = ()
    note: str | None = None
    incident: str | None = None
    name: str | None = None  #: of the reference; None for that of its file
    origin: str | None = None  #: None for the file's path


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A file, hashed as far as needed."""

    found: files.Found
    digests: exact.Digests | None = None
    hashed: computing.Hashed | None = None
    present: tuple[int, bank.Reference] | None = None  #: it is in the bank already, under that number
    error: errors.SeawallError | None = None


class Ingest:
    """Adds files to one bank."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        sandbox: media.Sandbox,
        objects: Objects | None,
        limits: media.Limits,
        workers: int,
        model: learned.Model | None = None,
    ) -> None:
        """objects: where to keep the files' bytes too, or None to keep none."""
        self._store = store
        self._catalogue = catalogue
        self._sandbox = sandbox
        self._objects = objects
        self._limits = limits
        self._workers = workers
        self._model = model

    def add(self, bank_name: str, found: Iterable[files.Found], note: Note) -> Iterator[AddResult]:
        """Add every file; each result is given once that file is safe.

        A file that cannot be used becomes a result with an error and the others go on. Raises
        BankNotFound, and OutsideError or CorruptionError where going on makes no sense.
        """
        self._store.bank(bank_name)
        for prepared in pool.in_order(lambda one: self._prepare(bank_name, one), found, self._workers):
            yield self._finish(bank_name, prepared, note)

    def _prepare(self, bank_name: str, found: files.Found) -> _Prepared:
        if found.error is not None:
            return _Prepared(found, error=found.error)
        try:
            digests = computing.digest(found.path, self._limits)
            self._store.referrals.expect_bankable(digests.sha256)
            present = self._present(bank_name, digests)
            if present is not None and self._is_described(*present):
                return _Prepared(found, digests, present=present)
            computed = computing.signals(found.path, self._sandbox, roles.Role.REFERENCE, self._model)
            return _Prepared(found, digests, computing.Hashed(digests, computed, None), present)
        except (errors.MediaError, errors.NeverBanked, errors.PathNotFound) as error:
            return _Prepared(found, error=error)

    def _is_described(self, number: int, present: bank.Reference) -> bool:
        """Whether nothing is left to be said of its pictures by the network that is set, if one is."""
        return present.kind == content.Kind.AUDIO or self._catalogue.is_described(number)

    def _present(self, bank_name: str, digests: exact.Digests) -> tuple[int, bank.Reference] | None:
        numbers = self._store.exact(signal.SignalType.SHA256, bytes.fromhex(digests.sha256))
        return next((one for one in self._store.live(numbers).items() if one[1].bank == bank_name), None)

    def _finish(self, bank_name: str, prepared: _Prepared, note: Note) -> AddResult:
        path = os.fspath(prepared.found.path)
        if prepared.present is not None:
            return self._describe(path, *prepared.present, prepared.hashed)
        hashed = prepared.hashed
        made = None if hashed is None else hashed.content()
        if hashed is None or made is None or hashed.computed is None:
            return AddResult(path, None, None, None, {}, (), None, already=False, error=prepared.error)
        signals = hashed.computed.signals()
        if self._objects is not None:
            self._objects.put(Path(path), made.sha256)
        added = self._store.add_file(
            bank_name,
            NewReference(
                content=made,
                kind=made.kind,
                signals=signals,
                name=note.name or prepared.found.path.name,
                origin=note.origin or path,
                labels=note.labels,
                note=note.note,
                incident=note.incident,
            ),
            actor=note.actor,
        )
        self._catalogue.follow()
        return AddResult(
            path=path,
            reference=added.id,
            sha256=made.sha256,
            kind=made.kind,
            signals=_counts(hashed.digests.signals() + signals, hashed.computed),
            skipped=hashed.computed.skipped,
            partial=made.partial,
            already=added.already,
            error=None,
        )

    def _describe(
        self, path: str, number: int, present: bank.Reference, hashed: computing.Hashed | None
    ) -> AddResult:
        """A file that the bank has: what the network says of it is added, where that was not known."""
        computed = None if hashed is None else hashed.computed
        if computed is None or computed.descriptors is None:
            return _present_result(path, present, {})
        said = [one for one in computed.signals() if one.type is signal.SignalType.LEARNED]
        self._catalogue.follow()
        self._catalogue.describe(number, computed.descriptors)
        self._store.renew_signals(number, said)
        return _present_result(path, present, _counts(said, computed))


def _present_result(path: str, present: bank.Reference, signals: dict[str, int]) -> AddResult:
    return AddResult(
        path,
        present.id,
        present.sha256,
        content.Kind(present.kind),
        signals,
        (),
        None,
        already=True,
        error=None,
    )


def _counts(signals: Iterable[signal.Signal], computed: compute.Computed) -> dict[str, int]:
    counts = {one.type.value: 1 for one in signals}
    if signal.SignalType.VIDEO in counts and computed.fingerprint is not None:
        counts[signal.SignalType.VIDEO] = len(computed.fingerprint)
    if computed.descriptors is not None:
        counts[signal.SignalType.LEARNED] = len(computed.descriptors)
    return counts
