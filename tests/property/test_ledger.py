"""Laws of every ledger, over made-up texts, readings of them and what people do: certainty never rises,
spans survive, no sentence lacks a hedge or a source, and no protected name leaves.
"""

from __future__ import annotations

import html
import json
import re
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from seawall import errors
from seawall.model import certainty, names as protected
from seawall.model.claim import (
    Facet,
    Group,
    GroupRole,
    Hedge,
    HedgeLevel,
    Polarity,
    Proposal,
    Source,
    SourceKind,
    Span,
    Status,
)
from seawall.model.incident import Citation, Claim, Heading, IncidentStatus, Origin
from seawall.model.names import Names
from seawall.model.report import Line, LineKind, Minor, Person, PersonRole, Reading
from seawall.reports import compare, page, prose, record, sentences, table
from seawall.reports.view import View
from seawall.store import NewDocument, Store
from seawall.workflows import edits
from seawall.workflows.incidents import Incidents

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import unread

#: Words that no output of ours has of its own.
NAMES = ("Zorbla Quimfex", "Vexnor", "Plimzo Bin Quarv", "Жанор Ліпко")
WORDS = (
    "boat",
    "quay",
    "believed",
    "said",
    "not",
    "ten",
    "<b>",
    "&",
    "=1",
    "|",
    "`",
    "\u200b",
    "\u00a0",
    "é",
    "ق",
)

#: Ways to write a name that are still the name.
SPELLINGS = (
    str,
    str.upper,
    str.lower,
    "\u200b".join,
    lambda name: name.replace("o", "\u043e").replace("e", "\u0435").replace("i", "\u0456"),
    lambda name: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in name),
    lambda name: name.replace(" ", ""),
    lambda name: name.split()[0],
    lambda name: name.split()[-1],
)

PROFILE = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def store():
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as opened:
        yield opened


@st.composite
def spelled(draw, name):
    return draw(st.sampled_from(SPELLINGS))(name)


@st.composite
def reports(draw, name):
    """A document with a reading of it. It names a child in some spelling, and withholds the name."""
    line = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
    before, after = draw(st.lists(line, max_size=3)), draw(st.lists(line, max_size=3))
    written = draw(spelled(name))
    parts = [*before, f"The child {name} and {written}.", *after]
    text = "\n".join(parts)
    lines, at = [], 0
    for part in parts:
        lines.append(Line(at, at + len(part), draw(st.sampled_from(LineKind))))
        at += len(part) + 1
    start = text.index(f"The child {name}") + len("The child ")
    person = Person("child-1", PersonRole.VICTIM, Minor.STATED, None, (), (), None)
    if draw(st.booleans()):
        person = replace(person, withheld=(Span.of(text, start, start + len(name)),))
    else:
        person = replace(person, name=Span.of(text, start, start + len(name)))
    proposals = tuple(draw(st.lists(_proposals(text), min_size=1, max_size=5)))
    nothing = dict.fromkeys(
        ("organisations", "places", "times", "media", "violations", "discrepancies", "unread"), ()
    )
    groups = (Group("main", GroupRole.MAIN), Group("g1", GroupRole.EARLIER))
    reading = Reading(
        language="en", lines=tuple(lines), proposals=proposals, groups=groups, people=(person,), **nothing
    )
    digest = f"{draw(st.integers(0, 2**64)):064x}"
    return NewDocument(digest, text, reading, "report.txt", draw(st.sampled_from((None, "Outlet"))))


@st.composite
def _spans(draw, text):
    start = draw(st.integers(0, len(text) - 1))
    return Span.of(text, start, draw(st.integers(start + 1, min(len(text), start + 30))))


@st.composite
def _proposals(draw, text):
    levels = [level for level in HedgeLevel if level is not HedgeLevel.NONE]
    cues = tuple(dict.fromkeys(draw(st.lists(_spans(text), max_size=2))))
    level = draw(st.sampled_from(levels)) if cues else HedgeLevel.NONE
    links = draw(st.lists(_links(text), max_size=2))
    return Proposal(
        span=draw(_spans(text)),
        facet=draw(st.sampled_from(Facet)),
        group=draw(st.sampled_from(("main", "g1"))),
        attribution=(*links, edits.OUTLET),
        hedge=Hedge(level, cues),
        polarity=draw(st.sampled_from(Polarity)),
        rule="drawn",
    )


