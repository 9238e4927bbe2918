"""Seawall over one data folder: what the command line, the benchmark and other programs call."""

from __future__ import annotations

import copy
import getpass
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from seawall import config, media
from seawall.matching import search
from seawall.model.bank import Bank, Reference, ReferenceState
from seawall.objects import Objects
from seawall.signals import learned
from seawall.store.records import AddedReference, ReferenceEvent
from seawall.store.store import Store
from seawall.workflows import files, ingest, lists, readers, uploads
from seawall.workflows.catalogue import Catalogue
from seawall.workflows.check import Checker, CheckResult, Named
from seawall.workflows.hashing import Hasher, HashResult
from seawall.workflows.hma import Finder
from seawall.workflows.incidents import Incidents

AnyPath = str | os.PathLike[str]


class Seawall:
    """Banks, checks, lists and incidents of one data folder. Use `open`; close it, or use it in a `with`."""

    def __init__(self, settings: config.Settings) -> None:
        self.settings = settings
        self._actor = settings.text("actor") or _login_name()
        self._limits = limits(settings)
        self._model = _model(settings)
        self._store = Store.open(settings.data)
        self._catalogue = Catalogue(self._store, settings.data / "index", self._model)
        self._sandbox = media.Sandbox(settings.workers, self._limits)
        self._checker = Checker(
            self._store, self._catalogue, self._sandbox, self._limits, settings.workers, self._model
        )
        self.incidents = Incidents(
            self._store.incidents,
            self._actor,
            lambda: readers.Standard(settings),
            self._check_one,
            self.banks,
            max_bytes=settings.whole("max_report_bytes"),
        )
        self.access = self._store.access
        self.seen = self._store.seen
        self.tasks = self._store.tasks
        self.sessions = self._store.sessions
        self.answers = self._store.answers
        self.lookup = self._store.lookup
        self.curated = self._store.hma
        self.hma = Finder(self._store, self._catalogue)
        self.objects = Objects(settings.data / "objects")

    def close(self) -> None:
        """End the decoding processes and close the files."""
        self.incidents.close()
        self._sandbox.close()
        self._catalogue.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def acting_as(self, actor: str) -> Seawall:
        """The same library, in which another one is recorded as having changed things. Not to be closed."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        other.incidents = self.incidents.acting_as(actor)
        return other

    @property
    def actor(self) -> str:
        """Who is recorded as having changed things."""
        return self._actor

    # Banks

    def bank_create(self, name: str, *, negative: bool = False, labels: Iterable[str] = ()) -> Bank:
        """Make an empty bank. Raises BadName, BankExists."""
        return self._store.create_bank(name, negative=negative, labels=labels)

    def banks(self) -> list[Bank]:
        """All banks, by name."""
        return self._store.banks()

    def bank(self, name: str) -> Bank:
        """Raises BankNotFound."""
        return self._store.bank(name)

    def bank_add(
        self,
        name: str,
        paths: Iterable[AnyPath],
        *,
        labels: Iterable[str] = (),
        note: str | None = None,
        incident: str | None = None,
        keep: bool = False,
    ) -> Iterator[ingest.AddResult]:
        """Add files, and those in folders, to a bank; a result for each as soon as it is safe.

        keep: store a copy of each file's bytes too. Nothing is added before the result is taken.
        Raises BankNotFound.
        """
        recorded = ingest.Note(self._actor, tuple(labels), note, incident)
        return self._ingest(keep=keep).add(name, files.walk(paths), recorded)

    def reference_add(self, bank: str, path: Path, about: uploads.About) -> ingest.AddResult:
        """Add one file under another name than it lies here. Raises BankNotFound."""
        recorded = ingest.Note(
            self._actor, about.labels, about.note, about.incident, about.name, about.origin
        )
        return next(self._ingest(keep=about.keep).add(bank, files.walk([path]), recorded))

    def reference_add_hashes(
        self, bank: str, hashes: Sequence[Mapping[str, object]], about: uploads.About
    ) -> AddedReference:
        """Add a content of which only hashes are known. Raises BankNotFound, BadRequest."""
        new = lists.one_reference(hashes, about)
        added = self._store.add_reference(bank, new, actor=self._actor)
        self._catalogue.follow()
        return added

    def _ingest(self, *, keep: bool) -> ingest.Ingest:
        return ingest.Ingest(
            self._store,
            self._catalogue,
            self._sandbox,
            self.objects if keep else None,
            self._limits,
            self.settings.workers,
            self._model,
        )

    def references(self, name: str, *, include_withdrawn: bool = False) -> Iterator[Reference]:
        """A bank's references, oldest first. Raises BankNotFound."""
        return self._store.references(name, include_withdrawn=include_withdrawn)

    def bank_remove(self, name: str, reason: str) -> None:
        """Take a bank out with all its references. Raises BankNotFound."""
        self._store.remove_bank(name, self._actor, reason)
        self._catalogue.forget_removed()

    def reference_remove(self, reference_id: str, reason: str) -> None:
        """Take one reference out of its bank. Raises ReferenceNotFound."""
        self._store.remove_reference(reference_id, self._actor, reason)
        self._catalogue.forget_removed()

    def reference_set_state(self, reference_id: str, state: ReferenceState, reason: str) -> Reference:
        """Dispute a reference, clear it of that, or withdraw it. Raises ReferenceNotFound, StateConflict."""
        return self._store.set_state(reference_id, state, self._actor, reason)

    def reference(self, reference_id: str) -> Reference:
        """Raises ReferenceNotFound."""
        return self._store.reference(reference_id)

    def reference_events(self, reference_id: str) -> list[ReferenceEvent]:
        """The changes of a reference's state, also after its removal. Raises ReferenceNotFound."""
        return self._store.events(reference_id)

    def reference_labels(
        self, reference_id: str, *, add: Iterable[str] = (), drop: Iterable[str] = ()
    ) -> Reference:
        """Give a reference labels and take some off. Raises ReferenceNotFound."""
        return self._store.change_labels(reference_id, add=add, drop=drop)

    # Checks

    def check(self, paths: Iterable[AnyPath]) -> Iterator[CheckResult]:
        """What is known in each file, and in those in folders, in order."""
        return self._checker.check(files.walk(paths))

    def _check_one(self, path: Path) -> CheckResult:
        return next(self.check([path]))

    def search(self, query: search.Query) -> list[Named]:
        """What is known in a content of which the signals are at hand."""
        return self._checker.name(search.search(query, self._catalogue.references()))

    def hash(self, paths: Iterable[AnyPath], *, every_frame: bool = False) -> Iterator[HashResult]:
        """The signals of each file, nothing kept. every_frame: as `workflows.hashing.Hasher.hash`."""
        return Hasher(self._sandbox, self._limits, self.settings.workers).hash(
            files.walk(paths), every_frame=every_frame
        )

    # Lists

    def import_list(
        self, name: str, path: AnyPath, progress: lists.Progress = lists.no_progress
    ) -> lists.ImportReport:
        """Add what a list holds to a bank. Raises BankNotFound, BadList, PathNotFound."""
        report = lists.read_into(self._store, name, Path(path), self._actor, progress)
        self._catalogue.follow()
        return report

    def export_list(self, name: str | None, path: AnyPath | None, form: lists.Form) -> int:
        """Write a bank, or all, as a list to a file or standard output; how many rows.

        Raises BankNotFound, DiskFull, WriteFailed.
        """
        return lists.write(self._store, name, None if path is None else Path(path), form)

    # The installation

    def protections(self) -> tuple[media.Protection, ...]:
        """What keeps a decoding process in, each tried out in one. Raises SandboxUnavailable."""
        return self._sandbox.describe()

    def index_counts(self) -> dict[str, int]:
        """How many codes the indexes hold, brought up to the database."""
        self._catalogue.follow()
        return self._catalogue.counts()

    def verify(self) -> None:
        """Read the index whole. Raises IndexCorrupt."""
        self._catalogue.verify()


def open_library(data: AnyPath | None = None) -> Seawall:
    """Seawall over a data folder, made where it is absent; without one, the configured folder's.

    Raises BadSetting, also for a learned model that cannot be used.
    """
    return Seawall(config.load(None if data is None else Path(data)))


def limits(settings: config.Settings) -> media.Limits:
    """What one file may cost, as set."""
    return media.Limits(
        bytes=settings.whole("max_bytes"),
        pixels=settings.whole("max_pixels"),
        duration_s=settings.number("max_duration_s"),
        frames=settings.whole("max_frames"),
        cpu_s=settings.number("max_cpu_s"),
        wall_s=settings.number("max_wall_s"),
        memory_bytes=settings.whole("max_memory_bytes"),
    )


def _model(settings: config.Settings) -> learned.Model | None:
    """The network that is set. Raises BadSetting, at once rather than in the middle of a run."""
    path = settings.text("learned_model")
    return learned.Model(Path(path)) if path else None


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return f"uid {os.getuid()}"
