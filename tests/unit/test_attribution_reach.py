"""How far a source's words reach; who says what in asides, beliefs, footage and a writer's own release."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from reports_in_english import chain, only, proposals


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
