"""Proposed claims: where their words begin and end, what they are about, and that nothing is invented."""

import itertools
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from seawall.claims import english, proposals as proposing
from seawall.claims.parsed import Parsed, Sentence
from seawall.model.claim import Facet, SourceKind
from seawall.model.report import Line, LineKind

sys.path.insert(0, str(Path(__file__).parent))
from reports_in_english import chain, only, parsed, proposals

#: frames and clauses, put together at random
OPENINGS = [
    "Police said ",
    "According to the mayor, ",
    "The video shows ",
    "It is believed that ",
    "",
    "He said ",
]
CLAUSES = [
    "two men left the town",
    "the driver is believed to have crossed the border",
    "the bridge, which was built in 1950, fell into the river",
    '"we saw the water rise," a baker said',
    "a boy of ten was forced to carry boxes",
    "no ships were found - the first such loss in years - near the coast",
]
CLOSINGS = [
    ", officials said",
    " but this could not be verified",
    ", killing four people at the dam",
    "",
    " [sic] (Isis)",
]
SENTENCES = st.builds(
    lambda opening, first, second, closing: f"{opening}{first} and {second}{closing}.",
    st.sampled_from(OPENINGS),
    st.sampled_from(CLAUSES),
    st.sampled_from(CLAUSES),
    st.sampled_from(CLOSINGS),
)
KINDS = st.sampled_from([LineKind.BODY, LineKind.CAPTION, LineKind.HEADLINE])
REPORTS = st.lists(st.tuples(KINDS, SENTENCES), min_size=1, max_size=4)


def spans(*lines):
    return [one.span.text for one in proposals(*lines)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "A video has been released showing a boy being pushed by masked men.",
            ["A video has been released", "a boy being pushed by masked men"],
        ),
        (
            "The tired driver, who was stopped by soldiers at the northern gate, is believed to have fled.",
            ["The tired driver", "was stopped by soldiers at the northern gate", "is believed to have fled"],
        ),
        (
            "A film of the race -the first reported win of its kind by a child - has been shared by fans.",
            [
                "the first reported win of its kind by a child",
                "has been shared by fans",
            ],
        ),
        ("And, however, the bridge fell on Monday.", ["the bridge fell on Monday"]),
        ("KHOR (Northern News) — The bridge fell on Monday.", ["The bridge fell on Monday"]),
        (
            "Police said the bridge fell on Monday after a heavy lorry had hit a pillar.",
            ["the bridge fell on Monday", "a heavy lorry had hit a pillar"],
        ),
    ],
)
def test_where_pieces_begin_and_end(text, pieces):
    found = spans(text)
    for piece in pieces:
        assert any(one.startswith(piece) for one in found), found


@pytest.mark.parametrize(
    "text",
    [
        "It came a day.",
        "That is why.",
        "Why did the bridge fall?",
        "Let us see.",
        "On the northern coast.",
        "He did so.",
    ],
)
def test_what_says_nothing_is_not_proposed(text):
    assert spans(text) == []


def test_the_words_of_a_frame_are_no_claim():
    for text in (
        "Police said the bridge fell.",
        "The video shows a man running.",
        "It is believed that he fled home.",
    ):
        assert not any("said" in one or "shows" in one or "It is" in one for one in spans(text))


def test_a_short_second_verb_stays_and_a_long_one_parts():
    assert spans("The man turns to the camera and waves a flag.") == [
        "The man turns to the camera and waves a flag"
    ]
    text = (
        "The council bought a field at the northern end of the harbour in spring and sold it to a firm "
        "from the capital in autumn."
    )
    assert len(spans(text)) == 2


def test_a_share_of_those_just_told_of_is_a_piece():
    found = spans("The storm killed 37 sailors this week, among them eleven cadets and six cooks.")
    assert found[0] == "The storm killed 37 sailors this week"
    assert found[1].endswith("eleven cadets and six cooks")


