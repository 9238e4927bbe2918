"""The figures of the yearly report as data, each with the duty it answers.

Regulation (EU) 2021/784, Article 7(3), and Regulation (EU) 2022/2065, Articles 15 and 24. The text of these
articles was not at hand: no figure is `checked`, and its words can be replaced by `reworded`. What no log
can tell, such as which measures were taken, is a text of one's own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from seawall.model.decision import RESTRICTIONS, Automation, Choice, Origin
from seawall.model.preservation import Basis
from seawall.model.statement import StatementKind
from seawall.model.yearly import Figure, Law, Said, Subject, Wording

MAX_LABEL: Final = 500  #: characters
MAX_TEXT: Final = 20_000

#: The Member States, with what orders call them: two letters, or the name in English.
MEMBER_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "AT": ("austria",),
    "BE": ("belgium",),
    "BG": ("bulgaria",),
    "CY": ("cyprus",),
    "CZ": ("czechia", "czech republic"),
    "DE": ("germany",),
    "DK": ("denmark",),
    "EE": ("estonia",),
    "ES": ("spain",),
    "FI": ("finland",),
    "FR": ("france",),
    "GR": ("greece", "el"),
    "HR": ("croatia",),
    "HU": ("hungary",),
    "IE": ("ireland",),
    "IT": ("italy",),
    "LT": ("lithuania",),
    "LU": ("luxembourg",),
    "LV": ("latvia",),
    "MT": ("malta",),
    "NL": ("netherlands", "the netherlands"),
    "PL": ("poland",),
    "PT": ("portugal",),
    "RO": ("romania",),
    "SE": ("sweden",),
    "SI": ("slovenia",),
    "SK": ("slovakia",),
}

_STATES: Final = (
    *((code, code) for code in MEMBER_STATES),
    ("elsewhere", "another country, or one that is not recognised"),
    ("unsaid", "no country is named"),
)
_OUTCOMES: Final = (
    ("reinstated", "reinstated"),
    ("changed", "decided otherwise, and not reinstated"),
    ("upheld", "decided as before"),
    ("open", "still open"),
    ("closed", "closed without a decision"),
)
_APPEALS: Final = (("changed", "decided otherwise"), ("upheld", "decided as before"))
_CHOICES: Final = tuple((one.value, one.value.replace("_", " ")) for one in Choice if one in RESTRICTIONS)
_ORIGINS: Final = (
    (Origin.ORDER.value, "following an order"),
    (Origin.OWN_INITIATIVE.value, "on own initiative"),
    (Origin.NOTICE.value, "following a notice"),
    (Origin.TRUSTED_FLAGGER.value, "following a trusted flagger's notice"),
    (Origin.OTHER_NOTICE.value, "following another notification"),
)
_BASES: Final = tuple((one.value, one.value.replace("_", " ")) for one in Basis)
_KINDS: Final = (
    (StatementKind.REASONS.value, "statement of reasons"),
    (StatementKind.INFORMATION.value, "information on an order"),
    (StatementKind.REINSTATEMENT.value, "reinstatement"),
    (StatementKind.OUTCOME.value, "outcome of a complaint"),
)
_AUTOMATION: Final = (
    (Automation.FULLY.value, "by a machine alone"),
    (Automation.PARTIALLY.value, "partly by a machine"),
    (Automation.NONE.value, "by people"),
)

_TCO: Final = "Regulation (EU) 2021/784, Article "
_DSA: Final = "Regulation (EU) 2022/2065, Article "
_REPORT: Final = _TCO + "7(3)"
_TO_MACHINES: Final = _DSA + "15(1)(e)"

FIGURES: Final = (
    Figure("tco_orders", Law.TCO, "Removal orders received", _REPORT, Subject.NOTICE, _STATES),
    Figure(
        "tco_orders_acted",
        Law.TCO,
        "Removal orders that were acted on",
        _TCO + "3(3) and 7(3)",
        Subject.NOTICE,
        (
            ("kept", "within the hour"),
            ("missed", "later"),
            ("running", "in part, and the hour runs or is suspended"),
        ),
        timed=True,
    ),
    Figure(
        "tco_orders_not_acted",
        Law.TCO,
        "Removal orders that were not acted on",
        _TCO + "3(7), 3(8) and 7(3)",
        Subject.NOTICE,
        (
            ("impossible", "force majeure or de facto impossibility"),
            ("unclear", "manifest errors, or too little information"),
            ("open", "still in work"),
            ("no_ground", "ended without such a ground on record"),
        ),
    ),
    Figure("tco_removals", Law.TCO, "Items removed or disabled", _REPORT, Subject.ITEM, _ORIGINS),
    Figure(
        "tco_complaints",
        Law.TCO,
        "Complaints received",
        _TCO + "10 and 7(3)",
        Subject.NOTICE,
        _OUTCOMES,
        timed=True,
    ),
    Figure(
        "tco_reinstated",
        Law.TCO,
        "Items reinstated",
        _REPORT,
        Subject.ITEM,
        (
            ("complaint", "following a complaint"),
            ("authority", "required by a court or an authority"),
            ("own", "on own review"),
        ),
    ),
    Figure("tco_preserved", Law.TCO, "Originals preserved", _TCO + "6", Subject.PRESERVATION, _BASES),
    Figure("tco_threats", Law.TCO, "Threats to life told of", _TCO + "14(5)", Subject.THREAT),
    Figure(
        "dsa_orders",
        Law.DSA,
        "Orders of authorities received, under any law",
        _DSA + "15(1)(a)",
        Subject.NOTICE,
        _STATES,
        timed=True,
    ),
    Figure(
        "dsa_notices",
        Law.DSA,
        "Notices received",
        _DSA + "15(1)(b)",
        Subject.NOTICE,
        (("notice", "of persons"), ("trusted_flagger", "of trusted flaggers")),
    ),
    Figure(
        "dsa_notices_decided",
        Law.DSA,
        "Notices that were decided on",
        _DSA + "15(1)(b)",
        Subject.NOTICE,
        (
            ("legal", "something was restricted on the basis of the law"),
            ("contractual", "something was restricted on the basis of the terms"),
            ("nothing", "nothing was restricted"),
        ),
        timed=True,
    ),
    Figure(
        "dsa_notices_machine",
        Law.DSA,
        "Notices that were decided on by machines alone",
        _DSA + "15(1)(b)",
        Subject.NOTICE,
    ),
    Figure(
        "dsa_measures",
        Law.DSA,
        "Measures on own initiative, by kind",
        _DSA + "15(1)(c)",
        Subject.ITEM,
        _CHOICES,
    ),
    Figure(
        "dsa_measures_found",
        Law.DSA,
        "Measures on own initiative, by how the content was found",
        _DSA + "15(1)(c)",
        Subject.ITEM,
        (("machine", "by a machine"), ("person", "by a person")),
    ),
    Figure(
        "dsa_complaints",
        Law.DSA,
        "Complaints received",
        _DSA + "15(1)(d) and 20",
        Subject.NOTICE,
        _OUTCOMES,
        timed=True,
    ),
    Figure(
        "dsa_detected",
        Law.DSA,
        "Contents that machines brought up for review",
        _TO_MACHINES,
        Subject.ITEM,
        (
            ("restricted", "restricted now"),
            ("left", "left or put back as it was"),
            ("open", "not decided"),
        ),
    ),
    Figure("dsa_automation", Law.DSA, "Measures, by who decided", _TO_MACHINES, Subject.ITEM, _AUTOMATION),
    Figure(
        "dsa_second_reads",
        Law.DSA,
        "Second reads of decisions on what machines brought up",
        _TO_MACHINES,
        Subject.DECISION,
        (("disagreed", "the second person did not agree"), ("agreed", "the second person agreed")),
        wrong="disagreed",
    ),
    Figure(
        "dsa_appeals",
        Law.DSA,
        "Appeals decided against decisions on what machines brought up",
        _TO_MACHINES,
        Subject.DECISION,
        _APPEALS,
        wrong="changed",
    ),
    Figure(
        "dsa_appeals_machine",
        Law.DSA,
        "Appeals decided against decisions of machines alone",
        _TO_MACHINES,
        Subject.DECISION,
        _APPEALS,
        wrong="changed",
    ),
    Figure("dsa_statements", Law.DSA, "Statements told", _DSA + "17", Subject.STATEMENT, _KINDS),
    Figure(
        "dsa_submissions",
        Law.DSA,
        "Submissions that the transparency database has taken",
        _DSA + "24(5)",
        Subject.SUBMISSION,
    ),
)

TEXTS: Final = (
    Said("measures", Law.TCO, "Measures to identify and remove terrorist content", _REPORT),
    Said("reappearance", Law.TCO, "Measures against its reappearance, and their automated means", _REPORT),
    Said("proceedings", Law.TCO, "Proceedings that the provider has brought, and outcomes", _REPORT),
    Said("moderation", Law.DSA, "Moderation on own initiative, and training", _DSA + "15(1)(c)"),
    Said("automation", Law.DSA, "Purposes of automated means, and safeguards", _TO_MACHINES),
    Said("disputes", Law.DSA, "Out-of-court disputes, suspensions, and recipients", _DSA + "24"),
)

WORDING: Final = Wording(FIGURES, TEXTS)


def reworded(text: str) -> Wording:
    """Figures and texts in words of one's own.

    text: TOML; `[labels]`, a label a figure or text, by its id; `[texts]`, what each text says. Raises
    ValueError, naming what is wrong.
    """
    given = tomllib.loads(text)
    for name in given:
        if name not in ("labels", "texts") or not isinstance(given[name], dict):
            raise ValueError(f"{name}: there are tables `labels` and `texts`, and no others")
    labels, texts = given.get("labels", {}), given.get("texts", {})
    _expect(labels, {one.id for one in (*FIGURES, *TEXTS)}, MAX_LABEL)
    _expect(texts, {one.id for one in TEXTS}, MAX_TEXT)
    return Wording(
        tuple(replace(one, label=labels.get(one.id, one.label)) for one in FIGURES),
        tuple(
            replace(one, label=labels.get(one.id, one.label), text=texts.get(one.id, one.text))
            for one in TEXTS
        ),
    )


def _expect(given: Mapping[str, object], known: set[str], longest: int) -> None:
    for name, said in given.items():
        if name not in known or not isinstance(said, str) or not 0 < len(said.strip()) <= longest:
            raise ValueError(f"{name}: no such figure or text, or no words of 1 to {longest} characters")
