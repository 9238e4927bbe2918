"""An acknowledgment of receipt: what came in and when, what of it is missing, and the reference to quote.

Regulation (EU) 2022/2065, Article 16(4), asks for one without undue delay.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from seawall.model import clock
from seawall.model.notice import Message, Notice
from seawall.model.notice_fields import NoticeKind

_WHAT = {
    NoticeKind.ORDER: "order",
    NoticeKind.NOTICE: "notice",
    NoticeKind.TRUSTED_FLAGGER: "notice",
    NoticeKind.COMPLAINT: "complaint",
}


def text(notice: Notice) -> str:
    """Plain text, lines of any length. Of the sender, it repeats the reference alone."""
    return "\n".join(_lines(notice)) + "\n"


def _lines(notice: Notice) -> Iterator[str]:
    message = notice.message
    what = _WHAT[message.kind]
    local = message.received_at.astimezone(clock.zone(message.zone))
    exact = message.received_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield f"Your {what} was received on {local:%Y-%m-%d} at {local:%H:%M:%S} ({message.zone}; {exact})."
    yield ""
    yield f"Our reference: {notice.id}"
    if message.reference is not None:
        yield f"Your reference: {_line(message.reference)}"
    yield f"Subject: {_line(message.subject)}"
    yield from _named(message)
    if notice.missing:
        yield ""
        yield f"To deal with the {what}, we lack:"
        for one in notice.missing:
            yield f"- {one.label}"
        yield "Please send what is missing, and quote our reference."


def _named(message: Message) -> Iterator[str]:
    named = [*message.urls, *message.posts, *message.sha256s]
    if named:
        yield "It names:"
        for one in named:
            yield f"- {_line(one)}"


def _line(said: str) -> str:
    """What somebody sent, on one line, so that it cannot pass for ours."""
    return " ".join("".join(one if one.isprintable() else " " for one in said).split())
