"""Reports' bytes become text: every format, every encoding, and nothing of a report is lost."""

import codecs
import io

import pytest
from pypdf import PdfWriter

from seawall import errors
from seawall.claims import documents, html, importing, mail, pdf, plain, wrapping
from seawall.model.report import Line, LineKind, Unread

LIMIT = 1_000_000

ENGLISH = "A bridge fell into the river on Monday, and three people were hurt, the mayor’s office said."
PARAGRAPHS = (
    "A bridge fell into the river on Monday morning, and three people were hurt, the mayor said in writing.",
    "Nobody died.",
    '"It was loud," said a neighbour who has lived beside the bridge for more than thirty years with him.',
    "The bridge was built in 1934 and had been closed twice for repairs in ten years, officials say.",
    "More follows.",
    "Two of the hurt were taken to a hospital in the next town, where doctors said that they would recover.",
    "The third refused help.",
    "An inquiry will be opened by the ministry in the coming week, according to a spokesperson for it.",
)
HEAD = "<h1>Bridge falls in Northtown</h1>"
AROUND = (
    "<nav><ul><li><a href=/>Home</a><li><a href=/w>World news</a></ul></nav>{}<footer><p>Imprint</p></footer>"
)


def read(data: bytes) -> documents.Document:
    return importing.document(data, LIMIT, "report")


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head><title>T</title>{head}</head><body>{body}</body></html>".encode()


def each(wrapped: str) -> str:
    return "".join(wrapped.format(paragraph) for paragraph in PARAGRAPHS)


def known(document: documents.Document, kind: LineKind) -> list[str]:
    return [document.text[line.start : line.end] for line in document.lines if line.kind is kind]


# Text


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (ENGLISH.encode(), "utf-8"),
        (codecs.BOM_UTF8 + ENGLISH.encode(), "utf-8"),
        (ENGLISH.encode("utf-16"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + ENGLISH.encode("utf-16-be"), "utf-16-be"),
        (ENGLISH.encode("utf-32"), "utf-32-le"),
        (ENGLISH.encode("utf-16-le"), "utf-16-le"),
        (ENGLISH.encode("utf-16-be"), "utf-16-be"),
        (ENGLISH.encode("cp1252"), "cp1252"),
    ],
)
def test_text_is_the_same_in_whatever_encoding_it_comes(data, encoding):
    document = read(data)
    assert (document.text, document.encoding) == (ENGLISH, encoding)
    assert document.format is documents.Format.TEXT


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (
            "L’armée a déclaré mardi que trois civils avaient été blessés près de l’école du quartier.",
            "cp1252",
        ),
        ("أعلنت وزارة الصحة أمس أن ثلاثة أشخاص أصيبوا في الهجوم على المدينة القديمة.", "cp1256"),
        ("Мост упал в реку в понедельник утром, три человека пострадали, сообщила мэрия города.", "cp1251"),
    ],
)
def test_an_encoding_that_nobody_declares_is_guessed(text, encoding):
    assert read(text.encode(encoding)).text == text


def test_one_damaged_byte_does_not_turn_a_text_into_another_encodings_letters():
    text = "L’armée a déclaré que trois élèves étaient blessés à l’école."
    document = read(text.encode() + b" \xff end")
    assert document.text == text + " \ufffd end"


def test_what_a_page_declares_is_a_hint_that_must_fit():
    body = "<p>Le préfet a été blessé.</p>"
    for declared, written in [
        ("iso-8859-1", "cp1252"),
        ("utf-8", "cp1252"),
        ("latin1", "utf-8"),
        ("utf-16", "utf-8"),
    ]:
        data = f'<html><head><meta charset="{declared}"></head><body>{body}'.encode(written)
        assert "Le préfet a été blessé." in read(data).text, declared


def test_little_is_changed_and_that_is_written_down():
    assert plain.normal("a\r\nb\rc\x0bd\u2028e\x85f") == "a\nb\nc\nd\ne\nf"
    assert plain.normal("a\0b\x1bc\ud800d\ufffe") == "a\ufffdb\ufffdc\ufffdd\ufffd"
    kept = "a\u200bb\u202ec\u00add\u00a0\u0430\t\ufeff e"
    assert plain.normal(kept) == kept


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b" \n\t \n", errors.NoText),
        (b"\xef\xbb\xbf \n", errors.NoText),
        (bytes(range(256)) * 20, errors.UnknownReport),
        (b"PK\x03\x04" + b"x" * 100, errors.UnknownReport),
        (b"{\\rtf1 words}", errors.UnknownReport),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", errors.UnknownReport),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", errors.UnknownReport),
        (b"words\x01\x02\x03" * 200, errors.UnknownReport),
        (b"word " * 300_000, errors.MediaTooLarge),
    ],
)
def test_what_is_no_text_is_refused_by_name(data, error):
    with pytest.raises(error, match="report"):
        read(data)


