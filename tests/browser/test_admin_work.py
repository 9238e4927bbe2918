"""What people do in banks, search and administration, in a browser and by keyboard."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from seawall.model.access import Role, Scope
from seawall.model.bank import ReferenceState
from seawall.model.event import EventType

sys.path.insert(0, str(Path(__file__).parent))
from administered import HASH, MARKUP, filled, still


@pytest.fixture
def page(browsing):
    return browsing.person("ann", Role.ADMIN)


def said(page, text):
    expect(page.get_by_role("status")).to_contain_text(text)


def opened(page, title):
    page.locator("summary", has_text=title).first.click()


class TestBanks:
    def test_from_no_bank_to_a_known_item_that_is_found_again(self, browsing, page, library, tmp_path):
        page.goto("/console/banks")
        page.keyboard.press("n")
        page.keyboard.type("KNOWN")
        page.keyboard.press("Enter")
        said(page, "The bank is made")
        first, second = still(tmp_path, 1, "harbour <b>.png"), still(tmp_path, 2, "wall.png")
        broken = tmp_path / "broken.png"
        broken.write_bytes(b"no picture")
        page.locator("#f-files").set_input_files([first, second, broken])
        page.locator("#f-file_labels").fill("crisis\nharbour")
        page.get_by_role("button", name="Add the files").click()
        lines = page.locator(".sending li")
        expect(lines.nth(0)).to_contain_text("harbour <b>.png · added")
        expect(lines.nth(1)).to_contain_text("wall.png · added")
        expect(lines.nth(2)).to_contain_text("not added")
        browsing.allowed.append("422|400|415")
        assert [(one.name, one.labels) for one in library.references("KNOWN")] == [
            ("harbour <b>.png", ("crisis", "harbour")),
            ("wall.png", ("crisis", "harbour")),
        ]
        lines.nth(0).get_by_role("link").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("harbour <b>.png")

    def test_a_hash_is_added_and_what_is_wrong_stands_beside_its_field(self, browsing, page, library):
        browsing.allowed.append("422")
        library.bank_create("KNOWN")
        page.goto("/console/banks/KNOWN")
        form = page.locator("section", has=page.get_by_role("heading", name="Add by hash"))
        form.get_by_label("Name").fill(MARKUP)
        form.get_by_label("Hash", exact=False).last.fill("not a hash")
        form.get_by_role("button").click()
        expect(page.locator("#e-value")).to_be_visible()
        expect(page.locator("#f-title")).to_have_value(MARKUP)
        assert page.locator("#f-value").get_attribute("aria-invalid") == "true"
        page.locator("#f-value").fill(HASH)
        page.locator("#by-hash").locator("..").get_by_role("button").click()
        said(page, "added")
        assert [one.name for one in library.references("KNOWN")] == [MARKUP]

    def test_a_bank_goes_only_where_its_name_is_written_again(self, browsing, page, library):
        browsing.allowed.append("422")
        library.bank_create("KNOWN")
        page.goto("/console/banks/KNOWN")
        opened(page, "Take the bank out")
        page.get_by_label("Write the bank's name again").fill("KNOW")
        page.get_by_label("Reason").fill("a mistake")
        page.get_by_role("button", name="Take the bank out").click()
        expect(page.locator("#e-again")).to_be_visible()
        assert [one.name for one in library.banks()] == ["KNOWN"]
        page.get_by_label("Write the bank's name again").fill("KNOWN")
        page.get_by_role("button", name="Take the bank out").click()
        said(page, "taken out")
        assert library.banks() == []


class TestReferences:
    def test_disputed_cleared_and_withdrawn_with_reasons(self, browsing, page, library, tmp_path):
        browsing.allowed.append("422")
        ids = filled(library, tmp_path)
        page.goto(f"/console/references/{ids['picture']}")
        opened(page, "Dispute it")
        page.locator("#f-disputed_reason").fill("  ")
        page.get_by_role("button", name="Dispute it").click()
        expect(page.locator("#e-disputed_reason")).to_contain_text("Something must be written")
        page.locator("#f-disputed_reason").fill("news")
        page.get_by_role("button", name="Dispute it").click()
        said(page, "disputed")
        opened(page, "Settle the dispute")
        page.locator("#f-active_reason").fill("it is not")
        page.get_by_role("button", name="Settle the dispute").click()
        said(page, "settled")
        opened(page, "Withdraw it")
        page.locator("#f-withdrawn_reason").fill("wrong")
        page.get_by_role("button", name="Withdraw it").click()
        said(page, "withdrawn")
        states = [(one.to_state, one.reason) for one in library.reference_events(ids["picture"])]
        assert states == [("disputed", "news"), ("active", "it is not"), ("withdrawn", "wrong")]
        assert library.reference(ids["picture"]).state is ReferenceState.WITHDRAWN
        actions = [one.action for one in library.access.entries(limit=4)]
        assert actions[:3] == ["references_withdraw", "references_clear", "references_dispute"]

    def test_labels_verification_and_an_opinion(self, page, library, tmp_path):
        ids = filled(library, tmp_path)
        page.goto(f"/console/references/{ids['listed']}")
        opened(page, "Labels")
        page.locator("#f-labels").fill("one\n<b>two</b>")
        page.get_by_role("button", name="Give it the labels").click()
        said(page, "labels are given")
        opened(page, "Labels")
        page.get_by_role("button", name="Take off one").click()
        said(page, "taken off")
        page.get_by_label("Grounds").fill("seen whole")
        page.get_by_role("button", name="I stand by it").click()
        said(page, "you stand by it")
        opened(page, "Give our opinion")
        page.get_by_label("it is worth a look").check()
        page.get_by_role("button", name="Give the opinion").click()
        said(page, "opinion is given")
        assert library.reference(ids["listed"]).labels == ("<b>two</b>",)
        assert library.policies.is_verified(ids["listed"])
        assert [one.opinion.stance for one in library.exchanges.opinions(ids["listed"])] == ["seed"]


class TestSearch:
    def test_a_still_is_found_in_words_and_nothing_is_recorded(self, page, library, tmp_path, looked_at):
        filled(library, tmp_path)
        checks = library.seen.count()
        page.goto("/console/search")
        page.locator("#f-file").set_input_files(still(tmp_path, 1, "copy <i>.png"))
        page.get_by_role("button", name="Search by the file").click()
        card = page.locator("article.match")
        expect(card).to_contain_text("strong match")
        expect(card).to_contain_text("the one still is the other")
        expect(page.locator("#found")).to_contain_text("copy <i>.png")
        expect(page.locator("#found")).to_contain_text("Nothing of this search is recorded")
        assert page.locator("#found img, #found video").count() == 0
        assert library.seen.count() == checks
        looked_at(page, "search-found")

    def test_a_recorded_search_is_a_check_of_an_upload(self, page, library, tmp_path):
        filled(library, tmp_path)
        page.goto("/console/search")
        page.locator("#f-file").set_input_files(still(tmp_path, 1, "copy.png"))
        page.get_by_label("Record it as a check").check()
        page.get_by_label("Post").fill("post-0815")
        page.get_by_role("button", name="Search by the file").click()
        expect(page.locator("#found")).to_contain_text("recorded as a check")
        [(_, found), *_] = library.seen.matches(limit=1)
        assert (found.checked.context.post, found.checked.actor) == ("post-0815", "ann")

    def test_hashes_are_looked_up_as_what_they_may_be(self, browsing, page, library, tmp_path):
        browsing.allowed.append("422")
        filled(library, tmp_path)
        page.goto("/console/search")
        page.locator("#f-hashes").fill(HASH.upper())
        page.get_by_role("button", name="Search by the hashes").click()
        expect(page.locator("article.match")).to_contain_text("listed.png")
        page.locator("#f-hashes").fill(f"0,100,{HASH},0.5\n1,100,{HASH},1.5")
        page.get_by_role("button", name="Search by the hashes").click()
        expect(page.locator("article.match")).to_contain_text("listed.png")
        page.locator("#f-hashes").fill(MARKUP)
        page.get_by_role("button", name="Search by the hashes").click()
        expect(page.locator("#e-hashes")).to_be_visible()
        expect(page.locator("#f-hashes")).to_have_value(MARKUP)

    def test_words_find_every_kind_and_the_address_can_be_passed_on(self, page, library, tmp_path):
        filled(library, tmp_path)
        page.goto("/console/search")
        page.keyboard.press("/")
        page.keyboard.type("harb")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="harbour", exact=False)).to_be_visible()
        assert page.url.endswith("q=harb")
        page.goto("/console/search?q=post")
        expect(page.locator("#found-item").locator("..")).to_contain_text(f"post {MARKUP}")


class TestAdministration:
    def test_a_webhook_and_its_secret_that_is_shown_once(self, browsing, page, library):
        browsing.allowed.append("422")
        page.goto("/console/webhooks")
        page.locator("#f-url").fill("ftp://hook.example/")
        page.get_by_label("a match was found").check()
        page.get_by_role("button", name="Make the webhook").click()
        expect(page.locator("#e-url")).to_contain_text("no http or https address")
        expect(page.get_by_label("a match was found")).to_be_checked()
        page.locator("#f-url").fill("https://hook.example/<script>")
        page.get_by_role("button", name="Make the webhook").click()
        secret = page.locator("code.secret").inner_text()
        assert secret.startswith("whs_")
        [made] = library.webhooks.every()
        page.goto(f"/console/webhooks/{made.id}")
        assert secret not in page.content()
        page.get_by_role("button", name="Send a test").click()
        said(page, "test is on its way")
        [sent] = library.webhooks.deliveries(made.id)
        assert sent.type is EventType.WEBHOOK_TEST
        page.get_by_role("button", name="Switch it off").click()
        said(page, "off")
        assert not library.webhooks.get(made.id).active

    def test_a_key_is_shown_once_and_revoked(self, browsing, page, library):
        browsing.allowed.append("422")
        library.access.create_user("upl", Role.UPLOADER)
        page.goto("/console/keys")
        page.locator("#f-user").select_option("upl")
        page.get_by_label("Name").fill("site")
        page.get_by_label("manage users").check()
        page.get_by_role("button", name="Make the key").click()
        expect(page.locator("#e-scopes")).to_be_visible()
        expect(page.locator("#f-name")).to_have_value("site")
        page.get_by_label("manage users").uncheck()
        page.get_by_label("have content checked").check()
        page.get_by_label("Good until").fill("2001-01-01")
        page.get_by_role("button", name="Make the key").click()
        expect(page.locator("#e-expires_at")).to_contain_text("begun already")
        page.get_by_label("Good until").fill("2999-01-01")
        page.get_by_role("button", name="Make the key").click()
        secret = page.locator("code.secret").inner_text()
        assert library.access.principal(secret).scopes == {Scope.CHECK}
        page.goto("/console/keys")
        assert secret not in page.content()
        opened(page, "Revoke")
        page.get_by_role("button", name="Revoke site").click()
        said(page, "revoked")
        assert library.access.every_key()[0][1].revoked_at is not None

    def test_a_user_is_made_given_another_role_and_shut_out(self, browsing, page, library):
        browsing.allowed.append("422")
        page.goto("/console/users")
        page.get_by_label("Name").fill("<bob>")
        page.get_by_label("reviewer").check()
        page.get_by_role("button", name="Make the user").click()
        expect(page.locator("#e-name")).to_be_visible()
        expect(page.locator("#f-name")).to_have_value("<bob>")
        page.get_by_label("Name").fill("bob")
        page.get_by_label("Password").fill("short")
        page.get_by_role("button", name="Make the user").click()
        expect(page.locator("#e-password")).to_be_visible()
        page.get_by_label("Password").fill("a quiet harbour")
        page.get_by_role("button", name="Make the user").click()
        said(page, "user is made")
        page.get_by_label("Role").select_option("auditor")
        page.get_by_role("button", name="Give this role").click()
        said(page, "role is given")
        page.get_by_role("button", name="Shut out").click()
        said(page, "shut out")
        known = library.access.user("bob")
        assert (known.role, known.active) == (Role.AUDITOR, False)
        page.goto("/console/users/ann")
        assert page.get_by_role("button", name="Shut out").count() == 0

    def test_a_policy_is_written_tried_signed_and_put_in_force(self, browsing, page, library):
        browsing.allowed.append("422")
        library.bank_create("KNOWN")
        page.goto("/console/policies/KNOWN/new")
        page.locator("#f-r0-score").fill("99")
        page.get_by_role("button", name="Add a rule").click()
        page.locator("#f-r2-name").fill(f"act {MARKUP}")
        page.locator("#f-r2-step").select_option("act")
        page.locator("#f-r2-recommendation").select_option("strong")
        page.locator("#f-r2-coverage_query").fill("90")
        page.get_by_role("textbox", name="Note").fill("acts on full copies")
        page.get_by_role("button", name="Keep as a draft").last.click()
        expect(page.get_by_role("alert")).to_contain_text("is weaker")  # it stands behind weaker rules
        for _ in range(2):
            page.locator("fieldset.rule", has=page.locator(f'input[value="{_escaped()}"]')).get_by_role(
                "button", name="Earlier"
            ).click()
        expect(page.locator("#f-r0-name")).to_have_value(f"act {MARKUP}")
        page.get_by_role("button", name="Keep as a draft").last.click()
        said(page, "draft is kept")
        expect(page.get_by_text("at least 90% of the upload")).to_be_visible()
        opened(page, "Sign act")
        page.get_by_label("What you answer for").fill("full copies are wrong less than once")
        page.get_by_role("button", name="Sign with my name").click()
        said(page, "signed")
        page.get_by_role("button", name="Try it out").click()
        said(page, "tried out")
        opened(page, "Put it in force")
        page.locator("#f-live_reason").fill("tried")
        page.get_by_role("button", name="Put it in force").click()
        said(page, "in force")
        force = library.policies.in_force("KNOWN")
        assert (force.version, force.signed) == (1, {f"act {MARKUP}"})

    def test_a_job_that_was_given_up_is_tried_again(self, page, library, tmp_path):
        ids = filled(library, tmp_path)
        page.goto("/console/jobs?state=parked")
        page.get_by_role("button", name="Try again").click()
        said(page, "tried again")
        assert library.jobs.get(ids["job"]).state == "waiting"
        page.get_by_role("button", name="Cancel").click()
        assert library.jobs.get(ids["job"]).state == "cancelled"

    def test_a_list_is_followed_and_its_secret_is_never_shown(self, browsing, page, library):
        browsing.allowed.append("422")
        library.bank_create("KNOWN")
        page.goto("/console/exchanges/new/list")
        page.get_by_label("Name").fill("partner")
        page.get_by_label("token").fill("very-secret")
        page.get_by_role("button", name="Follow the list").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert "very-secret" not in page.content()
        page.get_by_label("url").fill("https://lists.example/known.csv")
        page.get_by_label("token").fill("very-secret")
        page.get_by_role("button", name="Follow the list").click()
        said(page, "list is followed")
        assert "very-secret" not in page.content()
        assert library.exchanges.get("partner").has_credentials
        page.get_by_role("button", name="Fetch it now").click()
        said(page, "A job fetches it")
        page.get_by_role("button", name="Switch it off").click()
        assert not library.exchanges.get("partner").enabled

    def test_the_log_is_filtered_by_its_address(self, page, library, tmp_path):
        filled(library, tmp_path)
        page.goto("/console/users")
        page.get_by_label("Name").fill("bob")
        page.get_by_label("reviewer").check()
        page.get_by_role("button", name="Make the user").click()
        page.goto("/console/audit?action=users_create_user")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_role("link", name="bob").click()
        assert "subject=bob" in page.url
        expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_label("From").fill(f"tomorrow {MARKUP}")
        page.get_by_role("button", name="Filter").click()
        expect(page.locator("#e-since")).to_be_visible()
        expect(page.locator("#f-since")).to_have_value(f"tomorrow {MARKUP}")
        assert page.title() != "run"


def test_who_may_not_is_not_led_there_and_is_refused(browsing, library, tmp_path):
    ids = filled(library, tmp_path)
    page = browsing.person("rev", Role.REVIEWER)
    browsing.allowed.append("403")
    page.goto("/console/banks/KNOWN")
    nav = page.locator("header")
    for name in ("Keys", "Users", "Jobs", "Webhooks", "Exchanges", "Audit"):
        assert nav.get_by_role("link", name=name, exact=True).count() == 0
    assert page.get_by_role("heading", name="Add files").count() == 0
    token = page.locator('meta[name="csrf"]').get_attribute("content")
    for path in ("keys", "users", "jobs", "webhooks", "exchanges", "audit", "policies/KNOWN/new"):
        assert page.goto(f"/console/{path}").status == 403, path
    for path, form in (
        ("banks", {"name": "MINE"}),
        ("banks/KNOWN/remove", {"again": "KNOWN", "remove_reason": "x"}),
        (f"references/{ids['picture']}/withdraw", {"withdrawn_reason": "x"}),
        ("policies/KNOWN/1/retire", {"retire_reason": "x"}),
        ("users/ann/disable", {}),
        ("keys", {"user": "ann"}),
        (f"jobs/{ids['job']}/resume", {}),
        (f"webhooks/{ids['webhook']}/remove", {}),
        ("search/hashes", {"hashes": HASH}),
    ):
        answer = page.request.post(f"/console/{path}", form={"csrf": token, **form})
        assert answer.status == 403, (path, answer.status)
    assert library.reference(ids["picture"]).state is ReferenceState.ACTIVE
    assert library.access.user("ann").active


def _escaped() -> str:
    return f"act {MARKUP}".replace("\\", "\\\\").replace('"', '\\"')
