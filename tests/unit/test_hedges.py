"""With what reserve a claim is made, and how far the reserve reaches."""

import sys
from pathlib import Path

import pytest

from seawall.model.claim import HedgeLevel, Polarity

sys.path.insert(0, str(Path(__file__).parent))
from reports_in_english import only

HALLMARKS = "bears the hallmarks"
CONFIRMED = "yet to be confirmed"
CUES = [
    ("The driver reportedly left the town.", "left the town", HedgeLevel.REPORTED, "reportedly"),
    ("Two sailors were reported dead after the storm.", "Two sailors", HedgeLevel.REPORTED, "were reported"),
    ("The driver is believed to have left the town.", "left the town", HedgeLevel.BELIEVED, "is believed to"),
    (
        "The driver is understood to have left the town.",
        "left the town",
        HedgeLevel.BELIEVED,
        "is understood to",
    ),
    ("Two of the sailors are feared dead.", "feared dead", HedgeLevel.BELIEVED, "are feared"),
    ("The driver apparently left the town.", "left the town", HedgeLevel.APPARENT, "apparently"),
    ("The driver appears to have left the town.", "left the town", HedgeLevel.APPARENT, "appears to"),
    ("The driver may have left the town.", "left the town", HedgeLevel.POSSIBLE, "may"),
    ("The dam could fail within days.", "The dam could fail", HedgeLevel.POSSIBLE, "could"),
    ("The dam will probably fail within days.", "The dam will", HedgeLevel.POSSIBLE, "probably"),
    ("The driver allegedly left the town.", "left the town", HedgeLevel.ALLEGED, "allegedly"),
    ("The firm claimed that the valve was closed.", "the valve was closed", HedgeLevel.ALLEGED, "claimed"),
    ("The firm denied that the valve was open.", "the valve was open", HedgeLevel.DENIED, "denied"),
    (
        "The film could not be independently verified.",
        "The film",
        HedgeLevel.POSSIBLE,
        "not be independently verified",
    ),
    ("There is no evidence that the valve was open.", "no evidence", HedgeLevel.POSSIBLE, "no evidence"),
    (
        "If confirmed, the find would be the oldest in the valley.",
        "the find would be",
        HedgeLevel.POSSIBLE,
        "If",
    ),
    ("Suspected smugglers left two boats on the beach.", "two boats", HedgeLevel.BELIEVED, "Suspected"),
    ("The girl is expected to leave the ward in May.", "leave the", HedgeLevel.POSSIBLE, "is expected to"),
    ("More rain is expected in the valley on Monday.", "More rain", HedgeLevel.POSSIBLE, "is expected"),
    ("Shadows suggest an early hour.", "Shadows", HedgeLevel.APPARENT, "suggest"),
    ("Early signs point to a gas leak.", "Early signs", HedgeLevel.APPARENT, "point to"),
    ("The theft bears the hallmarks of a rival gang.", "The theft", HedgeLevel.APPARENT, HALLMARKS),
    ("The dents are consistent with hail.", "The dents", HedgeLevel.APPARENT, "are consistent"),
    ('"We believe that the boat was sold," a clerk said.', "was sold", HedgeLevel.BELIEVED, "We believe"),
    ("A second leak cannot be ruled out.", "second leak", HedgeLevel.POSSIBLE, "not be ruled out"),
    ("We cannot say who opened the valve.", "who opened", HedgeLevel.POSSIBLE, "not say"),
    ("Nothing has been found that supports it.", "Nothing", HedgeLevel.POSSIBLE, "Nothing has been found"),
    ("The names of the sailors have yet to be confirmed.", "The names", HedgeLevel.POSSIBLE, CONFIRMED),
    ("The city plans to close the bridge in May.", "close the bridge", HedgeLevel.POSSIBLE, "plans"),
]


@pytest.mark.parametrize(("text", "words", "level", "cue"), CUES, ids=[case[0][:40] for case in CUES])
def test_levels_and_cues(text, words, level, cue):
    hedge = only(text, of=words).hedge
    assert hedge.level is level
    assert cue in [span.text for span in hedge.cues]


@pytest.mark.parametrize(
    "text",
    [
        "The driver left the town on Monday.",
        "Police said the driver left the town.",
        "The driver was not in the town.",
        "We could only take the children.",
        "The video shows the driver leaving the town.",
        "The driver is seen leaving the town.",
        "It is not known where the driver left the town.",
        "I could not tell who left the town.",
    ],
)
def test_plain_statements_have_none(text):
    last = text.split()[-1].rstrip(".")
    assert only(text, of=last).hedge.level is HedgeLevel.NONE


def test_a_hedge_holds_for_its_clause_alone():
    text = "The driver, who was held at the northern gate on Monday, is believed to have left the town."
    assert only(text, of="held at the northern gate").hedge.level is HedgeLevel.NONE
    assert only(text, of="have left the town").hedge.level is HedgeLevel.BELIEVED
    both = (
        "The driver apparently left the town early in the morning, and the police closed the northern road."
    )
    assert only(both, of="left the town").hedge.level is HedgeLevel.APPARENT
    assert only(both, of="closed the northern road").hedge.level is HedgeLevel.NONE


def test_what_could_not_be_verified_is_what_was_said_before():
    text = "The rebels said they had taken the town, but this could not be verified."
    hedge = only(text, of="taken the town").hedge
    assert hedge.level is HedgeLevel.POSSIBLE
    assert "not be verified" in [span.text for span in hedge.cues]


@pytest.mark.parametrize(
    ("text", "words", "polarity"),
    [
        ("The device did not go off in the hall.", "go off", Polarity.NEGATIVE),
        ("No sailors were found on the beach.", "sailors", Polarity.NEGATIVE),
        ("The firm never opened the valve.", "opened", Polarity.NEGATIVE),
        ("The firm denied that the valve was open.", "the valve was open", Polarity.NEGATIVE),
        ("The firm denied that the valve was not open.", "the valve was not open", Polarity.POSITIVE),
        ("Our goal is not only this village.", "Our goal", Polarity.POSITIVE),
        ("There is no evidence that the valve was open.", "no evidence", Polarity.POSITIVE),
        ("The film could not be verified.", "The film", Polarity.POSITIVE),
    ],
)
def test_polarity(text, words, polarity):
    assert only(text, of=words).polarity is polarity


def test_no_evidence_is_never_a_denial():
    hedge = only("There is no evidence that the valve was open.", of="no evidence").hedge
    assert hedge.level not in {HedgeLevel.NEGATED, HedgeLevel.DENIED}
