"""Hostile and damaged reports: each gives a correct record or an error of its own, in bounded time."""

from __future__ import annotations

import io
import os
import random
import resource
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from seawall import config, errors, media
from seawall.claims import documents, hidden, pdf, prepared
from seawall.workflows import reports

CHARACTERS = 1_000_000
PARAGRAPH = (
    "A bridge fell into the river on Monday morning, and three people were hurt, the mayor said in writing. "
)
LONG_S = 20  # far more than any of these takes; more means that time grows with a square


@pytest.fixture(scope="module")
def pool() -> Iterator[media.Sandbox]:
    settings = config.load(Path(os.devnull).parent / "no-such-folder", {"SEAWALL_MAX_REPORT_S": "4"})
    with reports.sandbox(settings) as sandbox:
        yield sandbox


def read(pool: media.Sandbox, folder: Path, data: bytes, limit: int = CHARACTERS) -> documents.Document:
    path = folder / "report"
    path.write_bytes(data)
    return reports.imported(path, pool, limit)


def outcome(pool: media.Sandbox, folder: Path, data: bytes) -> str:
    """What became of a report, in a word; anything but a document or a MediaError fails the test."""
    try:
        return read(pool, folder, data).format.value
    except errors.MediaError as error:
        return error.code if error.fields["path"] == str(folder / "report") else "an error of another file"


def page(body: str) -> bytes:
    return f"<!doctype html><html><head><title>T</title></head><body><article>{body}</article>".encode()


def test_a_report_is_read_where_there_is_no_file_and_no_network(pool, tmp_path):
    document = read(pool, tmp_path, PARAGRAPH.encode())
    assert document.text == PARAGRAPH
    tried = {item.name: item.active for item in pool.describe()}
    if not (tried["files"] and tried["network"]):
        pytest.skip("this system's kernel locks no process up")


def test_what_is_no_file_or_holds_nothing_is_told_apart(pool, tmp_path):
    with pytest.raises(errors.PathNotFound):
        reports.imported(tmp_path / "none", pool, CHARACTERS)
    with pytest.raises(errors.UnreadableFile):
        reports.imported(tmp_path, pool, CHARACTERS)
    assert outcome(pool, tmp_path, b"") == "empty_file"


