"""Clocks in words, and as the fragments that other pages take in."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

import seawall
from seawall.console import catalogue, clocks, pages
from seawall.model.clock import About, AboutKind


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (59.9, "59 seconds"),
        (-61, "1 minute 1 second"),
        (3600, "1 hour 0 minutes"),
        (3599, "59 minutes 59 seconds"),
        (86400 * 12 + 3600 * 5 + 59, "12 days 5 hours"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units_and_never_rounded_up(seconds, words):
    assert clocks.span(catalogue.of("en"), seconds) == words


def request():
    scope = {"type": "http", "method": "GET", "path": "/console/x", "headers": [], "query_string": b""}
    return Request({**scope, "state": {}, "scheme": "http", "server": ("console", 80)})


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path) as opened:
        yield opened


def shown(library, period, ago, **add):
    clock = library.clocks.start(
        period, About(AboutKind.PROVIDER, ""), at=datetime.now(UTC) - ago, reason="r"
    )
    for what, given in add.items():
        clock = getattr(library.clocks, what)(clock.id, **given)
    return clocks.shown(library, request(), [clock])[0]


def test_each_state_has_its_words_and_its_tone(library):
    minutes = lambda n: timedelta(minutes=n, seconds=1)  # noqa: E731
    hold = {"hold": "unclear", "reason": "r"}
    for made, words, tone in (
        (shown(library, "tco_removal", minutes(5)), "54 minutes", "good"),
        (shown(library, "tco_removal", minutes(20)), "39 minutes", "warn"),
        (shown(library, "tco_removal", minutes(61)), "Overdue by 1 minute", "bad"),
        (shown(library, "tco_removal", minutes(20), suspend=hold), "begins anew", ""),
        (shown(library, "tco_removal", minutes(20), end={"reason": "r"}), "Ended in time, after 20", ""),
        (shown(library, "tco_removal", minutes(90), end={"reason": "r"}), "Ended too late, by 30", "bad"),
        (shown(library, "tco_first_contact", minutes(30)), "Holds for another 11 hours", ""),
        (shown(library, "tco_first_contact", timedelta(hours=13)), "Over, ", ""),
    ):
        assert words in made.words
        assert made.tone == tone
        assert 0 <= made.share <= 1


def test_the_part_shows_the_clocks_that_it_is_given(library):
    one = shown(library, "tco_removal", timedelta(minutes=75))
    html = pages.page(request(), "case/clocks.html", clocks=[one]).body.decode()
    assert "Overdue by 15 minutes" in html
    assert f'href="/console/clocks/{one.clock.id}"' in html
    assert "style=" not in html
    empty = pages.page(request(), "case/clocks.html", clocks=[]).body.decode()
    assert "No clock runs." in empty


def test_both_languages_have_the_same_texts():
    first, second = (catalogue.of(one).texts for one in catalogue.LANGUAGES)
    ours = {key for key in first if key.startswith("inbox.")}
    assert ours == {key for key in second if key.startswith("inbox.")}
