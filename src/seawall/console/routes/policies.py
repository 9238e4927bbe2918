"""Policies: what is done when a known item reappears, in plain words; tried, signed and put in force."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, Recorded, needs
from seawall.console import book as book_form, forms, lists, pages, plain
from seawall.console.asked import Asked, shown
from seawall.console.book import Row
from seawall.console.forms import Sent
from seawall.model import policy, policy_form
from seawall.model.access import Principal, Scope
from seawall.model.content import Kind
from seawall.model.decision import Choice
from seawall.model.policy import Rulebook, State, Step
from seawall.model.signal import SignalType
from seawall.workflows import trials
from seawall.workflows.library import Seawall

router = forms.pages_for("policies")

Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POLICIES))]

_VERSIONS: Final = 20


@router.get("/policies")
def every(request: Request, library: Library, _: Reader) -> Response:
    """What is in force for each bank."""
    banks = [one for one in library.banks() if not one.negative]
    live = {one.bank: one for one in library.policies.live(limit=len(banks) + 1)}
    return pages.page(request, "policies.html", banks=banks, live=live)


@router.get("/policies/{bank}")
def show(request: Request, bank: str, library: Library, _: Reader) -> Response:
    """What decides on a bank's matches now, and all versions."""
    found = library.policies.versions(bank, before=lists.number(request), limit=_VERSIONS + 1)
    return pages.page(
        request,
        "policy.html",
        bank=library.bank(bank),
        force=library.policies.in_force(bank),
        part=lists.part(request, [(one.version, one) for one in found], _VERSIONS),
        **_words(request),
    )


@router.get("/policies/{bank}/new")
def ask(request: Request, bank: str, library: Library, _: Writer) -> Response:
    """The form for a new version, which begins with what is in force."""
    force = library.policies.in_force(bank)
    return _form(request, library, bank, book_form.rows(force.book), force.book)


@router.post("/policies/{bank}/new")
def draft(request: Request, bank: str, library: Library, form: Sent, trail: Recorded, _: Writer) -> Response:
    """A new version, not in force yet; or the form again, with a rule more, less or elsewhere."""
    asked, rows = Asked(request, form), book_form.sent(form)
    pressed = form.text("do")
    if pressed != "draft":
        return _form(request, library, bank, book_form.changed(rows, pressed), asked=asked, form=form)
    note = asked.words("note")
    with asked.refusing({errors.BadPolicy: "book"}):
        made = policy_form.read(book_form.data(form, rows))
        if not asked.faults:
            known = library.policies.draft(bank, made, note)
            trail.details["version"] = known.version
            return pages.to(f"/console/policies/{bank}/{known.version}", "policies.said.drafted")
    return _form(request, library, bank, rows, asked=asked, form=form)


@router.get("/policies/{bank}/{version}")
def version(request: Request, bank: str, version: int, library: Library, _: Reader) -> Response:
    """One version with its signatures, dry runs and history."""
    return _version(request, library, bank, version)


@router.post("/policies/{bank}/{version}/sign")
def sign(
    request: Request, bank: str, version: int, library: Library, form: Sent, trail: Recorded, who: Writer
) -> Response:
    """The person who has signed in answers for a rule of a draft."""
    asked = Asked(request, form)
    rule, statement = form.text("rule"), asked.words("statement")
    if not asked.faults:
        with asked.refusing({errors.CannotSign: "statement", errors.RecordConflict: "statement"}):
            library.policies.sign(bank, version, rule, statement=statement, user=who.user)
            trail.details["rule"] = rule
            return pages.to(f"/console/policies/{bank}/{version}", "policies.said.signed")
    return _version(request, library, bank, version, asked, signing=rule)


@router.post("/policies/{bank}/{version}/try")
def dry_run(request: Request, bank: str, version: int, library: Library, form: Sent, _: Writer) -> Response:
    """What the version would have done with the last days' matches."""
    asked = Asked(request, form)
    days = asked.number("days", 0.01, trials.MAX_DAYS)
    if asked.faults:
        return _version(request, library, bank, version, asked)
    library.policies.dry_run(bank, version, days=days or trials.DAYS)
    return pages.to(f"/console/policies/{bank}/{version}", "policies.said.tried")


@router.post("/policies/{bank}/{version}/live")
def make_live(request: Request, bank: str, version: int, library: Library, form: Sent, _: Writer) -> Response:
    """Put it in force in the place of the one that is."""
    asked = Asked(request, form)
    reason, without = asked.words("live_reason"), asked.maybe("without_dry_run")
    if not asked.faults:
        with asked.refusing({errors.NoDryRun: "without_dry_run", errors.RecordConflict: "live_reason"}):
            library.policies.make_live(bank, version, reason=reason, without_dry_run=without)
            return pages.to(f"/console/policies/{bank}/{version}", "policies.said.live")
    return _version(request, library, bank, version, asked)


@router.post("/policies/{bank}/{version}/retire")
def retire(request: Request, bank: str, version: int, library: Library, form: Sent, _: Writer) -> Response:
    """Take it out of use for good."""
    asked = Asked(request, form)
    reason = asked.words("retire_reason")
    if not asked.faults:
        with asked.refusing({errors.RecordConflict: "retire_reason"}):
            library.policies.retire(bank, version, reason=reason)
            return pages.to(f"/console/policies/{bank}/{version}", "policies.said.retired")
    return _version(request, library, bank, version, asked)


def _version(
    request: Request,
    library: Seawall,
    bank: str,
    version: int,
    asked: Asked | None = None,
    signing: str | None = None,
) -> Response:
    known = library.policies.get(bank, version)
    signatures = library.policies.signatures(bank, version)
    return pages.page(
        request,
        "policy_version.html",
        422 if asked else 200,
        policy=known,
        signatures={
            rule.name: [one for one in signatures if one.rule == rule.name] for rule in known.book.rules
        },
        signing=signing,
        runs=library.policies.dry_runs(bank, version),
        history=library.policies.events(bank, version),
        is_draft=known.state is State.DRAFT,
        is_live=known.state is State.LIVE,
        acts=Step.ACT,
        most_days=trials.MAX_DAYS,
        **shown(asked),
        **_words(request),
    )


def _form(
    request: Request,
    library: Seawall,
    bank: str,
    rows: list[Row],
    known: Rulebook | None = None,
    *,
    asked: Asked | None = None,
    form: Sent | None = None,
) -> Response:
    if form is None:
        assert known is not None
        exempt, four_eyes = "\n".join(known.exempt), [one.value for one in known.four_eyes]
    else:
        exempt, four_eyes = form.text("exempt"), form.texts("four_eyes")
    return pages.page(
        request,
        "policy_form.html",
        422 if asked and asked.faults else 200,
        bank=library.bank(bank),
        rows=rows,
        exempt=exempt,
        four_eyes=four_eyes,
        steps=list(Step),
        choices=list(Choice),
        kinds=list(Kind),
        signals=list(SignalType),
        most_rules=policy.MAX_RULES,
        **shown(asked),
    )


def _words(request: Request) -> dict[str, Any]:
    texts = pages.visitor(request).texts
    return {"conditions": lambda when: plain.conditions(texts.text, texts.share, when)}