@pytest.mark.parametrize(
    ("text", "words", "facet"),
    [
        ("A video has been shared by fans on social media.", "shared", Facet.MEDIA),
        ("The boy is no more than ten years of age.", "ten years", Facet.AGE),
        ("The theft took place at the old mill near Ost.", "took place", Facet.WHERE),
        ("Two sailors were arrested at the harbour.", "arrested", Facet.CAPTURE),
        ("The thief used a knife to open the door.", "used a knife", Facet.METHOD),
        ("It was the deadliest storm since 1950.", "deadliest", Facet.FIRST_OF_KIND),
        ("Children were recruited by the group.", "recruited", Facet.WHO_CHILD),
        ("At least 14 people died in the storm.", "died", Facet.COUNT),
        ("The soldiers attacked the village.", "attacked", Facet.ACT),
        ("The captain threatened to close the harbour.", "threatened", Facet.THREAT),
        ('"The water came fast," a baker said.', "The water", Facet.QUOTE),
        ("The weather was mild in the valley.", "mild", Facet.OTHER),
        ("The firm painted the old bridge.", "painted", Facet.OTHER),
    ],
)
def test_facets(text, words, facet):
    assert only(text, of=words).facet is facet


def test_a_repeated_headline_is_read_once_and_bylines_never():
    headline = (LineKind.HEADLINE, "Bridge falls into the river at Ost")
    lines = [headline, (LineKind.BYLINE, "Written by the northern office"), "A lorry hit a pillar.", headline]
    assert spans(*lines) == ["Bridge falls into the river at Ost", "A lorry hit a pillar"]


def test_another_language_has_no_proposals():
    text = "Le pont est tombé lundi."
    french = Parsed(text, "fr", (), (), (Sentence(0, len(text), LineKind.BODY, None),), ())
    assert proposing.proposals(english.parsed(french)) == ()


@settings(max_examples=40, deadline=None)
@given(REPORTS)
def test_laws(lines):
    report = parsed(*lines)
    found = proposing.proposals(report)
    assert found == proposing.proposals(parsed(*lines))
    assert list(found) == sorted(found, key=lambda one: (one.span.start, one.span.end))
    for before, after in itertools.pairwise(found):
        assert before.span.end <= after.span.start
    for one in found:
        assert one.span.holds_in(report.text)
        assert one.span.text == one.span.text.strip()
        assert one.attribution[-1].kind is SourceKind.OUTLET_VOICE
        assert one.attribution[-1].source is None
        cues = [link.cue for link in one.attribution if link.cue is not None]
        assert all(cue.holds_in(report.text) for cue in (*cues, *one.hedge.cues))
        assert bool(one.hedge.cues) is (one.hedge.level.value != "none")
        assert all(
            link.inferred
            for link in one.attribution[:-1]
            if link.cue is None
            and link.source is None
            and link.kind not in {SourceKind.DIRECT_QUOTE, SourceKind.CAPTION}
        )
        assert one.group == "main"
        assert one.rule.startswith("clause:")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_left(text):
    kept = text.replace("\r", " ")
    sentences = tuple(Sentence(0, len(kept), kind, None) for kind in [LineKind.BODY] if kept)
    report = english.parsed(Parsed(kept, "en", (), (), sentences, ()))
    assert all(one.span.holds_in(kept) for one in proposing.proposals(report))


def overlaps(claim, proposal):
    return claim["start"] < proposal.span.end and proposal.span.start < claim["end"]


def test_every_gold_claim_of_the_sample_is_overlapped(reports_dir):
    text = (reports_dir / "report-1.txt").read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        start = text.index(line, lines[-1].end if lines else 0)
        if line.endswith(" YouTube"):
            lines.append(Line(start, start + len(line) - 8, LineKind.CAPTION))
            lines.append(Line(start + len(line) - 7, start + len(line), LineKind.CREDIT))
        elif line:
            kind = LineKind.HEADLINE if len(line) < 30 else LineKind.BODY
            lines.append(Line(start, start + len(line), kind))
    whole = parsed(*((line.kind, text[line.start : line.end]) for line in lines))
    gold = json.loads((reports_dir / "report-1.claims.json").read_text(encoding="utf-8"))
    moved = [whole.text.find(claim["span"]) for claim in gold]
    claims = [{"start": at, "end": at + len(claim["span"])} for at, claim in zip(moved, gold, strict=True)]
    found = proposing.proposals(whole)
    assert all(any(overlaps(claim, one) for one in found) for claim in claims)
    threat = next(one for one in found if one.span.text.startswith("Our goal"))
    assert [kind for kind, _ in chain(threat)] == ["perpetrator_claim", "named_source"]
