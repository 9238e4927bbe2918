"""The form of a notice, made of the fields that its kind has, and what was written in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from starlette.requests import HTTPConnection
from starlette.responses import Response

from seawall import errors
from seawall.console import pages
from seawall.console.catalogue import Catalogue
from seawall.console.forms import Form
from seawall.model import clock
from seawall.model.notice import Channel, Message, Notice, Particular
from seawall.model.notice_fields import FIELDS, Field, Form as Takes, NoticeKind
from seawall.store.order_files import OrderFile
from seawall.workflows import order_files


def page(
    call: HTTPConnection,
    kind: NoticeKind,
    values: Mapping[str, str],
    faults: Mapping[str, str],
    status: int = 200,
    *,
    notice: Notice | None = None,
    file: OrderFile | None = None,
) -> Response:
    """The form, with what was written in it.

    notice: the one that is changed; None for a new one. file: what it is filled in from, to be confirmed.
    """
    path = "/console/inbox/new" if notice is None else f"/console/inbox/{notice.id}/edit"
    texts = pages.visitor(call).texts
    shown = [one for one in FIELDS if kind in one.kinds]
    names = ("subject", "received_at", "zone", "channel", "reason", *(one.name for one in shown))
    return pages.page(
        call,
        "inbox/form.html",
        status,
        kind=kind.value,
        kinds=[one.value for one in NoticeKind],
        fields=shown,
        options={
            one.name: [
                ("", ""),
                *((each, texts.text(f"inbox.option.{one.name}.{each}")) for each in one.options),
            ]
            for one in shown
            if one.form is Takes.CHOICE
        },
        channels=[(one.value, texts.text(f"inbox.channel.{one}")) for one in Channel],
        values={name: values.get(name, "") for name in names},
        faults=dict(faults),
        notice=notice,
        file=file,
        contradicted=() if file is None else order_files.contradicted(file.read),
        path=path if file is None else f"/console/order-files/{file.id}",
    )


def message(kind: NoticeKind, form: Form) -> Message:
    """What came in, as it was written down. Raises BadNotice."""
    zone = form.text("zone")
    received_at = moment("received_at", form.text("received_at"), zone)
    if received_at is None:
        raise errors.BadNotice(field="received_at", reason="say when it came in")
    said = {name: value for name, value in fields(kind, form).items() if value}
    own = {one.name: said[one.name] for one in _of(kind) if one.own and one.name in said}
    rest = [one.name for one in _of(kind) if not one.own and one.name in said]
    return Message(
        kind=kind,
        received_at=received_at,
        zone=zone,
        channel=_channel(form),
        subject=form.text("subject"),
        **own,  # type: ignore[arg-type]  # a field's own attribute takes what its form gives
        particulars=tuple(Particular(name, str(said[name])) for name in rest),
    )


def fields(kind: NoticeKind, form: Form) -> dict[str, object]:
    """The fields that can be changed, by their names, as they were written. Raises BadNotice."""
    zone = form.text("zone")
    said: dict[str, object] = {"subject": form.text("subject"), "zone": zone, "channel": _channel(form)}
    for one in _of(kind):
        match one.form:
            case Takes.LINES:
                said[one.name] = tuple(dict.fromkeys(form.lines(one.name)))
            case Takes.TIME:
                at = moment(one.name, form.text(one.name), zone)
                said[one.name] = None if at is None else at.isoformat()
            case Takes.TICK:
                said[one.name] = "yes" if form.has(one.name) else None
            case _:
                said[one.name] = form.text(one.name) or None
    return said


def written(known: Message) -> dict[str, str]:
    """A message as its form has it."""
    values = {"subject": known.subject, "zone": known.zone, "channel": known.channel.value}
    for one in _of(known.kind):
        said = known.value(one.name)
        if isinstance(said, tuple):
            values[one.name] = "\n".join(said)
        elif said and one.form is Takes.TIME:
            at = datetime.fromisoformat(str(said)).astimezone(clock.zone(known.zone))
            values[one.name] = at.replace(tzinfo=None, microsecond=0).isoformat()
        elif said:
            values[one.name] = str(said)
    return values


def moment(name: str, said: str, zone: str) -> datetime | None:
    """A local time of a form; the first, of one that the wall shows twice. Raises BadNotice, BadClock."""
    if not said:
        return None
    try:
        local = datetime.fromisoformat(said)
        if local.tzinfo is not None or not 1970 <= local.year < 9000:
            raise ValueError
    except ValueError:
        raise errors.BadNotice(field=name, reason="it is a date with a time") from None
    try:
        return clock.utc(local.replace(tzinfo=clock.zone(zone)))
    except errors.BadClock as refused:
        raise errors.BadNotice(field="zone", reason=refused.message) from None


def local(said: str, zone: str) -> str:
    """A time with its offset as a form of a zone has it; nothing for what is none."""
    try:
        at = datetime.fromisoformat(said)
        if at.tzinfo is None:
            return ""
        return at.astimezone(clock.zone(zone)).replace(tzinfo=None, microsecond=0).isoformat()
    except (ValueError, OverflowError):
        return ""


def faults(refused: errors.SeawallError) -> dict[str, str]:
    """What was refused, by the field that it is about."""
    return {str(refused.fields.get("field", "reason")): str(refused.fields["reason"])}


def _of(kind: NoticeKind) -> list[Field]:
    return [one for one in FIELDS if kind in one.kinds]


def _options(texts: Catalogue, field: Field) -> list[tuple[str, str]]:
    named = [(one, texts.text(f"inbox.option.{field.name}.{one}")) for one in field.options]
    return [("", ""), *named]


def _channel(form: Form) -> Channel:
    sent = form.text("channel")
    if sent not in set(Channel):
        raise errors.BadNotice(field="channel", reason="say how it came in")
    return Channel(sent)
