"""Reports' files that carry pictures, as small as each format allows, and pictures for them."""

from __future__ import annotations

import base64
import io
import zlib
from email.message import EmailMessage

import numpy as np
from PIL import Image, ImageDraw

PARAGRAPH = (
    "The bridge over the river was closed on Monday, the mayor of the town said in a written statement. "
)
CAPTION = "A still from the video, as it was shared on Monday."


def drawn(seed: int, size_px: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture of smooth shapes that differ from seed to seed."""
    grain = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), np.uint8)
    return Image.fromarray(grain).resize(size_px, Image.Resampling.BICUBIC)


def scene(seed: int, size_px: tuple[int, int] = (960, 720)) -> Image.Image:
    """A picture of many shapes with corners, by which copies of it are known again."""
    chance = np.random.default_rng(seed)
    made = drawn(seed, size_px)
    pen = ImageDraw.Draw(made)
    for _ in range(160):
        x, y = (int(chance.integers(0, side)) for side in size_px)
        width, height = (int(one) for one in chance.integers(8, 90, 2))
        fill = tuple(int(one) for one in chance.integers(0, 256, 3))
        shape = pen.rectangle if chance.random() < 0.6 else pen.ellipse
        shape((x, y, x + width, y + height), fill=fill)
    return made


def encoded(picture: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def jpeg(seed: int, size_px: tuple[int, int] = (320, 240)) -> bytes:
    return encoded(drawn(seed, size_px))


def uri(data: bytes, kind: str = "image/jpeg") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def page(*pictures: str, caption: str = CAPTION) -> bytes:
    """A page with a picture of each address between its paragraphs, each with a caption."""
    figures = "".join(
        f'<figure><img src="{one}"><figcaption>{caption}</figcaption></figure><p>{PARAGRAPH * 2}</p>'
        for one in pictures
    )
    body = f"<article><h1>Bridge closed</h1><p>{PARAGRAPH * 3}</p>{figures}</article>"
    return f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>".encode()


def mail(*pictures: bytes, html: str | None = None, text: str = PARAGRAPH * 3) -> bytes:
    """A mail with pictures attached; those of a page in it are called p0, p1, ..."""
    message = EmailMessage()
    message["From"], message["To"] = "desk@example.org", "team@example.org"
    message["Subject"] = "Bridge closed"
    if text:
        message.set_content(text)
    if html is not None:
        (message.add_alternative if text else message.set_content)(html, subtype="html")
    for number, one in enumerate(pictures):
        name = f"still-{number}.jpg"
        message.add_attachment(one, maintype="image", subtype="jpeg", filename=name, cid=f"<p{number}>")
    return message.as_bytes()


def samples(
    picture: Image.Image, mode: str, space: str, depth: int = 8, extra: str = ""
) -> tuple[str, bytes]:
    """A picture as a PDF keeps samples: what its dictionary says, and its bytes."""
    said = f"/ColorSpace {space}/BitsPerComponent {depth}/Filter/FlateDecode{extra}"
    return said, zlib.compress(picture.convert(mode).tobytes())


def as_jpeg(data: bytes) -> tuple[str, bytes]:
    return "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode", data


def pdf(*pages: tuple[str, list[tuple[str, bytes]]], size_px: tuple[int, int] = (320, 240)) -> bytes:
    """A PDF of pages, each with a line of text and pictures. size_px: as each says that it is."""
    parts: list[bytes] = [
        b"",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    kids = []
    for text, pictures in pages:
        names = []
        for said, data in pictures:
            width, height = size_px
            head = f"<</Type/XObject/Subtype/Image/Width {width}/Height {height}{said}/Length {len(data)}>>"
            parts.append(head.encode() + b"\nstream\n" + data + b"\nendstream")
            names.append(f"/I{len(parts)} {len(parts)} 0 R")
        lines = "".join(f"({text[at : at + 80]}) Tj T* " for at in range(0, len(text), 80))
        commands = f"BT /F 12 Tf 14 TL 9 700 Td {lines}ET".encode()
        parts.append(b"<</Length %d>>\nstream\n%s\nendstream" % (len(commands), commands))
        resources = f"<</Font<</F 3 0 R>>/XObject<<{''.join(names)}>>>>"
        parts.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {len(parts)} 0 R"
            f"/Resources{resources}>>".encode()
        )
        kids.append(f"{len(parts)} 0 R")
    parts[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    parts[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return made + tail % (size, table, size, len(made))
