"""Organisations, places, quantities, times, media, groups, violations and discrepancies of a report."""

from __future__ import annotations

import json
import random
import string
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from report_texts import parsed, proposal_over, proposals

from seawall import errors
from seawall.claims import analyst_places, entities, organisations, places, quantities, times
from seawall.model.report import Feature, PlacePrecision, PlaceRole

PUBLISHED = date(2015, 7, 17)


def read(text: str, published: date | None = PUBLISHED, language: str = "en") -> entities.Entities:
    taken_apart = parsed(text, language)
    return entities.entities(taken_apart, proposals(taken_apart), published)


def place(text: str, name: str, language: str = "en"):
    return next(one for one in read(text, language=language).places if one.span.text == name)


@pytest.mark.parametrize(
    ("text", "language", "ids"),
    [
        ("Isis and ISIS fighters of Daesh, the Islamic State", "en", ["org:islamic-state"] * 4),
        ("IS fighters fled. It IS late.", "en", ["org:islamic-state"]),
        ("The terror group and the militant group", "en", []),
        ("Le groupe EI et l'État islamique", "fr", ["org:islamic-state"] * 2),
        ("نشر تنظيم داعش", "ar", ["org:islamic-state"]),
        ("Amaq, the agency", "en", ["org:amaq"]),
        ("al-Qaeda in the Islamic Maghreb", "en", ["org:aqim"]),
        ("The UN said that un enfant", "en", ["org:united-nations"]),
        ("A crisis is near; the sun isis", "en", []),
    ],
)
def test_organisations_fold_to_one_id(text, language, ids):
    assert [one.id for one in organisations.organisations(parsed(text, language))] == ids


@pytest.mark.parametrize(
    ("text", "name", "role", "feature"),
    [
        ("He was a leader in the ancient city of Palmyra, Syria.", "Palmyra", "affiliation", "city"),
        ("A video from inside Palmyra shows Syria.", "Palmyra", "media_site", "city"),
        ("\u201cWe will conquer Palmyra,\u201d he said in Syria.", "Palmyra", "threat_target", "city"),
        ("The killing took place in the province of Homs.", "Homs", "incident_site", "admin1"),
        ("He was captured by gunmen near Tikrit.", "Tikrit", "capture_site", "city"),
        ("The London-based group spoke.", "London", "source_location", "city"),
        ("He was held at the Al-Bosayri army checkpoint.", "Al-Bosayri army checkpoint", "context", "site"),
        ("They went to Niger State, Nigeria.", "Niger", "context", "admin1"),
        ("It happened in northern Mali village huts.", "Mali", "incident_site", "country"),
    ],
)
def test_a_place_has_the_role_and_feature_that_its_words_give(text, name, role, feature):
    found = place(text, name)
    assert (found.role.value, found.feature.value) == (role, feature)


@pytest.mark.parametrize(
    "text",
    [
        "Syrian and Roman ruins, French officers.",
        "Many fled. God is great. Of course.",
        "John Lincoln said so. Lincoln added more.",
        "It was at 02:14 UTC.",
    ],
)
def test_adjectives_people_and_common_words_are_no_places(text):
    assert read(text).places == ()


def test_a_site_of_no_list_is_not_geocoded_but_inside_what_the_text_says():
    found = place("It took place at the Dar Zuhair Palace in the province of Homs.", "Dar Zuhair Palace")
    assert found.candidates == ()
    assert (found.precision, found.inside) == (PlacePrecision.ADMIN1, "Homs governorate")
    assert found.note == "not geocoded, named site inside Homs governorate"


def test_candidates_come_with_reasons_and_none_is_chosen():
    found = place("The army of Syria left Palmyra.", "Palmyra")
    assert found.candidates[0].country == "SY"
    assert len(found.candidates) > 1
    assert all(candidate.why for candidate in found.candidates)
    assert found.note == "places of several countries bear the name"


def test_another_transliteration_is_a_candidate():
    found = place("Our goal is to conquer Bayt al- Maqdes, they wrote.", "Bayt al- Maqdes")
    assert found.candidates[0].name == "Jerusalem"
    assert "spelling" in found.candidates[0].why


def test_places_of_arabic_and_french_texts_are_found():
    assert place("في مدينة تدمر بمحافظة حمص", "تدمر", "ar").candidates[0].name == "Tadmur"
    assert place("Il est mort à Alep, en Syrie.", "Alep", "fr").candidates[0].name == "Aleppo"


CSV = "name,latitude,longitude,country code,feature code,alternatenames\n"


