"""The yearly report on every store: its numbers are those of an independent count, and of its rows."""

from __future__ import annotations

import sys
from datetime import UTC
from pathlib import Path

from seawall.model import yearly
from seawall.model.yearly_figures import FIGURES
from seawall.store.yearly_rows import ROWS

sys.path.insert(0, str(Path(__file__).parent))


def test_every_figure_has_rows_to_count():
    assert {one.id for one in FIGURES} == set(ROWS)


def test_a_year_without_anything_is_all_noughts(store):
    made = store.yearly.count(FIGURES, yearly.year(2026, UTC))
    assert {one.count for one in made} == {0}
    assert all(sum(one.months) == 0 and len(one.months) == 12 for one in made)
