"""Each line of a report is told for what it is, by its look and its place."""

import pytest

from seawall.claims import bylines, credit_lines, lines
from seawall.model.report import Line, LineKind

LETTERS = {
    "h": LineKind.HEADLINE,
    "c": LineKind.CAPTION,
    "b": LineKind.BODY,
    "r": LineKind.CREDIT,
    "y": LineKind.BYLINE,
}
PARAGRAPH = (
    "A bridge fell into the river on Monday morning, and three people were hurt, the mayor said on Tuesday."
)


def told(text, known=()):
    return [(line.kind, text[line.start : line.end]) for line in lines.lines(text, known)]


def marked(text):
    """A text and its lines, each written behind the letter of its kind between bars."""
    rows = [row.split("|") for row in text.strip("\n").split("\n")]
    plain = "\n".join("".join(row[1::2]) for row in rows)
    kinds = [
        (LETTERS[letter], words.strip())
        for row in rows
        if row != [""]
        for letter, words in zip(row[::2], row[1::2], strict=True)
    ]
    return plain, kinds


TEXTS = {
    "captions under a headline that comes again": f"""
h|Bridge of sorrow
c|A man looks down from the bank of the river |r|YouTube

b|{PARAGRAPH}

h|Bridge of sorrow
c|Helpers carry a boat to the water |r|AFP/Getty Images

b|The bridge was old, and many children crossed it on their way to the school on the other bank

h|Bridge of sorrow
c|What is left of the bridge

b|{PARAGRAPH}""",
    "a page": f"""
h|Three hurt as bridge collapses in Northtown
h|Mayor promises inquiry into "forgotten" repairs

y|By Ann Bee in Northtown and Carl Dee
y|12 May 2024, 10:32 GMT

r|Share
r|Facebook Twitter WhatsApp

y|NORTHTOWN, Eastland (Agency N) — |b|{PARAGRAPH}

c|Rescuers stand at the river bank. |r|Photo: Ann Bee / AFP

b|The mayor said that he had shared a video of it on YouTube

b|By Monday, the road had been closed.

h|What we know

b|The bridge was built in 1934.

r|Read more: Another bridge falls

b|"It was loud," said one neighbour, who told AFP

y|Additional reporting by Eve Eff; editing by Gus Haitch
r|© 2024 Agency N. All rights reserved.""",
    "a wire": """
y|NORTHTOWN (Agency) - |b|Three people were hurt on Sunday, officials said.
b|The council said in a statement that it would look into it.
b|"We will rebuild," it said.
r|(Agencies)""",
    "a thread": """
y|Eve Eff @eveeff · 3h
b|1/ A thread on what we know about the bridge this morning
b|2/ It was first seen at 08:14
b|3/ Location: we think it is the northern quarry. Not confirmed!""",
    "a statement": f"""
h|MINISTRY OF TRANSPORT
h|Statement No. 14

b|The Ministry announces that on 3 March 2021 a bridge fell near the village.

b|{PARAGRAPH}

y|3 March 2021""",
    "French": """
h|Un pont s'effondre à Villenord, trois blessés
y|Par Anne Bé, à Villenord
y|Publié le 12 mai 2024 à 10h32

y|VILLENORD (Agence N) – |b|Trois personnes ont été blessées lundi, selon le maire.
r|Crédit photo : Carl Dé / AFP
b|« C'était très fort », a dit un voisin.
r|Lire aussi : Un autre pont""",
    "Arabic": """
h|انهيار جسر في المدينة الشمالية
y|بقلم: فلان الفلاني

b|قال رئيس البلدية إن ثلاثة أشخاص أصيبوا يوم الاثنين. وأضاف: «كان الصوت قويا».
r|المصدر: وكالة ن""",
    "a live page": f"""
h|Live: bridge falls in Northtown

y|14:52
h|Mayor says two are missing
b|{PARAGRAPH}

y|14:31
h|“Nobody looked”
b|{PARAGRAPH}

h|What to do
b|{PARAGRAPH}
y|(Reporting by the Northtown bureau; editing by the news desk)
r|AN/mk-ot/dl""",
    "Arabic with a dateline": """
y|عمّان (وكالة ن) -|b| أعلنت النقابة أن الإضراب سيستمر يومين في المدينة.

y|عمّان -|b| أعلنت النقابة أن الإضراب سيستمر يومين في المدينة كلها.""",
    "a title in capitals is no byline": f"""
h|Three Hurt in Northtown

b|{PARAGRAPH}""",
    "one paragraph": f"""
b|{PARAGRAPH}""",
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_lines_of_a_report(name):
    text, kinds = marked(TEXTS[name])
    assert told(text) == kinds


def test_a_first_line_that_is_a_sentence_is_body():
    assert told("Three people were hurt.\n\nMore follows.") == [
        (LineKind.BODY, "Three people were hurt."),
        (LineKind.BODY, "More follows."),
    ]


def test_what_the_file_says_holds_against_what_a_line_looks_like():
    text = f"Ann Bee\n\nThe old bridge\n\n{PARAGRAPH}\n\nShare\n\n{PARAGRAPH} Photo: Carl Dee"
    known = (Line(0, 7, LineKind.CREDIT), Line(9, 23, LineKind.CAPTION))
    assert told(text, known) == [
        (LineKind.CREDIT, "Ann Bee"),
        (LineKind.CAPTION, "The old bridge"),
        (LineKind.BODY, PARAGRAPH),
        (LineKind.CREDIT, "Share"),
        (LineKind.CAPTION, PARAGRAPH),
        (LineKind.CREDIT, "Photo: Carl Dee"),
    ]


def test_white_space_around_a_line_is_no_part_of_it():
    assert lines.lines("  \n\t Three people were hurt. \u00a0\n\n") == (Line(5, 28, LineKind.BODY),)


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("A man looks down from the bank YouTube", "YouTube"),
        ("A man looks down from the bank. AFP", "AFP"),
        ("A man looks down from the bank (Reuters)", "(Reuters)"),
        ("A man looks down from the bank [AP Photo]", "[AP Photo]"),
        ("A man looks down from the bank | Getty Images", "| Getty Images"),
        ("A man looks down from the bank – AFP/Getty", "– AFP/Getty"),
        ("A man looks down from the bank Ann Bee/AFP", "Ann Bee/AFP"),
        ("A man looks down from the bank (Photo: Ann Bee / AP)", "(Photo: Ann Bee / AP)"),
        ("A man looks down from the bank. Photograph: Ann Bee", "Photograph: Ann Bee"),
        ("A man looks down from the bank © Ann Bee", "© Ann Bee"),
        ("A man looks down from the bank via Telegram", "via Telegram"),
        ("He shared it on YouTube", None),
        ("A neighbour told AFP", None),
        ("It was first seen by Reuters", None),
        ("They left the Facebook", None),
        ("He was shown a video by the police.", None),
        ("A picture by a neighbour shows the bridge", None),
        ("They use Telegram, YouTube", None),
        ("YouTube", None),
        ("", None),
    ],
)
def test_the_credit_at_a_captions_end(line, credit):
    at = credit_lines.trailing(line)
    assert (None if at is None else line[at:]) == credit