def test_pages_that_name_what_lies_elsewhere_are_read_without_it(pool, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret words")
    elsewhere = (
        f'<script src="http://tracker.invalid/x.js"></script><iframe src="file://{secret}"></iframe>'
        f'<img src="http://tracker.invalid/x.png"><link rel=stylesheet href="http://tracker.invalid/x.css">'
        f'<object data="file://{secret}"></object><base href="http://tracker.invalid/"><embed src="file://{secret}">'
        "<script>document.write('written')</script>"
    )
    document = read(pool, tmp_path, page(f"{elsewhere}<p>{PARAGRAPH}</p>"))
    assert document.text == PARAGRAPH.strip()


def test_entities_that_name_a_file_or_multiply_are_not_resolved(pool, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret words")
    doctype = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY a "lol">'
    doctype += "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)) + "]>"
    data = f"{doctype}<html><body><p>{PARAGRAPH}</p><p>&x; &a11;</p></body></html>".encode()
    document = read(pool, tmp_path, data)
    assert PARAGRAPH.strip() in document.text
    assert "secret words" not in document.text
    assert len(document.text) < 10_000


@pytest.mark.parametrize("tag", ["div", "p", "span", "table", "ul", "b", "blockquote", "font"])
def test_elements_within_elements_without_end(pool, tmp_path, tag):
    began_s = time.monotonic()
    data = b"<html><body>" + f"<{tag}>".encode() * 100_000 + PARAGRAPH.encode()
    assert outcome(pool, tmp_path, data) in ("damaged_report", "html")
    assert time.monotonic() - began_s < LONG_S


@pytest.mark.parametrize(
    "body",
    [
        "<p>" + "a" * 2_000_000,
        "<p " + "a=b " * 500_000 + ">x",
        "<!--" * 500_000,
        "<" * 2_000_000,
        "&" * 2_000_000,
        "&#0;" * 500_000 + "x",
        "<p>x" * 60_000,
        "<a href=x>" * 60_000,
        "<table><tr><td>x" * 30_000,
        '<script type="application/ld+json">' + "[" * 1_000_000 + "</script><p>x",
        "<br>" * 100_000,
    ],
    ids=lambda body: body[:14],
)
def test_pages_that_are_large_in_one_way(pool, tmp_path, body):
    began_s = time.monotonic()
    word = outcome(pool, tmp_path, page(f"<h1>Bridge</h1><p>{PARAGRAPH}</p>{body}"))
    assert word in ("html", "media_too_large", "damaged_report", "no_text", "unknown_report")
    assert time.monotonic() - began_s < LONG_S


def test_twenty_megabytes_are_a_clear_error_or_a_correct_record(pool, tmp_path):
    data = (PARAGRAPH * 4 + "\n\n").encode() * (20_000_000 // (4 * len(PARAGRAPH)))
    assert len(data) >= 20_000_000
    assert outcome(pool, tmp_path, data) == "media_too_large"
    began_s = time.monotonic()
    document = read(pool, tmp_path, data, 30_000_000)
    assert document.text == data.decode()
    assert time.monotonic() - began_s < LONG_S


def test_a_file_over_the_limit_of_bytes_is_not_opened(tmp_path):
    path = tmp_path / "report"
    path.write_bytes(b"word " * 1000)
    settings = config.load(tmp_path, {"SEAWALL_MAX_REPORT_BYTES": "1000"})
    with reports.sandbox(settings) as small, pytest.raises(errors.MediaTooLarge, match="1000"):
        reports.imported(path, small, CHARACTERS)


@pytest.mark.parametrize(
    "text",
    [
        "the mayor said that three people were hurt on monday\n" * 20_000,
        "word " * 1_000_000,
        "a" * 2_000_000,
        "." * 1_000_000 + "x",
        ". " * 50_000,
        '"' * 60_000 + "x",
        "'a " * 60_000,
        "s' " * 60_000,
        '."' * 60_000 + "x",
        "A-" * 250_000,
        "A, - " * 200_000,
        " (" * 250_000,
        "Ab\n" * 20_000,
        "Headline\nCaption\n\n" * 10_000,
        "\u200b\u202e" * 250_000,
        "a\u0430" * 250_000,
        "\u0641\u064a " * 250_000,
        "NORTHTOWN, " * 100_000,
        "\n" * 1_000_000 + "x",
    ],
    ids=lambda text: repr(text[:10]),
)
def test_texts_that_are_long_in_one_way_are_taken_apart_in_time(text):
    began_s = time.monotonic()
    parsed = prepared.prepared(text)
    hidden.characters(text)
    assert time.monotonic() - began_s < LONG_S
    assert parsed.sentences


@pytest.mark.parametrize(
    "text",
    [
        "\u0642\u0627\u0644 the mayor \u202eneddih\u202c \u0641\u064a Northtown.",
        "The m\u0430y\u043er of N\u03bfrthtown\u200b said\u200b so.",
        "e\u0301\u200d\U0001f468\u200d\U0001f469 \ufeffinside",
    ],
)
def test_odd_characters_come_through_untouched(pool, tmp_path, text):
    document = read(pool, tmp_path, text.encode())
    assert document.text == text
    for one in (*prepared.prepared(text).sentences, *prepared.prepared(text).lines):
        assert text[one.start : one.end].strip()


def picture_pdf() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(data, "PDF")
    return data.getvalue()


def test_a_pdf_that_is_a_picture_says_what_to_do(pool, tmp_path):
    with pytest.raises(errors.NoText, match="pictures") as caught:
        read(pool, tmp_path, picture_pdf())
    assert "recognition" in caught.value.remedy


def test_an_empty_pdf_says_so(pool, tmp_path):
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    data = io.BytesIO()
    writer.write(data)
    with pytest.raises(errors.NoText, match="empty"):
        read(pool, tmp_path, data.getvalue())


def bomb(drawn: bytes) -> bytes:
    """A PDF whose one page unpacks to this."""
    packed = zlib.compress(drawn, 9)
    old, new = b"<</Length ", b"<</Filter/FlateDecode/Length "
    start = pdf.SAMPLE.index(old)
    stream = pdf.SAMPLE.index(b"stream\n", start)
    end = pdf.SAMPLE.index(b"\nendstream")
    middle = new + str(len(packed)).encode() + b">>\nstream\n" + packed
    assert stream < end
    return pdf.SAMPLE[:start] + middle + pdf.SAMPLE[end:]


@pytest.mark.parametrize(
    "drawn",
    [
        b" " * 100_000_000,
        b"q " * 100_000,
        b"BT /F 12 Tf (words) Tj ET " * 5_000,
        b"[" * 1_000_000,
        b"<<" * 100_000,
    ],
    ids=["spaces", "states", "words", "brackets", "dictionaries"],
)
def test_a_pdf_that_unpacks_without_end_is_stopped(pool, tmp_path, drawn):
    data = bomb(drawn)
    assert len(data) < 2_000_000
    began_s = time.monotonic()
    word = outcome(pool, tmp_path, data)
    assert word in {
        *("damaged_report", "no_text", "media_too_large", "decode_timeout", "decode_memory", "pdf"),
        "decoder_crashed",
    }
    assert time.monotonic() - began_s < 2 * LONG_S
    assert outcome(pool, tmp_path, PARAGRAPH.encode()) == "text"


def test_pages_of_a_pdf_that_go_in_a_circle(pool, tmp_path):
    data = pdf.SAMPLE.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R]/Count 1")
    assert outcome(pool, tmp_path, data) in ("damaged_report", "no_text")


def test_cut_and_damaged_files_of_every_format(pool, tmp_path):
    mail = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    mail += b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    mail += b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + PARAGRAPH.encode() + b"\r\n--b--\r\n"
    chance = random.Random(7)
    words = set()
    for source in (pdf.SAMPLE, picture_pdf(), mail, page(f"<p>{PARAGRAPH}</p>"), PARAGRAPH.encode("utf-16")):
        for share in (0.1, 0.5, 0.9):
            words.add(outcome(pool, tmp_path, source[: int(len(source) * share)]))
        for _ in range(15):
            broken = bytearray(source)
            for _ in range(8):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            words.add(outcome(pool, tmp_path, bytes(broken)))
    assert words <= {
        *("text", "html", "pdf", "mail", "no_text", "damaged_report", "unknown_report", "locked_report"),
        "decoder_crashed",
    }


@pytest.mark.parametrize("depth", [200, 900, 100_000])
def test_mails_within_mails_without_end(pool, tmp_path, depth):
    head = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(depth)
    )
    began_s = time.monotonic()
    assert outcome(pool, tmp_path, head + parts + b"\r\n" + PARAGRAPH.encode()) == "damaged_report"
    assert time.monotonic() - began_s < LONG_S
    forwarded = (b"Content-Type: message/rfc822\r\n\r\n" + head) * depth
    word = outcome(pool, tmp_path, head + forwarded + b"\r\n" + PARAGRAPH.encode())
    assert word in ("damaged_report", "no_text")
    assert time.monotonic() - began_s < 2 * LONG_S


def test_a_mail_with_ten_thousand_headers_or_one_of_megabytes(pool, tmp_path):
    head = b"From: a@b.example\r\nTo: c@d.example\r\n"
    many = head + b"X-Header: value\r\n" * 100_000 + b"\r\n" + PARAGRAPH.encode()
    long = head + b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\n" + PARAGRAPH.encode()
    for data in (many, long):
        began_s = time.monotonic()
        assert outcome(pool, tmp_path, data) in ("mail", "damaged_report", "decode_timeout")
        assert time.monotonic() - began_s < LONG_S


def test_reading_many_holds_nothing(pool, tmp_path):
    data = page(f"<p>{PARAGRAPH}</p>" * 100)
    for _ in range(5):
        read(pool, tmp_path, data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(40):
        read(pool, tmp_path, data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + (16 << 10)