def test_a_text_that_is_put_into_a_column_is_taken_out_of_it_and_keeps_its_offsets():
    paragraph = " ".join(PARAGRAPHS[0].split() * 3)
    lines, line = [], ""
    for word in paragraph.split():
        if len(line) + 1 + len(word) > 60:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    wrapped = "\n".join([*lines, line])
    text = f"{wrapped}\n\n{wrapped}\n- one\n- two\n"
    joined = wrapping.unwrapped(text)
    assert joined == f"{paragraph}\n\n{paragraph}\n- one\n- two\n"
    assert len(joined) == len(text)


def test_short_lines_are_not_joined():
    text = "Bridge falls\nThree people stand at the river bank YouTube\n\n" + "\n\n".join(PARAGRAPHS)
    assert wrapping.unwrapped(text) == text
    thread = "\n".join(f"{number}/ Something happened at the bridge" for number in range(20))
    assert wrapping.unwrapped(thread) == thread


# Pages

SHAPES = {
    "article": AROUND.format(f"<article>{HEAD}{each('<p>{}</p>')}</article>"),
    "headline apart": AROUND.format(
        f"<header>{HEAD}</header><div class=c><div>{each('<p>{}</p>')}</div></div>"
    ),
    "line breaks": AROUND.format(f"{HEAD}<div id=text>{each('{}<br><br>')}</div>"),
    "layout table": f"<table><tr><td><a href=/>Home</a></td><td>{HEAD}{each('<p>{}</p>')}</td></tr></table>",
    "bare text": HEAD + each("{}<br>"),
    "div each": AROUND.format(f"<div class=main>{HEAD}{each('<div class=x>{}</div>')}</div>"),
    "span each": AROUND.format(f"<div class=main>{HEAD}{each('<div><span>{}</span></div>')}</div>"),
    "siblings": AROUND.format(HEAD + each("<div class=story><p>{}</p></div><div class=ad></div>")),
    "list": AROUND.format(f"<main>{HEAD}<ul>{each('<li>{}</li>')}</ul></main>"),
    "asides": AROUND.format(f"<main>{HEAD}{each('<aside>{}</aside>')}</main>"),
    "live": AROUND.format(HEAD + each("<article><time>10:00</time><p>{}</p></article>")),
    "form around": f"<form>{AROUND.format(HEAD + each('<p>{}</p>'))}</form>",
    "preformatted": AROUND.format(HEAD + "<pre>" + each("{}\n\n") + "</pre>"),
    "unclosed": HEAD + each("<p>{}"),
    "old": f"<center>{HEAD}<font size=2>{each('{}<br>')}</font></center>",
    "upper case": AROUND.format(f"<ARTICLE>{HEAD}{each('<P>{}</P>')}</ARTICLE>"),
    "nested": AROUND.format(f"{HEAD}{'<div>' * 100}{each('<p>{}</p>')}"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_paragraph_of_a_page_is_lost(shape):
    document = read(page(SHAPES[shape]))
    lines = document.text.split("\n")
    assert document.format is documents.Format.HTML
    for paragraph in PARAGRAPHS:
        assert paragraph in lines, shape
    assert lines.index("Bridge falls in Northtown") < lines.index(PARAGRAPHS[0])
    assert not {"Imprint", "World news"} & set(lines)


def test_captions_credits_bylines_and_headings_are_lines_whose_kind_is_known():
    body = (
        "<article><header><h1>Bridge falls</h1><p class='article-byline'>By Ann Bee</p>"
        "<time>12 May</time></header>"
        "<figure><img src='http://elsewhere.example/a.jpg' alt='no text'><figcaption>The river bank"
        "<span class='credit'>Ann Bee/Agency N</span></figcaption></figure>"
        f"{each('<p>{}</p>')}<h2>What we know</h2><p>{PARAGRAPHS[0]}</p>"
        "<p class=wp-caption-text>The old bridge</p><p><a href=/1>Another bridge</a></p></article>"
    )
    document = read(page(body))
    assert known(document, LineKind.HEADLINE) == ["Bridge falls", "What we know"]
    assert known(document, LineKind.BYLINE) == ["By Ann Bee", "12 May"]
    assert known(document, LineKind.CAPTION) == ["The river bank", "The old bridge"]
    assert known(document, LineKind.CREDIT) == ["Ann Bee/Agency N", "Another bridge"]


def test_what_a_page_runs_loads_or_hides_is_no_text():
    hidden = (
        "<script>alert('run')</script><style>p{}</style><iframe src='http://x.example/'>frame</iframe>"
        "<noscript>turn on</noscript><template>mould</template><object>thing</object>"
        "<svg><text>drawn</text></svg><!-- comment -->"
        "<p style='display: none'>unseen</p><p hidden>unseen</p><p aria-hidden=true>unseen</p>"
        "<div id=comments><p>First!</p></div><textarea>typed</textarea><video>fallback</video>"
    )
    document = read(page(f"<article>{HEAD}{hidden}{each('<p>{}</p>')}</article>"))
    assert document.text == "\n\n".join(["Bridge falls in Northtown", *PARAGRAPHS])


def test_white_space_and_inline_marks_read_as_a_browser_shows_them():
    document = read(
        page("<article><p>One  <b>two</b>\n<i>three</i><a href=/>, four</a>.<br>Five&nbsp;six.</p></article>")
    )
    assert document.text == "One two three, four.\n\nFive\u00a0six."


def test_what_a_page_says_of_itself_is_a_hint():
    data = (
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "Bridge falls",'
        '"author": [{"name": "Ann Bee"}, {"name": "Carl Dee"}],'
        '"datePublished": "2024-05-12T10:32:00Z"}]}</script>'
    )
    document = read(page(SHAPES["article"], data))
    assert (document.title, document.author) == ("Bridge falls", "Ann Bee, Carl Dee")
    assert document.published == "2024-05-12T10:32:00Z"
    metas = (
        '<meta property="article:published_time" content="2024-05-12"><meta name=author content="Ann Bee">'
    )
    document = read(page(SHAPES["article"], metas))
    assert (document.title, document.author, document.published) == ("T", "Ann Bee", "2024-05-12")
    document = read(page(SHAPES["article"]))
    assert (document.author, document.published) == (None, None)


def test_a_page_without_words_says_that_scripts_are_not_run():
    with pytest.raises(errors.NoText, match="scripts"):
        read(page("<div id=app></div><script>render()</script>"))


def test_a_page_that_is_nested_without_end_is_refused():
    with pytest.raises(errors.DamagedReport, match="nested"):
        read(b"<html>" + b"<div>" * 100_000 + b"words")


# PDF


def pdf_of(*pages: list[str]) -> bytes:
    """A PDF with these lines on its pages."""
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    font = 3
    parts.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    kids = []
    for lines in pages:
        drawn = b" T* ".join(b"(" + line.encode("cp1252") + b") Tj" for line in lines)
        stream = b"BT /F 10 Tf 12 TL 40 780 Td " + drawn + b" ET"
        parts.append(b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream))
        parts.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font<</F %d 0 R>>>>>>" % (len(parts), font)
        )
        kids.append(len(parts))
    parts[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(b"%d 0 R" % kid for kid in kids), len(kids))
    made = b"%PDF-1.4\n"
    for number, part in enumerate(parts, 1):
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    return made + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n0\n%%%%EOF\n" % (len(parts) + 1)


