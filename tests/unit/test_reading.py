"""Reading as a whole: reserve is kept whatever the parse says; a language is added by its reader."""

from __future__ import annotations

import dataclasses

import pytest

from seawall.claims import english, prepared, proposals, reading, reserve
from seawall.model.claim import UNHEDGED, Facet, HedgeLevel, Polarity, Proposal, Source, SourceKind

BADLY_PARSED = "A boy believed to be about 11 is understood to have been put ashore at the pier."


def read(text):
    return reading.read(text).proposals


def test_two_beliefs_in_one_clause_are_both_kept():
    (only,) = read(BADLY_PARSED)
    assert [cue.text for cue in only.hedge.cues] == ["believed to", "is understood to"]
    assert only.hedge.level is HedgeLevel.BELIEVED
    assert [link.kind for link in only.attribution] == [SourceKind.AGENTLESS_BELIEF, SourceKind.OUTLET_VOICE]


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("reportedly", HedgeLevel.REPORTED),
        ("allegedly", HedgeLevel.ALLEGED),
        ("apparently", HedgeLevel.APPARENT),
        ("possibly", HedgeLevel.POSSIBLE),
    ],
)
def test_a_proposal_that_lost_its_reserve_gets_it_back(words, level):
    parsed = english.parsed(prepared.prepared(f"The crew {words} left the ferry at noon."))
    (whole,) = proposals.proposals(parsed)
    bare = dataclasses.replace(whole, hedge=dataclasses.replace(whole.hedge, level=HedgeLevel.NONE, cues=()))
    (kept,) = reserve.kept(parsed, [bare])
    assert (kept.hedge.level, [cue.text for cue in kept.hedge.cues]) == (level, [words])


def test_what_has_its_cue_already_stays_as_it_is():
    parsed = english.parsed(
        prepared.prepared("The crew reportedly left, and the ferry is believed to be empty.")
    )
    made = proposals.proposals(parsed)
    assert reserve.kept(parsed, made) == made


def test_reserve_goes_to_the_closest_words_only():
    found = read("Officials said the captain, who is thought to be in Oslo, had sold the ferry.")
    hedged = [one for one in found if "is thought to" in [cue.text for cue in one.hedge.cues]]
    assert len(hedged) == 1
    assert "Oslo" in hedged[0].span.text


class French:
    """A reader of another language, as one may be added: the whole of each sentence is a claim."""

    language = "fr"

    def parsed(self, text):
        return text

    def proposals(self, text):
        outlet = Source(SourceKind.OUTLET_VOICE, None, None)
        return tuple(
            Proposal(
                text.span(one.start, one.end),
                Facet.OTHER,
                "main",
                (outlet,),
                UNHEDGED,
                Polarity.POSITIVE,
                "sentence",
            )
            for one in text.sentences
        )


def test_a_language_is_added_by_its_reader():
    text = "La ville est dans la vallée. Les habitants ont quitté le port avec leurs bateaux."
    assert reading.read(text).proposals == ()
    assert reading.read(text).unread
    found = reading.read(text, readers={**reading.READERS, "fr": French()})
    assert [one.span.text for one in found.proposals] == [
        "La ville est dans la vallée.",
        "Les habitants ont quitté le port avec leurs bateaux.",
    ]
    assert found.unread == ()