@pytest.mark.parametrize(
    "line",
    [
        *(
            "By Ann Bee",
            "BY ANN BEE",
            "By Ann Bee and Carl Dee in Northtown",
            "By Ann Bee, Middle East correspondent",
        ),
        *(
            "Ann Bee in Northtown",
            "Ann Bee, Political Editor",
            "From our correspondent",
            "By a staff reporter",
        ),
        *("12 May 2024", "Updated: 3:14 p.m. on Monday", "Published 2024-05-12T10:32:00Z", "5 hours ago"),
        *("Reporting by Ann Bee; Editing by Carl Dee", "Par Anne Bé", "Ann Bee @annbee · 12 May"),
        *("14:52", "2024-05-12", "Par notre correspondant"),
    ],
)
def test_bylines(line):
    assert bylines.byline(line)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "By Monday, the road had been closed.",
            "By Monday the Road Had Been Closed",
            "By then it was too late",
        ),
        *("Three people were hurt in Northtown", "In 2024", "The man", "Monday", "May", "By the river"),
        *("He spoke to the editor.", "1/ Something happened @ 10", "Two died in May 2014 in the north"),
    ],
)
def test_lines_that_only_look_like_bylines(line):
    assert not bylines.byline(line)


@pytest.mark.parametrize(
    ("line", "head"),
    [
        (f"NORTHTOWN — {PARAGRAPH}", "NORTHTOWN —"),
        (f"NORTHTOWN, Eastland (AN) -- {PARAGRAPH}", "NORTHTOWN, Eastland (AN) --"),
        (f"NORTH TOWN, 7 JUL 89 (AN) -- {PARAGRAPH.upper()}", "NORTH TOWN, 7 JUL 89 (AN) --"),
        (f"NORTHTOWN (AN): {PARAGRAPH}", "NORTHTOWN (AN):"),
        (f"Northtown (AN) - {PARAGRAPH}", "Northtown (AN) -"),
        (f"Ann Bee (councillor): {PARAGRAPH}", None),
        (f"Northtown – {PARAGRAPH}", None),
        (f"LATEST: {PARAGRAPH}", None),
        (f"THE BRIDGE - {PARAGRAPH.upper()}", None),
        ("NORTHTOWN - more follows", None),
        (PARAGRAPH, None),
    ],
)
def test_datelines(line, head):
    found = bylines.dateline(line)
    assert (None if found is None else line[: found[0]]) == head


@pytest.mark.parametrize(
    "line",
    ["Photo: Ann Bee", "Image source, Getty Images", "Source: Agency N", "AFP", "Tweet", "Ann Bee/Agency N"],
)
def test_credits(line):
    assert credit_lines.credit(line)


@pytest.mark.parametrize(
    "line",
    [
        "Photo: two men stand at the edge of the water and look down",
        "Related to the mayor, the man was the first to arrive.",
        "Sources in the council said on Monday that nobody had looked at the bridge for a long time.",
        "Shares fell",
        "Copyright law was changed on Monday",
        "More from the north arrived on Monday.",
        "Most read the letter and left.",
        "Sign in Arabic leads to the wrong place",
        "With agencies unable to reach the place, nobody helped",
        "Print works burned down in the night",
    ],
)
def test_lines_that_only_look_like_credits(line):
    assert not credit_lines.credit(line)
