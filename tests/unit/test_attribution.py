"""Who says what: every shape in which a text tells its sources."""

import sys
from pathlib import Path

import pytest

from seawall.model.claim import SourceKind
from seawall.model.report import LineKind

sys.path.insert(0, str(Path(__file__).parent))
from reports_in_english import chain, only, proposals

STATED = [
    ("The bridge was closed on Monday, police said.", "The bridge was closed", ("named_source", "police")),
    (
        "The harbour office said that the ferry left at noon.",
        "the ferry left at noon",
        ("named_source", "The harbour office"),
    ),
    (
        "According to the weather service, the storm reached the coast at dawn.",
        "the storm reached the coast",
        ("named_source", "the weather service"),
    ),
    (
        "The storm reached the coast at dawn, according to the weather service.",
        "The storm reached the coast",
        ("named_source", "the weather service"),
    ),
    (
        "As the mayor said, the road will open in May.",
        "the road will open",
        ("named_source", "the mayor"),
    ),
    (
        "Two officials told Northern News the convoy had left the town.",
        "the convoy had left",
        ("anonymous_source", "Two officials"),
    ),
    (
        "The minister was quoted by the agency as saying that the talks had failed.",
        "the talks had failed",
        ("named_source", "The minister"),
    ),
    (
        "The paper cited security sources as saying that the talks had failed.",
        "the talks had failed",
        ("anonymous_source", "security sources"),
    ),
    (
        "The company denied that the valve had been opened.",
        "the valve had been opened",
        ("named_source", "The company"),
    ),
    (
        "The union's claim that the valve was opened by hand surprised the engineers.",
        "the valve was opened by hand",
        ("named_source", "The union"),
    ),
    (
        "A report by the inspectors found that the valve had rusted.",
        "the valve had rusted",
        ("named_source", "A report by the inspectors"),
    ),
    (
        "The farmers left the hall, saying that the prices were too low.",
        "the prices were too low",
        ("named_source", "The farmers"),
    ),
    (
        "Schoolboy Jon Peder expressed his shock at seeing a former neighbour waving a flag in the crowd.",
        "a former neighbour waving a flag",
        ("named_source", "Schoolboy Jon Peder"),
    ),
    (
        '"The water came very fast," said Mara Ilves, 34, a baker.',
        "The water came",
        ("direct_quote", "Mara Ilves"),
    ),
    (
        '"The water came very fast," the baker told reporters.',
        "The water came",
        ("direct_quote", "the baker"),
    ),
    ('"The price is far too high," added a fisherman.', "The price is", ("direct_quote", "a fisherman")),
    (
        'A neighbour said: "The lights went out before midnight."',
        "The lights went out",
        ("direct_quote", "A neighbour"),
    ),
    (
        "The Front claimed responsibility for the raid on the camp.",
        "claimed responsibility",
        ("perpetrator_claim", "The Front"),
    ),
    (
        "The militants said that they had taken the town of Ost.",
        "they had taken the town",
        ("perpetrator_claim", "The militants"),
    ),
]


@pytest.mark.parametrize(("text", "words", "first"), STATED, ids=[case[0][:40] for case in STATED])
def test_stated_sources(text, words, first):
    proposal = only(text, of=words)
    assert chain(proposal)[0] == first
    assert not any(
        link.inferred
        for link in proposal.attribution
        if link.kind is SourceKind.NAMED_SOURCE and "see" not in link.cue.text
    )


def test_what_coordination_adds_is_still_said():
    proposal = only(
        "The mayor said the alarm rang, but the device did not go off in the hall.", of="did not go off"
    )
    assert chain(proposal) == [("named_source", "the mayor")] or chain(proposal) == [
        ("named_source", "The mayor")
    ]


def test_a_verb_that_the_speaker_does_is_not_said():
    proposal = only("The mayor said the alarm rang and left the hall by the back door.", of="the alarm rang")
    assert chain(proposal) == [("named_source", "The mayor")]


