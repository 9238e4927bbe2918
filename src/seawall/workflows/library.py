"""Seawall over one data folder: what the command line, the benchmark and other programs call."""

from __future__ import annotations

import copy
import functools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from seawall import config, media, objects
from seawall.matching import search
from seawall.model.bank import Bank, Reference, ReferenceState
from seawall.model.performance import Performance
from seawall.model.seen import RecordedMatch
from seawall.outbound.web import Deferred, Web
from seawall.store.records import AddedReference, ReferenceEvent
from seawall.workflows import (
    files,
    ingest,
    lists,
    opening,
    performance,
    readers,
    uploads,
)
from seawall.workflows.catalogue import Catalogue
from seawall.workflows.check import Checker, CheckResult, Named
from seawall.workflows.copies import Copies
from seawall.workflows.exchanges import Exchanges
from seawall.workflows.exposure import Exposure
from seawall.workflows.hashcheck import HashChecks
from seawall.workflows.hashing import Hasher, HashResult
from seawall.workflows.hma import Finder
from seawall.workflows.incidents import Incidents
from seawall.workflows.leaving import Leaving
from seawall.workflows.maps import Maps
from seawall.workflows.office import Office
from seawall.workflows.policies import Policies
from seawall.workflows.recorded_checks import RecordedChecks
from seawall.workflows.recorder import Recorder
from seawall.workflows.retromatch import Retromatch
from seawall.workflows.seen_index import SeenIndex
from seawall.workflows.sharing import Sharing
from seawall.workflows.tasks import Kind
from seawall.workflows.viewing import Viewing

AnyPath = str | os.PathLike[str]


class Seawall(Office):
    """Banks, checks, lists and incidents of one data folder. Use `open`; close it, or use it in a `with`."""

    def __init__(self, settings: config.Settings) -> None:
        self.settings = settings
        self._actor = settings.text("actor") or opening.login_name()
        self._limits = opening.limits(settings)
        self._model = opening.model(settings)
        with ExitStack() as until:
            self._assemble(settings, until)
            self._until = until.pop_all()  # where something is refused, what was opened before is closed

    def _assemble(self, settings: config.Settings, until: ExitStack) -> None:
        self._store = opening.store(settings)
        until.callback(self._store.close)
        self._catalogue = Catalogue(self._store, settings.data / "index", self._model)
        until.callback(self._catalogue.close)
        self._sandbox = media.Sandbox(settings.workers, self._limits)
        until.callback(self._sandbox.close)
        self._checker = Checker(
            self._store,
            self._catalogue,
            self._sandbox,
            self._limits,
            settings.workers,
            self._model,
            settings.number("glance_s"),
        )
        self.incidents = Incidents(
            self._store.incidents,
            self._actor,
            lambda: readers.Standard(settings),
            self._check_one,
            self.banks,
            max_bytes=settings.whole("max_report_bytes"),
        )
        until.callback(self.incidents.close)
        self.copies = Copies(self._store.copies)
        until.callback(self.copies.close)
        self.maps = Maps()
        self.sharing = Sharing(self._store, self.incidents, self.copies)
        self.access = self._store.access
        self.seen = self._store.seen
        self.holds = self._store.holds
        self._keep_seen = timedelta(days=settings.number("keep_seen_days"))
        rule = opening.flood_rule(settings)
        self._recorder = Recorder(self._store.seen, self._keep_seen, rule)
        self._seen_index = SeenIndex(self._store.seen, settings.data / "index" / "seen")
        until.callback(self._seen_index.close)
        until.callback(self._recorder.close)  # before it: what waits is written first
        self._retromatch = Retromatch(
            self._store, self._catalogue, self._checker, self._seen_index, rule, settings.workers
        )
        self.checks = RecordedChecks(self._checker, self._recorder, self._seen_index)
        self.hash_checks = HashChecks(self._checker, self._catalogue, self._recorder, self._seen_index)
        self.tasks = self._store.tasks
        self.sessions = self._store.sessions
        self.answers = self._store.answers
        self.lookup = self._store.lookup
        self.texts = self._store.texts
        self.web: Web = Deferred(lambda: opening.web(settings))
        sealer = functools.partial(opening.sealer, settings)
        self.exchanges = Exchanges(
            self._store.exchanges,
            self.tasks,
            self._actor,
            sealer,
            self.web,
            self._catalogue.follow,
        )
        self.objects = objects.opened(settings)
        self.viewing = Viewing(self._store, self.objects, self._sandbox, settings)
        self.exposure = Exposure(self._store, settings, self.viewing.rules)
        self.policies = Policies(self._store, self._actor, held=self._store.seen.held)
        leaving = Leaving(self._store, self.objects, self._sandbox, settings, self.viewing.rules)
        self._open_office(self._store, self.objects, settings, self._actor, sealer, self.web, leaving)
        until.callback(self.order_files.close)
        until.callback(self.preserving.close)
        self.jobs = self._store.jobs
        self.events = self._store.event_log
        self.webhooks = self._store.webhooks
        self.curated = self._store.hma
        self.hma = Finder(self._store, self._catalogue)

    def close(self) -> None:
        """End the decoding processes and close the files."""
        self._until.close()

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
        other.policies = self.policies.acting_as(actor)
        other._office_of(self, actor)  # noqa: SLF001 - its own class
        other.tasks = self.tasks.acting_as(actor)
        other.exchanges = self.exchanges.acting_as(actor, other.tasks)
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

    def forget_removed(self) -> None:
        """Take out of the indexes what is in no bank any more."""
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

    # What was seen

    def retromatch(self, reference_ids: Iterable[str]) -> list[RecordedMatch]:
        """Search references in what was seen, and keep what is found and was not known."""
        return self._retromatch.run(list(reference_ids))

    def retromatch_later(self, reference_id: str) -> str:
        """Have a reference searched in what was seen by a task; its id. Raises ReferenceNotFound."""
        known = self._store.reference(reference_id)
        return self.tasks.put(Kind.RETROMATCH, {"references": [known.id]})

    def follow_seen(self) -> None:
        """Bring the index of what was seen up to date, as goes on in the background where checks are made."""
        self._seen_index.follow()

    def seen_counts(self) -> dict[str, int]:
        """How many codes of what was seen its indexes hold."""
        return self._seen_index.counts()

    def forget_checks(self, limit: int) -> int:
        """Delete at most so many of the checks that found nothing and are older than signals are kept."""
        return self.seen.forget_checks(datetime.now(UTC) - self._keep_seen, limit)

    def forget_seen(self) -> None:
        """Take out of the index of what was seen what is not kept any more."""
        self._seen_index.forget_expired()

    def _saved_s(self, since: datetime, until: datetime) -> float:
        return self.viewing.saved(since, until).saved_s

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

    def performance(self, days: int) -> Performance:
        """How we are doing: the figures of so many days, the last of which is today."""
        return performance.figures(self._store, days, saved=self._saved_s)

    def ping(self) -> None:
        """Ask the database something small. Raises what any question can."""
        self._store.highest_seq()

    def try_objects(self) -> None:
        """Write something where files are kept, and take it away. Raises DiskFull, WriteFailed."""
        self.objects.try_out()

    def decoding_processes(self) -> tuple[int, int]:
        """How many are at work, and how many wait for work."""
        return self._sandbox.children()

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
