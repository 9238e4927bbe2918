"""The pictures that a report's file carries come out as they lie in it, and within limits."""

import base64
import io
import struct
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from seawall import errors, media
from seawall.claims import documents, importing, pictures
from seawall.model.report import LineKind

sys.path.insert(0, str(Path(__file__).parent))
import carriers
from carriers import CAPTION, PARAGRAPH, drawn, encoded, jpeg, mail, page, pdf, uri


def read(data: bytes) -> documents.Document:
    return importing.document(data, 1_000_000, "report")


def reasons(document: documents.Document) -> list[str]:
    return [one.reason for one in document.unread]


def caption(document: documents.Document, number: int = 0) -> str | None:
    line = document.pictures[number].caption
    return None if line is None else document.text[line.start : line.end]


class TestPages:
    def test_a_data_address_comes_out_with_its_place_and_its_caption(self):
        document = read(page(uri(jpeg(1)), uri(encoded(drawn(2), "PNG"), "image/png")))
        first, second = document.pictures
        assert (first.data, second.data) == (jpeg(1), encoded(drawn(2), "PNG"))
        assert [document.text[one.at :].startswith(CAPTION) for one in document.pictures] == [True, True]
        assert first.at < second.at
        assert first.caption is not None
        assert first.caption.kind is LineKind.CAPTION
        assert (caption(document), document.unread) == (CAPTION, ())

    def test_a_caption_of_several_pictures_is_no_caption_of_one(self):
        images = "".join(f"<img src='{uri(jpeg(seed))}'>" for seed in (1, 2))
        both = f"<figure>{images}<figcaption>Two.</figcaption></figure>"
        document = read(page().replace(b"</article>", both.encode() + b"</article>"))
        assert [one.caption for one in document.pictures] == [None, None]

    def test_nothing_elsewhere_is_asked_for_and_the_same_picture_counts_once(self):
        addresses = ("https://example.org/a.jpg", "a.jpg", "file:///etc/passwd", "cid:none")
        document = read(page(*addresses, uri(jpeg(1)), uri(jpeg(1))))
        assert [one.data for one in document.pictures] == [jpeg(1)]
        assert document.unread == ()

    def test_links_and_icons_of_the_page_show_no_picture(self):
        around = f"<link rel=icon href='{uri(jpeg(1))}'></head>"
        assert read(page().replace(b"</head>", around.encode())).pictures == ()

    def test_an_address_beyond_what_the_parser_takes_is_read_too(self):
        noise = Image.effect_noise((2200, 2200), 90).convert("RGB")
        data = encoded(noise, "PNG")
        assert len(data) * 4 / 3 > 10_000_000
        document = read(page(uri(jpeg(1)), uri(data, "image/png"), "data:image/long,7"))
        assert {len(one.data) for one in document.pictures} == {len(jpeg(1)), len(data)}
        assert [caption(document, at) for at in (0, 1)] == [CAPTION, CAPTION]
        assert reasons(document) == [f"1 picture is left out: {pictures.SENSELESS}"]

    def test_pictures_of_the_report_come_before_those_around_it(self):
        around = "".join(f"<img src='{uri(jpeg(seed))}'>" for seed in range(2, 42))
        whole = page(uri(jpeg(1))).replace(b"<body>", f"<body><nav>{around}</nav>".encode())
        document = read(whole)
        assert jpeg(1) in [one.data for one in document.pictures]
        assert len(document.pictures) == pictures.PICTURES
        assert reasons(document) == [f"9 pictures are left out: {pictures.MANY}"]

    def test_escapes_and_senseless_addresses(self):
        escaped = "data:image/png;base64," + base64.b64encode(jpeg(1)).decode().replace("+", "%2B").replace(
            "/", "%2f"
        )
        plain = "data:image/png," + "".join(f"%{one:02x}" for one in jpeg(2))
        document = read(page(escaped, plain, "data:image/png;base64,A", "data:image/png"))
        assert [one.data for one in document.pictures] == [jpeg(1), jpeg(2)]
        assert reasons(document) == [f"2 pictures are left out: {pictures.SENSELESS}"]


