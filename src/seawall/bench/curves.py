"""Curves on a page: the share that each system finds as one edit grows stronger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seawall.bench import charts, markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seawall.bench import bootstrap

_STYLES: Final = 7  #: of lines, in the style sheet


@dataclass(frozen=True, slots=True)
class Curve:
    """What becomes of one edit. `shares` has for each system, Seawall first, one for each strength."""

    title: str
    what: str
    strengths: tuple[str, ...]
    shares: tuple[tuple[bootstrap.Estimate, ...], ...]


def drawn(systems: Sequence[str], curves: Sequence[Curve]) -> str:
    """A chart for each, under one legend; the first system's with intervals."""
    if not curves:
        return "<p>No edit was asked at more than one strength.</p>"
    legend = "".join(f'<li class="{_style(n)}">{markup.text(name)}</li>' for n, name in enumerate(systems))
    plots = "".join(_plot(systems, curve) for curve in curves)
    return (
        f'<p class=soft>Per cent found, as each system decides.</p><ul class="legend">{legend}</ul>'
        f'<div class="charts">{plots}</div>'
    )


def _plot(systems: Sequence[str], curve: Curve) -> str:
    lines = [
        charts.Line(name, _style(number), tuple(_point(one, wide=not number) for one in shares))
        for number, (name, shares) in enumerate(zip(systems, curve.shares, strict=True))
    ]
    chart = charts.chart(f"{curve.title}: share found", curve.strengths, lines)
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
