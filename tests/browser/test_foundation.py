"""Signing in, language and colours, keys, and what a page says where it cannot be shown."""

from __future__ import annotations

from playwright.sync_api import expect

from seawall.model.access import Role


def test_who_has_not_signed_in_is_led_there_and_back(browsing, looked_at):
    browsing.library.access.create_user("ann", Role.AUDITOR, None)
    page = browsing.stranger()
    page.goto("/console/preferences")
    assert "/console/sign-in" in page.url
    looked_at(page, "sign-in")
    page.get_by_label("User name").fill("ann")
    page.get_by_label("Password").fill("not it at all")
    browsing.allowed.append("401")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    expect(page.get_by_label("User name")).to_have_value("ann")


def test_a_person_chooses_language_and_colours(browsing, looked_at):
    page = browsing.person()
    looked_at(page, "preferences")
    page.get_by_label("Language").select_option("ar")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    looked_at(page, "preferences-rtl")


def test_keys_show_themselves(browsing):
    page = browsing.person()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_signing_out_ends_the_session(browsing):
    page = browsing.person()
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("signed out")
    page.goto("/console/preferences")
    assert "/console/sign-in" in page.url


def test_a_page_that_there_is_not_says_so(browsing, looked_at):
    page = browsing.person()
    browsing.allowed.append("404")
    page.goto("/console/nothing-here")
    expect(page.get_by_role("alert")).to_contain_text("no_such_route")
    looked_at(page, "failure")