@pytest.mark.parametrize(
    ("text", "words", "first"),
    [
        (
            '"It\'s a disgrace," fumed season ticket holder Lou Marsh.',
            "a disgrace",
            ("direct_quote", "season ticket holder Lou Marsh"),
        ),
        (
            '"I hid under a desk for hours," an employee who gave her name only as Dina told the radio.',
            "I hid under a desk",
            ("direct_quote", "an employee"),
        ),
        (
            "As part of his plea, Jon Peder, 44, said that he had sold the boat.",
            "he had sold the boat",
            ("named_source", "Jon Peder"),
        ),
        (
            "Clerk Mara Ilves said in one of a series of messages that the lorry was carrying fuel.",
            "the lorry was carrying fuel",
            ("named_source", "Clerk Mara Ilves"),
        ),
        (
            "The council issued a statement saying that the hall was safe.",
            "the hall was safe",
            ("named_source", "The council"),
        ),
        (
            "As reported by Northern News, the lorry was carrying fuel.",
            "the lorry was carrying fuel",
            ("named_source", "Northern News"),
        ),
        (
            "Officials described the driver as tired.",
            "described the driver",
            ("anonymous_source", "Officials"),
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_sources_that_the_parse_misplaces(text, words, first):
    assert chain(only(text, of=words))[0] == first


def test_a_closing_source_reaches_back_to_a_semicolon():
    text = "In Ost, walkers held a silent march, Channel Four reported; in Nor, the bells rang all day."
    assert chain(only(text, of="the bells rang")) == []


def test_what_is_told_of_the_speaker_is_not_his():
    text = "Prime Minister Rolf Sand, who visited the harbour by boat, promised rapid aid."
    assert chain(only(text, of="visited the harbour")) == []
    assert chain(only(text, of="rapid aid")) == [("named_source", "Prime Minister Rolf Sand")]


def test_the_outlet_ends_every_chain_and_names_nobody():
    for proposal in proposals(*(text for text, _, _ in STATED)):
        outlet = proposal.attribution[-1]
        assert (outlet.kind, outlet.source, outlet.cue, outlet.inferred) == (
            SourceKind.OUTLET_VOICE,
            None,
            None,
            False,
        )
        assert all(link.kind is not SourceKind.OUTLET_VOICE for link in proposal.attribution[:-1])


def test_a_plain_sentence_is_the_outlets():
    assert chain(only("The bridge was closed on Monday.", of="The bridge was closed")) == []


@pytest.mark.parametrize("verb", ["believes", "hopes", "fears", "thinks"])
def test_what_somebody_believes_is_not_torn_out_of_the_belief(verb):
    proposal = only(f"The mayor {verb} that the dam will hold.", of="the dam will hold")
    assert verb in proposal.span.text
    assert chain(proposal) == []


@pytest.mark.parametrize(
    "text",
    [
        "The mayor did not say whether the dam would hold.",
        "The mayor declined to say that the dam would hold.",
    ],
)
def test_what_somebody_did_not_say_is_not_his(text):
    assert all(chain(one) == [] for one in proposals(text))


def test_sources_nest_from_the_innermost():
    proposal = only(
        "According to the Lookout service, the minister said that the talks had failed.",
        of="the talks had failed",
    )
    assert chain(proposal) == [("named_source", "the minister"), ("named_source", "the Lookout service")]
    quoted = only(
        "The minister was quoted by the agency as saying that the talks had failed.",
        of="the talks had failed",
    )
    assert chain(quoted) == [("named_source", "The minister"), ("named_source", "the agency")]


def test_a_threat_is_the_militants_as_the_observers_tell_it():
    proposal = only(
        "According to the northern Observatory, at the end of the film the militant turns to the camera and "
        "makes a threat to the city.",
        '"Our aim is not only this village, rather our aim is to take the whole valley,"',
        of="Our aim",
    )
    assert chain(proposal) == [
        ("perpetrator_claim", "the militant"),
        ("named_source", "the northern Observatory"),
    ]
    assert proposal.attribution[0].inferred


def test_a_quotation_goes_on_over_sentences():
    text = (
        '"The water came very fast," said Mara Ilves. "We took the children out. The house shook all night."'
    )
    for words in ("The water came", "We took the children", "The house shook"):
        assert chain(only(text, of=words)) == [("direct_quote", "Mara Ilves")]


def test_a_term_in_quotation_marks_is_no_speech():
    assert chain(only('The "northern route" was closed on Monday.', of="was closed")) == []


def test_a_pronoun_stands_for_the_last_source():
    text = "Officer Jo Hale said the road was closed. She added that the bridge was safe."
    assert chain(only(text, of="the bridge was safe")) == [("named_source", "she (Officer Jo Hale)")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The video shows two men carrying boxes into a shed.", "two men carrying boxes"),
        ("Footage depicts two men carrying boxes into a shed.", "two men carrying boxes"),
        ("A video has been released showing two men carrying boxes into a shed.", "two men carrying boxes"),
        ("In the footage, two men carry boxes into a shed.", "two men carry boxes"),
        ("The tall man is seen carrying boxes into a shed.", "carrying boxes"),
        ("A voice can be heard shouting for help.", "shouting for help"),
        ("The group posted a photograph in which smoke rises over the tanks.", "smoke rises over the tanks"),
    ],
)
def test_what_media_show(text, words):
    assert chain(only(text, of=words)) == [("media_content", None)]


def test_the_release_itself_is_the_outlets():
    proposal = only(
        "A video has been released showing two men carrying boxes into a shed.", of="has been released"
    )
    assert proposal.span.text == "A video has been released"
    assert chain(proposal) == []


def test_a_release_that_says_what_is_shown_stays_one_claim():
    proposal = only("The group released a video of two men carrying boxes into a shed.", of="two men")
    assert proposal.span.text == "The group released a video of two men carrying boxes into a shed"


@pytest.mark.parametrize("aside", ["he said", "police said on Monday", "said the mayor"])
def test_asides(aside):
    ((kind, _),) = chain(only(f"The bridge, {aside}, was closed for repairs.", of="closed for repairs"))
    assert kind == "named_source"


def test_who_is_seen_as_a_rival_is_in_no_picture():
    assert all(chain(one) == [] for one in proposals("The mayor is seen as a rival of the governor."))


def test_narrative_present_after_footage_is_inferred():
    proposal = only(
        "The video shows two men in a shed.", "The taller man then opens a box.", of="opens a box"
    )
    (link, _) = proposal.attribution
    assert (link.kind, link.cue, link.inferred) == (SourceKind.MEDIA_CONTENT, None, True)


@pytest.mark.parametrize(
    "after",
    [
        "Their long campaign continues.",
        "The firm closed the shed in May.",
        "The shed has been empty for years.",
    ],
)
def test_general_statements_after_footage_are_the_outlets(after):
    assert all(
        chain(one) == []
        for one in proposals("The video shows two men in a shed.", after)
        if one.span.text in after
    )


@pytest.mark.parametrize(
    "text",
    [
        "The driver is believed to have left the town.",
        "The driver is understood to have left the town.",
        "The driver is thought have left the town.",
        "The driver was said to have left the town.",
        "The driver reportedly left the town.",
        "It is believed that the driver left the town.",
        "The driver, it is assumed, left the town.",
    ],
)
def test_beliefs_of_nobody(text):
    proposal = only(text, of="left the town")
    assert chain(proposal) == [("agentless_belief", None)]
    assert proposal.hedge.cues


def test_a_belief_with_an_agent_is_no_belief_of_nobody():
    proposal = only("The driver is believed by his family to have left the town.", of="left the town")
    assert ("agentless_belief", None) not in chain(proposal)


def test_a_belief_that_somebody_reports_is_his():
    proposal = only("Police said the driver is believed to have left the town.", of="left the town")
    assert chain(proposal) == [("named_source", "Police")]
    assert proposal.hedge.level.value == "believed"


def test_captions_have_their_credit():
    lines = [(LineKind.CAPTION, "A man carries a box into the shed"), (LineKind.CREDIT, "Snapline")]
    proposal = only(*lines, of="carries a box")
    assert chain(proposal) == [("caption", "Snapline")]
    assert proposal.attribution[0].cue.text == "Snapline"


def test_what_a_caption_tells_of_the_past_is_the_outlets():
    lines = [(LineKind.CAPTION, "The firm closed the shed in May"), (LineKind.CREDIT, "Snapline")]
    assert chain(only(*lines, of="closed the shed")) == []
