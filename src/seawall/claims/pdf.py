"""PDF: the text of its pages, put together again from the lines that are drawn.

A PDF has no paragraphs: `wrapping.reflowed` makes them of lines. Lines that come again on most pages (running
titles) stay on the first, and page numbers go: both would cut sentences in two.
"""

from __future__ import annotations

import dataclasses
import io
import logging
import re
from collections import Counter
from typing import Final

import pypdf
import pypdf.errors

from seawall import errors
from seawall.claims import documents, pdf_pictures, pictures, plain, wrapping

_PAGES_LIMIT: Final = 2000
_RUNNING_SHARE: Final = 0.6  # of the pages
_RUNNING_FROM: Final = 3  # pages
_EDGE_LINES: Final = 2  # of a page, where running titles stand
_FEW: Final = 10  # characters a page; less is a picture with a stamp on it
_PAGE_NUMBER: Final = re.compile(r"\s*(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\s*", re.IGNORECASE)

#: what a reader may raise of a damaged file beside its own errors
_FAULTS: Final = (
    pypdf.errors.PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it finds wrong is told by errors


def is_pdf(head: bytes) -> bool:
    """Whether the first bytes hold the mark of a PDF, before which some writers put others."""
    return b"%PDF-" in head[:1024]


def document(data: bytes, max_characters: int, name: str) -> documents.Document:
    """The document of a PDF. Raises as `importing.document` does."""
    reader, texts = _read(data, max_characters, name)
    text = plain.normal("\n\n".join(_paragraphs(texts))).strip()
    _expect_text(reader, text, name)
    return _with_pictures(reader, _with_hints(reader, text), texts)


def lines(data: bytes, max_characters: int, name: str) -> list[str]:
    """The lines of a PDF as its pages draw them, for what is found by where it stands in a form.

    Raises as `importing.document` does.
    """
    reader, texts = _read(data, max_characters, name)
    text = plain.normal("\n".join(texts))
    _expect_text(reader, text, name)
    return text.split("\n")


def _read(data: bytes, max_characters: int, name: str) -> tuple[pypdf.PdfReader, list[str]]:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise errors.LockedReport(path=name)
        pages = len(reader.pages)
    except pypdf.errors.DependencyError as cause:  # a cipher that needs another package
        raise errors.LockedReport(path=name) from cause
    except _FAULTS as cause:
        raise _damaged(name, cause) from cause
    if pages > _PAGES_LIMIT:
        raise errors.MediaTooLarge(path=name, size=pages, unit="pages", limit=_PAGES_LIMIT)
    return reader, _texts(reader, max_characters, name)


def _expect_text(reader: pypdf.PdfReader, text: str, name: str) -> None:
    pages = len(reader.pages)
    if len(text.strip()) < _FEW * max(1, pages):
        found = _pictures(reader)
        raise errors.NoText(
            path=name, reason=f"its {pages} pages are pictures" if found else "its pages are empty"
        )


def _texts(reader: pypdf.PdfReader, max_characters: int, name: str) -> list[str]:
    texts, length = [], 0
    for page in reader.pages:
        try:
            text = page.extract_text()
        except pypdf.errors.LimitReachedError as cause:
            raise _damaged(name, cause) from cause
        except _FAULTS as cause:
            raise _damaged(name, cause) from cause
        length += len(text)
        if length > max_characters:
            raise errors.MediaTooLarge(path=name, size=length, unit="characters", limit=max_characters)
        texts.append(text)
    return texts


def _paragraphs(texts: list[str]) -> list[str]:
    pages = [[line for line in text.split("\n") if not _PAGE_NUMBER.fullmatch(line)] for text in texts]
    running = _running(pages)
    lines: list[str] = []
    seen: set[str] = set()
    for page in pages:
        for at, line in enumerate(page):
            edge = at < _EDGE_LINES or at >= len(page) - _EDGE_LINES
            if edge and line.strip() in running:
                if line.strip() in seen:
                    continue
                seen.add(line.strip())
            lines.append(line)
    return wrapping.reflowed(lines)


def _running(pages: list[list[str]]) -> set[str]:
    if len(pages) < _RUNNING_FROM:
        return set()
    edges = Counter(
        line
        for page in pages
        for line in {line.strip() for line in (*page[:_EDGE_LINES], *page[-_EDGE_LINES:])}
        if line
    )
    return {line for line, times in edges.items() if times >= _RUNNING_SHARE * len(pages)}


def _pictures(reader: pypdf.PdfReader) -> bool:
    try:
        return any("/XObject" in page.get("/Resources", {}) for page in reader.pages)
    except _FAULTS:
        return False


def _with_pictures(
    reader: pypdf.PdfReader, document: documents.Document, texts: list[str]
) -> documents.Document:
    taken = pictures.Taken()
    pdf_pictures.take(reader, pdf_pictures.ends(document.text, texts), taken, _FAULTS)
    return dataclasses.replace(document, unread=taken.unread(len(document.text)), pictures=taken.pictures())


def _with_hints(reader: pypdf.PdfReader, text: str) -> documents.Document:
    try:
        said = reader.metadata
        title, author, published = (None, None, None) if said is None else (
            said.title, said.author, said.creation_date_raw
        )  # fmt: skip
    except _FAULTS:
        title, author, published = None, None, None
    return documents.Document(
        text=text,
        format=documents.Format.PDF,
        encoding="utf-8",
        title=documents.hint(title and str(title)),
        author=documents.hint(author and str(author)),
        published=documents.hint(published and str(published)),
    )


def _damaged(name: str, cause: Exception) -> errors.DamagedReport:
    said = " ".join(str(cause).split())[:100]
    return errors.DamagedReport(path=name, format="PDF", reason=said or type(cause).__name__)


def _sample() -> bytes:
    """A page with words on it, as small as a PDF can be."""
    drawn = b"BT /F 12 Tf 9 9 Td (Words of a page of some length.) Tj ET"
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n%strailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return made + head % (table, len(made))


SAMPLE: Final = _sample()