def test_an_analysts_place_comes_first():
    listed = analyst_places.read(CSV + 'Al-Bosayri,34.5,38.1,SY,S.CKPT,"Busayri checkpoint"\n', "mine.csv")
    taken_apart = parsed("He was held at Busayri checkpoint.")
    (found,) = places.places(taken_apart, (), listed)
    assert found.candidates[0].gazetteer == "analyst"
    assert found.feature is Feature.SITE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name,lat\nX,1\n", "latitude"),
        (CSV + "X,91,0,SY,,\n", "latitude"),
        (CSV + "X,nan,0,SY,,\n", "latitude"),
        (CSV + "X,1,0,Syria,,\n", "country"),
        (CSV + ",1,0,SY,,\n", "no name"),
        (CSV + "X,1,0,SY,,,,,\n", "fields"),
        (CSV + '"X,1,0,SY\n', "CSV"),
    ],
)
def test_a_bad_list_of_places_is_refused_with_its_reason(text, reason):
    with pytest.raises(errors.BadGazetteer, match=reason):
        analyst_places.read(text, "mine.csv")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no more than ten years of age", ("le", None, 10)),
        ("a boy aged about 12", ("approx", 12, 12)),
        ("a 10-year-old girl", ("eq", 10, 10)),
        ("children as young as five", ("ge", 5, None)),
        ("a man in his teens", ("range", 13, 19)),
        ("boys aged between 9 and 12", ("range", 9, 12)),
        ("children under 15", ("lt", None, 15)),
        ("He can't be more than 12", ("le", None, 12)),
        ("a boy believed to be about 11.", ("approx", 11, 11)),
    ],
)
def test_ages_are_intervals_with_an_operator(text, told):
    (age,) = quantities.ages(parsed(text))
    assert (age.quantity.operator.value, age.quantity.low, age.quantity.high) == told


@pytest.mark.parametrize("text", ["ten years of war", "a five-year-old conflict", "in 2012", "25 per cent"])
def test_what_is_no_age_is_none(text):
    assert quantities.ages(parsed(text)) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("25 child executioners", ("eq", 25, 25)),
        ("at least 30 people died", ("ge", 30, None)),
        ("dozens of civilians", ("ge", 24, None)),
        ("more than 1,200 people", ("gt", 1200, None)),
        ("between 20 and 30 soldiers", ("range", 20, 30)),
    ],
)
def test_counts_of_people(text, told):
    (count,) = quantities.counts(parsed(text))
    assert (count.quantity.operator.value, count.quantity.low, count.quantity.high) == told


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("Earlier this month they left", date(2015, 7, 1), PUBLISHED),
        ("in March", date(2015, 3, 1), date(2015, 3, 31)),
        ("in late July", date(2014, 7, 18), date(2014, 7, 31)),
        ("last Thursday", date(2015, 7, 9), date(2015, 7, 16)),
        ("on Friday night", PUBLISHED, PUBLISHED),
        ("three weeks ago", date(2015, 6, 23), date(2015, 6, 29)),
        ("12 July 2015", date(2015, 7, 12), date(2015, 7, 12)),
        ("03/04/2015", date(2015, 3, 4), date(2015, 4, 3)),
        ("la semaine dernière", date(2015, 7, 6), date(2015, 7, 16)),
        ("in 2012", date(2012, 1, 1), date(2012, 12, 31)),
    ],
)
def test_times_are_intervals(text, earliest, latest):
    (found,) = times.times(parsed(text), PUBLISHED)
    assert (found.time.earliest, found.time.latest) == (earliest, latest)


def test_a_vague_time_without_a_publication_date_stays_open():
    (found,) = times.times(parsed("Earlier this month they left"), None)
    assert (found.time.earliest, found.time.latest, found.time.anchor.value) == (None, None, "unknown")


@pytest.mark.parametrize("text", ["ten years of age", "it may be", "they march on", "next week"])
def test_what_is_no_time_is_none(text):
    assert times.times(parsed(text), PUBLISHED) == ()


_PIECES = st.sampled_from(
    [
        "in March",
        "last week",
        "on Monday",
        "12 July",
        "three months ago",
        "2 years ago",
        "in recent weeks",
        "last summer",
        "in late May",
        "today",
        "over the weekend",
        "in 2012",
        "31 December",
        "last year",
        "earlier this year",
        "5/6/2014",
        "the previous day",
        "a few days ago",
    ]
)