@st.composite
def _links(draw, text):
    source = draw(st.none() | _spans(text).map(lambda span: span.text) | st.just("the harbour watch"))
    cue = draw(st.none() | _spans(text))
    return Source(draw(st.sampled_from(SourceKind)), source, cue, draw(st.booleans()))


@st.composite
def deeds(draw, text):
    """Something that a person asks of a ledger; most of it is refused by one law or another."""
    words = draw(_spans(text).map(lambda span: edits.Words(start=span.start, end=span.end)) | st.none())
    said = edits.Said(
        kind=draw(st.none() | st.sampled_from(SourceKind)),
        level=draw(st.none() | st.sampled_from(HedgeLevel)),
        hedge_cues=() if words is None else tuple(draw(st.lists(st.just(words), max_size=1))),
        inferred=draw(st.booleans()),
    )
    claim = f"c{draw(st.integers(1, 6))}"
    kind = draw(st.sampled_from(("status", "edit", "add", "forge")))
    if kind == "forge":
        forged = draw(_proposals(text))
        return lambda incidents, id_: _forge(incidents, id_, claim, forged)
    if kind == "status":
        status = draw(st.sampled_from(Status))
        return lambda incidents, id_: incidents.set_status(id_, [claim], status, "because")
    facet = draw(st.sampled_from(Facet))
    if kind == "edit":
        edit = edits.Edit(words=words, facet=facet, said=said, value=draw(st.none() | st.just("noted")))
        return lambda incidents, id_: incidents.edit(id_, claim, edit, "because")
    entry = edits.Entry(words or edits.Words(start=0, end=3), facet, said=said)
    return lambda incidents, id_: incidents.add_claim(id_, entry, "because")


def _forge(incidents, id_, name, said):
    """Past the workflow, straight into the store: another claim, and every part of this one made another."""
    parts = (
        lambda old, text: {"span": said.span},
        lambda old, text: {"span": Span.of(text, 0, len(text))},
        lambda old, text: {"hedge": said.hedge},
        lambda old, text: {"hedge": Hedge(old.hedge.level, said.hedge.cues)},
        lambda old, text: {"hedge": Hedge(said.hedge.level, old.hedge.cues)},
        lambda old, text: {"attribution": said.attribution},
        lambda old, text: {"attribution": tuple(replace(link, inferred=False) for link in old.attribution)},
        lambda old, text: {"polarity": said.polarity},
    )

    def changed(ledger, part):
        old = next((one.state for one in ledger.claims if one.state.id == name), ledger.claims[0].state)
        changes = part(old.said, ledger.document(old.document).text)
        return replace(old, status=Status.EDITED, value="forged", said=replace(old.said, **changes))

    def added(ledger):
        number = f"c{len(ledger.claims) + 1}"
        return Claim(number, ledger.documents[0].sha256, said, Status.CONFIRMED, Origin.ANALYST)

    decisions = [lambda ledger, part=part: [changed(ledger, part)] for part in parts]
    for decide in (*decisions, lambda ledger: [added(ledger)]):
        with suppress(errors.UsageError):
            incidents._records.revise(id_, decide, actor="eve", reason="because")


def desk(store):
    def no_check(path):
        raise AssertionError(path)

    return Incidents(store.incidents, "ann", unread.Plain, no_check, store.banks)


@st.composite
def histories(draw):
    """A name, one or two reports on it, and what people then do."""
    name = draw(st.sampled_from(NAMES))
    first = draw(reports(name))
    second = draw(st.none() | reports(name))
    return name, first, second, draw(st.lists(deeds(first.text), max_size=6))


def lived(store, history):
    """The ledgers that a history leads through, each as it was read back."""
    _, first, second, done = history
    incidents = desk(store)
    ledger = store.incidents.open("A title", first, actor="ann")
    yield ledger
    if second is not None and second.sha256 != first.sha256:
        yield store.incidents.add_document(ledger.id, second, actor="bob")
    for deed in done:
        with suppress(errors.UsageError):
            deed(incidents, ledger.id)
        yield store.incidents.ledger(ledger.id)


