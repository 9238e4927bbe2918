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


@pytest.mark.parametrize("mark", [", but", ", although", ";"])
@pytest.mark.parametrize(
    "source", ["the fire service said", "according to a spokesman for the northern fire service"]
)
def test_a_closing_source_reaches_back_to_a_contrast(mark, source):
    text = f"Nobody was hurt in the hall{mark} two cars were crushed by the roof, {source}."
    assert chain(only(text, of="Nobody was hurt")) == []
    assert len(chain(only(text, of="two cars were crushed"))) == 1


def test_a_closing_source_holds_for_both_of_two_clauses_without_a_contrast():
    text = "The roof fell in at noon and two cars were crushed, the fire service said."
    assert chain(only(text, of="The roof fell")) == [("named_source", "the fire service")]
    assert chain(only(text, of="two cars")) == [("named_source", "the fire service")]


def test_a_closing_verb_after_a_semicolon_is_not_about_what_stands_before():
    text = "In 2018 a clerk was fined for the same forgery; the judge warned the jury not to think of that."
    assert chain(only(text, of="a clerk was fined")) == []


def test_after_an_aside_a_contrast_is_the_writers():
    text = "More rain will fall in the valley, the weather office says, but a second flood is unlikely."
    assert chain(only(text, of="More rain")) == [("named_source", "the weather office")]
    assert chain(only(text, of="a second flood")) == []


def test_a_writer_goes_on_about_the_speaker():
    text = "The mayor said the road was open, but she has refused to drive there with the press."
    assert chain(only(text, of="the road was open")) == [("named_source", "The mayor")]
    assert chain(only(text, of="refused to drive")) == []
    other = "She said the road was open, but they had not driven there at all."
    assert chain(only(other, of="they had not driven")) == [("named_source", "She")]


@pytest.mark.parametrize(
    ("text", "words", "source"),
    [
        (
            "Two boats are lost and one is taking on water, harbour master Anso Krel has told the press.",
            "taking on water",
            "harbour master Anso Krel",
        ),
        (
            "Hail has hit the village of Ost for the second day running, local media report.",
            "Hail has hit",
            "local media",
        ),
        (
            (
                "At least 430 farms have been flooded since then, the farmers' office of the Northern League "
                "estimates, and more than sixty bridges have been lost or closed."
            ),
            "430 farms",
            "the farmers' office of the Northern League",
        ),
        (
            "Help arrived only towards noon, affirmed a local elected official on Monday.",
            "Help arrived",
            "a local elected official",
        ),
        (
            "The road was open, added the mayor.",
            "The road was open",
            "the mayor",
        ),
    ],
)
def test_closing_sources_that_the_parse_hides(text, words, source):
    ((kind, name),) = chain(only(text, of=words))
    assert kind in {"named_source", "anonymous_source"}
    assert name == source
    assert not any(source in one.span.text for one in proposals(text))


@pytest.mark.parametrize(
    "text",
    [
        "The party has won more towns, more votes and more pledged seats.",
        "One of his sons is a sailor, a fact he often mentions in the hall.",
        "The tall man, who was accused of theft, left the town.",
    ],
)
def test_lists_and_relatives_are_no_closing_sources(text):
    assert all("closing" not in one.rule for one in proposals(text))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("A clerk sold the boat to a boy of 14, a court heard on Monday.", "a court"),
        ("The jury was told that a clerk sold the boat to a boy of 14.", "The jury"),
        ("The harbour office said in a statement that a clerk sold the boat.", "The harbour office"),
        ("The clerk agreed that a pilot sold the boat to a boy of 14.", "The clerk"),
        ("Detectives believe that a clerk sold the boat to a boy of 14.", "Detectives"),
        ("The clerk sold the boat, acc. to Radio Ost, and left.", "Radio Ost"),
    ],
)
def test_other_ways_to_say_who_says_so(text, source):
    assert chain(only(text, of="sold the boat")) == [("named_source", source)]


def test_both_clauses_of_a_statement_are_its_writers():
    text = (
        "The harbour office said in a statement that two boats had been held, and that traces of oil had "
        "been found in the bay."
    )
    assert chain(only(text, of="two boats"))[0] == ("named_source", "The harbour office")
    assert chain(only(text, of="traces of oil"))[0] == ("named_source", "The harbour office")


def test_who_puts_a_number_at_so_many_is_its_source():
    assert chain(only("A nurse at the hospital put the number of dead at 19.", of="at 19")) != []
    assert chain(only("A nurse at the hospital put the lamp at the door.", of="the lamp")) == []


def test_an_estimate_is_of_the_number():
    text = (
        "Drivers stopped work on Monday after talks broke down at night, leaving some 3,000 passengers "
        "without a bus, the city estimated."
    )
    assert chain(only(text, of="Drivers stopped work")) == []
    assert chain(only(text, of="3,000 passengers")) == [("named_source", "the city")]


def test_a_belief_as_an_aside_is_the_believers_and_held_back():
    proposal = only("The voice on the tape is hers, her uncle believes.", of="is hers")
    assert chain(proposal) == [("anonymous_source", "her uncle")] or chain(proposal) == [
        ("named_source", "her uncle")
    ]
    assert proposal.hedge.level.value == "believed"


