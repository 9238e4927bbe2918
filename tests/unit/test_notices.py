"""What a notice needs, what it starts, what cannot be put on record, and how receipt is acknowledged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from seawall import errors
from seawall.model import notice
from seawall.model.notice import Channel, Message, Notice, NoticeState, Particular
from seawall.model.notice_fields import BY_NAME, FIELDS, Form, NoticeKind
from seawall.model.periods import Trigger
from seawall.reports import receipt

T0 = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ORDER = Message(NoticeKind.ORDER, T0, "Europe/Brussels", Channel.EMAIL, "A video", "An authority")
#: What each form takes.
GOOD = {
    Form.LINE: "some words",
    Form.TEXT: "some\nlines",
    Form.TICK: "yes",
    Form.TIME: "2026-03-04T11:00:00Z",
}


def with_(message, **particulars):
    made = tuple(Particular(name, value) for name, value in particulars.items())
    return replace(message, particulars=(*message.particulars, *made))


def filled(kind):
    message = replace(ORDER, kind=kind)
    for one in FIELDS:
        if kind in one.kinds:
            value = one.options[0] if one.form is Form.CHOICE else GOOD.get(one.form)
            if one.own:
                value = (
                    ("a" * 64,)
                    if one.name == "sha256s"
                    else ("https://example.org/1",)
                    if value is None
                    else value
                )
                message = replace(message, **{one.name: value})
            else:
                message = with_(message, **{one.name: value})
    return message


@pytest.mark.parametrize("kind", NoticeKind)
def test_with_all_its_fields_a_kind_is_complete_and_can_be_kept(kind):
    message = filled(kind)
    notice.check(message, T0)
    assert notice.missing(message) == ()


@pytest.mark.parametrize("kind", NoticeKind)
def test_each_field_that_is_needed_is_missed(kind):
    message = filled(kind)
    for one in FIELDS:
        need = one.need(kind)
        if need is None:
            continue
        if need.group is not None:
            continue
        if one.own:
            lacking = replace(message, **{one.name: None})
        else:
            kept = tuple(each for each in message.particulars if each.name != one.name)
            lacking = replace(message, particulars=kept)
        assert [each.name for each in notice.missing(lacking)] == [one.name]


def test_one_way_to_find_the_content_is_enough():
    message = replace(filled(NoticeKind.NOTICE), urls=(), posts=(), sha256s=())
    assert [one.name for one in notice.missing(message)] == ["urls"]
    assert notice.missing(replace(message, posts=("p",))) == ()


def test_an_order_that_does_not_say_under_which_law_runs_an_hour():
    assert notice.triggers(ORDER) == (Trigger.ORDER_RECEIVED,)
    assert notice.triggers(with_(ORDER, law="au_osa")) == (Trigger.FOREIGN_ORDER_RECEIVED,)
    assert notice.triggers(with_(ORDER, law="other")) == ()
    both = with_(ORDER, cross_border="yes", silence="yes")
    assert set(notice.triggers(both)) == {
        Trigger.ORDER_RECEIVED,
        Trigger.CROSS_BORDER_ORDER_RECEIVED,
        Trigger.SILENCE_ORDERED,
    }
    complaint = replace(ORDER, kind=NoticeKind.COMPLAINT)
    assert notice.triggers(complaint) == (Trigger.COMPLAINT_RECEIVED,)
    assert notice.triggers(with_(complaint, complained_under="dsa")) == ()
    assert notice.triggers(replace(ORDER, kind=NoticeKind.NOTICE)) == ()


def test_a_first_order_comes_twelve_hours_after_its_authority_was_heard_of():
    assert notice.first_contact(ORDER) == "unknown"
    for hours, said in ((11, "early"), (12, ""), (2000, "")):
        at = (T0 - timedelta(hours=hours)).isoformat()
        assert notice.first_contact(with_(ORDER, first_contact_at=at)) == said
    assert notice.first_contact(with_(ORDER, law="other")) == ""
    assert notice.first_contact(replace(ORDER, kind=NoticeKind.NOTICE)) == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"received_at": T0 + timedelta(seconds=1)}, "received_at"),
        ({"received_at": datetime.fromisoformat("2026-03-04T12:00:00")}, "received_at"),
        ({"zone": "Nowhere/Land"}, "zone"),
        ({"subject": " "}, "subject"),
        ({"subject": "x" * 501}, "subject"),
        ({"sender": ""}, "sender"),
        ({"grounds": "x" * 5001}, "grounds"),
        ({"urls": ("ftp://example.org",)}, "urls"),
        ({"urls": ("javascript:alert(1)",)}, "urls"),
        ({"urls": ("https://example.org/a b",)}, "urls"),
        ({"urls": ("https://example.org/a", "https://example.org/a")}, "urls"),
        ({"urls": ("https://example.org/" + "x" * 2000,)}, "urls"),
        ({"posts": tuple(str(n) for n in range(501))}, "posts"),
        ({"posts": ("",)}, "posts"),
        ({"sha256s": ("A" * 64,)}, "sha256s"),
        ({"particulars": (Particular("sender", "x"),)}, "sender"),
        ({"particulars": (Particular("good_faith", "yes"),)}, "good_faith"),
        ({"particulars": (Particular("none", "x"),)}, "none"),
        ({"particulars": (Particular("law", "tco"), Particular("law", "tco"))}, "particulars"),
        ({"particulars": (Particular("law", "mine"),)}, "law"),
        ({"particulars": (Particular("signed", "no"),)}, "signed"),
        ({"particulars": (Particular("issued_at", "yesterday"),)}, "issued_at"),
        ({"particulars": (Particular("issued_at", "2026-03-04T12:00:00"),)}, "issued_at"),
        ({"particulars": (Particular("country", " "),)}, "country"),
    ],
)
def test_what_cannot_be_put_on_record_is_refused_by_its_field(change, field):
    with pytest.raises(errors.BadNotice) as refused:
        notice.check(replace(ORDER, **change), T0)
    assert refused.value.fields["field"] == field


def test_fields_of_the_record_are_named_once_and_fit():
    assert len({one.name for one in FIELDS}) == len(FIELDS)
    for one in BY_NAME.values():
        assert hasattr(ORDER, one.name) is one.own
        assert bool(one.options) is (one.form is Form.CHOICE)
        assert all(start.kind in one.kinds for start in one.starts)


def record(message):
    return Notice("n1", NoticeState.RECEIVED, message, T0, "ann", None, (), (), ())


def test_a_receipt_says_when_and_what_is_missing_and_nothing_of_the_sender():
    message = replace(ORDER, contact="a@example.org", reference="BE/1", urls=("https://example.org/1",))
    said = receipt.text(record(message))
    assert said.startswith(
        "Your order was received on 2026-03-04 at 13:00:00 (Europe/Brussels; 2026-03-04T12:00:00Z)."
    )
    for words in ("Our reference: n1", "Your reference: BE/1", "- https://example.org/1", "- Legal basis"):
        assert words in said
    assert "authority" not in said.replace("How the authority was found", "")
    assert "a@example.org" not in said
    assert "we lack" not in receipt.text(record(filled(NoticeKind.ORDER)))


def test_what_was_sent_cannot_pass_for_a_line_of_a_receipt():
    said = receipt.text(record(replace(ORDER, subject="A\n\nOur reference: x\u2028y\u202e")))
    assert said.splitlines().count("Our reference: x") == 0
    assert "Subject: A Our reference: x y" in said