class TestMails:
    def test_attached_pictures_stand_at_the_texts_end_and_are_not_called_unread(self):
        document = read(mail(jpeg(1), jpeg(2)))
        assert [one.data for one in document.pictures] == [jpeg(1), jpeg(2)]
        assert {one.at for one in document.pictures} == {len(document.text)}
        assert document.unread == ()

    def test_a_page_shows_what_the_mail_holds_where_it_names_it(self):
        document = read(mail(jpeg(1), jpeg(2), html=page("cid:p1", "cid:p9").decode(), text=""))
        shown, attached = document.pictures
        assert (shown.data, attached.data) == (jpeg(2), jpeg(1))
        assert caption(document) == CAPTION
        assert attached.at == len(document.text)

    def test_a_text_names_a_picture_by_its_content_id(self):
        document = read(mail(jpeg(1), text=f"Before.\n[cid:p0]\n{PARAGRAPH}"))
        assert document.text[document.pictures[0].at :].startswith("cid:p0")

    def test_the_page_beside_the_text_is_looked_through_too(self):
        document = read(mail(html=page(uri(jpeg(3))).decode()))
        assert document.text.startswith(PARAGRAPH[:40])
        assert [(one.data, one.at) for one in document.pictures] == [(jpeg(3), len(document.text))]

    def test_bytes_of_no_stated_kind_are_a_picture_by_what_they_are(self):
        made = mail(jpeg(1), b"no picture")
        made = made.replace(b"image/jpeg", b"application/octet-stream")
        document = read(made)
        assert [one.data for one in document.pictures] == [jpeg(1)]
        assert reasons(document) == ["attachment still-1.jpg (application/octet-stream) is not read"]


class TestPdf:
    def test_a_jpeg_comes_out_byte_for_byte_at_its_pages_end(self):
        first, second = PARAGRAPH * 2, PARAGRAPH.replace("bridge", "tunnel") * 2
        document = read(pdf((first, [carriers.as_jpeg(jpeg(1))]), (second, [carriers.as_jpeg(jpeg(2))])))
        assert [one.data for one in document.pictures] == [jpeg(1), jpeg(2)]
        one, two = document.pictures
        assert "tunnel" not in document.text[: one.at]
        assert document.text[one.at :].lstrip().startswith("The tunnel")
        assert two.at == len(document.text)

    @pytest.mark.parametrize(
        ("mode", "space", "depth"),
        [
            ("RGB", "/DeviceRGB", 8),
            ("L", "/DeviceGray", 8),
            ("1", "/DeviceGray", 1),
            ("L", "[/CalGray<<>>]", 8),
        ],
    )
    def test_samples_come_out_as_a_png_of_the_same_pixels(self, mode, space, depth):
        document = read(pdf((PARAGRAPH, [carriers.samples(drawn(1), mode, space, depth)])))
        (one,) = document.pictures
        made = Image.open(io.BytesIO(one.data))
        assert made.format == "PNG"
        assert made.convert(mode).tobytes() == drawn(1).convert(mode).tobytes()

    def test_palettes_and_turned_samples(self):
        coloured = drawn(1).quantize(16)
        entries = bytes(coloured.getpalette()[:48]).hex()
        indexed = f"/ColorSpace[/Indexed/DeviceRGB 15<{entries}>]/BitsPerComponent 8/Filter/FlateDecode"
        turned = carriers.samples(drawn(2), "L", "/DeviceGray", extra="/Decode[1 0]")
        document = read(pdf((PARAGRAPH, [(indexed, zlib.compress(coloured.tobytes())), turned])))
        first, second = (Image.open(io.BytesIO(one.data)) for one in document.pictures)
        assert first.convert("RGB").tobytes() == coloured.convert("RGB").tobytes()
        assert second.tobytes() == bytes(255 - one for one in drawn(2).convert("L").tobytes())

    def test_what_cannot_be_handed_out_is_said(self):
        document = read(
            pdf(
                (
                    PARAGRAPH,
                    [
                        ("/ColorSpace/DeviceCMYK/BitsPerComponent 8/Filter/FlateDecode", b"x"),
                        ("/ImageMask true/BitsPerComponent 1", b"x"),
                        ("/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode", b"x"),
                        ("/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/Nonsense", b"x"),
                    ],
                )
            )
        )
        assert document.pictures == ()
        assert reasons(document) == [
            "2 pictures are left out: colours or a packing that are not handed out",
            "1 picture is left out: a stencil",
            f"1 picture is left out: {pictures.SENSELESS}",
        ]

    def test_small_pictures_and_bombs_of_samples_cost_nothing(self):
        small = read(pdf((PARAGRAPH, [carriers.as_jpeg(jpeg(1))]), size_px=(320, 63)))
        assert reasons(small) == [f"1 picture is left out: {pictures.SMALL}"]
        bomb = carriers.samples(Image.new("RGB", (1, 1)), "RGB", "/DeviceRGB")
        large = read(pdf((PARAGRAPH, [bomb]), size_px=(60_000, 60_000)))
        assert (large.pictures, reasons(large)) == ((), [f"1 picture is left out: {pictures.LONG}"])


