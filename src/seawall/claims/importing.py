"""From a report's bytes to its document: what runs inside the decoding process.

The format is told by content, never by name. Nothing is fetched, nothing is run: a page's scripts and frames
are ignored, and so are a PDF's actions and a mail's attachments. Pictures that the file itself carries are
handed out as bytes.
"""

from __future__ import annotations

import re
from typing import Final

from seawall import errors
from seawall.claims import documents, html, mail, pdf, plain, wrapping
from seawall.media import sniff, wire

_HEAD_BYTES: Final = 4096
_TAG: Final = re.compile(
    r"<(?:!doctype\s+html|html|head|body|article|main|section|div|p|h[1-6]|table|meta|title|figure|br)\b",
    re.IGNORECASE,
)
_BINARY: Final = (
    (b"PK\x03\x04", "it is an archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "it is an old office document"),
    (b"{\\rtf", "it is rich text"),
    (b"\x1f\x8b", "it is packed"),
    (b"BZh", "it is packed"),
    (b"\xfd7zXZ", "it is packed"),
    (b"7z\xbc\xaf", "it is an archive"),
    (b"Rar!", "it is an archive"),
    (b"%!PS", "it is PostScript"),
)


def in_sandbox(data: bytes, *, max_characters: int) -> wire.Wire:
    """The sandbox's task: `document`, as a value that can cross to another process."""
    return documents.packed(document(data, max_characters))


def document(data: bytes, max_characters: int, name: str = "") -> documents.Document:
    """The document of a report's bytes. name: what errors call it.

    Raises errors.UnknownReport, DamagedReport, LockedReport, NoText, and MediaTooLarge where the text is
    longer than max_characters.
    """
    head = data[:_HEAD_BYTES]
    if pdf.is_pdf(head):
        return pdf.document(data, max_characters, name)
    _refuse_binary(head, name)
    if mail.is_mail(head):
        return mail.document(data, max_characters, name)
    read = plain.decoded(data, html.declared_encoding(head), name)
    if is_html(read.text):
        return html.document(read, max_characters, name)
    return wrapping.document(read, documents.Format.TEXT, max_characters, name)


def is_html(text: str) -> bool:
    """Whether a text is a page: it opens with a tag that pages have."""
    head = text[:_HEAD_BYTES].lstrip()
    if not head.startswith("<"):
        return False
    return _TAG.search(head) is not None


def _refuse_binary(head: bytes, name: str) -> None:
    for mark, reason in _BINARY:
        if head.startswith(mark):
            raise errors.UnknownReport(path=name, reason=reason)
    form = None if plain.marked(head) else sniff.sniff(head)
    if form is not None and b"\0" in head:  # letters alone can look like the start of a sound
        raise errors.UnknownReport(path=name, reason="it is a picture, a video or a sound")


def _warm_up() -> None:
    """Have the readers load what they load at first use: in the sandbox, there are no files then."""
    html.warm_up()
    for sample in (html.SAMPLE, pdf.SAMPLE, mail.SAMPLE, b"caf\xe9 du coin"):
        document(sample, 1000)


_warm_up()