@given(st.lists(_PIECES, max_size=4), st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_no_time_ends_after_the_publication(pieces, published):
    text = ". ".join(pieces)
    for found in times.times(parsed(text), published):
        assert found.time.span.holds_in(text)
        assert found.time.latest is None or found.time.latest <= published
        assert found.time.earliest is None or found.time.earliest <= (found.time.latest or published)


def test_media_know_where_they_are_said_to_be():
    found = read(
        "A video of a raid was shared by supporters on Telegram.\nThe group released a statement on Monday.\n"
        "The video was filmed at night."
    )
    assert [(one.span.text, one.kind.value) for one in found.media] == [
        ("A video", "video"),
        ("a statement", "text"),
    ]
    assert (found.media[0].platform.text, found.media[0].spread_by.text) == ("Telegram", "supporters")
    assert found.media[1].publisher.text == "The group"


def test_other_incidents_patterns_and_threats_are_groups_of_their_own():
    found = read(
        "Gunmen attack a village\nGunmen attacked a village in Mali on Monday.\nA video shows them.\n"
        "Last year, 40 people were killed in another attack.\nThe militants have been recruiting boys.\n"
        "\u201cWe will come to your streets,\u201d a fighter says.",
    )
    assert [proposal.group for proposal in found.proposals] == [
        "main", "main", "main", "earlier-1", "pattern", "threat",
    ]  # fmt: skip
    assert "threat" in {group.id for group in found.groups}


@pytest.mark.parametrize(
    ("text", "violations"),
    [
        ("ISIS forced a boy to shoot a prisoner.", ["recruitment_use"]),
        ("ISIS fighters killed a boy.", ["killing_maiming"]),
        ("ISIS fighters abducted three girls.", ["abduction"]),
        ("The police arrested a boy.", []),
        ("ISIS said the police arrested a boy.", []),
        ("A driver killed a boy.", []),
    ],
)
def test_violations_are_suggested_by_who_does_what_to_whom(text, violations):
    assert [one.violation.value for one in read(text).violations] == violations


def test_what_does_not_meet_is_listed():
    found = read(
        "A soldier was killed on Monday.\nThe officer, an army captain, was killed."
        ""
        " It was the first reported case.\nIt was the first time. "
        "At least 30 people were killed. In all 12 people were killed.",
    )
    assert {"role", "first_of_kind", "count"} <= {one.kind for one in found.discrepancies}


@given(st.text(alphabet="aA \n.,'\"()12-\u200b\u0627\u202eISIS boy in Homs", max_size=300))
def test_all_spans_are_verbatim(text):
    found = read(text)
    for one in (*found.places, *found.organisations, *found.times, *found.media, *found.counts):
        span = one.span
        assert span.holds_in(text)


def test_hostile_texts_take_time_in_proportion():
    draw = random.Random(1)
    names = " ".join(
        "".join(draw.choice(string.ascii_lowercase) for _ in range(6)).title() for _ in range(5000)
    )
    for text in ("A" * 100_000, names, "Name, 11, " * 2000, "a video " * 2000, "\u202e\u0627" * 10_000):
        read(text)  # quadratic rules would take minutes over these


@pytest.fixture(scope="module")
def report(reports_dir):
    text = (reports_dir / "report-1.txt").read_text(encoding="utf-8")
    gold = json.loads((reports_dir / "report-1.claims.json").read_text(encoding="utf-8"))
    claims = [proposal_over(text, row["start"], row["end"]) for row in gold]
    return gold, entities.entities(parsed(text), claims, None)


def test_the_sample_reports_groups_are_those_of_its_gold_list(report):
    gold, found = report
    own = {}
    for row, claim in zip(gold, found.proposals, strict=True):
        if claim.group != "threat":
            own.setdefault(row["inc"], set()).add(claim.group)
    assert all(len(groups) == 1 for groups in own.values())
    assert len({next(iter(groups)) for groups in own.values()}) == len(own)


def test_the_sample_reports_places_and_people(report):
    _, found = report
    roles = [one.role for one in found.places if one.span.text == "Palmyra"]
    assert roles == [PlaceRole.AFFILIATION, PlaceRole.THREAT_TARGET, PlaceRole.MEDIA_SITE]
    assert len([one for one in found.organisations if one.id == "org:islamic-state"]) == 13
    assert {one.violation.value for one in found.violations} == {"recruitment_use"}
    assert not [span for person in found.people for span in person.withheld]
    assert {"role", "release", "first_of_kind", "no_date"} <= {one.kind for one in found.discrepancies}
