"""The way of submissions into the DSA Transparency Database: made of decisions, held, sent, never twice."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from seawall import config, errors
from seawall.model import names as protected
from seawall.model.exchange import Json
from seawall.model.names import Names
from seawall.model.submission import Finding, NewSubmission, Submission, SubmissionState
from seawall.outbound.web import Answer, Web
from seawall.reports import personal, transparency
from seawall.reports.transparency import MOST_AT_ONCE, Mapped
from seawall.store.store import Store
from seawall.store.submissions import Stated, Taken
from seawall.store.tasks import Task
from seawall.workflows.words import said

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps

MAX_S: Final = 30.0  #: for one call
#: How long nobody else sends a batch that was taken; asking of its submissions may take half of it.
_HOLD_S: Final = 1200.0
_DECISIONS: Final = 500  #: that one task looks at
_BATCHES: Final = 50  #: that one task sends
_CREATED: Final = 201
_INVALID: Final = 422
_FAULT: Final = re.compile(r"^statements?[._](\d+)(?:\.|$)")
_BUSY: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of submissions in one task."""

    made: int = 0
    held: int = 0
    sent: int = 0
    refused: int = 0


class Transparency:
    """Submissions of one data folder.

    Args:
        store: where they are kept.
        actor: who is recorded as having changed something.
        settings: where they go, and with which token.
        web: the way out.
        mapped: reads how records are said in the database's values.
    """

    def __init__(
        self, store: Store, actor: str, settings: config.Settings, web: Web, mapped: Callable[[], Mapped]
    ) -> None:
        self._store = store
        self._records = store.submissions
        self._actor = actor
        self._url = settings.text("transparency_url").rstrip("/")
        self._token = settings.text("transparency_token")
        self._web = web
        self._mapped = mapped

    def acting_as(self, actor: str) -> Self:
        """The same submissions, in which another one is recorded as having changed things."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        return other

    @property
    def on(self) -> bool:
        """Whether submissions are made and sent at all."""
        return bool(self._url)

    def get(self, submission_id: str) -> Submission:
        """Raises RecordNotFound."""
        return self._records.get(submission_id)

    def page(
        self,
        state: SubmissionState | None = None,
        decision_id: str | None = None,
        *,
        after: int = 0,
        limit: int = 100,
    ) -> list[tuple[int, Submission]]:
        """A page of submissions in the order in which they were made, each with its number."""
        return self._records.page(state, decision_id, after=after, limit=limit)

    def counts(self) -> dict[str, int]:
        """How many submissions there are in each state."""
        return self._records.counts()

    def release(self, submission_id: str, words: Mapping[str, str], reason: str) -> Submission:
        """Let a submission go that was held or refused, with these words in the place of its own.

        Raises RecordNotFound, RecordConflict; SubmissionHeld where something is still found; BadRequest.
        """
        known = self._records.get(submission_id)
        own = transparency.words(known.payload)
        for name in words:
            if name not in own:
                raise errors.BadRequest(reason=f"the submission has no words in {name!r}")
        changed: dict[str, Json] = {**known.payload, **words}
        stated = self._records.stated(known.decision)
        for found in self._look(changed, stated, self._names(stated)):
            raise errors.SubmissionHeld(field=found.field, reason=f"{found.kind}: {found.words}")
        return self._records.release(submission_id, changed, actor=self._actor, reason=said("reason", reason))

    def make(self, limit: int = _DECISIONS) -> Tally:
        """Make the submissions of decisions that have gone out since."""
        mapped, made, held = self._mapped(), 0, 0
        for decision_id in self._records.due(limit):
            stated = self._records.stated(decision_id)
            why = transparency.why_none(stated.decision, mapped, order=stated.order)
            if why is not None:
                self._records.state_none(decision_id, why, actor=self._actor)
                continue
            new = self._new(stated, mapped)
            if self._records.state_all(decision_id, new, actor=self._actor):
                made += len(new)
                held += sum(bool(one.findings) for one in new)
        return Tally(made=made, held=held)

    def send(self) -> Tally:
        """Send what is pending. Raises TransparencyUnreachable, TransparencyRefused, UnsafeUrl."""
        sent = refused = 0
        for _ in range(_BATCHES):
            taken = self._records.take(MOST_AT_ONCE, _HOLD_S)
            if not taken:
                break
            try:
                became = self._send(taken)
            finally:
                self._records.give_back(one.id for one in taken)
            sent += sum(state is SubmissionState.SENT for state in became)
            refused += sum(state is SubmissionState.REFUSED for state in became)
        return Tally(sent=sent, refused=refused)

    def _new(self, stated: Stated, mapped: Mapped) -> list[NewSubmission]:
        names = self._names(stated)
        made: list[NewSubmission] = []
        for one in stated.items:
            payload = transparency.payload(stated.decision, one, stated.labels[one.id], mapped)
            found = self._look(payload, stated, names)
            made.append(NewSubmission(one.id, transparency.puid(stated.decision.id, one.id), payload, found))
        return made

    def _look(self, payload: Mapping[str, Json], stated: Stated, names: Names) -> tuple[Finding, ...]:
        texts = transparency.words(payload).values()
        uploaders = self._records.uploaders({one for text in texts for one in personal.candidates(text)})
        contexts = [one.context for one in stated.items]
        own = {said for one in contexts for said in (one.uploader, one.post, one.url) if said is not None}
        return transparency.looked_at(payload, uploaders=uploaders, own=frozenset(own), protected=names)

    def _names(self, stated: Stated) -> Names:
        """Every name that is protected in an incident that the decision has to do with."""
        found: list[str] = []
        for incident_id in sorted(stated.incidents):
            try:
                found += protected.of(self._store.incidents.ledger(incident_id)).names
            except errors.IncidentNotFound:  # a reference may name one of elsewhere
                continue
        return Names(tuple(found))

    def _send(self, taken: Sequence[Taken]) -> list[SubmissionState]:
        """What became of submissions; one of which nothing became is not in it."""
        slow_s = time.monotonic() + _HOLD_S / 2
        there = []
        for one in taken:
            if time.monotonic() > slow_s:
                raise errors.TransparencyUnreachable(reason="it takes too long to answer")
            if one.again and self._is_there(one.puid):
                there.append(one)
        became = [self._sent(one, {"found": True}, "it was there already") for one in there]
        left = [one for one in taken if one not in there]
        if len(left) == 1:
            return [*became, self._send_one(left[0])]
        if not left:
            return became
        answer = self._call("POST", "statements", {"statements": [dict(one.payload) for one in left]})
        if answer.status == _CREATED:
            stored = {one.get("puid"): one for one in _listed(_read(answer).get("statements"))}
            return [*became, *(self._sent(one, _ids(stored.get(one.puid, {})), "taken") for one in left)]
        if answer.status != _INVALID:
            raise self._failed(answer)
        faults = _by_number(_read(answer).get("errors"))
        if not faults.keys() & set(range(len(left))):  # it does not say which: each is asked of by itself
            return [*became, *(self._send_one(one) for one in left)]
        wrong = {number: one for number, one in enumerate(left) if number in faults}
        return [*became, *(self._refused(one, {"errors": faults[number]}) for number, one in wrong.items())]

    def _send_one(self, one: Taken) -> SubmissionState:
        answer = self._call("POST", "statement", dict(one.payload))
        if answer.status == _CREATED:
            return self._sent(one, _ids(_read(answer)), "taken")
        if answer.status != _INVALID:
            raise self._failed(answer)
        if self._is_there(one.puid):
            return self._sent(one, {"found": True}, "it was there already")
        told = _read(answer)
        return self._refused(one, {"errors": told.get("errors", told.get("message"))})

    def _is_there(self, puid: str) -> bool:
        """Whether the database has a submission: it answers 404, or a redirection, which may be followed."""
        answer = self._call("GET", f"statement/existing-puid/{puid}", None)
        if answer.status == 404 and answer.url.endswith(puid):
            return False
        if answer.status in (200, 302) or not answer.url.endswith(puid):
            return True
        raise self._failed(answer)

    def _call(self, method: str, path: str, content: Mapping[str, Json] | None) -> Answer:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        body = None
        if content is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(content).encode()
        try:
            return self._web.call(method, f"{self._url}/{path}", headers=headers, body=body, max_s=MAX_S)
        except errors.FetchFailed as error:
            raise errors.TransparencyUnreachable(reason=error.message) from error

    def _failed(self, answer: Answer) -> errors.SeawallError:
        reason = f"it answered {answer.status}"
        if answer.status >= 500 or answer.status in _BUSY:
            return errors.TransparencyUnreachable(reason=reason)
        return errors.TransparencyRefused(reason=reason)

    def _sent(self, one: Taken, answer: Mapping[str, Json], why: str) -> SubmissionState:
        self._records.answered(one.id, SubmissionState.SENT, answer, actor=self._actor, reason=why)
        return SubmissionState.SENT

    def _refused(self, one: Taken, answer: Mapping[str, Json]) -> SubmissionState:
        reason = json.dumps(answer.get("errors"), ensure_ascii=False)[:500]
        self._records.answered(one.id, SubmissionState.REFUSED, answer, actor=self._actor, reason=reason)
        return SubmissionState.REFUSED


def mapped(settings: config.Settings) -> Mapped:
    """How records are said in the database's values, as set. Raises BadSetting."""
    path = settings.text("transparency_mapping")
    if not path:
        return transparency.shipped()
    try:
        return transparency.remapped(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as cause:
        raise errors.BadSetting(name="transparency_mapping", value=path, reason=str(cause)) from cause


def handle(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:  # noqa: ARG001
    """Make submissions of what has gone out, and send them."""
    if not library.transparency.on:
        return {"on": False}
    made, sent = library.transparency.make(), library.transparency.send()
    return {"made": made.made, "held": made.held, "sent": sent.sent, "refused": sent.refused}


def _read(answer: Answer) -> dict[str, Json]:
    """The object of an answer; an empty one where it is none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _listed(found: Json) -> Iterable[dict[str, Json]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _ids(stored: Mapping[str, Json]) -> dict[str, Json]:
    """By what the database knows a submission."""
    return {name: stored[name] for name in ("id", "uuid", "permalink") if name in stored}


def _by_number(found: Json) -> dict[int, Json]:
    """What is wrong with submissions of a batch, by their places in it."""
    faults: dict[int, Json] = {}
    if isinstance(found, dict):
        for key, told in found.items():
            if match := _FAULT.match(key):
                number = int(match[1])
                before = faults.get(number)
                together = {**before, **told} if isinstance(before, dict) and isinstance(told, dict) else told
                faults[number] = together
    return faults
