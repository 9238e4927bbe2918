"""What language a text is in, what of it is not read, and which of its characters do not show."""

import pytest

from seawall.claims import hidden, languages, prepared

ENGLISH = "The army said that three people were hurt in the town when the bridge fell."
FRENCH = "L’armée a déclaré que trois personnes ont été blessées dans la ville."
ARABIC = "أعلنت وزارة الصحة أن ثلاثة أشخاص أصيبوا في الهجوم على المدينة."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (ENGLISH.upper(), "en"),
        (FRENCH, "fr"),
        (ARABIC, "ar"),
        ("El ejército dijo que tres personas fueron heridas en la ciudad de la costa.", "und"),
        ("Die Armee sagte, dass drei Menschen in der Stadt verletzt wurden.", "und"),
        ("In de stad zijn drie mensen gewond geraakt, zei het leger.", "und"),
        ("L'esercito ha detto che tre persone sono rimaste ferite nella città.", "und"),
        ("O exército disse que três pessoas ficaram feridas na cidade.", "und"),
        ("ارتش اعلام کرد که سه نفر در شهر زخمی شده\u200cاند و از آنجا رفتند", "und"),
        ("Армия сообщила, что трое человек были ранены.", "und"),
        ("Northtown Eastland", "und"),
        ("12345", "und"),
        ("", "und"),
    ],
)
def test_the_language_of_a_text(text, language):
    assert languages.of(text) == language


def test_each_line_of_a_mixed_text_has_its_own():
    text = f"{ENGLISH}\n\n{ARABIC}\n\n{FRENCH}\n\nNorthtown\n\nمدينة\n\n{ENGLISH}"
    parsed = prepared.prepared(text)
    found = languages.by_line(text, parsed.lines, parsed.language)
    assert found == ("en", "ar", "fr", "en", "en", "en")
    assert [text[part.start : part.end] for part in parsed.unread] == [ARABIC, FRENCH]
    assert [part.reason for part in parsed.unread] == [
        "attribution and hedges of text in Arabic are not read",
        "attribution and hedges of text in French are not read",
    ]


@pytest.mark.parametrize(
    ("text", "name"), [(ARABIC, "Arabic"), (FRENCH, "French"), ("Армия", "an unknown language")]
)
def test_a_text_that_is_not_read_is_segmented_and_says_so(text, name):
    doubled = f"{text}\n\n{text}"
    parsed = prepared.prepared(doubled)
    assert [doubled[one.start : one.end] for one in parsed.sentences] == [text, text]
    (unread,) = parsed.unread
    assert (unread.start, unread.end) == (0, len(doubled))
    assert name in unread.reason


def test_a_language_that_is_read_is_not_named_as_unread():
    assert prepared.prepared(FRENCH, read={"fr"}).unread == ()
    assert prepared.prepared(ENGLISH, read={"fr"}).unread != ()


def test_characters_that_do_not_show_are_told_and_stay():
    text = "A\u200b bridge \u202efell\u202c in p\u0430ris\u00ad and \ufeffmore."
    found = {one.kind: one for one in hidden.characters(text)}
    assert found.keys() == {hidden.BIDI, hidden.INVISIBLE, hidden.LOOKALIKES}
    assert [span.text for span in found[hidden.LOOKALIKES].spans] == ["p\u0430ris"]
    assert "right-to-left override" in found[hidden.BIDI].note
    assert found[hidden.INVISIBLE].note.startswith("3 ")
    assert all(span.holds_in(text) for one in found.values() for span in one.spans)
    assert prepared.prepared(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        FRENCH,
        ARABIC,
        "سه نفر زخمی شده\u200cاند",
        "👩\u200d🚒 came",
        "Ελλάδα and Москва",
        "naïve café 3µm",
    ],
)
def test_ordinary_writing_has_nothing_hidden(text):
    assert hidden.characters(text) == ()


def test_a_text_full_of_them_is_told_briefly():
    (found,) = hidden.characters("a\u200b" * 10_000)
    assert len(found.spans) == 20
    assert "10000" in found.note