LINES = [
    "A bridge fell into the river on Monday morning, and three people were hurt,",
    "the mayor said in a statement that was read out in front of the town hall.",
    "Nobody died.",
    "The bridge was built in 1934 and had been closed twice for repairs in the",
    "last ten years, according to the council of the town and its engineers who",
    "looked at it.",
]
JOINED = [
    f"{LINES[0]} {LINES[1]}",
    "Nobody died.",
    f"{LINES[3]} {LINES[4]} {LINES[5]}",
]


def test_the_lines_of_a_pdf_are_put_together_to_paragraphs():
    document = read(pdf_of(LINES))
    assert document.format is documents.Format.PDF
    assert " ".join(document.text.split()) == " ".join(LINES)
    assert JOINED[2] in document.text.split("\n\n")


def test_running_titles_and_page_numbers_do_not_cut_sentences():
    pages = [["The Northtown Post", *LINES[:5], f"Page {number} of 4"] for number in range(1, 5)]
    document = read(pdf_of(*pages))
    assert document.text.count("The Northtown Post") == 1
    assert "Page 2 of 4" not in document.text


def test_a_locked_pdf_says_so_and_one_that_only_restricts_is_read():
    for user, error in (("secret", errors.LockedReport), ("", None)):
        writer = PdfWriter(clone_from=io.BytesIO(pdf_of(LINES)))
        writer.encrypt(user, "owner", algorithm="RC4-128")
        data = io.BytesIO()
        writer.write(data)
        if error is None:
            assert "Nobody died." in read(data.getvalue()).text
        else:
            with pytest.raises(error, match="password"):
                read(data.getvalue())


def test_a_pdf_says_of_itself_who_wrote_it():
    writer = PdfWriter(clone_from=io.BytesIO(pdf_of(LINES)))
    writer.add_metadata(
        {"/Title": "Bridge falls", "/Author": "Ann Bee", "/CreationDate": "D:20240512103200Z"}
    )
    data = io.BytesIO()
    writer.write(data)
    document = read(data.getvalue())
    assert (document.title, document.author) == ("Bridge falls", "Ann Bee")
    assert document.published == "D:20240512103200Z"


