"""What is logged can be searched, says which request it belongs to, and holds no secrets."""

from __future__ import annotations

import io
import json
import logging

import pytest
from hypothesis import given, strategies as st

from seawall import config, errors
from seawall.api import context
from seawall.telemetry import logs, redaction

KEY = "swk_0123456789abcdef_" + "A1b-_" * 8 + "xyz"


@pytest.fixture
def written(tmp_path):
    """written(form, **settings): the root's logger set up, and what it has written since."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level

    def start(form: str = "text", **variables: str) -> io.StringIO:
        environment = {f"SEAWALL_{name.upper()}": value for name, value in variables.items()}
        stream = io.StringIO()
        logs.configure(config.load(tmp_path, {"SEAWALL_LOG_FORMAT": form, **environment}), stream)
        return stream

    yield start
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_of_json_holds_the_message_the_request_and_the_fields(written):
    stream = written("json")
    token = context.REQUEST_ID.set("r-1")
    try:
        logging.getLogger("seawall.x").info("%s done", "all", extra=logs.fields(status=200, ms=1.5, who=None))
    finally:
        context.REQUEST_ID.reset(token)
    line = json.loads(stream.getvalue())
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "seawall.x",
        "message": "all done",
        "request": "r-1",
        "status": 200,
        "ms": 1.5,
        "who": None,
    }


def test_a_line_of_text_can_be_read_and_not_be_forged(written):
    stream = written("text")
    hostile = "a\n2026-01-01 error seawall: forged\x1b[2J"
    logging.getLogger("seawall.x").warning("name %s", hostile, extra=logs.fields(path="a b", empty="", n=3))
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue().rstrip().endswith('path="a b" empty="" n=3')


@pytest.mark.parametrize("form", logs.FORMS)
def test_what_went_wrong_is_told_without_secrets(written, form):
    stream = written(form, secret_key="passphrase-of-mine", database="postgresql://me:pass%20word@db/x")
    try:
        raise ValueError(f"could not use {KEY} at postgresql://me:pass%20word@db/x or 'pass word'")
    except ValueError:
        logging.getLogger("seawall.x").exception("failed with %s", "passphrase-of-mine")
    text = stream.getvalue()
    assert "ValueError" in text
    assert "test_logs.py" in text
    for secret in (KEY, KEY[22:], "passphrase-of-mine", "pass%20word", "pass word"):
        assert secret not in text
    assert "swk_0123456789abcdef_***" in text, "whose key it was may be told"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"key {KEY}.", KEY[22:]),
        ("Authorization: Bearer abcdefgh", "abcdefgh"),
        ("headers {'authorization': 'Bearer abcdefgh'}", "abcdefgh"),
        ("(b'Authorization', b'Basic YWJjZA==')", "YWJjZA"),
        ("Cookie: session=abcdefgh; other=ijkl", "ijkl"),
        ("GET /x?access_token=abcdefgh&b=1", "abcdefgh"),
        ("https://name:abcdefgh@host/", "abcdefgh"),
        ('{"client_secret": "abcdefgh"}', "abcdefgh"),
        ("X-Api-Key=abcdefgh", "abcdefgh"),
        ("password = abcdefgh", "abcdefgh"),
        ("X-Amz-Signature=abcdefgh", "abcdefgh"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text, secret):
    assert secret not in redaction.Redactor()(text)


@given(st.text(min_size=4).filter(lambda one: one.strip("*")), st.text(), st.text())
def test_a_known_secret_is_in_nothing_that_is_written(secret, before, after):
    hidden = redaction.Redactor([secret]).value({"a": [before + secret + after, (secret,)], "n": 1})
    assert secret not in str(hidden["a"][1])
    assert (
        hidden["a"][0].count(secret) < (before + secret + after).count(secret) or secret in redaction.HIDDEN
    )


def test_harmless_words_stay():
    text = "GET /v1/banks/{name} 200 in 1.5 ms by tester/test"
    assert redaction.Redactor(["", "ab"])(text) == text


@pytest.mark.parametrize(("name", "value"), [("log_format", "xml"), ("log_level", "loud")])
def test_a_form_or_level_that_is_not_there_is_a_bad_setting(tmp_path, name, value):
    settings = config.load(tmp_path, {f"SEAWALL_{name.upper()}": value})
    with pytest.raises(errors.BadSetting, match=name):
        logs.configure(settings, io.StringIO())


def test_the_level_holds_for_ours_and_others_are_quiet(written):
    stream = written("json", log_level="debug")
    logging.getLogger("seawall.x").debug("ours")
    logging.getLogger("httpcore2.http11").debug("theirs")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["ours"]
