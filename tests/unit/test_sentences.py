"""Sentences end where they end, and quotations hold what is between their marks."""

import pytest

from seawall.claims import prepared, sentences
from seawall.model.report import LineKind


def cut(text):
    return [text[one.start : one.end] for one in prepared.prepared(text).sentences]


def quoted(text):
    return [text[one.start : one.end] for one in prepared.prepared(text).quotations]


@pytest.mark.parametrize(
    "text",
    [
        "It fell.| Nobody died!| Did it?| It did.",
        "Gen. A. B. Cee met Dr. Dee in the U.S. on Jan. 5.| The talks began at 5 p.m.| They ended late.",
        "The U.N. said so.| He lives in the U.S.| The bridge is there.",
        "Mr. and Mrs. Bee vs. the council.| No. 5 was hit, e.g. by a car.| It cost 3.5 million.",
        "1. The bridge fell.| 2. Nobody died.",
        "The group of J. J. Bee said no.| Then J. left.",
        '"We came.| We saw," he said.| "Then we left."',
        '"Was it loud?" he asked.| "Stop!" she said.',
        "“It is over.”| He left.",
        "He waited ... and waited… and left.| ...Then nothing…| The end.",
        "Our goal is Bayt al- Maqdes [Northtown] and Rome, he said.",
        "He went home.|The army came.| See www.example.org or a.b@example.org now.",
        "(It fell.)| It was old.| [Ed. note: it was.]| So it was.",
        "It fell at once .| It was old?!| Yes.",
        "هل كان الجسر آمنا؟| لا أحد يعلم.| قال السيد ب. إنه كان قديما.",
        "桥倒了。|没有人死。",
        "- It fell.| * It was old.",
        "It fell in Northtown, Pa. on Monday.",
        "He is no. 5 of them.| That is a no.| The end.",
    ],
)
def test_sentences(text):
    expected = [part.strip().lstrip("-* ") for part in text.split("|")]
    assert cut(text.replace("|", "")) == expected


def test_a_sentence_never_reaches_over_a_line_and_has_the_lines_kind():
    text = "Bridge falls\n\nIt fell.\nNobody died. More follows\n\nShare\n\nIt was old."
    found = prepared.prepared(text).sentences
    assert [(one.kind, text[one.start : one.end]) for one in found] == [
        (LineKind.HEADLINE, "Bridge falls"),
        (LineKind.BODY, "It fell."),
        (LineKind.BODY, "Nobody died."),
        (LineKind.BODY, "More follows"),
        (LineKind.CREDIT, "Share"),
        (LineKind.BODY, "It was old."),
    ]
    assert all(one.doc is None for one in found)


def test_a_sentence_that_is_too_long_is_cut_at_white_space():
    text = "words " * 5000
    parts = cut(text)
    assert all(len(part) <= sentences.LONGEST for part in parts)
    assert " ".join(parts) == text.strip()
    assert all(set(part.split()) == {"words"} for part in parts)
    assert [len(part) for part in cut("a" * 5000)] == [2000, 2000, 1000]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"We came," he said. "We saw."', ["We came,", "We saw."]),
        ("“We came,” he said. ‘We saw.’", ["We came,", "We saw."]),
        ("« Oui », dit-il. «Non»", ["Oui", "Non"]),
        ("„Ja“, sagte er. »Nein«", ["Ja", "Nein"]),
        ("``Yes,'' he said.", ["Yes,"]),
        ("'It's the boys' fault,' he said.", ["It's the boys' fault,"]),
        ("'Our goal is Rome, God willing,'", ["Our goal is Rome, God willing,"]),
        ("Isis' child, the boys' school and rock 'n' roll of the '90s.", []),
        ("She didn't say ‘don’t’ to the soldiers’ leader.", ["don’t"]),
        ("\"He said 'no' to me,\" she said.", ["He said 'no' to me,", "no"]),
        ("“He said ‘no.’”", ["He said ‘no.’", "no."]),
        ('"He said "no" to me," she said.', ['He said "no" to me,', "no"]),
        ('the "junior cubs\'." A video', ["junior cubs'."]),
        ("A 6\" knife and a 5' pole, he said.", []),
        ("He called it 'safe'; they called it 'old'.", ["safe", "old"]),
        ('An unclosed "one is here. More text.', ["one is here."]),
        ("“First one.\n\n“Second one,” he said.", ["First one.", "Second one,"]),
        ("“First one. Still first\n\n“Second one,” he said.", ["First one. Still first", "Second one,"]),
        ('No opener" here. "There" is.', ["There"]),
        ('""', []),
        ('قال «نعم» ثم "لا".', ["نعم", "لا"]),
    ],
)
def test_quotations(text, expected):
    assert quoted(text) == expected


def test_a_quotation_stays_within_its_line():
    text = 'He said "we came\n\nAnd then" they left.'
    assert quoted(text) == ["we came"]
