"""What each figure of the yearly report counts: one query a figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from seawall.store import yearly_decisions as decisions, yearly_notices as notices
from seawall.store.schema_actions import decision
from seawall.store.yearly_columns import Rows, ruled

#: By the id of a figure.
ROWS: Final[Mapping[str, Callable[[], Rows]]] = {
    "tco_orders": notices.orders,
    "tco_orders_acted": notices.orders_acted,
    "tco_orders_not_acted": notices.orders_not_acted,
    "tco_removals": decisions.removals,
    "tco_complaints": lambda: notices.complaints("tco"),
    "tco_reinstated": decisions.reinstated,
    "tco_preserved": decisions.preserved,
    "tco_threats": decisions.threats,
    "dsa_orders": notices.all_orders,
    "dsa_notices": notices.all_notices,
    "dsa_notices_decided": notices.notices_decided,
    "dsa_notices_machine": notices.notices_machine,
    "dsa_measures": lambda: decisions.own_measures(decision.c.choice),
    "dsa_measures_found": lambda: decisions.own_measures(decisions.found_by()),
    "dsa_complaints": lambda: notices.complaints("dsa"),
    "dsa_detected": decisions.detected,
    "dsa_automation": lambda: decisions.measures(ruled("automated_decision").as_string()),
    "dsa_second_reads": decisions.second_reads,
    "dsa_appeals": lambda: decisions.appeals(decisions.against_found()),
    "dsa_appeals_machine": lambda: decisions.appeals(decisions.against_machine()),
    "dsa_statements": decisions.statements,
    "dsa_submissions": decisions.submissions,
}