# Mail


def letter(body: str, extra: str = "") -> bytes:
    head = "From: Ann Bee <ann@post.example>\r\nSubject: =?utf-8?q?Br=C3=BCcke?=\r\n"
    head += "Date: Sun, 12 May 2024 10:32:00 +0200\r\n"
    return f"{head}{extra}{body}".encode()


def test_a_mails_text_is_taken_and_its_head_is_a_hint():
    document = read(letter("\r\nNobody died.\r\nMore follows.\r\n", "Received: from x\r\n"))
    assert document.text == "Nobody died.\nMore follows.\n"
    assert document.format is documents.Format.MAIL
    assert (document.title, document.author) == ("Brücke", "Ann Bee <ann@post.example>")
    assert document.published == "Sun, 12 May 2024 10:32:00 +0200"


def test_plain_text_comes_before_the_page_and_attachments_are_named():
    body = (
        'Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\n'
        'Content-Type: multipart/alternative; boundary="i"\r\n\r\n'
        "--i\r\nContent-Type: text/html\r\n\r\n<p>As a page.</p>\r\n"
        "--i\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        "Personne n'a =E9t=E9 bless=E9.\r\n--i--\r\n"
        '--o\r\nContent-Type: video/mp4; name="clip.mp4"\r\n'
        'Content-Disposition: attachment; filename="clip.mp4"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--o--\r\n"
    )
    document = read(letter(body, "MIME-Version: 1.0\r\n"))
    assert document.text.strip() == "Personne n'a été blessé."
    end = len(document.text)
    assert document.unread == (Unread(end, end, "attachment clip.mp4 (video/mp4) is not read"),)


def test_a_mail_that_is_only_a_page_is_read_as_one():
    head = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    body = head + page(SHAPES["article"]).decode()
    document = read(letter(body))
    assert document.format is documents.Format.MAIL
    assert PARAGRAPHS[1] in document.text.split("\n")
    assert known(document, LineKind.HEADLINE) == ["Bridge falls in Northtown"]


def test_a_mail_without_text_says_so():
    body = "MIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
    with pytest.raises(errors.NoText, match="mail"):
        read(letter(body))


def test_a_text_that_opens_like_a_header_is_no_mail():
    text = "Update: three people were hurt.\n\nDate: unknown.\n"
    assert read(text.encode()).format is documents.Format.TEXT


# What crosses between the processes


def test_a_document_crosses_and_comes_back_the_same():
    document = documents.Document(
        "Bridge falls\n\nنعم 😀",
        documents.Format.HTML,
        "utf-8",
        title="T",
        lines=(Line(0, 12, LineKind.HEADLINE),),
        unread=(Unread(5, 5, "attachment"),),
    )
    assert documents.parse(documents.packed(document), 100) == document


@pytest.mark.parametrize(
    "change",
    [
        {"text": "words"},
        {"text": b"\xff\xfe"},
        {"text": b"   "},
        {"text": b"a\0b"},
        {"text": b"a\r\nb"},
        {"text": b"x" * 101},
        {"format": "docx"},
        {"format": None},
        {"encoding": 3},
        {"title": 3},
        {"lines": [[0, 99, "headline"]]},
        {"lines": [[3, 3, "headline"]]},
        {"lines": [[0, 3, "title"]]},
        {"lines": "none"},
        {"unread": [[9, 2, "x"]]},
        {"unread": [[0, 2, 7]]},
    ],
)
def test_an_answer_of_another_form_is_refused(change):
    good = {**documents.packed(documents.Document("words", documents.Format.TEXT, "utf-8"))}
    assert documents.parse(good, 100).text == "words"
    with pytest.raises(ValueError, match=r"\w"):
        documents.parse(good | change, 100)


def test_the_samples_that_warm_the_readers_up_are_of_every_format():
    assert read(html.SAMPLE).format is documents.Format.HTML
    assert read(pdf.SAMPLE).format is documents.Format.PDF
    assert read(mail.SAMPLE).format is documents.Format.MAIL


def test_where_no_text_is_found_the_article_is_taken_only_if_it_holds_most(monkeypatch):
    monkeypatch.setattr(html.trafilatura, "bare_extraction", lambda *_, **__: None)
    script = f"<script>{'x' * 50_000}</script>"
    body = f"<div>{HEAD}{each('<p>{}</p>')}</div><article><p>Another story.</p></article>"
    assert PARAGRAPHS[3] in read(page(body)).text
    body = f"<p>Teaser of something.</p><article>{HEAD}{each('<p>{}</p>')}</article>{script}"
    text = read(page(body)).text
    assert PARAGRAPHS[3] in text
    assert "Teaser" not in text
