"""What is done with a file that came in over the network: checked at once or later, or made a reference."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from seawall import errors
from seawall.model.policy import Outcome
from seawall.model.seen import Context, RecordedCheck
from seawall.signals import exact
from seawall.store.tasks import Json, Task
from seawall.workflows import kept_files
from seawall.workflows.check import CheckResult, Named

if TYPE_CHECKING:
    from seawall.workflows.ingest import AddResult
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps

SCHEMA: Final = "seawall.check/1"


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """What is recorded of a file that becomes a reference."""

    name: str
    origin: str
    labels: tuple[str, ...] = ()
    note: str | None = None
    incident: str | None = None
    keep: bool = False  #: the bytes too


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """A check that was made, how it is kept, and what the policies make of its matches."""

    result: CheckResult
    record: RecordedCheck | None = None  #: None for a file of which not even the bytes can be read
    outcomes: tuple[Outcome, ...] = ()  #: of the result's matches, in their order


def check(library: Seawall, path: Path, context: Context, actor: str) -> Made:
    """What is known in a file that came in. All checks of uploads are made here.

    A file that a person is to look at is kept before the check is on record, and so before there is an item.
    """

    def keep(result: CheckResult) -> None:
        if result.matches and result.sha256 is not None:
            outcomes = library.policies.outcomes(result.matches, kind=result.kind, context=context)
            _keep(library, path, result.sha256, outcomes)

    try:
        made = library.checks.check(path, context, actor, first=keep)
    except (errors.MediaError, errors.PathNotFound) as error:
        return Made(CheckResult(os.fspath(path), error=error))
    outcomes = settled(library, made.result.matches, made.record)
    if made.result.sha256 is not None:
        _keep(library, path, made.result.sha256, outcomes)  # this check may have been one too many: a flood
    return Made(made.result, made.record, outcomes)


def _keep(library: Seawall, path: Path, sha256: str, outcomes: Sequence[Outcome]) -> None:
    if any(one.review for one in outcomes):
        library.viewing.keep(path, sha256)


def settled(library: Seawall, matches: Sequence[Named], record: RecordedCheck) -> tuple[Outcome, ...]:
    """What the policies make of the matches of a check."""
    if not matches:
        return ()
    checked = record.checked
    return tuple(library.policies.outcomes(matches, kind=checked.kind, context=checked.context))


def document(*records: Mapping[str, object]) -> dict[str, object]:
    """Results as `seawall check --json` prints them."""
    return {"schema": SCHEMA, "results": list(records)}


def as_record(made: Made, name: str) -> dict[str, object]:
    """A check as its sender may see it: under the sender's name for the file."""
    result = made.result
    shown = dataclasses.replace(
        result, path=name, error=None if result.error is None else renamed(result.error, result.path, name)
    )
    record = shown.as_record()
    record["matches"] = told(result.matches, made.record, made.outcomes)
    record["check"] = None if made.record is None else made.record.checked.id
    return record


def told(
    matches: Sequence[Named], record: RecordedCheck | None, outcomes: Sequence[Outcome]
) -> list[dict[str, object]]:
    """Matches as they are sent: with the ids that they are kept under, and what is to be done."""
    kept_as = {} if record is None else {one.match.reference: one for one in record.matches}
    return [
        {
            **one.as_record(),
            "match": kept_as[one.match.reference].id,
            "held": kept_as[one.match.reference].held,
            "outcome": {
                "step": outcome.step,
                "rule": outcome.rule,
                "why": outcome.why,
                "policy_version": outcome.version,
                "review": outcome.review,
            },
        }
        for one, outcome in zip(matches, outcomes, strict=True)
    ]


def renamed(error: errors.SeawallError, path: str | os.PathLike[str], name: str) -> errors.SeawallError:
    """An error in which a file is called as its sender calls it, and not as it lies here."""
    ours = os.fspath(path)
    fields = {key: name if str(value) == ours else value for key, value in error.fields.items()}
    return type(error)(**fields)


@contextmanager
def under_name(path: Path, name: str) -> Iterator[None]:
    """Errors that the block raises call the file as its sender does."""
    try:
        yield
    except errors.SeawallError as error:
        raise renamed(error, path, name) from error


def kept(library: Seawall, path: Path, name: str, more: Mapping[str, Json]) -> dict[str, Json]:
    """Keep a file for a task that is to come; the task's payload, with what more is said in it."""
    with under_name(path, name):
        with path.open("rb") as stream:
            sha256 = exact.digest(stream).sha256
        library.viewing.keep_for_job(path, sha256)
    return {"sha256": sha256, "name": name, **more}


def check_later(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:
    """Check a file that was kept: the handler of `Kind.CHECK`."""
    name = str(task.payload["name"])
    said = cast("dict[str, Any]", task.payload["context"])
    context = Context(**{**said, "labels": tuple(said.get("labels", ()))})

    def work() -> Json:
        with kept_files.as_file(library.objects, library.settings.data, str(task.payload["sha256"])) as path:
            result = check(library, path, context, str(task.payload["actor"]))
            return cast("Json", document(as_record(result, name)))

    return cast("Mapping[str, Json]", steps.run("check", work))


def add_later(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:
    """Make a file that was kept a reference: the handler of `Kind.INGEST`."""
    given = cast("dict[str, Any]", task.payload["about"])
    about = About(**{**given, "labels": tuple(given["labels"])})
    acting = library.acting_as(str(task.payload["actor"]))

    def work() -> Json:
        with kept_files.as_file(library.objects, library.settings.data, str(task.payload["sha256"])) as path:
            result = added(acting, str(task.payload["bank"]), path, about)
            return cast("Json", result.as_record())

    return cast("Mapping[str, Json]", steps.run("add", work))


def added(library: Seawall, bank: str, path: Path, about: About) -> AddResult:
    """Make a file a reference of a bank. Raises BankNotFound, and the error of a file that cannot be used."""
    result = library.reference_add(bank, path, about)
    if result.error is not None:
        raise renamed(result.error, path, about.name)
    return dataclasses.replace(result, path=about.name)
