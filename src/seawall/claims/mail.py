"""Mail: the text part of a message, else its page; headers as hints; pictures as they are.

Other attachments are named and stay unopened.
"""

from __future__ import annotations

import dataclasses
import email.errors
import email.policy
import re
from collections.abc import Iterator
from email.message import MIMEPart
from email.parser import BytesParser
from typing import Final

from seawall import errors
from seawall.claims import documents, html, html_pictures, pictures, plain, wrapping
from seawall.media import sniff
from seawall.model.report import Unread

SAMPLE: Final = (
    b"From: =?utf-8?q?A_B?= <a@example.org>\r\nTo: b@example.org\r\nSubject: =?iso-8859-1?B?6Q==?=\r\n"
    b"Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nWords=20of a mail.\r\n--x\r\n"
    b'Content-Type: image/png; name="a.png"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--\r\n'
)

_FIELD: Final = re.compile(rb"(?:From [^\r\n]*\r?\n)?([!-9;-~]{1,76}):[ \t]")
_KNOWN_FIELD: Final = re.compile(
    rb"^(?:from|to|subject|date|message-id|received|return-path|mime-version|delivered-to|content-type):",
    re.IGNORECASE | re.MULTILINE,
)
_PARTS_LIMIT: Final = 1000  # the parser takes time that grows with the square of their depth
_NAMED_LIMIT: Final = 100  # attachments
_HEAD_BYTES: Final = 4096
_HEADER_LIMIT: Final = 10_000  # characters
_DEPTH_LIMIT: Final = 32
_BOUNDARY: Final = re.compile(rb"\bboundary\b", re.IGNORECASE)
_CARRIES: Final = re.compile(rb"data:image/", re.IGNORECASE)

#: what the library raises of headers that make no sense
_FAULTS: Final = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def is_mail(head: bytes) -> bool:
    """Whether the first bytes are header fields, at least two of which only mails have."""
    if not _FIELD.match(head):
        return False
    fields = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return len({found[0].lower() for found in _KNOWN_FIELD.finditer(fields)}) >= 2


def document(data: bytes, max_characters: int, name: str) -> documents.Document:
    """The document of a message. Raises as `importing.document` does."""
    try:
        message = _parsed(data, name)
        parts = list(_parts(message, name))
        shown = _shown(parts)
        if shown is None:
            raise errors.NoText(path=name, reason="the mail has no part that is text")
        carried = [part for part in parts if part is not shown and _is_picture(part)]
        left_out = [
            _name(part) for part in parts if part is not shown and part not in carried and _is_attached(part)
        ]
    except (email.errors.MessageError, *_FAULTS) as cause:
        raise _damaged(name, f"{type(cause).__name__} in its headers") from cause
    taken = pictures.Taken()
    inline = _inline(carried)
    made = _made(shown, max_characters, name, taken, inline)
    end = len(made.text)
    _take_pages(parts, shown, end, taken, inline)
    for part in carried:
        taken.take(_bytes(part), _named_at(made.text, part))
    named = [f"attachment {one} is not read" for one in left_out[:_NAMED_LIMIT]]
    if len(left_out) > _NAMED_LIMIT:
        named.append(f"{len(left_out) - _NAMED_LIMIT} more attachments are not read")
    return dataclasses.replace(
        made,
        format=documents.Format.MAIL,
        title=documents.hint(_header(message, "subject")),
        author=documents.hint(_header(message, "from")),
        published=documents.hint(_header(message, "date")),
        unread=(*made.unread, *taken.unread(end), *(Unread(end, end, reason) for reason in named)),
        pictures=taken.pictures(),
    )


def _parsed(data: bytes, name: str) -> MIMEPart:
    if len(_BOUNDARY.findall(data)) > _PARTS_LIMIT:
        raise _damaged(name, f"it is put together from more than {_PARTS_LIMIT} mails in mails")
    return BytesParser(policy=email.policy.default).parsebytes(data)