class TestLimits:
    def test_one_picture_and_all_together(self):
        taken = pictures.Taken()
        taken.take(b"\xff" * (pictures.PICTURE_BYTES + 1), 0)
        for number in range(5):
            taken.take(bytes([number]) * pictures.PICTURE_BYTES, 4 - number)
        assert [one.at for one in taken.pictures()] == [1, 2, 3, 4]
        assert [one.reason for one in taken.unread(9)] == [
            f"1 picture is left out: {pictures.LONG}",
            f"1 picture is left out: {pictures.MANY}",
        ]

    def test_no_more_than_so_many(self):
        document = read(mail(*(jpeg(seed, (80, 64)) for seed in range(pictures.PICTURES + 2))))
        assert len(document.pictures) == pictures.PICTURES
        assert reasons(document) == [f"2 pictures are left out: {pictures.MANY}"]

    @pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
    def test_icons_and_tracking_pixels_are_left_out(self, form):
        for size_px in ((1, 1), (63, 200), (200, 63)):
            document = read(mail(encoded(drawn(1, size_px), form)))
            assert reasons(document) == [f"1 picture is left out: {pictures.SMALL}"]
        assert len(read(mail(encoded(drawn(1, (64, 64)), form))).pictures) == 1

    @pytest.mark.parametrize("options", [{}, {"lossless": True}, {"exif": b"Exif\0\0"}])
    def test_every_kind_of_webp_says_its_size(self, options):
        assert pictures.size_px(encoded(drawn(1, (70, 90)), "WEBP", **options)) == (70, 90)

    @pytest.mark.parametrize(
        "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xff", b"\x89PNG\r\n\x1a\n", b"RIFF____WEBPVP8X"]
    )
    def test_a_header_that_ends_early_says_no_size(self, data):
        assert pictures.size_px(data) is None

    def test_a_film_is_no_picture_whatever_the_file_calls_it(self):
        film = b"\0\0\0\x18ftypisom" + bytes(100)
        assert reasons(read(mail(film))) == [f"1 picture is left out: {pictures.MOVING}"]

    def test_drawings_are_left_out(self):
        drawing = uri(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")
        assert reasons(read(page(drawing))) == [f"1 picture is left out: {pictures.DRAWN}"]


class TestCrossing:
    def test_the_sandbox_hands_out_the_same(self):
        files = (
            page(uri(jpeg(1))),
            mail(jpeg(1), html=page("cid:p0").decode(), text=""),
            pdf((PARAGRAPH, [carriers.as_jpeg(jpeg(1)), carriers.samples(drawn(2), "RGB", "/DeviceRGB")])),
        )
        with media.Sandbox(1, media.Limits()) as sandbox:
            for data in files:
                answer = sandbox.run_bytes(data, "report", documents.TASK, {"max_characters": 1_000_000})
                assert documents.parse(answer, 1_000_000) == read(data)
                assert documents.parse(answer, 1_000_000).pictures[0].data == jpeg(1)

    @pytest.mark.parametrize(
        "picture",
        [
            [b"x", 99, None],
            [b"x", -1, None],
            [b"", 0, None],
            ["x", 0, None],
            [b"x", 0, [0, 99, "caption"]],
            [b"x", 0],
            [b"x" * (pictures.PICTURE_BYTES + 1), 0, None],
        ],
    )
    def test_what_cannot_have_come_from_an_import_is_refused(self, picture):
        packed = documents.packed(documents.Document("Words.", documents.Format.MAIL, "utf-8"))
        with pytest.raises(ValueError, match="expected"):
            documents.parse({**packed, "pictures": [picture]}, 100)

    def test_more_pictures_than_are_handed_out_are_refused(self):
        packed = documents.packed(documents.Document("Words.", documents.Format.MAIL, "utf-8"))
        with pytest.raises(ValueError, match="more pictures"):
            documents.parse({**packed, "pictures": [[b"x", 0, None]] * 33}, 100)


def test_a_mail_whose_only_part_is_a_picture_has_no_text():
    with pytest.raises(errors.NoText):
        read(b"From: a@example.org\nTo: b@example.org\nMIME-Version: 1.0\nContent-Type: image/png\n\nAAAA")


def test_a_jpeg_of_endless_segments_is_no_work():
    endless = b"\xff\xd8" + (b"\xff\xe1" + struct.pack(">H", 2)) * 100_000
    assert pictures.size_px(endless) is None