def test_whom_somebody_threatens_is_no_claim_of_his():
    assert chain(only("The gang has threatened traders in the old market.", of="threatened traders")) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "Odd footage has emerged of a boy of about nine pulling carts through an empty street.",
            "pulling carts",
        ),
        ("In the video the lad waves a flag at four tired men.", "waves a flag"),
        (
            "The channel put out pictures of a training camp for sailors, in which children climb a mast.",
            "children climb a mast",
        ),
        ("Drone film shows cars stacked against the wall and a boat floating past the church.", "a boat"),
        ("In the film a car stops at the gate and you hear three loud bangs.", "three loud bangs"),
    ],
)
def test_more_that_media_show(text, words):
    assert chain(only(text, of=words)) == [("media_content", None)]


def test_one_of_those_in_the_picture_may_have_something():
    lines = ("The video shows four men in a shed.", "One of the men has a scarf over his eyes.")
    assert chain(only(*lines, of="a scarf")) == [("media_content", None)]


def test_a_threat_in_footage_is_what_it_shows_and_a_statement_there_is_its_speakers():
    film = "The video shows four men in a shed."
    assert chain(only(film, "He warns that the others are next in line.", of="the others are next")) == [
        ("media_content", None)
    ]
    said = only(film, "A bearded man says that the others left the town.", of="the others left")
    assert chain(said)[0] == ("anonymous_source", "A bearded man")
    named = only(film, "Officer Jo Hale warns that the others are next in line.", of="the others are next")
    assert chain(named) == [("named_source", "Officer Jo Hale")]


def test_a_verb_of_taking_pictures_is_no_footage():
    lines = ("We photographed the fragments in the yard.", "Such lamps light the whole harbour at night.")
    assert chain(only(*lines, of="Such lamps")) == []


def test_a_belief_ends_where_another_clause_stands_against_it_or_tells_what_came_next():
    text = "The others are thought to be held in the marshes, though nobody has seen them there."
    assert chain(only(text, of="nobody has seen")) == []
    text = "A nurse was allegedly held for three days at the gate before she was released without charge."
    assert chain(only(text, of="held for three days")) == [("agentless_belief", None)]
    assert chain(only(text, of="she was released")) == []


@pytest.mark.parametrize(
    "text", ["The gang has been blamed for two thefts.", "The clerk is accused of two thefts."]
)
def test_accusers_without_a_name(text):
    proposal = only(text, of="two thefts")
    assert chain(proposal) == [("agentless_belief", None)]
    assert proposal.hedge.level.value == "alleged"


def test_it_is_said_to_of_a_thing_is_a_belief():
    assert chain(only("It is said to hold more than 200 boats.", of="200 boats")) == [
        ("agentless_belief", None)
    ]


RELEASE = (
    "NORTHERN SHORE WATCHPOST",
    "The Watchpost documented the loss of 37 boats on the shore this week.",
    "We found that two of our boats had sunk in the bay.",
    "The harbour office said that the storm had passed.",
)


def test_a_writers_own_name_and_we_are_no_sources():
    assert chain(only(*RELEASE, of="37 boats")) == []
    own = only(*RELEASE, of="two of our boats")
    assert chain(own) == []
    assert "We found" not in own.span.text
    assert chain(only(*RELEASE, of="the storm had passed")) == [("named_source", "The harbour office")]


def test_a_headline_in_capitals_alone_makes_no_writer():
    lines = ("HARBOUR OFFICE CLOSES", "The harbour office said that the storm had passed.")
    assert chain(only(*lines, of="the storm had passed")) == [("named_source", "The harbour office")]


def test_what_stands_before_a_colon_is_not_what_the_closing_source_says():
    text = "The firm gave a lower figure for the strike: two drivers had stayed at home, it said."
    assert chain(only(text, of="two drivers")) != []
    text = "Neighbours gave differing accounts: two said they heard a bell, a third said he heard a horn."
    assert chain(only(text, of="differing accounts")) == []


@pytest.mark.parametrize(
    "text",
    [
        "The army accused the rebels of theft, a charge the rebels deny.",
        "The army accused the rebels of theft, a charge their leaders deny.",
    ],
)
def test_who_denies_a_charge_made_is_not_its_source(text):
    assert chain(only(text, of="theft")) == [("named_source", "The army")]


def test_by_telephone_is_not_who_says_it():
    text = '"We heard a bell and then a horn," Lena Orsk, a nurse, said by telephone.'
    assert chain(only(text, of="We heard a bell"))[0] == ("direct_quote", "Lena Orsk")


def test_who_posted_it_says_nothing_by_that():
    text = "The account that posted it has since been deleted from the platform."
    assert all(chain(one) == [] for one in proposals(text))


def test_what_accounts_suggest_is_held_back():
    hedge = only("Accounts of neighbours suggest that there were two boats.", of="two boats").hedge
    assert hedge.level.value == "apparent"


def test_a_short_statement_is_kept_where_somebody_says_it():
    text = "The force said the pilot had been careless, while his family insists he was unarmed."
    assert chain(only(text, of="he was unarmed"))[0] == ("anonymous_source", "his family")


def test_the_footage_without_its_verb():
    found = proposals("Footage broadcast by local television showed sailors hosing down a burning lorry.")
    assert found[0].span.text == "Footage broadcast by local television"


def test_an_aside_with_something_after_it_is_about_what_stands_before():
    text = "It had treated two sailors, a nurse said, both of whom had since been discharged."
    assert chain(only(text, of="treated two sailors")) == [("anonymous_source", "a nurse")] or chain(
        only(text, of="treated two sailors")
    ) == [("named_source", "a nurse")]
