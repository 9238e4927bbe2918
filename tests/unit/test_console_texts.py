"""The texts of the console: none is missing for what the code can name, in any language."""

from __future__ import annotations

import pytest

from seawall.console import catalogue
from seawall.model.decision import CaseState, Choice, Purpose, View
from seawall.model.event import EventType
from seawall.model.job import JobState
from seawall.model.queue import Severity
from seawall.model.viewing import Cover, Reason
from seawall.model.yearly import Law, Subject
from seawall.model.yearly_figures import FIGURES, MEMBER_STATES, TEXTS
from seawall.workflows.tasks import Kind

#: Prefixes of keys, each with what follows it.
_NAMED = {
    "jobs.kind": Kind,
    "jobs.state": JobState,
    "webhooks.type": [one.replace(".", "_") for one in EventType],
    "queue.state": CaseState,
    "queue.severity": [f"s{int(one)}" for one in Severity],
    "case.state": CaseState,
    "case.choice": Choice,
    "case.purpose": Purpose,
    "case.view": View,
    "viewing.cover": Cover,
    "viewing.reason": Reason,
    "reports.law": Law,
    "reports.subject": Subject,
    "reports.label": [one.id for one in (*FIGURES, *TEXTS)],
    "reports.part": {part for one in FIGURES for part, _ in one.parts if part not in MEMBER_STATES},
}


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_all_that_a_page_can_name_has_a_text(language):
    texts = catalogue.of(language).texts
    wanted = {f"{prefix}.{name}" for prefix, names in _NAMED.items() for name in names}
    assert wanted <= texts.keys(), wanted - texts.keys()


def test_all_languages_have_the_same_keys():
    first, *others = (catalogue.of(language).texts.keys() for language in catalogue.LANGUAGES)
    for other in others:
        assert first ^ other == set()
