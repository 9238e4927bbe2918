"""An empty installation leads by hand: the first user, and what to do then."""

from __future__ import annotations

from playwright.sync_api import expect


def test_the_first_user_is_made_with_what_the_server_says_and_never_again(browsing, looked_at):
    page = browsing.stranger()
    place = browsing.greetings[0].partition(browsing.address)[2]
    page.goto("/console/first?key=guessed")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(place)
    looked_at(page, "first")
    browsing.allowed.append("422")
    page.get_by_label("User name").fill("ann")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make the user").click()
    expect(page.get_by_text("a password has 12 to")).to_be_visible()
    page.get_by_label("Password").fill("quiet harbour wall")
    page.get_by_role("button", name="Make the user").click()
    expect(page.get_by_role("heading", name="Begin")).to_be_visible()
    expect(page.get_by_role("link", name="Make a bank")).to_be_visible()
    looked_at(page, "start")
    assert [one.name for one in browsing.library.access.users()] == ["ann"]
    page.goto(place)
    assert "/console/start" in page.url


def test_where_there_is_a_user_nobody_makes_the_first_one(browsing):
    page = browsing.stranger()
    place = browsing.greetings[0].partition(browsing.address)[2]
    page.goto(place)
    browsing.library.access.create_first_user("ann", None)
    page.get_by_label("User name").fill("eve")
    page.get_by_label("Password").fill("quiet harbour wall")
    page.get_by_role("button", name="Make the user").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert [one.name for one in browsing.library.access.users()] == ["ann"]
