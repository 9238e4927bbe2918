"""Curves on a page: the share that each system finds as one edit grows stronger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seawall.bench import charts, markup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeVar

    from seawall.bench import bootstrap

    Row = TypeVar("Row")
    Shares = Sequence[bootstrap.Estimate]  #: of each system, Seawall first

_STYLES: Final = 7  #: of lines, in the style sheet

Ladder = tuple[tuple[str, str], ...]  #: the strengths of one edit, each with the name of the suite's edit


@dataclass(frozen=True, slots=True)
class Curve:
    """What becomes of one edit, from step to step of its strength."""

    title: str
    what: str
    steps: Sequence[tuple[str, Shares]]


def steps(
    ladder: Ladder, rows: Mapping[str, Row], shares: Callable[[Row], Shares]
) -> list[tuple[str, Shares]]:
    """The steps of which there are rows. rows: by edit."""
    return [(strength, shares(rows[edit])) for strength, edit in ladder if edit in rows]


def drawn(how: str, systems: Sequence[str], curves: Sequence[Curve]) -> str:
    """A chart for each curve with two steps or more, under one legend; the first system's with intervals.

    how: what is shown in per cent.
    """
    curves = [curve for curve in curves if len(curve.steps) > 1]
    if not curves:
        return "<p>No edit was asked at more than one strength.</p>"
    legend = "".join(f'<li class="{_style(n)}">{markup.text(name)}</li>' for n, name in enumerate(systems))
    plots = "".join(_plot(systems, curve) for curve in curves)
    head = f'<p class=soft>{markup.text(how)}</p><ul class="legend">{legend}</ul>'
    return f'{head}<div class="charts">{plots}</div>'


def _plot(systems: Sequence[str], curve: Curve) -> str:
    lines = [
        charts.Line(
            name,
            _style(number),
            tuple(_point(shares[number], wide=not number) for _, shares in curve.steps),
        )
        for number, name in enumerate(systems)
    ]
    chart = charts.chart(f"{curve.title}: share found", [strength for strength, _ in curve.steps], lines)
    return (
        f'<figure class="plot"><figcaption>{markup.text(curve.title)}</figcaption>'
        f"<small class=soft>{markup.text(curve.what)}</small>{chart}</figure>"
    )


def _point(estimate: bootstrap.Estimate, *, wide: bool) -> charts.Point | None:
    if estimate.value is None:
        return None
    return charts.Point(estimate.value, *((estimate.low, estimate.high) if wide else ()))


def _style(number: int) -> str:
    return f"s{min(number, _STYLES - 1)}"
