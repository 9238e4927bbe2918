"""Submissions for the transparency database: what decisions become, by the schema, without personal data."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings, strategies as st

from seawall.model.decision import (
    RESTRICTIONS,
    Automation,
    Choice,
    Decision,
    Ground,
    GroundKind,
    Item,
    ItemState,
    Origin,
    Priority,
    Stage,
)
from seawall.model.names import Names
from seawall.model.seen import Context
from seawall.model.submission import WhyNone
from seawall.reports import personal, shape, transparency

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
from platforms import removal

AT = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
MAPPED = transparency.shipped()
LAW = Ground(GroundKind.LEGAL, "Regulation (EU) 2021/784, Article 2(7)(a)", "It incites to such offences.")
TERMS = Ground(GroundKind.CONTRACTUAL, "Terms of use, 4.2", "4.2 bars what recruits for violent groups.")


def item(**change):
    made = Item(
        id="1" * 32,
        sha256="a" * 64,
        kind="video",
        duration_s=31.2,
        context=Context(uploader="harbour_master", post="post-77"),
        state=ItemState.DECIDED,
        priority=Priority.NORMAL,
        why="held",
        opened_at=AT,
        case=None,
        decision=None,
        matches=(),
    )
    return replace(made, **change)


def decision(**change):
    ruling = replace(removal(item(), facts="A full copy of it.", grounds=(LAW,)), **change)
    return Decision(
        id="d" * 32,
        at=AT,
        actor="a",
        user="ann",
        ruling=ruling,
        policies=(),
        needs_second=False,
        second=None,
        stage=Stage.OUT,
        out_at=AT,
        undone_at=None,
        stands_for=(),
        reversed_by=(),
    )


def made(labels=(), of=None, **change):
    return transparency.payload(decision(**change), of or item(), labels, MAPPED)


def look(submission, **known):
    return transparency.looked_at(
        submission,
        **{"uploaders": frozenset(), "own": frozenset(), "protected": Names(()), **known},
    )


decisions = st.builds(
    decision,
    choice=st.sampled_from(sorted(RESTRICTIONS)),
    facts=st.text(st.sampled_from("abc é."), min_size=1, max_size=50),
    origin=st.sampled_from([one for one in Origin if one is not Origin.ORDER]),
    automated_detection=st.booleans(),
    automated_decision=st.sampled_from(Automation),
    grounds=st.lists(st.sampled_from([LAW, TERMS]), min_size=1, max_size=3).map(tuple),
    territory=st.lists(st.sampled_from(["EU", "EEA", "WORLD", "DE", "US"]), min_size=1).map(tuple),
    ends_at=st.none() | st.datetimes(datetime(2026, 4, 1), datetime(2029, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis gives the zone
)
items = st.builds(item, kind=st.sampled_from([None, "image", "video", "audio", "text"]))


@settings(deadline=None)
@given(decisions, items)
def test_every_submission_is_as_the_schema_asks(known, of):
    if transparency.why_none(known, MAPPED, order=False) is None:
        submission = transparency.payload(known, of, (), MAPPED)
        assert transparency.faults(submission) == []
        assert look(submission) == ()


def test_a_submission_says_what_was_decided():
    assert made() == {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
        "illegal_content_legal_ground": LAW.source,
        "illegal_content_explanation": LAW.explanation,
        "content_type": ["CONTENT_TYPE_VIDEO"],
        "category": "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
        "category_specification": ["KEYWORD_TERRORIST_CONTENT"],
        "territorial_scope": sorted(MAPPED.table["territory"]["EU"]),
        "content_date": "2026-03-04",
        "application_date": "2026-03-04",
        "decision_facts": "A full copy of it.",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "Yes",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": f"{'d' * 32}-{'1' * 32}",
    }


def test_the_kind_of_choice_decides_the_field_and_where_its_end_stands():
    end = datetime(2026, 6, 1, tzinfo=UTC)
    suspended = made(choice=Choice.SUSPEND_ACCOUNT, ends_at=end)
    assert suspended["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    assert suspended["end_date_account_restriction"] == "2026-06-01"
    assert "decision_visibility" not in suspended
    assert made(ends_at=end)["end_date_visibility_restriction"] == "2026-06-01"


def test_terms_are_the_ground_only_where_no_law_is():
    both = made(grounds=(TERMS, LAW))
    assert both["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert "incompatible_content_ground" not in both
    assert made(grounds=(TERMS,))["incompatible_content_explanation"] == TERMS.explanation


def test_several_grounds_of_a_kind_are_all_said_and_too_much_is_held_rather_than_cut():
    other = replace(LAW, source="Criminal Code, section 86")
    assert made(grounds=(LAW, other))["illegal_content_legal_ground"] == f"{LAW.source}; {other.source}"
    long = [replace(LAW, source=str(number) * 300) for number in range(2)]
    [found] = look(made(grounds=tuple(long)))
    assert (found.field, found.kind) == ("illegal_content_legal_ground", "schema")


def test_the_first_label_that_is_named_decides_the_category():
    assert made(["other", "violence", "hate speech"])["category"] == "STATEMENT_CATEGORY_VIOLENCE"


def test_what_follows_an_order_or_holds_elsewhere_has_no_submission():
    assert transparency.why_none(decision(origin=Origin.ORDER), MAPPED, order=False) is WhyNone.ORDER
    assert transparency.why_none(decision(), MAPPED, order=True) is WhyNone.ORDER
    assert transparency.why_none(decision(territory=("US", "GB")), MAPPED, order=False) is WhyNone.ELSEWHERE
    assert transparency.why_none(decision(territory=("US", "NO")), MAPPED, order=False) is None
    assert made(territory=("US", "NO"))["territorial_scope"] == ["NO"]


@pytest.mark.parametrize("change", [{"choice": Choice.NO_ACTION}, {"choice": Choice.RESTORE}])
def test_what_restricts_nothing_is_never_asked_of(change):
    with pytest.raises(ValueError, match="restricts nothing"):
        transparency.why_none(decision(**change), MAPPED, order=False)
    with pytest.raises(ValueError, match="no effect"):
        transparency.why_none(replace(decision(), stage=Stage.DUE), MAPPED, order=False)


def test_a_puid_holds_nothing_of_a_person_and_only_what_it_may():
    of = item(context=Context(uploader="Ann", post="p", url="https://x.example/ann"))
    named = transparency.puid(decision().id, of.id)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,500}", named)
    assert named == made(of=of)["puid"] == made(of=item())["puid"]


# The schema


CHANGES = st.dictionaries(
    st.sampled_from([*transparency.schema()["properties"], "url"]),
    st.sampled_from(
        [
            *(None, "", "x" * 501, "Yes", [], "2026-03-04", "2019-01-01", "9999-99-99", 7, "EN", "en"),
            *(["DE"], ["DE", "DE"], ["DECISION_VISIBILITY_OTHER"], ["CONTENT_TYPE_OTHER"], "a b", "x\n"),
            *("DECISION_GROUND_INCOMPATIBLE_CONTENT", "DECISION_MONETARY_OTHER", ["KEYWORD_OTHER"]),
        ]
    ),
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(CHANGES, st.sets(st.sampled_from(sorted(made())), max_size=2))
def test_what_we_call_right_the_validator_of_others_calls_right(change, gone):
    submission = {name: value for name, value in (made() | change).items() if name not in gone}
    theirs = jsonschema.Draft202012Validator(transparency.schema())
    ours = list(shape.faults(transparency.schema(), submission))
    # A pattern's `$` lets a line's end pass there, and not here.
    if not any(isinstance(one, str) and one.endswith("\n") for one in submission.values()):
        assert (ours == []) is theirs.is_valid(submission), ours


def test_the_schema_itself_is_one():
    jsonschema.Draft202012Validator.check_schema(transparency.schema())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("application_date", "2026-02-30"),
        ("end_date_visibility_restriction", "2026-03-03"),
        ("end_date_visibility_restriction", "2026-13-03"),
        ("puid", "a b"),
        ("territorial_scope", ["GB"]),
        ("decision_facts", "x" * 5001),
        ("url", "x"),
    ],
)
def test_a_fault_names_its_field(field, value):
    assert field in {one.field for one in transparency.faults(made() | {field: value})}


# The mapping


def test_every_restriction_origin_and_automation_has_a_value():
    table = MAPPED.table
    assert set(table["choice"]) == {one.value for one in RESTRICTIONS}
    assert set(table["origin"]) == {one.value for one in Origin} - {"order"}
    assert set(table["automation"]) == {one.value for one in Automation}


def test_a_part_of_ones_own_takes_the_place_of_ours():
    own = '[category]\nvalue = "STATEMENT_CATEGORY_VIOLENCE"\nkeywords = ["KEYWORD_OTHER"]\n'
    submission = transparency.payload(decision(), item(), (), transparency.remapped(own))
    assert submission["category"] == "STATEMENT_CATEGORY_VIOLENCE"
    assert transparency.faults(submission) == []


@pytest.mark.parametrize(
    ("own", "why"),
    [
        ("[colour]\n", "no such part"),
        ('[category]\nvalue = "STATEMENT_CATEGORY_COLOUR"\nkeywords = []\n', "no such value"),
        ("not toml", "."),
    ],
)
def test_a_mapping_that_says_what_there_is_not_is_refused(own, why):
    with pytest.raises(ValueError, match=why):
        transparency.remapped(own)


# Personal data


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to ann.doe@example.org", "e-mail address"),
        ("ann (at) example [dot] org", "e-mail address"),
        ("ann\u200b@\u200bexample.org", "e-mail address"),
        ("ann\uff20example.org", "e-mail address"),
        ("+49 30 1234567", "phone number"),
        ("call 030/123456", "phone number"),
        ("(030) 123-4567", "phone number"),
        ("٠٣٠١٢٣٤٥٦٧", "phone number"),
        ("posted by @harbour_x", "handle"),
        ("seen at u/harbour", "handle"),
        ("see https://x.example/a", "address"),
        ("hxxps://x.example/a", "address"),
        ("www.example.org", "address"),
        ("t.me/harbour", "address"),
        ("example[.]com", "address"),
    ],
)
def test_what_looks_like_personal_data_is_found(text, kind):
    assert kind in {one.kind for one in personal.scan({"f": text})}


@pytest.mark.parametrize(
    "text",
    [
        "Regulation (EU) 2021/784, Article 2(7)(a), and Directive 2017/541",
        "from 2026-03-04 to 12.03.2026, at 12:30:45",
        "1 000 000 people; 31.2 seconds of 4 minutes",
        "Terms of use, 4.2. To be clear. He fled. It is so.",
        "§§ 86, 130, 131 StGB; 18 U.S.C. 2339B",
    ],
)
def test_laws_dates_and_numbers_are_no_personal_data(text):
    assert personal.scan({"f": text}) == ()


def test_names_of_uploaders_and_protected_names_are_found_and_the_latter_not_repeated():
    text = "Put up by Harbour Master of the quay; the boy is T\u0456mo."
    assert "harbour master" in set(personal.candidates(text))
    uploaders = frozenset({"Harbour Master"})
    found = personal.scan({"f": text}, uploaders=uploaders, protected=Names(("Timo Varga",)))
    assert {one.kind for one in found} == {"uploader", "protected name"}
    assert "Timo" not in json.dumps([one.words for one in found])


def test_how_the_platform_names_a_post_is_found_however_long():
    own = frozenset({"the harbour master of the old quay of orrin", "x"})
    assert personal.scan({"f": "By the Harbour Master of the old quay of Orrin."}, own=own)
    assert personal.scan({"f": "By the harbour masters of x"}, own=own) == ()


PIECES = st.sampled_from(["ann@example.org", "+49 30 1234567", "https://a.example/x", "@harbour"])


@given(
    st.text(st.sampled_from("ab ,.\n"), max_size=20), PIECES, st.text(st.sampled_from("ab ,.\n"), max_size=20)
)
def test_no_words_around_it_hide_what_is_personal(before, piece, after):
    assert personal.scan({"f": f"{before} {piece} {after}"})


def test_a_submission_with_personal_data_is_not_let_go():
    for field in transparency.words(made()):
        found = look(made() | {field: "write to ann@example.org"})
        assert {one.field for one in found} == {field}
    assert {one.kind for one in look(made(), own=frozenset({"full copy"}))} == {"uploader or post"}
