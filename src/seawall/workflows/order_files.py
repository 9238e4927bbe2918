"""Orders that come as files: on record at once, so that clocks run; what they say, once a person agrees.

A file is read in the sandbox, and its bytes are not kept. What was read is a proposal and nothing more: the
order that it came with says only when it was received, until a person has confirmed each field. The one thing
that a proposal does by itself is to keep silence, which cannot be made good afterwards.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from seawall import config, errors
from seawall.media import wire
from seawall.model.notice import Channel, Message
from seawall.model.notice_fields import BY_NAME, Form as Takes, NoticeKind
from seawall.model.order_form import Read, own_labels
from seawall.store.order_files import OrderFile
from seawall.store.store import Store
from seawall.workflows import reports
from seawall.workflows.deferred import Deferred
from seawall.workflows.notices import Notices

if TYPE_CHECKING:
    from seawall.claims.order_files import OrderText

CONFIRMED: Final = "confirmed"
PUT_ASIDE: Final = "put_aside"
_NAME: Final = 255  #: characters of a file's name


@dataclass(frozen=True, slots=True)
class Came:
    """How a file came in."""

    received_at: datetime
    zone: str
    channel: Channel = Channel.EMAIL
    subject: str | None = None  #: None: named after its file
    name: str = "order"  #: of the file


class OrderFiles:
    """The files of orders of one data folder."""

    def __init__(self, store: Store, settings: config.Settings, actor: str, notices: Notices) -> None:
        self._store = store
        self._settings = settings
        self._actor = actor
        self._notices = notices
        self._pool = Deferred(lambda: reports.sandbox(settings))
        self._labels = labels(settings)

    def acting_as(self, actor: str, notices: Notices) -> Self:
        """The same files, in which another one is recorded as having changed things. Not to be closed."""
        other = copy.copy(self)
        other._actor, other._notices = actor, notices  # noqa: SLF001 - its own class
        return other

    def close(self) -> None:
        self._pool.close()

    def take(self, path: Path, came: Came) -> OrderFile:
        """Put an order on record that came as a file, with what was read in the file beside it.

        A file that cannot be read leaves nothing: the order is then taken in by hand. Raises PathNotFound,
        MediaError, ExtraMissing, BadNotice.
        """
        found = self._read(path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        name = came.name[:_NAME] or "order"
        message = Message(
            kind=NoticeKind.ORDER,
            received_at=came.received_at,
            zone=came.zone,
            channel=came.channel,
            subject=came.subject or f"Order in {name}",
            file_name=name,
        )
        made = self._notices.receive(message)
        return self._store.order_files.put(
            made.id, sha256, name, found.form.value, found.read, actor=self._actor
        )

    def get(self, file_id: str) -> OrderFile:
        """Raises RecordNotFound."""
        return self._store.order_files.get(file_id)

    def of_notice(self, notice_id: str) -> list[OrderFile]:
        """The files of a notice, in the order in which they came."""
        return self._store.order_files.of_notice(notice_id)

    def confirm(self, file_id: str, said_now: Mapping[str, object], reason: str) -> OrderFile:
        """Have the order say what a person has confirmed, field by field; what is not given stays unsaid.

        Raises RecordNotFound, RecordConflict where it was settled before, BadNotice.
        """
        known = self._store.order_files.get(file_id)
        if known.settled is not None:
            raise errors.RecordConflict(kind="order file", id=file_id, state=known.settled, wanted=CONFIRMED)
        self._notices.supplement(known.notice, said_now, reason)
        return self._store.order_files.settle(file_id, CONFIRMED, actor=self._actor)

    def put_aside(self, file_id: str) -> OrderFile:
        """Let nothing of what was read hold. Raises RecordNotFound, RecordConflict."""
        return self._store.order_files.settle(file_id, PUT_ASIDE, actor=self._actor)

    def _read(self, path: Path) -> OrderText:
        pool = self._pool.get()
        from seawall.claims import order_files  # noqa: PLC0415 - loads what reads PDFs: only to read

        labels_sent = {name: list(said) for name, said in self._labels.items()}
        params: dict[str, wire.Wire] = {
            "max_characters": self._settings.whole("max_report_characters"),
            "labels": labels_sent,
        }
        answer = pool.run(path, order_files.TASK, params, given=wire.Given.BYTES)
        try:
            return order_files.parse(answer)
        except ValueError as cause:
            raise errors.DecoderCrashed(
                path=str(path), cause=f"its answer makes no sense: {cause}"
            ) from cause


def proposed(read: Read) -> dict[str, object]:
    """What a form is filled in with: fields that were found once, or are lists; none that is contradicted."""
    said: dict[str, object] = {}
    for name, values in read.values().items():
        if BY_NAME[name].form is Takes.LINES:
            said[name] = values
        elif len(values) == 1:
            said[name] = values[0]
    return said


def contradicted(read: Read) -> tuple[str, ...]:
    """Fields of which a file says two things."""
    return tuple(
        name
        for name, values in read.values().items()
        if len(values) > 1 and BY_NAME[name].form is not Takes.LINES
    )


def labels(settings: config.Settings) -> Mapping[str, tuple[str, ...]]:
    """Labels of one's own, as set. Raises BadSetting."""
    path = settings.text("order_labels")
    if not path:
        return {}
    try:
        return own_labels(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as cause:
        raise errors.BadSetting(name="order_labels", value=path, reason=str(cause)) from cause