def outputs(view):
    """Every text that leaves a record, by its name."""
    compared = compare.compare(view)
    made = json.loads(json.dumps([record.incident(view, with_text=True), compare.as_record(view, compared)]))
    yield "json", "\n".join(_strings(made))
    yield "csv", table.claims(view)
    yield "markdown", re.sub(r"\\(.)", r"\1", prose.incident(view))
    yield "html", html.unescape(re.sub(r"<[^>]*>", "", page.render(view)))
    yield "summary", "\n".join(sentences.summary(view))


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


@PROFILE
@given(history=histories())
def test_certainty_never_rises_whatever_people_do(store, history):
    before = {}
    for ledger in lived(store, history):
        now = {one.state.id: one.state for one in ledger.claims}
        assert before.keys() <= now.keys()
        for name, old in before.items():
            assert not _rises(old.said, now[name].said)
            assert old.status not in certainty.GONE or now[name] == old
            assert now[name].status is not Status.PROPOSED or old.status is Status.PROPOSED
            _bound_by_its_words(now[name], before, changed=now[name].said.span != old.said.span)
        for name in now.keys() - before.keys():
            if now[name].origin is Origin.MACHINE:
                assert now[name].status is Status.PROPOSED
            else:
                _bound_by_its_words(now[name], before, changed=True)
        before = now


#: How sure each level leaves the reader; there is no way out of the last two.
SURE = {"none": 2, "believed": 1, "reported": 0, "apparent": 0, "possible": 0, "alleged": 0}


def _rises(old, new):
    """Whether anything of a claim became surer: the law once more, in other words than the code's."""
    level, now = old.hedge.level.value, new.hedge.level.value
    if now != level and (level not in SURE or SURE.get(now, 0) > SURE[level]):
        return True
    rest = list(new.attribution)
    for link in old.attribution:
        while rest and rest[0] not in (link, replace(link, inferred=True)):
            rest.pop(0)
        if not rest:
            return True
        rest.pop(0)
    cues = [*old.hedge.cues, *(link.cue for link in old.attribution if link.cue is not None)]
    inside = [cue for cue in cues if old.span.start <= cue.start and cue.end <= old.span.end]
    return (
        not set(old.hedge.cues) <= set(new.hedge.cues)
        or any(not (new.span.start <= cue.start and cue.end <= new.span.end) for cue in inside)
        or old.polarity is not new.polarity
        or not (old.span.start < new.span.end and new.span.start < old.span.end)
    )


def _bound_by_its_words(claim, others, *, changed):
    """Words that a claim takes in bring along the reserve and the sources of the claims on them."""
    for other in others.values() if changed else ():
        ours, theirs = claim.said.span, other.said.span
        within = ours.start <= theirs.start and theirs.end <= ours.end
        around = theirs.start <= ours.start and ours.end <= theirs.end
        stands = other.status not in certainty.GONE and other.document == claim.document
        if stands and other.id != claim.id and (within or around):
            kinds = {link.kind for link in claim.said.attribution}
            assert set(other.said.hedge.cues) <= set(claim.said.hedge.cues)
            assert {link.kind for link in other.said.attribution} <= kinds


@PROFILE
@given(history=histories())
def test_nothing_is_overwritten(store, history):
    revisions, documents = (), ()
    for ledger in lived(store, history):
        assert ledger.revisions[: len(revisions)] == revisions
        assert ledger.documents[: len(documents)] == documents
        revisions, documents = ledger.revisions, ledger.documents


@PROFILE
@given(history=histories())
def test_no_printed_sentence_lacks_a_hedge_or_a_source_of_its_claim(store, history):
    *_, ledger = lived(store, history)
    view = View.of(ledger)
    printed = dict(outputs(view))
    for entry in ledger.claims:
        one = entry.state
        sentence = sentences.claim(view, entry)
        assert sentence.startswith("The text of ")
        assert view.words(one.document, one.said.span) in sentence
        assert one.status.value in sentence or "confirms" in sentence
        for cue in one.said.hedge.cues:
            assert f"“{view.words(one.document, cue)}”" in sentence
        if one.said.hedge.level is not HedgeLevel.NONE:
            assert f"({one.said.hedge.level}" in sentence
        for link in one.said.attribution:
            assert link.source is None or view.text(link.source) in sentence
            assert link.cue is None or view.words(one.document, link.cue) in sentence
            assert not link.inferred or "inferred" in sentence
        assert one.said.polarity is Polarity.POSITIVE or "in the negative" in sentence
        assert sentence.replace('"', '""') in printed["csv"]
        assert one.status in certainty.GONE or sentence in printed["summary"]