def _parts(message: MIMEPart, name: str, depth: int = 0) -> Iterator[MIMEPart]:
    """All parts that hold something themselves; a mail in a mail counts as one."""
    if depth > _DEPTH_LIMIT:
        raise _damaged(name, f"its parts are nested more than {_DEPTH_LIMIT} deep")
    if not message.is_multipart() or (depth and message.get_content_maintype() == "message"):
        yield message
        return
    for part in message.iter_parts() if message.get_content_maintype() == "multipart" else ():
        yield from _parts(part, name, depth + 1)


def _shown(parts: list[MIMEPart]) -> MIMEPart | None:
    """The first part that is plain text with words in it, else the first page."""
    inline = [part for part in parts if not part.is_attachment()]
    for kind in ("text/plain", "text/html"):
        for part in inline:
            if part.get_content_type() == kind and _bytes(part).strip():
                return part
    return None


def _is_picture(part: MIMEPart) -> bool:
    """By what the mail calls it, or by its first bytes where the mail does not say what it is."""
    if part.get_content_maintype() == "image":
        return True
    if part.get_content_type() != "application/octet-stream":
        return False
    form = sniff.sniff(_bytes(part)[: sniff.HEAD_BYTES])
    return form is not None and form.picture is not None


def _inline(parts: list[MIMEPart]) -> html_pictures.Inline:
    """Gives what a page of the mail names by its content id, once."""
    known = {cid: part for part in reversed(parts) if (cid := _content_id(part))}

    def get(cid: str) -> bytes | None:
        part = known.pop(cid, None)
        return None if part is None else _bytes(part)

    return get


def _content_id(part: MIMEPart) -> str:
    return (_header(part, "content-id") or "").strip().strip("<>")


def _named_at(text: str, part: MIMEPart) -> int:
    """Where a text names a picture by its content id; else the text's end."""
    cid = _content_id(part)
    found = text.find(f"cid:{cid}") if cid else -1
    return len(text) if found < 0 else found


def _take_pages(
    parts: list[MIMEPart],
    shown: MIMEPart,
    end: int,
    taken: pictures.Taken,
    inline: html_pictures.Inline,
) -> None:
    """The pictures of pages that say the same as the text that is shown."""
    for part in parts:
        if part is shown or part.is_attachment() or part.get_content_type() != "text/html":
            continue
        data = _bytes(part)
        if _CARRIES.search(data) is None:
            continue
        try:
            read = plain.decoded(data, html.declared_encoding(data[:_HEAD_BYTES]), "")
            html.take_pictures(read.text, end, taken, inline, "")
        except errors.ReportError:
            taken.leave_out(pictures.SENSELESS)


def _made(
    part: MIMEPart, max_characters: int, name: str, taken: pictures.Taken, inline: html_pictures.Inline
) -> documents.Document:
    data = _bytes(part)
    charset = part.get_param("charset")
    declared = charset if isinstance(charset, str) else None
    if part.get_content_type() == "text/html":
        read = plain.decoded(data, declared or html.declared_encoding(data[:_HEAD_BYTES]), name)
        return html.document(read, max_characters, name, taken, inline)
    read = plain.decoded(data, declared, name)
    return wrapping.document(read, documents.Format.MAIL, max_characters, name)


def _bytes(part: MIMEPart) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except _FAULTS:
        return b""
    return payload if isinstance(payload, bytes) else b""


def _is_attached(part: MIMEPart) -> bool:
    """Whether a part is more than the same text in another form."""
    return part.is_attachment() or part.get_content_maintype() != "text"


def _name(part: MIMEPart) -> str:
    name, kind = documents.hint(part.get_filename()), part.get_content_type()
    return f"of type {kind}" if name is None else f"{name} ({kind})"


def _header(message: MIMEPart, field: str) -> str | None:
    """A header as it reads; None where it is missing, makes no sense, or takes too long to make sense of."""
    if any(len(value) > _HEADER_LIMIT for name, value in message.raw_items() if name.lower() == field):
        return None
    try:
        value = message[field]
        return None if value is None else str(value)
    except _FAULTS:
        return None


def _damaged(name: str, reason: str) -> errors.DamagedReport:
    return errors.DamagedReport(path=name, format="mail", reason=reason)