@PROFILE
@given(history=histories())
def test_spans_hold_in_the_text_that_is_exported_and_where_nothing_is_masked_in_the_stored_one(
    store, history
):
    *_, ledger = lived(store, history)
    made = json.loads(json.dumps(record.incident(View.of(ledger), with_text=True)))
    exported = {one["sha256"]: one["text"] for one in made["documents"]}
    for one in ledger.documents:
        assert len(exported[one.sha256]) == len(one.text)
        assert all(
            new in (old, protected.MASK) for old, new in zip(one.text, exported[one.sha256], strict=True)
        )
    for claim, entry in zip(made["claims"], ledger.claims, strict=True):
        said = entry.state.said
        parsed = [
            claim,
            *claim["hedge"]["cues"],
            *(link["cue"] for link in claim["attribution"] if link["cue"]),
        ]
        stored = [said.span, *said.hedge.cues, *(link.cue for link in said.attribution if link.cue)]
        for record_, span in zip(parsed, stored, strict=True):
            read = Span(record_["start"], record_["end"], record_["text"])
            assert read.holds_in(exported[claim["document"]])
            assert (read.start, read.end) == (span.start, span.end)
            assert protected.MASK in read.text or read == span
        assert claim["hedge"]["level"] == said.hedge.level
        assert [link["kind"] for link in claim["attribution"]] == [link.kind for link in said.attribution]
        assert [link["inferred"] for link in claim["attribution"]] == [
            link.inferred for link in said.attribution
        ]


@PROFILE
@given(history=histories())
def test_no_output_has_a_protected_name_and_the_record_keeps_the_text(store, history):
    name, first, *_ = history
    *_, ledger = lived(store, history)
    assert ledger.documents[0].text == first.text
    names = Names((name,))
    for what, text in outputs(View.of(ledger)):
        assert names.within(text) == [], what


@PROFILE
@given(data=st.data())
def test_a_childs_name_is_refused_in_every_field_by_every_route(store, data):
    name = data.draw(st.sampled_from(NAMES))
    first = data.draw(reports(name))
    ledger = store.incidents.open("A title", first, actor="ann")
    written = f"about {data.draw(spelled(name))} today"
    incidents = desk(store)
    sha256 = ledger.documents[0].sha256
    routes = {
        "title": lambda: incidents.describe(
            ledger.id, title=written, status=IncidentStatus.ACTIVE, reason="r"
        ),
        "reason": lambda: incidents.set_status(ledger.id, ["c1"], Status.DISPUTED, written),
        "value": lambda: incidents.edit(ledger.id, "c1", edits.Edit(value=written), "r"),
        "source": lambda: incidents.edit(
            ledger.id, "c1", edits.Edit(said=edits.Said(SourceKind.NAMED_SOURCE, written)), "r"
        ),
        "origin": lambda: incidents.cite(ledger.id, Citation(sha256, origin=written), "r"),
        "position": lambda: incidents.hold(ledger.id, "c1", written),
        "protect": lambda: incidents.protect(ledger.id, "Another", written),
        "report": lambda: store.incidents.add_document(
            ledger.id, replace(first, sha256="f" * 64), actor="bob", reason=written
        ),
        "outlet": lambda: store.incidents.open("A", replace(first, outlet=written), actor="ann"),
        "author": lambda: store.incidents.open("A", replace(first, author=written), actor="ann"),
        "new title": lambda: store.incidents.open(written, first, actor="ann"),
    }
    for spelling in SPELLINGS:
        with pytest.raises(errors.ProtectedName):
            incidents.set_status(ledger.id, ["c1"], Status.DISPUTED, spelling(name))
    for route in routes.values():
        with pytest.raises(errors.ProtectedName) as failure:
            route()
        assert Names((name,)).within(str(failure.value)) == []
    assert store.incidents.ledger(ledger.id) == ledger
    assert ledger.latest(Heading)[0].state.title == "A title"
